//! `[alarms]`: who is told when something needs a person.

use super::reader::Section;
use super::sender::carried;
use crate::domain::address::EmailAddress;

/// More addresses than this are a list, not the people on duty.
const ADDRESSES_MAX: usize = 20;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    /// The addresses that get them by email.
    pub to: Vec<EmailAddress>,
    /// The relay that they go through, by its name.
    pub relay: Option<String>,
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
    Alarms { to, relay }
}
