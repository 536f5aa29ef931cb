//! Workers and leases: who works on the ledger, and until when that may be believed.
//!
//! A worker's number is the fencing epoch of every row it claims: numbers only grow, and a row is only changed by the
//! worker whose number it bears.

use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::WorkerId;

/// Registers a worker. `engine` tells one that serves from a command that sends a single mail.
pub async fn register(tx: &mut Tx, name: &str, engine: bool, now: Timestamp, until: Timestamp) -> Result<WorkerId> {
    let (id,) = tx
        .sql("INSERT INTO workers (name, engine, started_at, lease_until) VALUES ($1, $2, $3, $4) RETURNING id")
        .bind(name)
        .bind(engine)
        .bind(now)
        .bind(until)
        .fetch_one()
        .await?;
    Ok(id)
}

/// Keeps which settings a worker runs with.
pub async fn note_settings(tx: &mut Tx, worker: WorkerId, settings: &str) -> Result<()> {
    tx.sql("UPDATE workers SET settings = $2 WHERE id = $1").bind(worker).bind(settings).execute().await?;
    Ok(())
}

/// Which settings the worker runs with that has the lease `name`, if one has.
pub async fn settings_of(tx: &mut Tx, name: &str, now: Timestamp) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> = tx
        .sql(
            "SELECT w.settings FROM leases l JOIN workers w ON w.id = l.worker_id
             WHERE l.name = $1 AND l.lease_until > $2",
        )
        .bind(name)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(row.and_then(|(settings,)| settings))
}

/// Keeps the random word that tells a worker from one of its number in another copy of the database. Only a worker whose
/// machine remembers it has one.
pub async fn note_nonce(tx: &mut Tx, worker: WorkerId, nonce: &str) -> Result<bool> {
    let changed = tx.sql("UPDATE workers SET nonce = $2 WHERE id = $1").bind(worker).bind(nonce).execute().await?;
    Ok(changed == 1)
}

/// Lengthens a worker's lease. Returns how many signs of life it has given, or nothing when its lease had ended, so that
/// its rows may be another's by now.
pub async fn renew(tx: &mut Tx, worker: WorkerId, now: Timestamp, until: Timestamp) -> Result<Option<i64>> {
    let row: Option<(i64,)> = tx
        .sql(
            "UPDATE workers SET lease_until = $3, pulse = pulse + 1 WHERE id = $1 AND lease_until > $2 RETURNING pulse",
        )
        .bind(worker)
        .bind(now)
        .bind(until)
        .fetch_optional()
        .await?;
    Ok(row.map(|(pulse,)| pulse))
}

/// Ends a worker's lease at once.
pub async fn end(tx: &mut Tx, worker: WorkerId, now: Timestamp) -> Result<()> {
    tx.sql("UPDATE workers SET lease_until = $2 WHERE id = $1 AND lease_until > $2")
        .bind(worker)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Ends every engine's lease: for whoever holds the lock of an SQLite file, all others are dead.
pub async fn end_engines(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.sql("UPDATE workers SET lease_until = $1 WHERE engine AND lease_until > $1").bind(now).execute().await
}

/// Ends leases that run longer than any can: of engines beyond `engines`, of commands beyond `commands`. Its holder had
/// a clock that was ahead.
pub async fn end_impossible(tx: &mut Tx, now: Timestamp, engines: Timestamp, commands: Timestamp) -> Result<u64> {
    tx.sql("UPDATE workers SET lease_until = $1 WHERE lease_until > CASE WHEN engine THEN $2 ELSE $3 END")
        .bind(now)
        .bind(engines)
        .bind(commands)
        .execute()
        .await
}

/// Until when any engine was last known to live.
pub async fn last_engine(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let (at,): (Option<Timestamp>,) = tx.sql("SELECT MAX(lease_until) FROM workers WHERE engine").fetch_one().await?;
    Ok(at)
}

/// Takes or lengthens the lease `name`; `false` while another worker has it. One that would run for more than twice its
/// length was taken by a clock that was ahead, and counts as ended.
pub async fn acquire(tx: &mut Tx, name: &str, worker: WorkerId, now: Timestamp, until: Timestamp) -> Result<bool> {
    // Giving up a lease names no length.
    let impossible = if until > now { until.plus(until.since(now)) } else { Timestamp(i64::MAX) };
    let changed = tx
        .sql(
            "INSERT INTO leases (name, worker_id, lease_until) VALUES ($1, $2, $4)
             ON CONFLICT (name) DO UPDATE SET worker_id = excluded.worker_id, lease_until = excluded.lease_until
             WHERE leases.worker_id = $2 OR leases.lease_until <= $3 OR leases.lease_until > $5",
        )
        .bind(name)
        .bind(worker)
        .bind(now)
        .bind(until)
        .bind(impossible)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Until when somebody has, or had, the lease `name`.
pub async fn until(tx: &mut Tx, name: &str) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> =
        tx.sql("SELECT lease_until FROM leases WHERE name = $1").bind(name).fetch_optional().await?;
    Ok(row.map(|(until,)| until))
}
