//! The header field that a provider hands back when it tells what became of an email, with the token of the email in it. No
//! signature covers it: some providers take it off. The token says nothing of the reader, and nobody else can make one.

use crate::domain::hook::MailService;

/// What stands between the tokens, the line ends included; nothing where there is no field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Correlation(Vec<&'static str>);

/// Behind the fields of providers: what reports of others still bear where a relay puts its own Message-ID.
const OWN: &str = "X-Coranto-Id: ";

impl Correlation {
    /// The fields of an email that goes through a relay of `provider`, which may put a Message-ID of its own.
    pub(super) fn of(provider: Option<MailService>, rewrites: bool) -> Self {
        let (before, after) = match provider {
            Some(MailService::Ses) => ("X-SES-MESSAGE-TAGS: coranto=", "\r\n"),
            Some(MailService::SendGrid) => (r#"X-SMTPAPI: {"unique_args":{"coranto":""#, "\"}}\r\n"),
            Some(MailService::Mailgun) => (r#"X-Mailgun-Variables: {"coranto":""#, "\"}\r\n"),
            Some(MailService::Postmark) => ("X-PM-Metadata-coranto: ", "\r\n"),
            Some(MailService::Brevo) => ("X-Mailin-custom: ", "\r\n"),
            Some(MailService::SparkPost) => (r#"X-MSYS-API: {"metadata":{"coranto":""#, "\"}}\r\n"),
            Some(MailService::Mailjet) => ("X-MJ-CustomID: ", "\r\n"),
            // They hand our own header back.
            Some(MailService::Resend | MailService::Postal | MailService::Generic) | None => ("", ""),
        };
        let needs_own = rewrites || matches!(provider, Some(MailService::Ses | MailService::Resend));
        match (before.is_empty(), needs_own) {
            (true, false) => Self::default(),
            (true, true) => Self(vec![OWN, "\r\n"]),
            (false, false) => Self(vec![before, after]),
            (false, true) => Self(vec![before, after, OWN, "\r\n"]),
        }
    }

    /// How much it adds to an email at most.
    pub(super) fn size_estimate(&self) -> usize {
        self.0.iter().map(|piece| piece.len()).sum::<usize>() + self.0.len() / 2 * crate::token::TOKEN_LEN
    }

    /// Writes the fields of the email whose token this is.
    pub(super) fn write(&self, token: &str, out: &mut Vec<u8>) {
        for field in self.0.chunks_exact(2) {
            for piece in [field[0], token, field[1]] {
                out.extend_from_slice(piece.as_bytes());
            }
        }
    }
}

/// The field that this provider hands back, so that nobody else sets it.
pub fn correlation_field(provider: MailService) -> Option<&'static str> {
    Correlation::of(Some(provider), false).0.first().and_then(|start| start.split(':').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz234567ab";

    #[test]
    fn each_provider_gets_the_field_that_it_hands_back() {
        for provider in MailService::ALL {
            for rewrites in [false, true] {
                let mut out = Vec::new();
                let correlation = Correlation::of(Some(*provider), rewrites);
                correlation.write(TOKEN, &mut out);
                let text = String::from_utf8(out).unwrap();
                assert_eq!(text.len(), correlation.size_estimate());
                for line in text.split_terminator("\r\n") {
                    let (name, value) = line.split_once(": ").unwrap();
                    assert!(name.starts_with("X-") && value.contains(TOKEN) && line.len() <= 78, "{line}");
                    assert!(!value.starts_with('{') || serde_json::from_str::<serde_json::Value>(value).is_ok(), "{line}");
                }
                assert_eq!(text.is_empty() || text.ends_with("\r\n"), true);
                let has_own = text.contains("X-Coranto-Id: ");
                assert_eq!(has_own, rewrites || matches!(provider, MailService::Ses | MailService::Resend));
            }
        }
        assert_eq!(Correlation::of(None, false), Correlation::default());
        assert_eq!(correlation_field(MailService::Mailjet), Some("X-MJ-CustomID"));
        assert_eq!(correlation_field(MailService::Postal), None);
    }
}
