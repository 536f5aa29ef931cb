//! `[[inbound.mailboxes]]`: mailboxes at a provider that reports come into. Plain data; the wire is elsewhere.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::{Section, ValueRefusal};
use super::relay::{RelayTls, host, is_loopback};
use super::sender::one_line;
use crate::secret::Secret;

#[derive(Clone, Debug)]
pub struct InboundMailbox {
    /// For logs and alarms; unique.
    pub name: String,
    pub host: String,
    pub port: u16,
    /// How the connection is protected.
    pub tls: RelayTls,
    pub username: String,
    pub password: Secret,
    /// Certificates trusted instead of the public authorities.
    pub ca_file: Option<PathBuf>,
    pub folder: String,
    /// Where reports are moved; none leaves them.
    pub done_folder: Option<String>,
    /// Between two looks.
    pub every: Duration,
}

/// Every mailbox; none when one of them will not do.
pub(super) fn read(inbound: &Section<'_>) -> Option<Vec<InboundMailbox>> {
    let mut names = Vec::new();
    let all = inbound.each_below("mailboxes", "inbound.mailboxes", |section| {
        if let Some(name) = section.written("name").map(str::trim) {
            match names.iter().any(|known| known == name) {
                true => section.refuse("name", format!("another mailbox is called {name:?} as well"), None),
                false => names.push(name.to_owned()),
            }
        }
        one(&section)
    });
    all.into_iter().collect()
}

fn one(section: &Section<'_>) -> Option<InboundMailbox> {
    let name = section.parsed("name", one_line);
    let host = section.parsed("host", host);
    let tls = section.parsed("tls", RelayTls::parse);
    let port = section.has("port").then(|| section.integer("port").and_then(|port| u16::try_from(port).ok()));
    let (username, password) = (section.parsed("username", one_line), section.secret("password"));
    let ca_file = section.path_of("ca_file");
    let folder = section.parsed("folder", folder_name);
    let leaves_all = section.written("done_folder").is_some_and(str::is_empty);
    let done_folder = if leaves_all { Some(None) } else { section.parsed("done_folder", folder_name).map(Some) };
    let every = section.integer("every_seconds").map(Duration::from_secs);
    if let (Some(RelayTls::None), Some(host)) = (tls, host.as_deref())
        && !is_loopback(host)
    {
        let hint = "use \"implicit\" or \"starttls\"; \"none\" is for a server on this machine";
        section.refuse("tls", format!("the password would go to {host} in the clear"), Some(hint));
    }
    if let (Some(from), Some(Some(to))) = (&folder, &done_folder)
        && from == to
    {
        let hint = "name another folder, or write done_folder = \"\" to leave reports where they are";
        section.refuse("done_folder", "it is the folder that is read", Some(hint));
    }
    let default_port = tls.map(|tls| if tls == RelayTls::Implicit { 993 } else { 143 });
    Some(InboundMailbox {
        name: name?,
        host: host?,
        port: port.unwrap_or(default_port)?,
        tls: tls?,
        username: username?,
        password: password?,
        ca_file,
        folder: folder?,
        done_folder: done_folder?,
        every: every?,
    })
}

/// A folder's name as people write it.
fn folder_name(text: &str) -> Result<String, ValueRefusal> {
    match text.contains(char::is_control) || text.contains(['*', '%']) {
        false => Ok(text.to_owned()),
        true => Err((
            format!("{text:?} is not the name of a folder"),
            Some("write it like INBOX, or Reports/Bounces".to_owned()),
        )),
    }
}
