//! What the sink keeps of a message: an .eml file, a line in the journal, a place in memory. All of it before the client
//! hears "taken", so that whoever reads the journal after a crash sees at least what the client was told.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;

use tokio::io::AsyncWriteExt as _;

use super::options::{SinkError, SinkOptions};
use crate::clock::{Clock, Timestamp};
use crate::private;

/// Messages held in memory: enough for every test, too few to fill a machine.
const KEPT_MESSAGES_MAX: usize = 100_000;
/// How far into a message its Message-ID and Subject are looked for.
const HEADER_BYTES_MAX: usize = 64 * 1024;
/// The address in a file name.
const NAME_BYTES_MAX: usize = 100;

/// A message that the sink took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkMessage {
    pub at: Timestamp,
    pub from: String,
    pub to: Vec<String>,
    /// What was asked about reports (RFC 3461), in the order of the commands.
    pub dsn: Vec<String>,
    /// The message as it was before dot-stuffing.
    pub data: Vec<u8>,
    /// Whether it was answered; false for `drop-dot-` recipients.
    pub replied: bool,
}

/// One line of the journal.
#[derive(serde::Serialize)]
struct Line<'a> {
    ts: i64,
    from: &'a str,
    to: &'a str,
    message_id: Option<String>,
    subject: Option<String>,
    bytes: usize,
    sha256: String,
    replied: bool,
}

#[derive(Debug)]
pub(super) struct Keep {
    dir: Option<PathBuf>,
    journal: Option<Mutex<File>>,
    journal_sync: bool,
    memory: Option<Mutex<Vec<SinkMessage>>>,
    clock: Clock,
    files: AtomicU64,
}

impl Keep {
    pub(super) fn open(options: &SinkOptions) -> Result<Self, SinkError> {
        if let Some(dir) = &options.dir {
            private::folder(dir).map_err(|error| SinkError::File(dir.clone(), error))?;
        }
        let journal = options.journal.as_ref().map(|path| {
            let opened = private::open(path, OpenOptions::new().create(true).append(true));
            opened.map(Mutex::new).map_err(|error| SinkError::File(path.clone(), error))
        });
        Ok(Self {
            dir: options.dir.clone(),
            journal: journal.transpose()?,
            journal_sync: options.journal_sync,
            memory: options.keep.then(Mutex::default),
            clock: options.clock.clone(),
            files: AtomicU64::new(0),
        })
    }

    /// Whether anyone wants the bytes of messages.
    pub(super) fn wants_bytes(&self) -> bool {
        self.dir.is_some() || self.journal.is_some() || self.memory.is_some()
    }

    /// Keeps a message in all the ways asked for.
    pub(super) async fn message(
        &self,
        from: &str,
        to: &[String],
        dsn: &[String],
        data: Vec<u8>,
        replied: bool,
    ) -> io::Result<()> {
        let at = self.clock.now();
        if let Some(dir) = &self.dir {
            let number = self.files.fetch_add(1, Relaxed);
            let name = file_name(to.first().map_or("", String::as_str));
            let path = dir.join(format!("{}-{number:06}-{name}.eml", at.0));
            let mut options = tokio::fs::OpenOptions::new();
            #[cfg(unix)]
            options.mode(private::FILE_MODE);
            let mut file = options.write(true).create(true).truncate(true).open(path).await?;
            file.write_all(&data).await?;
            file.flush().await?;
        }
        if let Some(journal) = &self.journal {
            let lines = lines(at, from, to, &data, replied)?;
            // A short write to the page cache: handing it to another thread would cost more than it takes.
            let mut file = journal.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(&lines)?;
            if self.journal_sync {
                file.sync_data()?;
            }
        }
        if let Some(memory) = &self.memory {
            let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
            if memory.len() < KEPT_MESSAGES_MAX {
                memory.push(SinkMessage {
                    at,
                    from: from.to_owned(),
                    to: to.to_vec(),
                    dsn: dsn.to_vec(),
                    data,
                    replied,
                });
            }
        }
        Ok(())
    }

    pub(super) fn messages(&self) -> Vec<SinkMessage> {
        let memory = self.memory.as_ref().map(|memory| memory.lock().unwrap_or_else(PoisonError::into_inner));
        memory.map(|memory| memory.clone()).unwrap_or_default()
    }
}

/// One line per recipient, so that a line is a delivery.
fn lines(at: Timestamp, from: &str, to: &[String], data: &[u8], replied: bool) -> io::Result<Vec<u8>> {
    let sha256 = HEXLOWER.encode(digest::digest(&digest::SHA256, data).as_ref());
    let mut out = Vec::with_capacity(400);
    for to in to {
        let line = Line {
            ts: at.0,
            from,
            to,
            message_id: header(data, "Message-ID"),
            subject: header(data, "Subject"),
            bytes: data.len(),
            sha256: sha256.clone(),
            replied,
        };
        serde_json::to_writer(&mut out, &line)?;
        out.push(b'\n');
    }
    Ok(out)
}

/// The value of a header field, unfolded, as it stands in the message.
fn header(data: &[u8], name: &str) -> Option<String> {
    let head = String::from_utf8_lossy(&data[..data.len().min(HEADER_BYTES_MAX)]);
    let mut lines = head.split("\r\n").take_while(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        let Some((field, value)) = line.split_once(':') else { continue };
        if !field.trim_end().eq_ignore_ascii_case(name) {
            continue;
        }
        let mut value = value.trim().to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with([' ', '\t'])) {
            value.push(' ');
            value.push_str(more.trim());
        }
        return Some(value);
    }
    None
}

/// An address as part of a file name: nothing that a shell or a file system would act upon.
fn file_name(address: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "@._+-".contains(c) { c } else { '_' };
    address.chars().map(safe).take(NAME_BYTES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_unfolded() {
        let mail = b"Received: a\r\nsubject:  Hello\r\n\tworld \r\nMessage-ID: <1@x>\r\n\r\nSubject: not this\r\n";
        assert_eq!(header(mail, "Subject").as_deref(), Some("Hello world"));
        assert_eq!(header(mail, "Message-ID").as_deref(), Some("<1@x>"));
        assert_eq!(header(mail, "To"), None);
        assert_eq!(header(b"\r\nTo: x\r\n", "To"), None);
        assert_eq!(header(b"", "To"), None);
    }

    #[test]
    fn a_file_name_stays_in_its_folder() {
        assert_eq!(file_name("../../etc/pass wd@x"), ".._.._etc_pass_wd@x");
    }
}
