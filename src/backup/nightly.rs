//! Backups that a server makes by itself, once a day. One that was missed is made up for at the next start; none is begun
//! while an issue goes out, unless it has waited for hours.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::take::{BackupPlan, BackupTarget, Taken, take};
use super::{BackupError, DAY_MS, folder};
use crate::clock::{Clock, DAY, Timestamp};
use crate::domain::actor::{Actor, By};
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::issue::IssueState;
use crate::private;
use crate::store::{Db, StoreError, alarms, backups, issues};

const LOOK_EVERY: Duration = Duration::from_secs(30);
/// So long a backup waits for an issue to be out.
const WAIT_MAX: Duration = Duration::from_secs(6 * 3600);
/// After one that failed it is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(3600);
/// A day, and half of one for a long issue.
const OLD_AFTER: Duration = Duration::from_secs(36 * 3600);

/// Where and when.
#[derive(Clone, Debug)]
pub struct NightlySettings {
    pub folder: PathBuf,
    /// Milliseconds after midnight, UTC.
    pub at: i64,
    pub keep_days: u32,
    pub keep_weeks: u32,
    pub plan: BackupPlan,
}

/// Makes them, in the process that schedules.
#[derive(Debug)]
pub struct Nightly {
    db: Db,
    clock: Clock,
    settings: NightlySettings,
    shift_until: Arc<AtomicI64>,
}

impl Nightly {
    pub fn new(db: Db, clock: Clock, settings: NightlySettings, shift_until: Arc<AtomicI64>) -> Self {
        Self { db, clock, settings, shift_until }
    }

    /// Looks until `stop` whether one is due.
    pub async fn run(&self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            let now = self.clock.now();
            if Timestamp(self.shift_until.load(Ordering::Relaxed)) <= now {
                continue;
            }
            match self.look(now).await {
                Ok(Some(taken)) => tracing::info!(file = taken.file, bytes = taken.bytes, "backup made and verified"),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "no backup was made; tried again in an hour"),
            }
        }
    }

    /// Makes a backup if one is due, and thins them out. Raises an alarm when there is none, or none for long.
    pub async fn look(&self, now: Timestamp) -> Result<Option<Taken>, BackupError> {
        let by = Actor::scheduler(now);
        if !self.is_due(now).await? {
            return Ok(None);
        }
        let taken = self.take(by).await;
        match &taken {
            // Somebody makes one by hand.
            Err(BackupError::Busy) => return Ok(None),
            Err(error) => self.raise(AlarmName::BackupFailed, &error.to_string(), by).await?,
            Ok(_) => {}
        }
        if taken.is_err() {
            self.note_age(by).await?;
        }
        taken.map(Some)
    }

    /// Makes one now, into the folder, and thins out.
    pub async fn take(&self, by: By<'_>) -> Result<Taken, BackupError> {
        let NightlySettings { folder, plan, keep_days, keep_weeks, .. } = &self.settings;
        let target = BackupTarget::File(folder.join(folder::name(by.now)));
        // The first one makes the folder. Later a missing one is a disk that is not mounted.
        if !backups::has_named(&mut self.db.read().await?, folder::LIKE).await?
            && let Err(error) = private::folder(folder)
        {
            tracing::warn!(folder = %folder.display(), %error, "the folder of backups cannot be made");
        }
        let taken = take(&self.db, plan, folder, target, by).await?;
        for gone in folder::thin(folder, *keep_days, *keep_weeks, by.now).map_err(BackupError::at(folder))? {
            tracing::info!(file = %gone.display(), "backup deleted: it has had its time");
        }
        Ok(taken)
    }

    async fn is_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.db.read().await?;
        let due = latest_due(now, self.settings.at);
        if backups::last_verified(&mut tx).await?.is_some_and(|last| last.taken_at >= due) {
            return Ok(false);
        }
        let failed = backups::last(&mut tx).await?.filter(|last| last.fault.is_some());
        if failed.is_some_and(|last| last.taken_at.plus(AGAIN_AFTER) > now) {
            return Ok(false);
        }
        let mut sends = false;
        for state in [IssueState::Preparing, IssueState::Sending] {
            sends |= !issues::in_state(&mut tx, state).await?.is_empty();
        }
        Ok(!sends || now.since(due) >= WAIT_MAX)
    }

    async fn note_age(&self, by: By<'_>) -> Result<(), StoreError> {
        let last = backups::last_verified(&mut self.db.read().await?).await?;
        let Some(note) = age_note(last.map(|last| last.taken_at), by.now) else { return Ok(()) };
        self.raise(AlarmName::BackupOld, &note, by).await
    }

    async fn raise(&self, name: AlarmName, note: &str, by: By<'_>) -> Result<(), StoreError> {
        let alarm = Alarm::new(name, "", note);
        self.db.write(async |tx| alarms::raise(tx, &alarm, by).await.map(|_| ())).await
    }
}

/// What there is to say of the age of the latest backup.
fn age_note(last: Option<Timestamp>, now: Timestamp) -> Option<String> {
    match last {
        None => None,
        Some(last) if now.since(last) <= OLD_AFTER => None,
        Some(last) => Some(format!("the latest is {} days old", now.since(last).as_secs() / DAY.as_secs())),
    }
}

/// The latest moment at which a backup was due.
fn latest_due(now: Timestamp, at: i64) -> Timestamp {
    Timestamp((now.0 - at).div_euclid(DAY_MS) * DAY_MS + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_due_once_a_day() {
        let at = 3 * 3_600_000;
        let day = 20_000 * DAY_MS;
        for (hour, due) in [(0, day - DAY_MS + at), (2, day - DAY_MS + at), (3, day + at), (23, day + at)] {
            assert_eq!(latest_due(Timestamp(day + hour * 3_600_000), at), Timestamp(due), "{hour}");
        }
    }

    #[test]
    fn an_old_backup_is_spoken_of() {
        let now = Timestamp(100 * DAY_MS);
        assert_eq!(age_note(None, now), None);
        assert_eq!(age_note(Some(now.minus(OLD_AFTER)), now), None);
        assert!(age_note(Some(now.minus(DAY * 3)), now).unwrap().contains("3 days"));
    }
}
