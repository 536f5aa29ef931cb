//! Places taken towards limits per hour and day, in buckets of time. Counts; what a limit is and who may have a place is
//! not decided here.

use super::column::record;
use super::{Result, Tx};
use crate::domain::quota::{Count, Span};

/// The bucket that is locked and never counted.
const LOCK: i64 = -1;

record! {
    /// Places taken of one party in one bucket.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct QuotaUse {
        /// `relay NAME` or `destination PROVIDER`.
        pub party: String,
        pub span: Span,
        pub bucket: i64,
        pub taken: i64,
    }
}

/// Locks a party's counts until the transaction ends: of several engines one after the other takes places.
pub async fn lock(tx: &mut Tx, party: &str) -> Result<()> {
    tx.sql(
        "INSERT INTO relay_counts (party, span, bucket, taken) VALUES ($1, 'hour', $2, 0)
         ON CONFLICT (party, span, bucket) DO UPDATE SET taken = relay_counts.taken",
    )
    .bind(party)
    .bind(LOCK)
    .execute()
    .await?;
    Ok(())
}

/// A party's counts, in no order.
pub async fn counts(tx: &mut Tx, party: &str) -> Result<Vec<Count>> {
    let rows: Vec<(Span, i64, i64)> = tx
        .sql("SELECT span, bucket, taken FROM relay_counts WHERE party = $1 AND bucket > $2 AND taken > 0")
        .bind(party)
        .bind(LOCK)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(span, bucket, taken)| Count { span, bucket, taken }).collect())
}

pub async fn all(tx: &mut Tx) -> Result<Vec<QuotaUse>> {
    tx.sql(
        "SELECT party, span, bucket, taken FROM relay_counts WHERE bucket > $1 AND taken > 0 ORDER BY party, span, bucket",
    )
    .bind(LOCK)
    .fetch_all()
    .await
}

pub async fn take(tx: &mut Tx, party: &str, span: Span, bucket: i64, places: i64) -> Result<()> {
    tx.sql(
        "INSERT INTO relay_counts (party, span, bucket, taken) VALUES ($1, $2, $3, $4)
         ON CONFLICT (party, span, bucket) DO UPDATE SET taken = relay_counts.taken + excluded.taken",
    )
    .bind(party)
    .bind(span)
    .bind(bucket)
    .bind(places)
    .execute()
    .await?;
    Ok(())
}

/// Gives places back that were taken in a bucket and not used. `false` when the bucket does not have so many.
pub async fn give_back(tx: &mut Tx, party: &str, span: Span, bucket: i64, places: i64) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE relay_counts SET taken = taken - $4 WHERE party = $1 AND span = $2 AND bucket = $3 AND taken >= $4",
        )
        .bind(party)
        .bind(span)
        .bind(bucket)
        .bind(places)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Drops a party's buckets before `oldest`: they count no more.
pub async fn forget(tx: &mut Tx, party: &str, span: Span, oldest: i64) -> Result<u64> {
    tx.sql("DELETE FROM relay_counts WHERE party = $1 AND span = $2 AND bucket < $3 AND bucket > $4")
        .bind(party)
        .bind(span)
        .bind(oldest)
        .bind(LOCK)
        .execute()
        .await
}
