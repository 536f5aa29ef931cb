//! `send_at` as an editor types it. Knows no clock and no slot: whether the time is past is the calendar's question.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::content::problem::{Position, Problem};

/// When an issue is to go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendAt {
    /// On the next free slot.
    Next,
    /// At a time of day.
    At {
        civil: DateTime,
        /// As typed; without one the newsletter's zone holds.
        offset: Option<Offset>,
    },
}

impl SendAt {
    /// Reads `next`, `2026-11-27 09:00` or `2026-11-27T09:00:00+01:00`.
    pub(super) fn parse(typed: &str, at: Position) -> Result<Self, Problem> {
        if typed.eq_ignore_ascii_case("next") {
            return Ok(Self::Next);
        }
        time(typed).ok_or_else(|| {
            Problem::error(at, "send-at", format!("send_at {typed:?} is not a time"))
                .hint("write 2026-11-27 09:00 (in the newsletter's time zone), 2026-11-27 09:00+01:00, or next")
        })
    }
}

fn time(typed: &str) -> Option<SendAt> {
    let (date, rest) = typed.split_once(['T', 't', ' '])?;
    let rest = rest.trim_start();
    let zone_at = rest.find(|c: char| !(c.is_ascii_digit() || c == ':')).unwrap_or(rest.len());
    let (clock, zone) = (&rest[..zone_at], rest[zone_at..].trim_start());
    let clock_ok = matches!(clock.split(':').count(), 2 | 3) && clock.split(':').all(|part| part.len() == 2);
    if date.len() != 10 || !clock_ok {
        return None;
    }
    let civil: DateTime = format!("{date}T{clock}").parse().ok()?;
    let offset = if zone.is_empty() { None } else { Some(offset(zone)?) };
    Some(SendAt::At { civil, offset })
}

/// `Z`, `+01:00` or `+0100`.
fn offset(zone: &str) -> Option<Offset> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').or_else(|| digits.split_at_checked(2))?;
    let number = |text: &str, below: i32| {
        let number = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i32>().ok())??;
        (text.len() == 2 && number < below).then_some(number)
    };
    Offset::from_seconds(sign * (number(hours, 24)? * 3600 + number(minutes, 60)? * 60)).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn times_as_people_write_them() {
        let nine = datetime(2026, 11, 27, 9, 0, 0, 0);
        for (typed, offset) in [
            ("2026-11-27 09:00", None),
            ("2026-11-27T09:00", None),
            ("2026-11-27 09:00:00", None),
            ("2026-11-27 09:00Z", Some(0)),
            ("2026-11-27T09:00:00+01:00", Some(3600)),
            ("2026-11-27 09:00 -0530", Some(-19_800)),
        ] {
            let offset = offset.map(|seconds| Offset::from_seconds(seconds).unwrap());
            assert_eq!(SendAt::parse(typed, Position::START), Ok(SendAt::At { civil: nine, offset }), "{typed}");
        }
        assert_eq!(SendAt::parse("Next", Position::START), Ok(SendAt::Next));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for typed in [
            "2026-11-27", "2026-11-27 9am", "2026-11-27 9:00", "9999-99-99 09:00", "2026-02-30 09:00", "tomorrow",
            "2026-11-27 09:00 Prague", "2026-11-27 09:00+1", "2026-11-27 25:00", "27.11.2026 09:00", "2026-11-27 09",
            "2026-11-27 09:00+99:00", "2026-11-27 09:00+éé", "", "é",
        ] {
            let problem = SendAt::parse(typed, Position::START).unwrap_err();
            assert_eq!(problem.message, format!("send_at {typed:?} is not a time"));
        }
    }
}
