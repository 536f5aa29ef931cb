//! The clockwork: follows files and starts what is due, every second, in one process at a time (a lease says which).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::calendar::start_due;
use super::follow::FileWatcher;
use super::left::{self, Left};
use super::publisher::{Publisher, Renderer};
use super::settings::{self, LEASE_NAME};
use crate::clock::{Clock, Timestamp};
use crate::domain::WorkerId;
use crate::domain::actor::Actor;
use crate::domain::newsletter::Newsletter;
use crate::images::ImageCache;
use crate::store::{Db, StoreError, leases};
use crate::templates::Templates;

/// Between looks: an issue goes out within a second of its slot.
const EVERY: Duration = Duration::from_secs(1);
/// How long the clockwork's process is believed to live without a sign of it.
const LEASE: Duration = Duration::from_secs(15);
const LENGTHEN_AFTER: Duration = Duration::from_secs(5);

/// Follows files and starts what is due.
pub struct Scheduler {
    db: Db,
    clock: Clock,
    newsletters: Vec<Newsletter>,
    public_url: String,
    templates: Arc<Templates>,
    gallery: ImageCache,
    ticked_at: Arc<AtomicI64>,
    shift_until: Arc<AtomicI64>,
}

impl Scheduler {
    /// A scheduler for newsletters that have their rows.
    pub fn new(db: Db, clock: Clock, newsletters: &[Newsletter], public_url: &str, templates: Arc<Templates>) -> Self {
        let ticked_at = Arc::new(AtomicI64::new(clock.now().0));
        Self {
            db,
            clock,
            newsletters: newsletters.to_vec(),
            public_url: public_url.to_owned(),
            templates,
            gallery: ImageCache::default(),
            ticked_at,
            shift_until: Arc::new(AtomicI64::new(i64::MIN)),
        }
    }

    /// When it last looked, in milliseconds: for readiness.
    pub fn ticked_at(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.ticked_at)
    }

    /// Until when this process is the one that schedules, in milliseconds: what runs in one process alone goes by it.
    pub fn shift_until(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.shift_until)
    }

    /// Looks every second until `stop`.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), StoreError> {
        let mut shift = Shift {
            worker: self.register().await?,
            until: Timestamp(i64::MIN),
            followers: self.newsletters.iter().map(|one| FileWatcher::new(one, &self.newsletters)).collect(),
            left: self.newsletters.iter().map(|_| Left::default()).collect(),
            looked_at: self.clock.now(),
        };
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut away = false;
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                _ = tick.tick() => {}
            }
            match self.look(&mut shift).await {
                Ok(()) => {
                    self.ticked_at.store(self.clock.now().0, Ordering::Relaxed);
                    if std::mem::take(&mut away) {
                        tracing::info!("the scheduler reaches the database again");
                    }
                }
                // Once, not every second of an outage.
                Err(error) if !std::mem::replace(&mut away, true) => {
                    tracing::error!(%error, "the scheduler cannot reach the database; it tries again every second");
                }
                Err(_) => {}
            }
        }
        self.shift_until.store(i64::MIN, Ordering::Relaxed);
        let now = self.clock.now();
        if away || shift.until <= now {
            return Ok(());
        }
        // So that another process takes over at once.
        self.db.write(async |tx| leases::acquire(tx, LEASE_NAME, shift.worker, now, now).await).await.map(drop)
    }

    async fn look(&self, shift: &mut Shift) -> Result<(), StoreError> {
        let now = self.clock.now();
        if !self.is_on(shift, now).await? {
            return Ok(());
        }
        for (newsletter, follower) in self.newsletters.iter().zip(&mut shift.followers) {
            let mut notices = Vec::new();
            let looked = follower.look(&self.publisher(newsletter, now), &mut notices).await;
            for notice in notices {
                match notice.is_warning() {
                    true => tracing::warn!(newsletter = newsletter.slug, "{notice}"),
                    false => tracing::info!(newsletter = newsletter.slug, "{notice}"),
                }
            }
            looked?;
        }
        start_due(&self.db, &self.newsletters, now).await?;
        // What is due comes first.
        if now.since(shift.looked_at) >= left::EVERY {
            shift.looked_at = now;
            for (newsletter, left) in self.newsletters.iter().zip(&mut shift.left) {
                left.look(&self.publisher(newsletter, now)).await?;
            }
        }
        Ok(())
    }

    fn publisher<'a>(&'a self, newsletter: &'a Newsletter, now: Timestamp) -> Publisher<'a> {
        let Self { public_url, templates, gallery, .. } = self;
        let renderer = Renderer { newsletter, public_url, templates, gallery };
        Publisher { renderer, db: &self.db, actor: &Actor::Scheduler, now }
    }

    /// Whether this process is the one that schedules: it has the lease, or takes it. The lease is lengthened in good
    /// time, not at every look, for each is a commit on disk.
    async fn is_on(&self, shift: &mut Shift, now: Timestamp) -> Result<bool, StoreError> {
        let left = shift.until.since(now);
        // More than there can be: the clock was set back.
        if left < LEASE - LENGTHEN_AFTER || left > LEASE {
            // Slots are kept by the clock that leases go by, which is one for all machines.
            self.db.set_clock(&self.clock).await?;
            let now = self.clock.now();
            let until = now.plus(LEASE);
            let worker = shift.worker;
            let has = self.db.write(async |tx| leases::acquire(tx, LEASE_NAME, worker, now, until).await).await?;
            shift.until = if has { until } else { Timestamp(i64::MIN) };
            self.shift_until.store(shift.until.0, Ordering::Relaxed);
        }
        Ok(shift.until > now)
    }

    async fn register(&self) -> Result<WorkerId, StoreError> {
        let now: Timestamp = self.clock.now();
        self.db
            .write(async |tx| {
                let worker = leases::register(tx, LEASE_NAME, false, now, now).await?;
                settings::note(tx, worker, &self.newsletters).await?;
                Ok::<_, StoreError>(worker)
            })
            .await
    }
}

/// What one run of the clockwork knows.
struct Shift {
    worker: WorkerId,
    /// Until when it has the lease.
    until: Timestamp,
    followers: Vec<FileWatcher>,
    /// Files that cannot go out, and when they were looked at.
    left: Vec<Left>,
    looked_at: Timestamp,
}
