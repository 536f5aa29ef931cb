//! That this database is being copied into another, or out of one, and how far that is.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::copying::CopyState;

record! {
    /// What a database says of itself while it is the source or the target of a copy.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CopySide {
        /// The same on both sides.
        pub number: String,
        pub state: CopyState,
        /// The address of the other side, without what might be a password.
        pub other: String,
        pub trace: String,
        pub at: Timestamp,
    }
}

/// What is known of a copy that this database is a side of; nothing of one that is in use.
pub async fn get(tx: &mut Tx) -> Result<Option<CopySide>> {
    tx.sql("SELECT number, state, other, trace, at FROM copies").fetch_optional().await
}

/// Makes this database a side of a copy; `false` when it is one already.
pub async fn begin(tx: &mut Tx, side: &CopySide) -> Result<bool> {
    let changed = tx
        .sql(
            "INSERT INTO copies (id, number, state, other, trace, at) VALUES (1, $1, $2, $3, $4, $5)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(side.number.as_str())
        .bind(side.state)
        .bind(side.other.as_str())
        .bind(side.trace.as_str())
        .bind(side.at)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Brings a side on; `false` when it is not where `from` says.
pub async fn advance(
    tx: &mut Tx,
    number: &str,
    from: CopyState,
    to: CopyState,
    trace: &str,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .sql("UPDATE copies SET state = $3, trace = $4, at = $5 WHERE number = $1 AND state = $2")
        .bind(number)
        .bind(from)
        .bind(to)
        .bind(trace)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Ends it: the database is in use again, or is now. `false` when it was no side of this copy.
pub async fn end(tx: &mut Tx, number: &str) -> Result<bool> {
    tx.sql("DELETE FROM copy_progress").execute().await?;
    Ok(tx.sql("DELETE FROM copies WHERE number = $1").bind(number).execute().await? == 1)
}

/// Lets a database go on that moved or was about to: another copy of it may be at work, and a person says so.
pub async fn take_back(tx: &mut Tx) -> Result<bool> {
    Ok(tx.sql("DELETE FROM copies WHERE state IN ('moving', 'moved')").execute().await? == 1)
}

record! {
    /// How far the copy of a table is.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct TableProgress {
        pub name: String,
        pub rows: i64,
        /// The form of the last row's key.
        pub last_key: Option<Vec<u8>>,
        pub complete: bool,
    }
}

pub async fn progress(tx: &mut Tx) -> Result<Vec<TableProgress>> {
    tx.sql("SELECT name, rows, last_key, complete FROM copy_progress ORDER BY name").fetch_all().await
}

/// Notes how far a table is, in the transaction with its rows.
pub async fn note_progress(tx: &mut Tx, table: &TableProgress) -> Result<()> {
    tx.sql(
        "INSERT INTO copy_progress (name, rows, last_key, complete) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET rows = excluded.rows, last_key = excluded.last_key, complete = excluded.complete",
    )
    .bind(table.name.as_str())
    .bind(table.rows)
    .bind(table.last_key.as_deref())
    .bind(table.complete)
    .execute()
    .await?;
    Ok(())
}

/// Forgets how far it was: the copy starts over.
pub async fn forget_progress(tx: &mut Tx) -> Result<()> {
    tx.sql("DELETE FROM copy_progress").execute().await?;
    Ok(())
}

/// How far the database is: its last event, its last worker, and the signs of life of all. It changes with whatever is done
/// to the database through the program.
pub async fn trace(tx: &mut Tx) -> Result<String> {
    let (event, worker, pulse): (i64, i64, i64) = tx
        .sql(
            "SELECT COALESCE((SELECT MAX(id) FROM events), 0), COALESCE((SELECT MAX(id) FROM workers), 0),
                    COALESCE((SELECT CAST(SUM(pulse) AS BIGINT) FROM workers), 0)",
        )
        .fetch_one()
        .await?;
    Ok(format!("{event}.{worker}.{pulse}"))
}

/// Until when somebody may be working on the database, if anybody may. What an engine leased ends with the engine.
pub async fn lease_runs_until(tx: &mut Tx, now: Timestamp) -> Result<Option<Timestamp>> {
    let (at,): (Option<Timestamp>,) = tx
        .sql(
            "SELECT MAX(n.lease_until) FROM (
                 SELECT lease_until FROM workers
                 UNION ALL
                 SELECT l.lease_until FROM leases l JOIN workers w ON w.id = l.worker_id
                 WHERE NOT w.engine OR w.lease_until > $1) n
             WHERE n.lease_until > $1",
        )
        .bind(now)
        .fetch_one()
        .await?;
    Ok(at)
}
