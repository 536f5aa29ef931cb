//! Puts a backup back: the database is made ready beside its place, with everything that begins a new generation, and only
//! then takes the place. Whatever is there already is kept: a file under another name, a server's tables in another schema.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::BackupError;
use super::manifest::fingerprints;
use super::places::{self, BackupPlace, place_of};
use super::server;
use super::verify::Unpacked;
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::private::{self, FILE_MODE};
use crate::store::lock::waiting_for;
use crate::store::{Db, StoreError, migrate};
use crate::token::Keyring;
use crate::upkeep::{self, Rebirth};
use crate::witness::WitnessFolder;

/// The time in the name of what is put aside, UTC.
const STAMP: &str = "%Y%m%d-%H%M%S";

/// The database that a backup becomes.
#[derive(Clone, Debug)]
pub enum RestoreTarget {
    /// An SQLite file.
    File(PathBuf),
    /// A database of PostgreSQL, with its address as people may see it.
    Server { url: String, shown: String },
}

impl RestoreTarget {
    fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Server { shown, .. } => shown.clone(),
        }
    }
}

/// Where the files of a backup are put.
#[derive(Clone, Debug)]
pub struct RestorePlace {
    pub state: PathBuf,
    pub places: Vec<BackupPlace>,
}

/// How a backup is put back.
pub struct RestorePlan<'a> {
    pub target: &'a RestoreTarget,
    pub place: &'a RestorePlace,
    pub keys: &'a Keyring,
    /// Whether a database that is there gives way.
    pub replaces: bool,
    pub actor: &'a Actor,
    pub now: Timestamp,
}

/// A backup that was put back.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PutBack {
    pub taken_at: String,
    /// The file or the address.
    pub database: String,
    /// The file or the schema in which the database is that was there before.
    pub before: Option<String>,
    /// Files that were put in their places.
    pub written: Vec<PathBuf>,
    /// Files that were there already and differ; they stay.
    pub kept: Vec<PathBuf>,
    /// Settings whose secrets are to be filled in.
    pub left_out: Vec<String>,
    #[serde(flatten)]
    pub reborn: Rebirth,
}

/// Whether this backup may be put there. Changes nothing.
pub async fn check(unpacked: &Unpacked, plan: &RestorePlan<'_>) -> Result<(), BackupError> {
    if let Some(fault) = unpacked.faults.first() {
        return Err(BackupError::Damaged(fault.clone()));
    }
    if unpacked.manifest.schema > migrate::known() {
        return Err(BackupError::Newer { program: unpacked.manifest.program.clone() });
    }
    let (has, needs) = (fingerprints(plan.keys), &unpacked.manifest.keys);
    // A key that was added since hurts nobody.
    if let Some(missing) = needs.iter().find(|needed| !has.contains(needed)) {
        let has = has.first().cloned().unwrap_or_default();
        return Err(BackupError::OtherKey { has, needs: missing.clone() });
    }
    let gives_way = match plan.target {
        RestoreTarget::File(file) => plan.replaces || !file.exists() || waiting_for(file).exists(),
        RestoreTarget::Server { url, .. } => server::check(url, plan.replaces, plan.now).await?,
    };
    match gives_way {
        true => Ok(()),
        false => Err(BackupError::NotEmpty(plan.target.shown())),
    }
}

/// Puts the keys of a backup in their places, where they are missing: without them the configuration cannot be read.
pub fn keys_in_place(unpacked: &Unpacked, places: &[BackupPlace]) -> Result<(), BackupError> {
    for file in unpacked.files.iter().filter(|file| file.entry.name.starts_with("keys/")) {
        let target = place_of(&file.entry.name, places);
        if let Some(target) = target.filter(|target| !target.exists()) {
            copy_to(&file.path, &target, file.entry.mode)?;
        }
    }
    Ok(())
}

/// Puts the files of a backup where they belong, but for the database: those that are missing. Returns what was written,
/// and what is there and differs.
pub fn files_in_place(unpacked: &Unpacked, place: &RestorePlace) -> Result<(Vec<PathBuf>, Vec<PathBuf>), BackupError> {
    let (mut written, mut kept) = (Vec::new(), Vec::new());
    for file in &unpacked.files {
        let name = file.entry.name.as_str();
        let target = match name {
            places::DATABASE | places::CONFIG => continue,
            places::JOURNAL => place.state.join("unsubscribes"),
            _ => match place_of(name, &place.places) {
                Some(target) => target,
                None => continue,
            },
        };
        if target.exists() {
            let is_same = fs::read(&target).ok() == fs::read(&file.path).ok();
            // This machine's own journal knows more.
            if !is_same && name != places::JOURNAL {
                kept.push(target);
            }
            continue;
        }
        copy_to(&file.path, &target, file.entry.mode)?;
        written.push(target);
    }
    Ok((written, kept))
}

/// Puts the configuration of a backup at `to`, where none is.
pub fn config_to(unpacked: &Unpacked, to: &Path) -> Result<(), BackupError> {
    match unpacked.file(places::CONFIG) {
        Some(from) => copy_to(from, to, FILE_MODE),
        None => Err(BackupError::Damaged("there is no configuration in the backup".to_owned())),
    }
}

/// Copies a file to its place, durable before it has its name.
fn copy_to(from: &Path, to: &Path, mode: u32) -> Result<(), BackupError> {
    let copy = || -> io::Result<()> {
        if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            private::folder(folder)?;
        }
        let mut part = to.as_os_str().to_owned();
        part.push(".restoring");
        let part = PathBuf::from(part);
        let mut file = private::create(&part)?;
        io::copy(&mut File::open(from)?, &mut file)?;
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode & 0o777))?;
        file.sync_all()?;
        fs::rename(&part, to)?;
        private::sync_folder_of(to)
    };
    copy().map_err(BackupError::at(to))
}

/// Puts the database of a backup in its place, held and of a new generation. The caller has the lock of the place, and has
/// called [`check`]. With `rehearses` everything is done but the last step.
pub async fn put_back(unpacked: &Unpacked, plan: &RestorePlan<'_>, rehearses: bool) -> Result<PutBack, BackupError> {
    let staged = unpacked.file(places::DATABASE).map(Path::to_owned).unwrap_or_default();
    let witness = WitnessFolder::new(&plan.place.state);
    let (name, reborn) = begin_anew(&staged, &witness, unpacked, plan).await?;
    let mut done = PutBack {
        taken_at: unpacked.manifest.taken_at.clone(),
        database: plan.target.shown(),
        before: None,
        written: Vec::new(),
        kept: Vec::new(),
        left_out: unpacked.manifest.left_out.clone(),
        reborn,
    };
    if rehearses {
        return Ok(done);
    }
    (done.written, done.kept) = files_in_place(unpacked, plan.place)?;
    let stamp = plan.now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).strftime(STAMP).to_string();
    done.before = match plan.target {
        RestoreTarget::File(file) => swap(&staged, file, &stamp).await?.map(|path| path.display().to_string()),
        RestoreTarget::Server { url, .. } => server::fill(&staged, url, &stamp, plan.now).await?,
    };
    upkeep::remember(&witness, &name, &done.reborn)?;
    Ok(done)
}

async fn begin_anew(
    staged: &Path,
    witness: &WitnessFolder,
    unpacked: &Unpacked,
    plan: &RestorePlan<'_>,
) -> Result<(String, Rebirth), BackupError> {
    let db = Db::open(&format!("sqlite://{}", staged.display())).await?;
    migrate::run(&db).await?;
    upkeep::admit(&db, plan.keys, plan.actor, plan.now).await?;
    let why = format!("the backup of {} was restored", unpacked.manifest.taken_at);
    let (name, reborn) = upkeep::begin_anew(&db, witness, plan.keys, &why, plan.actor.at(plan.now)).await?;
    // All of it is in the one file that takes the place.
    db.scour().await?;
    db.close().await;
    let reborn = reborn.ok_or_else(|| BackupError::Damaged("another process works on the restored copy".to_owned()))?;
    Ok((name, reborn))
}

/// Gives `database` the restored file. From the first step to the last a file beside it keeps everybody else from the
/// place; when the program ends in between, the same command again does all of it once more.
async fn swap(staged: &Path, database: &Path, stamp: &str) -> Result<Option<PathBuf>, BackupError> {
    let waiting = waiting_for(database);
    if database.exists() && !waiting.exists() {
        settle_log(database).await;
    }
    copy_to(staged, &waiting, FILE_MODE)?;
    let mut before = None;
    for suffix in ["", "-wal", "-shm"] {
        let of = |file: &Path, more: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(more);
            PathBuf::from(name)
        };
        let old = of(database, suffix);
        if old.exists() {
            let aside = of(database, &format!(".before-restore-{stamp}{suffix}"));
            fs::rename(&old, &aside).map_err(BackupError::at(&old))?;
            if suffix.is_empty() {
                before = Some(aside);
            }
        }
    }
    private::sync_folder_of(database).map_err(BackupError::at(database))?;
    fs::rename(&waiting, database).map_err(BackupError::at(database))?;
    private::sync_folder_of(database).map_err(BackupError::at(database))?;
    Ok(before)
}

/// Writes the log beside an old database into it, if it can be opened at all: then its file alone is all of it.
async fn settle_log(database: &Path) {
    let settle = async {
        let db = Db::open(&format!("sqlite://{}", database.display())).await?;
        db.scour().await?;
        db.close().await;
        Ok::<_, StoreError>(())
    };
    if let Err(error) = settle.await {
        tracing::warn!(%error, "the database that is put aside cannot be opened; its files are kept as they are");
    }
}
