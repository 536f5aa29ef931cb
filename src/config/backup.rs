//! `[backup]`: where backups go, when, and how long they stay.

use std::path::PathBuf;

use super::reader::{Section, ValueRefusal};

#[derive(Clone, Debug)]
pub struct Backup {
    /// Without it none are made by themselves.
    pub folder: Option<PathBuf>,
    /// Milliseconds after midnight, UTC.
    pub at: i64,
    pub keep_days: u32,
    pub keep_weeks: u32,
}

pub(super) fn read(section: Section<'_>) -> Option<Backup> {
    let folder = section.path_of("folder");
    let at = section.parsed("at", time_of_day);
    let (keep_days, keep_weeks) = (section.small("keep_days"), section.small("keep_weeks"));
    Some(Backup { folder, at: at?, keep_days: keep_days?, keep_weeks: keep_weeks? })
}

fn time_of_day(text: &str) -> Result<i64, ValueRefusal> {
    let time = jiff::civil::Time::strptime("%H:%M", text)
        .map_err(|_| (format!("{text:?} is no time of day"), Some("write 03:20".to_owned())))?;
    Ok((i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_hours_and_minutes() {
        assert_eq!(time_of_day("03:20").unwrap(), 200 * 60_000);
        assert_eq!(time_of_day("23:59").unwrap(), 1439 * 60_000);
        for wrong in ["", "3", "24:00", "03:60", "03:20:10", "night"] {
            assert!(time_of_day(wrong).is_err(), "{wrong}");
        }
    }
}
