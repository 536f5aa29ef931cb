//! Whether a backup is whole: every digest, SQLite's own check, the number of rows of each table and their sums.

use std::io::Read;
use std::path::Path;

use super::BackupError;
use super::archive::{self, StagedFile};
use super::manifest::Manifest;
use super::places::DATABASE;
use crate::store::snapshot::{self, SnapshotCheck};

/// A backup that was taken apart.
#[derive(Debug)]
pub struct Unpacked {
    pub manifest: Manifest,
    pub(super) files: Vec<StagedFile>,
    /// What is not as the manifest says.
    pub faults: Vec<String>,
}

impl Unpacked {
    pub(super) fn file(&self, name: &str) -> Option<&Path> {
        self.files.iter().find(|file| file.entry.name == name).map(|file| file.path.as_path())
    }
}

/// Takes a backup apart into the folder `into`, and looks at all of it.
pub async fn unpack(input: impl Read + Send + 'static, into: &Path) -> Result<Unpacked, BackupError> {
    let folder = into.to_owned();
    let reading = tokio::task::spawn_blocking(move || archive::read(input, Some(&folder)));
    let (manifest, files) = reading.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
    let mut unpacked = Unpacked { manifest, files, faults: Vec::new() };
    let faults = match unpacked.file(DATABASE) {
        None => vec!["there is no database in it".to_owned()],
        Some(path) => match snapshot::examine(path, SnapshotCheck::Quick).await {
            Ok(found) => unpacked.manifest.differences(&found),
            Err(error) => vec![format!("the database in it cannot be read: {error}")],
        },
    };
    unpacked.faults = faults;
    Ok(unpacked)
}
