//! The database's file without its free pages, when nothing goes out: nobody can write while it is built anew.

use std::path::Path;

use super::watch::room;
use crate::store::{Db, Result, compact, retention, snapshot};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompactOutcome {
    /// In bytes.
    Compacted { before: u64, after: u64 },
    /// An issue goes out: its emails would wait.
    Sending,
    /// Bytes that it takes, and those that are free.
    NoRoom { wanted: u64, free: u64 },
    /// It is no file: PostgreSQL frees its pages by itself.
    Server,
}

/// Builds the file anew in `folder`, where it lies, and cuts back the log beside it.
pub async fn compacted(db: &Db, folder: &Path) -> Result<CompactOutcome> {
    let Some(used) = snapshot::bytes(db).await? else { return Ok(CompactOutcome::Server) };
    let before = db.file_bytes();
    if retention::is_sending(&mut db.read().await?).await? {
        return Ok(CompactOutcome::Sending);
    }
    // The new pages are in the log before they are in the file.
    if let Some(free) = room(folder).filter(|free| *free < used) {
        return Ok(CompactOutcome::NoRoom { wanted: used, free });
    }
    compact::compact(db).await?;
    db.scour().await?;
    Ok(CompactOutcome::Compacted { before, after: db.file_bytes() })
}
