//! `coranto restore`: puts a backup back, or says that a copy of the database was put back by other means.

use std::path::{Path, PathBuf};

use super::backup::{failure, open};
use super::staging::Staging;
use super::text::count;
use super::{Context, Exit, Failure};
use crate::backup::{self, BackupError, PutBack, RestorePlace, RestorePlan, RestoreTarget, Unpacked, named_by, unpack};
use crate::config::{Config, ConfigDocument, DatabaseUrl};
use crate::store::StoreError;
use crate::store::lock::EngineLock;
use crate::upkeep::{self, Rebirth};
use crate::witness::WitnessFolder;

/// Put a backup back; or tell the program that a copy of its database was put back by other means.
///
/// Nobody knows what went out after the backup was made. So emails that may have gone become uncertain, issues are paused
/// or held, and nothing goes out until `coranto release`. Stop every server first.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto restore coranto.tar.gz
  coranto restore coranto.tar.gz --check        all of it in a throw-away folder
  coranto restore coranto.tar.gz --database postgres://coranto@db.example/coranto
  age -d -i key.txt coranto.tar.gz.age | coranto restore -
  coranto restore --adopt",
    after_help = "In an empty folder the configuration and the keys of the backup are put in their places too. Files that are \
there already stay as they are."
)]
pub(super) struct Args {
    /// The backup; `-` is standard input.
    #[arg(value_name = "FILE", required_unless_present = "adopt")]
    file: Option<PathBuf>,
    /// Put the database that is there aside.
    #[arg(long)]
    replace: bool,
    /// Try everything, and change nothing.
    #[arg(long)]
    check: bool,
    /// Put it into this database instead of the configuration's: an SQLite file, or PostgreSQL.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The database is in its place already: from a snapshot, a copy of the file, or the recovery of PostgreSQL.
    #[arg(long, conflicts_with_all = ["file", "replace", "check", "database"])]
    adopt: bool,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match &args.file {
        Some(file) => {
            // Beside the place: what is put back is large.
            let staging = Staging::within(&staging_folder(&args, context), ".coranto-restore-")?;
            let done = staging.run(restore(file, &args, &staging, context), context)?;
            show(&done, args.check, context)?;
            Ok(Exit::Ok)
        }
        None => adopt(context),
    }
}

async fn restore(file: &Path, args: &Args, staging: &Staging, context: &Context) -> anyhow::Result<PutBack> {
    let unpacked = unpack(staging.stoppable(open(file)?), staging.path()).await.map_err(failure)?;
    if let Some(fault) = unpacked.faults.first() {
        return Err(failure(BackupError::Damaged(fault.clone())));
    }
    let trial = staging.path().join("trial");
    let is_configured = context.config_file.exists();
    let config_file = config_in_place(&unpacked, args.check.then_some(trial.as_path()), context)?;
    let config = match Config::load(&config_file, &context.env) {
        Err(error) if !is_configured => {
            let text = format!("the configuration of the backup lacks what was never in it: {error}");
            let hint = "put the files that it names in their places, correct it, and run the same command again";
            return Err(Failure::new(text).exit(Exit::PartWay).hint(hint).into());
        }
        loaded => loaded?,
    };
    let target = target(args, &config, context)?;
    let files = ConfigDocument::load(&config_file, &context.env)?.files();
    let place = RestorePlace { state: config.server.state.clone(), places: named_by(&files).0 };
    let actor = context.actor();
    let plan = RestorePlan {
        target: &target,
        place: &place,
        keys: &config.keys,
        replaces: args.replace || args.check,
        actor: &actor,
        now: context.now(),
    };
    backup::check(&unpacked, &plan).await.map_err(failure)?;
    // Held until the database is in its place: no server begins on the file that is to go.
    let _lock = match &target {
        RestoreTarget::File(file) if !args.check => lock(file)?,
        _ => None,
    };
    let put = backup::put_back(&unpacked, &plan, args.check).await;
    put.map_err(failure)
}

/// Where the backup is unpacked: beside the database, for what is put back is large. The settings of a service are in a
/// folder that its own user may not write.
fn staging_folder(args: &Args, context: &Context) -> PathBuf {
    let beside =
        Config::load(&context.config_file, &context.env).ok().and_then(|config| target(args, &config, context).ok());
    let beside = match &beside {
        Some(RestoreTarget::File(file)) => file.parent(),
        _ => None,
    };
    beside.filter(|folder| folder.is_dir()).unwrap_or(context.folder()).to_owned()
}

fn lock(database: &Path) -> anyhow::Result<Option<EngineLock>> {
    EngineLock::acquire(&format!("sqlite://{}", database.display())).map_err(|error| match error {
        StoreError::Locked { .. } => Failure::new(format!("a server works on {}", database.display()))
            .hint("stop it first")
            .exit(Exit::NotAllowed)
            .into(),
        error => error.into(),
    })
}

/// Where the database goes.
fn target(args: &Args, config: &Config, context: &Context) -> anyhow::Result<RestoreTarget> {
    let url = match &args.database {
        Some(text) => DatabaseUrl::parse(text, context.folder()).map_err(|(why, hint)| {
            let failure = Failure::usage(format!("--database: {why}"));
            hint.map_or(Failure::usage(format!("--database: {why}")), |hint| failure.hint(hint))
        })?,
        None => config.database.clone(),
    };
    Ok(match url.sqlite_file() {
        Some(file) => RestoreTarget::File(file.to_owned()),
        None => RestoreTarget::Server { url: url.as_str().to_owned(), shown: url.to_string() },
    })
}

/// The configuration that holds: the one in its place, or else the backup's, which is put there with the files that it
/// names. With `trial` that happens in a folder that goes.
fn config_in_place(unpacked: &Unpacked, trial: Option<&Path>, context: &Context) -> anyhow::Result<PathBuf> {
    if context.config_file.exists() {
        if trial.is_none() {
            let places = named_by(&context.document()?.files()).0;
            backup::keys_in_place(unpacked, &places).map_err(failure)?;
        }
        return Ok(context.config_file.clone());
    }
    let file = match trial {
        Some(folder) => folder.join(crate::config::FILE),
        None => context.config_file.clone(),
    };
    backup::config_to(unpacked, &file).map_err(failure)?;
    let document = ConfigDocument::load(&file, &context.env)?;
    let places = named_by(&document.files()).0;
    let state = file.parent().unwrap_or(Path::new("")).join("state");
    // The keys and texts that it names, without which it cannot be read.
    backup::files_in_place(unpacked, &RestorePlace { state, places }).map_err(failure)?;
    Ok(file)
}

fn adopt(context: &Context) -> anyhow::Result<Exit> {
    let config = super::hold::config_with_database(context)?;
    context.block_on(async {
        let db = context.open_existing_to_look(&config).await?;
        upkeep::admit(&db, &config.keys, &context.actor(), context.now()).await.map_err(super::context::refused)?;
        let question =
            "Every email that may have gone out becomes uncertain, and nothing goes out until you say so. Go on?";
        if !context.confirm(question)? {
            return Err(Failure::new("nothing was changed").exit(Exit::Interrupted).into());
        }
        let folder = WitnessFolder::new(&config.server.state);
        let actor = context.actor();
        let reborn = upkeep::adopt_copy(&db, &folder, &config.keys, actor.at(context.now())).await?;
        db.close().await;
        let Some(reborn) = reborn else {
            return Err(Failure::new("another process has just done so").exit(Exit::NotAllowed).into());
        };
        if context.output.is_json() {
            context.output.json(&reborn)?;
            return Ok(Exit::Ok);
        }
        show_reborn(&reborn, context)?;
        Ok(Exit::Ok)
    })
}

fn show_reborn(reborn: &Rebirth, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    output.line(format!("This is generation {} of the database, and it is on hold.", reborn.generation))?;
    let done = reborn.replayed;
    for (number, what) in [
        (reborn.uncertain, "emails of issues may have gone out; they wait for you"),
        (reborn.dropped, "emails to single readers are not sent any more"),
        (reborn.issues, "issues are paused or held"),
        (done.unsubscribed, "readers had unsubscribed since, and are unsubscribed again"),
        (done.erased, "readers had been erased since, and are erased again"),
        (done.suppressed, "addresses had been suppressed since, and are again"),
    ] {
        output.line(format!("  {:>9}  {what}", count(number, "")))?;
    }
    output.line("`coranto status` shows them; `coranto release` lifts the hold.")
}

fn show(done: &PutBack, is_trial: bool, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    if output.is_json() {
        return output.json(done);
    }
    if is_trial {
        let rows = count(done.reborn.uncertain, "email");
        output.line(format!("The backup of {} can be put back; {rows} would be uncertain.", done.taken_at))?;
        return Ok(());
    }
    output.line(format!("The backup of {} is at {}.", done.taken_at, done.database))?;
    if let Some(before) = &done.before {
        output.line(format!("The database that was there is in {before} now."))?;
    }
    for path in &done.kept {
        output.warn(format!("{} is another than in the backup, and stays as it is", path.display()));
    }
    show_reborn(&done.reborn, context)?;
    if !done.left_out.is_empty() {
        output.note(format!("Never in the backup, see to them: {}.", done.left_out.join(", ")));
    }
    Ok(())
}
