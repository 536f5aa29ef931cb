//! Who does something. One spelling for the log, the command line and JSON.

use std::fmt;

use crate::clock::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A reader, or a stranger at the form.
    Reader,
    /// Somebody who is logged in, by the account's number.
    Account(i64),
    /// Somebody at the command line, by the name that the system knows.
    Command(String),
    /// The program by itself: a slot is due, a lease ends, a mail is finished.
    Scheduler,
    /// A relay, by its name in the configuration.
    Relay(String),
    /// A provider that tells of a bounce or a complaint, by the name of its hook.
    Provider(String),
    /// An import, by its number.
    Import(i64),
}

/// Who changes something, and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    pub actor: &'a Actor,
    pub now: Timestamp,
}

impl Actor {
    pub fn scheduler(now: Timestamp) -> By<'static> {
        By { actor: &Self::Scheduler, now }
    }

    /// Whether it is no person: what it does may need one.
    pub fn is_program(&self) -> bool {
        matches!(self, Self::Scheduler | Self::Relay(_) | Self::Provider(_))
    }

    /// The same actor at this moment.
    pub fn at(&self, now: Timestamp) -> By<'_> {
        By { actor: self, now }
    }

    /// The part of a stored spelling that names nobody: what a reader may be told.
    pub fn role(stored: &str) -> &str {
        stored.split_once(':').map_or(stored, |(role, _)| role)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reader => f.write_str("reader"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Command(user) => write!(f, "command:{user}"),
            Self::Scheduler => f.write_str("scheduler"),
            Self::Relay(name) => write!(f, "relay:{name}"),
            Self::Provider(hook) => write!(f, "provider:{hook}"),
            Self::Import(id) => write!(f, "import:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_actor_has_one_spelling_and_a_role_that_names_nobody() {
        for (actor, text, role) in [
            (Actor::Reader, "reader", "reader"),
            (Actor::Account(7), "account:7", "account"),
            (Actor::Command("anna".to_owned()), "command:anna", "command"),
            (Actor::Scheduler, "scheduler", "scheduler"),
            (Actor::Relay("main".to_owned()), "relay:main", "relay"),
            (Actor::Provider("ses".to_owned()), "provider:ses", "provider"),
            (Actor::Import(3), "import:3", "import"),
        ] {
            assert_eq!(actor.to_string(), text);
            assert_eq!(Actor::role(text), role);
        }
    }
}
