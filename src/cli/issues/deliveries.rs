//! What became of each email of an issue.

use serde_json::json;

use super::session::{CommandSession, NamedIssue};
use crate::cli::Exit;
use crate::cli::table::Table;
use crate::cli::when::when;
use crate::domain::DeliveryId;
use crate::domain::delivery::DeliveryState;
use crate::domain::newsletter::Newsletter;
use crate::store::folded;
use crate::store::ledger::{self, LedgerRow};

/// Rows read at a time: a list of a million is streamed.
const PAGE: i64 = 500;

#[derive(Debug, clap::Args)]
pub(super) struct Deliveries {
    #[command(flatten)]
    named: NamedIssue,
    /// Only emails in this state, or in one of several: pending, claimed, in_flight, sent, failed, uncertain or skipped.
    #[arg(long, value_parser = state, value_delimiter = ',')]
    state: Vec<DeliveryState>,
    /// Only readers who did not get it, and why: refused, left out, uncertain, or being retried.
    #[arg(long, conflicts_with = "state")]
    missed: bool,
    /// At most so many; 0 means all.
    #[arg(long, default_value_t = 50)]
    limit: i64,
}

fn state(text: &str) -> Result<DeliveryState, String> {
    text.parse::<DeliveryState>().map_err(|_| {
        let known: Vec<_> = DeliveryState::ALL.iter().map(|state| state.as_str()).collect();
        format!("it is one of {}", known.join(", "))
    })
}

fn as_json(row: &LedgerRow) -> serde_json::Value {
    json!({
        "email": row.email,
        "state": row.state,
        "due_at": row.due_at,
        "attempts": row.attempts,
        "first_at": row.first_at,
        "final_at": row.final_at,
        "relay": row.relay,
        "reply": row.reply,
        "reason": row.reason,
        "revision": row.revision_id.map(|id| id.0),
    })
}

/// Why a row stands where it stands. A reader who was left out in the end was not left out for an earlier reply.
fn why(row: &LedgerRow, newsletter: &Newsletter) -> String {
    let reason = row.reason.map(|reason| reason.to_string());
    let reply = row.reply.clone();
    match row.state {
        DeliveryState::Skipped => reason.unwrap_or_default(),
        DeliveryState::Pending if row.first_at.is_some() => {
            let again = row.due_at.map_or(String::new(), |at| format!("retried {}", when(at, newsletter)));
            reply.map_or(again.clone(), |reply| format!("{again}: {reply}"))
        }
        _ => reply.or(reason).unwrap_or_default(),
    }
}

pub(super) async fn deliveries(args: Deliveries, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let mut tx = session.db.read().await?;
    let (newsletter, issue) = session.find(&mut tx, &args.named.slug).await?;
    let mut left = if args.limit == 0 { i64::MAX } else { args.limit };
    let mut after = DeliveryId(i64::MIN);
    let mut more = false;
    let mut table = Table::new(&["ADDRESS", "STATE", ">TRIES", "WHY"]);
    while left > 0 {
        let rows = match args.missed {
            true => ledger::missed(&mut tx, issue.id, after, left.min(PAGE)).await?,
            false => ledger::rows(&mut tx, issue.id, &args.state, after, left.min(PAGE)).await?,
        };
        let Some(last) = rows.last() else { break };
        after = last.id;
        left -= rows.len() as i64;
        more = left == 0;
        for row in &rows {
            if output.is_json() {
                output.json(&as_json(row))?;
                continue;
            }
            let why = why(row, newsletter);
            let email = row.email.clone().unwrap_or_else(|| "(erased)".to_owned());
            table.row([email, row.state.to_string(), row.attempts.to_string(), why]);
        }
    }
    if output.is_json() {
        return Ok(Exit::Ok);
    }
    if !folded::of_issue(&mut tx, issue.id).await?.is_empty() {
        output.note("Of an issue as old as this only who did not get it is listed; `issues show` has the numbers.");
    }
    if table.is_empty() && args.missed {
        output.note("Nobody missed it so far.");
    } else if table.is_empty() {
        output.note("There is no such email.");
    } else {
        output.table(&table)?;
    }
    if more {
        output.note("There may be more; --limit 0 lists all.");
    }
    Ok(Exit::Ok)
}
