//! A slot is due: the issue's audience is frozen, and it goes out. What is too late waits for a person.

use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::domain::moment::about;
use crate::domain::newsletter::Newsletter;
use crate::store::issues::Issue;
use crate::store::{Db, StoreError, Tx, issues, ledger, pauses};

/// Why an issue is held that was due for nobody.
pub const NOBODY: &str = "there is nobody to send to; queue it again once there are readers";

/// What was done with an issue that was due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// It goes out to so many.
    Sending { slug: String, readers: u64 },
    /// It was so late, or its list so empty, that a person decides.
    Held { slug: String },
}

/// Starts every issue that is due. Two processes may do this at once: only one of them moves an issue.
pub async fn start_due(db: &Db, newsletters: &[Newsletter], now: Timestamp) -> Result<Vec<Started>, StoreError> {
    let mut tx = db.read().await?;
    let due = issues::due(&mut tx, now).await?;
    drop(tx);
    let mut started = Vec::new();
    for issue in due {
        let Some(newsletter) = newsletters.iter().find(|one| one.id == issue.newsletter_id) else { continue };
        let Some(due_at) = issue.due_at else { continue };
        let late = now.since(due_at);
        if late > newsletter.grace {
            let note =
                format!("it was due {} ago and nothing could send it; queue it again if it is wanted", about(late));
            if db.write(async |tx| issues::hold_due(tx, issue.id, due_at, &note, Actor::scheduler(now)).await).await? {
                tracing::warn!(issue = issue.slug, "held: {note}");
                started.push(Started::Held { slug: issue.slug });
            }
        } else {
            match db.write(async |tx| start(tx, &issue, due_at, now).await).await? {
                Some(0) => {
                    tracing::warn!(issue = issue.slug, "held: {NOBODY}");
                    started.push(Started::Held { slug: issue.slug });
                }
                Some(readers) => {
                    tracing::info!(issue = issue.slug, readers, "goes out");
                    started.push(Started::Sending { slug: issue.slug, readers });
                }
                None => {}
            }
        }
    }
    Ok(started)
}

/// Freezes the audience and lets the engine begin: one transaction, so that there is never half an audience. `None` when
/// the issue was moved, taken off or started since it was read. Where there is nobody to send to, it is held: its slug is
/// not spent, and a person sees that the list is empty.
async fn start(tx: &mut Tx, issue: &Issue, due_at: Timestamp, now: Timestamp) -> Result<Option<u64>, StoreError> {
    if !issues::prepare(tx, issue.id, due_at).await? {
        return Ok(None);
    }
    let by = Actor::scheduler(now);
    // Whose pause ends with this slot gets this issue: nobody waits for the minute in which pauses are looked at.
    pauses::end(tx, Some(issue.newsletter_id), i64::MAX, by).await?;
    let readers = ledger::freeze(tx, issue.id, issue.newsletter_id, now).await?;
    if readers == 0 {
        let event = Event::IssueHeld { note: NOBODY.to_owned(), due_at: Some(due_at) };
        issues::advance(tx, issue.id, IssueState::Preparing, IssueState::Held, NOBODY, by, &event).await?;
        return Ok(Some(0));
    }
    issues::start(tx, issue.id, readers, by).await?;
    Ok(Some(readers))
}
