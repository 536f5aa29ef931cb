//! What became of each email of an issue.

use super::session::{CommandSession, NamedIssue};
use crate::cli::Exit;
use crate::cli::listing::{Listing, RowLimit};
use crate::cli::when::when;
use crate::domain::DeliveryId;
use crate::domain::delivery::DeliveryState;
use crate::domain::newsletter::Newsletter;
use crate::resources::DeliveryResource;
use crate::store::folded;
use crate::store::ledger::{self, LedgerRow};

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
    #[command(flatten)]
    limit: RowLimit,
}

fn state(text: &str) -> Result<DeliveryState, String> {
    text.parse::<DeliveryState>().map_err(|_| {
        let known: Vec<_> = DeliveryState::ALL.iter().map(|state| state.as_str()).collect();
        format!("it is one of {}", known.join(", "))
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
    let mut list = Listing::new(output, args.limit.rows(), &["ADDRESS", "STATE", ">TRIES", "WHY"]);
    let mut after = DeliveryId(i64::MIN);
    loop {
        let rows = match args.missed {
            true => ledger::missed(&mut tx, issue.id, after, list.wants()).await?,
            false => ledger::rows(&mut tx, issue.id, &args.state, after, list.wants()).await?,
        };
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in &rows {
            list.row(&DeliveryResource::from(row), || {
                let email = row.email.clone().unwrap_or_else(|| "(erased)".to_owned());
                [email, row.state.to_string(), row.attempts.to_string(), why(row, newsletter)]
            })?;
        }
    }
    if !output.is_json() && !folded::of_issue(&mut tx, issue.id).await?.is_empty() {
        output.note(
            "For an issue this old, only the readers that did not get it are listed; `issues show` has the numbers.",
        );
    }
    list.end(if args.missed { "Nobody missed it so far." } else { "There is no such email." })?;
    Ok(Exit::Ok)
}
