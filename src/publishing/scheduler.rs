//! The clockwork: follows files and starts what is due, every second, in one process at a time (a lease says which).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::calendar::start_due;
use super::follow::Follower;
use super::library::Library;
use crate::clock::{Clock, Timestamp};
use crate::domain::newsletter::Newsletter;
use crate::domain::{NewsletterId, WorkerId};
use crate::store::{Db, StoreError, leases, newsletters};
use crate::templates::Templates;

/// Between looks: an issue goes out within a second of its slot.
const EVERY: Duration = Duration::from_secs(1);
/// How long the clockwork's process is believed to live without a sign of it.
const LEASE: Duration = Duration::from_secs(15);

/// Follows files and starts what is due.
pub struct Scheduler {
    db: Db,
    clock: Clock,
    newsletters: Vec<(NewsletterId, Newsletter)>,
    public_url: String,
    templates: Arc<Templates>,
    ticked_at: Arc<AtomicI64>,
}

impl Scheduler {
    /// A scheduler for `settings`, whose rows are made where they are new.
    pub async fn new(
        db: Db,
        clock: Clock,
        settings: &[Newsletter],
        public_url: &str,
        templates: Arc<Templates>,
    ) -> Result<Self, StoreError> {
        let now = clock.now();
        let newsletters = db
            .write(async |tx| {
                let mut rows = Vec::with_capacity(settings.len());
                for newsletter in settings {
                    rows.push((newsletters::ensure(tx, &newsletter.slug, now).await?, newsletter.clone()));
                }
                Ok::<_, StoreError>(rows)
            })
            .await?;
        let ticked_at = Arc::new(AtomicI64::new(now.0));
        Ok(Self { db, clock, newsletters, public_url: public_url.to_owned(), templates, ticked_at })
    }

    /// When it last looked, in milliseconds: for readiness.
    pub fn ticked_at(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.ticked_at)
    }

    /// Looks every second until `stop`.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), StoreError> {
        let worker = self.register().await?;
        let mut follower = Follower::default();
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                _ = tick.tick() => {}
            }
            match self.look(worker, &mut follower).await {
                Ok(()) => self.ticked_at.store(self.clock.now().0, Ordering::Relaxed),
                Err(error) => tracing::error!(%error, "the scheduler cannot reach the database; it tries again"),
            }
        }
        let now = self.clock.now();
        // So that another process takes over at once.
        self.db.write(async |tx| leases::acquire(tx, "schedule", worker, now, now).await).await.map(drop)
    }

    async fn look(&self, worker: WorkerId, follower: &mut Follower) -> Result<(), StoreError> {
        let now = self.clock.now();
        if !self.db.write(async |tx| leases::acquire(tx, "schedule", worker, now, now.plus(LEASE)).await).await? {
            return Ok(());
        }
        for (id, newsletter) in &self.newsletters {
            let library = Library { newsletter, public_url: &self.public_url, templates: &self.templates };
            follower.look(&self.db, &library, *id, now).await;
        }
        start_due(&self.db, &self.newsletters, now).await.map(drop)
    }

    async fn register(&self) -> Result<WorkerId, StoreError> {
        let now: Timestamp = self.clock.now();
        self.db.write(async |tx| leases::register(tx, "schedule", false, now, now).await).await
    }
}
