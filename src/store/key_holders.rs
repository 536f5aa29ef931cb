//! Which keys the servers at work have: fingerprints alone.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;

record! {
    /// A process that opens links, and what it opens them with.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KeyHolder {
        pub holder: String,
        /// The machine.
        pub place: String,
        /// Fingerprints in hexadecimal, with spaces between.
        pub keys: String,
        pub until: Timestamp,
    }
}

/// Notes what a process has, and drops those that gave no sign of life since `now`.
pub async fn announce(tx: &mut Tx, one: &KeyHolder, now: Timestamp) -> Result<()> {
    tx.sql("DELETE FROM key_holders WHERE until <= $1").bind(now).execute().await?;
    tx.sql(
        "INSERT INTO key_holders (holder, place, keys, until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (holder) DO UPDATE SET place = excluded.place, keys = excluded.keys, until = excluded.until",
    )
    .bind(one.holder.as_str())
    .bind(one.place.as_str())
    .bind(one.keys.as_str())
    .bind(one.until)
    .execute()
    .await?;
    Ok(())
}

/// The processes that are at work.
pub async fn at_work(tx: &mut Tx, now: Timestamp) -> Result<Vec<KeyHolder>> {
    tx.sql("SELECT holder, place, keys, until FROM key_holders WHERE until > $1 ORDER BY holder")
        .bind(now)
        .fetch_all()
        .await
}

/// A process ends. `false` when it was not known any more.
pub async fn leave(tx: &mut Tx, holder: &str) -> Result<bool> {
    Ok(tx.sql("DELETE FROM key_holders WHERE holder = $1").bind(holder).execute().await? == 1)
}
