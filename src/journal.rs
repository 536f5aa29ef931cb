//! What readers decided, in a file beside the database: who unsubscribed or was erased after a backup was made stays gone
//! when that backup is put back. Knows nothing of newsletters, and names nobody: a row by its number and mark, an address
//! by its keyed hash.
//!
//! Entries of one moment are written and synced together, while the transaction that they belong to is committed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use tokio::sync::oneshot;

use crate::clock::Timestamp;
use crate::private;

/// Tells this form of a line from a later one.
const FORM: &str = "1";
/// Bytes of the digest that a line ends with.
const CHECK_BYTES: usize = 6;
/// The file's name in its folder.
const NAME: &str = "unsubscribes";

/// One thing that was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    pub at: Timestamp,
    /// What, in one word.
    pub act: String,
    /// More of it, in one word: whose act, or why.
    pub detail: String,
    /// Of which row or address, in one word.
    pub subject: String,
}

impl JournalEntry {
    fn line(&self) -> String {
        let Self { at: Timestamp(at), act, detail, subject } = self;
        let text = format!("{FORM} {at} {act} {detail} {subject}");
        format!("{text} {}\n", check(&text))
    }

    /// What a line says; a line that was cut off or changed says nothing.
    fn parse(line: &str) -> Option<Self> {
        let (text, sum) = line.rsplit_once(' ')?;
        if check(text) != sum {
            return None;
        }
        let mut words = text.split(' ');
        if words.next()? != FORM {
            return None;
        }
        let at = Timestamp(words.next()?.parse().ok()?);
        let mut word = || words.next().filter(|word| !word.is_empty()).map(str::to_owned);
        Some(Self { at, act: word()?, detail: word()?, subject: word()? })
    }
}

fn check(text: &str) -> String {
    HEXLOWER.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..CHECK_BYTES])
}

/// The file, and what waits to be written into it.
#[derive(Debug)]
pub struct Journal {
    file: PathBuf,
    queue: Mutex<JournalQueue>,
    /// How many batches could not be written.
    failures: AtomicU64,
}

#[derive(Debug, Default)]
struct JournalQueue {
    lines: String,
    waiting: Vec<oneshot::Sender<bool>>,
    is_at_work: bool,
}

impl Journal {
    /// The journal of `folder`, which is made when something is written.
    pub fn in_folder(folder: &Path) -> Arc<Self> {
        Arc::new(Self { file: folder.join(NAME), queue: Mutex::default(), failures: AtomicU64::new(0) })
    }

    pub fn path(&self) -> &Path {
        &self.file
    }

    /// How many batches could not be written since this process began.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Begins to write `entries`, together with whatever else waits. The answer says whether they are on the disk.
    pub fn append(self: &Arc<Self>, entries: &[JournalEntry]) -> oneshot::Receiver<bool> {
        let (tell, told) = oneshot::channel();
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.lines.extend(entries.iter().map(JournalEntry::line));
        queue.waiting.push(tell);
        if !queue.is_at_work {
            queue.is_at_work = true;
            let journal = Arc::clone(self);
            tokio::task::spawn_blocking(move || journal.work());
        }
        told
    }

    /// Writes batch after batch until nothing waits.
    fn work(&self) {
        loop {
            let (lines, waiting) = {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                if queue.waiting.is_empty() {
                    queue.is_at_work = false;
                    return;
                }
                (std::mem::take(&mut queue.lines), std::mem::take(&mut queue.waiting))
            };
            let written = self.write(&lines);
            if let Err(error) = &written {
                self.failures.fetch_add(1, Ordering::Relaxed);
                let file = self.file.display();
                tracing::error!(%file, %error, "who unsubscribed is not in the journal: a restored backup would bring them back");
            }
            for one in waiting {
                let _ = one.send(written.is_ok());
            }
        }
    }

    fn write(&self, lines: &str) -> io::Result<()> {
        let mut file = self.locked()?;
        let end = file.seek(SeekFrom::End(0))?;
        let mut text = lines.to_owned();
        if end > 0 {
            file.seek(SeekFrom::Start(end - 1))?;
            let mut last = [0];
            file.read_exact(&mut last)?;
            // The line before was cut off by a crash.
            if last != *b"\n" {
                text.insert(0, '\n');
            }
        }
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }

    /// The file, locked against other processes. A file that another process has just cut back is no longer the one of
    /// this name.
    fn locked(&self) -> io::Result<File> {
        use std::os::unix::fs::MetadataExt as _;
        if let Some(folder) = self.file.parent() {
            private::folder(folder)?;
        }
        loop {
            let file = private::open(&self.file, OpenOptions::new().read(true).append(true).create(true))?;
            file.lock()?;
            let (held, found) = (file.metadata()?, fs::metadata(&self.file));
            if found.is_ok_and(|found| (found.dev(), found.ino()) == (held.dev(), held.ino())) {
                return Ok(file);
            }
        }
    }

    /// Everything that can be read, in its order. A file that is not there says nothing.
    pub fn read(&self) -> io::Result<Vec<JournalEntry>> {
        match fs::read(&self.file) {
            Ok(bytes) => {
                let lines = bytes.split(|byte| *byte == b'\n').filter_map(|line| str::from_utf8(line).ok());
                Ok(lines.filter_map(JournalEntry::parse).collect())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Takes away what is older than `before`. Returns how many entries that were.
    pub fn cut(&self, before: Timestamp) -> io::Result<usize> {
        if !self.file.exists() {
            return Ok(0);
        }
        let _lock = self.locked()?;
        let (kept, old): (Vec<_>, Vec<_>) = self.read()?.into_iter().partition(|entry| entry.at >= before);
        if old.is_empty() {
            return Ok(0);
        }
        let part = self.file.with_extension("part");
        let mut file = private::create(&part)?;
        file.write_all(kept.iter().map(JournalEntry::line).collect::<String>().as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, &self.file)?;
        private::sync_folder_of(&self.file)?;
        Ok(old.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: i64) -> JournalEntry {
        let subject = format!("{number}:-77");
        JournalEntry { at: Timestamp(number), act: "unsubscribed".to_owned(), detail: "reader".to_owned(), subject }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_was_answered_is_in_the_file() {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(&home.path().join("state"));
        assert_eq!(journal.read().unwrap(), []);
        let told: Vec<_> = (0..100).map(|number| journal.append(&[entry(number)])).collect();
        for one in told {
            assert!(one.await.unwrap());
        }
        assert_eq!(journal.read().unwrap(), (0..100).map(entry).collect::<Vec<_>>());
        // What another process writes stands beside it.
        assert!(Journal::in_folder(&home.path().join("state")).append(&[entry(100)]).await.unwrap());
        assert_eq!(journal.cut(Timestamp(90)).unwrap(), 90);
        assert!(journal.append(&[entry(101)]).await.unwrap());
        assert_eq!(journal.read().unwrap(), (90..=101).map(entry).collect::<Vec<_>>());
        assert_eq!(journal.failures(), 0);
    }

    #[tokio::test]
    async fn a_line_that_was_cut_off_or_changed_says_nothing_and_the_next_ones_do() {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(home.path());
        let line = entry(7).line();
        for cut in 1..line.len() - 1 {
            fs::write(journal.path(), &line[..cut]).unwrap();
            assert_eq!(journal.read().unwrap(), [], "{cut}");
            assert!(journal.append(&[entry(8)]).await.unwrap());
            assert_eq!(journal.read().unwrap(), [entry(8)], "{cut}");
        }
        for at in 0..line.len() - 1 {
            let mut bytes = line.clone().into_bytes();
            bytes[at] ^= 1;
            fs::write(journal.path(), bytes).unwrap();
            assert_eq!(journal.read().unwrap(), [], "{at}");
        }
    }

    #[tokio::test]
    async fn a_journal_that_cannot_be_written_says_so_and_goes_on() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state");
        fs::write(&state, "a file where a folder is to be").unwrap();
        let journal = Journal::in_folder(&state);
        assert!(!journal.append(&[entry(1)]).await.unwrap());
        assert_eq!(journal.failures(), 1);
        fs::remove_file(&state).unwrap();
        assert!(journal.append(&[entry(2)]).await.unwrap());
        assert_eq!(journal.read().unwrap(), [entry(2)]);
    }
}
