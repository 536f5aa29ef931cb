//! A slot is due: the issue's audience is frozen, and it goes out. What is too late waits for a person.

use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::store::events::{self, About};
use crate::store::issues::Issue;
use crate::store::{Db, StoreError, Tx, issues, ledger};

/// What was done with an issue that was due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// It goes out to so many.
    Sending {
        /// Its slug.
        slug: String,
        /// Its audience.
        readers: u64,
    },
    /// It was so late that a person decides.
    Held {
        /// Its slug.
        slug: String,
    },
}

/// Starts every issue that is due. Two processes may do this at once: only one of them moves an issue.
pub async fn start_due(
    db: &Db,
    newsletters: &[(NewsletterId, Newsletter)],
    now: Timestamp,
) -> Result<Vec<Started>, StoreError> {
    let mut tx = db.read().await?;
    let due = issues::due(&mut tx, now).await?;
    drop(tx);
    let mut started = Vec::new();
    for issue in due {
        let Some((_, newsletter)) = newsletters.iter().find(|(id, _)| *id == issue.newsletter_id) else { continue };
        let late = now.since(issue.due_at.unwrap_or(now));
        if late > newsletter.grace {
            let hours = late.as_secs() / 3600;
            let note = format!("its time passed {hours} hours ago; queue it again if it is still wanted");
            if db.write(async |tx| hold(tx, &issue, &note, now).await).await? {
                tracing::warn!(issue = issue.slug, "held: {note}");
                started.push(Started::Held { slug: issue.slug });
            }
        } else if let Some(readers) = db.write(async |tx| start(tx, &issue, now).await).await? {
            tracing::info!(issue = issue.slug, readers, "goes out");
            started.push(Started::Sending { slug: issue.slug, readers });
        }
    }
    Ok(started)
}

/// Freezes the audience and lets the engine begin: one transaction, so that there is never half an audience.
async fn start(tx: &mut Tx, issue: &Issue, now: Timestamp) -> Result<Option<u64>, StoreError> {
    if !issues::advance(tx, issue.id, IssueState::Queued, IssueState::Preparing, "").await? {
        return Ok(None);
    }
    let readers = ledger::freeze(tx, issue.id, issue.newsletter_id, now).await?;
    issues::mark_started(tx, issue.id, now).await?;
    issues::advance(tx, issue.id, IssueState::Preparing, IssueState::Sending, "").await?;
    let about = About { newsletter: Some(issue.newsletter_id), issue: Some(issue.id), ..About::default() };
    let data = serde_json::json!({ "readers": readers }).to_string();
    events::append(tx, now, "issue.started", "schedule", about, &data).await?;
    Ok(Some(readers))
}

async fn hold(tx: &mut Tx, issue: &Issue, note: &str, now: Timestamp) -> Result<bool, StoreError> {
    let held = issues::advance(tx, issue.id, IssueState::Queued, IssueState::Held, note).await?;
    if held {
        let about = About { newsletter: Some(issue.newsletter_id), issue: Some(issue.id), ..About::default() };
        events::append(tx, now, "issue.held", "schedule", about, "{}").await?;
    }
    Ok(held)
}
