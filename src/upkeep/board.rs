//! The file `alarms` in the folder of the state: what stands, for whoever looks while the database is away.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::AlarmSettings;
use crate::clock::Timestamp;
use crate::private;
use crate::store::alarms::StandingAlarm;

/// Writes what stands, where that is something else than the file says. What cannot be written is left: the other ways
/// tell it too.
pub(super) fn write(settings: &AlarmSettings, standing: &[&StandingAlarm], now: Timestamp) {
    let Some(file) = &settings.file else { return };
    let lines = lines(standing);
    let is_same = read(file).is_some_and(|text| text.split_once('\n').is_some_and(|(_, rest)| rest == lines));
    if is_same {
        return;
    }
    if let Err(error) = replace(file, &format!("# as of {now}\n{lines}")) {
        tracing::debug!(file = %file.display(), %error, "the alarms cannot be written into their file");
    }
}

/// What the file says, if there is one.
pub fn read(file: &Path) -> Option<String> {
    fs::read_to_string(file).ok()
}

fn lines(standing: &[&StandingAlarm]) -> String {
    let mut text = String::new();
    for one in standing {
        let _ = write!(text, "{} {} {}", one.since, one.severity, one.name);
        if !one.scope.is_empty() {
            let _ = write!(text, " {}", one.scope);
        }
        let _ = write!(text, ": {}", one.name.title(&one.scope));
        if !one.note.is_empty() {
            let _ = write!(text, ": {}", one.note);
        }
        text.push('\n');
    }
    text
}

fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    private::folder(file.parent().unwrap_or(Path::new(".")))?;
    let part = PathBuf::from(format!("{}.part", file.display()));
    private::create(&part)?.write_all(text.as_bytes())?;
    fs::rename(&part, file)
}
