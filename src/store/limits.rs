//! What limits on strangers remember across a restart: mails that were asked for, addresses whose owners refused, challenges
//! that were spent. Keyed hashes alone; knows no address and decides nothing.

use super::column::record;
use super::subscribers::{Hash, NewSubscriber};
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::subscriber::AskedBy;
use crate::domain::suppression::SuppressionReason;
use crate::domain::{DeliveryId, NewsletterId};

/// For whom a mail is asked, by which newsletter, and what shows who asks.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// Who is said to ask.
    pub person: &'a NewSubscriber,
    pub newsletter: NewsletterId,
    pub by: AskedBy,
}

/// Notes that somebody caused a mail to an address, and so to its mailbox.
pub async fn add_asked_mail(tx: &mut Tx, asker: &Asker<'_>, delivery: DeliveryId, now: Timestamp) -> Result<()> {
    tx.sql(
        "INSERT INTO asked_mails (quota_hash, at, delivery_id, address_tag, newsletter_id, asked_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(asker.person.quota_hash.as_slice())
    .bind(now)
    .bind(delivery)
    .bind(tag(&asker.person.address_hash))
    .bind(asker.newsletter)
    .bind(asker.by)
    .execute()
    .await?;
    Ok(())
}

/// Counts no more what a newsletter mailed to a mailbox that has shown that it wants it.
pub async fn forgive(tx: &mut Tx, quota_hash: &Hash, newsletter: NewsletterId) -> Result<u64> {
    tx.sql("DELETE FROM asked_mails WHERE quota_hash = $1 AND newsletter_id = $2 AND asked_by <> $3")
        .bind(quota_hash.as_slice())
        .bind(newsletter)
        .bind(AskedBy::Link)
        .execute()
        .await
}

record! {
    /// Whether a stranger may cause a mail.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MailAllowance {
        /// The address must not be mailed at all.
        pub suppressed: bool,
        /// Its owner wants no mail that strangers ask for.
        pub refused: bool,
        /// The newsletter's mails of the last day to the mailbox that reached a server.
        pub day: i64,
        /// The newsletter's mails of the last month to the mailbox.
        pub month: i64,
        /// All newsletters' of the last day.
        pub day_in_all: i64,
        /// All newsletters' of the last month.
        pub month_in_all: i64,
    }
}

/// Whose mail is asked for, and since when mails count.
#[derive(Clone, Copy, Debug)]
pub struct MailRequest<'a> {
    /// For whom, by which newsletter, and what shows who asks: mails count that were asked for in the same way.
    pub by: Asker<'a>,
    /// When the day began that is counted.
    pub day: Timestamp,
    pub month: Timestamp,
}

/// How things stand with an address and its mailbox. A complaint or a refusal is the
/// mailbox's. A mail that no server took is not counted for the day: the reader never had it.
pub async fn standing(tx: &mut Tx, asked: &MailRequest<'_>, now: Timestamp) -> Result<MailAllowance> {
    let Asker { person, newsletter, by } = asked.by;
    let former = person.former_hash.as_ref().unwrap_or(&person.address_hash);
    tx.sql(
        "SELECT EXISTS (SELECT 1 FROM suppressions WHERE address_hash IN ($1, $2) AND reason NOT IN ($7, $14)
                        UNION ALL SELECT 1 FROM suppressions WHERE mailbox_hash = $4 AND reason = $8) AS suppressed,
                EXISTS (SELECT 1 FROM refusals WHERE address_tag IN ($9, $10) AND until > $3
                        UNION ALL SELECT 1 FROM refusals WHERE mailbox_tag = $11 AND until > $3) AS refused,
                COUNT(CASE WHEN a.at > $5 AND COALESCE(d.state, 'sent') <> 'failed'
                            AND COALESCE(a.newsletter_id, $12) = $12 THEN 1 END) AS day,
                COUNT(CASE WHEN COALESCE(a.newsletter_id, $12) = $12 THEN 1 END) AS month,
                COUNT(CASE WHEN a.at > $5 AND COALESCE(d.state, 'sent') <> 'failed' THEN 1 END) AS day_in_all,
                COUNT(*) AS month_in_all
         FROM asked_mails a LEFT JOIN deliveries d ON d.id = a.delivery_id
         WHERE a.quota_hash = $4 AND a.at > $6 AND a.asked_by = $13",
    )
    .bind(person.address_hash.as_slice())
    .bind(former.as_slice())
    .bind(now)
    .bind(person.quota_hash.as_slice())
    .bind(asked.day)
    .bind(asked.month)
    // A person who had everything erased may come back, by their own word.
    .bind(SuppressionReason::Erased)
    .bind(SuppressionReason::Complaint)
    .bind(tag(&person.address_hash))
    .bind(tag(former))
    .bind(tag(&person.quota_hash))
    .bind(newsletter)
    .bind(by)
    .bind(SuppressionReason::Probation)
    .fetch_one()
    .await
}

/// The mailbox of an address that is known by the beginning of its hash alone: of somebody who is stored, or who was
/// written to in the last month.
pub async fn mailbox_of(tx: &mut Tx, address_tag: i64) -> Result<Option<i64>> {
    let (first, last) = range(address_tag);
    let row: Option<(Vec<u8>,)> = tx
        .sql(
            "SELECT quota_hash FROM (
                 SELECT quota_hash FROM subscribers WHERE address_hash BETWEEN $1 AND $2
                 UNION ALL SELECT quota_hash FROM asked_mails WHERE address_tag = $3) x LIMIT 1",
        )
        .bind(first.as_slice())
        .bind(last.as_slice())
        .bind(address_tag)
        .fetch_optional()
        .await?;
    Ok(row.and_then(|(hash,)| Hash::try_from(hash.as_slice()).ok()).map(|hash| tag(&hash)))
}

/// Notes until when an address and its mailbox want no mail that strangers ask for; a later end takes the place of an
/// earlier one.
pub async fn refuse(tx: &mut Tx, address_tag: i64, mailbox_tag: Option<i64>, until: Timestamp) -> Result<()> {
    tx.sql(
        "INSERT INTO refusals (address_tag, mailbox_tag, until) VALUES ($1, $2, $3)
         ON CONFLICT (address_tag) DO UPDATE SET
             until = CASE WHEN excluded.until > refusals.until THEN excluded.until ELSE refusals.until END,
             mailbox_tag = COALESCE(excluded.mailbox_tag, refusals.mailbox_tag)",
    )
    .bind(address_tag)
    .bind(mailbox_tag)
    .bind(until)
    .execute()
    .await?;
    Ok(())
}

/// Takes a refusal back. `false` when there was none.
pub async fn forget_refusal(tx: &mut Tx, address_tag: i64) -> Result<bool> {
    Ok(tx.sql("DELETE FROM refusals WHERE address_tag = $1").bind(address_tag).execute().await? == 1)
}

/// What an address refused it refuses by another hash, and for its mailbox. `false` when it refused nothing.
pub async fn copy_refusal(tx: &mut Tx, from: i64, to: i64, mailbox_tag: i64) -> Result<bool> {
    let copied = tx
        .sql(
            "INSERT INTO refusals (address_tag, mailbox_tag, until)
             SELECT $2, $3, until FROM refusals WHERE address_tag = $1
             ON CONFLICT (address_tag) DO UPDATE SET mailbox_tag = excluded.mailbox_tag",
        )
        .bind(from)
        .bind(to)
        .bind(mailbox_tag)
        .execute()
        .await?;
    Ok(copied == 1)
}

/// Refusals that name no mailbox.
pub async fn refusals_without_mailbox(tx: &mut Tx) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = tx.sql("SELECT address_tag FROM refusals WHERE mailbox_tag IS NULL").fetch_all().await?;
    Ok(rows.into_iter().map(|(tag,)| tag).collect())
}

/// The beginning of a hash, as a number.
pub fn tag(hash: &Hash) -> i64 {
    let mut number = [0; 8];
    number.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(number)
}

/// The first and the last hash that begin so.
pub(super) fn range(tag: i64) -> (Hash, Hash) {
    let (mut first, mut last) = ([0x00; 16], [0xff; 16]);
    first[..8].copy_from_slice(&tag.to_be_bytes());
    last[..8].copy_from_slice(&tag.to_be_bytes());
    (first, last)
}

/// Spends a challenge for an address. `false` when it was spent before, for another one.
pub async fn spend(tx: &mut Tx, tag: i64, expires_at: Timestamp, address_tag: i64) -> Result<bool> {
    let spent = tx
        .sql("INSERT INTO spent_challenges (tag, expires_at, address_tag) VALUES ($1, $2, $3) ON CONFLICT (tag) DO NOTHING")
        .bind(tag)
        .bind(expires_at)
        .bind(address_tag)
        .execute()
        .await?;
    if spent == 1 {
        return Ok(true);
    }
    let same: Option<(i64,)> = tx
        .sql("SELECT tag FROM spent_challenges WHERE tag = $1 AND address_tag = $2")
        .bind(tag)
        .bind(address_tag)
        .fetch_optional()
        .await?;
    Ok(same.is_some())
}

/// Drops what no limit needs any more: mails noted before `month`, and refusals and challenges that ended.
pub async fn purge(tx: &mut Tx, month: Timestamp, now: Timestamp) -> Result<u64> {
    let mails = tx.sql("DELETE FROM asked_mails WHERE at <= $1").bind(month).execute().await?;
    let refusals = tx.sql("DELETE FROM refusals WHERE until <= $1").bind(now).execute().await?;
    let challenges = tx.sql("DELETE FROM spent_challenges WHERE expires_at <= $1").bind(now).execute().await?;
    Ok(mails + refusals + challenges)
}
