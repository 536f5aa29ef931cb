//! What this machine remembers of the database it works on, in files beside the configuration: one for each process that
//! delivers. A file is written after the commit that it speaks of, so it may be older than the database and never newer,
//! unless the database was put back. Must not know what follows from that.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::private;

/// Processes that deliver on one machine, at most.
const FILES_MAX: usize = 64;
/// One write of one sector: a crash leaves the old line or the new one.
const LINE_BYTES: usize = 256;
const FORM: &str = "coranto-witness-1";

/// What a process last saw committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    /// The database's own name.
    pub installation: String,
    pub generation: i64,
    /// The number of the worker, and the random word that tells it from another of that number.
    pub worker: i64,
    pub nonce: String,
    /// Its last sign of life.
    pub pulse: i64,
    /// The last row that was recorded as sent; zero before the first.
    pub sent: i64,
}

impl Sighting {
    fn line(&self) -> Vec<u8> {
        let Self { installation, generation, worker, nonce, pulse, sent } = self;
        let mut line = format!("{FORM} {installation} {generation} {worker} {nonce} {pulse} {sent} .").into_bytes();
        line.resize(LINE_BYTES - 1, b' ');
        line.push(b'\n');
        line
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        if words.next()? != FORM {
            return None;
        }
        let installation = words.next()?.to_owned();
        let (generation, worker) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let nonce = words.next()?.to_owned();
        let (pulse, sent) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        // A line that was cut off says nothing.
        (words.next()? == ".").then_some(Self { installation, generation, worker, nonce, pulse, sent })
    }
}

/// The folder with the files.
#[derive(Clone, Debug)]
pub struct WitnessFolder(PathBuf);

impl WitnessFolder {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    fn file(&self, number: usize) -> PathBuf {
        self.0.join(format!("witness.{number}"))
    }

    /// What is remembered, by whatever processes. A folder that is not there remembers nothing.
    pub fn read(&self) -> io::Result<Vec<Sighting>> {
        let mut all = Vec::new();
        for number in 1..=FILES_MAX {
            match fs::read(self.file(number)) {
                Ok(bytes) => all.extend(str::from_utf8(&bytes).ok().and_then(Sighting::parse)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    /// Forgets what is remembered of other databases than this, and remembers that this is the one.
    pub fn adopt(&self, installation: &str, generation: i64) -> io::Result<()> {
        let mut kept = 0;
        for number in 1..=FILES_MAX {
            let file = self.file(number);
            match fs::read_to_string(&file).map(|text| Sighting::parse(&text)) {
                Ok(Some(one)) if one.installation == installation => kept += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                _ => fs::write(&file, "")?,
            }
        }
        if kept == 0 {
            let (installation, nonce) = (installation.to_owned(), "-".to_owned());
            self.take()?.begin(Sighting { installation, generation, nonce, ..Sighting::default() });
        }
        Ok(())
    }

    /// Whether files can be made in it, as far as its owner and mode tell. One that is not there yet is judged by the nearest
    /// folder above it.
    pub fn is_writable(&self) -> io::Result<()> {
        let mut folder = self.0.as_path();
        while !folder.exists() {
            folder = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        }
        Ok(rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)?)
    }

    /// Takes the first file that no other process has. What stands in it stays until [`Witness::begin`].
    pub fn take(&self) -> io::Result<Witness> {
        private::folder(&self.0)?;
        for number in 1..=FILES_MAX {
            let mut options = OpenOptions::new();
            let file = private::open(&self.file(number), options.read(true).write(true).create(true).truncate(false))?;
            match file.try_lock() {
                Ok(()) => return Ok(Witness { file, last: Mutex::default() }),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::Error::other(format!("{FILES_MAX} other processes deliver from this folder")))
    }
}

/// One process's file.
#[derive(Debug)]
pub struct Witness {
    file: File,
    last: Mutex<Sighting>,
}

impl Witness {
    /// Remembers a worker that has just registered.
    pub fn begin(&self, sighting: Sighting) {
        self.change(|last| *last = sighting);
    }

    /// Remembers a sign of life that is committed.
    pub fn pulse(&self, pulse: i64) {
        self.change(|last| last.pulse = last.pulse.max(pulse));
    }

    /// Remembers a row that is committed as sent.
    pub fn sent(&self, delivery: i64) {
        self.change(|last| last.sent = delivery);
    }

    fn change(&self, change: impl FnOnce(&mut Sighting)) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut last);
        // Nothing has begun: the database has no name.
        if last.installation.is_empty() {
            return;
        }
        // Older than the database is harmless, so nothing waits for it.
        if let Err(error) = self.file.write_all_at(&last.line(), 0) {
            tracing::debug!(%error, "what this machine remembers of its database could not be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting() -> Sighting {
        let (installation, nonce) = ("a".repeat(32), "b".repeat(16));
        Sighting { installation, generation: 2, worker: 7, nonce, pulse: 3, sent: i64::MAX }
    }

    #[test]
    fn what_was_written_is_read_by_the_next_process() {
        let home = tempfile::tempdir().unwrap();
        let folder = WitnessFolder::new(home.path().join("state"));
        assert_eq!(folder.read().unwrap(), []);
        let witness = folder.take().unwrap();
        assert_eq!(folder.read().unwrap(), []);
        witness.begin(Sighting { sent: 0, pulse: 0, ..sighting() });
        witness.pulse(3);
        witness.sent(i64::MAX);
        assert_eq!(folder.read().unwrap(), [sighting()]);
        // A second process beside it has a file of its own.
        let other = folder.take().unwrap();
        other.begin(Sighting { worker: 8, ..sighting() });
        assert_eq!(folder.read().unwrap().len(), 2);
        drop((witness, other));
        let next = folder.take().unwrap();
        assert_eq!(folder.read().unwrap().len(), 2, "taking a file forgets nothing");
        next.begin(Sighting { worker: 9, ..sighting() });
        assert_eq!(folder.read().unwrap()[0].worker, 9);
    }

    #[test]
    fn another_database_is_forgotten_when_a_person_says_so() {
        let home = tempfile::tempdir().unwrap();
        let folder = WitnessFolder::new(home.path());
        folder.take().unwrap().begin(sighting());
        folder.adopt(&sighting().installation, 9).unwrap();
        assert_eq!(folder.read().unwrap(), [sighting()], "its own is kept");
        folder.adopt("other", 9).unwrap();
        let all = folder.read().unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].installation.as_str(), all[0].generation, all[0].worker), ("other", 9, 0));
    }

    #[test]
    fn a_line_that_was_cut_off_says_nothing() {
        let line = String::from_utf8(sighting().line()).unwrap();
        assert_eq!(Sighting::parse(&line), Some(sighting()));
        let end = line.find('.').unwrap();
        for cut in 0..=end {
            assert_eq!(Sighting::parse(&line[..cut]), None, "{cut}");
        }
    }
}
