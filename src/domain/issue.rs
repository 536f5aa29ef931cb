//! An issue's states and which may become which.

use super::characters::is_mark;
use super::string_enum;

string_enum! {
    IssueState: "issue state" {
        /// Known, not to be sent yet.
        Draft = "draft",
        /// On a slot, or at an explicit time.
        Queued = "queued",
        /// Its audience is being frozen.
        Preparing = "preparing",
        Sending = "sending",
        /// Halted by a person, or by the program where a person must decide; goes on from where it stopped.
        Paused = "paused",
        /// Every row of its ledger is final.
        Sent = "sent",
        /// Ended by a person; who had not got it will not.
        Stopped = "stopped",
        /// Its time passed without it, or a backup was restored: a person decides.
        Held = "held",
    }
}

impl IssueState {
    /// Whether an issue in this state may get into `next`.
    pub fn may_become(self, next: Self) -> bool {
        use IssueState::{Draft, Held, Paused, Preparing, Queued, Sending, Sent, Stopped};
        matches!(
            (self, next),
            (Draft, Queued | Held)
                | (Queued, Queued | Draft | Preparing | Held) // to itself: it moves to another time
                | (Preparing, Sending | Queued | Held)
                | (Sending, Paused | Sent | Stopped)
                | (Paused, Sending | Stopped)
                | (Held, Queued | Draft)
                | (Sent, Sending) // `retry` puts failed rows back
        )
    }

    /// Those of `from` that may become `next`: the store changes no others.
    pub fn sources(from: &[Self], next: Self) -> impl Iterator<Item = Self> {
        from.iter().copied().filter(move |state| state.may_become(next))
    }
}

string_enum! {
    /// Who may find an issue's web version.
    Visibility: "visibility" {
        /// In the archive, the feeds and search engines.
        Public = "public",
        Unlisted = "unlisted",
        None = "none",
    }
}

/// How long a slug may be: it stands in addresses that people read out, and in file names.
pub const SLUG_BYTES_MAX: usize = 120;

/// Whether `text` may name an issue in addresses and commands: lower-case letters of any script, digits and hyphens.
pub fn is_slug(text: &str) -> bool {
    let fits = |c: char| c == '-' || is_mark(c) || (c.is_alphanumeric() && !c.is_uppercase());
    let begins = text.chars().next().is_some_and(|c| c != '-' && !is_mark(c));
    begins && text.len() <= SLUG_BYTES_MAX && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_word_in_an_address() {
        for good in ["the-calendar", "2026", "暦は合意ではない", "über-uns", "हिन्दी", "ขอบคุณที่นี่", "третья"]
        {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "\u{301}a", "-a", "a b", "A", "a/b", "../a", "a.md", "a\u{202e}b", "a?b"] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
