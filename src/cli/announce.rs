//! What a server tells its service manager of its work, in one line. Reads the ledger alone.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::text::{count, printable};
use crate::domain::issue::IssueState;
use crate::store::{Db, Result, installation, issues, ledger};
use crate::supervise::manager;

/// How old the line may be. Counting an issue's rows is not free.
const EVERY: Duration = Duration::from_secs(10);

/// Which issues go out and how far they are: `sending the-calendar: 600 of 1,000 readers`.
pub(super) async fn line(db: &Db) -> Result<String> {
    let mut tx = db.read().await?;
    if let Some(why) = installation::get(&mut tx).await?.and_then(|one| one.held_why) {
        return Ok(format!("on hold: {}", printable(&why)));
    }
    let mut going = Vec::new();
    for issue in issues::in_state(&mut tx, IssueState::Sending).await? {
        let totals = ledger::totals(&mut tx, issue.id).await?;
        let (sent, readers) = (totals.sent.unsigned_abs(), totals.readers.unsigned_abs());
        going.push(format!("{}: {} of {}", issue.slug, count(sent, ""), count(readers, "reader")));
    }
    Ok(if going.is_empty() { "no issue goes out".to_owned() } else { format!("sending {}", going.join(", ")) })
}

/// Keeps the line up to date.
pub(super) async fn keep(db: Db, mut told: String, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        match line(&db).await {
            Ok(now) if now == told => {}
            Ok(now) => {
                manager::status(now.clone());
                told = now;
            }
            Err(error) => tracing::debug!(%error, "the service manager's line could not be written"),
        }
    }
}
