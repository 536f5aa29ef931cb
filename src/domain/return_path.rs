//! The address that a newsletter's bounces come back to: a template with a place for one email's token (VERP), such as
//! `b+{token}@bounce.example.com`. Knows no key and no email.

use std::str::FromStr;

use super::address::{AddressError, EmailAddress};

const PLACE: &str = "{token}";
/// The longest token that ever stands there.
const LONGEST_TOKEN: usize = 34;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath {
    /// What stands before the token.
    before: String,
    /// What stands between it and the `@`.
    after: String,
    domain: String,
    is_short: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReturnPathError {
    #[error("it must have one {{token}} before the @")]
    Place,
    #[error("it has a character that is not of ASCII")]
    Script,
    #[error("with a token of {LONGEST_TOKEN} characters in place, {0}")]
    Address(#[from] AddressError),
}

impl ReturnPath {
    /// `b+{token}` at a domain of its own.
    pub fn at(domain: &str) -> Self {
        Self { before: "b+".to_owned(), after: String::new(), domain: domain.to_owned(), is_short: true }
    }

    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The address of one email, or of one reader.
    pub fn address(&self, token: &str) -> String {
        format!("{}{token}{}@{}", self.before, self.after, self.domain)
    }

    /// The setting that it was said with.
    pub fn setting(&self) -> &'static str {
        if self.is_short { "bounce_domain" } else { "bounce_address" }
    }
}

impl FromStr for ReturnPath {
    type Err = ReturnPathError;

    fn from_str(text: &str) -> Result<Self, ReturnPathError> {
        let (before, rest) = text.split_once(PLACE).ok_or(ReturnPathError::Place)?;
        let (after, _) = rest.split_once('@').ok_or(ReturnPathError::Place)?;
        if before.contains('@') || rest.contains(PLACE) {
            return Err(ReturnPathError::Place);
        }
        if !before.is_ascii() || !after.is_ascii() {
            return Err(ReturnPathError::Script);
        }
        let longest: EmailAddress = format!("{before}{}{rest}", "a".repeat(LONGEST_TOKEN)).parse()?;
        Ok(Self {
            before: before.to_owned(),
            after: after.to_owned(),
            domain: longest.domain().to_owned(),
            is_short: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_may_stand_anywhere_in_the_local_part() {
        for (template, address) in [
            ("b+{token}@bounce.example.com", "b+T@bounce.example.com"),
            ("week-{token}@lists.example.com", "week-T@lists.example.com"),
            ("week-return-{token}-x@Lists.Example.com", "week-return-T-x@lists.example.com"),
            ("{token}@bounce.example.com", "T@bounce.example.com"),
            ("week={token}@b\u{fc}cher.example", "week=T@xn--bcher-kva.example"),
        ] {
            let path: ReturnPath = template.parse().unwrap();
            assert_eq!(path.address("T"), address, "{template}");
            assert_eq!(path.setting(), "bounce_address");
        }
        assert_eq!(ReturnPath::at("bounce.example.com").address("T"), "b+T@bounce.example.com");
    }

    #[test]
    fn what_is_no_return_path_is_refused_with_its_reason() {
        use ReturnPathError::{Address, Place, Script};
        let room = "a".repeat(64 - LONGEST_TOKEN);
        assert!(format!("{room}{{token}}@example.com").parse::<ReturnPath>().is_ok());
        for (template, expected) in [
            ("bounce@example.com", Place),
            ("", Place),
            ("{token}", Place),
            ("{token}{token}@example.com", Place),
            ("b@{token}.example.com", Place),
            ("b+{token}@{token}.com", Place),
            ("b+{TOKEN}@example.com", Place),
            ("b\u{e9}{token}@example.com", Script),
            ("b {token}@example.com", Address(AddressError::Local)),
            ("b\"{token}\"@example.com", Address(AddressError::Local)),
            ("b%{token}@example.com", Address(AddressError::Local)),
            (".{token}@example.com", Address(AddressError::Local)),
            ("b+{token}@", Address(AddressError::Domain)),
            ("b+{token}@a@b", Address(AddressError::Local)),
            (&format!("a{room}{{token}}@example.com"), Address(AddressError::TooLong)),
        ] {
            assert_eq!(template.parse::<ReturnPath>().unwrap_err(), expected, "{template}");
        }
    }
}
