//! A backup is one file with all that an installation is: the database, the keys, the configuration and what it names.
//! Here such files are made, verified, thinned out and put back.
//!
//! The file is a tar archive, compressed by gzip, so every system opens it without this program. Its first entry is a
//! manifest with a digest of each other entry; behind it stands a digest of the whole. What is put back begins a new
//! generation on hold: see `upkeep`.

mod archive;
mod folder;
mod manifest;
mod nightly;
mod places;
mod put_back;
mod seal;
mod server;
mod take;
mod verify;

use std::io;
use std::path::Path;

pub use folder::{BackupFile, list, thin};
pub use manifest::{ArchivedFile, Manifest, fingerprints};
pub use nightly::{Nightly, NightlySettings};
pub use places::{BackupPlace, named_by};
pub use put_back::{
    PutBack, RestorePlace, RestorePlan, RestoreTarget, check, config_to, files_in_place, keys_in_place, put_back,
};
pub use take::{BackupPlan, BackupTarget, Taken, take};
pub use verify::{Unpacked, unpack};

use crate::store::StoreError;
use crate::upkeep::{CopyTrouble, KeyTrouble, MemoryTrouble};

const DAY_MS: i64 = 24 * 3_600_000;

/// Why there is no backup, or why it is not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error("{folder} has {free} MiB free, and a backup needs {needs} MiB for the time that it is made")]
    NoRoom { folder: String, free: u64, needs: u64 },
    #[error("there is no folder {0}")]
    NoFolder(String),
    #[error("{0} is there already; a backup overwrites nothing")]
    Exists(String),
    #[error("another process makes a backup at this moment")]
    Busy,
    #[error("the database is damaged: {0}")]
    DatabaseDamaged(String),
    /// The file is no whole backup.
    #[error("{0}")]
    Damaged(String),
    #[error("this backup is of a newer version ({program}); restore it with that version or a later one")]
    Newer { program: String },
    #[error("the key file in place ({has}) is another than the one in the backup ({needs})")]
    OtherKey { has: String, needs: String },
    #[error("there is a database at {0} already")]
    NotEmpty(String),
    #[error(transparent)]
    Key(#[from] KeyTrouble),
    #[error(transparent)]
    Memory(#[from] MemoryTrouble),
    #[error(transparent)]
    Copy(#[from] CopyTrouble),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let what = path.display().to_string();
        move |source| Self::Io { what, source }
    }
}
