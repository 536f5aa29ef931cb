//! Instants and durations as an editor reads and types them: on the clock of their newsletter, and with their unit. Knows
//! no command.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Failure;
use crate::clock::Timestamp;
use crate::config::Config;
pub(super) use crate::domain::moment::about;
use crate::domain::moment::moment;
use crate::domain::newsletter::Newsletter;

/// `Fri 2026-11-27 09:00 Europe/Prague`.
pub(super) fn when(at: Timestamp, newsletter: &Newsletter) -> String {
    moment(at, &newsletter.time_zone)
}

/// The same on the clock of `zone`.
pub(super) fn local(at: Timestamp, zone: &TimeZone) -> String {
    moment(at, zone)
}

/// The clock of what belongs to no newsletter alone: the one that all newsletters share, or else this machine's.
pub(super) fn shared_zone(config: &Config) -> TimeZone {
    let mut zones = config.newsletters.iter().map(|newsletter| &newsletter.time_zone);
    match zones.next() {
        Some(first) if zones.all(|zone| zone == first) => first.clone(),
        // One without a name could not be shown.
        _ => Some(TimeZone::system()).filter(|zone| zone.iana_name().is_some()).unwrap_or(TimeZone::UTC),
    }
}

/// `90s`, `2m`, `1h30m`: how long something takes, with its unit.
pub(super) fn duration(typed: &str) -> Result<Duration, String> {
    let span = typed.parse::<SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok());
    span.ok_or_else(|| "write a duration with its unit, such as 90s, 2m or 1h30m".to_owned())
}

/// `2026-11-27 09:00` in the newsletter's zone, or with an offset of its own.
pub(super) fn time(typed: &str, newsletter: &Newsletter) -> anyhow::Result<Timestamp> {
    if let Ok(instant) = typed.parse::<jiff::Timestamp>() {
        return Ok(Timestamp::from_jiff(instant));
    }
    match typed.parse::<DateTime>() {
        Ok(civil) if typed.contains(':') => Ok(newsletter.instant(civil)),
        _ => Err(Failure::usage(format!("{typed:?} is not a time"))
            .hint("write \"2026-11-27 09:00\", or with an offset \"2026-11-27 09:00+01:00\"")
            .into()),
    }
}

/// A duration with two units, to the minute: `4 days 2 hours`.
pub(super) fn countdown(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60);
    let said = |number, unit| super::text::count(number, unit);
    match (days, hours, minutes) {
        (0, 0, _) => about(duration),
        (0, hours, 0) => said(hours, "hour"),
        (0, hours, minutes) => format!("{} {}", said(hours, "hour"), said(minutes, "minute")),
        (days, 0, _) => said(days, "day"),
        (days, hours, _) => format!("{} {}", said(days, "day"), said(hours, "hour")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_duration_has_a_unit() {
        for (typed, millis) in
            [("30ms", 30), ("0s", 0), ("90s", 90_000), ("2m", 120_000), ("1h30m", 5_400_000), ("1 minute", 60_000)]
        {
            assert_eq!(duration(typed), Ok(Duration::from_millis(millis)), "{typed}");
        }
        for wrong in ["", "x", "60", "-1s", "m", "2 weeks", "1e3s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_have_two_units() {
        let countdown = |seconds| countdown(Duration::from_secs(seconds));
        assert_eq!(countdown(4 * 86_400 + 7199), "4 days 1 hour");
        assert_eq!(
            (countdown(86_400), countdown(3600), countdown(5400)),
            ("1 day".to_owned(), "1 hour".to_owned(), "1 hour 30 minutes".to_owned())
        );
        assert_eq!(countdown(59), "59 seconds");
    }
}
