//! Header fields that an operator adds to a newsletter's mail or to a relay's: streams, tags, configuration sets. Owns
//! which may be added; must not know a relay.
//!
//! A field is the same for every reader of a mail. It stands above the signature and is not covered by it, for relays
//! take such fields off.

use std::fmt::Write as _;
use std::str::FromStr;

use super::delivery::DeliveryKind;

/// More than any relay reads.
pub const EXTRA_HEADERS_MAX: usize = 10;
/// RFC 5322 2.1.1, without the line end.
const FIELD_OCTETS_MAX: usize = 998;
/// RFC 5322 2.1.1: where a field is folded, if it has a space there.
const LINE_OCTETS: usize = 78;
/// What a placeholder may become, at most.
const FILLED_OCTETS_MAX: usize = 63;

/// Fields that may not be added, each with the reason; a name that ends in `-` stands for all that begin so.
const REFUSED: &[(&str, &str)] = &[
    ("From", OWN),
    ("To", OWN),
    ("Date", OWN),
    ("Subject", OWN),
    ("Message-ID", OWN),
    ("Reply-To", "`reply_to` of the newsletter sets it"),
    ("MIME-Version", OWN),
    ("Content-", OWN),
    ("List-", OWN),
    ("Auto-Submitted", OWN),
    ("X-Auto-Response-Suppress", OWN),
    ("Feedback-ID", OWN),
    ("CFBL-", "it counts only when it is signed, and these are not"),
    ("Sender", "the sender is `from` of the newsletter"),
    ("Cc", ALONE),
    ("Bcc", ALONE),
    ("Resent-", "nothing is sent by another than its sender"),
    ("In-Reply-To", "a newsletter answers nobody"),
    ("References", "a newsletter answers nobody"),
    ("DKIM-", "[newsletters.SLUG.dkim] makes the signature"),
    ("DomainKey-", "[newsletters.SLUG.dkim] makes the signature"),
    ("ARC-", ON_THE_WAY),
    ("Authentication-Results", ON_THE_WAY),
    ("Received", ON_THE_WAY),
    ("Return-Path", ON_THE_WAY),
    ("Delivered-To", ON_THE_WAY),
    ("X-Original-To", ON_THE_WAY),
    ("Errors-To", "bounces go to the envelope sender; see `bounce_domain`"),
    ("Disposition-Notification-To", RECEIPT),
    ("Return-Receipt-To", RECEIPT),
];
const OWN: &str = "coranto writes it itself";
const ALONE: &str = "every email goes to one reader alone";
const ON_THE_WAY: &str = "servers on the way write it";
const RECEIPT: &str = "it would ask every reader for a receipt";

/// To which mails a field is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    /// To issues, and to the test mails that show one.
    Issues,
    /// To everything else: confirmations, notices, welcome mails.
    Transactional,
}

impl Scope {
    /// Whether mails of this kind get it.
    pub fn has(self, kind: DeliveryKind) -> bool {
        let is_issue = matches!(kind, DeliveryKind::Issue | DeliveryKind::Test);
        match self {
            Self::All => true,
            Self::Issues => is_issue,
            Self::Transactional => !is_issue,
        }
    }

    /// Whether one mail could get both.
    fn meets(self, other: Self) -> bool {
        self == Self::All || other == Self::All || self == other
    }
}

/// One field, well-formed and allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraHeader {
    name: String,
    value: String,
}

/// Why a field may not be added. The text says why, [`Self::hint`] what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtraHeaderError {
    #[error("{0:?} is not a header field")]
    NoColon(String),
    /// RFC 5322 3.6.8.
    #[error("{0:?} is not the name of a header field")]
    Name(String),
    /// A line end would begin a field of its own.
    #[error("the value of {0} has a line end or another control character in it")]
    Control(String),
    /// Other letters would have to be encoded, and relays do not decode them.
    #[error("the value of {0} has characters that are not ASCII")]
    NotAscii(String),
    #[error("{0} has no value")]
    Empty(String),
    /// Longer than a line may be.
    #[error("{name} is too long: with its placeholders filled in it may have {octets} octets, and 998 are allowed")]
    TooLong { name: String, octets: usize },
    #[error("there is no placeholder {{{0}}}")]
    Placeholder(String),
    /// It is not for the operator to set.
    #[error("{name} cannot be added: {why}")]
    Refused {
        /// The field, as the operator wrote it.
        name: String,
        why: &'static str,
    },
}

impl ExtraHeaderError {
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoColon(_) | Self::Name(_) | Self::Empty(_) => {
                "write \"Name: value\", for instance \"X-PM-Message-Stream: broadcast\""
            }
            Self::Control(_) => "write it on one line; long values are folded by themselves",
            Self::NotAscii(_) => "write it with the letters, digits and signs of ASCII",
            Self::TooLong { .. } => "shorten it",
            Self::Placeholder(_) => {
                "write {newsletter}, {issue} or {kind}; nothing of a reader can stand in such a field"
            }
            Self::Refused { .. } => "take it out",
        }
    }
}

impl FromStr for ExtraHeader {
    type Err = ExtraHeaderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        use ExtraHeaderError::{Control, Empty, NoColon, NotAscii, Placeholder, Refused, TooLong};
        let (name, value) = text.split_once(':').ok_or_else(|| NoColon(text.to_owned()))?;
        let (name, value) = (name.trim_end_matches([' ', '\t']), value.trim_matches([' ', '\t']));
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ExtraHeaderError::Name(name.to_owned()));
        }
        let owned = || name.to_owned();
        if let Some(why) = refusal(name) {
            return Err(Refused { name: owned(), why });
        }
        if value.chars().any(char::is_control) {
            return Err(Control(owned()));
        }
        if !value.is_ascii() {
            return Err(NotAscii(owned()));
        }
        if value.is_empty() {
            return Err(Empty(owned()));
        }
        let mut octets = name.len() + ": ".len();
        for piece in pieces(value) {
            octets += match piece {
                Piece::Text(text) => text.len(),
                Piece::Placeholder("newsletter" | "issue" | "kind") => FILLED_OCTETS_MAX,
                Piece::Placeholder(other) => return Err(Placeholder(other.to_owned())),
            };
        }
        if octets > FIELD_OCTETS_MAX {
            return Err(TooLong { name: owned(), octets });
        }
        Ok(Self { name: owned(), value: value.to_owned() })
    }
}

impl ExtraHeader {
    /// Its name, as the operator wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What a relay or a newsletter adds: each field with the mails that get it, in the order of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtraHeaders(pub Vec<(Scope, ExtraHeader)>);

#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    pub newsletter: &'a str,
    /// The issue's slug, where the mail is an issue.
    pub issue: Option<&'a str>,
    /// What kind of mail it is.
    pub kind: DeliveryKind,
}

impl ExtraHeaders {
    /// The name of a field that one mail would bear twice, with those of `self` and of `other` together.
    pub fn clash<'a>(&'a self, other: &Self) -> Option<&'a str> {
        let twice = |(scope, field): &&(Scope, ExtraHeader)| {
            other.0.iter().any(|(of_other, one)| scope.meets(*of_other) && one.name.eq_ignore_ascii_case(&field.name))
        };
        self.0.iter().find(twice).map(|(_, field)| field.name.as_str())
    }

    /// How many fields a mail of this kind gets.
    pub fn count(&self, kind: DeliveryKind) -> usize {
        self.0.iter().filter(|(scope, _)| scope.has(kind)).count()
    }

    /// The fields of one mail as they stand in it, each with its line end.
    pub fn block(&self, filling: &Filling<'_>) -> String {
        let mut out = String::new();
        for (scope, field) in &self.0 {
            if scope.has(filling.kind) {
                let mut line = format!("{}: ", field.name);
                for piece in pieces(&field.value) {
                    match piece {
                        Piece::Text(text) => line.push_str(text),
                        Piece::Placeholder(name) => line.push_str(&filling.value(name)),
                    }
                }
                fold(&line, &mut out);
            }
        }
        out
    }
}

impl Filling<'_> {
    /// Letters, digits, `-` and `_`, which is what every relay takes in a tag.
    fn value(&self, name: &str) -> String {
        let text = match name {
            "newsletter" => self.newsletter,
            "issue" => self.issue.unwrap_or("-"),
            _ => self.kind.as_str(),
        };
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        text.chars().map(plain).take(FILLED_OCTETS_MAX).collect()
    }
}

/// Why nobody may add a field of this name.
fn refusal(name: &str) -> Option<&'static str> {
    let is = |pattern: &str| match pattern.strip_suffix('-') {
        Some(_) => name.get(..pattern.len()).is_some_and(|start| start.eq_ignore_ascii_case(pattern)),
        None => name.eq_ignore_ascii_case(pattern),
    };
    let received = name.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("Received-"));
    REFUSED.iter().find(|(pattern, _)| is(pattern)).map(|(_, why)| *why).or(received.then_some(ON_THE_WAY))
}

enum Piece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// Splits at `{word}`. Other braces stand for themselves: some fields hold JSON.
fn pieces(value: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = value;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(word) = placeholder(rest) {
            rest = &rest[word.len() + 2..];
            return Some(Piece::Placeholder(word));
        }
        let next = rest.match_indices('{').map(|(at, _)| at).find(|at| placeholder(&rest[*at..]).is_some());
        let (text, after) = rest.split_at(next.unwrap_or(rest.len()));
        rest = after;
        Some(Piece::Text(text))
    })
}

/// The word of a placeholder that `text` begins with.
fn placeholder(text: &str) -> Option<&str> {
    let (word, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_word.then_some(word)
}

/// Appends `field`, with a line end before a space wherever a line would get long (RFC 5322 2.2.3). Unfolded it is the
/// same again.
fn fold(field: &str, out: &mut String) {
    // Nothing is folded between the name and the first word.
    let mut from = field.find(": ").map_or(0, |at| at + 2);
    let mut start = 0;
    while field.len() - start > LINE_OCTETS {
        let is_break = |at: &usize| field.as_bytes()[*at] == b' ' && field.as_bytes()[at - 1] != b' ';
        let breaks: Vec<usize> = (from..field.len()).filter(is_break).collect();
        let fits = breaks.iter().rev().find(|at| **at - start <= LINE_OCTETS);
        let Some(at) = fits.or(breaks.first()).copied() else { break };
        let _ = write!(out, "{}\r\n", &field[start..at]);
        start = at;
        from = at + 1;
    }
    let _ = write!(out, "{}\r\n", &field[start..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(headers: &[(Scope, &str)], kind: DeliveryKind, issue: Option<&str>) -> String {
        let parsed = headers.iter().map(|(scope, text)| (*scope, text.parse().unwrap())).collect();
        ExtraHeaders(parsed).block(&Filling { newsletter: "week", issue, kind })
    }

    #[test]
    fn what_providers_ask_for_can_be_said() {
        let cases = [
            ("X-PM-Message-Stream: broadcast", "X-PM-Message-Stream: broadcast\r\n"),
            ("X-SES-CONFIGURATION-SET:news", "X-SES-CONFIGURATION-SET: news\r\n"),
            (
                "X-SES-MESSAGE-TAGS: newsletter={newsletter}, issue={issue}",
                "X-SES-MESSAGE-TAGS: newsletter=week, issue=the-calendar\r\n",
            ),
            ("X-Mailgun-Tag: {newsletter}-{kind}", "X-Mailgun-Tag: week-issue\r\n"),
            (
                r#"X-SMTPAPI: {"category": ["{newsletter}"], "a": {}}"#,
                "X-SMTPAPI: {\"category\": [\"week\"], \"a\": {}}\r\n",
            ),
            ("Precedence: bulk", "Precedence: bulk\r\n"),
            ("X-Empty-Braces: {}{ }{Newsletter}{", "X-Empty-Braces: {}{ }{Newsletter}{\r\n"),
        ];
        for (written, stands) in cases {
            assert_eq!(block(&[(Scope::All, written)], DeliveryKind::Issue, Some("the-calendar")), stands);
        }
        let letters = block(&[(Scope::All, "X-Tag: {issue}")], DeliveryKind::Issue, Some("čeština-2"));
        assert_eq!(letters, "X-Tag: -e-tina-2\r\n");
        assert_eq!(block(&[(Scope::All, "X-Tag: {issue}")], DeliveryKind::Confirmation, None), "X-Tag: -\r\n");
    }

    #[test]
    fn each_kind_of_mail_gets_its_own() {
        let headers = [
            (Scope::All, "X-All: 1"),
            (Scope::Issues, "X-Stream: broadcast"),
            (Scope::Transactional, "X-Stream: outbound"),
        ];
        for kind in DeliveryKind::ALL {
            let stream = match kind {
                DeliveryKind::Issue | DeliveryKind::Test => "broadcast",
                _ => "outbound",
            };
            assert_eq!(block(&headers, *kind, None), format!("X-All: 1\r\nX-Stream: {stream}\r\n"), "{kind}");
        }
    }

    #[test]
    fn hostile_and_foreign_fields_are_refused_by_name() {
        use ExtraHeaderError as E;
        let parse = |text: &str| text.parse::<ExtraHeader>().unwrap_err();
        for text in
            ["X-A: b\r\nBcc: c@example.org", "X-A: b\nBcc: c", "X-A: b\rc", "X-A: \u{0}", "X-A: a\tb", "X-A: \u{7f}"]
        {
            assert_eq!(parse(text), E::Control("X-A".to_owned()), "{text:?}");
        }
        for text in ["X-A: é", "X-A: \u{2028}b", "X-A: 週"] {
            assert_eq!(parse(text), E::NotAscii("X-A".to_owned()), "{text:?}");
        }
        for text in [": b", "X A: b", "é: b", "X-A\r\nBcc: b", "\r\nBcc: b"] {
            assert!(matches!(parse(text), E::Name(_)), "{text:?}");
        }
        assert!(matches!(parse("X-A"), E::NoColon(_)));
        assert!(matches!(parse("X-A:  "), E::Empty(_)));
        for (text, word) in [("X-A: {name}", "name"), ("X-A: {email}", "email"), ("X-A: a{reader_id}b", "reader_id")] {
            assert_eq!(parse(text), E::Placeholder(word.to_owned()));
        }
        for (pattern, why) in REFUSED {
            let name = if pattern.ends_with('-') { format!("{pattern}Anything") } else { (*pattern).to_owned() };
            for name in [name.to_uppercase(), name.to_lowercase(), format!("{name} "), name] {
                let refused = E::Refused { name: name.trim().to_owned(), why };
                assert_eq!(parse(&format!("{name}: x")), refused);
            }
        }
        assert!(matches!(parse("received-spf: pass"), E::Refused { .. }));
        let long = |octets: usize| format!("X-A: {}", "b".repeat(octets - 5)).parse::<ExtraHeader>();
        assert!(long(998).is_ok());
        assert_eq!(long(999), Err(E::TooLong { name: "X-A".to_owned(), octets: 999 }));
        let filled = format!("X-A: {{issue}}{}", "b".repeat(993 - 63));
        assert!(filled.parse::<ExtraHeader>().is_ok() && format!("{filled}b").parse::<ExtraHeader>().is_err());
    }

    #[test]
    fn a_field_that_one_mail_would_bear_twice_is_found() {
        let of = |scope, text: &str| ExtraHeaders(vec![(scope, text.parse().unwrap())]);
        let tag = of(Scope::All, "X-Tag: a");
        for scope in [Scope::All, Scope::Issues, Scope::Transactional] {
            assert_eq!(tag.clash(&of(scope, "x-tAG: b")), Some("X-Tag"));
            assert_eq!(tag.clash(&of(scope, "X-Tags: b")), None);
        }
        assert_eq!(of(Scope::Issues, "X-Tag: a").clash(&of(Scope::Transactional, "X-Tag: b")), None);
    }

    proptest! {
        #[test]
        fn folded_it_is_the_same_field_in_short_lines(value in "[!-z|~]{1,70}( {1,3}[!-z|~]{1,70}){0,11}") {
            let field: ExtraHeader = format!("X-Field: {value}").parse().unwrap();
            let filling = Filling { newsletter: "week", issue: None, kind: DeliveryKind::Issue };
            let block = ExtraHeaders(vec![(Scope::All, field)]).block(&filling);
            prop_assert_eq!(block.replace("\r\n ", " "), format!("X-Field: {value}\r\n"));
            for line in block.lines() {
                prop_assert!(line.len() <= 80 + 70 && !line.trim().is_empty(), "{:?}", line);
                prop_assert!(line.len() <= 78 || !line.trim_start()[..].trim_start_matches("X-Field: ").contains(' '), "{:?}", line);
            }
        }

        #[test]
        fn whatever_is_written_no_field_begins_another(text in "(?s).{0,60}") {
            if let Ok(field) = text.parse::<ExtraHeader>() {
                let filling = Filling { newsletter: "week", issue: Some("a"), kind: DeliveryKind::Welcome };
                let block = ExtraHeaders(vec![(Scope::All, field)]).block(&filling);
                prop_assert!(block.is_ascii() && block.ends_with("\r\n"));
                prop_assert!(block.trim_end_matches("\r\n").split("\r\n").skip(1).all(|line| line.starts_with(' ')));
            }
        }
    }
}
