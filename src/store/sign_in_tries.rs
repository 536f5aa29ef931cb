//! Tries to sign in, by who tried. How many are too many is `domain`'s to say.

use super::{Result, Tx};
use crate::clock::Timestamp;

/// Who tried, as a keyed hash.
pub type Bucket = [u8; 16];

pub async fn add(tx: &mut Tx, bucket: &Bucket, now: Timestamp) -> Result<()> {
    tx.sql("INSERT INTO sign_in_tries (bucket, at) VALUES ($1, $2)")
        .bind(bucket.as_slice())
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// When one tried after `since`, oldest first.
pub async fn of(tx: &mut Tx, bucket: &Bucket, since: Timestamp) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> = tx
        .sql("SELECT at FROM sign_in_tries WHERE bucket = $1 AND at > $2 ORDER BY at, id")
        .bind(bucket.as_slice())
        .bind(since)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// Forgets the tries of one. Returns how many there were.
pub async fn forget(tx: &mut Tx, bucket: &Bucket) -> Result<u64> {
    tx.sql("DELETE FROM sign_in_tries WHERE bucket = $1").bind(bucket.as_slice()).execute().await
}

/// Forgets those before `before`. Returns how many.
pub async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.sql("DELETE FROM sign_in_tries WHERE at <= $1").bind(before).execute().await
}
