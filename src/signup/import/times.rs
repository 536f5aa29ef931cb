//! Times as programs write them. Owns the forms that are read; knows no column.

use crate::clock::Timestamp;

use super::cells::trimmed;

/// Which of two numbers below 13 is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayOrder {
    /// 2 January is 02/01.
    DayFirst,
    /// 2 January is 01/02.
    MonthFirst,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellTime {
    At(Timestamp),
    /// A time, but 01/02 may be either of two days.
    Either,
}

/// Reads a time: with an offset or in UTC, a day alone, seconds or milliseconds since 1970, month names in English. `None`
/// when it is no time.
pub(super) fn moment(cell: &str, order: Option<DayOrder>) -> Option<CellTime> {
    let text = trimmed(cell);
    if text.len() < 6 || text.len() > 80 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return epoch(text).map(CellTime::At);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(CellTime::At(Timestamp::from_jiff(instant)));
    }
    let parts = Parts::of(text)?;
    let (day, month, either) = parts.day_and_month(order)?;
    let date = jiff::civil::Date::new(parts.year, month, day).ok()?;
    let civil = date.to_datetime(parts.time);
    let offset = jiff::tz::Offset::from_seconds(parts.offset).ok()?;
    let at = offset.to_timestamp(civil).ok()?;
    Some(if either { CellTime::Either } else { CellTime::At(Timestamp::from_jiff(at)) })
}

/// What a column's cell shows of the order of its days and months.
pub(super) fn order_shown(cell: &str) -> Option<DayOrder> {
    let text = trimmed(cell);
    // One or two digits, and a mark: most cells are looked at no further.
    let is_short_number =
        matches!(text.as_bytes(), [b'0'..=b'9', b'/' | b'-', ..] | [b'0'..=b'9', b'0'..=b'9', b'/' | b'-', ..]);
    if text.len() < 6 || text.len() > 80 || !is_short_number {
        return None;
    }
    match Parts::of(text)?.date {
        Date::Numbers { first, second, dotted } => match (first, second) {
            _ if dotted => None,
            (13.., 1..=12) => Some(DayOrder::DayFirst),
            (1..=12, 13..) => Some(DayOrder::MonthFirst),
            _ => None,
        },
        Date::Known { .. } => None,
    }
}

fn epoch(text: &str) -> Option<Timestamp> {
    let number = text.parse::<i64>().ok()?;
    match text.len() {
        9..=10 => Some(Timestamp(number.checked_mul(1_000)?)),
        12..=13 => Some(Timestamp(number)),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug)]
enum Date {
    Known { day: i8, month: i8 },
    Numbers { first: i8, second: i8, dotted: bool },
}

/// A written time, taken apart.
struct Parts {
    year: i16,
    date: Date,
    time: jiff::civil::Time,
    /// In seconds.
    offset: i32,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl Parts {
    fn of(text: &str) -> Option<Self> {
        // `2024-01-02T03:04` and `2 Jan 2024, 15:04 (Greenwich)` have the same words.
        let text = text.split('(').next().unwrap_or_default();
        let spread: String = spread(text);
        let mut numbers: Vec<(i32, bool)> = Vec::new();
        let (mut date, mut year, mut named) = (None, None, None);
        let (mut time, mut offset, mut afternoon) = (jiff::civil::Time::midnight(), 0, None);
        for word in spread.split_whitespace() {
            let lower = word.to_lowercase();
            if let Some(found) = clock_time(word) {
                time = found;
            } else if let Some(seconds) = utc_offset(word) {
                offset = seconds;
            } else if matches!(lower.as_str(), "am" | "a.m." | "pm" | "p.m.") {
                afternoon = Some(lower.starts_with('p'));
            } else if let Some((found_year, found)) = date_of(word) {
                (year, date) = (Some(found_year), Some(found));
            } else if let Some(month) = month_named(&lower) {
                named = Some(month);
            } else if let Ok(number) = word.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h', '.']).parse::<i32>() {
                numbers.push((number, true));
            } else if !is_zone_or_day(&lower) {
                return None;
            }
        }
        if let (None, Some(month)) = (date, named) {
            let [(one, _), (two, _)] = numbers[..] else { return None };
            let (day, written) = if one > 31 { (two, one) } else { (one, two) };
            year = i16::try_from(written).ok();
            date = Some(Date::Known { day: i8::try_from(day).ok()?, month });
        } else if !numbers.is_empty() || named.is_some() {
            return None;
        }
        if let Some(afternoon) = afternoon {
            let hour = time.hour() % 12 + if afternoon { 12 } else { 0 };
            time = jiff::civil::Time::new(hour, time.minute(), time.second(), time.subsec_nanosecond()).ok()?;
        }
        Some(Self { year: year.filter(|year| (1970..=9999).contains(year))?, date: date?, time, offset })
    }

    /// The day, the month, and whether they may be the other way round.
    fn day_and_month(&self, order: Option<DayOrder>) -> Option<(i8, i8, bool)> {
        Some(match self.date {
            Date::Known { day, month } => (day, month, false),
            Date::Numbers { first, second, dotted } => match order {
                _ if dotted || first > 12 => (first, second, false),
                _ if second > 12 => (second, first, false),
                Some(DayOrder::DayFirst) => (first, second, false),
                Some(DayOrder::MonthFirst) => (second, first, false),
                None => (first, second, first != second),
            },
        })
    }
}

/// The words of a time apart from each other: a `T` between digits and an offset behind a time of day are words too.
fn spread(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut spread = String::with_capacity(text.len() + 4);
    let mut seen_colon = false;
    for (at, &c) in letters.iter().enumerate() {
        let digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
        let between = at > 0 && digit(at - 1) && digit(at + 1);
        match c {
            ',' => spread.push(' '),
            'T' | 't' if between => spread.push(' '),
            '+' | '-' if between && seen_colon => {
                spread.push(' ');
                spread.push(c);
            }
            'Z' if at + 1 == letters.len() && at > 0 && digit(at - 1) => {}
            'a' | 'A' | 'p' | 'P' if at > 0 && digit(at - 1) => {
                spread.push(' ');
                spread.push(c);
            }
            c => {
                seen_colon |= c == ':';
                spread.push(c);
            }
        }
    }
    spread
}

fn clock_time(word: &str) -> Option<jiff::civil::Time> {
    let mut parts = word.split(':');
    let hour = parts.next()?.parse::<i8>().ok()?;
    let minute = parts.next()?.parse::<i8>().ok()?;
    let (second, fraction) = match parts.next() {
        Some(seconds) => seconds.split_once('.').unwrap_or((seconds, "")),
        None => ("0", ""),
    };
    if parts.next().is_some() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").get(..9)?.parse::<i32>().ok()?;
    jiff::civil::Time::new(hour, minute, second.parse::<i8>().ok()?.min(59), nanos).ok()
}

/// `+0100`, `+01:00`, `-03`, `GMT+0000`, in seconds.
fn utc_offset(word: &str) -> Option<i32> {
    let word = word.strip_prefix("GMT").or_else(|| word.strip_prefix("UTC")).unwrap_or(word);
    let sign = match word.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits: String = word.chars().skip(1).filter(|c| *c != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        3 | 4 => digits
            .split_at_checked(digits.len() - 2)
            .map(|(h, m)| (h.parse(), m.parse()))
            .and_then(|(h, m)| Some((h.ok()?, m.ok()?)))?,
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn date_of(word: &str) -> Option<(i16, Date)> {
    let mark = word.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let word = word.trim_end_matches('.');
    let parts: Vec<&str> = word.split(mark).collect();
    let [one, two, three] = parts[..] else { return None };
    let number = |text: &str| text.parse::<i16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let small = |text: &str| number(text).and_then(|number| i8::try_from(number).ok()).filter(|number| *number > 0);
    if one.len() == 4 {
        return Some((number(one)?, Date::Known { month: small(two)?, day: small(three)? }));
    }
    if let Some(month) = month_named(&two.to_lowercase()) {
        return Some((full_year(number(three)?, three.len())?, Date::Known { day: small(one)?, month }));
    }
    let year = full_year(number(three)?, three.len())?;
    Some((year, Date::Numbers { first: small(one)?, second: small(two)?, dotted: mark == '.' }))
}

fn full_year(year: i16, digits: usize) -> Option<i16> {
    match digits {
        4 => Some(year),
        2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

fn month_named(lower: &str) -> Option<i8> {
    let word = lower.trim_end_matches('.');
    let short = word.get(..3)?;
    let long = [
        "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
        "december",
    ];
    if word.len() > 3 && word != "sept" && !long.contains(&word) {
        return None;
    }
    MONTHS.iter().position(|month| *month == short).and_then(|at| i8::try_from(at + 1).ok())
}

/// A weekday or the name of a zone, which say nothing that is needed.
fn is_zone_or_day(lower: &str) -> bool {
    let word = lower.trim_end_matches('.');
    let day =
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|day| word.starts_with(day)) && word.len() <= 9;
    let zone = (1..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    day || matches!(word, "at" | "of") || zone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, order: Option<DayOrder>) -> Option<String> {
        match moment(text, order)? {
            CellTime::At(at) => Some(at.to_string()),
            CellTime::Either => Some("either".to_owned()),
        }
    }

    #[test]
    fn times_are_read_as_programs_write_them() {
        for (text, read) in [
            ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05Z"),
            ("2024-01-02 03:04:05", "2024-01-02T03:04:05Z"),
            ("2024-01-02 03:04", "2024-01-02T03:04:00Z"),
            ("2024-01-02 03:04:05.999 +0000 UTC", "2024-01-02T03:04:05Z"),
            ("2024-01-02 15:04:05.123456 +0100 CET", "2024-01-02T14:04:05Z"),
            ("2023-10-06 22:59:55.977+00", "2023-10-06T22:59:55Z"),
            ("2023-10-06 22:59:55-03", "2023-10-07T01:59:55Z"),
            ("2023-03-24 10:23:10 UTC", "2023-03-24T10:23:10Z"),
            ("2024-01-02", "2024-01-02T00:00:00Z"),
            ("2024/01/02", "2024-01-02T00:00:00Z"),
            ("31.12.2023", "2023-12-31T00:00:00Z"),
            ("02.01.2024", "2024-01-02T00:00:00Z"),
            ("12-04-2022 09:30", "either"),
            ("13-04-2022 10:00", "2022-04-13T10:00:00Z"),
            ("2 Jan 2024", "2024-01-02T00:00:00Z"),
            ("Jan 2, 2024 3:04 PM", "2024-01-02T15:04:00Z"),
            ("January 2nd, 2024", "2024-01-02T00:00:00Z"),
            ("02-Jan-2024", "2024-01-02T00:00:00Z"),
            ("Tue, 02 Jan 2024 15:04:05 +0000", "2024-01-02T15:04:05Z"),
            ("Tue Jan 02 2024 15:04:05 GMT+0000 (Coordinated Universal Time)", "2024-01-02T15:04:05Z"),
            ("01/02/24 03:04 AM", "either"),
            ("12/31/23 12:04am", "2023-12-31T00:04:00Z"),
            ("05/05/2024", "2024-05-05T00:00:00Z"),
            ("1704164645", "2024-01-02T03:04:05Z"),
            ("1704164645000", "2024-01-02T03:04:05Z"),
        ] {
            assert_eq!(shown(text, None).as_deref(), Some(read), "{text}");
        }
        for text in
            ["yesterday", "2024-13-01", "9999-99-99", "12", "1e9", "Room 12", "12345", "v1.2.3", "10 Main St", "May"]
        {
            assert_eq!(shown(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_column_shows_the_order_of_its_days() {
        assert_eq!(shown("01/02/2024", Some(DayOrder::DayFirst)).as_deref(), Some("2024-02-01T00:00:00Z"));
        assert_eq!(shown("01/02/2024", Some(DayOrder::MonthFirst)).as_deref(), Some("2024-01-02T00:00:00Z"));
        assert_eq!(order_shown("13/02/2024"), Some(DayOrder::DayFirst));
        assert_eq!(order_shown("02/13/2024 10:00"), Some(DayOrder::MonthFirst));
        for text in ["01/02/2024", "13.02.2024", "2024-02-13", "Anna"] {
            assert_eq!(order_shown(text), None, "{text}");
        }
    }
}
