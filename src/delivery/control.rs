//! What a person may do to an issue that is going out: pause, resume, stop, retry. Each is one transaction.

use super::probes;
use crate::clock::Timestamp;
use crate::domain::IssueId;
use crate::domain::actor::By;
use crate::domain::alarm::AlarmName;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::store::events::{self, About};
use crate::store::issues::Issue;
use crate::store::{Db, StoreError, Tx, alarms, evidence, issue_sums, issues, ledger, suspensions};

/// Why an issue was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// There is none.
    #[error("there is no such issue")]
    Missing,
    #[error("the issue is {state}; only one that is {wanted} can be {verb}")]
    State { state: IssueState, wanted: &'static str, verb: &'static str },
    #[error(
        "nobody has got the issue and nothing of it is left to send; `retry` tries the failed again, `stop` ends it"
    )]
    Nobody,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What `retry` puts back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryScope {
    /// Those that were refused, each with all its tries before it.
    Failed,
    /// Those whose fate is unknown: they may get it twice.
    Uncertain,
    /// Nobody: those whose fate is unknown are taken for failed.
    GiveUpUncertain,
}

/// Whom a person believes when an issue goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Believe {
    /// Nobody: the cause was fixed, and relays are judged anew.
    Nobody,
    Relays,
}

/// Halts an issue. What is on the wire is finished; what was only claimed is not let off and goes back.
pub async fn pause(db: &Db, issue: IssueId, note: &str, by: By<'_>) -> Result<(), ControlError> {
    db.write(async |tx| match pause_in(tx, issue, note, by).await? {
        true => Ok(()),
        false => Err(refusal(tx, issue, "sending", "paused").await?),
    })
    .await
}

/// Goes on with a paused issue, from where it stopped, with the content it has now. What was suspended of it asks again.
/// One of which nothing is left to send is sent, if anybody got it.
pub async fn resume(db: &Db, issue: IssueId, by: By<'_>) -> Result<(), ControlError> {
    go_on(db, issue, Believe::Nobody, by).await
}

/// Goes on with an issue and believes from now on what relays say of its readers: whom they refuse is not there.
pub async fn believe(db: &Db, issue: IssueId, by: By<'_>) -> Result<(), ControlError> {
    go_on(db, issue, Believe::Relays, by).await
}

async fn go_on(db: &Db, issue: IssueId, believe: Believe, by: By<'_>) -> Result<(), ControlError> {
    db.write(async |tx| {
        issues::lock(tx, issue).await?;
        let row = issues::get(tx, issue).await?.ok_or(ControlError::Missing)?;
        let ended = end_suspensions(tx, &row, by.now).await?;
        if believe == Believe::Relays {
            evidence::trust(tx, issue).await?;
        }
        match row.state {
            IssueState::Sending if ended > 0 || believe == Believe::Relays => {
                issues::annotate(tx, issue, "").await?;
                if let Some(scope) = alarms::issue_scope(tx, issue).await? {
                    alarms::clear(tx, AlarmName::IssueSuspended, &scope, by.now).await?;
                }
                events::append(tx, by, About { issue: Some(issue), ..About::default() }, &Event::IssueResumed).await?;
            }
            IssueState::Paused => {
                let is_over = row.started_at.is_some() && !ledger::is_open(tx, issue).await?;
                if is_over && ledger::totals(tx, issue).await?.sent == 0 {
                    return Err(ControlError::Nobody);
                }
                let (from, to) = (IssueState::Paused, IssueState::Sending);
                issues::advance(tx, issue, from, to, "", by, &Event::IssueResumed).await?;
                if is_over {
                    issues::finish(tx, issue, by).await?;
                }
            }
            _ => return Err(refusal(tx, issue, "paused", "resumed").await?),
        }
        Ok(())
    })
    .await
}

/// Ends every suspension that an issue waits for. Returns how many there were.
async fn end_suspensions(tx: &mut Tx, issue: &Issue, now: Timestamp) -> Result<usize, StoreError> {
    let mut ended = 0;
    for group in suspensions::all(tx).await? {
        let concerns = (group.issue_id.0 == 0 || group.issue_id == issue.id)
            && (group.newsletter_id.0 == 0 || group.newsletter_id == issue.newsletter_id);
        if concerns && suspensions::end(tx, group.id).await? {
            probes::call_off(tx, &group, now).await?;
            suspensions::free(tx, group.id, i64::MAX, now).await?;
            ended += 1;
        }
    }
    Ok(ended)
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
        suspensions::end_of_issue(tx, issue).await?;
        evidence::forget(tx, issue).await?;
        let event = Event::IssueStopped { skipped };
        issues::advance(tx, issue, state, IssueState::Stopped, "stopped by a person", by, &event).await?;
        Ok(skipped)
    })
    .await
}

/// Puts rows of an issue back. Returns how many. An issue that was finished goes on.
pub async fn retry(db: &Db, issue: IssueId, what: RetryScope, by: By<'_>) -> Result<u64, ControlError> {
    db.write(async |tx| {
        // Nobody may finish the issue between this look and the rows' return.
        issues::lock(tx, issue).await?;
        let state = issues::get(tx, issue).await?.ok_or(ControlError::Missing)?.state;
        if !matches!(state, IssueState::Sent | IssueState::Sending | IssueState::Paused) {
            return Err(ControlError::State { state, wanted: "sent, sending or paused", verb: "tried again" });
        }
        let rows = match what {
            RetryScope::Failed => ledger::retry_failed(tx, issue, by.now).await?,
            RetryScope::Uncertain => ledger::retry_uncertain(tx, issue, by.now).await?,
            RetryScope::GiveUpUncertain => ledger::give_up_uncertain(tx, issue, by.now).await?,
        };
        if rows > 0 {
            issue_sums::attribute_anew(tx, issue).await?;
        }
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
