//! What was not well when the server looked last. What is well has no row.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::checkup::FindingHealth;

record! {
    /// How it stood with one thing.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Checkup {
        /// The id of the check, with what it is of.
        pub id: String,
        pub state: FindingHealth,
        /// Since when it stands so.
        pub since: Timestamp,
    }
}

/// All that is not well, by id.
pub async fn all(tx: &mut Tx) -> Result<Vec<Checkup>> {
    tx.sql("SELECT id, state, since FROM checkups ORDER BY id").fetch_all().await
}

/// Notes that something is not well any more; `false` when that is known.
pub async fn begin(tx: &mut Tx, id: &str, state: FindingHealth, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("INSERT INTO checkups (id, state, since) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING")
        .bind(id)
        .bind(state)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Notes that it stands otherwise; `false` when it does not stand as `from` says.
pub async fn change(tx: &mut Tx, id: &str, from: FindingHealth, to: FindingHealth, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE checkups SET state = $3, since = $4 WHERE id = $1 AND state = $2")
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Forgets what is well again; `false` when it does not stand as `from` says.
pub async fn end(tx: &mut Tx, id: &str, from: FindingHealth) -> Result<bool> {
    let changed = tx.sql("DELETE FROM checkups WHERE id = $1 AND state = $2").bind(id).bind(from).execute().await?;
    Ok(changed == 1)
}
