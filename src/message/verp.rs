//! The addresses that mail comes back to: variable envelope return paths, and addresses that unsubscribe. Owns how they
//! are spelled and read; must not know what a bounce means.
//!
//! The token stands in the local part, since subjects and header fields get lost on the way back. It is signed, so a
//! forged bounce names no delivery; and it says itself what it is good for, so one template serves both.

use crate::domain::DeliveryId;
use crate::domain::return_path::ReturnPath;
use crate::token::{Keyring, Mark, Purpose, SHORT_TOKEN_LEN, TOKEN_LEN, Unproved};

/// A path has 256 octets at most (RFC 5321 4.5.3.1.3); a header field holds more than one.
const BYTES_MAX: usize = 512;

/// Whom a mail to such an address concerns. The number is to be held against the row's mark: numbers come again.
#[derive(Clone, Copy, Debug)]
pub enum Returned {
    /// A report about a mail: `Keyring::proves_mail`.
    Bounce(Unproved),
    /// A wish to unsubscribe: `Keyring::proves`, with the subscription's mark.
    Unsubscribe(Unproved),
}

/// The envelope sender of a delivery.
pub fn bounce_address(keys: &Keyring, delivery: DeliveryId, mark: Option<Mark>, path: &ReturnPath) -> String {
    path.address(&bounce_token(keys, delivery, mark))
}

/// What stands in it, and what a relay that offers DSN is given as the envelope's id (RFC 3461 4.4).
pub fn bounce_token(keys: &Keyring, delivery: DeliveryId, mark: Option<Mark>) -> String {
    keys.seal_bounce(delivery.0.cast_unsigned(), mark)
}

/// Reads the local part of an address, whatever was done to it on the way: the case of its letters, what stands around
/// the token (BATV, SRS, quotation marks), and whether a `+` became something else or nothing. All that may be a token is
/// tried.
pub fn open(keys: &Keyring, local: &str) -> Option<Returned> {
    let bounce = || open_bounce(keys, local).map(Returned::Bounce);
    open_unsubscribe(keys, local).map(Returned::Unsubscribe).or_else(bounce)
}

/// The mail whose return path, or its token alone, stands in `text`.
pub fn open_bounce(keys: &Keyring, text: &str) -> Option<Unproved> {
    let long = || windows(text, TOKEN_LEN).find_map(|token| keys.open_row(Purpose::Bounce, token));
    long().or_else(|| windows(text, SHORT_TOKEN_LEN).find_map(|token| keys.open_bounce(token)))
}

/// The mail whose Message-ID stands in `text`.
pub fn open_message(keys: &Keyring, text: &str) -> Option<Unproved> {
    windows(text, TOKEN_LEN).find_map(|token| keys.open_row(Purpose::Message, token))
}

/// The subscription that a link or an address in `text` ends.
pub fn open_unsubscribe(keys: &Keyring, text: &str) -> Option<Unproved> {
    windows(text, TOKEN_LEN).find_map(|token| keys.open_row(Purpose::Unsubscribe, token))
}

/// Everything of this length in `text` that may be a token.
fn windows(text: &str, length: usize) -> impl Iterator<Item = &str> {
    let text = &text[..text.floor_char_boundary(BYTES_MAX)];
    let runs = text.split(|letter: char| !is_letter(letter));
    runs.flat_map(move |run| (length..=run.len()).map(move |to| &run[to - length..to]))
}

/// Whether a token may have this letter.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic() || matches!(letter, '2'..='7')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::address::EmailAddress;

    const MARK: Option<Mark> = Some(Mark(0x1234_5678_9abc));

    fn keys() -> Keyring {
        Keyring::parse(&format!("1:{}", "11".repeat(32))).unwrap()
    }

    fn bounced(keys: &Keyring, local: &str) -> Option<u64> {
        match open(keys, local)? {
            Returned::Bounce(found) if keys.proves(&found, MARK) => Some(found.number()),
            _ => None,
        }
    }

    #[test]
    fn a_token_opens_whatever_was_done_to_its_address() {
        let keys = keys();
        let long = keys.seal_row(Purpose::Bounce, 7, MARK);
        for token in [keys.seal_bounce(7, MARK), long] {
            for around in [
                "b+T",
                "b-T",
                "b=T",
                "b T",
                "b_T",
                "b.T",
                "bT",
                "T",
                "Tb",
                "b=2BT",
                "b%2BT",
                "week-return-T",
                "b+T-x",
                "prvs=0123abcd=b+T",
                "prvs=b+T=0123abcdef",
                "SRS0=HHHH=XX=bounce.example.com=b+T",
                "\"b+T\"",
                "\"b\\+T\"",
                "SRS1=HHHH=forward.example==HHHH=XX=bounce.example.com=b+T",
                "SRS0+HHHH=XX=example.com=week-T",
                "btv1==012abcdef==b+T",
                "msprvs1=18999abcdefgh=bounces-12-T",
                "<b+T",
                "b+T=bounce.example.com",
            ] {
                for local in [around.replace('T', &token), around.replace('T', &token).to_uppercase()] {
                    assert_eq!(bounced(&keys, &local), Some(7), "{local}");
                }
            }
        }
    }

    #[test]
    fn a_token_says_what_it_is_good_for() {
        let keys = keys();
        let leaving = keys.seal_row(Purpose::Unsubscribe, 9, MARK);
        for local in [format!("u+{leaving}"), format!("b+{leaving}"), format!("week-{leaving}"), leaving.to_uppercase()]
        {
            let Some(Returned::Unsubscribe(found)) = open(&keys, &local) else { panic!("{local} opens nothing") };
            assert_eq!((found.number(), keys.proves(&found, MARK)), (9, true));
        }
        let other = keys.seal_row(Purpose::Message, 7, MARK);
        for local in ["", "b", "b+", "é+x", "b+aaaa", &format!("b+{other}"), &format!("b+{}", &leaving[1..])] {
            assert!(open(&keys, local).is_none(), "{local}");
        }
        // The end of a text that is far too long is not read, and no character is cut in two.
        assert!(open(&keys, &format!("{}{leaving}", "é".repeat(256))).is_none());
    }

    #[test]
    fn behind_one_forwarder_it_still_fits_where_it_must() {
        let path = ReturnPath::at(&format!("{}.example.com", "b".repeat(12)));
        let address: EmailAddress = bounce_address(&keys(), DeliveryId(7), MARK, &path).parse().unwrap();
        let wrapped = format!("SRS0=HHHH=TT={}={}", address.domain(), address.local());
        assert!(wrapped.len() <= 64, "{} octets", wrapped.len());
    }

    /// A hundred thousand, from one seed: an address that opens by chance would be somebody else's bounce.
    #[test]
    fn no_local_part_opens_by_chance() {
        let keys = keys();
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap() % below
        };
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
        for (length, times) in [(24, 70_000), (26, 20_000), (34, 8_000), (64, 2_000)] {
            for _ in 0..times {
                let mut local: Vec<u8> = (0..length).map(|_| LETTERS[next(LETTERS.len())]).collect();
                // Half of them begin as a token of the one key does, so that more than its number is looked at.
                if next(2) == 0 {
                    local[0] = b'a';
                    local[1] = LETTERS[4 + next(4)];
                }
                let local = String::from_utf8(local).unwrap();
                assert!(open(&keys, &local).is_none(), "{local}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_template_gives_back_its_number(
            before in "[a-z][a-z0-9+=_-]{0,20}|", after in "[+=_-][a-z0-9]{0,7}|", number in 0..u64::MAX, is_upper: bool,
        ) {
            let keys = keys();
            let path: ReturnPath = format!("{before}{{token}}{after}@bounce.example.com").parse().unwrap();
            let delivery = DeliveryId(number.cast_signed());
            let address: EmailAddress = bounce_address(&keys, delivery, MARK, &path).parse().unwrap();
            let local = if is_upper { address.local().to_uppercase() } else { address.local().to_owned() };
            prop_assert_eq!(bounced(&keys, &local), Some(number));
            let forwarded = format!("SRS0=ab2d=X7={}={}", address.domain(), local);
            prop_assert_eq!(bounced(&keys, &forwarded), Some(number));
        }

        #[test]
        fn nothing_makes_it_panic(local in "\\PC{0,300}") {
            let _ = open(&keys(), &local);
        }
    }
}
