//! Weekly slots over eighteen years in twelve zones: against a table that another implementation wrote
//! (`golden/slots.py`), and as properties.
//!
//! The table is compared with the tz database that is built in, so that the machine's own does not decide whether the
//! test passes. The properties hold for whatever database the machine has.

use std::collections::{BTreeMap, BTreeSet};

use coranto::clock::Timestamp;
use coranto::domain::slot::{Slot, next_of};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use proptest::prelude::*;

const GOLDEN: &str = include_str!("golden/slots.txt");

struct Row {
    zone: &'static str,
    slot: Slot,
    /// The day for which it was meant; a gap may move it.
    meant: DateTime,
    at: Timestamp,
    wall: DateTime,
    what: &'static str,
}

fn golden() -> Vec<Row> {
    let lines = GOLDEN.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let [zone, slot, date, at, wall, what] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let meant = format!("{date} {}", &slot[4..]).parse().unwrap();
        Row { zone, slot: slot.parse().unwrap(), meant, at: instant(at), wall: wall.parse().unwrap(), what }
    };
    lines.map(row).collect()
}

fn instant(text: &str) -> Timestamp {
    Timestamp::from_jiff(text.parse().unwrap())
}

fn wall(at: Timestamp, zone: &TimeZone) -> DateTime {
    at.to_jiff().to_zoned(zone.clone()).datetime()
}

fn before(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - 1)
}

#[test]
fn the_table_agrees_around_every_change_of_the_clock() {
    let database = TimeZoneDatabase::bundled();
    let rows = golden();
    let mut wrong = Vec::new();
    for row in &rows {
        let zone = database.get(row.zone).unwrap();
        let told = || format!("{} {} of {} ({})", row.zone, row.slot, row.meant, row.what);
        // Asked a moment before, a day before, and in the middle of the week before.
        let asked = [0, 24, 80].map(|hours| Timestamp(row.at.0 - 1 - hours * 3_600_000));
        let found = asked.map(|after| row.slot.next_after(&zone, after));
        if found != [row.at; 3] || wall(row.at, &zone) != row.wall {
            wrong.push(format!("{}: {} in the table, {}, {}, {} found", told(), row.at, found[0], found[1], found[2]));
            continue;
        }
        assert_eq!(row.meant != row.wall, row.what == "gap", "{}", told());
        // And then not again in that week: the second time in a fold is none.
        let next = row.slot.next_after(&zone, row.at);
        let days = wall(next, &zone).date().since(row.meant.date()).unwrap().get_days();
        assert!((7..=8).contains(&days), "{}: then {next}", told());
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
    // The table is what it says it is.
    let zones: BTreeSet<_> = rows.iter().map(|row| row.zone).collect();
    assert_eq!(zones.len(), 12);
    for (what, at_least) in [("gap", 100), ("fold", 100), ("no change", 36)] {
        assert!(rows.iter().filter(|row| row.what == what).count() >= at_least, "{what}");
    }
}

/// Every slot of the table in its zone, and some that lie at the week's and the day's edges.
fn slots() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut slots: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for row in golden() {
        let edges = ["Sun 02:30", "Sun 23:30", "Mon 00:00", "Sat 00:30"].map(str::to_owned);
        slots.entry(row.zone).or_default().extend(edges.into_iter().chain([row.slot.to_string()]));
    }
    slots
}

#[test]
fn there_is_exactly_one_in_every_week_of_eighteen_years() {
    let (from, to) = (instant("2020-01-01T00:00:00Z"), instant("2038-01-01T00:00:00Z"));
    let mut weeks = 0;
    for (name, slots) in slots() {
        let zone = TimeZone::get(name).unwrap();
        for slot in slots {
            let slot: Slot = slot.parse().unwrap();
            let mut at = slot.next_after(&zone, from);
            let mut meant = meant(slot, wall(at, &zone));
            while at < to {
                assert_is(slot, at, meant, &zone, name);
                let next = slot.next_after(&zone, at);
                assert!(next > at, "{name} {slot}: {next} after {at}");
                // Whenever it is asked for within the week, it is the same one.
                let middle = Timestamp(at.0.midpoint(next.0));
                assert_eq!(slot.next_after(&zone, middle), next, "{name} {slot}: asked at {middle}");
                assert_eq!(slot.next_after(&zone, before(next)), next, "{name} {slot}");
                at = next;
                meant = meant.checked_add(jiff::Span::new().days(7)).unwrap();
                weeks += 1;
            }
        }
    }
    assert!(weeks > 12 * 5 * 930, "{weeks}");
}

/// The time for which a slot was meant that is at `wall`: the same, or in a gap shortly before it.
fn meant(slot: Slot, wall: DateTime) -> DateTime {
    let slot = slot.to_string();
    let day = |date: jiff::civil::Date| date.strftime("%a").to_string() == slot[..3];
    let date = std::iter::successors(Some(wall.date()), |date| date.yesterday().ok()).find(|date| day(*date)).unwrap();
    format!("{date} {}", &slot[4..]).parse().unwrap()
}

/// The slot is on the wall, unless there is no such time that day; and there was no earlier moment with that time.
fn assert_is(slot: Slot, at: Timestamp, meant: DateTime, zone: &TimeZone, name: &str) {
    let shown = wall(at, zone);
    match zone.to_ambiguous_timestamp(meant).offset() {
        AmbiguousOffset::Unambiguous { .. } => assert_eq!(shown, meant, "{name} {slot}"),
        AmbiguousOffset::Gap { before, after } => {
            let late = shown.duration_since(meant).as_secs();
            assert_eq!(late, i64::from(after.seconds() - before.seconds()), "{name} {slot}: {at} in a gap");
        }
        AmbiguousOffset::Fold { before, after } => {
            assert_eq!(shown, meant, "{name} {slot}: {at} in a fold");
            let again = Timestamp(at.0 + i64::from(before.seconds() - after.seconds()) * 1000);
            assert_eq!(wall(again, zone), meant, "{name} {slot}: {at} is the second of a fold");
        }
    }
}

#[test]
fn of_several_slots_the_next_counts() {
    let zone = TimeZone::get("Europe/Prague").unwrap();
    let slots: Vec<Slot> = ["Fri 09:00", "Tue 18:30"].map(|slot| slot.parse().unwrap()).into();
    let mut at = instant("2026-10-22T00:00:00Z");
    let mut seen = Vec::new();
    for _ in 0..4 {
        at = next_of(&slots, &zone, at).unwrap();
        seen.push(at.to_string());
    }
    // The clocks go back on the Sunday between the first two.
    assert_eq!(seen, ["2026-10-23T07:00:00Z", "2026-10-27T17:30:00Z", "2026-10-30T08:00:00Z", "2026-11-03T17:30:00Z"]);
    assert_eq!(next_of(&[], &zone, at), None);
}

fn zones() -> Vec<TimeZone> {
    let database = TimeZoneDatabase::bundled();
    let zones: Vec<_> = database.available().map(|name| database.get(name.as_str()).unwrap()).collect();
    assert!(zones.len() > 400);
    zones
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_slot_in_any_zone_is_next_until_it_comes(
        zone in proptest::sample::select(zones()),
        day in proptest::sample::select(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][..]),
        hour in 0..24_u8,
        minute in 0..60_u8,
        after in 0..4_102_444_800_000_i64,
        share in 0.0..1.0_f64,
    ) {
        let slot: Slot = format!("{day} {hour}:{minute:02}").parse().unwrap();
        let name = zone.iana_name().unwrap_or_default();
        let after = Timestamp(after);
        let next = slot.next_after(&zone, after);
        // A week, and what clocks may be changed by: Samoa once left out a whole day.
        let span = next.0 - after.0;
        prop_assert!((1..=8 * 86_400_000).contains(&span), "{name} {slot} after {after}: {next}");
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any moment before will do")]
        let between = Timestamp(after.0 + (span as f64 * share) as i64);
        prop_assert_eq!(slot.next_after(&zone, between.min(before(next))), next);
        prop_assert!(slot.next_after(&zone, next) > next);
        assert_is(slot, next, meant(slot, wall(next, &zone)), &zone, name);
    }

    #[test]
    fn a_slot_is_read_as_it_is_shown(text in "\\PC{0,20}") {
        if let Ok(slot) = text.parse::<Slot>() {
            prop_assert_eq!(slot.to_string().parse::<Slot>(), Ok(slot));
        }
    }

    #[test]
    fn what_looks_like_a_slot_is_one_or_is_refused_in_words(text in "[ A-Za-z,]{2,10} {1,2}[0-9]{1,3}:[0-9]{1,3}") {
        match text.parse::<Slot>() {
            Ok(slot) => prop_assert_eq!(slot.to_string().parse::<Slot>(), Ok(slot)),
            Err(error) => prop_assert!(error.to_string().contains("Fri 09:00"), "{}", error),
        }
    }
}
