//! The engine as a whole: starts its tasks in order, keeps its lease, and stops them in order, so that what is on the
//! wire is finished and what was only claimed goes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::active_revisions::ActiveRevisions;
use super::allowances::{Allowances, Keeper};
use super::connection::{self, ConnectionContext};
use super::dispatch::Dispatcher;
use super::floor::Floor;
use super::job::LaneSet;
use super::probes;
use super::providers::Providers;
use super::queue::{Capacity, ClaimSource};
use super::recorder::{DeliveryOutcome, Recorder};
use super::relay_queue::RelayQueue;
use super::rescue;
use super::revision_cache::RevisionCache;
use super::route::Routes;
use super::settings::EngineSettings;
use super::suspended::Suspended;
use super::timekeeper::Timekeeper;
use super::way::SuspensionView;
use crate::clock::{Clock, Timestamp};
use crate::domain::WorkerId;
use crate::domain::alarm::AlarmName;
use crate::store::{Db, StoreError, alarms, installation, leases};
use crate::telemetry::health::Health;
use crate::token::random_bytes;
use crate::witness::Sighting;

/// Rows in memory, at most, whatever the relays could take.
const WINDOW_MAX: usize = 4096;
/// Rows of transactional mail in memory.
const WINDOW_TRANSACTIONAL: usize = 16;
const RESCUE_EVERY: Duration = Duration::from_secs(2);

pub struct Engine {
    db: Db,
    clock: Clock,
    settings: Arc<EngineSettings>,
    health: Arc<Health>,
    /// The number it works under; zero while it does not.
    worker: Arc<AtomicI64>,
}

impl Engine {
    /// An engine that works on `db`. On SQLite the caller holds the [`EngineLock`](crate::store::lock::EngineLock).
    pub fn new(db: Db, clock: Clock, settings: EngineSettings) -> Self {
        let health = Arc::new(Health::default());
        settings.relays.iter().for_each(|relay| health.relay(&relay.name));
        Self { db, clock, settings: Arc::new(settings), health, worker: Arc::default() }
    }

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
        let mut timekeeper = Timekeeper::new(self.db.clone(), self.clock.clone(), timing);
        timekeeper.begin().await?;
        let now = self.clock.now();
        rescue::hold_after_absence(&self.db, timing, now).await?;
        let worker = Arc::clone(&self.worker);
        worker.store(self.register(true).await?.0, Ordering::Relaxed);
        self.health.alive(now.0);
        self.recall(now).await?;
        let letters = Arc::new(RevisionCache::new(self.db.clone(), Arc::clone(&self.settings), now).await?);
        rescue::run(&self.db, &letters, timing, now).await?;
        tracing::info!(
            relays = self.settings.relays.len(),
            in_doubt_max = self.settings.in_doubt_max(),
            "delivery begins; after a crash at most this many emails may be in doubt, one on each connection"
        );

        let current = Arc::<ActiveRevisions>::default();
        let suspended = Arc::new(Suspended::new(self.db.clone()));
        suspended.read().await?;
        let (recorder, recording) = Recorder::new(
            self.db.clone(),
            self.clock.clone(),
            self.settings.keys.clone(),
            self.settings.settle_after,
            Arc::clone(&self.health),
            Arc::clone(&current),
            Arc::clone(&suspended),
        );
        let allowances = Arc::new(Allowances::new(&self.settings, &self.clock));
        let shared = Shared {
            floor: Arc::new(Floor::new(self.lanes(&allowances))),
            routes: Arc::new(letters.routes()),
            letters,
            providers: Arc::new(Providers::new(&self.settings, Arc::clone(&allowances))),
            allowances: Arc::clone(&allowances),
            current,
            suspended,
            recorder,
            worker: Arc::clone(&worker),
            stop: stop.clone(),
        };
        let mut tasks = Tasks::default();
        tasks.recording.spawn(recording.seen_by(self.settings.witness.clone()).run());
        self.spawn_connections(&mut tasks, &shared);
        self.spawn_dispatchers(&mut tasks, &shared);

        let (mut crash, lost) = match self.keep_alive(&shared, &mut tasks, &mut timekeeper).await {
            End::Asked => (None, None),
            End::Crashed(crash) => (Some(crash), None),
            End::Lost(error) => (None, Some(error)),
        };
        stop.cancel();
        drain(&mut tasks.dispatchers, &mut crash).await;
        drain(&mut tasks.connections, &mut crash).await;
        for lane in &shared.floor.lanes {
            for job in lane.queue.drain() {
                shared.recorder.record(job.held(), DeliveryOutcome::Released { due_at: self.clock.now() }).await;
            }
        }
        drop(shared);
        drain(&mut tasks.recording, &mut crash).await;
        allowances.close(&self.db).await;
        self.end_lease().await?;
        conclude(crash, lost)
    }

    /// Ends the lease, so that what this engine held is another's at once. For an end of the process that was too sudden
    /// for [`run`](Self::run) to do so itself.
    pub async fn end_lease(&self) -> Result<(), StoreError> {
        let worker = WorkerId(self.worker.swap(0, Ordering::Relaxed));
        if worker.0 == 0 {
            return Ok(());
        }
        let now = self.clock.now();
        self.db.write(async |tx| leases::end(tx, worker, now).await).await
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
        let nonce: String = random_bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect();
        let witness = self.settings.witness.as_ref();
        let (worker, known) = self
            .db
            .write(async |tx| {
                if first && self.db.is_sqlite() {
                    leases::end_engines(tx, now).await?;
                }
                let worker = leases::register(tx, &name, true, now, now.plus(self.settings.timing.lease)).await?;
                if witness.is_some() {
                    leases::note_nonce(tx, worker, &nonce).await?;
                }
                Ok::<_, StoreError>((worker, installation::get(tx).await?))
            })
            .await?;
        if let (Some(witness), Some(known)) = (witness, known) {
            let (installation, generation) = (known.name, known.generation);
            witness.begin(Sighting { installation, generation, worker: worker.0, nonce, pulse: 0, sent: 0 });
        }
        Ok(worker)
    }

    fn lanes(&self, allowances: &Allowances) -> Vec<Arc<RelayQueue>> {
        let room = Arc::new(Capacity::default());
        let relays = self.settings.relays.iter().cloned().enumerate();
        let lane = |(index, relay)| {
            RelayQueue::new(index, relay, allowances.relay(index).cloned(), self.settings.timing, Arc::clone(&room))
        };
        relays.map(lane).collect()
    }

    fn spawn_connections(&self, tasks: &mut Tasks, shared: &Shared) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let signing = Arc::new(Semaphore::new(cores));
        for lane in &shared.floor.lanes {
            let crew = Arc::new(ConnectionContext {
                lane: Arc::clone(lane),
                name: lane.relay.name.as_str().into(),
                letters: Arc::clone(&shared.letters),
                recorder: shared.recorder.clone(),
                clock: self.clock.clone(),
                settings: Arc::clone(&self.settings),
                providers: Arc::clone(&shared.providers),
                floor: Arc::clone(&shared.floor),
                current: Arc::clone(&shared.current),
                suspended: Arc::clone(&shared.suspended),
                faults: AtomicI64::new(0),
                signing: Arc::clone(&signing),
                stop: shared.stop.clone(),
            });
            for number in 0..lane.relay.connections.max(1) {
                tasks.connections.spawn(connection::run(Arc::clone(&crew), number));
            }
        }
    }

    fn spawn_dispatchers(&self, tasks: &mut Tasks, shared: &Shared) {
        let Some(lane) = shared.floor.lanes.first() else {
            tracing::warn!("there is no relay; nothing will be sent until the configuration has one");
            return;
        };
        if shared.floor.lanes.len() > LaneSet::LANES_MAX {
            tracing::warn!("there are more than {} relays; those after that are not used", LaneSet::LANES_MAX);
        }
        // Twice what may wait for the relays: what one issue fills leaves as much for others.
        let wide = shared.floor.lanes.iter().map(|lane| 2 * lane.capacity_max()).sum::<usize>().min(WINDOW_MAX);
        for (source, window) in [(ClaimSource::Transactional, WINDOW_TRANSACTIONAL), (ClaimSource::Issues, wide)] {
            let dispatcher = Dispatcher {
                db: self.db.clone(),
                clock: self.clock.clone(),
                source,
                floor: Arc::clone(&shared.floor),
                routes: Arc::clone(&shared.routes),
                providers: Arc::clone(&shared.providers),
                worker: Arc::clone(&shared.worker),
                recorder: shared.recorder.clone(),
                current: Arc::clone(&shared.current),
                suspended: Arc::clone(&shared.suspended),
                room: Arc::clone(&lane.queue.room),
                window,
                timing: self.settings.timing,
                ways: SuspensionView {
                    floor: Arc::clone(&shared.floor),
                    routes: Arc::clone(&shared.routes),
                    suspended: Arc::clone(&shared.suspended),
                    alarm_relay: self.settings.alarm_relay.clone(),
                },
                stop: shared.stop.clone(),
            };
            tasks.dispatchers.spawn(dispatcher.run());
        }
        tasks.dispatchers.spawn(Arc::clone(&shared.floor).run(shared.stop.clone()));
        let keeper = Keeper {
            db: self.db.clone(),
            clock: self.clock.clone(),
            allowances: Arc::clone(&shared.allowances),
            floor: Arc::clone(&shared.floor),
            routes: Arc::clone(&shared.routes),
            recorder: shared.recorder.clone(),
            room: Arc::clone(&lane.queue.room),
            every: self.settings.timing.poll,
            stop: shared.stop.clone(),
        };
        tasks.dispatchers.spawn(keeper.run());
    }

    /// Gives signs of life and rescues, until `stop`, until a task crashes, or until the database is another.
    async fn keep_alive(&self, shared: &Shared, tasks: &mut Tasks, timekeeper: &mut Timekeeper) -> End {
        let timing = self.settings.timing;
        let mut heartbeat = tokio::time::interval(timing.heartbeat);
        let mut rescuing = tokio::time::interval(RESCUE_EVERY.min(timing.heartbeat));
        loop {
            let is_heartbeat = tokio::select! {
                () = shared.stop.cancelled() => return End::Asked,
                Some(Err(crash)) = tasks.connections.join_next() => return End::Crashed(crash),
                Some(Err(crash)) = tasks.dispatchers.join_next() => return End::Crashed(crash),
                Some(Err(crash)) = tasks.recording.join_next() => return End::Crashed(crash),
                _ = heartbeat.tick() => true,
                _ = rescuing.tick() => false,
            };
            if let Err(error) = self.db.check_file() {
                return End::Lost(error);
            }
            if let Err(error) = self.beat(is_heartbeat, shared, timekeeper).await {
                tracing::error!(%error, "the ledger cannot be reached");
            }
        }
    }

    /// A sign of life, or a round of rescue. Whose clock has moved learns that first: its own lease must not look ended.
    async fn beat(&self, is_heartbeat: bool, shared: &Shared, timekeeper: &mut Timekeeper) -> Result<(), StoreError> {
        let timing = self.settings.timing;
        timekeeper.look(WorkerId(shared.worker.load(Ordering::Relaxed))).await?;
        if is_heartbeat {
            timekeeper.set_clock().await?;
            return self.renew(&shared.worker).await;
        }
        rescue::run(&self.db, &shared.letters, timing, self.clock.now()).await?;
        probes::run(&self.db, &shared.suspended, self.clock.now()).await
    }

    /// Lengthens the lease. If it has ended (the machine slept, the database was away) others may have taken the rows
    /// back; a new worker claims from now on, and what the old one still hands in is held against its number.
    async fn renew(&self, worker: &AtomicI64) -> Result<(), StoreError> {
        let now = self.clock.now();
        let id = WorkerId(worker.load(Ordering::Relaxed));
        let until = now.plus(self.settings.timing.lease);
        if let Some(pulse) = self.db.write(async |tx| leases::renew(tx, id, now, until).await).await? {
            if let Some(witness) = &self.settings.witness {
                witness.pulse(pulse);
            }
        } else {
            tracing::warn!("this worker's lease had ended; it goes on under a new number");
            rescue::hold_after_absence(&self.db, self.settings.timing, now).await?;
            worker.store(self.register(false).await?.0, Ordering::Relaxed);
        }
        self.health.alive(now.0);
        Ok(())
    }
}

enum End {
    Asked,
    /// A task of it crashed.
    Crashed(JoinError),
    /// The database is not the one any more that it began with.
    Lost(StoreError),
}

/// What the engine's parts share.
struct Shared {
    floor: Arc<Floor>,
    routes: Arc<Routes>,
    allowances: Arc<Allowances>,
    letters: Arc<RevisionCache>,
    providers: Arc<Providers>,
    current: Arc<ActiveRevisions>,
    suspended: Arc<Suspended>,
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

/// Says how delivery ended: well, without its database, or by the crash of a part of it.
fn conclude(crash: Option<JoinError>, lost: Option<StoreError>) -> Result<(), StoreError> {
    if let Some(error) = lost {
        tracing::error!(%error, "delivery has stopped");
        return Err(error);
    }
    if let Some(crash) = crash.filter(JoinError::is_panic) {
        tracing::error!("delivery has stopped, for a part of it crashed; nothing is on the wire");
        std::panic::resume_unwind(crash.into_panic());
    }
    tracing::info!("delivery has stopped; nothing is on the wire");
    Ok(())
}
