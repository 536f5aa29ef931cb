//! While nobody schedules nobody tells alarms either: a process that delivers says that alone.

use std::time::Duration;

use super::{Upkeep, alarms};
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::store::{StoreError, leases};

/// The lease of whoever schedules.
const SCHEDULE: &str = "schedule";
/// The next process takes over within a lease; who is away for longer is missed.
const LATE_AFTER: Duration = Duration::from_secs(60);
/// The lease of whoever stands in.
const ALARMS: &str = "alarms";
const LEASE: Duration = Duration::from_secs(15);

impl Upkeep {
    /// Raises and tells that nobody schedules, if it is so, in one process at a time.
    pub(super) async fn stand_in(&self, now: Timestamp) -> Result<(), StoreError> {
        let until = leases::until(&mut self.db.read().await?, SCHEDULE).await?;
        // Where nobody ever did, the schedule is somewhere else.
        let Some(until) = until.filter(|until| now.since(*until) > LATE_AFTER) else { return Ok(()) };
        let worker = self.worker.get_or_try_init(|| async {
            self.db.write(async |tx| leases::register(tx, ALARMS, false, now, now).await).await
        });
        let (worker, lease) = (*worker.await?, now.plus(LEASE));
        if !self.db.write(async |tx| leases::acquire(tx, ALARMS, worker, now, lease).await).await? {
            return Ok(());
        }
        let is_raised = crate::store::alarms::all(&mut self.db.read().await?)
            .await?
            .iter()
            .any(|one| one.name == AlarmName::ScheduleLate && one.cleared_at.is_none());
        if !is_raised {
            let alarm = Alarm::new(AlarmName::ScheduleLate, "", &format!("nobody has scheduled since {until}"));
            let by = Actor::scheduler(now);
            self.db.write(async |tx| crate::store::alarms::raise(tx, &alarm, by).await).await?;
        }
        alarms::tell(&self.db, &self.settings, &self.wire, now).await
    }
}
