//! Providers that carry mail and tell by HTTP what became of it, and a hook: an address of ours where one of them tells it.
//! Knows no request.

use super::string_enum;
use crate::secret::Secret;

string_enum! {
    MailService: "provider" {
        /// Amazon SES, by way of Amazon SNS.
        Ses = "ses",
        SendGrid = "sendgrid",
        Mailgun = "mailgun",
        Postmark = "postmark",
        Resend = "resend",
        Brevo = "brevo",
        SparkPost = "sparkpost",
        Mailjet = "mailjet",
        Postal = "postal",
        /// Any other, by a few lines of code in between.
        Generic = "generic",
    }
}

/// How it is known that a request comes from a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authenticity {
    /// Amazon signs with a certificate; the topics are ours.
    Topics,
    /// The provider signs with a key whose public half is in the configuration.
    PublicKey,
    /// Both know a secret.
    Secret,
    /// It signs nothing. A user and a password may stand in the URL that it calls.
    Login,
}

impl MailService {
    pub fn authenticity(self) -> Authenticity {
        match self {
            Self::Ses => Authenticity::Topics,
            Self::SendGrid | Self::Postal => Authenticity::PublicKey,
            Self::Mailgun | Self::Resend | Self::Generic => Authenticity::Secret,
            Self::Postmark | Self::Brevo | Self::SparkPost | Self::Mailjet => Authenticity::Login,
        }
    }
}

impl MailService {
    /// The header field that it takes and hands back, so that nobody else may set it.
    pub fn field(self) -> Option<&'static str> {
        match self {
            Self::Ses => Some("X-SES-MESSAGE-TAGS"),
            Self::SendGrid => Some("X-SMTPAPI"),
            Self::Mailgun => Some("X-Mailgun-Variables"),
            Self::Postmark => Some("X-PM-Metadata-coranto"),
            Self::Brevo => Some("X-Mailin-custom"),
            Self::SparkPost => Some("X-MSYS-API"),
            Self::Mailjet => Some("X-MJ-CustomID"),
            // They hand our own header back.
            Self::Resend | Self::Postal | Self::Generic => None,
        }
    }
}

/// An address of ours where a provider tells what became of mail.
#[derive(Clone, Debug)]
pub struct Hook {
    /// For its URL, reports and logs; unique.
    pub name: String,
    pub provider: MailService,
    /// Amazon's names of the topics that may tell us anything.
    pub topics: Vec<String>,
    /// What the provider signs with.
    pub public_key: Option<String>,
    /// What both know.
    pub secret: Option<Secret>,
    /// The user and the password in the URL.
    pub login: Option<(String, Secret)>,
}

impl Hook {
    /// Whether more than the URL shows that a request comes from the provider.
    pub fn is_verified(&self) -> bool {
        self.provider.authenticity() != Authenticity::Login || self.login.is_some()
    }
}

/// Whether `name` may stand in a URL as it is.
pub fn is_hook_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&name.len()) && name.bytes().all(is_letter)
}
