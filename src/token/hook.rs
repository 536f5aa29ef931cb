//! The seal in the URL of a hook: it shows that the URL was made here.

use aws_lc_rs::constant_time;

use super::{BASE32, Key, Keyring, Purpose};

/// How much of the signature it has: 24 characters.
const SEAL_BYTES: usize = 15;

impl Keyring {
    /// What stands behind the name of a hook in its URL.
    pub fn hook_seal(&self, name: &str) -> String {
        seal(self.sealer(), name)
    }

    /// Whether `text` is the seal of this hook, by any key of the file that nobody else has.
    pub fn is_hook_seal(&self, name: &str, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        let mut keys = self.keys.iter().filter(|key| !key.leaked);
        keys.any(|key| constant_time::verify_slices_are_equal(seal(key, name).as_bytes(), text.as_bytes()).is_ok())
    }
}

fn seal(key: &Key, name: &str) -> String {
    BASE32.encode(&key.signature(Purpose::Hook, name)[..SEAL_BYTES]).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_of_one_hook_and_of_any_key_that_nobody_else_has() {
        let (one, two) = (format!("1:{}", "11".repeat(32)), format!("2:{}", "22".repeat(32)));
        let old = Keyring::parse(&one).unwrap();
        let seal = old.hook_seal("ses");
        assert_eq!(seal.len(), 24);
        let both = Keyring::parse(&format!("{two}\n{one}")).unwrap();
        assert!(both.is_hook_seal("ses", &seal) && both.is_hook_seal("ses", &seal.to_uppercase()));
        assert_ne!(both.hook_seal("ses"), seal);
        let leaked = Keyring::parse(&format!("{two}\n1-:{}", "11".repeat(32))).unwrap();
        assert!(!leaked.is_hook_seal("ses", &seal));
        for (name, text) in [("sendgrid", seal.as_str()), ("ses", ""), ("ses", &seal[..23]), ("ses", "é")] {
            assert!(!old.is_hook_seal(name, text), "{name} {text}");
        }
        assert!(!Keyring::parse(&two).unwrap().is_hook_seal("ses", &seal));
    }
}
