//! A mail that came in by a door, and the same when it has been read. Reading asks nobody; it takes a thread of its own.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};

use super::read::{Reading, read};
use crate::domain::notice::{NoticeKind, NoticeSource};

/// So much of a mail tells it from every other.
const DIGEST_OF: usize = 4096;
/// A header is looked at so far.
const HEADER_MAX: usize = 64 * 1024;

/// A mail as it came.
#[derive(Clone, Debug)]
pub struct Report {
    pub source: NoticeSource,
    /// The address that it came to, where the door knows.
    pub recipient: Option<String>,
    /// Whether its sender is `<>`, where the door knows: no person sends such a mail.
    pub null_sender: bool,
    /// Its beginning.
    pub bytes: Vec<u8>,
}

/// A mail and what it says.
#[derive(Clone, Debug)]
pub struct ReadReport {
    pub(super) source: NoticeSource,
    pub(super) recipient: Option<String>,
    /// No person sent it to this very address.
    pub(super) automatic: bool,
    pub(super) reading: Reading,
    pub(super) digest: [u8; 32],
    /// The provider that told it by a hook.
    pub(super) told: Option<Arc<Teller>>,
}

/// A provider that tells what became of mail.
#[derive(Clone, Debug)]
pub(super) struct Teller {
    /// The name of its hook.
    pub(super) hook: String,
    /// More than the URL shows that it is the provider.
    pub(super) is_verified: bool,
    /// Its signature does not cover the event: the digest, made of what is signed, is taken once.
    pub(super) once: bool,
    /// The relays that are this provider's.
    pub(super) relays: Vec<String>,
}

impl Report {
    /// Reads it. What cannot be read is unreadable, and costs nobody else anything.
    pub async fn read(self) -> ReadReport {
        let Self { source, recipient, null_sender, bytes } = self;
        let reading = tokio::task::spawn_blocking(move || {
            let digest = digest(&SHA256, &bytes[..bytes.len().min(DIGEST_OF)]);
            let digest: [u8; 32] = digest.as_ref().try_into().unwrap_or_default();
            (is_automatic(&bytes), digest, read(&bytes))
        });
        let (automatic, digest, mut reading) = reading.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a mail cannot be read");
            (true, [0; 32], Reading::unreadable())
        });
        let automatic = automatic || null_sender;
        // The words of a machine are no wish. A provider's report of one names of whom it speaks.
        if automatic && reading.kind == NoticeKind::Unsubscribe && reading.recipients.is_empty() {
            reading.kind = NoticeKind::AutoReply;
        }
        ReadReport { source, recipient, automatic, reading, digest, told: None }
    }
}

impl ReadReport {
    /// The same mail, as it came to another address.
    pub(super) fn to(&self, recipient: Option<String>) -> Self {
        Self { recipient, ..self.clone() }
    }

    /// Whether what its provider signs says nothing of the event itself.
    pub(super) fn is_once(&self) -> bool {
        self.told.as_ref().is_some_and(|teller| teller.once)
    }

    /// Whether a person wrote it, and no machine that reports.
    pub(super) fn is_letter(&self) -> bool {
        !self.automatic && self.reading.kind == NoticeKind::Letter
    }
}

/// Whether the header says that nobody wrote it to this very address: its sender is `<>`, or a list passed it on.
fn is_automatic(bytes: &[u8]) -> bool {
    let header = &bytes[..bytes.len().min(HEADER_MAX)];
    let line_end = if header.contains(&b'\n') { b'\n' } else { b'\r' };
    let lines = header.split(|byte| *byte == line_end).map(<[u8]>::trim_ascii_end);
    lines.take_while(|line| !line.is_empty()).any(|line| {
        let line = String::from_utf8_lossy(line).to_ascii_lowercase();
        let Some((name, value)) = line.split_once(':') else { return false };
        let value = value.trim();
        match name.trim_end() {
            "return-path" => value == "<>",
            "auto-submitted" => !value.starts_with("no"),
            "list-id" => true,
            "precedence" => matches!(value, "bulk" | "list" | "junk" | "auto_reply"),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_writes_no_automatic_mail() {
        for (mail, expected) in [
            ("Return-Path: <>\nSubject: x\n\nText", true),
            ("RETURN-PATH:  <> \r\nSubject: x\r\n\r\nText", true),
            ("From a Mon\nReturn-Path: <>\n\nText", true),
            ("Return-Path: <anna@example.org>\n\nText", false),
            ("Return-Path: <>\rSubject: x\r\rText", true),
            ("Subject: x\r\n\r\nPrecedence: bulk\r\n", false),
            ("Subject: x\n\nReturn-Path is\nsomething else\nReturn-Path: <>\n", false),
            ("Subject: a\n folded\nAuto-Submitted: auto-replied\n\nText", true),
            ("Auto-Submitted: no\n\nText", false),
            ("List-Id: <week.example.org>\n\nText", true),
            ("Precedence: bulk\n\nText", true),
            ("Precedence: first-class\n\nText", false),
            ("", false),
            ("no header at all", false),
        ] {
            assert_eq!(is_automatic(mail.as_bytes()), expected, "{mail}");
        }
    }

    #[tokio::test]
    async fn one_mail_has_one_digest_and_a_letter_is_a_persons() {
        let report = |null_sender, text: &str| Report {
            source: NoticeSource::Pipe,
            recipient: None,
            null_sender,
            bytes: text.as_bytes().to_vec(),
        };
        let letter = "From: anna@example.org\nSubject: hello\n\nHow are you?\n";
        let read = report(false, letter).read().await;
        assert!(read.is_letter());
        assert_eq!(read.digest, report(true, letter).read().await.digest);
        assert!(!report(true, letter).read().await.is_letter());
        for (null_sender, kind) in [(false, NoticeKind::Unsubscribe), (true, NoticeKind::AutoReply)] {
            let read = report(null_sender, "From: anna@example.org\nSubject: unsubscribe\n\n").read().await;
            assert_eq!(read.reading.kind, kind);
        }
        assert_ne!(read.digest, report(false, "Subject: other\n\n").read().await.digest);
    }
}
