//! What tells a row from every other that had or will have its number: the value that a link in a mail is bound to. The
//! schema gives one to each new row; rows from before have none.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::decision::ReaderDecision;
use crate::domain::subscriber::RequestKind;
use crate::domain::{ConsentId, DeliveryId, IssueId, NewsletterId, RequestId, SubscriptionId};
use crate::token::Mark;

record! {
    /// A row that is there, and its mark, if it has one.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MarkedRow {
        /// None in a row from before marks.
        pub mark: Option<Mark>,
    }
}

record! {
    /// What a mail was born of.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MailMark {
        /// Whose; none of a test mail.
        pub subscription_id: Option<SubscriptionId>,
        pub mark: Option<Mark>,
        /// The issue, if it is one.
        pub issue_id: Option<IssueId>,
    }
}

record! {
    /// What is left of a request when the person has been erased.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ErasedRequest {
        pub mark: Option<Mark>,
        /// By the link of which newsletter.
        pub newsletter_id: NewsletterId,
    }
}

/// A subscription's, if there is such a subscription.
pub async fn of_subscription(tx: &mut Tx, id: SubscriptionId) -> Result<Option<MarkedRow>> {
    tx.sql("SELECT mark FROM subscriptions WHERE id = $1").bind(id).fetch_optional().await
}

/// Notes that a subscription is erased, for the journal: before it is.
pub async fn keep_erasure(tx: &mut Tx, id: SubscriptionId, now: Timestamp) -> Result<()> {
    if let Some(MarkedRow { mark }) = of_subscription(tx, id).await? {
        tx.keep(ReaderDecision::Erased { id, mark }.entry(now));
    }
    Ok(())
}

/// That of an entry in the record of consents, if there is one.
pub async fn of_consent(tx: &mut Tx, id: ConsentId) -> Result<Option<MarkedRow>> {
    tx.sql("SELECT mark FROM consents WHERE id = $1").bind(id).fetch_optional().await
}

/// A request's, if there is one.
pub async fn of_request(tx: &mut Tx, id: RequestId) -> Result<Option<MarkedRow>> {
    tx.sql("SELECT mark FROM requests WHERE id = $1").bind(id).fetch_optional().await
}

/// What a mail is bound to, if there is such a mail and its subscription is still there.
pub async fn of_mail(tx: &mut Tx, id: DeliveryId) -> Result<Option<MailMark>> {
    tx.sql(
        "SELECT d.subscription_id, s.mark, d.issue_id FROM deliveries d LEFT JOIN subscriptions s ON s.id = d.subscription_id
         WHERE d.id = $1 AND (d.subscription_id IS NULL OR s.id IS NOT NULL)",
    )
    .bind(id)
    .fetch_optional()
    .await
}

/// Keeps of the changes of address that were asked for by one subscription's link what their links need when it is
/// erased. Call it before the erasure. Returns how many.
pub async fn keep_requests(tx: &mut Tx, subscription: SubscriptionId) -> Result<u64> {
    tx.sql(
        "INSERT INTO erased_requests (id, mark, newsletter_id, created_at)
         SELECT q.id, q.mark, s.newsletter_id, q.created_at FROM requests q JOIN subscriptions s ON s.id = q.subscription_id
         WHERE q.subscription_id = $1 AND q.kind = $2 ON CONFLICT (id) DO NOTHING",
    )
    .bind(subscription)
    .bind(RequestKind::Address)
    .execute()
    .await
}

/// What is left of a request whose person was erased.
pub async fn of_erased_request(tx: &mut Tx, id: RequestId) -> Result<Option<ErasedRequest>> {
    tx.sql("SELECT mark, newsletter_id FROM erased_requests WHERE id = $1").bind(id).fetch_optional().await
}

/// Drops what is left of requests from before `before`. Returns how many.
pub async fn purge_requests(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.sql("DELETE FROM erased_requests WHERE created_at < $1").bind(before).execute().await
}
