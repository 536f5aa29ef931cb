//! Which file an SQLite database is: a lock beside it, held as long as the one process that serves it lives, and whether
//! it is still the one that was opened. Knows no table.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::{Result, StoreError};

/// Links that lead to links, at most, as the kernel has it.
const LINKS_MAX: usize = 40;

/// Held by the one process that serves an SQLite file; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct EngineLock {
    _file: File,
}

impl EngineLock {
    /// Takes the lock beside `database`, or says who else may have it. `None` for PostgreSQL, which needs none.
    pub fn acquire(url: &str) -> Result<Option<Self>> {
        let Some(database) = sqlite_path(url) else { return Ok(None) };
        let path = lock_of(&database);
        let lock = |source| StoreError::Lock { path: path.display().to_string(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(lock)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: database.display().to_string() }),
            Err(TryLockError::Error(source)) => Err(lock(source)),
        }
    }
}

/// Whether a server has worked on a file at this path, or does.
pub fn was_served(database: &Path) -> bool {
    lock_of(database).exists()
}

/// Where a restored database waits to be put in the place of this one. While it is there nobody works on this one.
pub fn waiting_for(database: &Path) -> PathBuf {
    let mut name = true_path(database).into_os_string();
    name.push(".restoring");
    PathBuf::from(name)
}

/// Whether nothing is at this path: neither a database nor one that is about to take its place.
pub fn is_missing(database: &Path) -> bool {
    !database.exists() && !waiting_for(database).exists()
}

/// Where the lock of a database is.
fn lock_of(database: &Path) -> PathBuf {
    let mut name = true_path(database).into_os_string();
    name.push(".lock");
    PathBuf::from(name)
}

/// A file by its path and by what the system calls it.
#[derive(Clone, Debug)]
pub struct SqliteFile {
    path: PathBuf,
    /// Device and inode, unless there was nothing to be seen.
    identity: Option<(u64, u64)>,
    /// Its folder, where that goes with it.
    _passing: Option<Arc<TempDir>>,
}

impl SqliteFile {
    /// The file that is at `path` now.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), identity: identity(path).ok(), _passing: None }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same file; `folder` goes with the last copy of this.
    pub(super) fn passing(self, folder: TempDir) -> Self {
        Self { _passing: Some(Arc::new(folder)), ..self }
    }

    /// Whether the same file is there still.
    pub(super) fn check(&self) -> Result<()> {
        let path = || self.path.display().to_string();
        match (self.identity, identity(&self.path)) {
            (Some(_), Err(error)) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::Gone { path: path() }),
            (Some(known), Ok(found)) if known != found => Err(StoreError::Replaced { path: path() }),
            // A folder that cannot be looked into for a moment says nothing of the file.
            _ => Ok(()),
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::metadata(path).map(|found| (found.dev(), found.ino()))
}

/// Where a path leads, whether or not something is there yet: two spellings of one file have one.
fn true_path(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        let Ok(next) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// The file that an `sqlite:` address names.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(Path::new(path.split('?').next().unwrap_or(path)).to_owned())
}
