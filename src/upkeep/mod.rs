//! What runs beside everything else so that nothing goes wrong unnoticed. One process does it at a time: the one that
//! schedules; while nobody schedules, one that delivers says so. And what keeps an installation sound over years: that its
//! keys are the database's, that its addresses are hashed by today's rules, that nothing is kept longer than it is to be.

mod agreement;
mod alarms;
mod board;
mod checkup;
mod compact;
mod copy;
mod folding;
mod hold;
mod journal;
mod keys;
mod mail;
mod outage;
mod push;
mod restored;
mod retention;
mod rotation;
mod schema;
mod standin;
mod trial;
mod watch;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use url::Url;

pub use agreement::{KeyAgreement, WaitingKey, follow};
pub use board::read as read_board;
pub use checkup::{is_failing, remember as remember_findings};
pub use compact::{CompactOutcome, compacted};
pub use copy::{
    CopiedTable, CopyListener, CopyStep, CopyTrouble, Relocation, SideSum, copy_whole, has_no_rows, move_to,
    refuse_leases, reopen, usable,
};
pub use folding::{Refolded, clashes, refold};
pub use hold::{hold, release};
pub use journal::JournalKeeper;
pub use keys::{Adopted, KeySummary, KeyTrouble, Use, admit, adopt, call_about_keys, list, look};
pub use outage::Outage;
pub use push::AlarmPush;
pub use restored::{MemoryTrouble, Rebirth, adopt as adopt_copy, begin_anew, heed, remember};
pub use retention::{Due, RetentionOutcome, due, expire};
pub use rotation::{KeyEnd, end_of, next_number, retire, rotated, unknown};
pub use schema::{SchemaTrouble, Upgrade, Upgraded, copies, outlook, upgrade};
pub use trial::{Tried, try_out};
pub use watch::room;

use crate::clock::{Clock, Timestamp};
use crate::domain::WorkerId;
use crate::domain::address::EmailAddress;
use crate::domain::newsletter::Newsletter;
use crate::domain::retention::Retention;
use crate::store::{Db, StoreError};

/// Between looks: an alarm is told within seconds.
const EVERY: Duration = Duration::from_secs(5);
/// Between tries whether the database can be written: looks mostly read.
const PROBE_EVERY: Duration = Duration::from_secs(60);
/// Between signs of life.
const BEAT_EVERY: Duration = Duration::from_secs(5 * 60);

/// Who is told, and by what. Addresses for pushes hold secrets: none is printed.
#[derive(Clone, Default)]
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
    /// Where alarms go by HTTPS.
    pub push: Option<AlarmPush>,
    /// What is asked for every few minutes while all is well.
    pub heartbeat: Option<Url>,
    /// The file that has the alarms that stand.
    pub file: Option<PathBuf>,
    /// How the program names itself where it asks.
    pub user_agent: String,
}

impl AlarmSettings {
    /// Whether alarms go by email.
    fn mails(&self) -> bool {
        !self.to.is_empty() && !self.newsletters.is_empty()
    }
}

impl fmt::Debug for AlarmSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlarmSettings").field("to", &self.to).field("push", &self.push).finish_non_exhaustive()
    }
}

/// Tells alarms and watches what nobody else does.
#[derive(Debug)]
pub struct Upkeep {
    db: Db,
    clock: Clock,
    settings: AlarmSettings,
    wire: push::Pusher,
    /// Until when this process is the one that schedules.
    shift_until: Arc<AtomicI64>,
    /// This process among those that stand in.
    worker: OnceCell<WorkerId>,
}

impl Upkeep {
    /// For a process whose scheduler says in `shift_until` until when it is the one that schedules; one without a
    /// scheduler only says when nobody schedules.
    pub fn new(db: Db, clock: Clock, settings: AlarmSettings, shift_until: Arc<AtomicI64>) -> Self {
        let wire = push::Pusher::new(&settings);
        Self { db, clock, settings, wire, shift_until, worker: OnceCell::new() }
    }

    /// Looks every few seconds until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut outage, mut probed_at, mut beaten_at) = (Outage::default(), None, None);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            let now = self.clock.now();
            let is_on_shift = Timestamp(self.shift_until.load(Ordering::Relaxed)) > now;
            let mut looked = match is_on_shift {
                true => self.look(now).await,
                false => self.stand_in(now).await,
            };
            if looked.is_ok() && is_due(probed_at, PROBE_EVERY, now) {
                looked = self.db.probe_write().await;
                // One that failed is tried again at once: it is told after a minute.
                probed_at = looked.is_ok().then_some(now);
            }
            let is_well = looked.is_ok();
            self.heed(&mut outage, looked, now).await;
            if is_well && is_on_shift && is_due(beaten_at, BEAT_EVERY, now) {
                self.beat().await;
                beaten_at = Some(now);
            }
        }
    }

    /// Gives a sign of life, where somebody waits for one.
    async fn beat(&self) {
        let Some(url) = &self.settings.heartbeat else { return };
        if let Err(why) = self.wire.beat(url).await {
            tracing::debug!(why, "the heartbeat was not heard");
        }
    }

    /// One look: what is wrong is raised, what has had its time goes, what is due is told.
    pub async fn look(&self, now: Timestamp) -> Result<(), StoreError> {
        watch::look(&self.db, &self.settings, now).await?;
        let is_on_shift = || Timestamp(self.shift_until.load(Ordering::Relaxed)) > self.clock.now();
        retention::look(&self.db, self.settings.retention, now, &is_on_shift).await?;
        alarms::tell(&self.db, &self.settings, &self.wire, now).await
    }
}

fn is_due(last: Option<Timestamp>, every: Duration, now: Timestamp) -> bool {
    last.is_none_or(|last| now.since(last) >= every)
}
