//! The versions of the words that a reader agrees to: the record of consents names them, with their language. A change
//! of what they mean makes a new version.

use crate::words::{Language, Words};

/// The mailbox provider's own button shows no words of ours.
pub(super) const ONE_CLICK: &str = "one-click (RFC 8058)";

macro_rules! versions {
    ($($name:ident = $version:literal;)+) => {
        $(
            pub(super) fn $name(words: Words) -> &'static str {
                match words.language() {
                    Language::English => concat!($version, " (en)"),
                    Language::German => concat!($version, " (de)"),
                    Language::French => concat!($version, " (fr)"),
                    Language::Spanish => concat!($version, " (es)"),
                    Language::Russian => concat!($version, " (ru)"),
                    Language::Ukrainian => concat!($version, " (uk)"),
                    Language::Arabic => concat!($version, " (ar)"),
                    Language::Japanese => concat!($version, " (ja)"),
                    Language::Pseudo => concat!($version, " (en-XA)"),
                }
            }
        )+
    };
}

versions! {
    signup = "signup 2";
    confirm = "confirm 2";
    leave = "leave 2";
    preferences = "preferences 2";
    refuse = "not me 2";
    address = "address 2";
}
