//! A schema is brought up to date: where a step takes long, a copy of what was there is made first.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::room;
use crate::clock::{DAY, Timestamp};
use crate::figures::size;
use crate::store::migrate::{self, SchemaState, StepClass};
use crate::store::{Db, StoreError, backups, snapshot};

/// A backup of PostgreSQL that is older is none to go back to.
const BACKUP_AGE_MAX: Duration = DAY;
/// The step since which the database knows of its backups.
const BACKUPS_SINCE: i64 = 26;
/// Such copies are kept, the newest.
const KEPT: usize = 2;
/// What stands between a file's name and the number of the step that it was copied before.
const BEFORE: &str = ".before-";

/// Why the schema is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum SchemaTrouble {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The copy would fill the disk.
    #[error(
        "step {step} of the schema wants a copy of the database first, which takes {}; {} are free beside it",
        size(*.needs), size(*.free)
    )]
    Room {
        step: i64,
        /// In bytes.
        needs: u64,
        free: u64,
    },
    /// A server's database, of which no copy is made here.
    #[error("step {step} of the schema rewrites rows, and there is no verified backup of the last 24 hours")]
    NoCopy { step: i64 },
    #[error("{}: the copy of the database before step {step} cannot be made: {source}", .file.display())]
    Copy { step: i64, file: PathBuf, source: std::io::Error },
}

impl SchemaTrouble {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Room { .. } => {
                Some("make room, or take a backup elsewhere and run `coranto migrate --no-backup` while no server runs")
            }
            Self::NoCopy { .. } => Some(
                "take one with the version before (`coranto backup`), which this one then finds; or one by pg_dump, and \
                     run `coranto migrate --no-backup` while no server runs",
            ),
            _ => None,
        }
    }
}

/// What was done to a schema.
#[derive(Debug, Default)]
pub struct Upgraded {
    /// The steps that were made.
    pub steps: Vec<i64>,
    /// The copy of the database before them.
    pub copy: Option<PathBuf>,
}

/// What a start would do to a schema, and need.
#[derive(Debug)]
pub struct Upgrade {
    pub state: SchemaState,
    /// The step that wants a copy first, if one does.
    pub copy_before: Option<i64>,
    /// How many bytes that copy takes; none where no copy is made here.
    pub needs: Option<u64>,
    /// How many bytes are free beside the database.
    pub free: Option<u64>,
    /// When a backup was verified that will do where no copy is made.
    pub backed_up_at: Option<Timestamp>,
}

/// Looks, and changes nothing. `file` is that of an SQLite database.
pub async fn outlook(db: &Db, file: Option<&Path>, now: Timestamp) -> Result<Upgrade, StoreError> {
    let state = migrate::state(db).await?;
    let is_long = |step: &&migrate::MigrationStep| step.class != StepClass::Instant;
    // Of nothing no copy is made.
    let copy_before = if state.is_new() { None } else { state.to_do().find(is_long).map(|step| step.number) };
    let needs = if copy_before.is_some() { snapshot::bytes(db).await? } else { None };
    let free = file.and_then(|file| room(folder_of(file)));
    let backed_up_at = last_backup(db, &state).await?.filter(|at| at.plus(BACKUP_AGE_MAX) > now);
    Ok(Upgrade { state, copy_before, needs, free, backed_up_at })
}

/// When the latest backup was made that was verified, where the schema knows of backups.
async fn last_backup(db: &Db, state: &SchemaState) -> Result<Option<Timestamp>, StoreError> {
    if !state.steps.iter().any(|step| step.number == BACKUPS_SINCE && step.applied) {
        return Ok(None);
    }
    let last = backups::last_verified(&mut db.read().await?).await?;
    Ok(last.map(|last| last.taken_at))
}

/// Brings the schema up to date. `backed_up` says that a person has a backup, and needs no copy.
pub async fn upgrade(db: &Db, file: Option<&Path>, backed_up: bool, now: Timestamp) -> Result<Upgraded, SchemaTrouble> {
    let Upgrade { state, copy_before, needs, free, backed_up_at } = outlook(db, file, now).await?;
    state.check()?;
    let steps: Vec<i64> = state.to_do().map(|step| step.number).collect();
    if steps.is_empty() {
        return Ok(Upgraded::default());
    }
    let copy = match copy_before.filter(|_| !backed_up) {
        None => None,
        Some(step) => {
            if let Some(file) = file {
                fits(step, needs.unwrap_or_default(), free)?;
                Some(copied(db, file, step).await?)
            } else if backed_up_at.is_some() {
                None
            } else {
                return Err(SchemaTrouble::NoCopy { step });
            }
        }
    };
    migrate::run(db).await?;
    Ok(Upgraded { steps, copy })
}

/// Refuses a copy that would leave less than a tenth of itself; where nothing is known of the disk, it is tried.
fn fits(step: i64, bytes: u64, free: Option<u64>) -> Result<(), SchemaTrouble> {
    let needs = bytes.saturating_add(bytes / 10);
    match free {
        Some(free) if free < needs => Err(SchemaTrouble::Room { step, needs, free }),
        _ => Ok(()),
    }
}

async fn copied(db: &Db, database: &Path, step: i64) -> Result<PathBuf, SchemaTrouble> {
    let file = before(database, step);
    let part = PathBuf::from(format!("{}.part", file.display()));
    let failed = |source| SchemaTrouble::Copy { step, file: file.clone(), source };
    snapshot::make(db, &part).await?;
    fs::rename(&part, &file).map_err(failed)?;
    fs::File::open(folder_of(&file)).and_then(|folder| folder.sync_all()).map_err(failed)?;
    let mut all = copies(database);
    all.retain(|(_, path)| *path != file);
    // The one that was just made is one of them.
    let too_many = all.len().saturating_sub(KEPT - 1);
    for (_, old) in all.drain(..too_many) {
        fs::remove_file(&old).map_err(failed)?;
    }
    Ok(file)
}

/// The copies beside a database, by the step that each was made before, oldest first.
pub fn copies(database: &Path) -> Vec<(i64, PathBuf)> {
    let name = database.file_name().unwrap_or_default().to_string_lossy().into_owned() + BEFORE;
    let entries = fs::read_dir(folder_of(database)).into_iter().flatten().flatten();
    let number = |path: &Path| path.file_name()?.to_str()?.strip_prefix(&name)?.parse::<i64>().ok();
    let mut all: Vec<_> = entries.filter_map(|entry| Some((number(&entry.path())?, entry.path()))).collect();
    all.sort();
    all
}

fn before(database: &Path, step: i64) -> PathBuf {
    PathBuf::from(format!("{}{BEFORE}{step}", database.display()))
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_must_leave_a_tenth_of_itself() {
        for (bytes, free, is_well) in
            [(1000, Some(1100), true), (1000, Some(1099), false), (0, Some(0), true), (1000, None, true)]
        {
            assert_eq!(fits(17, bytes, free).is_ok(), is_well, "{bytes} {free:?}");
        }
    }

    #[test]
    fn copies_are_told_by_their_number_alone() {
        let home = tempfile::tempdir().unwrap();
        for name in ["a.db", "a.db.before-9", "a.db.before-17", "a.db.before-17.part", "a.db.before-x", "b.db.before-3"]
        {
            fs::write(home.path().join(name), "").unwrap();
        }
        let found: Vec<i64> = copies(&home.path().join("a.db")).into_iter().map(|(step, _)| step).collect();
        assert_eq!(found, [9, 17]);
    }
}
