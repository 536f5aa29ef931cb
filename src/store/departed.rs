//! What is left of people whose subscription has had its time, by the keyed hash of their address: that they had left, so
//! that no list brings them back, and what they had agreed to, as proof. Knows no address.

use super::column::record;
use super::subscribers::{Hash, NewSubscriber};
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::consent::ConsentKind;
use crate::domain::subscriber::EndedBy;
use crate::domain::{NewsletterId, SubscriptionId};

record! {
    /// Somebody who had left a newsletter.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Departed {
        pub newsletter_id: NewsletterId,
        /// Whose act the end was; without an author it counts as the reader's own.
        pub ended_by: Option<EndedBy>,
        pub at: Timestamp,
    }
}

record! {
    /// What was said in a subscription that is gone.
    #[derive(Clone, Debug)]
    pub struct PastConsent {
        pub newsletter_id: NewsletterId,
        pub kind: ConsentKind,
        pub at: Timestamp,
        /// The version of the words that were shown.
        pub wording: String,
        /// The network it came from, cut to a prefix.
        pub client: Option<String>,
        pub source: String,
        pub ended_at: Timestamp,
    }
}

impl Departed {
    /// Whether nobody but the reader takes it back.
    pub fn is_the_readers(&self) -> bool {
        self.ended_by.is_none_or(EndedBy::is_the_readers)
    }
}

/// Keeps of a subscription that is about to go that its person had left, if they had and nobody took it back.
pub async fn note(tx: &mut Tx, subscription: SubscriptionId) -> Result<bool> {
    let noted = tx
        .sql(
            "INSERT INTO departed (newsletter_id, address_hash, ended_by, at)
             SELECT s.newsletter_id, u.address_hash, s.ended_by, COALESCE(s.left_at,
                        (SELECT MAX(c.at) FROM consents c WHERE c.subscription_id = s.id AND c.kind = 'withdrawn'), s.created_at)
             FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id
             WHERE s.id = $1 AND (s.state = 'unsubscribed' OR s.ended_by IS NOT NULL OR EXISTS (
                 SELECT 1 FROM consents w WHERE w.subscription_id = s.id AND w.kind = 'withdrawn'
                   AND NOT EXISTS (SELECT 1 FROM consents o WHERE o.subscription_id = s.id AND o.kind = 'undone' AND o.id > w.id)))
             ON CONFLICT (newsletter_id, address_hash) DO UPDATE SET ended_by = excluded.ended_by, at = excluded.at",
        )
        .bind(subscription)
        .execute()
        .await?;
    Ok(noted == 1)
}

/// Keeps what was agreed to in a subscription that is about to go. Returns how many entries that are.
pub async fn keep_consents(tx: &mut Tx, subscription: SubscriptionId) -> Result<u64> {
    tx.sql(
        "INSERT INTO past_consents (newsletter_id, address_hash, kind, at, wording, client, source, ended_at)
         SELECT s.newsletter_id, u.address_hash, c.kind, c.at, c.wording, c.client, c.source, COALESCE(s.left_at, s.created_at)
         FROM consents c JOIN subscriptions s ON s.id = c.subscription_id JOIN subscribers u ON u.id = s.subscriber_id
         WHERE c.subscription_id = $1 ORDER BY c.id",
    )
    .bind(subscription)
    .execute()
    .await
}

/// Whether a person had left a newsletter, by either hash of their address.
pub async fn find(tx: &mut Tx, newsletter: NewsletterId, person: &NewSubscriber) -> Result<Option<Departed>> {
    let all = of_person(tx, person).await?;
    Ok(all.into_iter().find(|one| one.newsletter_id == newsletter))
}

/// The newsletters that a person had left, by either hash of their address.
pub async fn of_person(tx: &mut Tx, person: &NewSubscriber) -> Result<Vec<Departed>> {
    tx.sql(
        "SELECT newsletter_id, ended_by, at FROM departed WHERE address_hash IN ($1, $2) ORDER BY newsletter_id, at DESC",
    )
    .bind(person.address_hash.as_slice())
    .bind(person.former_hash.as_ref().unwrap_or(&person.address_hash).as_slice())
    .fetch_all()
    .await
}

/// What a person had agreed to in subscriptions that are gone, oldest first.
pub async fn consents_of_person(tx: &mut Tx, person: &NewSubscriber) -> Result<Vec<PastConsent>> {
    tx.sql(
        "SELECT newsletter_id, kind, at, wording, client, source, ended_at FROM past_consents
         WHERE address_hash IN ($1, $2) ORDER BY id",
    )
    .bind(person.address_hash.as_slice())
    .bind(person.former_hash.as_ref().unwrap_or(&person.address_hash).as_slice())
    .fetch_all()
    .await
}

/// Forgets that whoever reads a newsletter now had left it once. `false` when nobody knew.
pub async fn undo_unsubscribe(tx: &mut Tx, subscription: SubscriptionId) -> Result<bool> {
    let forgotten = tx
        .sql(
            "DELETE FROM departed WHERE (newsletter_id, address_hash) = (
                 SELECT s.newsletter_id, u.address_hash FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id
                 WHERE s.id = $1)",
        )
        .bind(subscription)
        .execute()
        .await?;
    Ok(forgotten == 1)
}

/// What is kept by one hash of an address is kept by another from now on. Returns how many rows that are.
pub async fn rehash(tx: &mut Tx, from: &[u8], to: &Hash) -> Result<u64> {
    let departed = tx
        .sql(
            "UPDATE departed SET address_hash = $2 WHERE address_hash = $1 AND NOT EXISTS (
                 SELECT 1 FROM departed o WHERE o.newsletter_id = departed.newsletter_id AND o.address_hash = $2)",
        )
        .bind(from)
        .bind(to.as_slice())
        .execute()
        .await?;
    let consents = tx
        .sql("UPDATE past_consents SET address_hash = $2 WHERE address_hash = $1")
        .bind(from)
        .bind(to.as_slice())
        .execute()
        .await?;
    Ok(departed + consents)
}

/// Forgets all of it about a person. Returns how many rows that are.
pub async fn forget(tx: &mut Tx, person: &NewSubscriber) -> Result<u64> {
    let former = person.former_hash.as_ref().unwrap_or(&person.address_hash);
    let departed = tx
        .sql("DELETE FROM departed WHERE address_hash IN ($1, $2)")
        .bind(person.address_hash.as_slice())
        .bind(former.as_slice())
        .execute()
        .await?;
    let consents = tx
        .sql("DELETE FROM past_consents WHERE address_hash IN ($1, $2)")
        .bind(person.address_hash.as_slice())
        .bind(former.as_slice())
        .execute()
        .await?;
    Ok(departed + consents)
}
