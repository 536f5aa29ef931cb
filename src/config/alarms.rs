//! `[alarms]`: who is told when something needs a person.

use url::{Host, Url};

use super::reader::Section;
use super::sender::carried;
use crate::domain::address::EmailAddress;
use crate::domain::alarm::PushFormat;
use crate::secret::Secret;

/// More addresses than this are a list, not the people on duty.
const ADDRESSES_MAX: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarms {
    /// The addresses that get them by email.
    pub to: Vec<EmailAddress>,
    /// The relay that they go through, by its name.
    pub relay: Option<String>,
    /// The address that they are posted to, which may hold a secret.
    pub push: Option<Secret>,
    pub push_format: PushFormat,
    /// The address that is asked while all is well; a secret too.
    pub heartbeat: Option<Secret>,
}

impl Alarms {
    /// The address in a secret that was read as one.
    pub fn url(secret: Option<&Secret>) -> Option<Url> {
        secret.and_then(|secret| secret.expose().parse().ok())
    }
}

/// An address to be asked over https; unprotected on this very machine alone. What is wrong is said without it.
fn address(section: &Section<'_>, name: &str) -> Option<Secret> {
    let secret = section.secret(name)?;
    let hint = "write an address such as https://ntfy.example/topic";
    let Ok(url) = secret.expose().parse::<Url>() else {
        section.refuse(name, "it is no address".to_owned(), Some(hint));
        return None;
    };
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
        section.refuse(name, "it is asked over https alone".to_owned(), Some(hint));
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        section.refuse(
            name,
            "it has a user name, which is not sent".to_owned(),
            Some("put a token into the path or query"),
        );
        return None;
    }
    Some(secret)
}

pub(super) fn read(section: Section<'_>, relays: &[String]) -> Alarms {
    let to = section.each_text("to", |text| {
        text.parse::<EmailAddress>()
            .map_err(|error| (format!("{text:?}: {error}"), Some("write it like editor@example.com".to_owned())))
            .and_then(carried)
    });
    if to.len() > ADDRESSES_MAX {
        section.refuse("to", format!("alarms go to at most {ADDRESSES_MAX} addresses"), None);
    }
    let relay = section.written("relay").map(str::to_owned);
    if let Some(relay) = &relay
        && !relays.contains(relay)
    {
        let hint = match relays {
            [] => "add a [[relays]] table".to_owned(),
            _ => format!("there is {}", relays.join(", ")),
        };
        section.refuse("relay", format!("no relay is called {relay:?}"), Some(&hint));
    }
    let push_format = section.parsed("push_format", |text| {
        let hint = "it is text or json".to_owned();
        text.parse::<PushFormat>().map_err(|_| (format!("{text:?} is no format of alarms"), Some(hint)))
    });
    let (push, heartbeat) = (address(&section, "push"), address(&section, "heartbeat"));
    Alarms { to, relay, push, push_format: push_format.unwrap_or(PushFormat::Text), heartbeat }
}
