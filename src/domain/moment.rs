//! An instant as an editor reads it: on the clock of their newsletter, and never the same for two instants. Knows no
//! newsletter.

use std::time::Duration;

use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::clock::Timestamp;

/// `Fri 2026-11-27 09:00 Europe/Prague`. In the hour that clocks show twice it has its offset, in the form that is
/// taken when it is typed: `Sun 2027-10-31 02:30+01:00 Europe/Prague`.
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let name = zone.iana_name().unwrap_or("UTC");
    format!("{} {name}", clock(at, zone, "%a %Y-%m-%d %H:%M"))
}

/// `26 Nov 14:02`: a moment of these days, shorter.
pub fn short(at: Timestamp, zone: &TimeZone) -> String {
    clock(at, zone, "%-d %b %H:%M")
}

fn clock(at: Timestamp, zone: &TimeZone, form: &str) -> String {
    let zoned = at.to_jiff().to_zoned(zone.clone());
    let shown = zoned.strftime(form).to_string();
    match zone.to_ambiguous_timestamp(zoned.datetime()).offset() {
        AmbiguousOffset::Fold { .. } => format!("{shown}{}", zoned.strftime("%:z")),
        _ => shown,
    }
}

/// A duration in its largest whole unit: `3 days`, `2 hours`, `5 minutes`, `40 seconds`.
pub fn about(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (number, unit) = match seconds {
        172_800.. => (seconds / 86_400, "day"),
        7_200.. => (seconds / 3600, "hour"),
        120.. => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_unit() {
        for (seconds, said) in [
            (1, "1 second"),
            (59, "59 seconds"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7199, "119 minutes"),
            (7200, "2 hours"),
            (172_800, "2 days"),
            (6 * 86_400 + 5, "6 days"),
        ] {
            assert_eq!(about(Duration::from_secs(seconds)), said);
        }
    }

    fn shown(at: &str, zone: &str) -> String {
        moment(Timestamp::from_jiff(at.parse().unwrap()), &TimeZone::get(zone).unwrap())
    }

    #[test]
    fn an_instant_is_shown_on_the_newsletters_clock() {
        assert_eq!(shown("2026-11-27T08:00:00Z", "Europe/Prague"), "Fri 2026-11-27 09:00 Europe/Prague");
        let at = Timestamp::from_jiff("2026-11-26T13:02:59Z".parse().unwrap());
        assert_eq!(short(at, &TimeZone::get("Europe/Prague").unwrap()), "26 Nov 14:02");
    }

    #[test]
    fn the_doubled_hour_is_shown_differently_each_time() {
        for (zone, instants) in [
            ("Europe/Prague", ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"]),
            ("America/New_York", ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"]),
            ("Australia/Lord_Howe", ["2027-04-03T14:45:00Z", "2027-04-03T15:15:00Z"]),
        ] {
            let [first, second] = instants.map(|at| shown(at, zone));
            assert_ne!(first, second);
            for (shown, at) in [first, second].iter().zip(instants) {
                // What is shown can be typed: it names this instant and no other.
                let typed = format!("{}T{}", shown.split(' ').nth(1).unwrap(), shown.split(' ').nth(2).unwrap());
                assert_eq!(typed.parse::<jiff::Timestamp>().unwrap().to_string(), at, "{shown}");
            }
        }
        assert_eq!(shown("2027-10-31T01:30:00Z", "Europe/Prague"), "Sun 2027-10-31 02:30+01:00 Europe/Prague");
    }
}
