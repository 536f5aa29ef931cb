//! Purpose-bound signed tokens: what stands in links, envelope senders and Message-IDs. Owns the keys and the
//! one-way hash of addresses; must not know what a token's number refers to.
//!
//! A token is a synthetic-IV seal of one number: `key id (1) | tag (8) | row tag (4) | number xor pad (8)` in lower-case
//! base32, 34 characters. The tag is HMAC-SHA-256 over purpose and number, so a token made for one purpose opens for no
//! other; the pad is derived from both tags, so a row number never shows. Sealing is deterministic: the same delivery
//! has the same Message-ID and the same links on every try. Base32 survives hosts that fold the case of local parts.
//!
//! Numbers come again after a restored backup. So the row tag is an HMAC over the row's random [`Mark`] too: a token
//! whose row was made again opens nothing. Rows from before marks have none; there, and where a token names no row, the
//! twelve bytes of both tags are one tag over purpose and number.

mod bounce;
mod file;
mod hook;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::{aead, constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use bounce::SHORT_TOKEN_LEN;
use data_encoding::BASE32_NOPAD_NOCASE as BASE32;
pub use file::{Fingerprint, KeyFileError, KeyKind};

/// Declares the purposes with their numbers, and with the path of the page that their links open.
macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $number:literal $(at $path:literal)?,)+) => {
        /// What a token may be used for. The discriminant goes into the tag: never change one, never use one again.
        /// 23 to 25 and 27 are spoken for: enter, code to enter by, half-way in, stored secret.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Purpose {
            $($(#[$doc])* $name = $number,)+
        }

        impl Purpose {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// What stands before the token in a link of this purpose, such as `/u/`. Nothing, where no link has it.
            pub const fn path(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($path)?),)+
                }
            }
        }
    };
}

purposes! {
    /// Confirms a subscription; the number is a consent's id.
    Confirm = 1 at "/c/",
    /// Ends a subscription; the number is a subscription's id.
    Unsubscribe = 2 at "/u/",
    /// Opens the preferences page; the number is a subscription's id.
    Preferences = 3 at "/p/",
    /// Marks an envelope sender (VERP), so that bounces find their delivery.
    Bounce = 4,
    /// Names a message in its Message-ID; the number is a delivery's id.
    Message = 5,
    /// Proves when a form was served; the number is a time in milliseconds.
    Form = 6,
    /// Confirms another address, at that address; the number is a request's id.
    Address = 10 at "/a/",
    /// Stops such a change, at the old address; the number is a request's id.
    Stop = 11 at "/s/",
    /// Opens the reader's data; the number is a request's id.
    Data = 12 at "/d/",
    /// Takes back a leaving; the number is a consent's id.
    Gone = 13 at "/g/",
    /// Refuses mails that strangers ask for; the number is the beginning of an address's keyed hash.
    Refuse = 16 at "/n/",
    /// Proves since when someone waits; the number is a time and a part of an address's keyed hash.
    Wait = 17,
    /// Signs a challenge that a machine solves.
    Challenge = 18,
    /// Carries an address from the signup form to the page behind it.
    Asked = 19,
    /// Seals the name of a hook in its URL.
    Hook = 20,
    /// Proves that `doctor` asks; the number is a time in milliseconds.
    Probe = 21,
    /// Lets somebody with a login choose a password; the number is an entry's id.
    Welcome = 22 at "/admin/welcome/",
    /// Tells a browser that signed in before from all others.
    Device = 26,
}

/// The number that test mails carry: no row has it, so their links work and change nothing.
pub const TEST_NUMBER: u64 = 0;

/// How long a token is, in bytes before its spelling.
const BYTES: usize = 21;
/// How long a token is, in characters.
pub const TOKEN_LEN: usize = 34;
/// The two tags' bytes together.
const TAG_BYTES: usize = 12;
/// How many of them are the tag over purpose and number, when the others are the row tag.
const SHORT_TAG_BYTES: usize = 8;
const _: () = assert!(BYTES == 1 + TAG_BYTES + 8, "a key's id, a tag, a number");

/// The random value that a row was born with. Two rows that bear the same number one after the other differ in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(pub i64);

impl Mark {
    /// A mail has no mark of its own: it is born of a subscription, for an issue. That says enough also where the
    /// subscription has no mark.
    pub fn of_mail(subscription: i64, mark: Option<Self>, issue: Option<i64>) -> Self {
        Self(mark.map_or(0, |mark| mark.0) ^ subscription.rotate_left(32) ^ issue.unwrap_or_default())
    }
}

/// What a token of ours names, before it is known whether the row of that number is the one it was made for:
/// [`Keyring::proves`].
#[derive(Clone, Copy, Debug)]
pub struct Unproved {
    number: u64,
    purpose: Purpose,
    key: usize,
    /// As many of its first bytes count as the form has.
    tag: [u8; TAG_BYTES],
    form: Form,
}

/// How many bytes of its tags a token has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Long,
    /// In a return path: [`bounce`].
    Short,
}

impl Form {
    /// The tag over purpose and number, and the row tag.
    fn split(self) -> (usize, usize) {
        match self {
            Self::Long => (SHORT_TAG_BYTES, TAG_BYTES - SHORT_TAG_BYTES),
            Self::Short => (6, 3),
        }
    }

    fn tag_bytes(self) -> usize {
        let (tag, row) = self.split();
        tag + row
    }
}

impl Unproved {
    /// The number. Nothing may be shown or changed by it alone.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// It, if the tag over purpose and number is this key's.
    fn seen_by(self, key: &Key) -> Option<Self> {
        let (own, _) = self.form.split();
        let expected = key.tag(self.purpose, self.number);
        constant_time::verify_slices_are_equal(&expected[..own], &self.tag[..own]).ok()?;
        Some(self)
    }
}

/// The keys that seal and open tokens, and the one that hashes addresses. The first that is not leaked seals, unless
/// [`Self::seal_with`] says otherwise; all open, so a key can be retired over years.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<Key>,
    /// The place of the one that seals: every copy of this ring seals with the same.
    sealing: Arc<AtomicUsize>,
    address: hmac::Key,
    address_fingerprint: Fingerprint,
}

#[derive(Clone)]
struct Key {
    id: u8,
    /// Others have it: it opens what does harm to nobody, and seals nothing.
    leaked: bool,
    tag: hmac::Key,
    row: hmac::Key,
    pad: hmac::Key,
    text: [u8; 32],
    fingerprint: Fingerprint,
}

impl Keyring {
    /// The token for `number`, good for `purpose` alone. For what names no row, and for a row without a mark.
    pub fn seal(&self, purpose: Purpose, number: u64) -> String {
        let key = self.sealer();
        key.token(&key.tag(purpose, number), number)
    }

    /// The token for the row of this number and mark, good for `purpose` alone.
    pub fn seal_row(&self, purpose: Purpose, number: u64, mark: Option<Mark>) -> String {
        let key = self.sealer();
        key.token(&key.tags(Form::Long, purpose, number, mark), number)
    }

    /// The number in `token`, if it was sealed here for `purpose` and names no row, or one without a mark. The case of
    /// letters does not matter.
    pub fn open(&self, purpose: Purpose, token: &str) -> Option<u64> {
        let unproved = self.open_row(purpose, token)?;
        self.proves(&unproved, None).then_some(unproved.number)
    }

    /// What `token` names, if it was sealed here for `purpose`. It opens nothing before [`Self::proves`] has seen the
    /// row's mark.
    pub fn open_row(&self, purpose: Purpose, token: &str) -> Option<Unproved> {
        // Spare bits must be zero, so that one number has exactly one spelling.
        let bytes: [u8; BYTES] = BASE32.decode(token.as_bytes()).ok()?.try_into().ok()?;
        let at = self.keys.iter().position(|key| key.id == bytes[0])?;
        let key = &self.keys[at];
        if key.leaked && !purpose.is_harmless() {
            return None;
        }
        let tag: [u8; TAG_BYTES] = bytes[1..=TAG_BYTES].try_into().ok()?;
        let number = u64::from_be_bytes(key.mask(&tag, bytes[1 + TAG_BYTES..].try_into().ok()?));
        Unproved { number, purpose, key: at, tag, form: Form::Long }.seen_by(key)
    }

    /// Whether the token was made for the row with this mark, and not for another that had its number.
    pub fn proves(&self, unproved: &Unproved, mark: Option<Mark>) -> bool {
        let Some(key) = self.keys.get(unproved.key) else { return false };
        let (own, all) = (unproved.form.split().0, unproved.form.tag_bytes());
        let expected = key.tags(unproved.form, unproved.purpose, unproved.number, mark);
        constant_time::verify_slices_are_equal(&expected[own..all], &unproved.tag[own..all]).is_ok()
    }

    /// Whether the token was made for the mail to this subscription, for this issue. Mails from before marks are known
    /// by their number, as long as their subscription has none.
    pub fn proves_mail(&self, unproved: &Unproved, subscription: i64, mark: Option<Mark>, issue: Option<i64>) -> bool {
        self.proves(unproved, Some(Mark::of_mail(subscription, mark, issue)))
            || mark.is_none() && self.proves(unproved, None)
    }

    /// Hides `text` in a token that may stand in a URL, good for `purpose` alone. One text has one token.
    pub fn seal_text(&self, purpose: Purpose, text: &str) -> String {
        let key = self.sealer();
        let mut bytes = text.as_bytes().to_vec();
        let nonce: [u8; aead::NONCE_LEN] = key.nonce(purpose, &bytes);
        let sealed = key.cipher().seal_in_place_append_tag(
            aead::Nonce::assume_unique_for_key(nonce),
            aead::Aad::from([purpose as u8]),
            &mut bytes,
        );
        sealed.expect("a text this short can be sealed");
        let mut token = vec![key.id];
        token.extend(nonce);
        token.extend(bytes);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The text in `token`, if it was sealed here for `purpose`.
    pub fn open_text(&self, purpose: Purpose, token: &str) -> Option<String> {
        let mut bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, rest) = bytes.split_first_mut()?;
        let key = self.keys.iter().find(|key| key.id == *id && !key.leaked)?;
        let (nonce, sealed) = rest.split_at_mut_checked(aead::NONCE_LEN)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = key.cipher().open_in_place(nonce, aead::Aad::from([purpose as u8]), sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    /// Signs a text that everyone may read, for `purpose`.
    pub fn sign(&self, purpose: Purpose, text: &str) -> [u8; 32] {
        self.sealer().signature(purpose, text)
    }

    /// Whether `signature` was made here for this text and purpose.
    pub fn verify(&self, purpose: Purpose, text: &str, signature: &[u8]) -> bool {
        let mut keys = self.keys.iter().filter(|key| !key.leaked);
        keys.any(|key| constant_time::verify_slices_are_equal(&key.signature(purpose, text), signature).is_ok())
    }

    /// The beginning of an address's keyed hash, as the number in a token.
    pub fn address_tag(&self, canonical: &str) -> u64 {
        u64::from_be_bytes(cut(&self.address_hash(canonical)))
    }

    /// A keyed hash of an address: tells whether two are the same without telling which (it survives erasure).
    pub fn address_hash(&self, canonical: &str) -> [u8; 16] {
        cut(hmac::sign(&self.address, canonical.as_bytes()).as_ref())
    }

    fn sealer(&self) -> &Key {
        &self.keys[self.sealing.load(Ordering::Relaxed)]
    }
}

impl Purpose {
    /// Whether somebody who has the key may make such tokens, and the reader is none the worse for it: a mailed
    /// one-click link works on (RFC 8058), and the most that a thief does is to end subscriptions.
    fn is_harmless(self) -> bool {
        self == Self::Unsubscribe
    }
}

impl Key {
    fn token(&self, tag: &[u8; TAG_BYTES], number: u64) -> String {
        let mut bytes = [0; BYTES];
        bytes[0] = self.id;
        bytes[1..=TAG_BYTES].copy_from_slice(tag);
        bytes[1 + TAG_BYTES..].copy_from_slice(&self.mask(tag, number.to_be_bytes()));
        BASE32.encode(&bytes).to_ascii_lowercase()
    }

    /// The tag, and behind it the row tag; where there is no mark, the tag goes on.
    fn tags(&self, form: Form, purpose: Purpose, number: u64, mark: Option<Mark>) -> [u8; TAG_BYTES] {
        let mut tags = self.tag(purpose, number);
        if let Some(mark) = mark {
            let (own, row) = form.split();
            tags[own..own + row].copy_from_slice(&self.row_tag(purpose, number, mark)[..row]);
        }
        tags
    }

    fn row_tag(&self, purpose: Purpose, number: u64, mark: Mark) -> [u8; TAG_BYTES - SHORT_TAG_BYTES] {
        let mut input = [purpose as u8; 17];
        input[1..9].copy_from_slice(&number.to_be_bytes());
        input[9..].copy_from_slice(&mark.0.to_be_bytes());
        cut(hmac::sign(&self.row, &input).as_ref())
    }

    fn tag(&self, purpose: Purpose, number: u64) -> [u8; TAG_BYTES] {
        let mut input = [purpose as u8; 9];
        input[1..].copy_from_slice(&number.to_be_bytes());
        cut(hmac::sign(&self.tag, &input).as_ref())
    }

    fn signature(&self, purpose: Purpose, text: &str) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.tag);
        // Longer than any number's input, so that no signature is ever a token's tag.
        context.update(b"text for purpose");
        context.update(&[purpose as u8]);
        context.update(text.as_bytes());
        cut(context.sign().as_ref())
    }

    /// Made from the text (a synthetic IV): a nonce comes again only with the text it came with.
    fn nonce(&self, purpose: Purpose, text: &[u8]) -> [u8; aead::NONCE_LEN] {
        let mut context = hmac::Context::with_key(&self.pad);
        context.update(b"nonce for purpose");
        context.update(&[purpose as u8]);
        context.update(text);
        cut(context.sign().as_ref())
    }

    fn cipher(&self) -> aead::LessSafeKey {
        let key = aead::UnboundKey::new(&aead::AES_256_GCM_SIV, &self.text);
        aead::LessSafeKey::new(key.expect("the key has the algorithm's length"))
    }

    fn mask(&self, tag: &[u8], mut number: [u8; 8]) -> [u8; 8] {
        for (byte, pad) in number.iter_mut().zip(hmac::sign(&self.pad, tag).as_ref()) {
            *byte ^= pad;
        }
        number
    }
}

/// Bytes that nobody can guess.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
    aws_lc_rs::rand::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

fn derive(master: &[u8], label: &[u8]) -> [u8; 32] {
    cut(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, master), label).as_ref())
}

fn cut<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[..N]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE_MARKS: &str = "agbmazc55roqgfbd2odxrugoxo2no7v5s4";

    fn keyring(text: &str) -> Keyring {
        Keyring::parse(text).expect("the keys are well-formed")
    }

    #[test]
    fn a_token_opens_for_its_purpose_alone() {
        let keys = keyring(&Keyring::generate());
        for number in [0, 1, 42, u64::MAX] {
            let token = keys.seal(Purpose::Unsubscribe, number);
            assert_eq!(token.len(), TOKEN_LEN);
            assert_eq!(keys.open(Purpose::Unsubscribe, &token), Some(number));
            assert_eq!(keys.open(Purpose::Unsubscribe, &token.to_uppercase()), Some(number));
            assert_eq!(keys.open(Purpose::Confirm, &token), None);
        }
    }

    #[test]
    fn every_changed_letter_is_noticed() {
        let keys = keyring(&Keyring::generate());
        let token = keys.seal(Purpose::Confirm, 7);
        for at in 0..token.len() {
            for letter in ('a'..='z').chain('2'..='7') {
                let mut forged = token.clone();
                forged.replace_range(at..=at, &letter.to_string());
                assert_eq!(keys.open(Purpose::Confirm, &forged).is_some(), forged == token, "{forged}");
            }
        }
    }

    #[test]
    fn a_text_is_hidden_and_opens_for_its_purpose_alone() {
        let keys = keyring(&Keyring::generate());
        for text in ["", "anna@example.org", &"é".repeat(300)] {
            let token = keys.seal_text(Purpose::Asked, text);
            assert_eq!(keys.open_text(Purpose::Asked, &token).as_deref(), Some(text));
            assert_eq!(keys.open_text(Purpose::Confirm, &token), None);
            assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
            for at in 0..token.len() {
                let other = if &token[at..=at] == "A" { "B" } else { "A" };
                let forged = format!("{}{other}{}", &token[..at], &token[at + 1..]);
                assert_eq!(keys.open_text(Purpose::Asked, &forged), None, "{forged}");
            }
            assert_eq!(keyring(&Keyring::generate()).open_text(Purpose::Asked, &token), None);
        }
        for wrong in ["", "A", "AQ", "é", "AQAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(keys.open_text(Purpose::Asked, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_signature_is_of_one_text_and_purpose() {
        let keys = keyring(&format!("1:{}", "11".repeat(32)));
        let signature = keys.sign(Purpose::Challenge, "abc");
        assert!(keys.verify(Purpose::Challenge, "abc", &signature));
        assert!(keyring(&format!("2:{}\n1:{}", "22".repeat(32), "11".repeat(32))).verify(
            Purpose::Challenge,
            "abc",
            &signature
        ));
        for (purpose, text) in [(Purpose::Challenge, "abd"), (Purpose::Challenge, "abc "), (Purpose::Form, "abc")] {
            assert!(!keys.verify(purpose, text, &signature));
        }
        assert!(!keys.verify(Purpose::Challenge, "abc", &signature[..31]));
    }

    #[test]
    fn an_old_key_still_opens_and_a_foreign_one_does_not() {
        let old = format!("1:{}", "11".repeat(32));
        let token = keyring(&old).seal(Purpose::Preferences, 9);
        let both = keyring(&format!("2:{}\n{old}", "22".repeat(32)));
        assert_eq!(both.open(Purpose::Preferences, &token), Some(9));
        assert_eq!(both.address_hash("a@b"), keyring(&old).address_hash("a@b"));
        assert_eq!(keyring(&format!("1:{}", "33".repeat(32))).open(Purpose::Preferences, &token), None);
    }

    #[test]
    fn a_token_opens_the_row_that_it_was_made_for_alone() {
        let keys = keyring(&Keyring::generate());
        let mine = Some(Mark(0x1234_5678_9abc_def0));
        let token = keys.seal_row(Purpose::Unsubscribe, 7, mine);
        assert_eq!(token.len(), TOKEN_LEN);
        assert_eq!(token, keys.seal_row(Purpose::Unsubscribe, 7, mine));
        for spelling in [token.clone(), token.to_uppercase()] {
            let unproved = keys.open_row(Purpose::Unsubscribe, &spelling).unwrap();
            assert_eq!(unproved.number(), 7);
            assert!(keys.proves(&unproved, mine));
            for other in [None, Some(Mark(0)), Some(Mark(1)), Some(Mark(!0x1234_5678_9abc_def0))] {
                assert!(!keys.proves(&unproved, other), "{other:?}");
            }
        }
        assert_eq!(keys.open(Purpose::Unsubscribe, &token), None);
        assert!(keys.open_row(Purpose::Preferences, &token).is_none());
        assert_eq!(keys.seal_row(Purpose::Unsubscribe, 7, None), keys.seal(Purpose::Unsubscribe, 7));
    }

    #[test]
    fn a_token_from_before_marks_opens_a_row_without_one_alone() {
        // Sealed by the program of 27 November 2026.
        let keys = keyring(&format!("1:{}", "11".repeat(32)));
        let unproved = keys.open_row(Purpose::Unsubscribe, BEFORE_MARKS).unwrap();
        assert_eq!(unproved.number(), 7);
        assert!(keys.proves(&unproved, None));
        assert!(!keys.proves(&unproved, Some(Mark(7))));
        assert_eq!(keys.open(Purpose::Unsubscribe, &BEFORE_MARKS.to_uppercase()), Some(7));
        assert_eq!(keys.seal(Purpose::Unsubscribe, 7), BEFORE_MARKS);
    }

    #[test]
    fn a_mail_is_known_by_its_subscription_and_issue() {
        let keys = keyring(&Keyring::generate());
        for mark in [None, Some(Mark(99))] {
            let token = keys.seal_row(Purpose::Bounce, 5, Some(Mark::of_mail(2, mark, Some(3))));
            let unproved = keys.open_row(Purpose::Bounce, &token).unwrap();
            assert!(keys.proves_mail(&unproved, 2, mark, Some(3)));
            for (subscription, mark, issue) in [
                (3, mark, Some(3)),
                (2, mark, Some(2)),
                (2, mark, None),
                (2, Some(Mark(98)), Some(3)),
                (3, mark, Some(2)),
            ] {
                assert!(!keys.proves_mail(&unproved, subscription, mark, issue), "{subscription} {mark:?} {issue:?}");
            }
        }
        let before = keys.open_row(Purpose::Bounce, &keys.seal(Purpose::Bounce, 5)).unwrap();
        assert!(keys.proves_mail(&before, 2, None, Some(3)));
        assert!(!keys.proves_mail(&before, 2, Some(Mark(99)), Some(3)));
    }

    #[test]
    fn a_leaked_key_ends_subscriptions_and_does_nothing_else() {
        let old = keyring(&format!("1:{}", "11".repeat(32)));
        let keys = keyring(&format!("2:{}\n1-:{}", "22".repeat(32), "11".repeat(32)));
        let mark = Some(Mark(5));
        let unproved = keys.open_row(Purpose::Unsubscribe, &old.seal_row(Purpose::Unsubscribe, 9, mark)).unwrap();
        assert!(keys.proves(&unproved, mark));
        for purpose in [Purpose::Preferences, Purpose::Data, Purpose::Confirm, Purpose::Address, Purpose::Refuse] {
            assert!(keys.open_row(purpose, &old.seal(purpose, 9)).is_none(), "{purpose:?}");
        }
        assert_eq!(keys.open_text(Purpose::Asked, &old.seal_text(Purpose::Asked, "a")), None);
        assert!(!keys.verify(Purpose::Challenge, "a", &old.sign(Purpose::Challenge, "a")));
        assert_eq!(keys.address_hash("a@b"), old.address_hash("a@b"));
    }
}
