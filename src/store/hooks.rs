//! What is known of hooks: when a provider last told anything, and how often somebody else tried.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;

record! {
    #[derive(Clone, Debug)]
    pub struct HookRow {
        pub name: String,
        /// When its provider last told anything.
        pub heard_at: Option<Timestamp>,
        /// How many requests bore no signature of it.
        pub forged: i64,
        pub forged_at: Option<Timestamp>,
    }
}

/// Notes that the provider of a hook told something.
pub async fn heard(tx: &mut Tx, name: &str, now: Timestamp) -> Result<()> {
    tx.sql(
        "INSERT INTO hooks (name, heard_at) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET heard_at = excluded.heard_at",
    )
    .bind(name)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Counts a request that its provider did not send, and says how many came in a row that began after `since`.
pub async fn forged(tx: &mut Tx, name: &str, since: Timestamp, now: Timestamp) -> Result<i64> {
    let (burst,) = tx
        .sql(
            "INSERT INTO hooks (name, forged, forged_at, burst, burst_at) VALUES ($1, 1, $2, 1, $2)
             ON CONFLICT (name) DO UPDATE SET forged = hooks.forged + 1, forged_at = excluded.forged_at,
                 burst = CASE WHEN hooks.burst_at > $3 THEN hooks.burst + 1 ELSE 1 END,
                 burst_at = CASE WHEN hooks.burst_at > $3 THEN hooks.burst_at ELSE excluded.burst_at END
             RETURNING burst",
        )
        .bind(name)
        .bind(now)
        .bind(since)
        .fetch_one()
        .await?;
    Ok(burst)
}

/// All of which anything is known.
pub async fn all(tx: &mut Tx) -> Result<Vec<HookRow>> {
    tx.sql("SELECT name, heard_at, forged, forged_at FROM hooks ORDER BY name").fetch_all().await
}
