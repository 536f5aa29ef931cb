//! When the next issue is due: a weekday and a time on a clock that people read, across changes of that clock.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::clock::Timestamp;

/// A weekly moment, such as `Fri 09:00`, in a zone that the newsletter names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    weekday: Weekday,
    time: Time,
}

/// Slots looked at before giving up: two years of weeks.
const AHEAD_MAX: usize = 104;

/// Why a text is not a slot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a weekly slot; write a weekday and a time, such as \"Fri 09:00\"")]
pub struct SlotError(String);

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl Slot {
    /// The first moment of this slot strictly after `after`.
    ///
    /// In a gap (clocks go forward over the slot) the slot is as much later as the gap is long; in a fold (clocks go
    /// back over it) it is the first of the two. So there is exactly one in every week.
    pub fn next_after(self, zone: &TimeZone, after: Timestamp) -> Timestamp {
        let today = after.to_jiff().to_zoned(zone.clone()).date();
        let days = i64::from(today.weekday().until(self.weekday));
        // From a week before, because a gap may move a slot over midnight; one of the next weeks is always after.
        (-1..=2)
            .filter_map(|week| today.checked_add(jiff::Span::new().days(days + 7 * week)).ok())
            .filter_map(|date| zone.to_ambiguous_zoned(date.to_datetime(self.time)).compatible().ok())
            .map(|zoned| Timestamp::from_jiff(zoned.timestamp()))
            .find(|moment| *moment > after)
            .unwrap_or(Timestamp(i64::MAX))
    }
}

/// The first moment after `after` of any of `slots`.
pub fn next_of(slots: &[Slot], zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    slots.iter().map(|slot| slot.next_after(zone, after)).min()
}

/// The moments of `slots` on a day, in their order.
pub fn on_day(slots: &[Slot], zone: &TimeZone, day: Date) -> Vec<Timestamp> {
    let Ok(begin) = zone.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible() else { return Vec::new() };
    let before = Timestamp(begin.timestamp().as_millisecond().saturating_sub(1));
    let date = |at: Timestamp| at.to_jiff().to_zoned(zone.clone()).date();
    let mut all: Vec<_> =
        slots.iter().map(|slot| slot.next_after(zone, before)).filter(|at| date(*at) == day).collect();
    all.sort();
    all.dedup();
    all
}

/// The moments after `after` of any of `slots`, without those that are `skipped`, as many as anybody plans for.
pub fn offered(
    slots: &[Slot],
    zone: &TimeZone,
    skipped: &[Timestamp],
    after: Timestamp,
) -> impl Iterator<Item = Timestamp> {
    let next = |after| next_of(slots, zone, after);
    let all = std::iter::successors(next(after), move |at| next(*at)).take_while(|at| at.0 < i64::MAX).take(AHEAD_MAX);
    all.filter(|at| !skipped.contains(at))
}

impl FromStr for Slot {
    type Err = SlotError;

    fn from_str(text: &str) -> Result<Self, SlotError> {
        let wrong = || SlotError(text.to_owned());
        let (day, time) = text.trim().split_once(char::is_whitespace).ok_or_else(wrong)?;
        let day = day.trim_end_matches(',').to_lowercase();
        let (_, weekday) =
            WEEKDAYS.iter().find(|(name, _)| day.len() >= 3 && name.starts_with(&day)).ok_or_else(wrong)?;
        let (hour, minute) = time.trim().split_once(':').ok_or_else(wrong)?;
        let number = |digits: &str| (1..=2).contains(&digits.len()).then(|| digits.parse::<i8>().ok()).flatten();
        let (Some(hour), Some(minute)) = (number(hour), number(minute).filter(|_| minute.len() == 2)) else {
            return Err(wrong());
        };
        let time = Time::new(hour, minute, 0, 0).map_err(|_| wrong())?;
        Ok(Self { weekday: *weekday, time })
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = WEEKDAYS.iter().find(|(_, weekday)| *weekday == self.weekday).map_or("", |(name, _)| name);
        write!(f, "{}{} {:02}:{:02}", name[..1].to_uppercase(), &name[1..3], self.time.hour(), self.time.minute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_jiff(text.parse().unwrap())
    }

    fn next(slot: &str, zone: &str, after: &str) -> String {
        slot.parse::<Slot>().unwrap().next_after(&TimeZone::get(zone).unwrap(), at(after)).to_string()
    }

    #[test]
    fn nine_on_friday_stays_nine_on_friday() {
        assert_eq!(next("Fri 09:00", "Europe/Prague", "2026-10-20T12:00:00Z"), "2026-10-23T07:00:00Z");
        assert_eq!(next("Fri 09:00", "Europe/Prague", "2026-10-23T07:00:00Z"), "2026-10-30T08:00:00Z");
        assert_eq!(next("Fri 09:00", "Europe/Prague", "2026-10-23T06:59:59Z"), "2026-10-23T07:00:00Z");
    }

    #[test]
    fn a_gap_moves_the_slot_and_a_fold_takes_the_first() {
        assert_eq!(next("Sun 02:30", "Europe/Berlin", "2026-03-28T12:00:00Z"), "2026-03-29T01:30:00Z");
        assert_eq!(next("Sun 02:30", "Europe/Berlin", "2026-10-24T12:00:00Z"), "2026-10-25T00:30:00Z");
    }

    /// Samoa had no 30 December 2011: the slot of that Friday was on Saturday, and is still to come when Saturday begins.
    #[test]
    fn a_slot_that_a_gap_moves_over_midnight_is_not_forgotten() {
        assert_eq!(next("Fri 09:00", "Pacific/Apia", "2011-12-30T10:30:00Z"), "2011-12-30T19:00:00Z");
        assert_eq!(next("Fri 09:00", "Pacific/Apia", "2011-12-30T19:00:00Z"), "2012-01-05T19:00:00Z");
    }

    #[test]
    fn a_slot_has_one_form() {
        for (typed, kept) in [("Fri 09:00", "Fri 09:00"), ("friday 9:05", "Fri 09:05"), (" TUES 23:59 ", "Tue 23:59")] {
            assert_eq!(typed.parse::<Slot>().unwrap().to_string(), kept);
        }
        for wrong in
            ["", "Fri", "09:00", "Fr 09:00", "Fri 24:00", "Fri 9", "Fri 09:60", "Fri 9:5", "Fri -9:00", "Fri 09:00:00"]
        {
            assert!(wrong.parse::<Slot>().is_err(), "{wrong}");
        }
    }
}
