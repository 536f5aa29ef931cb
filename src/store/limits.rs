//! What limits on strangers remember across a restart: mails they caused, addresses whose owners refused, challenges
//! that were spent. Keyed hashes alone; knows no address and decides nothing.

use super::subscribers::Hash;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::DeliveryId;

/// Notes that a stranger caused a mail to a mailbox.
pub async fn add_asked_mail(tx: &mut Tx, quota_hash: &Hash, delivery: DeliveryId, now: Timestamp) -> Result<()> {
    tx.sql("INSERT INTO asked_mails (quota_hash, at, delivery_id) VALUES ($1, $2, $3)")
        .bind(quota_hash.as_slice())
        .bind(now)
        .bind(delivery)
        .execute()
        .await?;
    Ok(())
}

/// How many mails strangers caused to a mailbox since `day` and since `month`, whatever the spelling of its address and
/// the newsletter. One that no mail server took is not counted for the day: the reader never had it.
pub async fn asked_mails(tx: &mut Tx, quota_hash: &Hash, day: Timestamp, month: Timestamp) -> Result<(i64, i64)> {
    tx.sql(
        "SELECT COUNT(CASE WHEN a.at > $2 AND COALESCE(d.state, 'sent') <> 'failed' THEN 1 END), COUNT(*)
         FROM asked_mails a LEFT JOIN deliveries d ON d.id = a.delivery_id
         WHERE a.quota_hash = $1 AND a.at > $3",
    )
    .bind(quota_hash.as_slice())
    .bind(day)
    .bind(month)
    .fetch_one()
    .await
}

/// Notes until when an address wants no mail that strangers ask for; a later end takes the place of an earlier one.
pub async fn refuse(tx: &mut Tx, address_tag: i64, until: Timestamp) -> Result<()> {
    tx.sql(
        "INSERT INTO refusals (address_tag, until) VALUES ($1, $2)
         ON CONFLICT (address_tag) DO UPDATE SET until = excluded.until WHERE excluded.until > refusals.until",
    )
    .bind(address_tag)
    .bind(until)
    .execute()
    .await?;
    Ok(())
}

/// Takes a refusal back. `false` when there was none.
pub async fn forget_refusal(tx: &mut Tx, address_tag: i64) -> Result<bool> {
    Ok(tx.sql("DELETE FROM refusals WHERE address_tag = $1").bind(address_tag).execute().await? == 1)
}

/// Whether an address wants no mail that strangers ask for.
pub async fn is_refused(tx: &mut Tx, address_tag: i64, now: Timestamp) -> Result<bool> {
    let found: Option<(i64,)> = tx
        .sql("SELECT address_tag FROM refusals WHERE address_tag = $1 AND until > $2")
        .bind(address_tag)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// Spends a challenge. `false` when it was spent before.
pub async fn spend(tx: &mut Tx, tag: i64, expires_at: Timestamp) -> Result<bool> {
    let spent = tx
        .sql("INSERT INTO spent_challenges (tag, expires_at) VALUES ($1, $2) ON CONFLICT (tag) DO NOTHING")
        .bind(tag)
        .bind(expires_at)
        .execute()
        .await?;
    Ok(spent == 1)
}

/// Drops what no limit needs any more: mails noted before `month`, and refusals and challenges that ended.
pub async fn purge(tx: &mut Tx, month: Timestamp, now: Timestamp) -> Result<u64> {
    let mails = tx.sql("DELETE FROM asked_mails WHERE at <= $1").bind(month).execute().await?;
    let refusals = tx.sql("DELETE FROM refusals WHERE until <= $1").bind(now).execute().await?;
    let challenges = tx.sql("DELETE FROM spent_challenges WHERE expires_at <= $1").bind(now).execute().await?;
    Ok(mails + refusals + challenges)
}
