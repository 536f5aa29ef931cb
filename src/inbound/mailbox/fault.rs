//! What can go wrong with a mailbox, in words that say what to do.

use std::io;

use async_imap::error::Error;

use crate::smtp::{CertificateFault, TlsRefusal};

/// So much of a server's words is kept.
const WORDS_MAX: usize = 200;

/// Why a mailbox cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{host}:{port}: {cause}")]
pub struct MailboxError {
    pub host: String,
    pub port: u16,
    pub cause: MailboxFault,
}

/// What failed.
#[derive(Debug, thiserror::Error)]
pub enum MailboxFault {
    #[error("no connection: {0}")]
    Connect(io::Error),
    #[error("{0}")]
    Tls(TlsRefusal),
    #[error("it turned us away: {0}")]
    Greeting(String),
    #[error("it does not offer STARTTLS: {0}")]
    NoStartTls(String),
    #[error("it refused the login: {0}")]
    LogIn(String),
    #[error("it does not open the folder {folder:?}: {words}")]
    Folder { folder: String, words: String },
    /// It said no to another command.
    #[error("it refused {what}: {words}")]
    Refused { what: &'static str, words: String },
    /// It said good-bye.
    #[error("it ended the conversation: {0}")]
    Bye(String),
    #[error("it closed the connection at {0}")]
    Closed(&'static str),
    #[error("it did not answer to {0} in time")]
    TimedOut(&'static str),
    #[error("it sent too much at {what}: {error}")]
    TooMuch { what: &'static str, error: io::Error },
    #[error("what it says at {0} cannot be understood")]
    Garbage(&'static str),
    #[error("it says that mail {0} is there, and does not hand it over")]
    Withheld(u32),
    #[error("its folder was replaced while it was read")]
    Replaced,
    /// Nothing is wrong: this process ends, or another one reads the mailbox now.
    #[error("the look was broken off")]
    Stopped,
}

impl MailboxError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        let fixed = match &self.cause {
            MailboxFault::Connect(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                "nothing listens there: check `host` and `port`"
            }
            MailboxFault::Connect(_) => "check `host`, `port` and the firewall",
            MailboxFault::Tls(TlsRefusal::Certificate(
                CertificateFault::UnknownIssuer | CertificateFault::Authority | CertificateFault::BadSignature,
            )) => "for a server of your own set `ca_file` to a PEM file with its certificate, or with its authority's",
            MailboxFault::Tls(TlsRefusal::Certificate(CertificateFault::WrongName { .. })) => {
                "set `host` to a name that is in the certificate"
            }
            MailboxFault::Tls(TlsRefusal::Certificate(_)) => {
                "its certificate needs renewal; or this machine's clock is wrong"
            }
            MailboxFault::Tls(TlsRefusal::Tls(_)) => {
                "port 993 goes with tls = \"implicit\", port 143 with \"starttls\""
            }
            MailboxFault::NoStartTls(_) => "use tls = \"implicit\" with port 993; never leave encryption away",
            MailboxFault::LogIn(_) => return self.of_log_in(),
            MailboxFault::Folder { .. } => "set `folder` to one that the mailbox has; its name is INBOX in most",
            MailboxFault::Greeting(_) | MailboxFault::Bye(_) => "its words say why; it is tried again by itself",
            MailboxFault::Garbage(_) => {
                "is this an IMAP server, and does its port fit `tls`? Port 993 goes with \"implicit\""
            }
            _ => "it is tried again by itself; the server's log may say more",
        };
        fixed.to_owned()
    }

    /// Providers that want more than a password, by their host.
    fn of_log_in(&self) -> String {
        let is = |domain: &str| self.host == domain || self.host.ends_with(&format!(".{domain}"));
        let words = if is("office365.com") || is("outlook.com") {
            "Microsoft takes no passwords any more, only OAuth, which coranto does not speak: let reports go to a mailbox \
             elsewhere, or to the listener"
        } else if is("gmail.com") || is("googlemail.com") {
            "Google wants an app password, which needs two-step verification; Workspace may allow OAuth alone, which \
             coranto does not speak"
        } else if is("yahoo.com") || is("aol.com") || is("icloud.com") || is("mail.me.com") || is("zoho.com") {
            "this provider wants an app password: make one in its settings and put it into `password_file`"
        } else {
            "check `username` and the password; some providers want an app password, or IMAP turned on first"
        };
        words.to_owned()
    }
}

impl MailboxFault {
    /// What the library says. Its own words are not shown: they repeat what a server sent, mails included.
    pub(super) fn of(error: Error, what: &'static str) -> Self {
        match error {
            Error::Io(error) => Self::of_io(error, what),
            Error::No(text) | Error::Bad(text) => Self::Refused { what, words: information(&text) },
            Error::ConnectionLost => Self::Closed(what),
            _ => Self::Garbage(what),
        }
    }

    pub(super) fn of_io(error: io::Error, what: &'static str) -> Self {
        match error.kind() {
            io::ErrorKind::FileTooLarge => Self::TooMuch { what, error },
            io::ErrorKind::Other | io::ErrorKind::InvalidData => Self::Garbage(what),
            _ => Self::Closed(what),
        }
    }
}

/// A server's words, fit to be shown.
pub(super) fn words(text: Option<&str>) -> String {
    let text = text.unwrap_or("without a word").trim();
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS_MAX).collect()
}

/// The words in what the library makes of a refusal: `code: None, info: Some("...")`.
fn information(text: &str) -> String {
    let quoted = text.split_once("info: Some(\"").and_then(|(_, rest)| rest.rsplit_once("\")"));
    words(quoted.map(|(text, _)| text.replace("\\\"", "\"")).as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_own_words_are_shown() {
        for (text, expected) in [
            (r#"code: None, info: Some("[AUTH] no \"such\" user")"#, "[AUTH] no \"such\" user"),
            ("code: None, info: None", "without a word"),
        ] {
            assert_eq!(information(text), expected);
        }
        assert_eq!(words(Some("a\u{7}b\r\n")), "a b");
    }

    #[test]
    fn a_refused_login_names_providers_that_want_more() {
        for (host, word) in [
            ("outlook.office365.com", "OAuth"),
            ("imap.gmail.com", "app password"),
            ("imap.mail.yahoo.com", "app password"),
            ("imap.notgmail.com.example", "check `username`"),
        ] {
            let error = MailboxError { host: host.to_owned(), port: 993, cause: MailboxFault::LogIn("no".to_owned()) };
            assert!(error.hint().contains(word), "{host}: {}", error.hint());
        }
    }
}
