//! Mails of ours as reports name them, and what is kept of a report.

use super::column::record;
use super::subscribers::Hash;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::cause::{Cause, Certainty};
use crate::domain::delivery::{DeliveryState, Reason};
use crate::domain::notice::{Effect, NoticeEvidence, NoticeKind, NoticeSource};
use crate::domain::{DeliveryId, IssueId, NewsletterId, SubscriptionId};
use crate::token::Mark;

record! {
    /// A mail to a reader who is still stored.
    #[derive(Clone, Debug)]
    pub struct ReturnedMail {
        pub id: DeliveryId,
        pub state: DeliveryState,
        pub reason: Option<Reason>,
        /// How often its fate was unknown.
        pub doubts: Option<i64>,
        pub first_at: Option<Timestamp>,
        pub final_at: Option<Timestamp>,
        /// The relay that took it.
        pub relay: Option<String>,
        pub issue_id: Option<IssueId>,
        pub newsletter_id: NewsletterId,
        pub subscription_id: SubscriptionId,
        /// The subscription's.
        pub mark: Option<Mark>,
        pub email: String,
        pub address_hash: Vec<u8>,
        /// When the subscription went to another address, if it did.
        pub moved_at: Option<Timestamp>,
    }
}

/// What every [`ReturnedMail`] is read with; a condition follows.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT d.id, d.state, d.reason, d.doubts, d.first_at, d.final_at, d.relay, d.issue_id, s.newsletter_id,
                    d.subscription_id, s.mark, u.email, u.address_hash,
                    (SELECT MAX(c.at) FROM consents c WHERE c.subscription_id = s.id AND c.kind = 'moved') AS moved_at
             FROM deliveries d
             JOIN subscriptions s ON s.id = d.subscription_id
             JOIN subscribers u ON u.id = s.subscriber_id ",
            $condition
        )
    };
}

/// The mail of this number, if its reader is still stored.
pub async fn mail(tx: &mut Tx, id: DeliveryId) -> Result<Option<ReturnedMail>> {
    tx.sql(select!("WHERE d.id = $1")).bind(id).fetch_optional().await
}

/// The latest mail that was taken for a subscription since then.
pub async fn latest_of(tx: &mut Tx, subscription: SubscriptionId, since: Timestamp) -> Result<Option<ReturnedMail>> {
    tx.sql(select!(
        "JOIN issues i ON i.id = d.issue_id AND i.started_at > $2
         WHERE s.id = $1 AND i.newsletter_id = s.newsletter_id AND d.state = 'sent' AND d.final_at > $2
         ORDER BY d.final_at DESC, d.id DESC LIMIT 1"
    ))
    .bind(subscription)
    .bind(since)
    .fetch_optional()
    .await
}

/// The latest mail that was taken for an address since then.
pub async fn latest_to(tx: &mut Tx, address_hash: &Hash, since: Timestamp) -> Result<Option<ReturnedMail>> {
    tx.sql(select!(
        "JOIN issues i ON i.id = d.issue_id AND i.started_at > $2
         WHERE u.address_hash = $1 AND i.newsletter_id = s.newsletter_id AND d.state = 'sent' AND d.final_at > $2
         ORDER BY d.final_at DESC, d.id DESC LIMIT 1"
    ))
    .bind(address_hash.as_slice())
    .bind(since)
    .fetch_optional()
    .await
}

/// The email of an issue to an address.
pub async fn of_issue(tx: &mut Tx, issue: IssueId, address_hash: &Hash) -> Result<Option<DeliveryId>> {
    let row: Option<(DeliveryId,)> = tx
        .sql(
            "SELECT d.id FROM subscribers u JOIN subscriptions s ON s.subscriber_id = u.id
             JOIN deliveries d ON d.issue_id = $1 AND d.subscription_id = s.id WHERE u.address_hash = $2",
        )
        .bind(issue)
        .bind(address_hash.as_slice())
        .fetch_optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

/// What is kept of a report about one recipient.
#[derive(Clone, Debug)]
pub struct NewNotice {
    pub source: NoticeSource,
    /// The same report has the same one, however often it comes.
    pub fingerprint: [u8; 16],
    pub kind: NoticeKind,
    pub cause: Cause,
    pub certainty: Certainty,
    pub evidence: NoticeEvidence,
    pub delivery: Option<DeliveryId>,
    pub issue: Option<IssueId>,
    pub newsletter: Option<NewsletterId>,
    pub subscription: Option<SubscriptionId>,
    /// Against which address it may count.
    pub address_hash: Option<Vec<u8>>,
    pub relay: Option<String>,
    /// The mail server that refused it, as the report names it.
    pub host: Option<String>,
    /// A provider or a domain; empty where nothing says whose it is.
    pub destination: String,
    pub status: Option<String>,
    pub diagnostic: String,
    pub rule: &'static str,
    /// When it is settled; none when nothing is to be.
    pub settle_at: Option<Timestamp>,
    pub effect: Effect,
}

/// Keeps a notice, and returns what follows from it. One mail is one strike and counts once, whatever is said of it by whom:
/// nothing follows from a notice about a mail that is known to have come back. None when it is kept already, or its reader
/// has been erased meanwhile.
pub async fn add(tx: &mut Tx, new: &NewNotice, now: Timestamp) -> Result<Option<Effect>> {
    let row: Option<(Effect,)> = tx
        .sql(
            "INSERT INTO notices (received_at, source, fingerprint, kind, cause, certainty, evidence, delivery_id, issue_id,
                 newsletter_id, subscription_id, address_hash, relay, destination, status, diagnostic, rule, settle_at, effect, host)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN b.again THEN NULL ELSE $12 END, $13, $14, $15, $16,
                 $17, CASE WHEN b.again THEN NULL ELSE $18 END, CASE WHEN b.again THEN 'none' ELSE $19 END, $20
             FROM (SELECT $19 = 'waiting' AND EXISTS (SELECT 1 FROM notices n WHERE n.delivery_id = $8
                       AND n.effect IN ('waiting', 'counted', 'suppressed', 'held')) AS again) b
             WHERE $11 IS NULL OR EXISTS (SELECT 1 FROM subscriptions s WHERE s.id = $11)
             ON CONFLICT (fingerprint) DO NOTHING RETURNING effect",
        )
        .bind(now)
        .bind(new.source)
        .bind(new.fingerprint.as_slice())
        .bind(new.kind)
        .bind(new.cause)
        .bind(new.certainty)
        .bind(new.evidence)
        .bind(new.delivery)
        .bind(new.issue)
        .bind(new.newsletter)
        .bind(new.subscription)
        .bind(new.address_hash.as_deref())
        .bind(new.relay.as_deref())
        .bind(new.destination.as_str())
        .bind(new.status.as_deref())
        .bind(new.diagnostic.as_str())
        .bind(new.rule)
        .bind(new.settle_at)
        .bind(new.effect)
        .bind(new.host.as_deref())
        .fetch_optional()
        .await?;
    Ok(row.map(|(effect,)| effect))
}

/// How many complaints came since then of which nothing says whose they are.
pub async fn unmatched_complaints(tx: &mut Tx, since: Timestamp) -> Result<i64> {
    let (count,) = tx
        .sql(
            "SELECT COUNT(*) FROM notices
             WHERE kind = 'complaint' AND evidence IN ('named', 'none') AND received_at > $1",
        )
        .bind(since)
        .fetch_one()
        .await?;
    Ok(count)
}
