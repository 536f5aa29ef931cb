//! What readers agreed to and took back. Append-only: nothing here is ever changed, but that a network is forgotten when it
//! has had its time.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::{ConsentId, SubscriptionId};
use crate::token::Mark;

record! {
    /// One entry in the history of a subscription.
    #[derive(Clone, Debug)]
    pub struct Consent {
        pub id: ConsentId,
        pub subscription_id: SubscriptionId,
        pub kind: ConsentKind,
        pub at: Timestamp,
        /// The version of the words that were shown.
        pub wording: String,
        /// The network it came from, cut to a prefix.
        pub client: Option<String>,
        /// How it came: a form, a file, an operator.
        pub source: String,
        /// How the address was typed, where that is not how it is stored.
        pub spelling: Option<EmailAddress>,
        /// What whoever asked is called, in their own words.
        pub name: Option<String>,
        /// The language that was chosen, BCP 47.
        pub language: Option<String>,
        /// None in a row from before marks.
        pub mark: Option<Mark>,
    }
}

/// An entry to be appended.
#[derive(Clone, Copy, Debug)]
pub struct NewConsent<'a> {
    pub subscription: SubscriptionId,
    pub kind: ConsentKind,
    /// The version of the words that were shown.
    pub wording: &'a str,
    /// The network it came from, cut to a prefix.
    pub client: Option<&'a str>,
    pub source: &'a str,
    /// What was typed with it.
    pub typed: ConsentDetails<'a>,
}

/// What was typed with a question. It belongs to the question: anybody can ask, and only who confirms says what is so.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConsentDetails<'a> {
    /// The address, where it is not how the address is stored.
    pub spelling: Option<&'a EmailAddress>,
    pub name: Option<&'a str>,
    /// The language that was chosen, BCP 47.
    pub language: Option<&'a str>,
}

pub async fn append(tx: &mut Tx, new: &NewConsent<'_>, now: Timestamp) -> Result<ConsentId> {
    let (id,) = tx
        .sql(
            "INSERT INTO consents (subscription_id, kind, at, wording, client, source, spelling, name, language)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        )
        .bind(new.subscription)
        .bind(new.kind)
        .bind(now)
        .bind(new.wording)
        .bind(new.client)
        .bind(new.source)
        .bind(new.typed.spelling)
        .bind(new.typed.name)
        .bind(new.typed.language)
        .fetch_one()
        .await?;
    Ok(id)
}

/// An entry by its number.
pub async fn get(tx: &mut Tx, id: ConsentId) -> Result<Option<Consent>> {
    tx.sql(
        "SELECT id, subscription_id, kind, at, wording, client, source, spelling, name, language, mark
         FROM consents WHERE id = $1",
    )
    .bind(id)
    .fetch_optional()
    .await
}

/// The history of a subscription, oldest first.
pub async fn of_subscription(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<Consent>> {
    tx.sql(
        "SELECT id, subscription_id, kind, at, wording, client, source, spelling, name, language, mark
         FROM consents WHERE subscription_id = $1 ORDER BY id",
    )
    .bind(subscription)
    .fetch_all()
    .await
}

/// The latest entry of a kind in the history of a subscription.
pub async fn latest(tx: &mut Tx, subscription: SubscriptionId, kind: ConsentKind) -> Result<Option<Consent>> {
    tx.sql(
        "SELECT id, subscription_id, kind, at, wording, client, source, spelling, name, language, mark
         FROM consents WHERE subscription_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1",
    )
    .bind(subscription)
    .bind(kind)
    .fetch_optional()
    .await
}

/// From which networks was asked since `since`, for how many subscriptions, and when first. (The kind is written out, so that the partial
/// index serves.)
pub async fn asked_by_network(tx: &mut Tx, since: Timestamp) -> Result<Vec<(String, i64, Timestamp)>> {
    tx.sql(
        "SELECT client, COUNT(DISTINCT subscription_id), MIN(at) FROM consents
         WHERE kind = 'asked' AND client IS NOT NULL AND at > $1 GROUP BY client",
    )
    .bind(since)
    .fetch_all()
    .await
}
