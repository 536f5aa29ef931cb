//! What became of each mail of an issue.

use serde_json::json;

use super::{Desk, Named};
use crate::cli::Exit;
use crate::cli::table::Table;
use crate::domain::DeliveryId;
use crate::domain::delivery::DeliveryState;
use crate::store::ledger::{self, Row};

/// Rows read at a time: a list of a million is streamed.
const PAGE: i64 = 500;

#[derive(Debug, clap::Args)]
pub(super) struct Deliveries {
    #[command(flatten)]
    named: Named,
    /// Only mails in this state: pending, claimed, in_flight, sent, failed, uncertain or skipped.
    #[arg(long, value_parser = state)]
    state: Option<DeliveryState>,
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

fn as_json(row: &Row) -> serde_json::Value {
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

pub(super) async fn deliveries(args: Deliveries, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let output = &desk.context.output;
    let mut tx = desk.db.read().await?;
    let issue = desk.issue(&mut tx, &args.named.slug).await?;
    let mut left = if args.limit == 0 { i64::MAX } else { args.limit };
    let mut after = DeliveryId(i64::MIN);
    let mut more = false;
    let mut table = Table::new(&["ADDRESS", "STATE", ">TRIES", "WHY"]);
    while left > 0 {
        let rows = ledger::rows(&mut tx, issue.id, args.state, after, left.min(PAGE)).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        left -= rows.len() as i64;
        more = left == 0;
        for row in &rows {
            if output.is_json() {
                output.json(&as_json(row))?;
                continue;
            }
            let why = row.reply.clone().or(row.reason.map(|reason| reason.to_string())).unwrap_or_default();
            let email = row.email.clone().unwrap_or_else(|| "(erased)".to_owned());
            table.row([email, row.state.to_string(), row.attempts.to_string(), why]);
        }
    }
    if output.is_json() {
        return Ok(Exit::Ok);
    }
    if table.is_empty() {
        output.note("There is no such mail.");
    } else {
        output.table(&table)?;
    }
    if more {
        output.note("There may be more; --limit 0 lists all.");
    }
    Ok(Exit::Ok)
}
