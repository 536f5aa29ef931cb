//! Which addresses the listener takes mail for. Everything else is refused where it is named, so a stranger costs a few
//! hashes and no message.

use std::collections::BTreeSet;

use crate::message::verp;
use crate::token::Keyring;

/// Addresses that must be there (RFC 5321 4.5.1, RFC 2142), and the one for complaints.
const ROLES: [&str; 3] = ["postmaster", "abuse", "fbl"];

/// What an address is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It bears a token: of an email or a reader.
    Sealed,
    /// Reports come to it, and nothing in it says whose they are.
    Role,
}

/// What is known of an address. `domains` are those that mail of ours names.
pub(super) fn known(keys: &Keyring, domains: &BTreeSet<String>, address: &str) -> Option<Known> {
    let (local, domain) = match address.rsplit_once('@') {
        Some((local, domain)) => (local, Some(domain)),
        None => (address, None),
    };
    if verp::open(keys, local).is_some() {
        return Some(Known::Sealed);
    }
    // `<postmaster>` needs no domain (RFC 5321 4.1.1.3).
    let is_here = match domain {
        Some(domain) => domains.contains(&domain.to_ascii_lowercase()),
        None => local.eq_ignore_ascii_case(ROLES[0]),
    };
    let is_role = ROLES.iter().any(|role| role.eq_ignore_ascii_case(local));
    (is_here && is_role).then_some(Known::Role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Purpose;

    #[test]
    fn only_what_is_ours_is_known() {
        let keys = Keyring::parse(&Keyring::generate()).unwrap();
        let domains = BTreeSet::from(["bounce.example.com".to_owned()]);
        let bounce = keys.seal_bounce(7, None);
        let leaving = keys.seal(Purpose::Unsubscribe, 7);
        let foreign = Keyring::parse(&Keyring::generate()).unwrap().seal_bounce(7, None);
        for (address, expected) in [
            (format!("b+{bounce}@bounce.example.com"), Some(Known::Sealed)),
            (format!("B+{}@BOUNCE.example.com", bounce.to_uppercase()), Some(Known::Sealed)),
            (format!("\"b+{bounce}\"@elsewhere.example"), Some(Known::Sealed)),
            (format!("u+{leaving}@bounce.example.com"), Some(Known::Sealed)),
            (format!("b+{foreign}@bounce.example.com"), None),
            (format!("b+{}@bounce.example.com", keys.seal(Purpose::Message, 7)), None),
            ("fbl@bounce.example.com".to_owned(), Some(Known::Role)),
            ("Postmaster@Bounce.Example.com".to_owned(), Some(Known::Role)),
            ("postmaster".to_owned(), Some(Known::Role)),
            ("abuse".to_owned(), None),
            ("abuse@elsewhere.example".to_owned(), None),
            ("anna@bounce.example.com".to_owned(), None),
            (format!("fbl@{bounce}.example.com"), None),
            (String::new(), None),
            ("@".to_owned(), None),
        ] {
            assert_eq!(known(&keys, &domains, &address), expected, "{address}");
        }
    }
}
