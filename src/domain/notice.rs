//! What comes back after mail was sent, as it is kept: one notice a report and recipient. Knows no mail and no database.

use super::string_enum;

/// A diagnostic is kept to this length.
const DIAGNOSTIC_CHARS_MAX: usize = 500;

string_enum! {
    NoticeSource: "source of a notice" {
        /// The relay, in the conversation itself.
        Relay = "relay",
        /// A mail server, at the door that speaks SMTP or LMTP.
        Listener = "listener",
        /// `coranto bounces receive`.
        Pipe = "pipe",
        /// A provider, by a request to a hook.
        Hook = "hook",
        /// A mailbox at a provider, over IMAP.
        Mailbox = "mailbox",
    }
}

string_enum! {
    /// What kind of report it is.
    NoticeKind: "kind of notice" {
        /// A mail was refused for good.
        Bounce = "bounce",
        /// It is late, and is tried again.
        Delay = "delay",
        /// It arrived.
        Delivered = "delivered",
        /// A reader called it spam.
        Complaint = "complaint",
        /// A reader called it no spam.
        NotSpam = "not_spam",
        /// A report about SPF, DKIM, DMARC or TLS, of no reader.
        Authentication = "authentication",
        /// A machine answers for its owner.
        AutoReply = "auto_reply",
        /// A machine asks for a link to be pressed before it passes a mail on.
        Challenge = "challenge",
        /// A reader wants no more of it.
        Unsubscribe = "unsubscribe",
        /// Anything else that a person wrote.
        Letter = "letter",
        /// It has no header, or cannot be read.
        Unreadable = "unreadable",
    }
}

string_enum! {
    /// How it is known whose mail it was.
    NoticeEvidence: "evidence of a notice" {
        /// Our own conversation about this very mail.
        Direct = "direct",
        /// A token of ours, which nobody else can make.
        Sealed = "sealed",
        /// A provider that proved who it is names an address, and its relay took a mail to it.
        Vouched = "vouched",
        /// An address that a report names. Anybody can name one, so it acts on nobody.
        Named = "named",
        /// Nothing says whose mail it was.
        None = "none",
    }
}

string_enum! {
    /// What followed from a notice.
    Effect: "effect of a notice" {
        /// It waits to be settled.
        Waiting = "waiting",
        /// Nothing: it is no fault of the reader.
        None = "none",
        /// It is kept against the address; more of its kind will suppress it.
        Counted = "counted",
        Suppressed = "suppressed",
        /// A brake is on: a person releases or discards it.
        Held = "held",
        Discarded = "discarded",
        /// The reader was unsubscribed.
        Unsubscribed = "unsubscribed",
        /// Nothing: the mail it speaks of is too long ago.
        Stale = "stale",
        /// Nothing: it does not fit what is known of its mail.
        Odd = "odd",
    }
}

/// A diagnostic as it is kept: addresses masked, no control characters, cut.
pub fn diagnostic(said: &str) -> String {
    let masked = crate::telemetry::mask_addresses(said);
    let printable = masked.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.take(DIAGNOSTIC_CHARS_MAX).collect()
}

/// The enhanced code in `550 5.1.1 No such user`, if there is one where it belongs.
pub fn status(said: &str) -> Option<&str> {
    let word = said.split(' ').nth(1)?;
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(is_number)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_names_nobody() {
        assert_eq!(diagnostic("550 <anna@example.org>\r\nunknown"), "550 <a***@example.org>  unknown");
        assert_eq!(diagnostic(&"é".repeat(600)).chars().count(), 500);
        assert_eq!(status("550 5.1.1 no"), Some("5.1.1"));
        assert_eq!(status("550 10.0.0.1 no"), None);
        assert_eq!(status("550"), None);
    }
}
