//! What a mail server says, and where in the conversation. Knows nothing of what follows from it: that is `cause`.

use super::spelled;

/// An SMTP reply: its code, its enhanced code (RFC 3463) if it bears one, its text on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// `X.Y.Z` of RFC 2034.
    pub enhanced: Option<(u8, u16, u16)>,
    /// Everything it said, lines joined by a space, without the codes.
    pub text: String,
}

impl Reply {
    /// 2yz.
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Whether the server goes along: 2yz, or 354 to DATA.
    pub fn accepts(&self, stage: Stage) -> bool {
        self.is_positive() || (self.code == 354 && stage == Stage::Data)
    }

    /// 5yz.
    pub fn is_permanent(&self) -> bool {
        (500..600).contains(&self.code)
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.enhanced {
            Some((class, subject, detail)) => write!(f, "{} {class}.{subject}.{detail} {}", self.code, self.text),
            None => write!(f, "{} {}", self.code, self.text),
        }
    }
}

spelled! {
    /// Where in the conversation a reply came.
    Stage: "stage" {
        /// Connecting, TLS, the greeting, EHLO, AUTH.
        Session = "session",
        /// MAIL FROM.
        Mail = "mail",
        /// RCPT TO.
        Recipient = "rcpt",
        /// DATA, before the body.
        Data = "data",
        /// The answer to the final dot.
        Dot = "dot",
        /// A report does not say.
        Unknown = "unknown",
    }
}
