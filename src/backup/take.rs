//! Makes a backup: a copy of the database beside the target, the files that belong to it, the archive, a look at all of it,
//! and only then its name.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::runtime::Handle;

use super::archive::{self, StagedFile};
use super::manifest::{ArchivedFile, FORMAT, Manifest};
use super::places::{self, BackupPlace, is_known};
use super::{BackupError, DAY_MS};
use crate::clock::Timestamp;
use crate::domain::actor::By;
use crate::domain::alarm::AlarmName;
use crate::domain::event::Event;
use crate::journal::Journal;
use crate::private::{self, FILE_MODE};
use crate::store::backups::{self, BackupRow};
use crate::store::events::About;
use crate::store::snapshot::{self, SnapshotCheck, SnapshotFacts};
use crate::store::{Db, StoreError, alarms, events};
use crate::upkeep;

/// Files beside the database, together: what is more is left out and named.
const FILES_BYTES_MAX: u64 = 256 << 20;
/// The beginning of the name of folders that a backup is made in.
const STAGING: &str = ".coranto-backup-";

/// What belongs to a backup beside the database.
#[derive(Clone, Debug)]
pub struct BackupPlan {
    /// The configuration without the secrets in it.
    pub config: String,
    pub places: Vec<BackupPlace>,
    /// The folder of the journal, and of the lock that lets one backup be made at a time.
    pub state: PathBuf,
    /// What the keys are recognised by.
    pub keys: Vec<String>,
    /// Settings whose secrets are not in it.
    pub left_out: Vec<String>,
}

/// Where a backup goes.
pub enum BackupTarget {
    /// A file, which appears whole.
    File(PathBuf),
    /// A pipe. What comes out at its other end nobody has verified.
    Pipe(Box<dyn Write + Send>),
}

/// A backup that was made.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Taken {
    pub file: String,
    /// Of the file; nobody counts what goes to a pipe.
    pub bytes: u64,
    pub rows: u64,
    pub left_out: Vec<String>,
}

/// Makes a backup and verifies it. `staging` is the folder in which it is put together.
pub async fn take(
    db: &Db,
    plan: &BackupPlan,
    staging: &Path,
    to: BackupTarget,
    by: By<'_>,
) -> Result<Taken, BackupError> {
    let _lock = lock(&plan.state)?;
    let file = match &to {
        BackupTarget::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        BackupTarget::Pipe(_) => "-".to_owned(),
    };
    let made = make(db, plan, staging, to, by.now).await;
    let row = BackupRow { taken_at: by.now, file: file.clone(), bytes: 0, verified_at: None, fault: None };
    match made {
        Ok((bytes, manifest)) => {
            let is_file = file != "-";
            let verified_at = is_file.then_some(by.now);
            let row = BackupRow { bytes: bytes.cast_signed(), verified_at, ..row };
            note(db, &row, &Event::BackupTaken { file: file.clone(), bytes }, by).await?;
            let rows = manifest.tables.values().map(|table| table.rows).sum();
            Ok(Taken { file, bytes, rows, left_out: manifest.left_out })
        }
        // Nothing was begun.
        Err(error @ BackupError::Exists(_)) => Err(error),
        Err(error) => {
            let why = error.to_string();
            note(db, &BackupRow { fault: Some(why.clone()), ..row }, &Event::BackupFailed { why }, by).await?;
            Err(error)
        }
    }
}

async fn note(db: &Db, row: &BackupRow, event: &Event, by: By<'_>) -> Result<(), StoreError> {
    db.write(async |tx| {
        backups::add(tx, row).await?;
        events::append(tx, by, About::default(), event).await?;
        if row.fault.is_none() {
            alarms::clear(tx, AlarmName::BackupFailed, "", by.now).await?;
        }
        if row.verified_at.is_some() {
            alarms::clear(tx, AlarmName::BackupOld, "", by.now).await?;
        }
        Ok::<_, StoreError>(())
    })
    .await
}

/// Held as long as a backup is made; the system lets go of it however the process ends.
fn lock(state: &Path) -> Result<File, BackupError> {
    private::folder(state).map_err(BackupError::at(state))?;
    let path = state.join("backup.lock");
    let file = private::create(&path).map_err(BackupError::at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::Busy),
        Err(TryLockError::Error(error)) => Err(BackupError::at(&path)(error)),
    }
}

async fn make(
    db: &Db,
    plan: &BackupPlan,
    folder: &Path,
    to: BackupTarget,
    now: Timestamp,
) -> Result<(u64, Manifest), BackupError> {
    if let BackupTarget::File(path) = &to
        && path.exists()
    {
        return Err(BackupError::Exists(path.display().to_string()));
    }
    // It is not made: where a disk is not mounted, a folder of its name would fill another.
    if !folder.is_dir() {
        return Err(BackupError::NoFolder(folder.display().to_string()));
    }
    clean(folder);
    let staging = private::staging(folder, STAGING).map_err(BackupError::at(folder))?;
    room(snapshot::size(db).await?, folder)?;
    let database = staging.path().join("database");
    if !snapshot::make(db, &database).await? {
        of_server(db.clone(), database.clone(), now).await?;
    }
    let facts = snapshot::examine(&database, check_of(db, now).await?).await?;
    if let Some(fault) = &facts.fault {
        return Err(BackupError::DatabaseDamaged(fault.clone()));
    }
    let (plan, engine) = (plan.clone(), if db.is_sqlite() { "sqlite" } else { "postgres" });
    let writing = tokio::task::spawn_blocking(move || archive_of(&plan, (facts, engine), &staging, to, now));
    writing.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Makes an SQLite file of a server's database, and compares both row by row.
async fn of_server(db: Db, path: PathBuf, now: Timestamp) -> Result<(), BackupError> {
    // On a thread of its own: it hashes every row, and the compiler cannot tell that it might change threads.
    let runtime = Handle::current();
    let copying = tokio::task::spawn_blocking(move || runtime.block_on(copied(&db, &path, now)));
    copying.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

async fn copied(db: &Db, path: &Path, now: Timestamp) -> Result<(), BackupError> {
    let file = Db::open(&format!("sqlite://{}", path.display())).await?;
    let copied = upkeep::copy_whole(db, &file, "PostgreSQL", now, &mut |_| {}).await;
    if copied.is_ok() {
        // All of it is in the one file.
        file.scour().await?;
    }
    file.close().await;
    copied?;
    Ok(())
}

/// The first backup of a week, from Monday in UTC, has its copy looked at in full.
async fn check_of(db: &Db, now: Timestamp) -> Result<SnapshotCheck, StoreError> {
    let last = backups::last_verified(&mut db.read().await?).await?;
    Ok(match last {
        Some(last) if week_of(last.taken_at) == week_of(now) => SnapshotCheck::Quick,
        _ => SnapshotCheck::Full,
    })
}

fn week_of(at: Timestamp) -> i64 {
    // The first of January 1970 was a Thursday.
    (at.0.div_euclid(DAY_MS) + 3).div_euclid(7)
}

/// Takes away what a process left that was killed: whoever has the lock is the only one at work.
fn clean(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(STAGING)) {
        if let Err(error) = fs::remove_dir_all(entry.path()) {
            tracing::debug!(path = %entry.path().display(), %error, "what an earlier backup left cannot be deleted");
        }
    }
}

/// The copy of the database, the archive, which is smaller, and a tenth.
fn room(size: u64, folder: &Path) -> Result<(), BackupError> {
    let needs = size.saturating_mul(2).saturating_add(size / 10).saturating_add(1 << 20);
    match upkeep::room(folder) {
        Some(free) if free < needs => Err(BackupError::NoRoom {
            folder: folder.display().to_string(),
            free: free >> 20,
            needs: needs.div_ceil(1 << 20),
        }),
        _ => Ok(()),
    }
}

fn archive_of(
    plan: &BackupPlan,
    (facts, engine): (SnapshotFacts, &str),
    staging: &TempDir,
    to: BackupTarget,
    now: Timestamp,
) -> Result<(u64, Manifest), BackupError> {
    let (files, mut left_out) = stage(plan, staging.path())?;
    left_out.extend(plan.left_out.iter().cloned());
    let (installation, generation) = facts.installation.unzip();
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: facts.schema,
        installation,
        generation,
        taken_at: now.to_jiff().to_string(),
        engine: engine.to_owned(),
        tables: facts.tables,
        files: files.iter().map(|file| file.entry.clone()).collect(),
        keys: plan.keys.clone(),
        left_out,
    };
    let mtime = u64::try_from(now.0 / 1000).unwrap_or_default();
    let path = match to {
        BackupTarget::Pipe(mut out) => {
            let written = archive::write(&mut out, &manifest, &files, mtime).and_then(|out| out.flush());
            written.map_err(|source| BackupError::Io { what: "the pipe".to_owned(), source })?;
            return Ok((0, manifest));
        }
        BackupTarget::File(path) => path,
    };
    let part = staging.path().join("backup.part");
    let write = || -> io::Result<u64> {
        let out = archive::write(BufWriter::new(private::create(&part)?), &manifest, &files, mtime)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    };
    let bytes = write().map_err(BackupError::at(&part))?;
    // The copy of the database was looked at; what is left is whether the archive has it to the bit.
    let written = File::open(&part).map_err(BackupError::at(&part))?;
    archive::read(BufReader::new(written), None)?;
    // Unlike a rename this overwrites nothing that has come meanwhile.
    fs::hard_link(&part, &path).or_else(|_| rename_new(&part, &path)).map_err(BackupError::at(&path))?;
    private::sync_folder_of(&path).map_err(BackupError::at(&path))?;
    Ok((bytes, manifest))
}

/// For disks without hard links.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match to.exists() {
        true => Err(io::ErrorKind::AlreadyExists.into()),
        false => fs::rename(from, to),
    }
}

/// Copies everything that belongs to the backup into `staging`, so that it does not change any more.
fn stage(plan: &BackupPlan, staging: &Path) -> Result<(Vec<StagedFile>, Vec<String>), BackupError> {
    let mut stage = Stage { staging, files: Vec::new(), left_out: Vec::new(), bytes: 0 };
    let database = staging.join("database");
    let file = File::open(&database).map_err(BackupError::at(&database))?;
    let (bytes, sha256) = archive::copy(&file, None).map_err(BackupError::at(&database))?;
    file.sync_all().map_err(BackupError::at(&database))?;
    let entry = ArchivedFile { name: places::DATABASE.to_owned(), bytes, mode: FILE_MODE, sha256 };
    stage.files.push(StagedFile { entry, path: database });
    stage.add(places::CONFIG, FILE_MODE, plan.config.as_bytes())?;
    let journal = Journal::in_folder(&plan.state);
    let mut places = plan.places.clone();
    places.push(BackupPlace { name: places::JOURNAL.to_owned(), path: journal.path().to_owned() });
    for place in &places {
        match place.is_folder() {
            true => stage.folder(&place.name, &place.path)?,
            false => stage.file(&place.name, &place.path)?,
        }
    }
    Ok((stage.files, stage.left_out))
}

struct Stage<'a> {
    staging: &'a Path,
    files: Vec<StagedFile>,
    left_out: Vec<String>,
    /// Of all but the database.
    bytes: u64,
}

impl Stage<'_> {
    fn add(&mut self, name: &str, mode: u32, from: impl io::Read) -> Result<(), BackupError> {
        let path = self.staging.join(format!("file-{}", self.files.len()));
        let (bytes, sha256) = archive::copy(from, Some(&path)).map_err(BackupError::at(&path))?;
        self.bytes += bytes;
        let entry = ArchivedFile { name: name.to_owned(), bytes, mode, sha256 };
        self.files.push(StagedFile { entry, path });
        Ok(())
    }

    /// A file that is not there has nothing to be kept; what is no file is left alone.
    fn file(&mut self, name: &str, path: &Path) -> Result<(), BackupError> {
        let found = match fs::metadata(path) {
            Ok(found) if found.is_file() => found,
            _ => return Ok(()),
        };
        if !is_known(name) || self.bytes + found.len() > FILES_BYTES_MAX {
            self.left_out.push(path.display().to_string());
            return Ok(());
        }
        let file = File::open(path).map_err(BackupError::at(path))?;
        self.add(name, found.permissions().mode() & 0o777, file)
    }

    /// Everything below a folder, in the order of names. Links are not followed, and hidden files are nobody's text.
    fn folder(&mut self, name: &str, path: &Path) -> Result<(), BackupError> {
        let mut entries: Vec<_> = match fs::read_dir(path) {
            Ok(entries) => entries.collect::<io::Result<_>>().map_err(BackupError::at(path))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(BackupError::at(path)(error)),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let kind = entry.file_type().map_err(BackupError::at(path))?;
            let Ok(own) = entry.file_name().into_string() else {
                self.left_out.push(entry.path().display().to_string());
                continue;
            };
            if own.starts_with('.') {
                continue;
            }
            let full = format!("{name}{own}");
            if kind.is_dir() {
                self.folder(&format!("{full}/"), &entry.path())?;
            } else if kind.is_file() {
                self.file(&full, &entry.path())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        let at = |text: &str| Timestamp::from_jiff(text.parse().unwrap());
        let (sunday, monday) = (at("2026-11-29T23:59:59Z"), at("2026-11-30T00:00:00Z"));
        assert_eq!(week_of(sunday) + 1, week_of(monday));
        assert_eq!(week_of(monday), week_of(at("2026-12-06T23:59:59Z")));
    }

    #[test]
    fn a_backup_needs_room_for_the_copy_and_the_archive() {
        let home = tempfile::tempdir().unwrap();
        assert!(room(0, home.path()).is_ok());
        let refused = room(u64::MAX, home.path()).unwrap_err();
        assert!(matches!(refused, BackupError::NoRoom { .. }), "{refused}");
    }
}
