//! The key file: which keys there are, how each is recognised without being shown, and how a new one is put on top.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;

use super::{Key, Keyring, derive, random_bytes};

/// The line of the key that hashes addresses begins with this word; every other begins with a number.
const ADDRESS: &str = "address";
const HEAD: &str = "# Signs every link that coranto emails. Keep it: without it no reader's link works.\n";
const ADDRESS_HEAD: &str =
    "# Hashes the addresses that must not be mailed. Never change it: nobody would be kept out any more.\n";

/// Why a key file cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// The file has no key.
    #[error("it holds no key that seals; bring the file back from a backup of this installation")]
    Empty,
    /// A line is not `number:hex`.
    #[error("line {0} is not of the form `1:64 hexadecimal digits` or `address:64 hexadecimal digits`")]
    Malformed(usize),
    /// Two keys with one number: of the links sealed with one of them none would open.
    #[error(
        "line {line} has the number {name} again; a new key has a number that was never used: `coranto keys rotate`"
    )]
    Twice {
        /// Where the second stands.
        line: usize,
        /// The number, or the word.
        name: String,
    },
    /// The key of this number is not there, or is marked as leaked already.
    #[error("it has no key {0} that opens")]
    Absent(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    Address,
    /// Seals and opens links, by this number.
    Link(u8),
}

/// What tells a key from every other without telling what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub i64);

impl Fingerprint {
    fn of(key: &[u8]) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = derive(key, b"coranto fingerprint");
        Self(i64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.cast_unsigned();
        let part = |at: u32| (number >> (48 - 16 * at)) & 0xffff;
        write!(f, "{:04x}-{:04x}-{:04x}-{:04x}", part(0), part(1), part(2), part(3))
    }
}

impl Keyring {
    /// Reads keys from text, one to a line: `number:hex` seals and opens links, newest first; `number-:hex` is leaked
    /// and ends subscriptions alone; `address:hex` hashes addresses. Without that line the **last** key does that too:
    /// hashes must stay comparable for ever. `#` begins a comment.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let mut keys: Vec<Key> = Vec::new();
        let mut address = None;
        let mut oldest = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let malformed = || KeyFileError::Malformed(at + 1);
            let twice = |name: &str| KeyFileError::Twice { line: at + 1, name: name.to_owned() };
            let (name, hex) = line.split_once(':').ok_or_else(malformed)?;
            let name = name.trim();
            let bytes =
                HEX.decode(hex.trim().as_bytes()).ok().filter(|bytes| bytes.len() == 32).ok_or_else(malformed)?;
            if name == ADDRESS {
                if address.replace(bytes).is_some() {
                    return Err(twice(name));
                }
                continue;
            }
            let (number, leaked) = name.strip_suffix('-').map_or((name, false), |number| (number, true));
            let id = number.parse::<u8>().map_err(|_| malformed())?;
            if keys.iter().any(|key| key.id == id) {
                return Err(twice(number));
            }
            keys.push(key(id, leaked, &bytes));
            oldest = bytes;
        }
        let sealing = keys.iter().position(|key| !key.leaked).ok_or(KeyFileError::Empty)?;
        let address = address.unwrap_or_else(|| derive(&oldest, b"coranto address").to_vec());
        Ok(Self {
            keys,
            sealing: Arc::new(AtomicUsize::new(sealing)),
            address: hmac::Key::new(hmac::HMAC_SHA256, &address),
            address_fingerprint: Fingerprint::of(&address),
        })
    }

    /// The text of a new key file.
    pub fn generate() -> String {
        let address = HEX.encode(&random_bytes::<32>());
        let seals = HEX.encode(&random_bytes::<32>());
        format!("{HEAD}1:{seals}\n{ADDRESS_HEAD}address:{address}\n")
    }

    /// `text`, which is that of a key file, with a new key on top that bears `number`. The key that hashes addresses gets a
    /// line of its own, so that the old ones can go one day. Comments stay. `leaked` is marked so that it ends
    /// subscriptions alone.
    pub fn rotated(text: &str, number: u8, leaked: Option<u8>) -> Result<String, KeyFileError> {
        let mut lines = with_address(text)?;
        if let Some(leaked) = leaked {
            let line = lines.iter_mut().find(|line| number_of(line) == Some((leaked, false)));
            let line = line.ok_or(KeyFileError::Absent(leaked))?;
            let (name, rest) = line.split_once(':').unwrap_or_default();
            *line = format!("{}-:{rest}", name.trim_end());
        }
        let top = lines.iter().position(|line| bytes_of(line).is_some()).unwrap_or(0);
        lines.insert(top, format!("{number}:{}", HEX.encode(&random_bytes::<32>())));
        rewritten(text, &lines)
    }

    /// `text` without the key of `number`. Comments stay, and so does the key that hashes addresses.
    pub fn without(text: &str, number: u8) -> Result<String, KeyFileError> {
        let mut lines = with_address(text)?;
        let before = lines.len();
        lines.retain(|line| number_of(line).is_none_or(|(one, _)| one != number));
        if lines.len() == before {
            return Err(KeyFileError::Absent(number));
        }
        rewritten(text, &lines)
    }

    /// What each key does and how it is recognised: the one that hashes addresses, then those of links in their order.
    pub fn fingerprints(&self) -> Vec<(KeyKind, Fingerprint)> {
        let links = self.keys.iter().map(|key| (KeyKind::Link(key.id), key.fingerprint));
        std::iter::once((KeyKind::Address, self.address_fingerprint)).chain(links).collect()
    }

    /// The number of the key that seals.
    pub fn sealing_number(&self) -> u8 {
        self.sealer().id
    }

    /// Seals with the first key from now on that is not leaked and that everybody has; with the first that is not leaked,
    /// where there is none. Returns its number.
    pub fn seal_with(&self, everybody_has: impl Fn(Fingerprint) -> bool) -> u8 {
        let good = || self.keys.iter().enumerate().filter(|(_, key)| !key.leaked);
        let found = good().find(|(_, key)| everybody_has(key.fingerprint)).or_else(|| good().next());
        if let Some((place, _)) = found {
            self.sealing.store(place, Ordering::Relaxed);
        }
        self.sealing_number()
    }

    /// Whether the key of this number is said to be leaked.
    pub fn is_leaked(&self, number: u8) -> bool {
        self.keys.iter().any(|key| key.id == number && key.leaked)
    }
}

fn key(id: u8, leaked: bool, master: &[u8]) -> Key {
    let derived = |label: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, &derive(master, label));
    Key {
        id,
        leaked,
        tag: derived(b"coranto tag"),
        row: derived(b"coranto row"),
        pad: derived(b"coranto pad"),
        text: derive(master, b"coranto text"),
        fingerprint: Fingerprint::of(master),
    }
}

/// The lines of a key file, with one for the key that hashes addresses.
fn with_address(text: &str) -> Result<Vec<String>, KeyFileError> {
    Keyring::parse(text)?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if !lines.iter().any(|line| line.split_once(':').is_some_and(|(name, _)| name.trim() == ADDRESS)) {
        let oldest = text.lines().filter_map(bytes_of).next_back().ok_or(KeyFileError::Empty)?;
        lines.push(ADDRESS_HEAD.trim_end().to_owned());
        lines.push(format!("{ADDRESS}:{}", HEX.encode(&derive(&oldest, b"coranto address"))));
    }
    Ok(lines)
}

/// A file that can be read again, and hashes addresses as the one before it.
fn rewritten(before: &str, lines: &[String]) -> Result<String, KeyFileError> {
    let text = lines.join("\n") + "\n";
    let after = Keyring::parse(&text)?;
    debug_assert_eq!(after.address_fingerprint, Keyring::parse(before)?.address_fingerprint);
    Ok(text)
}

/// The number of the key in a line, and whether it is leaked.
fn number_of(line: &str) -> Option<(u8, bool)> {
    bytes_of(line)?;
    let name = line.split_once(':')?.0.trim();
    let (number, leaked) = name.strip_suffix('-').map_or((name, false), |number| (number, true));
    Some((number.parse().ok()?, leaked))
}

/// The key in a line, if it has one that seals or opens.
fn bytes_of(line: &str) -> Option<Vec<u8>> {
    let (name, hex) = line.split('#').next()?.split_once(':')?;
    if name.trim() == ADDRESS { None } else { HEX.decode(hex.trim().as_bytes()).ok() }
}

#[cfg(test)]
mod tests {
    use super::super::Purpose;
    use super::*;

    fn digits(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    #[test]
    fn a_bad_key_file_names_its_line() {
        let error = |text: &str| Keyring::parse(text).err();
        let (one, two) = (digits('1'), digits('2'));
        assert_eq!(error("# nothing\n"), Some(KeyFileError::Empty));
        assert_eq!(error("# x\n1:zz"), Some(KeyFileError::Malformed(2)));
        assert_eq!(error("1"), Some(KeyFileError::Malformed(1)));
        assert_eq!(error(&format!("256:{one}")), Some(KeyFileError::Malformed(1)));
        assert_eq!(error(&format!("x:{one}")), Some(KeyFileError::Malformed(1)));
        assert_eq!(error(&format!("1:{one}0")), Some(KeyFileError::Malformed(1)));
        assert_eq!(error(&format!("address:{one}")), Some(KeyFileError::Empty));
        assert_eq!(error(&format!("1-:{one}")), Some(KeyFileError::Empty));
        for again in ["1", "1-"] {
            let text = format!("1:{one}\n# old\n{again}:{two}\n");
            assert_eq!(error(&text), Some(KeyFileError::Twice { line: 3, name: "1".into() }), "{again}");
        }
        let text = format!("1:{one}\naddress:{one}\naddress:{two}");
        assert_eq!(error(&text), Some(KeyFileError::Twice { line: 3, name: "address".into() }));
        assert!(Keyring::parse(&format!("  3:{two}   # seals\n 1:{one}#opens\n")).is_ok());
    }

    #[test]
    fn a_file_from_before_hashes_and_opens_as_it_did() {
        // The values are those of the program of 27 November 2026.
        let old = format!("2:{}\n1:{}\n", digits('2'), digits('1'));
        let keys = Keyring::parse(&old).unwrap();
        let hash = HEX.encode(&keys.address_hash("anna@example.org"));
        assert_eq!(hash, "bab035af9865e3d6abc433bebf34d7d3");
        assert_eq!(
            keys.address_hash("a@b"),
            Keyring::parse(&format!("1:{}", digits('1'))).unwrap().address_hash("a@b")
        );
    }

    #[test]
    fn a_rotation_changes_what_seals_and_no_hash() {
        for old in [format!("# mine\n1:{}\n", digits('1')), Keyring::generate()] {
            let before = Keyring::parse(&old).unwrap();
            let text = Keyring::rotated(&old, 7, None).unwrap();
            let after = Keyring::parse(&text).unwrap();
            assert_eq!(after.sealing_number(), 7);
            assert_eq!(after.address_hash("a@b"), before.address_hash("a@b"));
            let token = before.seal(Purpose::Unsubscribe, 3);
            assert_eq!(after.open(Purpose::Unsubscribe, &token), Some(3));
            assert_eq!(before.open(Purpose::Unsubscribe, &after.seal(Purpose::Unsubscribe, 3)), None);
            let prints = after.fingerprints();
            assert_eq!(prints[0], before.fingerprints()[0]);
            assert_eq!(prints[2], before.fingerprints()[1]);
            for line in old.lines() {
                assert!(text.contains(line), "{line}");
            }
            // The old key may go.
            let without: String =
                text.lines().filter(|line| !line.starts_with("1:")).map(|line| format!("{line}\n")).collect();
            assert_eq!(Keyring::parse(&without).unwrap().address_hash("a@b"), before.address_hash("a@b"));
            assert_eq!(
                Keyring::rotated(&text, 7, None).err(),
                Some(KeyFileError::Twice {
                    line: text.lines().position(|line| line.starts_with("7:")).unwrap() + 2,
                    name: "7".into()
                })
            );
        }
    }

    #[test]
    fn a_key_that_leaked_or_is_retired_takes_no_hash_with_it() {
        let (one, two) = (digits('1'), digits('2'));
        for (name, old) in [
            ("from before", format!("# mine\n 1 :{one} # the first\n")),
            ("two of them", format!("2:{two}\n\n1:{one}\n")),
            ("with its own line", format!("2:{two}\n1:{one}\naddress:{}\n", digits('a'))),
        ] {
            let before = Keyring::parse(&old).unwrap();
            let text = Keyring::rotated(&old, 9, Some(1)).unwrap();
            let after = Keyring::parse(&text).unwrap();
            assert_eq!((after.sealing_number(), after.is_leaked(1)), (9, true), "{name}: {text}");
            assert!(!after.is_leaked(2));
            assert_eq!(after.address_hash("a@b"), before.address_hash("a@b"), "{name}");
            assert_eq!(Keyring::rotated(&text, 10, Some(1)), Err(KeyFileError::Absent(1)), "{name}");
            let gone = Keyring::without(&text, 1).unwrap();
            let after = Keyring::parse(&gone).unwrap();
            assert!(!after.fingerprints().iter().any(|(kind, _)| *kind == KeyKind::Link(1)), "{name}: {gone}");
            assert_eq!(after.address_hash("a@b"), before.address_hash("a@b"), "{name}");
            assert_eq!(Keyring::without(&gone, 1), Err(KeyFileError::Absent(1)));
            assert_eq!(Keyring::rotated(&old, 10, Some(77)), Err(KeyFileError::Absent(77)));
        }
        assert_eq!(Keyring::without(&format!("1:{one}\n"), 1), Err(KeyFileError::Empty), "nothing would seal");
    }

    #[test]
    fn a_fingerprint_shows_no_key_and_is_of_one_key() {
        let keys = Keyring::parse(&format!("2:{}\n1:{}", digits('2'), digits('1'))).unwrap();
        let prints: Vec<_> = keys.fingerprints().into_iter().map(|(kind, print)| (kind, print.to_string())).collect();
        assert_eq!(prints.len(), 3);
        assert_eq!(prints[1].0, KeyKind::Link(2));
        for (at, (_, print)) in prints.iter().enumerate() {
            assert_eq!(print.len(), 19, "{print}");
            assert!(!digits('1').contains(&print[..4]) && !digits('2').contains(&print[..4]), "{print}");
            assert!(prints[at + 1..].iter().all(|(_, other)| other != print));
        }
    }

    #[test]
    fn a_key_that_somebody_lacks_opens_and_does_not_seal() {
        let (old, new) = ("11".repeat(32), "22".repeat(32));
        let before = Keyring::parse(&format!("1:{old}\n")).unwrap();
        let after = Keyring::parse(&format!("2:{new}\n1:{old}\n")).unwrap();
        let has = |ring: &Keyring| ring.fingerprints().into_iter().map(|(_, print)| print).collect::<Vec<_>>();
        let copy = after.clone();
        assert_eq!(after.seal_with(|print| has(&before).contains(&print)), 1);
        let sealed = copy.seal(Purpose::Form, 5);
        assert_eq!(before.open(Purpose::Form, &sealed), Some(5), "a copy seals with the same key");
        assert_eq!(after.seal_with(|print| has(&after).contains(&print)), 2);
        let sealed = copy.seal(Purpose::Form, 5);
        assert_eq!((before.open(Purpose::Form, &sealed), after.open(Purpose::Form, &sealed)), (None, Some(5)));
        // One that is leaked never seals again, whoever lacks the other.
        let leaked = Keyring::parse(&format!("2:{new}\n1-:{old}\n")).unwrap();
        assert_eq!(leaked.seal_with(|print| has(&before).contains(&print)), 2);
    }
}
