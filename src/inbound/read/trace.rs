//! Texts that may hold one of our tokens, and where they stood. Nothing is opened here: that takes the keys.

use super::fields::Fields;
use crate::token::SHORT_TOKEN_LEN;

/// A trace is kept to this length: a local part has 64 octets, a link some hundred.
const TRACE_MAX: usize = 512;

/// Where a trace stood, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The address that the report came to.
    Recipient,
    /// The envelope id that the relay was given (RFC 3461).
    EnvelopeId,
    /// The Message-ID of our mail, or what an answer refers to.
    MessageId,
    /// The link in our mail by which a reader leaves.
    Unsubscribe,
}

impl Place {
    /// What it is called where people read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::EnvelopeId => "envelope_id",
            Self::MessageId => "message_id",
            Self::Unsubscribe => "list_unsubscribe",
        }
    }
}

/// A text that may hold a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Trace {
    /// Where it stood.
    pub place: Place,
    text: String,
}

impl Trace {
    /// A trace, when `text` is long enough to hold a token in letters that tokens are made of.
    pub(in crate::inbound) fn of(place: Place, text: &str) -> Option<Self> {
        let text = &text[..text.floor_char_boundary(TRACE_MAX)];
        let is_letter = |c: char| c.is_ascii_alphabetic() || matches!(c, '2'..='7');
        let holds = text.split(|c: char| !is_letter(c)).any(|run| run.len() >= SHORT_TOKEN_LEN);
        holds.then(|| Self { place, text: text.to_owned() })
    }

    /// The text, for who has the keys. It is not to be shown.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Tokens are secrets.
impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.place.as_str(), self.text.len())
    }
}

/// The traces in a report's own header and in that of our mail.
pub(super) fn find(header: &Fields, copy: &Fields) -> Vec<Trace> {
    let own = [
        ("delivered-to", Place::Recipient),
        ("x-original-to", Place::Recipient),
        ("envelope-to", Place::Recipient),
        ("to", Place::Recipient),
        ("in-reply-to", Place::MessageId),
        ("references", Place::MessageId),
    ];
    let returned = [
        ("return-path", Place::Recipient),
        ("message-id", Place::MessageId),
        ("x-original-message-id", Place::MessageId),
        ("x-coranto-id", Place::MessageId),
        ("list-unsubscribe", Place::Unsubscribe),
    ];
    let of = |fields: &Fields, places: &[(&str, Place)]| -> Vec<Trace> {
        places
            .iter()
            .flat_map(|(name, place)| fields.all(name).filter_map(|value| Trace::of(*place, value)).collect::<Vec<_>>())
            .collect()
    };
    let mut traces = of(header, &own);
    traces.extend(of(copy, &returned));
    traces.sort_by_key(|trace| trace.place);
    traces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::TOKEN_LEN;

    #[test]
    fn a_trace_is_long_enough_and_shows_nothing() {
        let token = "a2".repeat(TOKEN_LEN / 2);
        let copy = Fields::header(&format!(
            "Message-ID: <{token}@example.com>\nList-Unsubscribe: <https://x.example/u/{token}>\n"
        ));
        let header = Fields::header(&format!("To: b+{token}@bounce.example.com\nFrom: x@y.example\n"));
        let found = find(&header, &copy);
        let places: Vec<_> = found.iter().map(|trace| trace.place).collect();
        assert_eq!(places, [Place::Recipient, Place::MessageId, Place::Unsubscribe]);
        assert!(!format!("{found:?}").contains("a2a2"));
        assert!(find(&Fields::header("To: anna@example.org\n"), &Fields::default()).is_empty());
    }
}
