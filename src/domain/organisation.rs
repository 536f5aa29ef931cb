//! Which organisation a domain belongs to, and when two domains are aligned (RFC 7489 3.1, 3.2). Knows no DNS.

/// The organisational domain: one label more than its public suffix. What is itself a public suffix is its own.
pub fn organisation(domain: &str) -> &str {
    // The list of public suffixes is in Unicode.
    let (readable, _) = idna::domain_to_unicode(domain);
    let labels = psl::domain_str(&readable).map_or(usize::MAX, |found| found.split('.').count());
    let mut begins = domain.rmatch_indices('.').map(|(at, _)| at + 1);
    begins.nth(labels.saturating_sub(1)).map_or(domain, |at| &domain[at..])
}

/// Whether `domain` counts as the sender's: the same where DMARC is strict, else of the same organisation.
pub fn is_aligned(domain: &str, sender: &str, is_strict: bool) -> bool {
    let (domain, sender) = (domain.to_ascii_lowercase(), sender.to_ascii_lowercase());
    domain == sender || (!is_strict && organisation(&domain) == organisation(&sender))
}

/// Whether a domain is kept for examples and tests (RFC 2606, RFC 6761): nobody's, for ever.
pub fn is_reserved(domain: &str) -> bool {
    let reserved = ["example.com", "example.net", "example.org", "example", "invalid", "test", "localhost"];
    reserved.iter().any(|name| domain == *name || domain.ends_with(&format!(".{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_is_one_label_below_its_public_suffix() {
        for (domain, of) in [
            ("harbourpost.org", "harbourpost.org"),
            ("a.b.harbourpost.org", "harbourpost.org"),
            ("news.harbour.co.uk", "harbour.co.uk"),
            ("harbour.co.uk", "harbour.co.uk"),
            ("co.uk", "co.uk"),
            ("org", "org"),
            ("www.city.kawasaki.jp", "city.kawasaki.jp"),
            ("a.b.kawasaki.jp", "a.b.kawasaki.jp"),
            ("me.github.io", "me.github.io"),
            ("a.xn--b1amnebsh.xn--p1ai", "xn--b1amnebsh.xn--p1ai"),
            ("a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"),
            ("a.b.unheard-of", "b.unheard-of"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(organisation(domain), of, "{domain}");
        }
    }

    #[test]
    fn alignment_is_of_organisations_unless_it_is_strict() {
        for (domain, sender, relaxed, strict) in [
            ("harbour.org", "harbour.org", true, true),
            ("Harbour.ORG", "harbour.org", true, true),
            ("news.harbour.org", "harbour.org", true, false),
            ("harbour.org", "a.b.harbour.org", true, false),
            ("esp.net", "harbour.org", false, false),
            ("one.co.uk", "two.co.uk", false, false),
            ("one.github.io", "two.github.io", false, false),
            ("notharbour.org", "harbour.org", false, false),
        ] {
            let found = (is_aligned(domain, sender, false), is_aligned(domain, sender, true));
            assert_eq!(found, (relaxed, strict), "{domain} {sender}");
        }
    }

    #[test]
    fn domains_for_examples_are_known() {
        assert!(is_reserved("news.example.com") && is_reserved("x.test"));
        assert!(!is_reserved("myexample.com"));
    }
}
