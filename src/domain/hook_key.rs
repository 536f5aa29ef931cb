//! A key that a provider signs its webhooks with, in any of the spellings that providers show: PEM, its base64 alone, a JWK
//! or a set of them.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::hook::MailService;

/// More keys than any provider has at a time.
const KEYS_MAX: usize = 16;

/// The keys that may have signed: one, or those of a set.
#[derive(Clone, Debug)]
pub struct HookKeys(Vec<HookKey>);

#[derive(Clone, Debug)]
enum HookKey {
    Whole(ParsedPublicKey),
    /// The modulus and the exponent of an RSA key.
    Parts(Vec<u8>, Vec<u8>),
}

impl HookKeys {
    /// The keys in `text`, of the kind that `provider` signs with.
    pub fn parse(provider: MailService, text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let keys = match text.starts_with('{') {
            true => of_set(text),
            false => {
                let letters: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
                let der = STANDARD.decode(letters.split_whitespace().collect::<String>());
                let der = der.map_err(|_| "it is neither PEM nor base64 nor JSON")?;
                whole(provider, &der).into_iter().collect()
            }
        };
        match keys.is_empty() {
            true if provider == MailService::SendGrid => Err("it is no ECDSA key over P-256"),
            true => Err("it is no RSA key of 2048 bits or more"),
            false => Ok(Self(keys)),
        }
    }

    /// Whether one of them signed `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.iter().any(|key| match key {
            HookKey::Whole(key) => key.verify_sig(message, signature).is_ok(),
            HookKey::Parts(n, e) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
        })
    }
}

fn whole(provider: MailService, der: &[u8]) -> Option<HookKey> {
    let key = match provider {
        MailService::SendGrid => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, der),
        _ => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der),
    };
    key.ok().map(HookKey::Whole)
}

/// The RSA keys of a JWK set (RFC 7517), or a single one.
fn of_set(text: &str) -> Vec<HookKey> {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let one = std::slice::from_ref(&value);
    let all = value["keys"].as_array().map_or(one, Vec::as_slice);
    let number = |key: &Value, name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str()?.trim_end_matches('=')).ok()?;
        let start = bytes.iter().position(|byte| *byte != 0)?;
        Some(bytes[start..].to_vec())
    };
    let parts = |key: &Value| Some(HookKey::Parts(number(key, "n").filter(|n| n.len() >= 256)?, number(key, "e")?));
    all.iter().take(KEYS_MAX).filter_map(parts).collect()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::KeyPair as _;

    use super::*;

    #[test]
    fn a_key_is_read_in_every_spelling_that_providers_show() {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let key = pair.public_key();
        let (n, e) =
            (key.modulus().big_endian_without_leading_zero(), key.exponent().big_endian_without_leading_zero());
        let der = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(key).unwrap();
        let base64 = STANDARD.encode(&*der);
        let jwk = format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
        let mut signature = vec![0; pair.public_modulus_len()];
        let random = aws_lc_rs::rand::SystemRandom::new();
        pair.sign(&aws_lc_rs::signature::RSA_PKCS1_SHA256, &random, b"message", &mut signature).unwrap();
        for text in [
            base64.clone(),
            format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n"),
            jwk.clone(),
            format!(r#"{{"keys":[{{"kty":"EC"}},{jwk}]}}"#),
        ] {
            let keys = HookKeys::parse(MailService::Postal, &text).unwrap();
            assert!(keys.verify(b"message", &signature), "{text}");
            assert!(!keys.verify(b"massage", &signature) && !keys.verify(b"message", b""));
        }
        for (provider, text) in [
            (MailService::Postal, "no key"),
            (MailService::Postal, "{}"),
            (MailService::Postal, "AAAA"),
            (MailService::SendGrid, base64.as_str()),
            (MailService::Postal, ""),
        ] {
            assert!(HookKeys::parse(provider, text).is_err(), "{provider} {text}");
        }
    }
}
