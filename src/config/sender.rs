//! Whom mail is from, and how it says so: what can be an address is not yet a sender.

use crate::domain::address::EmailAddress;
use crate::domain::newsletter::Mailbox;
use crate::domain::typo::is_of_readers;

use super::reader::ValueRefusal;

/// A text that may stand in a header.
pub(super) fn one_line(text: &str) -> Result<String, ValueRefusal> {
    if text.chars().any(char::is_control) {
        return Err((
            "it has a line end or another control character in it".into(),
            Some("write it on one line".into()),
        ));
    }
    Ok(text.trim().to_owned())
}

/// Names that are longer are cut in every list of emails.
const NAME_CHARS_MAX: usize = 100;

pub(super) fn name(text: &str) -> Result<String, ValueRefusal> {
    let name = one_line(text)?;
    match name.chars().count() {
        0 => Err(("it is empty".into(), Some("write the name that readers know it by".into()))),
        count if count > NAME_CHARS_MAX => {
            Err((format!("it has {count} characters, at most {NAME_CHARS_MAX} are allowed"), None))
        }
        _ => Ok(name),
    }
}

pub(super) fn postal_address(text: &str) -> Result<String, ValueRefusal> {
    let address = one_line(text)?;
    // An empty one is allowed while an installation is set up: no issue goes out without.
    if !address.is_empty() && !address.contains(char::is_alphabetic) {
        return Err((
            format!("{address:?} is not a postal address"),
            Some("write street or box, place and country".into()),
        ));
    }
    Ok(address)
}

pub(super) fn address(text: &str) -> Result<EmailAddress, ValueRefusal> {
    let address = text.parse().map_err(|error| (format!("{text:?} is not an address: {error}"), None))?;
    carried(address)
}

/// An address that every relay carries: few take letters beyond ASCII before the @ (RFC 6531).
pub(super) fn carried(address: EmailAddress) -> Result<EmailAddress, ValueRefusal> {
    match address.local().is_ascii() {
        true => Ok(address),
        false => Err((
            format!("most servers cannot answer to {address}: before the @ it has letters beyond ASCII"),
            Some("write an address of a to z, digits and signs before the @".into()),
        )),
    }
}

/// Whom the mail is from, in the text of a configuration or an answer: `Name <address>`, or an address alone.
pub fn sender(text: &str) -> Result<Mailbox, (String, Option<String>)> {
    let Mailbox { name, address } = mailbox(text)?;
    let address = carried(address)?;
    // DMARC: what somebody else's server sends in the name of such a domain is refused, or ends among the spam.
    if is_of_readers(address.domain()) {
        let message = format!("{} is not your domain, so mailboxes refuse newsletters in its name", address.domain());
        return Err((message, Some("write an address at a domain of your own".into())));
    }
    Ok(Mailbox { name, address })
}

/// `Name <address>`, or an address alone.
fn mailbox(text: &str) -> Result<Mailbox, (String, Option<String>)> {
    let text = one_line(text)?;
    let (name, inner) = match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, inner)) => (name.trim().trim_matches('"').to_owned(), inner),
        None => (String::new(), text.as_str()),
    };
    let address = inner.parse().map_err(|error| {
        (format!("{inner:?} is not an address: {error}"), Some("write Name <address>, or an address alone".to_owned()))
    })?;
    Ok(Mailbox { name, address })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_has_a_name_or_none() {
        let shown = |text| mailbox(text).map(|mailbox| (mailbox.name, mailbox.address.to_string())).ok();
        let pair = |name: &str, address: &str| Some((name.to_owned(), address.to_owned()));
        assert_eq!(shown("The Week <week@example.com>"), pair("The Week", "week@example.com"));
        assert_eq!(shown("\"Week, The\" <week@example.com>"), pair("Week, The", "week@example.com"));
        assert_eq!(shown("week@example.com"), pair("", "week@example.com"));
        for wrong in ["", "The Week", "The Week <week>", "A\r\nBcc: b <week@example.com>", "<>"] {
            assert_eq!(shown(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_sender_is_one_that_receivers_take() {
        for right in ["w@example.com", "The Week <w@xn--b1amnebsh.example>", "w@mail.gmail.example"] {
            assert!(sender(right).is_ok(), "{right}");
        }
        for wrong in [
            "The Week <week@gmail.com>", "w@yahoo.it", "w@hotmail.co.uk", "почта@example.com",
            "The Week <grüße@example.com>",
        ] {
            assert!(sender(wrong).is_err(), "{wrong}");
        }
        assert!(address("почта@example.com").is_err() && address("me@gmail.com").is_ok(), "answers may go anywhere");
    }

    #[test]
    fn names_and_postal_addresses_say_something() {
        assert!(name(&"n".repeat(100)).is_ok() && name(&"n".repeat(101)).is_err() && name(" ").is_err());
        assert!(postal_address("1 Quay Road").is_ok() && postal_address("").is_ok());
        assert!(postal_address("-").is_err() && postal_address("12").is_err());
    }
}
