//! One engine per SQLite file: a lock beside the file, held as long as the process lives. Knows no table.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::{Result, StoreError};

/// Held by the one process that serves an SQLite file; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct EngineLock {
    _file: File,
}

impl EngineLock {
    /// Takes the lock beside `database`, or says who else may have it. `None` for PostgreSQL, which needs none.
    pub fn acquire(url: &str) -> Result<Option<Self>> {
        let Some(database) = sqlite_path(url) else { return Ok(None) };
        let mut name = database.clone().into_os_string();
        name.push(".lock");
        let path = PathBuf::from(name);
        let lock = |source| StoreError::Lock { path: path.display().to_string(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(lock)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: database.display().to_string() }),
            Err(TryLockError::Error(source)) => Err(lock(source)),
        }
    }
}

/// The file that an `sqlite:` address names.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(Path::new(path.split('?').next().unwrap_or(path)).to_owned())
}
