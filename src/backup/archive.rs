//! The archive's form: tar within gzip, the manifest first, and no entry that the manifest does not name.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};

use super::BackupError;
use super::manifest::{ArchivedFile, FORMAT, Manifest};
use super::places::{MANIFEST, is_known};
use super::seal::{SealReader, SealWriter};
use crate::private::{self, FILE_MODE};

/// Level 1 makes an eighth less than nothing better would, in a third of the time.
const LEVEL: u32 = 1;
/// A manifest has some kilobytes, and a line for each file of an issue.
const MANIFEST_BYTES_MAX: u64 = 64 << 20;

/// A file that waits to be written into an archive, or was read out of one.
#[derive(Clone, Debug)]
pub(super) struct StagedFile {
    pub entry: ArchivedFile,
    pub path: PathBuf,
}

/// Copies `from` to a new file at `to`. Returns its length and its digest.
pub(super) fn copy(mut from: impl Read, to: Option<&Path>) -> io::Result<(u64, String)> {
    let mut file = to.map(private::create).transpose()?;
    let (mut digest, mut bytes, mut chunk) = (Context::new(&SHA256), 0, vec![0; 256 << 10]);
    loop {
        let read = from.read(&mut chunk)?;
        if read == 0 {
            return Ok((bytes, HEXLOWER.encode(digest.finish().as_ref())));
        }
        digest.update(&chunk[..read]);
        bytes += read as u64;
        if let Some(file) = &mut file {
            file.write_all(&chunk[..read])?;
        }
    }
}

/// Writes the archive.
pub(super) fn write<W: Write>(out: W, manifest: &Manifest, files: &[StagedFile], mtime: u64) -> io::Result<W> {
    let mut archive = tar::Builder::new(GzEncoder::new(SealWriter::new(out), Compression::new(LEVEL)));
    let header = |bytes: u64, mode: u32| {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes);
        header.set_mode(mode);
        header.set_mtime(mtime);
        header
    };
    let text = serde_json::to_vec_pretty(manifest)?;
    archive.append_data(&mut header(text.len() as u64, FILE_MODE), MANIFEST, &text[..])?;
    for file in files {
        let ArchivedFile { name, bytes, mode, .. } = &file.entry;
        archive.append_data(&mut header(*bytes, *mode), name, File::open(&file.path)?)?;
    }
    archive.into_inner()?.finish()?.finish()
}

/// Reads an archive to its end and compares every entry with the manifest. With `into`, entries become files there, under
/// numbers: no name of the archive becomes a path.
pub(super) fn read(input: impl Read, into: Option<&Path>) -> Result<(Manifest, Vec<StagedFile>), BackupError> {
    let damaged = |error: io::Error| BackupError::Damaged(format!("this is no whole backup: {error}"));
    let mut archive = tar::Archive::new(GzDecoder::new(SealReader::new(input)));
    let mut entries = archive.entries().map_err(damaged)?;
    let mut first = match entries.next() {
        Some(entry) => entry.map_err(damaged)?,
        None => return Err(BackupError::Damaged("this is no backup: it is empty".to_owned())),
    };
    if first.path_bytes().as_ref() != MANIFEST.as_bytes() || first.size() > MANIFEST_BYTES_MAX {
        return Err(BackupError::Damaged("this is no backup: it does not begin with a manifest".to_owned()));
    }
    let mut text = Vec::new();
    first.read_to_end(&mut text).map_err(damaged)?;
    let manifest = parse(&text)?;
    let mut files: Vec<StagedFile> = Vec::new();
    for entry in entries {
        let mut entry = entry.map_err(damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let wrong = |why: &str| BackupError::Damaged(format!("{name:?} in the backup {why}"));
        if entry.header().entry_type() != EntryType::Regular || !is_known(&name) {
            return Err(wrong("is no file that a backup has"));
        }
        // In the manifest's order, so that none is missing and none comes twice.
        let Some(said) = manifest.files.get(files.len()).filter(|said| said.name == name) else {
            return Err(wrong("is not where the manifest says"));
        };
        if entry.size() != said.bytes {
            return Err(wrong("has another length than the manifest says"));
        }
        let path = into.map(|folder| folder.join(format!("entry-{}", files.len())));
        let (bytes, sha256) = copy(&mut entry, path.as_deref()).map_err(damaged)?;
        if (bytes, &sha256) != (said.bytes, &said.sha256) {
            return Err(wrong("is not as it was written"));
        }
        files.push(StagedFile { entry: said.clone(), path: path.unwrap_or_default() });
    }
    if files.len() != manifest.files.len() {
        return Err(BackupError::Damaged("files are missing that the manifest names".to_owned()));
    }
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
    match rest.into_inner().ends_whole().map_err(damaged)? {
        true => Ok((manifest, files)),
        false => Err(BackupError::Damaged("the file is not as it was written: its digest is another".to_owned())),
    }
}

fn parse(text: &[u8]) -> Result<Manifest, BackupError> {
    let value: serde_json::Value = serde_json::from_slice(text)
        .map_err(|error| BackupError::Damaged(format!("the manifest cannot be read: {error}")))?;
    if value["format"].as_u64().is_some_and(|format| format > u64::from(FORMAT)) {
        return Err(BackupError::Newer { program: value["program"].as_str().unwrap_or("?").to_owned() });
    }
    serde_json::from_value(value).map_err(|error| BackupError::Damaged(format!("the manifest cannot be read: {error}")))
}
