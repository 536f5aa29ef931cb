//! What readers agreed to and took back. Append-only: nothing here is ever changed.

use super::column::record;
use super::subscribers::Hash;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::consent::ConsentKind;
use crate::domain::{ConsentId, SubscriptionId};

record! {
    /// One entry in the history of a subscription.
    #[derive(Clone, Debug)]
    pub struct Consent {
        /// The row.
        pub id: ConsentId,
        /// Whose history.
        pub subscription_id: SubscriptionId,
        /// What was said.
        pub kind: ConsentKind,
        /// When.
        pub at: Timestamp,
        /// The version of the words that were shown.
        pub wording: String,
        /// The network it came from, cut to a prefix.
        pub client: Option<String>,
        /// How it came: a form, a file, an operator.
        pub source: String,
    }
}

/// An entry to be appended.
#[derive(Clone, Copy, Debug)]
pub struct NewConsent<'a> {
    /// Whose history.
    pub subscription: SubscriptionId,
    /// What was said.
    pub kind: ConsentKind,
    /// The version of the words that were shown.
    pub wording: &'a str,
    /// The network it came from, cut to a prefix.
    pub client: Option<&'a str>,
    /// How it came.
    pub source: &'a str,
}

/// Appends an entry.
pub async fn append(tx: &mut Tx, new: &NewConsent<'_>, now: Timestamp) -> Result<ConsentId> {
    let (id,) = tx
        .sql(
            "INSERT INTO consents (subscription_id, kind, at, wording, client, source)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(new.subscription)
        .bind(new.kind)
        .bind(now)
        .bind(new.wording)
        .bind(new.client)
        .bind(new.source)
        .fetch_one()
        .await?;
    Ok(id)
}

/// An entry by its number.
pub async fn get(tx: &mut Tx, id: ConsentId) -> Result<Option<Consent>> {
    tx.sql("SELECT id, subscription_id, kind, at, wording, client, source FROM consents WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await
}

/// The history of a subscription, oldest first.
pub async fn of_subscription(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<Consent>> {
    tx.sql(
        "SELECT id, subscription_id, kind, at, wording, client, source
         FROM consents WHERE subscription_id = $1 ORDER BY id",
    )
    .bind(subscription)
    .fetch_all()
    .await
}

/// The latest entry of a kind in the history of a subscription.
pub async fn latest(tx: &mut Tx, subscription: SubscriptionId, kind: ConsentKind) -> Result<Option<Consent>> {
    tx.sql(
        "SELECT id, subscription_id, kind, at, wording, client, source
         FROM consents WHERE subscription_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1",
    )
    .bind(subscription)
    .bind(kind)
    .fetch_optional()
    .await
}

/// How many mails were asked for since `since` to a mailbox, whatever the spelling of its address and the newsletter.
pub async fn asked_of_mailbox(tx: &mut Tx, quota_hash: &Hash, since: Timestamp) -> Result<i64> {
    let (count,) = tx
        .sql(
            "SELECT COUNT(*) FROM subscribers u
             JOIN subscriptions s ON s.subscriber_id = u.id
             JOIN consents c ON c.subscription_id = s.id
             WHERE u.quota_hash = $1 AND c.kind = $2 AND c.at > $3",
        )
        .bind(quota_hash.as_slice())
        .bind(ConsentKind::Asked)
        .bind(since)
        .fetch_one()
        .await?;
    Ok(count)
}

/// How many mails were asked for since `since` from a network, and when the first of them was. (The kind is written
/// out, so that the partial index serves.)
pub async fn asked_from_client(tx: &mut Tx, client: &str, since: Timestamp) -> Result<(i64, Option<Timestamp>)> {
    tx.sql("SELECT COUNT(*), MIN(at) FROM consents WHERE kind = 'asked' AND client = $1 AND at > $2")
        .bind(client)
        .bind(since)
        .fetch_one()
        .await
}
