//! What runs beside everything else so that nothing goes wrong unnoticed. One process does it at a time: the one that
//! schedules; while nobody schedules, one that delivers says so. And what keeps an installation sound over years: that its
//! keys are the database's, that its addresses are hashed by today's rules, that nothing is kept longer than it is to be.

mod alarms;
mod copy;
mod folding;
mod hold;
mod keys;
mod mail;
mod restored;
mod retention;
mod standin;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

pub use copy::{
    CopiedTable, CopyListener, CopyStep, CopyTrouble, Relocation, TableSum, copy_whole, move_to, reopen, usable,
};
pub use folding::{Refolded, clashes, refold};
pub use hold::{hold, release};
pub use keys::{Adopted, KeySummary, KeyTrouble, Use, admit, adopt, list, look, next_number};
pub use restored::{MemoryTrouble, Rebirth, adopt as adopt_copy, heed};
pub use retention::{Due, RetentionOutcome, due, expire};
pub use watch::room;

use crate::clock::{Clock, Timestamp};
use crate::domain::WorkerId;
use crate::domain::address::EmailAddress;
use crate::domain::newsletter::Newsletter;
use crate::domain::retention::Retention;
use crate::store::{Db, StoreError};

/// Between looks: an alarm is told within seconds.
const EVERY: Duration = Duration::from_secs(5);

/// Who is told, and by what.
#[derive(Clone, Debug)]
pub struct AlarmSettings {
    /// The addresses that get alarms by email.
    pub to: Vec<EmailAddress>,
    /// The newsletters; alarms come from the first one's address.
    pub newsletters: Vec<Newsletter>,
    /// The folder whose disk is watched.
    pub folder: Option<PathBuf>,
    /// What this installation is called in alarms: the host of its public address.
    pub host: String,
    /// How long what is kept.
    pub retention: Retention,
}

/// Tells alarms and watches what nobody else does.
#[derive(Debug)]
pub struct Upkeep {
    db: Db,
    clock: Clock,
    settings: AlarmSettings,
    /// Until when this process is the one that schedules.
    shift_until: Arc<AtomicI64>,
    /// This process among those that stand in.
    worker: OnceCell<WorkerId>,
}

impl Upkeep {
    /// For a process whose scheduler says in `shift_until` until when it is the one that schedules; one without a
    /// scheduler only says when nobody schedules.
    pub fn new(db: Db, clock: Clock, settings: AlarmSettings, shift_until: Arc<AtomicI64>) -> Self {
        Self { db, clock, settings, shift_until, worker: OnceCell::new() }
    }

    /// Looks every few seconds until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            let now = self.clock.now();
            let is_on_shift = Timestamp(self.shift_until.load(Ordering::Relaxed)) > now;
            let looked = match is_on_shift {
                true => self.look(now).await,
                false => self.stand_in(now).await,
            };
            if let Err(error) = looked {
                tracing::debug!(%error, "alarms cannot be looked at; tried again in a few seconds");
            }
        }
    }

    /// One look: what is wrong is raised, what has had its time goes, what is due is told.
    pub async fn look(&self, now: Timestamp) -> Result<(), StoreError> {
        watch::look(&self.db, &self.settings, now).await?;
        retention::look(&self.db, self.settings.retention, now).await?;
        alarms::tell(&self.db, &self.settings, now).await
    }
}
