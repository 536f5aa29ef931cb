//! The addresses at the bounce domain: variable envelope return paths, and mail that unsubscribes. Owns how they are
//! spelled and read; must not know what a bounce means.
//!
//! The token stands in the local part, since subjects and header fields get lost on the way back. It is signed, so a
//! forged bounce names no delivery.

use crate::domain::DeliveryId;
use crate::token::{Keyring, Mark, Purpose, Unproved};

pub(super) const BOUNCE: &str = "b+";
/// Emails sent before 27 November 2026 name such addresses.
pub(super) const UNSUBSCRIBE: &str = "u+";

/// Whom a mail to the bounce domain concerns. The number is to be held against the row's mark: numbers come again.
#[derive(Clone, Copy, Debug)]
pub enum Returned {
    /// A report about a mail: `Keyring::proves_mail`.
    Bounce(Unproved),
    /// A wish to leave: `Keyring::proves`, with the subscription's mark.
    Unsubscribe(Unproved),
}

/// The envelope sender of a delivery.
pub fn bounce_address(keys: &Keyring, delivery: DeliveryId, mark: Option<Mark>, domain: &str) -> String {
    let token = keys.seal_row(Purpose::Bounce, delivery.0.cast_unsigned(), mark);
    format!("{BOUNCE}{token}@{domain}")
}

/// Reads the local part of an address at the bounce domain, whatever the case of its letters.
pub fn open(keys: &Keyring, local: &str) -> Option<Returned> {
    let (prefix, token) = local.split_at_checked(2)?;
    match prefix.to_ascii_lowercase().as_str() {
        BOUNCE => Some(Returned::Bounce(keys.open_row(Purpose::Bounce, token)?)),
        UNSUBSCRIBE => Some(Returned::Unsubscribe(keys.open_row(Purpose::Unsubscribe, token)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::EmailAddress;

    #[test]
    fn addresses_come_back_whatever_a_host_does_to_their_case() {
        let keys = Keyring::parse(&Keyring::generate()).unwrap();
        let mark = Some(Mark::of_mail(2, Some(Mark(5)), Some(3)));
        let address: EmailAddress = bounce_address(&keys, DeliveryId(7), mark, "bounce.example.org").parse().unwrap();
        for local in [address.local().to_owned(), address.local().to_uppercase()] {
            let Some(Returned::Bounce(found)) = open(&keys, &local) else { panic!("{local} opens no mail") };
            assert_eq!(found.number(), 7);
            assert!(keys.proves_mail(&found, 2, Some(Mark(5)), Some(3)));
        }
        let token = keys.seal_row(Purpose::Unsubscribe, 9, Some(Mark(5)));
        let address: EmailAddress = format!("{UNSUBSCRIBE}{token}@bounce.example.org").parse().unwrap();
        let Some(Returned::Unsubscribe(found)) = open(&keys, address.local()) else { panic!("it opens nothing") };
        assert_eq!(found.number(), 9);
        assert!(keys.proves(&found, Some(Mark(5))));
        for local in ["", "b", "b+", "é+x", "b+aaaa", &format!("b+{token}"), &format!("x+{token}")] {
            assert!(open(&keys, local).is_none(), "{local}");
        }
    }
}
