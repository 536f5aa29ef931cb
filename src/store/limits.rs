//! What limits on strangers remember across a restart: mails they caused, addresses whose owners refused, challenges
//! that were spent. Keyed hashes alone; knows no address and decides nothing.

use super::column::record;
use super::subscribers::Hash;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::DeliveryId;
use crate::domain::suppression::SuppressionReason;

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

record! {
    /// Whether a stranger may cause a mail.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Standing {
        /// The address must not be mailed at all.
        pub suppressed: bool,
        /// Its owner wants no mail that strangers ask for.
        pub refused: bool,
        /// Mails of the last day to the mailbox that reached a server.
        pub day: i64,
        /// Mails of the last month to the mailbox.
        pub month: i64,
    }
}

/// Whose mail is asked for, and since when mails count.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Of the address.
    pub address_hash: &'a Hash,
    /// The beginning of that, as a number.
    pub address_tag: i64,
    /// Of the mailbox, whatever the spelling of its address.
    pub quota_hash: &'a Hash,
    /// When the day began that is counted.
    pub day: Timestamp,
    /// When the month did.
    pub month: Timestamp,
}

/// How things stand with an address and its mailbox, whatever the newsletter. A mail that no server took is not counted
/// for the day: the reader never had it.
pub async fn standing(tx: &mut Tx, asked: &Asked<'_>, now: Timestamp) -> Result<Standing> {
    tx.sql(
        "SELECT EXISTS (SELECT 1 FROM suppressions WHERE address_hash = $1 AND reason <> $7) AS suppressed,
                EXISTS (SELECT 1 FROM refusals WHERE address_tag = $2 AND until > $3) AS refused,
                COUNT(CASE WHEN a.at > $5 AND COALESCE(d.state, 'sent') <> 'failed' THEN 1 END) AS day,
                COUNT(*) AS month
         FROM asked_mails a LEFT JOIN deliveries d ON d.id = a.delivery_id
         WHERE a.quota_hash = $4 AND a.at > $6",
    )
    .bind(asked.address_hash.as_slice())
    .bind(asked.address_tag)
    .bind(now)
    .bind(asked.quota_hash.as_slice())
    .bind(asked.day)
    .bind(asked.month)
    // Who had everything erased may come back, by their own word.
    .bind(SuppressionReason::Erased)
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
