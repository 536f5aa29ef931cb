//! The short seal of a mail's number, for addresses that bounces come back to: `key id (1) | tag (6) | row tag (3) |
//! number xor pad (5)`, 24 characters. A local part has 64 octets (RFC 5321 4.5.3.1.1), and whoever forwards a mail wraps
//! the address into one of their own (SRS). Guesses are made against a listener that hangs up, so nine bytes are plenty.
//!
//! The tags are the beginnings of those in a long token; a row without a mark has one tag of nine bytes.

use super::{BASE32, Form, Keyring, Mark, Purpose, TAG_BYTES, Unproved};

/// How long a short token is, in characters.
pub const SHORT_TOKEN_LEN: usize = 24;

const BYTES: usize = 15;
const NUMBER_BYTES: usize = 5;
const NUMBER_MAX: u64 = (1 << (8 * NUMBER_BYTES)) - 1;

impl Keyring {
    /// The token for the mail of this number and mark in its return path. Numbers beyond a trillion have long ones.
    pub fn seal_bounce(&self, number: u64, mark: Option<Mark>) -> String {
        if number > NUMBER_MAX {
            return self.seal_row(Purpose::Bounce, number, mark);
        }
        let key = self.sealer();
        let tag = key.tags(Form::Short, Purpose::Bounce, number, mark);
        let mut bytes = [0; BYTES];
        let (id, rest) = bytes.split_at_mut(1);
        let (tags, numbers) = rest.split_at_mut(Form::Short.tag_bytes());
        id.copy_from_slice(&[key.id]);
        tags.copy_from_slice(&tag[..tags.len()]);
        let masked = key.mask(&tag[..tags.len()], shifted(number));
        numbers.copy_from_slice(&masked[..NUMBER_BYTES]);
        BASE32.encode(&bytes).to_ascii_lowercase()
    }

    /// What a token in a return path names, if it was sealed here. It opens nothing before [`Self::proves_mail`] has seen
    /// of what the mail was born. All that were ever mailed open, the long ones too.
    pub fn open_bounce(&self, token: &str) -> Option<Unproved> {
        if token.len() != SHORT_TOKEN_LEN {
            return self.open_row(Purpose::Bounce, token);
        }
        let bytes: [u8; BYTES] = BASE32.decode(token.as_bytes()).ok()?.try_into().ok()?;
        let at = self.keys.iter().position(|key| key.id == bytes[0] && !key.leaked)?;
        let (tags, numbers) = bytes[1..].split_at(Form::Short.tag_bytes());
        let mut masked = [0; 8];
        masked[..NUMBER_BYTES].copy_from_slice(numbers);
        let mut number = self.keys[at].mask(tags, masked);
        number[NUMBER_BYTES..].fill(0);
        let number = u64::from_be_bytes(number) >> (64 - 8 * NUMBER_BYTES);
        let mut tag = [0; TAG_BYTES];
        tag[..tags.len()].copy_from_slice(tags);
        Unproved { number, purpose: Purpose::Bounce, key: at, tag, form: Form::Short }.seen_by(&self.keys[at])
    }
}

/// The number's bytes at the front.
fn shifted(number: u64) -> [u8; 8] {
    (number << (64 - 8 * NUMBER_BYTES)).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_token_opens_for_its_mail_alone() {
        let keys = Keyring::parse(&Keyring::generate()).unwrap();
        for number in [0, 1, 42, 1 << 32, NUMBER_MAX] {
            for mark in [None, Some(Mark::of_mail(2, Some(Mark(5)), Some(3)))] {
                let token = keys.seal_bounce(number, mark);
                assert_eq!(token.len(), SHORT_TOKEN_LEN);
                assert_eq!(token, keys.seal_bounce(number, mark), "one mail has one return path");
                for spelling in [token.clone(), token.to_uppercase()] {
                    let found = keys.open_bounce(&spelling).unwrap();
                    assert_eq!(found.number(), number);
                    assert!(keys.proves(&found, mark));
                    assert!(!keys.proves(&found, Some(Mark(17))));
                    assert_eq!(keys.proves(&found, None), mark.is_none());
                }
            }
        }
        let long = keys.seal_bounce(NUMBER_MAX + 1, None);
        assert_eq!(keys.open_bounce(&long).unwrap().number(), NUMBER_MAX + 1);
        let before = keys.seal(Purpose::Bounce, 7);
        assert!(keys.proves(&keys.open_bounce(&before).unwrap(), None));
        assert!(keys.open_bounce(&keys.seal(Purpose::Message, 7)).is_none());
    }

    #[test]
    fn every_changed_letter_of_a_short_token_is_noticed() {
        let keys = Keyring::parse(&Keyring::generate()).unwrap();
        let mark = Some(Mark(99));
        let token = keys.seal_bounce(7, mark);
        for at in 0..token.len() {
            for letter in ('a'..='z').chain('2'..='7') {
                let mut forged = token.clone();
                forged.replace_range(at..=at, &letter.to_string());
                let opens = keys.open_bounce(&forged).is_some_and(|found| keys.proves(&found, mark));
                assert_eq!(opens, forged == token, "{forged}");
            }
        }
    }

    #[test]
    fn neither_a_foreign_nor_a_leaked_key_opens_one() {
        let ring = |text: String| Keyring::parse(&text).unwrap();
        let old = ring(format!("1:{}", "11".repeat(32)));
        let token = old.seal_bounce(9, None);
        assert!(ring(format!("2:{}\n1:{}", "22".repeat(32), "11".repeat(32))).open_bounce(&token).is_some());
        assert!(ring(format!("2:{}\n1-:{}", "22".repeat(32), "11".repeat(32))).open_bounce(&token).is_none());
        assert!(ring(format!("1:{}", "33".repeat(32))).open_bounce(&token).is_none());
    }
}
