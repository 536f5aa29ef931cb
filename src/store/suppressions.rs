//! Addresses that must not be mailed, whatever they subscribe to. Holds keyed hashes alone, so that an entry survives
//! the erasure of the person it protects.

use super::subscribers::Hash;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::suppression::SuppressionReason;

/// Puts an address on the list. `false` when it was there already; the first reason stays.
pub async fn add(tx: &mut Tx, hash: &Hash, reason: SuppressionReason, note: &str, now: Timestamp) -> Result<bool> {
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
pub async fn remove(tx: &mut Tx, hash: &Hash) -> Result<bool> {
    let removed = tx.sql("DELETE FROM suppressions WHERE address_hash = $1").bind(hash.as_slice()).execute().await?;
    Ok(removed == 1)
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
