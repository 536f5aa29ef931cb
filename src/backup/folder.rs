//! The folder that backups collect in: their names, and which of them stay.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::clock::{DAY, Timestamp};

const BEGIN: &str = "coranto-";
const END: &str = ".tar.gz";
/// What a name is like, for SQL.
pub(super) const LIKE: &str = "coranto-%.tar.gz";
/// The time in a name, UTC.
const TIME: &str = "%Y%m%d-%H%M%S";

/// A backup in the folder. It is there, so it was verified.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BackupFile {
    pub taken_at: Timestamp,
    pub path: PathBuf,
    pub bytes: u64,
}

/// What a backup of this moment is called.
pub(super) fn name(at: Timestamp) -> String {
    format!("{BEGIN}{}{END}", at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).strftime(TIME))
}

fn time_of(name: &str) -> Option<Timestamp> {
    let text = name.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let civil = jiff::civil::DateTime::strptime(TIME, text).ok()?;
    Some(Timestamp::from_jiff(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()))
}

/// The backups in a folder, the newest first. A folder that is not there has none.
pub fn list(folder: &Path) -> io::Result<Vec<BackupFile>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Some(taken_at) = entry.file_name().to_str().and_then(time_of) else { continue };
        all.push(BackupFile { taken_at, path: entry.path(), bytes: entry.metadata()?.len() });
    }
    all.sort_by_key(|file| std::cmp::Reverse(file.taken_at));
    Ok(all)
}

/// Deletes the backups that have had their time, and says which.
pub fn thin(folder: &Path, days: u32, weeks: u32, now: Timestamp) -> io::Result<Vec<PathBuf>> {
    let all = list(folder)?;
    let stay = staying(&all.iter().map(|file| file.taken_at).collect::<Vec<_>>(), days, weeks, now);
    let mut gone = Vec::new();
    for file in all.into_iter().filter(|file| !stay.contains(&file.taken_at)) {
        fs::remove_file(&file.path)?;
        gone.push(file.path);
    }
    Ok(gone)
}

/// The newest of each of the last `days` days and of each of the last `weeks` weeks (UTC, from Monday), and the newest of
/// all whatever its age. `all` begins with the newest.
fn staying(all: &[Timestamp], days: u32, weeks: u32, now: Timestamp) -> HashSet<Timestamp> {
    let date = |at: Timestamp| at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut stay: HashSet<Timestamp> = all.first().copied().into_iter().collect();
    let (mut seen_days, mut seen_weeks) = (HashSet::new(), HashSet::new());
    for at in all {
        let (age, day) = (now.since(*at), date(*at));
        let week = day.iso_week_date();
        if seen_days.insert(day) && age < DAY.saturating_mul(days) {
            stay.insert(*at);
        }
        if seen_weeks.insert((week.year(), week.week())) && age < DAY.saturating_mul(weeks.saturating_mul(7)) {
            stay.insert(*at);
        }
    }
    stay
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_833_600_000);

    #[test]
    fn a_name_says_when() {
        let at = Timestamp(NOW.0 / 1000 * 1000);
        assert_eq!(time_of(&name(at)), Some(at));
        for other in ["coranto.tar.gz", "coranto-20261128.tar.gz", "coranto-20261128-032000.tar.gz.part", "x"] {
            assert_eq!(time_of(other), None, "{other}");
        }
    }

    #[test]
    fn days_and_weeks_stay_and_the_last_one_always() {
        // Two a day for 100 days.
        let all: Vec<_> = (0..200).map(|half| NOW.minus(DAY / 2 * half)).collect();
        let stay = staying(&all, 7, 8, NOW);
        assert!((13..=16).contains(&stay.len()), "{}", stay.len());
        let oldest = stay.iter().min().unwrap();
        assert!(NOW.since(*oldest) > DAY * 42, "{oldest:?}");
        assert_eq!(staying(&all, 0, 0, NOW), HashSet::from([NOW]));
        let old = NOW.minus(DAY * 1000);
        assert_eq!(staying(&[old], 7, 8, NOW), HashSet::from([old]));
        assert_eq!(staying(&[], 7, 8, NOW), HashSet::new());
    }
}
