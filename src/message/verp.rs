//! The addresses at the bounce domain: variable envelope return paths, and mail that unsubscribes. Owns how they are
//! spelled and read; must not know what a bounce means.
//!
//! The token stands in the local part, since subjects and header fields get lost on the way back. It is signed, so a
//! forged bounce names no delivery.

use crate::domain::{DeliveryId, SubscriptionId};
use crate::token::{Keyring, Purpose};

const BOUNCE: &str = "b+";
const UNSUBSCRIBE: &str = "u+";

/// Whom a mail to the bounce domain concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// A report about this mail.
    Bounce(DeliveryId),
    /// A wish to leave.
    Unsubscribe(SubscriptionId),
}

/// The envelope sender of a delivery.
pub fn bounce_address(keys: &Keyring, delivery: DeliveryId, domain: &str) -> String {
    let token = keys.seal(Purpose::Bounce, delivery.0.cast_unsigned());
    format!("{BOUNCE}{token}@{domain}")
}

/// The address to which a mail from the reader ends the subscription that `token` was sealed for.
pub fn unsubscribe_address(token: &str, domain: &str) -> String {
    format!("{UNSUBSCRIBE}{token}@{domain}")
}

/// Reads the local part of an address at the bounce domain, whatever the case of its letters.
pub fn open(keys: &Keyring, local: &str) -> Option<Returned> {
    let (prefix, token) = local.split_at_checked(2)?;
    match prefix.to_ascii_lowercase().as_str() {
        BOUNCE => Some(Returned::Bounce(DeliveryId(keys.open(Purpose::Bounce, token)?.cast_signed()))),
        UNSUBSCRIBE => {
            Some(Returned::Unsubscribe(SubscriptionId(keys.open(Purpose::Unsubscribe, token)?.cast_signed())))
        }
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
        let address: EmailAddress = bounce_address(&keys, DeliveryId(7), "bounce.example.org").parse().unwrap();
        assert_eq!(open(&keys, address.local()), Some(Returned::Bounce(DeliveryId(7))));
        assert_eq!(open(&keys, &address.local().to_uppercase()), Some(Returned::Bounce(DeliveryId(7))));
        let token = keys.seal(Purpose::Unsubscribe, 9);
        let address: EmailAddress = unsubscribe_address(&token, "bounce.example.org").parse().unwrap();
        assert_eq!(open(&keys, address.local()), Some(Returned::Unsubscribe(SubscriptionId(9))));
        for local in ["", "b", "b+", "é+x", "b+aaaa", &format!("b+{token}"), &format!("x+{token}")] {
            assert_eq!(open(&keys, local), None, "{local}");
        }
    }
}
