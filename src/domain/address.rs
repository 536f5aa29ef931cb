//! What an email address is, and when two are the same. Knows nothing of subscriptions.
//!
//! Accepted is what people have: a dot-atom local part (RFC 5321 4.1.2, with RFC 6531's UTF-8) and a domain name in
//! any script, kept as A-labels. Quoted local parts and address literals are refused: no reader has one, and each is
//! a way to smuggle something into a header or a command.
//!
//! A local part is kept in Unicode's NFC (RFC 6532 3.1), with the case as typed. Folding never crosses from one script's
//! letter to another's: no character outside ASCII is ever taken for one inside it.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use super::characters::{is_invisible, is_mark};
use super::mailbox;

/// RFC 5321 4.5.3.1.1.
const LOCAL_BYTES_MAX: usize = 64;
/// RFC 5321 4.5.3.1.3 allows 256 with the angle brackets.
const ADDRESS_BYTES_MAX: usize = 254;

/// A mailbox address that may stand in a header and in a command. The local part is as typed, the domain in A-labels.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    text: String,
    at: usize,
}

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("the address is empty")]
    Empty,
    /// There is no `@`.
    #[error("there is no @ in it")]
    NoAt,
    /// RFC 5321 4.5.3.1.
    #[error("it is longer than an address can be")]
    TooLong,
    /// The part before the `@` is not a dot-atom.
    #[error("the part before the @ is not one a mailbox can have")]
    Local,
    /// The part after the `@` is not a domain name.
    #[error("the part after the @ is not a domain name")]
    Domain,
}

impl EmailAddress {
    /// The address as it is written to a mail or a database.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// The part after the `@`, in lower-case A-labels.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// An address that was stored. It is taken as it stands: what a former version let in stays readable.
    pub fn stored(text: &str) -> Result<Self, AddressError> {
        let at = text.rfind('@').ok_or(AddressError::NoAt)?;
        let is_sound = |c: char| !c.is_control() && !c.is_whitespace() && !"<>()[]\\,;:\"".contains(c);
        match at > 0 && at + 1 < text.len() && text.chars().all(is_sound) {
            true => Ok(Self { text: text.to_owned(), at }),
            false => Err(AddressError::Local),
        }
    }

    /// What two spellings of one address share: the case of letters aside, by rule in the domain and by universal custom
    /// in the local part.
    pub fn key(&self) -> String {
        format!("{}@{}", fold(self.local()), self.domain())
    }

    /// The key that versions before folding had rules of its own made, where it is another: hashes of it outlive the
    /// address. It took the Kelvin sign for a k.
    pub fn former_key(&self) -> Option<String> {
        let former = self.text.to_lowercase();
        (former != self.key()).then_some(former)
    }

    /// The key of the mailbox, whatever its provider ignores in an address: one person cannot be flooded through a
    /// thousand spellings, and refuses once.
    pub fn mailbox_key(&self) -> String {
        mailbox::key(&fold(self.local()), self.domain())
    }

    /// Whether the local part needs SMTPUTF8 (RFC 6531).
    pub fn needs_smtputf8(&self) -> bool {
        !self.local().is_ascii()
    }

    /// The address for logs: enough to recognise, too little to write to.
    pub fn masked(&self) -> String {
        let first = self.local().chars().next().unwrap_or('*');
        format!("{first}***@{}", self.domain())
    }
}

impl FromStr for EmailAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim_matches([' ', '\t', '\u{a0}']);
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.len() > ADDRESS_BYTES_MAX {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::NoAt)?;
        if local.len() > LOCAL_BYTES_MAX {
            return Err(AddressError::TooLong);
        }
        let local = composed(local);
        if !is_dot_atom(&local) {
            return Err(AddressError::Local);
        }
        let domain = domain_name(domain).ok_or(AddressError::Domain)?;
        if local.len() + 1 + domain.len() > ADDRESS_BYTES_MAX {
            return Err(AddressError::TooLong);
        }
        Ok(Self { at: local.len(), text: format!("{local}@{domain}") })
    }
}

/// RFC 5322 3.2.3 dot-atom, with what any script writes words with (RFC 6532 3.2), combining marks included, but no
/// control, space, direction or invisible character; and without `!` and `%`, by which old relays are told to send mail
/// on to somewhere else.
fn is_dot_atom(local: &str) -> bool {
    let is_atom = |atom: &str| atom.chars().next().is_some_and(|first| !is_mark(first)) && atom.chars().all(is_atext);
    local.split('.').all(is_atom)
}

fn is_atext(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || "#$&'*+-/=?^_`{|}~".contains(c);
    }
    use GeneralCategoryGroup::{Letter, Mark, Number};
    matches!(c.general_category_group(), Letter | Mark | Number) && !is_invisible(c)
}

/// A letter with its accents as one character, where there is one (NFC). What would become ASCII (the Kelvin sign) stays
/// as it was typed: it is not the mailbox of whoever has the plain letter.
fn composed(local: &str) -> String {
    let becomes_ascii = |c: char| !c.is_ascii() && std::iter::once(c).nfc().all(|c| c.is_ascii());
    let mut text = String::with_capacity(local.len());
    for part in local.split_inclusive(becomes_ascii) {
        let end = part.chars().next_back().filter(|c| becomes_ascii(*c));
        text.extend(part.chars().take_while(|c| !becomes_ascii(*c)).nfc());
        text.extend(end);
    }
    text
}

/// The case of letters folded, one letter to one: never to ASCII from outside it, nor to several letters (`İ`, `ẞ`'s
/// `ss`), for those are other people's addresses.
fn fold(local: &str) -> String {
    let fold_one = |c: char| {
        let mut lower = c.to_lowercase();
        match (lower.next(), lower.next()) {
            // The same letter at the end of a word.
            (Some('ς'), None) => 'σ',
            (Some(one), None) if one.is_ascii() == c.is_ascii() => one,
            _ => c,
        }
    };
    local.chars().map(fold_one).collect()
}

/// The A-label form of a host name with at least two labels, or nothing. The last label is never a number, so an IP
/// address is not a domain.
fn domain_name(domain: &str) -> Option<String> {
    if domain.ends_with('.') {
        return None;
    }
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let labels: Vec<&str> = ascii.split('.').collect();
    let well_formed = |label: &&str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let numeric = labels.last()?.bytes().all(|byte| byte.is_ascii_digit());
    (labels.len() >= 2 && !numeric && labels.iter().all(well_formed)).then_some(ascii)
}

/// Masked: an address in a debug print is an address in a log.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, AddressError> {
        text.parse::<EmailAddress>().map(|address| address.to_string())
    }

    #[test]
    fn real_addresses_are_accepted() {
        for (typed, kept) in [
            ("a@example.org", "a@example.org"),
            ("  Anna.Berg@Example.ORG ", "Anna.Berg@example.org"),
            ("o'neill+week@mail.example.co.uk", "o'neill+week@mail.example.co.uk"),
            ("x@bücher.example", "x@xn--bcher-kva.example"),
            ("用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d"),
            ("a_b-c@sub-domain.example", "a_b-c@sub-domain.example"),
        ] {
            assert_eq!(parsed(typed).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn what_could_harm_is_refused() {
        for text in [
            "", " ", "a", "@", "a@", "@b.c", "a@b", "a@b.c.", "a@-b.c", "a@b-.c", "a b@c.d", "c.d!a@b.c", "a%c.d@b.c",
            "a..b@c.d", ".a@c.d", "a.@c.d", "\"a b\"@c.d", "a@[127.0.0.1]", "a@127.0.0.1", "a@b.c\r\nBcc: x@y.z",
            "a\r\n@b.c", "a\0@b.c", "<a@b.c>", "a@b@c.d", "a,b@c.d", "a;b@c.d", "a(b)@c.d", "a\u{202e}@b.c",
            "a\u{200b}@b.c", "a@b\u{202e}.c", "a@b_c.d", "a@b..c",
        ] {
            assert!(parsed(text).is_err(), "{text:?} was taken for an address");
        }
        assert_eq!(parsed(&format!("{}@b.cc", "a".repeat(65))), Err(AddressError::TooLong));
        assert_eq!(parsed(&format!("a@{}.cc", "b".repeat(64))), Err(AddressError::Domain));
    }

    #[test]
    fn words_of_every_script_are_local_parts() {
        for (typed, kept) in [
            ("संपर्क@डाटामेल.भारत", "संपर्क@xn--c2bd4bq1db8d.xn--h2brj9c"),
            ("ติดต่อ@example.org", "ติดต่อ@example.org"),
            ("น้ำ@example.org", "น้ำ@example.org"),
            ("jose\u{301}@example.org", "jos\u{e9}@example.org"),
            ("nguye\u{302}\u{303}n@example.org", "nguy\u{1ec5}n@example.org"),
            ("q\u{323}\u{307}x@example.org", "q\u{323}\u{307}x@example.org"),
            ("q\u{307}\u{323}x@example.org", "q\u{323}\u{307}x@example.org"),
            ("அஞ்சல்@example.org", "அஞ்சல்@example.org"),
            ("सं१२३@example.org", "सं१२३@example.org"),
            ("Straße@example.org", "Straße@example.org"),
            ("ısparta@example.org", "ısparta@example.org"),
            ("İpek@example.org", "İpek@example.org"),
        ] {
            assert_eq!(parsed(typed).as_deref(), Ok(kept), "{typed}");
        }
        // Forms of ASCII letters are letters, and never those of ASCII.
        for own in ["\u{212a}ate@example.org", "\u{ff42}ob@gmail.com", "\u{fb01}n@example.org", "\u{17f}am@example.org"]
        {
            assert_eq!(parsed(own).as_deref(), Ok(own), "{own:?}");
        }
        for wrong in [
            "a\u{200d}b@example.org", "a\u{fe0f}b@example.org", "a\u{3164}b@example.org", "a\u{34f}b@example.org",
            "\u{301}a@example.org", "a.\u{301}b@example.org", "a\u{e000}b@example.org", "a\u{378}b@example.org",
        ] {
            assert_eq!(parsed(wrong), Err(AddressError::Local), "{wrong:?}");
        }
    }

    #[test]
    fn no_character_outside_ascii_is_ever_taken_for_one_inside() {
        for c in ('\u{80}'..=char::MAX).filter(|c| !c.is_control()) {
            assert!(!fold(&c.to_string()).is_ascii(), "{c:?} folds to ASCII");
            let Ok(address) = format!("a{c}b@example.org").parse::<EmailAddress>() else { continue };
            assert!(!address.local().is_ascii(), "{c:?} became {}", address.text);
            assert!(!address.key().is_ascii(), "{c:?} has the key {}", address.key());
            assert!(!address.mailbox_key().is_ascii(), "{c:?} has the mailbox {}", address.mailbox_key());
        }
    }

    #[test]
    fn a_key_is_the_key_of_every_spelling_in_case_and_composition() {
        let address = |text: &str| text.parse::<EmailAddress>().unwrap();
        for (one, other, same) in [
            ("ANNA@example.org", "anna@example.org", true),
            ("ÉMILE@example.org", "e\u{301}mile@example.org", true),
            ("ΟΔΟΣ@example.org", "οδος@example.org", true),
            ("ΟΔΟΣ@example.org", "οδοσ@example.org", true),
            ("ЖУК@example.org", "жук@example.org", true),
            ("straße@example.org", "strasse@example.org", false),
            ("straße@example.org", "STRASSE@example.org", false),
            ("ıx@example.org", "ix@example.org", false),
            ("ıx@example.org", "IX@example.org", false),
            ("İx@example.org", "ix@example.org", false),
            ("éa@example.org", "ea@example.org", false),
            ("аnna@example.org", "anna@example.org", false),
        ] {
            assert_eq!(address(one).key() == address(other).key(), same, "{one} {other}");
            assert_eq!(address(one).mailbox_key() == address(other).mailbox_key(), same, "{one} {other}");
        }
    }

    #[test]
    fn a_former_key_is_known_where_it_was_another() {
        let former = |text: &str| EmailAddress::stored(text).unwrap().former_key();
        assert_eq!(former("Anna@example.org"), None);
        assert_eq!(former("\u{212a}ate@example.org").as_deref(), Some("kate@example.org"));
        assert_eq!(former("ΟΔΟΣ@example.org").as_deref(), Some("οδος@example.org"));
        assert_eq!(former("émile@example.org"), None);
    }

    #[test]
    fn what_was_stored_is_read_and_what_would_break_a_header_is_not() {
        for text in ["a@example.org", "\u{212a}ate@example.org", "\u{24b6}x@example.org"] {
            assert_eq!(EmailAddress::stored(text).unwrap().as_str(), text);
        }
        for text in ["", "a", "@b.c", "a@", "a b@c.d", "a@b.c\r\nBcc: x@y.z", "a@b.c>"] {
            assert!(EmailAddress::stored(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn keys_fold_what_mailboxes_fold() {
        let address = |text: &str| text.parse::<EmailAddress>().unwrap();
        assert_eq!(address("Anna@Example.org").key(), "anna@example.org");
        assert_eq!(format!("{:?}", address("anna@example.org")), "a***@example.org");
    }
}
