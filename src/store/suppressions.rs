//! Addresses that must not be mailed, whatever they subscribe to. Holds keyed hashes alone, so that an entry survives
//! the erasure of the person it protects.

use super::events::{self, About};
use super::subscribers::Hash;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::actor::By;
use crate::domain::event::Event;
use crate::domain::suppression::SuppressionReason;

/// Puts an address on the list. `false` when it was there already; the first reason stays.
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
             VALUES ($1, $2, $3, $4) ON CONFLICT (address_hash) DO NOTHING",
        )
        .bind(hash.as_slice())
        .bind(reason)
        .bind(note)
        .bind(now)
        .execute()
        .await?;
    Ok(added == 1)
}

/// Takes an address off the list. `false` when it was not there.
pub async fn remove(tx: &mut Tx, hash: &Hash, by: By<'_>) -> Result<bool> {
    let removed =
        tx.sql("DELETE FROM suppressions WHERE address_hash = $1").bind(hash.as_slice()).execute().await? == 1;
    if removed {
        events::append(tx, by, About::default(), &Event::AddressUnsuppressed).await?;
    }
    Ok(removed)
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
