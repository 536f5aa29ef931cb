//! The large mailbox providers, which each count and slow down on their own. Knows nothing of relays or rates.

use super::string_enum;

string_enum! {
    /// A group of recipient domains behind which one provider stands.
    Provider: "mailbox provider" {
        Gmail = "gmail",
        Yahoo = "yahoo",
        Microsoft = "microsoft",
        Apple = "apple",
        Other = "other",
    }
}

impl Provider {
    /// Who keeps the mailboxes of `domain` (lower case), as far as its name says.
    pub fn of(domain: &str) -> Self {
        let family = domain.split('.').next().unwrap_or_default();
        match domain {
            "gmail.com" | "googlemail.com" => Self::Gmail,
            "ymail.com" | "rocketmail.com" | "aol.com" | "myyahoo.com" => Self::Yahoo,
            "msn.com" => Self::Microsoft,
            "icloud.com" | "me.com" | "mac.com" => Self::Apple,
            _ if family == "yahoo" => Self::Yahoo,
            _ if matches!(family, "outlook" | "hotmail" | "live") => Self::Microsoft,
            _ => Self::Other,
        }
    }

    /// The provider that a [`destination`] names; a domain names none.
    pub fn named(destination: &str) -> Self {
        destination.parse().unwrap_or(Self::Other)
    }
}

/// Whether a destination tells senders which readers called their email spam. Gmail tells sums, elsewhere.
pub fn reports_complaints(destination: &str) -> bool {
    destination == Provider::Yahoo.as_str() || destination == Provider::Microsoft.as_str()
}

/// To whom mail to `domain` (lower case) goes: the provider where it has a name, else the domain. Evidence is counted for
/// it.
pub fn destination(domain: &str) -> &str {
    match Provider::of(domain) {
        Provider::Other => domain,
        provider => provider.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_domains_belong_to_their_provider() {
        for (domain, provider) in [
            ("gmail.com", Provider::Gmail),
            ("yahoo.co.jp", Provider::Yahoo),
            ("hotmail.fr", Provider::Microsoft),
            ("me.com", Provider::Apple),
            ("example.org", Provider::Other),
            ("notyahoo.com", Provider::Other),
        ] {
            assert_eq!(Provider::of(domain), provider, "{domain}");
        }
    }

    #[test]
    fn a_domain_without_a_provider_stands_for_itself() {
        assert_eq!(destination("hotmail.fr"), "microsoft");
        assert_eq!(destination("example.org"), "example.org");
        assert_eq!(Provider::named(destination("hotmail.fr")), Provider::Microsoft);
        assert_eq!(Provider::named(destination("example.org")), Provider::Other);
    }
}
