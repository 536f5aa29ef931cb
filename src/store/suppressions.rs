//! Addresses that must not be mailed, whatever they subscribe to. Holds keyed hashes alone, so that an entry survives
//! the erasure of the person it protects.

use super::events::{self, About};
use super::subscribers::{Hash, NewSubscriber};
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::actor::By;
use crate::domain::decision::ReaderDecision;
use crate::domain::event::Event;
use crate::domain::suppression::{BOUNCE_ENDS, COMPLAINT_ENDS, SuppressionReason};

/// Puts an address on the list. `false` when it was there already; the first reason stays, but for a probation.
pub async fn add(tx: &mut Tx, hash: &Hash, reason: SuppressionReason, note: &str, by: By<'_>) -> Result<bool> {
    let added = add_in_bulk(tx, hash, reason, note, by.now).await?;
    if added {
        events::append(tx, by, About::default(), &Event::AddressSuppressed { reason }).await?;
    }
    Ok(added)
}

/// The same within an act on many addresses, which writes one event with their number.
pub async fn add_in_bulk(
    tx: &mut Tx,
    hash: &Hash,
    reason: SuppressionReason,
    note: &str,
    now: Timestamp,
) -> Result<bool> {
    let added = tx
        .sql(
            "INSERT INTO suppressions (address_hash, reason, note, created_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (address_hash) DO UPDATE SET
                 reason = excluded.reason, note = excluded.note, created_at = excluded.created_at, notice_id = NULL
             WHERE suppressions.reason = $5 AND excluded.reason <> $5",
        )
        .bind(hash.as_slice())
        .bind(reason)
        .bind(note)
        .bind(now)
        .bind(SuppressionReason::Probation)
        .execute()
        .await?;
    if added == 1 {
        tx.keep(ReaderDecision::Suppressed { hash: *hash, reason }.entry(now));
    }
    Ok(added == 1)
}

/// Lets a person ask for mail again whose address has been on the list for long enough: for bounces, or for a complaint of
/// any spelling of their mailbox. `false` when something else keeps them out, or that is not so long ago.
pub async fn let_ask(tx: &mut Tx, person: &NewSubscriber, by: By<'_>) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE suppressions SET reason = $4
             WHERE (address_hash IN ($1, $2) AND ((reason = $5 AND created_at <= $6) OR (reason = $7 AND created_at <= $8)))
                OR (mailbox_hash = $3 AND reason = $7 AND created_at <= $8)",
        )
        .bind(person.address_hash.as_slice())
        .bind(person.former_hash.as_ref().unwrap_or(&person.address_hash).as_slice())
        .bind(person.quota_hash.as_slice())
        .bind(SuppressionReason::Probation)
        .bind(SuppressionReason::Bounce)
        .bind(by.now.minus(BOUNCE_ENDS))
        .bind(SuppressionReason::Complaint)
        .bind(by.now.minus(COMPLAINT_ENDS))
        .execute()
        .await?;
    if changed > 0 {
        events::append(tx, by, About::default(), &Event::AddressProbation).await?;
    }
    Ok(changed > 0)
}

/// Takes an address off the list. `false` when it was not there.
pub async fn remove(tx: &mut Tx, hash: &Hash, by: By<'_>) -> Result<bool> {
    let removed =
        tx.sql("DELETE FROM suppressions WHERE address_hash = $1").bind(hash.as_slice()).execute().await? == 1;
    if removed {
        tx.keep(ReaderDecision::Unsuppressed { hash: *hash }.entry(by.now));
        events::append(tx, by, About::default(), &Event::AddressUnsuppressed).await?;
    }
    Ok(removed)
}

/// Takes a person off the list, by whichever hash they are there, and whichever spelling of their address called a mail
/// unwanted. `false` when they were not there.
pub async fn remove_of(tx: &mut Tx, person: &NewSubscriber, by: By<'_>) -> Result<bool> {
    let removed: Vec<(Vec<u8>,)> = tx
        .sql(
            "DELETE FROM suppressions WHERE address_hash IN ($1, $2) OR mailbox_hash = $3 AND reason IN ($4, $5)
             RETURNING address_hash",
        )
        .bind(person.address_hash.as_slice())
        .bind(person.former_hash.as_ref().unwrap_or(&person.address_hash).as_slice())
        .bind(person.quota_hash.as_slice())
        .bind(SuppressionReason::Complaint)
        .bind(SuppressionReason::Probation)
        .fetch_all()
        .await?;
    for hash in removed.iter().filter_map(|(hash,)| hash.as_slice().try_into().ok()) {
        tx.keep(ReaderDecision::Unsuppressed { hash }.entry(by.now));
    }
    if !removed.is_empty() {
        events::append(tx, by, About::default(), &Event::AddressUnsuppressed).await?;
    }
    Ok(!removed.is_empty())
}

/// Why an address is on the list, if it is.
pub async fn reason(tx: &mut Tx, hash: &Hash) -> Result<Option<SuppressionReason>> {
    let row: Option<(SuppressionReason,)> = tx
        .sql("SELECT reason FROM suppressions WHERE address_hash = $1")
        .bind(hash.as_slice())
        .fetch_optional()
        .await?;
    Ok(row.map(|(reason,)| reason))
}

/// Why a person's address is on the list, if it is there by either hash; what is not an erasure comes first.
pub async fn reason_of(tx: &mut Tx, person: &NewSubscriber) -> Result<Option<SuppressionReason>> {
    let row: Option<(SuppressionReason,)> = tx
        .sql(
            "SELECT reason FROM suppressions WHERE address_hash IN ($1, $2)
             ORDER BY CASE WHEN reason IN ($3, $4) THEN 1 ELSE 0 END LIMIT 1",
        )
        .bind(person.address_hash.as_slice())
        .bind(person.former_hash.as_ref().unwrap_or(&person.address_hash).as_slice())
        .bind(SuppressionReason::Erased)
        .bind(SuppressionReason::Probation)
        .fetch_optional()
        .await?;
    Ok(row.map(|(reason,)| reason))
}

/// What keeps an address out by one hash keeps it out by another, too. `false` when nothing did, or it does already.
pub async fn copy(tx: &mut Tx, from: &[u8], to: &Hash, mailbox: &Hash) -> Result<bool> {
    let copied = tx
        .sql(
            "INSERT INTO suppressions (address_hash, mailbox_hash, reason, note, created_at)
             SELECT $2, $3, reason, note, created_at FROM suppressions WHERE address_hash = $1
             ON CONFLICT (address_hash) DO NOTHING",
        )
        .bind(from)
        .bind(to.as_slice())
        .bind(mailbox.as_slice())
        .execute()
        .await?;
    Ok(copied == 1)
}

/// Notes the mailbox of an address that is on the list. `false` when it is not, or the mailbox is known.
pub async fn note_mailbox(tx: &mut Tx, hash: &[u8], mailbox: &Hash) -> Result<bool> {
    let noted = tx
        .sql("UPDATE suppressions SET mailbox_hash = $2 WHERE address_hash = $1 AND mailbox_hash IS NULL")
        .bind(hash)
        .bind(mailbox.as_slice())
        .execute()
        .await?;
    Ok(noted == 1)
}

/// The hashes on the list that name no mailbox.
pub async fn without_mailbox(tx: &mut Tx) -> Result<Vec<Vec<u8>>> {
    let rows: Vec<(Vec<u8>,)> =
        tx.sql("SELECT address_hash FROM suppressions WHERE mailbox_hash IS NULL").fetch_all().await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}
