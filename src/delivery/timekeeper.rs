//! Clocks that move: what was put off by a clock that was ahead is not to wait until that time comes again. Must not know
//! why a row waits.

use std::time::Duration;

use super::settings::Timing;
use crate::clock::{Clock, Moment, Timestamp};
use crate::domain::WorkerId;
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::store::events::{self, About};
use crate::store::{Db, StoreError, Tx, leases, ledger};

/// What a clock may be set back by without a word: that is how it is kept right.
const SET_BACK_MIN: Duration = Duration::from_secs(5);
/// The lease under which one engine of several looks after it.
const LEASE_NAME: &str = "clock";
/// The longest lease of a command that sends by itself is half an hour.
const COMMANDS_IMPOSSIBLE: Duration = Duration::from_secs(3600);

/// Watches the clock from one look to the next.
pub(super) struct Timekeeper {
    db: Db,
    clock: Clock,
    timing: Timing,
    looked_at: Moment,
}

impl Timekeeper {
    pub(super) fn new(db: Db, clock: Clock, timing: Timing) -> Self {
        let looked_at = clock.moment();
        Self { db, clock, timing, looked_at }
    }

    /// Before this engine registers: sets the clock by the database's, and puts right what an engine whose clock was ahead
    /// has left.
    pub(super) async fn begin(&mut self) -> Result<(), StoreError> {
        self.set_clock().await?;
        let now = self.clock.now();
        let impossible = now.plus(self.timing.lease * 2);
        self.db
            .write(async |tx| {
                if let Some(last) = leases::last_engine(tx).await?.filter(|last| *last > impossible) {
                    set_back(tx, last.since(now), now).await?;
                }
                end_impossible(tx, self.timing, now).await
            })
            .await?;
        self.looked_at = self.clock.moment();
        Ok(())
    }

    /// Sets the clock by the database's, where that has one.
    pub(super) async fn set_clock(&self) -> Result<(), StoreError> {
        let moved = self.db.set_clock(&self.clock).await?;
        if moved.unsigned_abs() > 1000 {
            tracing::warn!(milliseconds = moved, "this machine's clock differs from the database's, which counts");
        }
        Ok(())
    }

    /// Looks whether the clock was set back since the last look, and lengthens the lease and pulls back what waits if so.
    pub(super) async fn look(&mut self, worker: WorkerId) -> Result<(), StoreError> {
        let limit = i64::try_from(SET_BACK_MIN.as_millis()).unwrap_or(i64::MAX);
        if self.clock.moved(self.looked_at).abs() > limit {
            // On PostgreSQL the machine's own clock is of no account.
            self.set_clock().await?;
        }
        let moved = self.clock.moved(self.looked_at);
        if moved < -limit {
            let (now, by) = (self.clock.now(), Duration::from_millis(moved.unsigned_abs()));
            let until = now.plus(self.timing.lease);
            self.db
                .write(async |tx| {
                    leases::renew(tx, worker, now, until).await?;
                    if leases::acquire(tx, LEASE_NAME, worker, now, until).await? {
                        set_back(tx, by, now).await?;
                    }
                    Ok::<_, StoreError>(())
                })
                .await?;
        }
        self.looked_at = self.clock.moment();
        Ok(())
    }
}

/// Ends the leases of workers whose clock was ahead.
pub(super) async fn end_impossible(tx: &mut Tx, timing: Timing, now: Timestamp) -> Result<(), StoreError> {
    let engines = now.plus(timing.lease * 2);
    let ended = leases::end_impossible(tx, now, engines, now.plus(COMMANDS_IMPOSSIBLE).max(engines)).await?;
    if ended > 0 {
        tracing::warn!(ended, "leases of workers whose clock was ahead have ended");
    }
    Ok(())
}

async fn set_back(tx: &mut Tx, by: Duration, now: Timestamp) -> Result<(), StoreError> {
    let rows = ledger::pull_back(tx, by, now).await?;
    tracing::warn!(
        seconds = by.as_secs(),
        rows,
        "the clock was set back; what waited for its time waits no longer for it"
    );
    let event = Event::ClockSetBack { seconds: by.as_secs(), rows };
    events::append(tx, Actor::scheduler(now), About::default(), &event).await
}
