//! Rates: `600`, which is a minute's, or `{ per_minute = 600, per_hour = 10_000, per_day = 50_000 }`.

use super::keys;
use super::mismatch::mismatch;
use super::problem::{ConfigProblem, Origin};
use super::reader::Section;
use super::tree::{self, ConfigTable, ConfigValue};
use crate::domain::nearest::nearest;
use crate::domain::quota::{Quota, Rates};

const NAMES: [&str; 3] = ["per_minute", "per_hour", "per_day"];

/// Reports everything in `table`, which is called `path`, that is no rate.
pub(super) fn check(table: &ConfigTable, path: &str, problems: &mut Vec<ConfigProblem>) {
    for entry in &table.entries {
        let (why, hint) = if NAMES.contains(&entry.name.as_str()) {
            let Some(why) = mismatch(keys::RATE, &entry.node.value) else { continue };
            (why, None)
        } else {
            let near = nearest(&entry.name, NAMES).unwrap_or("per_hour");
            ("there is no such key".to_owned(), Some(format!("did you mean {near}?")))
        };
        problems.push(ConfigProblem { place: entry.place.clone(), key: format!("{path}.{}", entry.name), why, hint });
    }
}

/// The same from a variable of the environment, written as in the file.
pub(super) fn parse(text: &str) -> Result<ConfigValue, (String, Option<String>)> {
    let wrong = || {
        let hint = "write 600, which is a minute's, or { per_minute = 600, per_hour = 10000, per_day = 50000 }";
        ("it is no rate".to_owned(), Some(hint.to_owned()))
    };
    let read = tree::parse(&format!("rates = {text}")).map_err(|_| wrong())?;
    let [entry] = read.entries.as_slice() else { return Err(wrong()) };
    match &entry.node.value {
        value @ ConfigValue::Integer(_) => Ok(value.clone()),
        ConfigValue::Table(table) => {
            let mut table = table.clone();
            for entry in &mut table.entries {
                (entry.place, entry.node.place) = (Origin::Nowhere, Origin::Nowhere);
            }
            Ok(ConfigValue::Table(table))
        }
        _ => Err(wrong()),
    }
}

/// The rates at `name`; `None` when there are none.
pub(super) fn read(section: &Section<'_>, name: &str) -> Option<Rates> {
    let number = |value: &ConfigValue| match value {
        ConfigValue::Integer(number) => u32::try_from(*number).ok(),
        _ => None,
    };
    match section.value(name)? {
        ConfigValue::Table(table) => {
            let of = |name: &str| table.get(name).and_then(|entry| number(&entry.node.value));
            let quota = Quota { per_hour: of("per_hour"), per_day: of("per_day") };
            warn_of_unreachable(section, name, "per_", quota);
            Some(Rates { per_minute: of("per_minute"), quota })
        }
        value => Some(Rates { per_minute: Some(number(value)?), quota: Quota::default() }),
    }
}

/// Warns of a limit per hour that the one per day does not let anybody reach.
pub(super) fn warn_of_unreachable(section: &Section<'_>, name: &str, prefix: &str, quota: Quota) {
    if let (Some(hour), Some(day)) = (quota.per_hour, quota.per_day)
        && day < hour
    {
        let why = format!("{prefix}hour allows {hour} and {prefix}day {day}, so an hour never reaches its limit");
        section.warn(name, why, "take one of the two out, or correct it");
    }
}
