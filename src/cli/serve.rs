//! `coranto serve`: web, scheduler and delivery in one process. The only place that builds the graph of objects.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::ValueEnum;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Context, Exit, Failure, announce, backup, hooking, logo, owner, receiving};
use crate::backup::{Nightly, NightlySettings};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::delivery::{Engine, EngineSettings};
use crate::doctor::rounds::Rounds;
use crate::doctor::signing;
use crate::images::ImageCache;
use crate::inbound::Settler;
use crate::journal::Journal;
use crate::publishing::pictures;
use crate::publishing::scheduler::Scheduler;
use crate::signup::{self, Signup, SignupList};
use crate::store::lock::EngineLock;
use crate::store::{Db, StoreError, newsletters};
use crate::supervise::{Supervisor, manager};
use crate::templates::Templates;
use crate::upkeep::{self, CopyTrouble, JournalKeeper, KeyAgreement, Upkeep, WaitingKey};
use crate::web::{self, Embedding, Hooks, Proxies, Site};
use crate::wiring;
use crate::witness::{Witness, WitnessFolder};

/// Monitors ask now and then, and are few.
const METRICS_CONNECTIONS_MAX: usize = 64;
/// What else has a file open: the database, relays, logs.
const FILES_BESIDE: u64 = 256;
/// How often images that nothing shows are looked for.
const TIDY_EVERY: Duration = Duration::from_secs(3600);
/// Between looks at the database's clock and file, for whoever does not deliver.
const WATCH_EVERY: Duration = Duration::from_secs(10);
/// How often readers whose rest is over are taken back.
const RESTS_END_EVERY: Duration = Duration::from_secs(60);

const EXAMPLES: &str = "\
Examples:
  coranto serve                            everything in one process
  coranto serve --role web                 the public pages alone
  coranto serve --role schedule,deliver    beside it, on PostgreSQL, as often as you like";

/// Run the pages, the schedule, delivery and the listener for reports.
///
/// It runs until SIGTERM or Ctrl-C, and finishes what is on the wire first.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// What this process does.
    #[arg(long, value_name = "ROLES", value_delimiter = ',', default_value = "web,schedule,deliver,receive")]
    role: Vec<Role>,
}

/// A part of the program that a process may play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// The public pages.
    Web,
    /// Follows files and starts issues that are due.
    Schedule,
    /// Sends what is in the ledger.
    Deliver,
    /// Takes in reports, where the configuration says where to listen.
    Receive,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let mut config = context.config()?;
    for warning in &config.warnings {
        tracing::warn!("{}", warning.text(&context.config_file.display().to_string()));
    }
    for doubt in signing::doubts(&config) {
        tracing::warn!("{}: {}; {}", doubt.key, doubt.text, doubt.hint);
    }
    owner::check(&config)?;
    let clock = context.clock.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let _lock = lock(&config, &args.role)?;
        let db = open(&config, context.now()).await?;
        db.set_clock(&clock).await?;
        let admitted = upkeep::admit(&db, &config.keys, &context.actor(), clock.now()).await;
        upkeep::call_about_keys(&db, &admitted, context.actor().at(clock.now())).await?;
        admitted.map_err(super::context::refused)?;
        context.heed(&db, &config, args.role.contains(&Role::Deliver)).await?;
        db.write(async |tx| newsletters::register(tx, &mut config.newsletters, clock.now()).await).await?;
        let agreement = KeyAgreement::new(machine());
        agree(&agreement, &db, &config, &clock).await?;
        let nightly = backup::nightly(&config, context)?;
        let mut supervisor =
            start(&config, &db, &clock, &args.role, nightly, Some(context.folder().to_owned())).await?;
        announce(&mut supervisor, &db).await?;
        let stop = supervisor.stop_token();
        supervisor.add("the keys of all servers", keep_agreed(agreement, db.clone(), config.clone(), clock, stop));
        supervisor.run().await?;
        db.close().await;
        anyhow::Ok(())
    })?;
    Ok(Exit::Ok)
}

/// Tells the service manager that everything listens and the ledger was read, and from then on what goes out.
async fn announce(supervisor: &mut Supervisor, db: &Db) -> anyhow::Result<()> {
    let line = announce::line(db).await?;
    manager::ready(line.clone());
    let (db, stop) = (db.clone(), supervisor.stop_token());
    supervisor.add("the line for the service manager", async move {
        announce::keep(db, line, stop).await;
        Ok(())
    });
    Ok(())
}

/// Of the processes on one SQLite file one alone may schedule and deliver.
fn lock(config: &Config, roles: &[Role]) -> anyhow::Result<Option<EngineLock>> {
    match roles.iter().all(|role| matches!(role, Role::Web | Role::Receive)) {
        true => Ok(None),
        false => Ok(EngineLock::acquire(config.database.as_str())?),
    }
}

/// Opens the database and brings its schema up to date: the server is the one who may.
pub(super) async fn open(config: &Config, now: Timestamp) -> anyhow::Result<Db> {
    let db = Db::open(config.database.as_str())
        .await
        .with_context(|| format!("the database {} cannot be opened", config.database))?
        .with_journal(Journal::in_folder(&config.server.state));
    let file = config.database.sqlite_file();
    let outlook = upkeep::outlook(&db, file, now).await?;
    for step in outlook.state.to_do().filter(|_| !outlook.state.is_new()) {
        tracing::info!(step = step.number, class = step.class.as_str(), "the schema gets the step {}", step.name);
    }
    let done = upkeep::upgrade(&db, file, false, now).await;
    let done = done.map_err(|trouble| super::schema_hint::left(trouble, file))?;
    if let Some(copy) = done.copy {
        tracing::info!(copy = %copy.display(), "the database as it was before is kept");
    }
    Ok(db)
}

/// Builds and starts what `roles` name. With a `home` the server looks after itself there.
pub(super) async fn start(
    config: &Config,
    db: &Db,
    clock: &Clock,
    roles: &[Role],
    nightly: Option<NightlySettings>,
    home: Option<PathBuf>,
) -> anyhow::Result<Supervisor> {
    let templates = Arc::new(wiring::templates(config)?);
    let mut supervisor = Supervisor::new()?;
    let stop = supervisor.stop_token();
    supervisor.add("the watch over the database", watch(db.clone(), clock.clone(), stop.clone()));
    let mut delivery = None;
    if roles.contains(&Role::Deliver) {
        let engine = Arc::new(Engine::new(db.clone(), clock.clone(), delivery_settings(config)?));
        delivery = Some(engine.health());
        let (stop, ended) = (stop.clone(), Arc::clone(&engine));
        supervisor.add("delivery", async move { Ok(engine.run(stop).await?) });
        supervisor.at_last(async move { ended.end_lease().await.context("the engine's lease could not be ended") });
    }
    if !roles.contains(&Role::Schedule) && roles.contains(&Role::Deliver) {
        let upkeep = Upkeep::new(db.clone(), clock.clone(), wiring::upkeep(config), Arc::default());
        let stopped = stop.clone();
        supervisor.add("upkeep", async move {
            upkeep.run(stopped).await;
            Ok(())
        });
    }
    if roles.contains(&Role::Schedule) {
        schedule(&mut supervisor, config, db, clock, &templates, nightly, home);
    }
    if roles.contains(&Role::Receive) {
        receiving::add(&mut supervisor, config, db, clock).await?;
    }
    if roles.contains(&Role::Web) {
        let mut site = site(config, db, clock, templates, stop.clone()).await?;
        site.schedules = roles.contains(&Role::Schedule);
        site.delivery = delivery;
        let site = Arc::new(site);
        let address = config.server.listen;
        let connections = usize::try_from(config.server.connections).unwrap_or(usize::MAX);
        allow_files(u64::from(config.server.connections));
        let listener = bind(address, "listen").await?;
        if let Some(address) = config.server.metrics_listen {
            let listener = bind(address, "metrics_listen").await?;
            let router = web::metrics_router(Arc::clone(&site));
            let stop = stop.clone();
            supervisor.add("the metrics", async move {
                Ok(web::serve(listener, router, METRICS_CONNECTIONS_MAX, stop).await?)
            });
        }
        tracing::info!(%address, public_url = %config.public_url, "web");
        supervisor.add("the web server", async move {
            web::serve(listener, web::router(Arc::clone(&site)), connections, stop).await?;
            // A request that was dropped may have left a transaction to be finished.
            site.tasks.close();
            site.tasks.wait().await;
            Ok(())
        });
    }
    Ok(supervisor)
}

/// What one process alone does at a time: it starts issues that are due, and looks after all that has a time.
fn schedule(
    supervisor: &mut Supervisor,
    config: &Config,
    db: &Db,
    clock: &Clock,
    templates: &Arc<Templates>,
    nightly: Option<NightlySettings>,
    home: Option<PathBuf>,
) {
    let stop = supervisor.stop_token();
    let public_url = wiring::public_url(config);
    let scheduler = Scheduler::new(db.clone(), clock.clone(), &config.newsletters, &public_url, Arc::clone(templates));
    let shift_until = scheduler.shift_until();
    let relays = config.relays.iter().map(|relay| (relay.name.clone(), relay.host.clone())).collect();
    let settler = Settler::new(db.clone(), clock.clone(), config.inbound.policy, scheduler.shift_until());
    settle(supervisor, settler.with_relays(relays));
    let upkeep = Upkeep::new(db.clone(), clock.clone(), wiring::upkeep(config), scheduler.shift_until());
    let stopped = stop.clone();
    supervisor.add("upkeep", async move {
        upkeep.run(stopped).await;
        Ok(())
    });
    let stopped = stop.clone();
    supervisor.add("the scheduler", async move { Ok(scheduler.run(stopped).await?) });
    supervisor.add("tidying", tidy(db.clone(), clock.clone(), stop.clone()));
    supervisor.add("rests", end_rests(db.clone(), clock.clone(), stop.clone()));
    if let Some(home) = home {
        let rounds = Rounds::new(db.clone(), clock.clone(), config.clone(), home, Arc::clone(&shift_until));
        let stopped = stop.clone();
        supervisor.add("checks", async move {
            rounds.run(stopped).await;
            Ok(())
        });
    }
    if let Some(nightly) = nightly {
        let nightly = Nightly::new(db.clone(), clock.clone(), nightly, shift_until);
        supervisor.add("backups", async move {
            nightly.run(stop).await;
            Ok(())
        });
    }
}

fn delivery_settings(config: &Config) -> anyhow::Result<EngineSettings> {
    Ok(EngineSettings { witness: witness(&config.server.state), ..wiring::delivery(config)? })
}

/// Where this machine remembers what it saw of the database. Without it a copy that is put back is not noticed.
fn witness(state: &Path) -> Option<Arc<Witness>> {
    match WitnessFolder::new(state).take() {
        Ok(witness) => Some(Arc::new(witness)),
        Err(error) => {
            let folder = state.display();
            tracing::warn!(%folder, %error, "`state` under [server] cannot be written: a restored backup would not be noticed");
            None
        }
    }
}

/// Settles bounces as long as `supervisor` runs.
fn settle(supervisor: &mut Supervisor, settler: Settler) {
    let stop = supervisor.stop_token();
    supervisor.add("settling bounces", async move {
        settler.run(stop).await;
        Ok(())
    });
}

async fn bind(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(format!("the web server cannot listen on {address}: {error}"))
            .hint(format!("another program has that port; stop it, or set `{key}` under [server] to a free one"))
            .into()
    })
}

/// What the pages need: every newsletter, with its emails rendered and stored.
async fn site(
    config: &Config,
    db: &Db,
    clock: &Clock,
    templates: Arc<Templates>,
    stop: CancellationToken,
) -> anyhow::Result<Site> {
    let gallery = ImageCache::default();
    let mut lists = Vec::with_capacity(config.newsletters.len());
    for newsletter in &config.newsletters {
        let logo = logo::load(config, newsletter, &gallery)?;
        let mails = signup::mails::letters(newsletter, config.public_url.as_str(), &templates, logo.as_ref())?;
        lists.push(SignupList::open(db, newsletter.clone(), &mails, clock.now()).await?);
    }
    let signup = Signup::new(db.clone(), config.keys.clone(), wiring::limits(config), wiring::checks(config)?);
    signup.remember(clock.now()).await?;
    let proxies = Proxies::new(config.server.trusted_proxies.clone());
    let mut site = Site::new(signup, lists, templates, clock.clone(), config.public_url.clone(), proxies, stop)?;
    site.embedding =
        Embedding { origins: config.signup.embed_origins.clone(), redirects: config.signup.redirects.clone() };
    // One on this machine is nobody else.
    let elsewhere = config.relays.iter().filter(|relay| !relay.is_loopback());
    site.hooks = Hooks::new(hooking::open(config, db)?);
    site.retention = config.retention;
    site.relays = elsewhere.map(|relay| relay.host.clone()).collect();
    Ok(site)
}

/// Raises the number of files that this process may have open to what the system allows: a connection is one, and the
/// usual limit of 1024 dates from another time.
fn allow_files(connections: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current < limit.maximum || limit.current.is_some() && limit.maximum.is_none() {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    }
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    if limit < connections.saturating_add(FILES_BESIDE) {
        tracing::warn!(
            limit,
            connections,
            "the system allows fewer open files than `connections` under [server]; raise LimitNOFILE or ulimit -n"
        );
    }
}

/// Keeps to the database's clock, and ends when its file is not the one any more that was opened, or when what is in it
/// is being moved elsewhere.
async fn watch(db: Db, clock: Clock, stop: CancellationToken) -> anyhow::Result<()> {
    let mut tick = tokio::time::interval(WATCH_EVERY);
    let mut journal = JournalKeeper::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        db.check_file().map_err(|error| {
            Failure::new(error.to_string())
                .hint("bring the right file back while nothing runs, then start again; a backup is not to be copied over a file in use")
        })?;
        match upkeep::usable(&db).await {
            Ok(()) => {}
            Err(CopyTrouble::Store(error)) => tracing::debug!(%error, "the database was not asked whether it moves"),
            Err(trouble) => return Err(super::context::uncopied(trouble)),
        }
        if let Err(error) = db.set_clock(&clock).await {
            tracing::debug!(%error, "the database was not asked for the time");
        }
        if let Err(error) = journal.look(&db, clock.now()).await {
            tracing::debug!(%error, "an alarm of the journal could not be raised");
        }
    }
}

/// What the machine is called.
fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Seals with a key that every server at work has.
async fn agree(agreement: &KeyAgreement, db: &Db, config: &Config, clock: &Clock) -> Result<(), StoreError> {
    if let Some(WaitingKey { number, lacking }) = agreement.keep(db, &config.keys, clock.now()).await? {
        let lacking = lacking.join(", ");
        tracing::info!(number, lacking, "the newest key seals nothing yet: other servers lack it");
    }
    Ok(())
}

async fn keep_agreed(
    agreement: KeyAgreement,
    db: Db,
    config: Config,
    clock: Clock,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut tick = tokio::time::interval(WATCH_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = tick.tick() => {}
        }
        if let Err(error) = agreement.keep(&db, &config.keys, clock.now()).await {
            tracing::debug!(%error, "the other servers' keys are not known");
        }
    }
    if let Err(error) = agreement.end(&db).await {
        tracing::debug!(%error, "the other servers wait two minutes for the keys of this one");
    }
    Ok(())
}

/// Takes back readers whose rest is over, and drops what no limit needs any more and no import can be taken back by.
async fn end_rests(db: Db, clock: Clock, stop: CancellationToken) -> anyhow::Result<()> {
    let mut tick = tokio::time::interval(RESTS_END_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        match signup::resume_due(&db, clock.now()).await {
            Ok(0) => {}
            Ok(readers) => tracing::info!(readers, "rests are over"),
            Err(error) => tracing::error!(%error, "rests could not be ended; tried again in a minute"),
        }
        if let Err(error) = signup::purge_limits(&db, clock.now()).await {
            tracing::error!(%error, "old entries of limits could not be dropped; tried again in a minute");
        }
        if let Err(error) = signup::forget_imports(&db, clock.now()).await {
            tracing::error!(%error, "changes of old imports could not be dropped; tried again in a minute");
        }
    }
}

/// Takes away images that no issue shows any more.
async fn tidy(db: Db, clock: Clock, stop: CancellationToken) -> anyhow::Result<()> {
    let mut tick = tokio::time::interval(TIDY_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        match pictures::tidy(&db, clock.now()).await {
            Ok(0) => {}
            Ok(images) => tracing::info!(images, "images that nothing shows are gone"),
            Err(error) => tracing::error!(%error, "unused images could not be taken away; tried again in an hour"),
        }
    }
}
