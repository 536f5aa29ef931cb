//! Purpose-bound signed tokens: what stands in links, envelope senders and Message-IDs. Owns the keys and the
//! one-way hash of addresses; must not know what a token's number refers to.
//!
//! A token is a synthetic-IV seal of one number: `key id (1) | tag (12) | number xor pad (8)` in lower-case base32,
//! 34 characters. The tag is HMAC-SHA-256 over purpose and number, so a token made for one purpose opens for no
//! other; the pad is derived from the tag, so a row number never shows. Sealing is deterministic: the same delivery
//! has the same Message-ID and the same links on every try. Base32 survives hosts that fold the case of local parts.

use aws_lc_rs::{aead, constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What a token may be used for. The discriminant goes into the tag: never change one, never use one again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// Confirms a subscription; the number is a consent's id.
    Confirm = 1,
    /// Ends a subscription; the number is a subscription's id.
    Unsubscribe = 2,
    /// Opens the preferences page; the number is a subscription's id.
    Preferences = 3,
    /// Marks an envelope sender (VERP), so that bounces find their delivery.
    Bounce = 4,
    /// Names a message in its Message-ID; the number is a delivery's id.
    Message = 5,
    /// Proves when a form was served; the number is a time in milliseconds.
    Form = 6,
    /// Confirms another address, at that address; the number is a request's id.
    Address = 10,
    /// Stops such a change, at the old address; the number is a request's id.
    Stop = 11,
    /// Opens the reader's data; the number is a request's id.
    Data = 12,
    /// Takes back a leaving; the number is a consent's id.
    Gone = 13,
    /// Refuses mails that strangers ask for; the number is the beginning of an address's keyed hash.
    Refuse = 16,
    /// Proves since when someone waits; the number is a time and a part of an address's keyed hash.
    Wait = 17,
    /// Signs a challenge that a machine solves.
    Challenge = 18,
    /// Carries an address from the signup form to the page behind it.
    Asked = 19,
}

/// The number that test mails carry: no row has it, so their links work and change nothing.
pub const TEST_NUMBER: u64 = 0;

/// How long a token is, in characters.
pub const TOKEN_LEN: usize = 34;

const TAG_BYTES: usize = 12;
const BYTES: usize = 1 + TAG_BYTES + 8;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The keys that seal and open tokens. The first seals; all open, so a key can be retired over years.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<Key>,
    address: hmac::Key,
}

#[derive(Clone)]
struct Key {
    id: u8,
    tag: hmac::Key,
    pad: hmac::Key,
    text: [u8; 32],
}

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file has no key.
    #[error("it holds no key; make one with `coranto init`")]
    Empty,
    /// A line is not `number:hex`.
    #[error("line {0} is not of the form `1:64 hexadecimal digits`")]
    Malformed(usize),
}

impl Keyring {
    /// Reads keys from text: one per line as `id:hex`, newest first, the **oldest last** (it also keys the address
    /// hashes, which must stay comparable for ever). Lines that begin with `#` are comments.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        let mut oldest = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let malformed = || KeyError::Malformed(number + 1);
            let (id, hex) = line.split_once(':').ok_or_else(malformed)?;
            let id = id.trim().parse::<u8>().map_err(|_| malformed())?;
            let master = unhex(hex.trim()).filter(|bytes| bytes.len() == 32).ok_or_else(malformed)?;
            let text = cut(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &master), b"coranto text").as_ref());
            keys.push(Key { id, tag: derive(&master, b"coranto tag"), pad: derive(&master, b"coranto pad"), text });
            oldest = master;
        }
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        Ok(Self { keys, address: derive(&oldest, b"coranto address") })
    }

    /// The text of a new key file.
    pub fn generate() -> String {
        let hex = random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        format!("# Signs every link that coranto mails. Keep it: without it no reader's link works.\n1:{hex}\n")
    }

    /// The token for `number`, good for `purpose` alone.
    pub fn seal(&self, purpose: Purpose, number: u64) -> String {
        let key = &self.keys[0];
        let tag = key.tag(purpose, number);
        let mut bytes = [0; BYTES];
        bytes[0] = key.id;
        bytes[1..=TAG_BYTES].copy_from_slice(&tag);
        bytes[1 + TAG_BYTES..].copy_from_slice(&key.mask(&tag, number.to_be_bytes()));
        encode(&bytes)
    }

    /// The number in `token`, if it was sealed here for `purpose`. The case of letters does not matter.
    pub fn open(&self, purpose: Purpose, token: &str) -> Option<u64> {
        let bytes = decode(token)?;
        let key = self.keys.iter().find(|key| key.id == bytes[0])?;
        let tag: [u8; TAG_BYTES] = bytes[1..=TAG_BYTES].try_into().ok()?;
        let number = u64::from_be_bytes(key.mask(&tag, bytes[1 + TAG_BYTES..].try_into().ok()?));
        constant_time::verify_slices_are_equal(&key.tag(purpose, number), &tag).ok()?;
        Some(number)
    }

    /// Hides `text` in a token that may stand in a URL, good for `purpose` alone. One text has one token.
    pub fn seal_text(&self, purpose: Purpose, text: &str) -> String {
        let key = &self.keys[0];
        let mut bytes = text.as_bytes().to_vec();
        let nonce: [u8; aead::NONCE_LEN] = key.nonce(purpose, &bytes);
        let sealed = key.sealer().seal_in_place_append_tag(
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
        let key = self.keys.iter().find(|key| key.id == *id)?;
        let (nonce, sealed) = rest.split_at_mut_checked(aead::NONCE_LEN)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = key.sealer().open_in_place(nonce, aead::Aad::from([purpose as u8]), sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    /// Signs a text that everyone may read, for `purpose`.
    pub fn sign(&self, purpose: Purpose, text: &str) -> [u8; 32] {
        self.keys[0].signature(purpose, text)
    }

    /// Whether `signature` was made here for this text and purpose.
    pub fn verify(&self, purpose: Purpose, text: &str, signature: &[u8]) -> bool {
        self.keys
            .iter()
            .any(|key| constant_time::verify_slices_are_equal(&key.signature(purpose, text), signature).is_ok())
    }

    /// The beginning of an address's keyed hash, as the number in a token.
    pub fn address_tag(&self, canonical: &str) -> u64 {
        u64::from_be_bytes(cut(&self.address_hash(canonical)))
    }

    /// A keyed hash of an address: tells whether two are the same without telling which (it survives erasure).
    pub fn address_hash(&self, canonical: &str) -> [u8; 16] {
        cut(hmac::sign(&self.address, canonical.as_bytes()).as_ref())
    }
}

impl Key {
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

    fn sealer(&self) -> aead::LessSafeKey {
        let key = aead::UnboundKey::new(&aead::AES_256_GCM_SIV, &self.text);
        aead::LessSafeKey::new(key.expect("the key has the algorithm's length"))
    }

    fn mask(&self, tag: &[u8; TAG_BYTES], mut number: [u8; 8]) -> [u8; 8] {
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

fn derive(master: &[u8], label: &[u8]) -> hmac::Key {
    let master = hmac::Key::new(hmac::HMAC_SHA256, master);
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&master, label).as_ref())
}

fn cut<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[..N]);
    out
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

fn encode(bytes: &[u8; BYTES]) -> String {
    let mut text = String::with_capacity(TOKEN_LEN);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    }
    text
}

fn decode(text: &str) -> Option<[u8; BYTES]> {
    if text.len() != TOKEN_LEN {
        return None;
    }
    let mut bytes = [0; BYTES];
    let (mut held, mut bits, mut at) = (0_u32, 0, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter.to_ascii_lowercase())?;
        held = held << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *bytes.get_mut(at)? = (held >> bits & 255) as u8;
            at += 1;
        }
    }
    // The two spare bits must be zero, so that one number has exactly one spelling.
    (held & 3 == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            for letter in ALPHABET.iter().map(|letter| char::from(*letter)) {
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
    fn a_bad_key_file_names_its_line() {
        assert!(matches!(Keyring::parse("# nothing\n"), Err(KeyError::Empty)));
        assert!(matches!(Keyring::parse("# x\n1:zz"), Err(KeyError::Malformed(2))));
    }
}
