//! From the name in an issue to a prepared image: where files may lie, and what was prepared before. Reads files; writes
//! nothing.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{FILE_BYTES_MAX, ImageError, prepare};
use crate::domain::image::Image;

/// Prepared images kept: a few issues' worth, so that a preview does not prepare them at every key.
const KEPT_MAX: usize = 64;

/// Where an issue's images may lie: names count from `at`, and nothing outside `root` is read.
#[derive(Clone, Debug)]
pub struct Folder {
    at: PathBuf,
    root: PathBuf,
}

impl Folder {
    /// The folder of the issue `file`, within the folder `issues`; a file that lies elsewhere has its own folder alone.
    pub fn of(file: &Path, issues: &Path) -> Self {
        let at = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let (at, issues) = (whole(at), whole(issues));
        let root = if at.starts_with(&issues) { issues } else { at.clone() };
        Self { at, root }
    }

    /// The file called `name`, all links followed, if it lies where it may.
    fn find(&self, name: &str) -> Result<PathBuf, ImageError> {
        let relative = Path::new(name);
        let plain =
            |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir);
        if name.contains('\0') || !relative.components().all(plain) {
            return Err(ImageError::Outside);
        }
        let path = std::fs::canonicalize(self.at.join(relative)).map_err(|error| unreadable(&error))?;
        if path.starts_with(&self.root) { Ok(path) } else { Err(ImageError::Outside) }
    }
}

/// Prepares images, and remembers those whose files did not change.
#[derive(Debug, Default)]
pub struct ImageCache {
    kept: Mutex<HashMap<PathBuf, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    stamp: Stamp,
    image: Result<Arc<Image>, ImageError>,
    turn: u64,
}

/// Tells two states of a file apart.
type Stamp = [u64; 6];

impl ImageCache {
    /// The image that an issue in `folder` calls `name`.
    pub fn image(&self, folder: &Folder, name: &str) -> Result<Arc<Image>, ImageError> {
        self.open(&folder.find(name)?)
    }

    /// The image in the file at `path`, which the operator named.
    pub fn open(&self, path: &Path) -> Result<Arc<Image>, ImageError> {
        // Before opening: a pipe would keep the reader for ever.
        let data = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
        if !data.is_file() {
            return Err(ImageError::NotAnImage("no file"));
        }
        let stamp = stamp(&data);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = kept.values().map(|known| known.turn).max().unwrap_or(0) + 1;
        if let Some(known) = kept.get_mut(path).filter(|known| known.stamp == stamp) {
            known.turn = turn;
            return known.image.clone();
        }
        let image = read(path).and_then(|bytes| prepare(&bytes)).map(Arc::new);
        if kept.len() >= KEPT_MAX
            && let Some(oldest) = kept.iter().min_by_key(|(_, known)| known.turn).map(|(path, _)| path.clone())
        {
            kept.remove(&oldest);
        }
        kept.insert(path.to_owned(), Kept { stamp, image: image.clone(), turn });
        image
    }
}

/// Reads no more than one byte over the limit.
fn read(path: &Path) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    Ok(bytes)
}

fn stamp(data: &Metadata) -> Stamp {
    [data.mtime(), data.mtime_nsec(), data.ctime(), data.ctime_nsec()]
        .map(i64::cast_unsigned)
        .into_iter()
        .chain([data.len(), data.ino()])
        .collect::<Vec<_>>()
        .try_into()
        .unwrap_or_default()
}

fn unreadable(error: &std::io::Error) -> ImageError {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    match error.kind() {
        NotFound | NotADirectory => ImageError::Missing,
        _ => ImageError::Unreadable(error.to_string()),
    }
}
