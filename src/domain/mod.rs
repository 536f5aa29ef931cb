//! Types and rules of a newsletter. Pure: no I/O, no async, no sqlx; time and randomness come as arguments.

pub mod account;
pub mod actor;
pub mod address;
pub mod alarm;
pub mod cause;
pub mod characters;
pub mod checkup;
pub mod consent;
pub mod copying;
pub mod decision;
pub mod delivery;
pub mod design;
pub mod event;
pub mod evidence;
pub mod extra_header;
pub mod hook;
pub mod hook_key;
pub mod image;
pub mod import;
pub mod issue;
pub mod language_tag;
mod mailbox;
pub mod moment;
pub mod name;
pub mod nearest;
pub mod newsletter;
pub mod notice;
pub mod organisation;
pub mod phrasebook;
pub mod policy;
pub mod position;
pub mod provider;
pub mod quota;
pub mod reply;
pub mod reserved;
pub mod retention;
pub mod return_path;
pub mod sign_in;
pub mod slot;
pub mod standing;
pub mod storm;
pub mod subscriber;
pub mod suppression;
pub mod typo;

/// A row's number, of a type of its own so that one is never taken for another. Never shown outside.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
    )+};
}

ids! {
    NewsletterId,
    /// A person's address, whatever they subscribe to.
    SubscriberId,
    /// One person's subscription to one newsletter.
    SubscriptionId,
    /// One thing a person agreed to, or took back.
    ConsentId,
    /// What somebody with a reader's link asked for.
    RequestId,
    /// A list of readers that came in.
    ImportId,
    IssueId,
    RevisionId,
    /// A row of the ledger.
    DeliveryId,
    /// A process that works on the ledger; larger is younger (a fencing epoch).
    WorkerId,
    /// A group of mail that does not go for now.
    SuspensionId,
    /// Something that came back after mail was sent.
    NoticeId,
    /// Somebody with a login.
    AccountId,
    SessionId,
    /// A one-time link that somebody signs in with.
    EntryId,
}

impl NewsletterId {
    /// No row has this number: what is asked of it is nothing.
    pub const NONE: Self = Self(0);
}

/// An enum with one spelling for database, JSON, command line and templates.
macro_rules! string_enum {
    ($(#[$doc:meta])* $name:ident: $what:literal { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::Unknown;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::domain::Unknown { what: $what, text: text.to_owned() }) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use string_enum;

/// A word that is not one of an enum's spellings.
#[derive(Debug, thiserror::Error)]
#[error("unknown {what} {text:?}")]
pub struct Unknown {
    /// What the word should have named.
    pub what: &'static str,
    pub text: String,
}
