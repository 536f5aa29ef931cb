//! The header field that a provider hands back when it tells what became of an email, with the token of the email in it. No
//! signature covers it: some providers take it off. The token says nothing of the reader, and nobody else can make one.

use crate::domain::hook::MailService;
use crate::token::TOKEN_LEN;

/// What stands before and behind the token in each field, its line end included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Correlation(Vec<[String; 2]>);

/// Behind the fields of providers: what reports of others still bear where a relay puts its own Message-ID.
const OWN: &str = "X-Coranto-Id: ";

impl Correlation {
    /// The fields of an email that goes through a relay of `provider`, which may put a Message-ID of its own.
    pub(super) fn of(provider: Option<MailService>, rewrites: bool) -> Self {
        let (before, after) = match provider {
            Some(MailService::Ses) => ("coranto=", ""),
            Some(MailService::SendGrid) => (r#"{"unique_args":{"coranto":""#, "\"}}"),
            Some(MailService::Mailgun) => (r#"{"coranto":""#, "\"}"),
            Some(MailService::SparkPost) => (r#"{"metadata":{"coranto":""#, "\"}}"),
            _ => ("", ""),
        };
        let its = provider.and_then(MailService::field);
        let needs_own = rewrites || matches!(provider, Some(MailService::Ses | MailService::Resend));
        let fields = its.map(|field| [format!("{field}: {before}"), format!("{after}\r\n")]).into_iter();
        Self(fields.chain(needs_own.then(|| [OWN.to_owned(), "\r\n".to_owned()])).collect())
    }

    /// How much it adds to an email at most.
    pub(super) fn size_estimate(&self) -> usize {
        self.0.iter().map(|[before, after]| before.len() + TOKEN_LEN + after.len()).sum()
    }

    /// Writes the fields of the email whose token this is.
    pub(super) fn write(&self, token: &str, out: &mut Vec<u8>) {
        for [before, after] in &self.0 {
            for piece in [before, token, after] {
                out.extend_from_slice(piece.as_bytes());
            }
        }
    }
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
                    assert!(
                        !value.starts_with('{') || serde_json::from_str::<serde_json::Value>(value).is_ok(),
                        "{line}"
                    );
                }
                assert!(text.is_empty() || text.ends_with("\r\n"));
                let has_own = text.contains("X-Coranto-Id: ");
                assert_eq!(has_own, rewrites || matches!(provider, MailService::Ses | MailService::Resend));
            }
        }
        assert_eq!(Correlation::of(None, false), Correlation::default());
    }
}
