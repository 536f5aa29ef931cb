//! The ordered log of what happened: reports and audit read it. Append-only.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::actor::By;
use crate::domain::event::Event;
use crate::domain::{IssueId, NewsletterId, SubscriptionId};

/// What an event is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    pub newsletter: Option<NewsletterId>,
    pub issue: Option<IssueId>,
    pub subscription: Option<SubscriptionId>,
}

record! {
    /// One entry of the log.
    #[derive(Clone, Debug)]
    pub struct LoggedEvent {
        /// Its place in the order.
        pub id: i64,
        pub at: Timestamp,
        /// What, in dotted words: `issue.queued`.
        pub kind: String,
        /// Who, as [`Actor`](crate::domain::actor::Actor) spells it.
        pub actor: String,
        pub data: String,
    }
}

pub async fn append(tx: &mut Tx, by: By<'_>, about: About, event: &Event) -> Result<()> {
    tx.sql(
        "INSERT INTO events (at, kind, actor, newsletter_id, issue_id, subscription_id, data)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(by.now)
    .bind(event.kind())
    .bind(by.actor.to_string())
    .bind(about.newsletter)
    .bind(about.issue)
    .bind(about.subscription)
    .bind(event.data())
    .execute()
    .await?;
    Ok(())
}

/// Moves the latest event so many numbers ahead, and with it all that are to come. An SQLite file numbers events by the
/// largest there is, and has no counter that could be raised. Returns whether there was one.
pub async fn move_ahead(tx: &mut Tx, by: i64) -> Result<bool> {
    let moved =
        tx.sql("UPDATE events SET id = id + $1 WHERE id = (SELECT MAX(id) FROM events)").bind(by).execute().await?;
    Ok(moved == 1)
}

/// The events of one issue, oldest first.
pub async fn of_issue(tx: &mut Tx, issue: IssueId) -> Result<Vec<LoggedEvent>> {
    tx.sql("SELECT id, at, kind, actor, data FROM events WHERE issue_id = $1 ORDER BY id").bind(issue).fetch_all().await
}

/// When an issue had an event of this kind last.
pub async fn last_of(tx: &mut Tx, issue: IssueId, kind: &str) -> Result<Option<Timestamp>> {
    let (at,) = tx
        .sql("SELECT MAX(at) FROM events WHERE issue_id = $1 AND kind = $2")
        .bind(issue)
        .bind(kind)
        .fetch_one()
        .await?;
    Ok(at)
}
