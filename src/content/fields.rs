//! Merge fields: the places in a rendered part where a reader's own values go. Owns how they are marked in text; must
//! not know the values, nor how a mail is encoded.
//!
//! A field stands between two private-use characters, which no text that people write needs and which HTML leaves
//! alone: `U+E000 name|there U+E001`. What is significant in HTML or in a mark is percent-encoded in the fallback, so
//! that a mark comes out of an HTML escaper as it went in.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

pub const FIELD_START: char = '\u{E000}';
pub const FIELD_END: char = '\u{E001}';

/// Whether a character is for private use, as the marks of merge fields are.
pub(super) fn is_private(c: char) -> bool {
    const { assert!(FIELD_START as u32 == 0xE000 && FIELD_END as u32 == 0xE001) };
    ('\u{E000}'..='\u{F8FF}').contains(&c)
}

/// Text in which fields are marked: a rendered HTML or text part.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Template(pub String);

/// A value that differs from reader to reader. Its `Display` is its mark in a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The reader's name, or else the fallback, or else nothing.
    Name {
        /// What stands for a name that is not known: plain text.
        fallback: Option<String>,
    },
    /// Where the reader can leave.
    UnsubscribeUrl,
    /// Where the reader sees and changes what they get.
    PreferencesUrl,
    /// Where a subscription is confirmed.
    ConfirmUrl,
    /// Where mails that strangers ask for are refused.
    RefuseUrl,
    /// Where another address is confirmed.
    AddressUrl,
    /// Where a change of the address is stopped.
    StopUrl,
    /// Where the reader's data are.
    DataUrl,
    /// The address that this mail is for.
    Address,
    /// The day on which the reader subscribed.
    SubscribedOn,
    /// The issue on the web.
    WebUrl,
    /// An address as people read it in HTML, beside a link that has all of it: without `https://`.
    Shown(Box<Field>),
}

/// What stands behind the bar of the mark of a [`Field::Shown`].
const SHOWN: &str = "shown";

/// A stretch of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The same for every reader.
    Text(&'a str),
    Field(Field),
}

impl Template {
    /// A template from text that bears marks.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text with its marks.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The stretches in order; no `Text` is empty. A mark that names no known field, or that never ends, is left out:
    /// what a reader sees never holds a private-use character.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        Pieces { rest: &self.0 }
    }
}

impl From<String> for Template {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Field {
    /// The field that a mark names, without the private-use characters around it.
    pub fn parse(mark: &str) -> Option<Self> {
        let (name, fallback) = match mark.split_once('|') {
            Some((name, fallback)) => (name.trim(), Some(fallback.trim())),
            None => (mark.trim(), None),
        };
        match (name, fallback) {
            (url, Some(SHOWN)) if url.ends_with("_url") => Self::parse(url).map(|field| Self::Shown(Box::new(field))),
            ("name", fallback) => Some(Self::Name { fallback: fallback.map(unescape) }),
            ("unsubscribe_url", None) => Some(Self::UnsubscribeUrl),
            ("preferences_url", None) => Some(Self::PreferencesUrl),
            ("confirm_url", None) => Some(Self::ConfirmUrl),
            ("refuse_url", None) => Some(Self::RefuseUrl),
            ("address_url", None) => Some(Self::AddressUrl),
            ("stop_url", None) => Some(Self::StopUrl),
            ("data_url", None) => Some(Self::DataUrl),
            ("address", None) => Some(Self::Address),
            ("subscribed_on", None) => Some(Self::SubscribedOn),
            ("web_url", None) => Some(Self::WebUrl),
            _ => None,
        }
    }

    /// The word that names it, as authors write it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Name { .. } => "name",
            Self::UnsubscribeUrl => "unsubscribe_url",
            Self::PreferencesUrl => "preferences_url",
            Self::ConfirmUrl => "confirm_url",
            Self::RefuseUrl => "refuse_url",
            Self::AddressUrl => "address_url",
            Self::StopUrl => "stop_url",
            Self::DataUrl => "data_url",
            Self::Address => "address",
            Self::SubscribedOn => "subscribed_on",
            Self::WebUrl => "web_url",
            Self::Shown(field) => field.name(),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { fallback: Some(fallback) } => {
                write!(f, "{FIELD_START}name|{}{FIELD_END}", escape(fallback))
            }
            Self::Shown(field) => write!(f, "{FIELD_START}{}|{SHOWN}{FIELD_END}", field.name()),
            field => write!(f, "{FIELD_START}{}{FIELD_END}", field.name()),
        }
    }
}

/// Text that an author wrote, without the characters that would mark a field.
pub fn without_marks(text: &str) -> Cow<'_, str> {
    if text.contains([FIELD_START, FIELD_END]) {
        Cow::Owned(text.replace([FIELD_START, FIELD_END], ""))
    } else {
        Cow::Borrowed(text)
    }
}

struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let at = self.rest.find([FIELD_START, FIELD_END]).unwrap_or(self.rest.len());
            if at > 0 {
                let (text, rest) = self.rest.split_at(at);
                self.rest = rest;
                return Some(Piece::Text(text));
            }
            let Some(inside) = self.rest.strip_prefix(FIELD_START) else {
                self.rest = self.rest.strip_prefix(FIELD_END)?;
                continue;
            };
            self.rest = inside;
            if let Some((mark, rest)) = inside.split_once(FIELD_END).filter(|(mark, _)| !mark.contains(FIELD_START)) {
                self.rest = rest;
                if let Some(field) = Field::parse(mark) {
                    return Some(Piece::Field(field));
                }
            }
        }
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_control() || "%&<>\"'".contains(c) {
            let _ = write!(out, "%{:02X}", u32::from(c));
        } else if c != FIELD_START && c != FIELD_END {
            out.push(c);
        }
    }
    out
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii);
        out.push(code.map_or('%', char::from));
        rest = &rest[if code.is_some() { at + 3 } else { at + 1 }..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<Piece<'_>> {
        Pieces { rest: text }.collect()
    }

    #[test]
    fn a_template_falls_into_text_and_fields() {
        let template = Template::new("Hi \u{E000}name|there\u{E001}, leave at\n\u{E000}unsubscribe_url\u{E001}");
        let name = Field::Name { fallback: Some("there".to_owned()) };
        assert_eq!(
            template.pieces().collect::<Vec<_>>(),
            [Piece::Text("Hi "), Piece::Field(name), Piece::Text(", leave at\n"), Piece::Field(Field::UnsubscribeUrl)]
        );
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn every_field_survives_its_own_mark() {
        let fallback = Some("R&D <\"100%\"> 'é' %41|\n".to_owned());
        for field in [
            Field::Name { fallback: None },
            Field::Name { fallback },
            Field::UnsubscribeUrl,
            Field::PreferencesUrl,
            Field::ConfirmUrl,
            Field::RefuseUrl,
            Field::Address,
            Field::SubscribedOn,
            Field::WebUrl,
            Field::Shown(Box::new(Field::ConfirmUrl)),
        ] {
            let mark = field.to_string();
            assert!(!mark.contains(['&', '<', '>', '"', '\'']), "{mark} would change in an HTML escaper");
            assert_eq!(pieces(&mark), [Piece::Field(field)]);
        }
    }

    #[test]
    fn a_broken_mark_leaves_no_trace() {
        for (text, left) in [
            ("a\u{E000}b", "ab"),
            ("a\u{E001}b", "ab"),
            ("a\u{E000}nothing\u{E001}b", "ab"),
            ("a\u{E000}address|x\u{E001}b", "ab"),
            ("\u{E000}\u{E000}\u{E001}\u{E001}", ""),
        ] {
            let text: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text,
                    Piece::Field(field) => panic!("{field:?} was found in {text:?}"),
                })
                .collect();
            assert_eq!(text, left);
        }
        let nested = pieces("\u{E000}x\u{E000}web_url\u{E001}");
        assert_eq!(nested, [Piece::Text("x"), Piece::Field(Field::WebUrl)]);
        assert_eq!(without_marks("a\u{E000}name\u{E001}b"), "anameb");
    }
}
