//! The ordered log of what happened: reports and audit read it. Append-only.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::{IssueId, NewsletterId, SubscriptionId};

/// What an event is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// The newsletter.
    pub newsletter: Option<NewsletterId>,
    /// The issue.
    pub issue: Option<IssueId>,
    /// The subscription.
    pub subscription: Option<SubscriptionId>,
}

record! {
    /// One entry of the log.
    #[derive(Clone, Debug)]
    pub struct Event {
        /// Its place in the order.
        pub id: i64,
        /// When.
        pub at: Timestamp,
        /// What, in dotted words: `issue.queued`.
        pub kind: String,
        /// Who: `cli`, `web`, `schedule`, `delivery`.
        pub actor: String,
        /// More, as JSON.
        pub data: String,
    }
}

/// Appends an event. `data` is a JSON object; it bears no address and no secret.
pub async fn append(tx: &mut Tx, now: Timestamp, kind: &str, actor: &str, about: About, data: &str) -> Result<()> {
    tx.sql(
        "INSERT INTO events (at, kind, actor, newsletter_id, issue_id, subscription_id, data)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(now)
    .bind(kind)
    .bind(actor)
    .bind(about.newsletter)
    .bind(about.issue)
    .bind(about.subscription)
    .bind(data)
    .execute()
    .await?;
    Ok(())
}

/// The events of one issue, oldest first.
pub async fn of_issue(tx: &mut Tx, issue: IssueId) -> Result<Vec<Event>> {
    tx.sql("SELECT id, at, kind, actor, data FROM events WHERE issue_id = $1 ORDER BY id").bind(issue).fetch_all().await
}
