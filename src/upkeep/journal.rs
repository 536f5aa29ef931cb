//! Keeps the journal of who unsubscribed short, and says when it cannot be written.

use std::time::Duration;

use crate::clock::{DAY, Timestamp};
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::store::{Db, StoreError, alarms};

/// A backup that is older is hardly put back.
const KEPT_FOR: Duration = DAY.saturating_mul(100);
const CUT_EVERY: Duration = Duration::from_secs(3600);

/// What one process knows of its journal.
#[derive(Debug, Default)]
pub struct JournalKeeper {
    /// How many failures were told.
    told: u64,
    cut_at: Option<Timestamp>,
}

impl JournalKeeper {
    /// Raises an alarm for what could not be written since the last look, and takes old entries away.
    pub async fn look(&mut self, db: &Db, now: Timestamp) -> Result<(), StoreError> {
        let Some(journal) = db.journal() else { return Ok(()) };
        let failures = journal.failures();
        if failures > self.told {
            let note = format!("{} cannot be written", journal.path().display());
            let alarm = Alarm::new(AlarmName::JournalUnwritable, "", &note);
            db.write(async |tx| alarms::raise(tx, &alarm, Actor::scheduler(now)).await).await?;
            self.told = failures;
        }
        if self.cut_at.is_none_or(|at| at.plus(CUT_EVERY) <= now) {
            self.cut_at = Some(now);
            match journal.cut(now.minus(KEPT_FOR)) {
                Ok(0) => {}
                Ok(entries) => tracing::info!(entries, "old entries of the journal are gone"),
                Err(error) => tracing::warn!(%error, "old entries of the journal cannot be deleted"),
            }
        }
        Ok(())
    }
}
