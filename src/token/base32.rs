//! Lower-case base32: a token's spelling, which survives hosts that fold the case of local parts.

/// How long a token is, in bytes before its spelling.
pub(super) const BYTES: usize = 21;
/// How long a token is, in characters.
pub const TOKEN_LEN: usize = 34;

pub(super) const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

pub(super) fn encode(bytes: &[u8; BYTES]) -> String {
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

pub(super) fn decode(text: &str) -> Option<[u8; BYTES]> {
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
