//! DKIM keys: reading, making, and the DNS record that publishes them (RFC 6376 3.6.1). Must not know mail.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::secret::Secret;

/// A character-string of a TXT record holds no more (RFC 1035 3.3).
const TXT_STRING_BYTES_MAX: usize = 255;

/// A private key that can sign.
pub(super) enum PrivateKey {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// Why a DKIM key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DkimKeyError {
    /// Not text of that form.
    #[error("it is not a private key in PEM (`-----BEGIN PRIVATE KEY-----`); make one with `coranto dkim`")]
    Malformed,
    /// There is nobody to ask for a passphrase.
    #[error("the key is encrypted; store it without a passphrase, readable by coranto alone")]
    Encrypted,
    /// A kind of key, or a size, that receivers do not verify.
    #[error("the key is neither an RSA key of 2048 bits or more nor an Ed25519 key")]
    Unusable,
    /// It stands in the signature and in the DNS.
    #[error("the DKIM {what} {name:?} is not a name that can stand in the DNS")]
    Name {
        /// `domain` or `selector`.
        what: &'static str,
        name: String,
    },
    /// The library refused to make or to write a key.
    #[error("a key could not be made")]
    Made,
}

impl PrivateKey {
    pub(super) fn parse(pem: &str) -> Result<Self, DkimKeyError> {
        let (label, der) = decode_pem(pem).ok_or(DkimKeyError::Malformed)?;
        match label {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der)
                .map(|pair| Self::Rsa(Box::new(pair)))
                .or_else(|_| Ed25519KeyPair::from_pkcs8(&der).map(Self::Ed25519))
                .map_err(|_| DkimKeyError::Unusable),
            "RSA PRIVATE KEY" if pem.contains("ENCRYPTED") => Err(DkimKeyError::Encrypted),
            "RSA PRIVATE KEY" => {
                RsaKeyPair::from_der(&der).map(|pair| Self::Rsa(Box::new(pair))).map_err(|_| DkimKeyError::Unusable)
            }
            "ENCRYPTED PRIVATE KEY" => Err(DkimKeyError::Encrypted),
            _ => Err(DkimKeyError::Malformed),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsRecord {
    /// Its name, without a dot at the end.
    pub name: String,
    /// Its value, in one piece.
    pub value: String,
}

impl DnsRecord {
    pub(super) fn new(selector: &str, domain: &str, key: &PrivateKey) -> Result<Self, DkimKeyError> {
        let (kind, public) = match key {
            PrivateKey::Rsa(pair) => {
                let der: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| DkimKeyError::Made)?;
                ("rsa", STANDARD.encode(der.as_ref()))
            }
            // RFC 8463 4: the 32 bytes alone.
            PrivateKey::Ed25519(pair) => ("ed25519", STANDARD.encode(pair.public_key().as_ref())),
        };
        Ok(Self { name: format!("{selector}._domainkey.{domain}"), value: format!("v=DKIM1; k={kind}; p={public}") })
    }

    /// The value as zone files want it: quoted strings of at most 255 bytes.
    pub fn quoted(&self) -> String {
        let mut strings = Vec::new();
        let mut rest = self.value.as_str();
        while !rest.is_empty() {
            let (string, after) = rest.split_at(rest.len().min(TXT_STRING_BYTES_MAX));
            strings.push(format!("\"{string}\""));
            rest = after;
        }
        strings.join(" ")
    }
}

/// A new RSA key of 2048 bits, as PKCS#8 in PEM: what every receiver verifies, and what fits into a TXT record.
pub fn generate_rsa_pem() -> Result<Secret, DkimKeyError> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| DkimKeyError::Made)?;
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().map_err(|_| DkimKeyError::Made)?;
    Ok(encode_pem(der.as_ref()))
}

/// A new Ed25519 key, as PKCS#8 in PEM: small and fast, but not yet verified everywhere, so only beside an RSA key.
pub fn generate_ed25519_pem() -> Result<Secret, DkimKeyError> {
    let pair = Ed25519KeyPair::generate().map_err(|_| DkimKeyError::Made)?;
    Ok(encode_pem(pair.to_pkcs8v1().map_err(|_| DkimKeyError::Made)?.as_ref()))
}

/// Whether `name` is made of labels that may stand in a signature and in the DNS.
pub(super) fn is_dns_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

fn encode_pem(der: &[u8]) -> Secret {
    let base64 = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    Secret::new(pem)
}

/// The label and the bytes of the first PEM block.
fn decode_pem(pem: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let base64: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    match STANDARD.decode(base64) {
        Ok(der) => Some((label, der)),
        // The header lines of an encrypted key are not base64.
        Err(_) => body.contains("ENCRYPTED").then_some((label, Vec::new())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_pem() {
        let pem = generate_ed25519_pem().unwrap();
        assert!(matches!(PrivateKey::parse(pem.expose()), Ok(PrivateKey::Ed25519(_))));
        assert!(matches!(PrivateKey::parse(&pem.expose().replace('\n', "\r\n")), Ok(PrivateKey::Ed25519(_))));
        assert!(matches!(PrivateKey::parse(generate_rsa_pem().unwrap().expose()), Ok(PrivateKey::Rsa(_))));
    }

    #[test]
    fn the_older_form_of_an_rsa_key_is_the_same_key() {
        /// What PKCS#8 puts before the key of 2048 bits.
        const PKCS8_FRAME_BYTES: usize = 26;
        let pem = generate_rsa_pem().unwrap();
        let (_, der) = decode_pem(pem.expose()).unwrap();
        let pkcs1 = STANDARD.encode(&der[PKCS8_FRAME_BYTES..]);
        let older = format!("-----BEGIN RSA PRIVATE KEY-----\n{pkcs1}\n-----END RSA PRIVATE KEY-----\n");
        let record = |pem: &str| DnsRecord::new("s", "example.org", &PrivateKey::parse(pem).unwrap()).unwrap();
        assert_eq!(record(&older), record(pem.expose()));
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_reason() {
        for (pem, reason) in [
            ("", "Malformed"),
            ("hunter2", "Malformed"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "Malformed"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "Unusable"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "Encrypted"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
                "Encrypted",
            ),
        ] {
            let error = PrivateKey::parse(pem).err().unwrap();
            assert_eq!(format!("{error:?}"), reason, "{pem}");
        }
    }

    #[test]
    fn a_long_record_is_shown_in_strings() {
        let record = DnsRecord { name: "s._domainkey.example.org".to_owned(), value: "x".repeat(300) };
        assert_eq!(record.quoted(), format!("\"{}\" \"{}\"", "x".repeat(255), "x".repeat(45)));
    }

    #[test]
    fn names_that_could_break_out_are_refused() {
        for name in ["example.org", "s1", "a_b", "xn--bcher-kva.example"] {
            assert!(is_dns_name(name), "{name}");
        }
        for name in ["", ".", "a..b", "a;b", "a b", "a\r\nb", "é", "a/b"] {
            assert!(!is_dns_name(name), "{name}");
        }
    }
}
