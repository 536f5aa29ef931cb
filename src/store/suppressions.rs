//! Addresses that must not be mailed, whatever they subscribe to. Holds keyed hashes alone, so that an entry survives
//! the erasure of the person it protects.

use super::column::record;
use super::subscribers::Hash;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::suppression::SuppressionReason;

record! {
    /// An entry of the list.
    #[derive(Clone, Debug)]
    pub struct Suppression {
        /// The row.
        pub id: i64,
        /// The address, where a subscriber still has it.
        pub email: Option<EmailAddress>,
        /// Why.
        pub reason: SuppressionReason,
        /// More about it, in an operator's words.
        pub note: String,
        /// Since when.
        pub created_at: Timestamp,
    }
}

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

/// The list in the order in which it grew: up to `limit` entries behind the one with number `after`.
pub async fn page(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Suppression>> {
    tx.sql(
        "SELECT x.id, (SELECT MIN(u.email) FROM subscribers u WHERE u.address_hash = x.address_hash) AS email,
                x.reason, x.note, x.created_at
         FROM suppressions x WHERE x.id > $1 ORDER BY x.id LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all()
    .await
}
