//! The database cannot be written: what then stands in no table is told by log, push and file alone, by each process.

use std::time::Duration;

use super::alarms::{SECOND_AFTER, log};
use super::mail::{self, Say};
use super::{Upkeep, board};
use crate::clock::{DAY, Timestamp};
use crate::domain::alarm::{Alarm, AlarmName};
use crate::store::StoreError;
use crate::store::alarms::StandingAlarm;

/// A restart of the database takes less.
const TOLD_AFTER: Duration = Duration::from_secs(60);

/// Since when the database does not do what it is asked.
#[derive(Debug, Default)]
pub struct Outage {
    since: Option<Timestamp>,
    told: Vec<Timestamp>,
}

impl Outage {
    /// What is to be said now, if anything; `is_well` says whether the database did what it was asked.
    fn note(&mut self, is_well: bool, now: Timestamp) -> Option<(Say, Timestamp)> {
        if is_well {
            let was_told = !self.told.is_empty();
            let since = self.since.take();
            self.told.clear();
            return since.filter(|_| was_told).map(|since| (Say::Over, since));
        }
        let since = *self.since.get_or_insert(now);
        let say = match self.told.as_slice() {
            [] => (now.since(since) >= TOLD_AFTER).then_some(Say::Raised),
            [first] => (now.since(*first) >= SECOND_AFTER).then_some(Say::Stands),
            [.., last] => (now.since(*last) >= DAY).then_some(Say::Stands),
        }?;
        self.told.push(now);
        Some((say, since))
    }
}

impl Upkeep {
    /// Heeds how a look went, and tells what nobody would hear of otherwise.
    pub async fn heed(&self, outage: &mut Outage, looked: Result<(), StoreError>, now: Timestamp) {
        if let Err(error) = &looked {
            tracing::debug!(%error, "alarms cannot be looked at; tried again in a few seconds");
        }
        let Some((say, since)) = outage.note(looked.is_ok(), now) else { return };
        let note = looked.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let Alarm { name, scope, note } = Alarm::new(AlarmName::LedgerUnwritable, "", &note);
        let one = StandingAlarm {
            id: 0,
            name,
            scope,
            severity: name.severity(),
            note,
            since,
            last_at: now,
            count: 1,
            due_at: since,
            told_at: None,
            told_how: None,
            cleared_at: None,
        };
        log(say, &one);
        let told = [(say, one)];
        if say != Say::Over {
            board::write(&self.settings, &[&told[0].1], now);
        }
        if self.settings.push.is_some() {
            let letter = mail::compose(&self.settings, &told, now);
            if let Err(why) = self.wire.push(&self.settings, &letter, &told, now).await {
                tracing::warn!(why, "an alarm could not be pushed");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn an_outage_is_told_after_a_minute_after_four_hours_daily_and_when_it_is_over() {
        let mut outage = Outage::default();
        let mut at = |seconds: u64, is_well: bool| {
            outage.note(is_well, NOW.plus(Duration::from_secs(seconds))).map(|(say, _)| say)
        };
        assert_eq!((at(0, true), at(5, false), at(64, false)), (None, None, None));
        assert_eq!((at(65, false), at(70, false)), (Some(Say::Raised), None));
        let four = 65 + 4 * 3600;
        assert_eq!((at(four - 1, false), at(four, false), at(four + 5, false)), (None, Some(Say::Stands), None));
        let day = four + 86_400;
        assert_eq!((at(day - 1, false), at(day, false)), (None, Some(Say::Stands)));
        assert_eq!((at(day + 5, true), at(day + 10, true)), (Some(Say::Over), None));
        // A moment's trouble is nothing to tell, nor is its end.
        assert_eq!((at(day + 20, false), at(day + 30, true)), (None, None));
    }
}
