//! Sees that one of a few files changed. Looks at their stamps sixty times a second: that is a handful of calls into the
//! kernel, works on every file system and with every way editors save (in place, or by a new file under the old name),
//! and is well within what an eye takes for at once.

use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) const EVERY: Duration = Duration::from_millis(15);
/// Files of a folder that are looked at.
const FILES_MAX: usize = 500;

/// The stamps of files when they were last looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stamps(HashMap<PathBuf, [i64; 5]>);

impl Stamps {
    /// Those of `files`, and of everything below `folders`. What is missing has none.
    pub(super) fn of(files: &[PathBuf], folders: &[PathBuf]) -> Self {
        let mut stamps = HashMap::new();
        for file in files {
            if let Ok(data) = std::fs::metadata(file) {
                stamps.insert(file.clone(), stamp(&data));
            }
        }
        let mut open = folders.to_vec();
        while let Some(folder) = open.pop() {
            look_into(&folder, &mut open, &mut stamps);
        }
        Self(stamps)
    }

    /// Looks at `files` as well from now on.
    pub(super) fn also(&mut self, files: &[PathBuf]) {
        for file in files {
            if let Ok(data) = std::fs::metadata(file) {
                self.0.entry(file.clone()).or_insert_with(|| stamp(&data));
            }
        }
    }

    /// Whether anything below `folder` differs.
    pub(super) fn differs_below(&self, other: &Self, folder: &Path) -> bool {
        let below = |stamps: &Self| -> HashMap<PathBuf, [i64; 5]> {
            let below = stamps.0.iter().filter(|(path, _)| path.starts_with(folder));
            below.map(|(path, stamp)| (path.clone(), *stamp)).collect()
        };
        below(self) != below(other)
    }
}

fn look_into(folder: &Path, open: &mut Vec<PathBuf>, stamps: &mut HashMap<PathBuf, [i64; 5]>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(data) = std::fs::metadata(entry.path()) else { continue };
        if stamps.len() >= FILES_MAX {
            return;
        }
        match data.is_dir() {
            true => open.push(entry.path()),
            false => {
                stamps.insert(entry.path(), stamp(&data));
            }
        }
    }
}

fn stamp(data: &Metadata) -> [i64; 5] {
    let number = |unsigned: u64| unsigned.cast_signed();
    [data.mtime(), data.mtime_nsec(), data.ctime_nsec(), number(data.len()), number(data.ino())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_save_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let (file, layout) = (folder.path().join("a.md"), folder.path().join("templates/email/issue.txt"));
        std::fs::create_dir_all(layout.parent().unwrap()).unwrap();
        let look = || Stamps::of(std::slice::from_ref(&file), &[folder.path().join("templates")]);
        let mut before = look();
        let mut changed = |what: &str| {
            let now = look();
            assert_ne!(now, before, "{what}");
            before = now;
        };
        std::fs::write(&file, "one").unwrap();
        changed("new");
        std::fs::write(&file, "one and more").unwrap();
        changed("longer");
        std::fs::write(folder.path().join("b.md"), "one and more").unwrap();
        std::fs::rename(folder.path().join("b.md"), &file).unwrap();
        changed("another file under its name");
        std::fs::write(&layout, "x").unwrap();
        changed("a layout");
        std::fs::remove_file(&file).unwrap();
        changed("gone");
        assert_eq!(look(), look());
        assert!(look().differs_below(&Stamps::default(), &folder.path().join("templates")));
    }
}
