//! The engine as a whole: starts its tasks in order, keeps its lease, and stops them in order, so that what is on the
//! wire is finished and what was only claimed goes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::connection::{self, Crew, Providers};
use super::dispatch::{Current, Dispatcher, Source, Turns};
use super::lane::Lane;
use super::letters::Letters;
use super::queue::Room;
use super::recorder::{Outcome, Recorder};
use super::rescue;
use super::settings::Settings;
use crate::clock::{Clock, Timestamp};
use crate::domain::WorkerId;
use crate::domain::alarm::AlarmName;
use crate::store::{Db, StoreError, alarms, leases};
use crate::telemetry::health::Health;

/// Rows in memory, at most, whatever the relays could take.
const WINDOW_MAX: usize = 2048;
/// Rows of the small kinds in memory.
const WINDOW_SMALL: usize = 16;
/// Between rounds of rescue.
const RESCUE_EVERY: Duration = Duration::from_secs(2);

/// The delivery engine.
pub struct Engine {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    health: Arc<Health>,
}

impl Engine {
    /// An engine that works on `db`. On SQLite the caller holds the [`EngineLock`](crate::store::lock::EngineLock).
    pub fn new(db: Db, clock: Clock, settings: Settings) -> Self {
        let health = Arc::new(Health::default());
        settings.relays.iter().for_each(|relay| health.relay(&relay.name));
        Self { db, clock, settings: Arc::new(settings), health }
    }

    /// How it does.
    pub fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }

    /// Works until `stop`, then finishes what is on the wire and returns.
    ///
    /// # Panics
    ///
    /// When one of its tasks did, after the others have ended in order. Rows that the task held are rescued at the next
    /// start.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), StoreError> {
        let stop = stop.child_token();
        let timing = self.settings.timing;
        let now = self.clock.now();
        rescue::hold_after_absence(&self.db, timing, now).await?;
        let worker = Arc::new(AtomicI64::new(self.register(true).await?.0));
        self.health.alive(now.0);
        self.recall(now).await?;
        let letters = Arc::new(Letters::new(self.db.clone(), Arc::clone(&self.settings), now).await?);
        rescue::run(&self.db, &letters, timing, now).await?;
        tracing::info!(
            relays = self.settings.relays.len(),
            in_doubt_max = self.settings.in_doubt_max(),
            "delivery begins; after a crash at most this many mails may be in doubt, one on each connection"
        );

        let (recorder, desk) =
            Recorder::new(self.db.clone(), self.clock.clone(), self.settings.keys.clone(), Arc::clone(&self.health));
        let shared = Shared {
            lanes: self.lanes(),
            letters,
            providers: Arc::new(Providers::new(&self.settings)),
            current: Arc::default(),
            recorder,
            worker: Arc::clone(&worker),
            stop: stop.clone(),
        };
        let mut tasks = Tasks::default();
        tasks.recording.spawn(desk.run());
        self.spawn_connections(&mut tasks, &shared);
        self.spawn_dispatchers(&mut tasks, &shared);

        let mut crash = self.keep_alive(&shared, &mut tasks).await;
        stop.cancel();
        drain(&mut tasks.dispatchers, &mut crash).await;
        for lane in &shared.lanes {
            for job in lane.queue.close() {
                shared.recorder.record(job.held(), Outcome::Released { due_at: self.clock.now() }).await;
            }
        }
        drain(&mut tasks.connections, &mut crash).await;
        drop(shared);
        drain(&mut tasks.recording, &mut crash).await;
        let now = self.clock.now();
        self.db.write(async |tx| leases::end(tx, WorkerId(worker.load(Ordering::Relaxed)), now).await).await?;
        if let Some(crash) = crash.filter(JoinError::is_panic) {
            tracing::error!("delivery has stopped, for a part of it crashed; nothing is on the wire");
            std::panic::resume_unwind(crash.into_panic());
        }
        tracing::info!("delivery has stopped; nothing is on the wire");
        Ok(())
    }

    /// What was known of the relays before this process: one that was down is so until it takes a mail, and one that is
    /// not in the configuration any more is nobody's trouble.
    async fn recall(&self, now: Timestamp) -> Result<(), StoreError> {
        let all = alarms::all(&mut self.db.read().await?).await?;
        for one in all.iter().filter(|one| one.name == AlarmName::RelayDown && one.cleared_at.is_none()) {
            if self.settings.relays.iter().any(|relay| relay.name == one.scope) {
                self.health.relay_down(&one.scope, one.since.0, &one.note);
            } else {
                self.db.write(async |tx| alarms::clear(tx, one.name, &one.scope, now).await).await?;
            }
        }
        Ok(())
    }

    /// Registers a worker. Whoever holds the lock of an SQLite file knows that all other engines are dead.
    async fn register(&self, first: bool) -> Result<WorkerId, StoreError> {
        let now = self.clock.now();
        let name = format!("engine-{}", std::process::id());
        self.db
            .write(async |tx| {
                if first && self.db.is_sqlite() {
                    leases::end_engines(tx, now).await?;
                }
                leases::register(tx, &name, true, now, now.plus(self.settings.timing.lease)).await
            })
            .await
    }

    fn lanes(&self) -> Vec<Arc<Lane>> {
        let room = Arc::new(Room::default());
        let relays = self.settings.relays.iter().cloned().enumerate();
        relays.map(|(index, relay)| Lane::new(index, relay, self.settings.timing, Arc::clone(&room))).collect()
    }

    fn spawn_connections(&self, tasks: &mut Tasks, shared: &Shared) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let signing = Arc::new(Semaphore::new(cores));
        for lane in &shared.lanes {
            let crew = Arc::new(Crew {
                lane: Arc::clone(lane),
                name: lane.relay.name.as_str().into(),
                letters: Arc::clone(&shared.letters),
                recorder: shared.recorder.clone(),
                clock: self.clock.clone(),
                settings: Arc::clone(&self.settings),
                providers: Arc::clone(&shared.providers),
                current: Arc::clone(&shared.current),
                signing: Arc::clone(&signing),
                stop: shared.stop.clone(),
            });
            for number in 0..lane.relay.connections.max(1) {
                tasks.connections.spawn(connection::run(Arc::clone(&crew), number));
            }
        }
    }

    fn spawn_dispatchers(&self, tasks: &mut Tasks, shared: &Shared) {
        let Some(lane) = shared.lanes.first() else {
            tracing::warn!("there is no relay; nothing will be sent until the configuration has one");
            return;
        };
        let turns = Arc::new(Turns::default());
        let wide = shared.lanes.iter().map(|lane| lane.capacity()).sum::<usize>().min(WINDOW_MAX);
        for (source, window) in [(Source::Small, WINDOW_SMALL), (Source::Issues, wide)] {
            let dispatcher = Dispatcher {
                db: self.db.clone(),
                clock: self.clock.clone(),
                source,
                lanes: shared.lanes.clone(),
                providers: Arc::clone(&shared.providers),
                worker: Arc::clone(&shared.worker),
                turns: Arc::clone(&turns),
                recorder: shared.recorder.clone(),
                current: Arc::clone(&shared.current),
                room: Arc::clone(&lane.queue.room),
                window,
                timing: self.settings.timing,
                stop: shared.stop.clone(),
            };
            tasks.dispatchers.spawn(dispatcher.run());
        }
    }

    /// Gives signs of life and rescues, until `stop` or until a task crashes.
    async fn keep_alive(&self, shared: &Shared, tasks: &mut Tasks) -> Option<JoinError> {
        let timing = self.settings.timing;
        let mut heartbeat = tokio::time::interval(timing.heartbeat);
        let mut rescuing = tokio::time::interval(RESCUE_EVERY.min(timing.heartbeat));
        loop {
            let result = tokio::select! {
                () = shared.stop.cancelled() => return None,
                Some(Err(crash)) = tasks.connections.join_next() => return Some(crash),
                Some(Err(crash)) = tasks.dispatchers.join_next() => return Some(crash),
                Some(Err(crash)) = tasks.recording.join_next() => return Some(crash),
                _ = heartbeat.tick() => self.renew(&shared.worker).await,
                _ = rescuing.tick() => rescue::run(&self.db, &shared.letters, timing, self.clock.now()).await.map(drop),
            };
            if let Err(error) = result {
                tracing::error!(%error, "the ledger cannot be reached");
            }
        }
    }

    /// Lengthens the lease. If it has ended (the machine slept, the database was away) others may have taken the rows
    /// back; a new worker claims from now on, and what the old one still hands in is held against its number.
    async fn renew(&self, worker: &AtomicI64) -> Result<(), StoreError> {
        let now = self.clock.now();
        let id = WorkerId(worker.load(Ordering::Relaxed));
        let until = now.plus(self.settings.timing.lease);
        if !self.db.write(async |tx| leases::renew(tx, id, now, until).await).await? {
            tracing::warn!("this worker's lease had ended; it goes on under a new number");
            rescue::hold_after_absence(&self.db, self.settings.timing, now).await?;
            worker.store(self.register(false).await?.0, Ordering::Relaxed);
        }
        self.health.alive(now.0);
        Ok(())
    }
}

/// What the engine's parts share.
struct Shared {
    lanes: Vec<Arc<Lane>>,
    letters: Arc<Letters>,
    providers: Arc<Providers>,
    current: Arc<Current>,
    recorder: Recorder,
    worker: Arc<AtomicI64>,
    stop: CancellationToken,
}

/// What runs, in the order in which it ends.
#[derive(Default)]
struct Tasks {
    dispatchers: JoinSet<()>,
    connections: JoinSet<()>,
    recording: JoinSet<()>,
}

/// Waits until all of `tasks` have ended, and keeps the first crash.
async fn drain(tasks: &mut JoinSet<()>, crash: &mut Option<JoinError>) {
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            crash.get_or_insert(error);
        }
    }
}
