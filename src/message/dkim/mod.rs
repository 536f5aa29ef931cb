//! DKIM signatures (RFC 6376, 8301, 8463): relaxed/relaxed, SHA-256, RSA or Ed25519. Owns what is signed and how the
//! header is written; must not know what kind of mail it is.
//!
//! There is no `l=` (RFC 6376 8.2: what is appended would seem signed) and no `x=` (retries take days). What a reader or a
//! program acts on is signed once more than it stands, so that a second one, or a first, breaks the signature (RFC 6376
//! 5.4.2). What a relay rewrites is left out, and so is what protects nobody and is set anew on the way.

mod canonical;
mod key;

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::clock::Timestamp;
use crate::secret::Secret;

pub use key::{DkimKeyError, DnsRecord, generate_ed25519_pem, generate_rsa_pem};

use key::PrivateKey;

/// Where the header's lines are folded.
const COLUMNS: usize = 76;

/// Fields that may stand once, and are sealed: each is named once more than it stands.
const SEALED: &[&str] = &[
    "From", "Reply-To", "Subject", "To", "Cc", "Date", "Message-ID", "Sender", "In-Reply-To", "References",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post",
    "List-Id",
];
/// Fields that are signed, and of which a relay may put its own on top.
const SIGNED: &[&str] = &["Auto-Submitted", "Feedback-ID"];

/// A domain's key, parsed once; signs any number of mails.
pub struct Signer {
    domain: String,
    selector: String,
    key: PrivateKey,
}

/// A signature could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the email could not be signed with the DKIM key {selector} of {domain}")]
pub struct SignError {
    pub selector: String,
    pub domain: String,
}

impl Signer {
    /// Reads a private key in PEM: PKCS#8 (RSA or Ed25519) or PKCS#1.
    pub fn new(domain: &str, selector: &str, pem: &Secret) -> Result<Self, DkimKeyError> {
        for (what, name) in [("domain", domain), ("selector", selector)] {
            if !key::is_dns_name(name) {
                return Err(DkimKeyError::Name { what, name: name.to_owned() });
            }
        }
        let key = PrivateKey::parse(pem.expose())?;
        Ok(Self { domain: domain.to_ascii_lowercase(), selector: selector.to_ascii_lowercase(), key })
    }

    /// The domain that answers for the mail.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Which of the domain's keys it is.
    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// Whether the key is an RSA key, which every receiver can verify; the other kind is Ed25519.
    pub fn is_rsa(&self) -> bool {
        matches!(self.key, PrivateKey::Rsa(_))
    }

    /// What has to stand in the DNS so that receivers find the public key.
    pub fn dns_record(&self) -> Result<DnsRecord, DkimKeyError> {
        DnsRecord::new(&self.selector, &self.domain, &self.key)
    }

    /// Appends a `DKIM-Signature` over the header block `head` (complete lines, without the blank one) and a body of
    /// this hash. Headers named in `unsigned` are left out; `From` never is.
    pub(super) fn sign(
        &self,
        head: &str,
        body_hash: &str,
        unsigned: &[String],
        at: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<(), SignError> {
        let left_out = |name: &str| {
            !name.eq_ignore_ascii_case("from") && unsigned.iter().any(|unsigned| unsigned.eq_ignore_ascii_case(name))
        };
        let mut data = Vec::with_capacity(head.len() + 512);
        let mut names = Vec::with_capacity(40);
        let fields: Vec<_> = canonical::fields(head).collect();
        for name in SEALED.iter().chain(SIGNED).filter(|name| !left_out(name)) {
            // The last one is the first that is looked for (RFC 6376 5.4.2).
            let of_name = |field: &&&str| field.split(':').next().is_some_and(|found| found.eq_ignore_ascii_case(name));
            for field in fields.iter().rev().filter(of_name) {
                names.push(*name);
                canonical::header(field, &mut data);
                data.extend_from_slice(b"\r\n");
            }
            if SEALED.contains(name) {
                names.push(*name);
            }
        }
        let mut header = self.unsigned_header(&names, body_hash, at);
        canonical::header(&header, &mut data);
        let signature = self
            .key
            .sign(&data)
            .ok_or_else(|| SignError { selector: self.selector.clone(), domain: self.domain.clone() })?;
        fold(&STANDARD.encode(signature), &mut header);
        header.push_str("\r\n");
        out.extend_from_slice(header.as_bytes());
        Ok(())
    }

    /// The header up to `b=`.
    fn unsigned_header(&self, names: &[&str], body_hash: &str, at: Timestamp) -> String {
        let algorithm = if self.is_rsa() { "rsa-sha256" } else { "ed25519-sha256" };
        let mut header = String::with_capacity(1024);
        let _ = write!(
            header,
            "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={};\r\n s={}; t={};\r\n h=",
            self.domain,
            self.selector,
            at.0.max(0) / 1000,
        );
        let mut column = 3;
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                header.push(':');
                column += 1;
                if column + name.len() > COLUMNS {
                    header.push_str("\r\n ");
                    column = 1;
                }
            }
            header.push_str(name);
            column += name.len();
        }
        let _ = write!(header, ";\r\n bh={body_hash};\r\n b=");
        header
    }
}

/// The base64 of the canonical body's SHA-256, for `bh=`.
pub(super) fn body_hash(body: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, &canonical::body(body)))
}

impl PrivateKey {
    fn sign(&self, data: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                // PKCS#1 v1.5 takes no randomness: the same mail has the same signature.
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463 3: what is signed is the hash.
            Self::Ed25519(pair) => Some(pair.try_sign(digest(&SHA256, data).as_ref()).ok()?.as_ref().to_vec()),
        }
    }
}

fn fold(base64: &str, header: &mut String) {
    // The first line stands behind ` b=`.
    let (first, mut rest) = base64.split_at(base64.len().min(COLUMNS - 3));
    header.push_str(first);
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(COLUMNS - 1));
        header.push_str("\r\n ");
        header.push_str(line);
        rest = after;
    }
}

/// Never the key.
impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("domain", &self.domain).field("selector", &self.selector).finish_non_exhaustive()
    }
}
