//! `[inbound]`: where reports come in, and what follows when mail comes back.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::hooks;
use super::mailbox::{self, InboundMailbox};
use super::policy;
use super::reader::Section;
use super::rules;
use super::server::socket;
use crate::domain::cause::OperatorRules;
use crate::domain::hook::Hook;
use crate::domain::policy::Policy;

/// The settings of what comes back.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// How long after a refusal it is settled.
    pub settle_after: Duration,
    /// The numbers by which it is judged.
    pub policy: Policy,
    /// Where mail servers bring reports in SMTP.
    pub smtp_listen: Option<SocketAddr>,
    /// Where this machine's own brings them in LMTP.
    pub lmtp_listen: Option<LmtpListen>,
    /// The listener's name in its greeting; by default the host of the public URL.
    pub host: Option<String>,
    /// The listener's certificate and its key.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// A mail server hands them to `coranto bounces receive`.
    pub pipe: bool,
    /// What replies and reports mean at this installation.
    pub rules: OperatorRules,
    /// Where providers tell by HTTP what became of mail.
    pub hooks: Vec<Hook>,
    /// Mailboxes that are read for reports.
    pub mailboxes: Vec<InboundMailbox>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LmtpListen {
    Address(SocketAddr),
    /// A socket in the file system.
    Socket(PathBuf),
}

impl Inbound {
    /// Whether anybody hears of bounces: by mail, or from a provider.
    pub fn hears_bounces(&self) -> bool {
        self.has_door() || !self.hooks.is_empty()
    }

    /// Whether anybody hears what is sent to the addresses of bounces. A hook does not: nobody can unsubscribe there by mail.
    pub fn has_door(&self) -> bool {
        self.smtp_listen.is_some() || self.lmtp_listen.is_some() || self.pipe || !self.mailboxes.is_empty()
    }
}

pub(super) fn read(section: Section<'_>, policy: Section<'_>) -> Option<Inbound> {
    let policy = policy::read(policy);
    let settle_after = section.integer("settle_minutes").map(|minutes| Duration::from_secs(minutes * 60));
    let smtp_listen = section.parsed("smtp_listen", socket);
    let lmtp_listen = section.parsed("lmtp_listen", |text| match text.strip_prefix("unix:") {
        Some(path) => Ok(LmtpListen::Socket(PathBuf::from(path))),
        None => socket(text).map(LmtpListen::Address),
    });
    let host = section.parsed("host", |text| {
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '[' | ']' | ':');
        match !text.is_empty() && text.chars().all(is_host) {
            true => Ok(text.to_owned()),
            false => Err((format!("{text:?} is not a host"), Some("write it like bounce.example.com".to_owned()))),
        }
    });
    let certificate = section.path_of("certificate_file");
    let key = section.path_of("certificate_key_file");
    let certificate = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (Some(_), None) => {
            section.refuse("certificate_file", "its key is missing", Some("set `certificate_key_file` as well"));
            None
        }
        (None, Some(_)) => {
            section.refuse(
                "certificate_key_file",
                "its certificate is missing",
                Some("set `certificate_file` as well"),
            );
            None
        }
    };
    let pipe = section.boolean("pipe");
    let rules = rules::read(section);
    let hooks = hooks::read(section);
    let mailboxes = mailbox::read(&section);
    Some(Inbound {
        settle_after: settle_after?,
        policy: policy?,
        smtp_listen,
        lmtp_listen,
        host,
        certificate,
        pipe: pipe?,
        rules: rules?,
        hooks: hooks?,
        mailboxes: mailboxes?,
    })
}
