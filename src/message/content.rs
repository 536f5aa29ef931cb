//! What a mail is made of before there is one: the parts of a revision, and what a relay wants. Knows no reader.

use std::sync::Arc;

use super::dkim::Signer;
use crate::content::fields::Template;
use crate::domain::delivery::DeliveryKind;
use crate::domain::hook::MailService;

/// The parts of a mail as a revision holds them.
#[derive(Clone, Debug)]
pub struct Content {
    /// What kind of mail it is: it decides on headers, and on which links may be missing.
    pub kind: DeliveryKind,
    /// The subject, as people read it.
    pub subject: String,
    pub html: Template,
    pub text: Template,
    /// BCP 47.
    pub language: String,
    /// The name in links, if it is an issue.
    pub slug: Option<String>,
    /// A hash of all this, which the MIME boundary is derived from.
    pub digest: [u8; 32],
}

/// How a relay wants its mail.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Who signs; empty when the relay does. Signatures of RSA keys come first, in whatever order these are.
    pub signers: Vec<Arc<Signer>>,
    /// Headers that the relay rewrites, so that no signature may cover them (Amazon SES: `Message-ID`, `Date`).
    pub unsigned_headers: Vec<String>,
    /// Fields that stand above everything else, each with its line end. No signature covers them.
    pub extra_headers: String,
    /// Whose relay it is: its mail bears the field that the provider hands back.
    pub provider: Option<MailService>,
}
