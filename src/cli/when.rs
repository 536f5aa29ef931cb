//! Instants as an editor reads them: on the clock of their newsletter. Knows no command.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::domain::newsletter::Newsletter;

/// `Fri 2026-11-27 09:00 Europe/Prague`.
pub(super) fn when(at: Timestamp, newsletter: &Newsletter) -> String {
    let zoned = at.to_jiff().to_zoned(newsletter.time_zone.clone());
    let zone = newsletter.time_zone.iana_name().unwrap_or("UTC");
    format!("{} {zone}", zoned.strftime("%a %Y-%m-%d %H:%M"))
}

/// `3 days`, `2 hours`, `5 minutes`, `40 seconds`: the largest whole unit.
pub(super) fn about(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (number, unit) = match seconds {
        172_800.. => (seconds / 86_400, "day"),
        7_200.. => (seconds / 3600, "hour"),
        120.. => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    super::output::count(number, unit)
}

/// The same with the next unit too, to the minute: `4 days 2 hours`.
pub(super) fn countdown(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60);
    let said = |number, unit| super::output::count(number, unit);
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
    fn durations_have_one_unit() {
        let seconds = |seconds| about(Duration::from_secs(seconds));
        assert_eq!(seconds(1), "1 second");
        assert_eq!(seconds(119), "119 seconds");
        assert_eq!(seconds(120), "2 minutes");
        assert_eq!(seconds(7200), "2 hours");
        assert_eq!(seconds(6 * 86_400 + 5), "6 days");
        let countdown = |seconds| countdown(Duration::from_secs(seconds));
        assert_eq!(countdown(4 * 86_400 + 7199), "4 days 1 hour");
        assert_eq!(
            (countdown(86_400), countdown(3600), countdown(5400)),
            ("1 day".to_owned(), "1 hour".to_owned(), "1 hour 30 minutes".to_owned())
        );
        assert_eq!(countdown(59), "59 seconds");
    }
}
