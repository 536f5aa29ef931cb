//! What the ledger and the log hold about one reader: for them to see, and to be forgotten. Knows no format.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::delivery::{DeliveryKind, DeliveryState};

record! {
    /// A mail to a reader.
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct Mailed {
        /// What kind of mail.
        pub kind: Option<DeliveryKind>,
        /// Which issue, if it was one.
        pub issue: Option<String>,
        /// What became of it.
        pub state: DeliveryState,
        /// When it was first tried.
        pub first_at: Option<Timestamp>,
        /// When that was settled.
        pub final_at: Option<Timestamp>,
        /// What the server said.
        pub reply: Option<String>,
    }
}

record! {
    /// An entry of the log about a reader.
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct Logged {
        /// When.
        pub at: Timestamp,
        /// What, in dotted words.
        pub kind: String,
        /// Who.
        pub actor: String,
        /// More, as JSON.
        pub data: String,
    }
}

/// The mails to one reader, oldest first.
pub async fn mails(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<Mailed>> {
    tx.sql(
        "SELECT 'issue' AS kind, i.slug AS issue, d.state, d.first_at, d.final_at, d.reply, d.id
         FROM issues i JOIN deliveries d ON d.issue_id = i.id WHERE d.subscription_id = $1
         UNION ALL
         SELECT r.kind, NULL AS issue, d.state, d.first_at, d.final_at, d.reply, d.id
         FROM deliveries d LEFT JOIN revisions r ON r.id = d.revision_id
         WHERE d.issue_id IS NULL AND d.subscription_id = $1
         ORDER BY 7",
    )
    .bind(subscription)
    .fetch_all()
    .await
}

/// The entries of the log about one reader, oldest first.
pub async fn events(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<Logged>> {
    tx.sql("SELECT at, kind, actor, data FROM events WHERE subscription_id = $1 ORDER BY id")
        .bind(subscription)
        .fetch_all()
        .await
}

/// Whether the log has an entry of a kind about a reader since `since`.
pub async fn has_event(tx: &mut Tx, subscription: SubscriptionId, kind: &str, since: Timestamp) -> Result<bool> {
    let (any,) = tx
        .sql("SELECT EXISTS (SELECT 1 FROM events WHERE subscription_id = $1 AND kind = $2 AND at >= $3)")
        .bind(subscription)
        .bind(kind)
        .bind(since)
        .fetch_one()
        .await?;
    Ok(any)
}

/// The rows of one reader, by the index over issues: a search of the whole ledger would hold up every other writer.
macro_rules! rows_of_reader {
    () => {
        "(SELECT d.id FROM issues i JOIN deliveries d ON d.issue_id = i.id WHERE d.subscription_id = $1
          UNION ALL SELECT d.id FROM deliveries d WHERE d.issue_id IS NULL AND d.subscription_id = $1)"
    };
}

/// Takes out of the ledger what names a reader, and skips what still waits. The rows stay, for the totals. Returns how
/// many there are.
pub async fn forget(tx: &mut Tx, subscription: SubscriptionId, now: Timestamp) -> Result<u64> {
    tx.sql(concat!(
        "UPDATE deliveries SET state = 'skipped', reason = 'unsubscribed', final_at = $2, due_at = NULL, claimed_by = NULL
         WHERE state IN ('pending', 'claimed') AND id IN ",
        rows_of_reader!()
    ))
    .bind(subscription)
    .bind(now)
    .execute()
    .await?;
    tx.sql(concat!("UPDATE deliveries SET recipient = NULL, reply = NULL WHERE id IN ", rows_of_reader!()))
        .bind(subscription)
        .execute()
        .await
}
