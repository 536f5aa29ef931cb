//! Backups that were made, and those that could not be.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;

record! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BackupRow {
        pub taken_at: Timestamp,
        /// Its name, without its folder; `-` when it went to a pipe.
        pub file: String,
        pub bytes: i64,
        pub verified_at: Option<Timestamp>,
        /// Why there is none.
        pub fault: Option<String>,
    }
}

/// Notes a backup, or that there is none.
pub async fn add(tx: &mut Tx, row: &BackupRow) -> Result<()> {
    tx.sql("INSERT INTO backups (taken_at, file, bytes, verified_at, fault) VALUES ($1, $2, $3, $4, $5)")
        .bind(row.taken_at)
        .bind(row.file.as_str())
        .bind(row.bytes)
        .bind(row.verified_at)
        .bind(row.fault.as_deref())
        .execute()
        .await?;
    Ok(())
}

/// The latest, whether or not it was made.
pub async fn last(tx: &mut Tx) -> Result<Option<BackupRow>> {
    tx.sql("SELECT taken_at, file, bytes, verified_at, fault FROM backups ORDER BY id DESC LIMIT 1")
        .fetch_optional()
        .await
}

/// The latest that was made and verified.
pub async fn last_verified(tx: &mut Tx) -> Result<Option<BackupRow>> {
    tx.sql(
        "SELECT taken_at, file, bytes, verified_at, fault FROM backups WHERE verified_at IS NOT NULL
         ORDER BY id DESC LIMIT 1",
    )
    .fetch_optional()
    .await
}

/// Whether a backup was ever verified whose name is like this (SQL's `LIKE`).
pub async fn has_named(tx: &mut Tx, name: &str) -> Result<bool> {
    let (has,): (bool,) = tx
        .sql("SELECT EXISTS (SELECT 1 FROM backups WHERE verified_at IS NOT NULL AND file LIKE $1)")
        .bind(name)
        .fetch_one()
        .await?;
    Ok(has)
}
