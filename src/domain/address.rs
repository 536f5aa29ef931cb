//! What an email address is, and when two are the same. Knows nothing of subscriptions.
//!
//! Accepted is what people have: a dot-atom local part (RFC 5321 4.1.2, with RFC 6531's UTF-8) and a domain name in
//! any script, kept as A-labels. Quoted local parts and address literals are refused: no reader has one, and each is
//! a way to smuggle something into a header or a command.

use std::fmt;
use std::str::FromStr;

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
    /// Nothing was given.
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

    /// What two spellings of the same mailbox share: lower case. Domains fold by rule, local parts by universal custom.
    pub fn key(&self) -> String {
        self.text.to_lowercase()
    }

    /// The key for quotas: also without `+tag`, and without dots where the provider ignores them, so that one person
    /// cannot be flooded through a thousand spellings.
    pub fn quota_key(&self) -> String {
        let local = self.local().to_lowercase();
        let local = local.split('+').next().filter(|local| !local.is_empty()).unwrap_or(&local);
        match self.domain() {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
            domain => format!("{local}@{domain}"),
        }
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
        if !is_dot_atom(local) {
            return Err(AddressError::Local);
        }
        let domain = domain_name(domain).ok_or(AddressError::Domain)?;
        if local.len() + 1 + domain.len() > ADDRESS_BYTES_MAX {
            return Err(AddressError::TooLong);
        }
        Ok(Self { at: local.len(), text: format!("{local}@{domain}") })
    }
}

/// RFC 5322 3.2.3 dot-atom, with letters of any script but no control, space or direction characters; and without `!`
/// and `%`, by which old relays are told to send mail on to somewhere else.
fn is_dot_atom(local: &str) -> bool {
    !local.is_empty() && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

fn is_atext(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || "#$&'*+-/=?^_`{|}~".contains(c) } else { c.is_alphanumeric() }
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
            "",
            " ",
            "a",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a@b.c.",
            "a@-b.c",
            "a@b-.c",
            "a b@c.d",
            "c.d!a@b.c",
            "a%c.d@b.c",
            "a..b@c.d",
            ".a@c.d",
            "a.@c.d",
            "\"a b\"@c.d",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@b.c\r\nBcc: x@y.z",
            "a\r\n@b.c",
            "a\0@b.c",
            "<a@b.c>",
            "a@b@c.d",
            "a,b@c.d",
            "a;b@c.d",
            "a(b)@c.d",
            "a\u{202e}@b.c",
            "a\u{200b}@b.c",
            "a@b\u{202e}.c",
            "a@b_c.d",
            "a@b..c",
        ] {
            assert!(parsed(text).is_err(), "{text:?} was taken for an address");
        }
        assert_eq!(parsed(&format!("{}@b.cc", "a".repeat(65))), Err(AddressError::TooLong));
        assert_eq!(parsed(&format!("a@{}.cc", "b".repeat(64))), Err(AddressError::Domain));
    }

    #[test]
    fn keys_fold_what_mailboxes_fold() {
        let address = |text: &str| text.parse::<EmailAddress>().unwrap();
        assert_eq!(address("Anna@Example.org").key(), "anna@example.org");
        assert_eq!(address("An.na+x@googlemail.com").quota_key(), "anna@gmail.com");
        assert_eq!(address("An.na+x@example.org").quota_key(), "an.na@example.org");
        assert_eq!(address("+x@example.org").quota_key(), "+x@example.org");
        assert_eq!(format!("{:?}", address("anna@example.org")), "a***@example.org");
    }
}
