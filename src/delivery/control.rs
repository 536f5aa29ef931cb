//! What a person may do to an issue that is going out: pause, resume, stop, retry. Each is one transaction.

use crate::domain::IssueId;
use crate::domain::actor::By;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::store::events::{self, About};
use crate::store::{Db, StoreError, Tx, issues, ledger};

/// Why an issue was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// There is none.
    #[error("there is no such issue")]
    Missing,
    /// It stands elsewhere.
    #[error("the issue is {state}; only one that is {wanted} can be {verb}")]
    State {
        /// Where it stands.
        state: IssueState,
        /// Where it should.
        wanted: &'static str,
        /// What was asked.
        verb: &'static str,
    },
    /// Anything the database says.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What `retry` puts back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Those that were refused, each with all its tries before it.
    Failed,
    /// Those whose fate is unknown: they may get it twice.
    Uncertain,
    /// Nobody: those whose fate is unknown are taken for failed.
    GiveUpUncertain,
}

/// Halts an issue. What is on the wire is finished; what was only claimed is not let off and goes back.
pub async fn pause(db: &Db, issue: IssueId, note: &str, by: By<'_>) -> Result<(), ControlError> {
    db.write(async |tx| match pause_in(tx, issue, note, by).await? {
        true => Ok(()),
        false => Err(refusal(tx, issue, "sending", "paused").await?),
    })
    .await
}

/// Goes on with a paused issue, from where it stopped, with the content it has now.
pub async fn resume(db: &Db, issue: IssueId, by: By<'_>) -> Result<(), ControlError> {
    db.write(async |tx| {
        match issues::advance(tx, issue, IssueState::Paused, IssueState::Sending, "", by, &Event::IssueResumed).await? {
            true => Ok(()),
            false => Err(refusal(tx, issue, "paused", "resumed").await?),
        }
    })
    .await
}

/// Ends an issue for good: who has not got it will not. Returns how many that are.
pub async fn stop(db: &Db, issue: IssueId, by: By<'_>) -> Result<u64, ControlError> {
    db.write(async |tx| {
        issues::lock(tx, issue).await?;
        let state = issues::get(tx, issue).await?.ok_or(ControlError::Missing)?.state;
        if !matches!(state, IssueState::Sending | IssueState::Paused) {
            return Err(refusal(tx, issue, "sending or paused", "stopped").await?);
        }
        let skipped = ledger::stop(tx, issue, by.now).await?;
        let event = Event::IssueStopped { skipped };
        issues::advance(tx, issue, state, IssueState::Stopped, "stopped by a person", by, &event).await?;
        Ok(skipped)
    })
    .await
}

/// Puts rows of an issue back. Returns how many. An issue that was finished goes on.
pub async fn retry(db: &Db, issue: IssueId, what: Retry, by: By<'_>) -> Result<u64, ControlError> {
    db.write(async |tx| {
        // Nobody may finish the issue between this look and the rows' return.
        issues::lock(tx, issue).await?;
        let state = issues::get(tx, issue).await?.ok_or(ControlError::Missing)?.state;
        if !matches!(state, IssueState::Sent | IssueState::Sending | IssueState::Paused) {
            return Err(ControlError::State { state, wanted: "sent, sending or paused", verb: "tried again" });
        }
        let rows = match what {
            Retry::Failed => ledger::retry_failed(tx, issue, by.now).await?,
            Retry::Uncertain => ledger::retry_uncertain(tx, issue, by.now).await?,
            Retry::GiveUpUncertain => ledger::give_up_uncertain(tx, issue, by.now).await?,
        };
        let event = Event::IssueRetried { rows };
        if rows > 0 && state == IssueState::Sent {
            issues::advance(tx, issue, IssueState::Sent, IssueState::Sending, "", by, &event).await?;
        } else {
            events::append(tx, by, About { issue: Some(issue), ..About::default() }, &event).await?;
        }
        Ok(rows)
    })
    .await
}

/// `pause` within a transaction; `false` if the issue was not going out.
pub(super) async fn pause_in(tx: &mut Tx, issue: IssueId, note: &str, by: By<'_>) -> Result<bool, StoreError> {
    let event = Event::IssuePaused { note: note.to_owned() };
    issues::advance(tx, issue, IssueState::Sending, IssueState::Paused, note, by, &event).await
}

async fn refusal(
    tx: &mut Tx,
    issue: IssueId,
    wanted: &'static str,
    verb: &'static str,
) -> Result<ControlError, StoreError> {
    Ok(match issues::get(tx, issue).await? {
        Some(issue) => ControlError::State { state: issue.state, wanted, verb },
        None => ControlError::Missing,
    })
}
