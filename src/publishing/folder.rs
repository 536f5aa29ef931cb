//! The folder of issues of one newsletter: names of files, and what is read from them. Reads files; writes nothing.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::source::{Source, SourceError, SourceFault, SourcePictures};
use crate::content::{Problem, SOURCE_BYTES_MAX};
use crate::domain::issue::is_slug;
use crate::domain::newsletter::Newsletter;
use crate::images::Folder;

/// Where the files of a newsletter's issues are.
#[derive(Clone, Copy, Debug)]
pub struct IssueFolder<'a>(&'a Newsletter);

impl<'a> IssueFolder<'a> {
    pub fn of(newsletter: &'a Newsletter) -> Self {
        Self(newsletter)
    }

    /// Whether it is on this machine.
    pub(super) fn is_here(self) -> bool {
        self.0.issues.is_dir()
    }

    /// The issues' files, by name. A folder that is missing has none.
    pub fn files(self) -> Result<Vec<PathBuf>, SourceError> {
        let folder = &self.0.issues;
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(folder, error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| unreadable(folder, error))?.path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '#', '~', '_']));
            if !hidden && path.extension().is_some_and(|extension| extension == "md") && path.is_file() {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    /// The file that makes a slug, the first by name.
    pub fn file_of(self, slug: &str) -> Option<PathBuf> {
        let is_its = |file: &PathBuf| name_parts(file).is_some_and(|(_, name)| name == slug);
        self.files().unwrap_or_default().into_iter().find(is_its)
    }

    /// The days from `today` on that files are named for, and the slugs of these files.
    pub(super) fn named(self, today: Date) -> impl Iterator<Item = (Date, String)> {
        // A folder that cannot be listed reserves nothing; whoever reads a file from it is told why.
        let files = self.files().unwrap_or_default().into_iter();
        let named = files.filter_map(|path| name_parts(&path).and_then(|(date, slug)| Some((date?, slug))));
        named.filter(move |(date, _)| *date >= today)
    }

    /// Reads a file and checks its encoding and front matter.
    pub fn read(self, path: &Path) -> Result<Source, SourceError> {
        let (source, problems) = self.read_so_far(path)?;
        source.whole(problems)
    }

    /// The same of a file that is no issue yet: what can be read of it, and what stops it.
    pub fn read_so_far(self, path: &Path) -> Result<(Source, Vec<Problem>), SourceError> {
        let name = path.display().to_string();
        let (named_date, slug) = name_parts(path).ok_or_else(|| SourceFault::Name.of(&name))?;
        let bytes = read_bounded(path).map_err(|error| unreadable(path, error))?;
        let (source, problems) = Source::so_far(self.0, (&name, &slug), &bytes)?;
        let pictures = SourcePictures::Beside(Folder::of(path, &self.0.issues));
        Ok((Source { named_date, pictures, file: self.outside(path), ..source }, problems))
    }

    /// Where a file is, if it lies outside the folder.
    fn outside(self, path: &Path) -> Option<String> {
        let whole = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).ok();
        let file = whole(path)?;
        let folder = file.parent()?;
        let is_inside = whole(&self.0.issues).is_some_and(|issues| issues == folder);
        (!is_inside).then(|| file.display().to_string())
    }
}

/// Refuses a file that is not there, or that cannot be looked at.
pub fn refuse_missing(path: &Path) -> Result<(), SourceError> {
    std::fs::metadata(path).map(drop).map_err(|error| unreadable(path, error))
}

fn unreadable(path: &Path, error: std::io::Error) -> SourceError {
    SourceFault::Unreadable(error).of(&path.display().to_string())
}

/// Date and slug of a file's name: `2026-11-27-a-short-title.md`. A name without a date is a slug as a whole.
pub fn name_parts(path: &Path) -> Option<(Option<Date>, String)> {
    let stem = path.file_stem()?.to_str()?;
    let dated = stem.get(..10).and_then(|date| date.parse::<Date>().ok()).filter(|_| stem.get(10..11) == Some("-"));
    let slug = if dated.is_some() { &stem[11..] } else { stem };
    is_slug(slug).then(|| (dated, slug.to_owned()))
}

/// Reads no more than one byte over the limit: `content::read` then says that the file is too large.
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(SOURCE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_the_name_after_its_date() {
        let parts = |name: &str| name_parts(Path::new(name)).map(|(date, slug)| (date.is_some(), slug));
        assert_eq!(parts("issues/2026-11-27-the-calendar.md"), Some((true, "the-calendar".to_owned())));
        assert_eq!(parts("the-calendar.md"), Some((false, "the-calendar".to_owned())));
        assert_eq!(parts("2026-13-27-x.md"), Some((false, "2026-13-27-x".to_owned())));
        for wrong in ["2026-11-27-.md", "A b.md", "../x y.md", "Capital.md"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
