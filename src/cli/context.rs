//! What every command is given: where its configuration is, how it may talk to a person, what time it is.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::failure::{Exit, Failure};
use super::output::Output;
use super::owner;
use super::schema_hint::newer;
use crate::clock::{Clock, Timestamp};
use crate::config::{Config, ConfigDocument};
use crate::domain::actor::Actor;
use crate::domain::newsletter::Newsletter;
use crate::journal::Journal;
use crate::store::lock::{is_missing, was_served};
use crate::store::{Db, StoreError, migrate, newsletters};
use crate::upkeep::{self, CopyTrouble, KeyTrouble, MemoryTrouble, Rebirth};
use crate::witness::WitnessFolder;

/// How long threads have to end after the work is done.
const THREADS_END: Duration = Duration::from_secs(1);

/// The surroundings of one run of the program.
#[derive(Clone, Debug)]
pub struct Context {
    /// Where results and messages go.
    pub output: Output,
    pub clock: Clock,
    /// The configuration file, which need not exist.
    pub config_file: PathBuf,
    /// The environment as it was at the start.
    pub env: Vec<(String, String)>,
    /// Whether a person may be asked.
    pub may_ask: bool,
    /// Whether every question is answered with yes.
    pub yes: bool,
}

impl Context {
    /// The configuration, or every mistake in it.
    pub fn config(&self) -> anyhow::Result<Config> {
        Ok(Config::load(&self.config_file, &self.env)?)
    }

    /// The configuration as it was written.
    pub fn document(&self) -> anyhow::Result<ConfigDocument> {
        Ok(ConfigDocument::load(&self.config_file, &self.env)?)
    }

    /// The folder that relative paths of the configuration count from.
    pub fn folder(&self) -> &Path {
        self.config_file.parent().unwrap_or(Path::new(""))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Who runs the command, by the name that the system knows.
    pub fn actor(&self) -> Actor {
        let value = |key: &str| self.env.iter().find(|(name, value)| name == key && !value.is_empty());
        let user = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(value);
        let by_number = || format!("uid {}", rustix::process::getuid().as_raw());
        Actor::Command(user.map_or_else(by_number, |(_, user)| user.clone()))
    }

    /// Runs `work` to its end.
    pub fn block_on<T>(&self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let result = runtime.block_on(work);
        // A thread that still reads standard input must not keep the program from ending.
        runtime.shutdown_timeout(THREADS_END);
        result
    }

    /// Opens the database of `config`, for whoever may write: with the keys that it was made with, and no others.
    pub async fn open(&self, config: &Config) -> anyhow::Result<Db> {
        let db = self.open_to_look(config).await?;
        self.admit(&db, config).await?;
        Ok(db)
    }

    /// Refuses keys that are not the database's, and holds a database that was put back.
    pub async fn admit(&self, db: &Db, config: &Config) -> anyhow::Result<()> {
        upkeep::admit(db, &config.keys, &self.actor(), self.now()).await.map_err(refused)?;
        upkeep::follow(db, &config.keys, self.now()).await?;
        self.heed(db, config, false).await
    }

    /// Holds a database that was put back since this machine worked on it, and says so. `delivers` is for a process that
    /// is about to send.
    pub async fn heed(&self, db: &Db, config: &Config, delivers: bool) -> anyhow::Result<()> {
        upkeep::usable(db).await.map_err(uncopied)?;
        let folder = WitnessFolder::new(&config.server.state);
        let actor = self.actor();
        let reborn = upkeep::heed(db, &folder, &config.keys, delivers, actor.at(self.now())).await.map_err(|trouble| {
            let why = Failure::new(trouble.to_string()).exit(Exit::NotAllowed);
            match trouble {
                MemoryTrouble::Other { .. } => anyhow::Error::from(why.hint(
                    "correct `database` in the configuration; if it is meant, `coranto restore --adopt` goes on with this one",
                )),
                MemoryTrouble::Folder { .. } => why.into(),
                MemoryTrouble::Store(error) => error.into(),
            }
        })?;
        if let Some(reborn) = reborn {
            let Rebirth { why, uncertain, dropped, .. } = reborn;
            if delivers {
                tracing::warn!(uncertain, dropped, "{why}: nothing goes out until `coranto release`");
            } else {
                self.output.warn(format!("{why}: nothing goes out until `coranto release`"));
                self.output.note("  hint: `coranto status` says what to look at first");
            }
        }
        Ok(())
    }

    /// Opens the database of `config`, whatever the keys, for whoever only looks. One that is new gets its schema; one
    /// whose schema is older than this program is left alone, for a server of the older version may be working on it.
    pub async fn open_to_look(&self, config: &Config) -> anyhow::Result<Db> {
        let db = self.open_as_it_is(config).await?;
        let state = migrate::state(&db).await?;
        state.check().map_err(|error| newer(error, config.database.sqlite_file()))?;
        if state.is_new() {
            migrate::run(&db).await?;
        } else if state.to_do().next().is_some() {
            return Err(Failure::new("the database's schema is older than this program")
                .hint("restart `coranto serve` with this version, or run `coranto migrate` while no server runs")
                .into());
        }
        Ok(db)
    }

    /// The same as [`open`](Self::open) for a command that is about what is there: it makes no database where none is.
    pub async fn open_existing(&self, config: &Config) -> anyhow::Result<Db> {
        let db = self.open_existing_to_look(config).await?;
        self.admit(&db, config).await?;
        Ok(db)
    }

    /// The same as [`open_to_look`](Self::open_to_look) without making a database where none is: a new installation reads
    /// as empty. Where a server has worked on one it is missing.
    pub async fn open_existing_to_look(&self, config: &Config) -> anyhow::Result<Db> {
        let Some(file) = config.database.sqlite_file().filter(|file| is_missing(file)) else {
            return self.open_to_look(config).await;
        };
        if was_served(file) {
            return Err(Failure::new(format!("there is no database at {}: a server had one there", file.display()))
                .hint("restore it from the backup; `coranto serve` makes a new one")
                .exit(Exit::Unreachable)
                .into());
        }
        self.output.note(format!("There is no database at {} yet.", file.display()));
        let db = Db::open_passing().await?;
        migrate::run(&db).await?;
        Ok(db)
    }

    /// Opens the database of `config`, whatever its schema.
    pub async fn open_as_it_is(&self, config: &Config) -> anyhow::Result<Db> {
        owner::check(config)?;
        let opened = async {
            let journal = Journal::in_folder(&config.server.state);
            let db = Db::open(config.database.as_str()).await?.with_journal(journal);
            // What a command makes due is due by the database's clock.
            db.set_clock(&self.clock).await?;
            Ok::<_, StoreError>(db)
        };
        opened.await.map_err(|error| {
            let why = Failure::new(format!("the database {} cannot be opened: {error}", config.database));
            why.exit(Exit::Unreachable).into()
        })
    }

    /// The database of `config`, if it is there and has this program's schema: for commands that do without.
    pub async fn peek(&self, config: &Config) -> Option<Db> {
        if config.database.sqlite_file().is_some_and(|file| !file.exists()) {
            return None;
        }
        let db = self.open_as_it_is(config).await.ok()?;
        let is_current = match db.read().await {
            Ok(mut tx) => migrate::is_current(&mut tx).await.unwrap_or(false),
            Err(_) => false,
        };
        if is_current {
            return Some(db);
        }
        db.close().await;
        None
    }

    /// A newsletter with its row, which is made where it is new: for a command that writes.
    pub async fn registered(&self, db: &Db, newsletter: &Newsletter) -> anyhow::Result<Newsletter> {
        let id = db.write(async |tx| newsletters::ensure(tx, &newsletter.slug, self.now()).await).await?;
        Ok(Newsletter { id, ..newsletter.clone() })
    }

    /// Asks yes or no; `--yes` answers yes, and where nobody can be asked it is an error.
    pub fn confirm(&self, question: &str) -> anyhow::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        if !self.may_ask {
            return Err(Failure::usage(format!("{question} Nobody can be asked here.")).hint("add --yes").into());
        }
        let answer = read_answer(&format!("{question} [y/N] "))?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks until `parse` understands the answer; an empty one means `default`.
    pub fn ask<T>(
        &self,
        question: &str,
        default: Option<&str>,
        parse: impl Fn(&str) -> Result<T, (String, Option<String>)>,
    ) -> anyhow::Result<T> {
        loop {
            let prompt = default.map_or(format!("{question}: "), |default| format!("{question} [{default}]: "));
            let typed = read_answer(&prompt)?;
            let answer = if typed.is_empty() { default.unwrap_or_default() } else { &typed };
            match parse(answer) {
                Ok(value) => return Ok(value),
                Err((why, hint)) => {
                    self.output.warn(why);
                    if let Some(hint) = hint {
                        self.output.note(format!("  hint: {hint}"));
                    }
                }
            }
        }
    }
}

/// Keys that are not the database's: what that would cost, and what to do.
pub(super) fn refused(trouble: KeyTrouble) -> anyhow::Error {
    match (trouble.hint(), trouble) {
        (_, KeyTrouble::Store(error)) => error.into(),
        (hint, trouble) => {
            Failure::new(trouble.to_string()).exit(Exit::NotAllowed).hint(hint.unwrap_or_default()).into()
        }
    }
}

/// A database that is not to be worked on, or not to be copied, with what to do.
pub(super) fn uncopied(trouble: CopyTrouble) -> anyhow::Error {
    match (trouble.hint(), trouble) {
        (_, CopyTrouble::Store(error)) => error.into(),
        (hint, trouble) => {
            let exit = if matches!(trouble, CopyTrouble::Differs(_)) { Exit::Problems } else { Exit::NotAllowed };
            let why = Failure::new(trouble.to_string()).exit(exit);
            match hint {
                Some(hint) => why.hint(hint).into(),
                None => why.into(),
            }
        }
    }
}

/// Whether a person sits at both ends.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn read_answer(prompt: &str) -> anyhow::Result<String> {
    let mut err = io::stderr().lock();
    write!(err, "{prompt}")?;
    err.flush()?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(Failure::new("the answers ended").exit(Exit::Interrupted).into());
    }
    Ok(line.trim().to_owned())
}

/// Ends when this process is asked to stop: Ctrl-C, or SIGTERM from a service manager. It hears from the call on, also
/// before it is awaited.
#[cfg(unix)]
pub(super) fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when this process is asked to stop: Ctrl-C.
#[cfg(not(unix))]
pub(super) fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
