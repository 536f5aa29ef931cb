//! What somebody with a reader's link asked for, and what takes effect only by a mail. Knows no mail.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::RequestKind;
use crate::domain::{RequestId, SubscriptionId};

record! {
    #[derive(Clone, Debug)]
    pub struct Request {
        pub id: RequestId,
        pub subscription_id: SubscriptionId,
        pub kind: RequestKind,
        /// The address that is asked for.
        pub email: Option<EmailAddress>,
        /// The address that it is to take the place of.
        pub old_email: Option<EmailAddress>,
        pub created_at: Timestamp,
        pub done_at: Option<Timestamp>,
        /// When the reader stopped it.
        pub stopped_at: Option<Timestamp>,
    }
}

/// A request to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewRequest<'a> {
    pub subscription: SubscriptionId,
    pub kind: RequestKind,
    /// The address that is asked for, and the one it is to take the place of.
    pub addresses: Option<(&'a EmailAddress, &'a EmailAddress)>,
}

pub async fn add(tx: &mut Tx, new: &NewRequest<'_>, now: Timestamp) -> Result<RequestId> {
    let (id,) = tx
        .sql(
            "INSERT INTO requests (subscription_id, kind, email, old_email, created_at)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
        )
        .bind(new.subscription)
        .bind(new.kind)
        .bind(new.addresses.map(|(email, _)| email))
        .bind(new.addresses.map(|(_, old)| old))
        .bind(now)
        .fetch_one()
        .await?;
    Ok(id)
}

/// A request by its number.
pub async fn get(tx: &mut Tx, id: RequestId) -> Result<Option<Request>> {
    tx.sql(
        "SELECT id, subscription_id, kind, email, old_email, created_at, done_at, stopped_at FROM requests WHERE id = $1",
    )
    .bind(id)
    .fetch_optional()
    .await
}

/// The requests that were made by one subscription's link, oldest first.
pub async fn of_subscription(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<Request>> {
    tx.sql(
        "SELECT id, subscription_id, kind, email, old_email, created_at, done_at, stopped_at
         FROM requests WHERE subscription_id = $1 ORDER BY id",
    )
    .bind(subscription)
    .fetch_all()
    .await
}

/// How often something was asked for since `since` by one subscription's link.
pub async fn count(tx: &mut Tx, subscription: SubscriptionId, kind: RequestKind, since: Timestamp) -> Result<i64> {
    let (count,) = tx
        .sql("SELECT COUNT(*) FROM requests WHERE subscription_id = $1 AND kind = $2 AND created_at > $3")
        .bind(subscription)
        .bind(kind)
        .bind(since)
        .fetch_one()
        .await?;
    Ok(count)
}

/// The changes of address of one subscription that took effect, were asked for since `since` and not stopped, oldest
/// first.
pub async fn moves(tx: &mut Tx, subscription: SubscriptionId, since: Timestamp) -> Result<Vec<Request>> {
    tx.sql(
        "SELECT id, subscription_id, kind, email, old_email, created_at, done_at, stopped_at FROM requests
         WHERE subscription_id = $1 AND kind = $2 AND created_at > $3 AND done_at IS NOT NULL AND stopped_at IS NULL
         ORDER BY done_at, id",
    )
    .bind(subscription)
    .bind(RequestKind::Address)
    .bind(since)
    .fetch_all()
    .await
}

/// The same, by the address that was given up.
pub async fn moved_from(tx: &mut Tx, old: &EmailAddress, since: Timestamp) -> Result<Vec<SubscriptionId>> {
    let rows: Vec<(SubscriptionId,)> = tx
        .sql(
            "SELECT DISTINCT subscription_id FROM requests
             WHERE old_email = $1 AND kind = $2 AND created_at > $3 AND done_at IS NOT NULL AND stopped_at IS NULL
             ORDER BY subscription_id",
        )
        .bind(old)
        .bind(RequestKind::Address)
        .bind(since)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes that a request took effect. `false` when it had, or was stopped.
pub async fn finish(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE requests SET done_at = $2 WHERE id = $1 AND done_at IS NULL AND stopped_at IS NULL")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Notes that the reader stopped a request. `false` when they had.
pub async fn stop(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE requests SET stopped_at = $2 WHERE id = $1 AND stopped_at IS NULL")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}
