//! The files of a move: lists, folders, archives, standard input. Owns how much is unpacked, and which files of an
//! archive are lists. What is read twice must be a file; what is none is kept in one that has no name.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::ImportError;

/// What an archive may unpack to, and what standard input may hold.
const BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
const ENTRIES_MAX: usize = 20_000;
/// A list of addresses packs to a tenth; a file that packs to less than this part of itself is made to fill a disk.
const RATIO_MAX: u64 = 200;
/// Below this size any ratio is harmless.
const RATIO_FROM_BYTES: u64 = 1024 * 1024;
const ENDINGS: &[&str] = &["csv", "tsv", "tab", "txt", "json", "jsonl", "ndjson"];
/// Parts of names of files that hold addresses and are no lists: who opened which issue.
const NO_LISTS: &[&str] = &["opens", "delivers", "clicks", "activity", "posts", "campaigns", "__macosx"];

/// A file that may be a list.
#[derive(Debug)]
pub(super) struct ListFile {
    /// What it is called: its path, within its archive too.
    pub(super) name: String,
    /// Whether it was found in a folder or an archive: then it may turn out to be something else.
    pub(super) is_found: bool,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Path(PathBuf),
    Open(File),
    Entry { archive: Box<Place>, number: usize },
}

/// What a move is made of.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) files: Vec<ListFile>,
    /// Names of files that are not read.
    pub(super) others: Vec<String>,
}

impl Sources {
    /// Finds the files behind paths; `-` is standard input.
    pub(super) fn find(paths: &[PathBuf]) -> Result<Self, ImportError> {
        let mut found = Self::default();
        for path in paths {
            found.add(path)?;
        }
        Ok(found)
    }

    fn add(&mut self, path: &Path) -> Result<(), ImportError> {
        let name = path.display().to_string();
        let at = |error: io::Error| ImportError::Open { name: path.display().to_string(), error };
        if path == Path::new("-") {
            return self.file("standard input".to_owned(), Place::Open(spooled(io::stdin().lock())?), false);
        }
        let about = path.metadata().map_err(at)?;
        if about.is_dir() {
            let mut inside = std::fs::read_dir(path).map_err(at)?.collect::<Result<Vec<_>, _>>().map_err(at)?;
            inside.sort_by_key(std::fs::DirEntry::file_name);
            for entry in inside {
                let path = entry.path();
                let name = path.display().to_string();
                match path.is_file() && is_list(&name) {
                    true => self.file(name, Place::Path(path), true)?,
                    false => self.others.push(name),
                }
            }
            return Ok(());
        }
        if about.is_file() {
            return self.file(name, Place::Path(path.to_owned()), false);
        }
        // A pipe with a name can be read once.
        let pipe = File::open(path).map_err(at)?;
        self.file(name, Place::Open(spooled(pipe)?), false)
    }

    fn file(&mut self, name: String, place: Place, is_found: bool) -> Result<(), ImportError> {
        let mut start = Vec::with_capacity(8);
        place.with_file(|file| Ok(file.take(8).read_to_end(&mut start)?)).map_err(|error| match error {
            ImportError::Read(error) => ImportError::Open { name: name.clone(), error },
            other => other,
        })?;
        match start.as_slice() {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => self.archive(&name, place),
            [0x1f, 0x8b, ..] => Err(ImportError::Packed { name, what: "a gzip file", how: "unpack it first" }),
            [0xd0, 0xcf, 0x11, 0xe0, ..] => {
                Err(ImportError::Packed { name, what: "a spreadsheet", how: "save it as CSV in UTF-8" })
            }
            _ => {
                self.files.push(ListFile { name, is_found, place });
                Ok(())
            }
        }
    }

    fn archive(&mut self, name: &str, place: Place) -> Result<(), ImportError> {
        let refused = |why: String| ImportError::Archive { name: name.to_owned(), why };
        let broken = |error: zip::result::ZipError| refused(error.to_string());
        let mut archive = ZipArchive::new(place.file()?).map_err(broken)?;
        if archive.len() > ENTRIES_MAX {
            return Err(refused(format!("it has {} files; {ENTRIES_MAX} at most", archive.len())));
        }
        let mut bytes = 0_u64;
        let mut lists = Vec::new();
        for number in 0..archive.len() {
            let entry = archive.by_index_raw(number).map_err(broken)?;
            let inside = String::from_utf8_lossy(entry.name_raw()).into_owned();
            if inside == "xl/workbook.xml" || inside == "content.xml" {
                let what = "a spreadsheet";
                return Err(ImportError::Packed { name: name.to_owned(), what, how: "save it as CSV in UTF-8" });
            }
            if entry.is_dir() {
                continue;
            }
            if !is_list(&inside) {
                self.others.push(inside);
                continue;
            }
            if entry.encrypted() {
                return Err(refused(format!("{inside} is encrypted; unpack it first")));
            }
            bytes = bytes.saturating_add(entry.size());
            let ratio = entry.size() / entry.compressed_size().max(1);
            if bytes > BYTES_MAX || (entry.size() > RATIO_FROM_BYTES && ratio > RATIO_MAX) {
                return Err(refused(format!("{inside} would unpack to more than a list can be")));
            }
            lists.push((number, inside));
        }
        for (number, inside) in lists {
            let place = Place::Entry { archive: Box::new(place.again()?), number };
            self.files.push(ListFile { name: format!("{name}/{inside}"), is_found: true, place });
        }
        Ok(())
    }
}

impl ListFile {
    /// Reads the file from its beginning.
    pub(super) fn read<T>(&self, work: impl FnOnce(&mut dyn Read) -> Result<T, ImportError>) -> Result<T, ImportError> {
        let result = self.place.with_file(work);
        result.map_err(|error| match error {
            ImportError::Read(error) => ImportError::Open { name: self.name.clone(), error },
            other => other,
        })
    }

    /// The last part of the name, without its ending: what a person called it.
    pub(super) fn stem(&self) -> &str {
        let last = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        last.split('.').next().unwrap_or_default()
    }
}

impl Place {
    /// The file, at its beginning. An entry has none of its own.
    fn file(&self) -> io::Result<File> {
        match self {
            Self::Path(path) => File::open(path),
            Self::Open(file) => {
                let mut file = file.try_clone()?;
                file.rewind()?;
                Ok(file)
            }
            Self::Entry { archive, .. } => archive.file(),
        }
    }

    fn again(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Path(path) => Self::Path(path.clone()),
            Self::Open(file) => Self::Open(file.try_clone()?),
            Self::Entry { archive, number } => Self::Entry { archive: Box::new(archive.again()?), number: *number },
        })
    }

    fn with_file<T>(&self, work: impl FnOnce(&mut dyn Read) -> Result<T, ImportError>) -> Result<T, ImportError> {
        let Self::Entry { number, .. } = self else { return work(&mut self.file()?) };
        let mut archive = ZipArchive::new(self.file()?).map_err(io::Error::other)?;
        let entry = archive.by_index(*number).map_err(io::Error::other)?;
        // What an archive says of a file's size need not be true.
        let left = entry.size();
        work(&mut Bounded { input: entry, left })
    }
}

/// A reader that ends with an error when there is more than was said.
struct Bounded<R> {
    input: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(out)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other("it unpacks to more than the archive says"))?;
        Ok(count)
    }
}

/// What can be read once, in a file without a name that nobody else can open.
fn spooled(input: impl Read) -> Result<File, ImportError> {
    let mut file = tempfile::tempfile()?;
    let copied = io::copy(&mut input.take(BYTES_MAX + 1), &mut file)?;
    if copied > BYTES_MAX {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge).into());
    }
    Ok(file)
}

/// Whether a file in a folder or an archive may be a list, by its name alone.
fn is_list(name: &str) -> bool {
    let lower = name.to_lowercase();
    let last = lower.rsplit(['/', '\\']).next().unwrap_or_default();
    let ending = last.rsplit_once('.').map_or("", |(_, ending)| ending);
    let words = || lower.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').flat_map(|part| [part]);
    ENDINGS.contains(&ending)
        && !last.starts_with('.')
        && !words().any(|word| NO_LISTS.contains(&word))
        && !lower.split('/').any(|folder| folder == "granular_activity")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn zipped(entries: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut archive = zip::ZipWriter::new(&mut file);
        let options = zip::write::SimpleFileOptions::default();
        for (name, bytes) in entries {
            archive.start_file(*name, options).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap();
        file
    }

    #[test]
    fn the_lists_of_an_archive_are_found_and_the_rest_is_named() {
        let file = zipped(&[
            ("email_list.week.csv", b"email\na@b.cc\n"),
            ("posts.csv", b"post_id\n1\n"),
            ("posts/1.opens.csv", b"post_id,email\n1,c@d.ee\n"),
            ("granular_activity/opens/x.csv", b"email\nx@y.zz\n"),
            ("__MACOSX/._email_list.csv", b"x"),
            ("logo.png", b"x"),
        ]);
        let found = Sources::find(&[file.path().to_owned()]).unwrap();
        let names: Vec<_> = found.files.iter().map(|file| file.stem()).collect();
        assert_eq!((names, found.others.len()), (vec!["email_list"], 5), "{found:?}");
        let mut text = String::new();
        found.files[0].read(|input| Ok(input.read_to_string(&mut text)?)).unwrap();
        assert_eq!(text, "email\na@b.cc\n");
    }

    #[test]
    fn an_archive_that_would_fill_the_disk_is_refused() {
        let file = zipped(&[("list.csv", &vec![b'a'; 30_000_000])]);
        let said = Sources::find(&[file.path().to_owned()]).unwrap_err().to_string();
        assert!(said.contains("more than a list can be"), "{said}");
        let mut bounded = Bounded { input: b"four".as_slice(), left: 3 };
        assert!(bounded.read_to_end(&mut Vec::new()).is_err());
    }

    #[test]
    fn spreadsheets_and_what_is_packed_otherwise_are_named() {
        let file = zipped(&[("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")]);
        let said = Sources::find(&[file.path().to_owned()]).unwrap_err().to_string();
        assert!(said.contains("spreadsheet") && said.contains("CSV"), "{said}");
    }

    #[test]
    fn what_can_be_read_once_is_kept_for_twice() {
        let spool = Place::Open(spooled(b"email\na@b.cc\n".as_slice()).unwrap());
        for _ in 0..2 {
            let mut text = String::new();
            spool.with_file(|input| Ok(input.read_to_string(&mut text)?)).unwrap();
            assert_eq!(text, "email\na@b.cc\n");
        }
    }
}
