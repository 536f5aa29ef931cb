//! `coranto backup`: one file with all that an installation is, made while the server runs.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::staging::Staging;
use super::table::Table;
use super::text::count;
use super::when::{local, shared_zone};
use super::{Context, Exit, Failure};
use crate::backup::{
    self, BackupError, BackupPlan, BackupTarget, Nightly, NightlySettings, Taken, Unpacked, list, unpack,
};
use crate::config::{Config, without_secrets};
use crate::domain::issue::IssueState;
use crate::store::{Db, issues};
use crate::wiring;

/// Make, list or verify backups.
///
/// A backup is one file: the database, the keys, the configuration without the passwords in it, templates, issues and
/// logos. It is made while the server runs, verified, and only then gets its name. It holds every reader's address and
/// the keys, so keep it as private as the database.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto backup                                into the folder of [backup]
  coranto backup - | age -r age1... > coranto.tar.gz.age
  coranto backup --verify coranto.tar.gz
  coranto backup --list",
    after_help = "`coranto restore FILE` puts a backup back."
)]
pub(super) struct Args {
    /// The file to make; `-` is standard output.
    #[arg(value_name = "FILE", conflicts_with_all = ["list", "verify"])]
    file: Option<PathBuf>,
    /// List the backups in the folder of [backup].
    #[arg(long)]
    list: bool,
    /// Look at all of a backup: its digests, its database, the rows of each table. `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    verify: Option<PathBuf>,
    /// Begin also while an issue goes out; the copy slows it down.
    #[arg(long, conflicts_with_all = ["list", "verify"])]
    now: bool,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match (args.verify, args.list) {
        (Some(file), _) => verify(&file, context),
        (None, true) => list_all(context),
        (None, false) => make(args.file, args.now, context),
    }
}

/// A failure of a backup or a restore, with its exit code and what to do.
pub(super) fn failure(error: BackupError) -> anyhow::Error {
    let why = Failure::new(error.to_string());
    match error {
        BackupError::Key(trouble) => super::context::refused(trouble),
        BackupError::NoRoom { .. } => why.hint("make room, or name a file on another disk").into(),
        BackupError::NoFolder(_) => {
            let hint =
                "mount its disk, or create the folder; a backup does not create it, since the disk may not be mounted";
            why.exit(Exit::NotAllowed).hint(hint).into()
        }
        BackupError::Busy => why.exit(Exit::NotAllowed).hint("wait until it is done").into(),
        BackupError::Damaged(_) => why.exit(Exit::Problems).into(),
        BackupError::OtherKey { .. } => {
            let hint = "take the key file out of its place, and the one in the backup is put there; if the place has the right \
                        one, this is another installation's backup";
            why.exit(Exit::NotAllowed).hint(hint).into()
        }
        BackupError::NotEmpty(_) => {
            let hint = "--replace puts it aside, under a name with `before-restore`";
            why.exit(Exit::NotAllowed).hint(hint).into()
        }
        BackupError::Newer { .. } => why.exit(Exit::NotAllowed).into(),
        BackupError::Copy(trouble) => super::context::uncopied(trouble),
        BackupError::Store(error) => anyhow::Error::from(error),
        _ => why.into(),
    }
}

fn plan(config: &Config, context: &Context) -> anyhow::Result<BackupPlan> {
    let files = context.document()?.files();
    Ok(wiring::backup(config, &files, without_secrets(&context.config_file)?))
}

/// What a server is told of backups, if it makes any.
pub(super) fn nightly(config: &Config, context: &Context) -> anyhow::Result<Option<NightlySettings>> {
    let Some(folder) = config.backup.folder.clone() else { return Ok(None) };
    let crate::config::Backup { at, keep_days, keep_weeks, .. } = config.backup;
    Ok(Some(NightlySettings { folder, at, keep_days, keep_weeks, plan: plan(config, context)? }))
}

fn make(file: Option<PathBuf>, now: bool, context: &Context) -> anyhow::Result<Exit> {
    let config = super::hold::config_with_database(context)?;
    let is_pipe = file.as_deref() == Some(Path::new("-"));
    if is_pipe && context.output.is_json() {
        return Err(Failure::usage("--json and the backup cannot both go to standard output").into());
    }
    context.block_on(async {
        let db = context.open_existing(&config).await?;
        let result = async {
            if !now && is_sending(&db).await? {
                return Err(Failure::new("an issue is going out, and the copy would slow it down")
                    .exit(Exit::NotAllowed)
                    .hint("wait until it is out, or add --now")
                    .into());
            }
            make_one(file, &db, &config, context).await
        };
        let result = result.await;
        db.close().await;
        let (taken, shown) = result?;
        show(&taken, &shown, is_pipe, context)?;
        Ok(Exit::Ok)
    })
}

async fn is_sending(db: &Db) -> anyhow::Result<bool> {
    let mut tx = db.read().await?;
    Ok(!issues::in_state(&mut tx, IssueState::Sending).await?.is_empty()
        || !issues::in_state(&mut tx, IssueState::Preparing).await?.is_empty())
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

async fn make_one(
    file: Option<PathBuf>,
    db: &Db,
    config: &Config,
    context: &Context,
) -> anyhow::Result<(Taken, PathBuf)> {
    let actor = context.actor();
    let by = actor.at(context.now());
    let plan = plan(config, context)?;
    match file {
        None => {
            let Some(settings) = nightly(config, context)? else {
                let hint = "name one, or set `folder` under [backup]";
                return Err(Failure::usage("there is no file to make").hint(hint).into());
            };
            let folder = settings.folder.clone();
            let nightly = Nightly::new(db.clone(), context.clock.clone(), settings, std::sync::Arc::default());
            let taken = nightly.take(by).await.map_err(failure)?;
            let shown = folder.join(&taken.file);
            Ok((taken, shown))
        }
        Some(file) if file == Path::new("-") => {
            // A pipe has no disk of its own.
            let staging = config.database.sqlite_file().map_or_else(|| config.server.state.clone(), folder_of);
            let target = BackupTarget::Pipe(Box::new(io::stdout()));
            let taken = backup::take(db, &plan, &staging, target, by).await.map_err(failure)?;
            Ok((taken, file))
        }
        Some(file) => {
            let folder = folder_of(&file);
            if !folder.is_dir() {
                // Nothing was begun, so nothing is noted of it.
                return Err(failure(BackupError::NoFolder(folder.display().to_string())));
            }
            let target = BackupTarget::File(file.clone());
            let taken = backup::take(db, &plan, &folder, target, by).await.map_err(failure)?;
            Ok((taken, file))
        }
    }
}

fn show(taken: &Taken, file: &Path, is_pipe: bool, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    let Taken { bytes, rows, left_out, .. } = taken;
    if output.is_json() {
        output.json(&json!({ "file": file, "bytes": bytes, "rows": rows, "left_out": left_out }))?;
        return Ok(());
    }
    if is_pipe {
        output.note(format!("{} went to the pipe; verify it at its other end.", count(*rows, "row")));
    } else {
        let size = count(bytes.div_ceil(1024), "");
        output.line(format!("{}: {}, {size} KiB, verified.", file.display(), count(*rows, "row")))?;
    }
    if !left_out.is_empty() {
        output.note(format!("Not in it, keep them elsewhere: {}.", left_out.join(", ")));
    }
    Ok(())
}

fn list_all(context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let Some(folder) = &config.backup.folder else {
        return Err(Failure::usage("there is no folder of backups").hint("set `folder` under [backup]").into());
    };
    let all = list(folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let output = &context.output;
    if output.is_json() {
        for file in &all {
            output.json(file)?;
        }
        return Ok(Exit::Ok);
    }
    if all.is_empty() {
        output.note(format!("There is no backup in {}.", folder.display()));
        return Ok(Exit::Ok);
    }
    let zone = shared_zone(&config);
    let mut table = Table::new(&["MADE", ">KIB", "FILE"]);
    for file in all {
        let size = count(file.bytes.div_ceil(1024), "");
        table.row([local(file.taken_at, &zone), size, file.path.display().to_string()]);
    }
    output.table(&table)?;
    Ok(Exit::Ok)
}

/// A backup by its name, or what comes through a pipe.
pub(super) fn open(file: &Path) -> anyhow::Result<Box<dyn io::Read + Send>> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let opened = File::open(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    Ok(Box::new(opened))
}

/// Where a backup is taken apart: where the room for it is, and never in the system's temporary folder. On a machine without
/// the installation that is beside the file.
fn verifying_folder(file: &Path, context: &Context) -> PathBuf {
    let configured = context.config_file.exists().then(|| context.config().ok()).flatten();
    match configured {
        Some(config) if config.server.state.is_dir() => config.server.state,
        Some(config) if config.database.sqlite_file().is_some_and(Path::exists) => {
            config.database.sqlite_file().map(folder_of).unwrap_or_default()
        }
        _ if file == Path::new("-") => PathBuf::from("."),
        _ => folder_of(file),
    }
}

fn verify(file: &Path, context: &Context) -> anyhow::Result<Exit> {
    let staging = Staging::within(&verifying_folder(file, context), ".coranto-verify-")?;
    let work = async {
        let unpacked = unpack(staging.stoppable(open(file)?), staging.path()).await.map_err(failure)?;
        let output = &context.output;
        let Unpacked { manifest, faults, .. } = &unpacked;
        let rows: u64 = manifest.tables.values().map(|table| table.rows).sum();
        let is_whole = faults.is_empty();
        if output.is_json() {
            output.json(&json!({
                "whole": is_whole, "faults": faults, "rows": rows, "taken_at": manifest.taken_at,
                "program": manifest.program, "schema": manifest.schema, "installation": manifest.installation,
                "generation": manifest.generation, "keys": manifest.keys, "left_out": manifest.left_out,
            }))?;
        } else if is_whole {
            let files = count(manifest.files.len() as u64, "file");
            output.line(format!("Whole: made {}, {}, {files}.", manifest.taken_at, count(rows, "row")))?;
            for key in &manifest.keys {
                output.line(format!("  key {key}"))?;
            }
        } else {
            for fault in faults {
                output.warn(fault);
            }
        }
        Ok(if is_whole { Exit::Ok } else { Exit::Problems })
    };
    staging.run(work, context)
}
