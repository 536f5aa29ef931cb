//! Which addresses are one mailbox: what the large providers ignore in a local part, and which of their domains are one.
//! It counts where a stranger asks for mail: quotas, refusals, complaints. Whom an issue reaches is by the address alone.

/// What a provider ignores.
struct Provider {
    /// The domains whose local parts mean the same mailbox; the first stands for all.
    domains: &'static [&'static str],
    /// What ends the name of the mailbox, besides `+`.
    ends: &'static [char],
    ignored: &'static [char],
    /// What is another spelling of `-`.
    hyphens: &'static [char],
    /// Whether `anything@name.domain` is `name@domain`.
    names_subdomains: bool,
}

const PLAIN: Provider = Provider { domains: &[], ends: &[], ignored: &[], hyphens: &[], names_subdomains: false };

/// From the providers' own help pages. Every provider is taken to end a name at `+`: where one does not, two of its
/// mailboxes share a limit, which harms nobody.
const PROVIDERS: &[Provider] = &[
    Provider { domains: &["gmail.com", "googlemail.com"], ignored: &['.'], ..PLAIN },
    Provider { domains: &["icloud.com", "me.com", "mac.com"], ..PLAIN },
    Provider {
        domains: &["proton.me", "protonmail.com", "protonmail.ch", "pm.me"],
        ignored: &['.', '-', '_'],
        ..PLAIN
    },
    Provider {
        domains: &[
            "yandex.ru", "ya.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "yandex.com.tr", "narod.ru",
        ],
        hyphens: &['.'],
        ..PLAIN
    },
    Provider { domains: &["fastmail.com"], names_subdomains: true, ..PLAIN },
    Provider { domains: &["fastmail.fm"], names_subdomains: true, ..PLAIN },
    Provider { domains: &["messagingengine.com"], names_subdomains: true, ..PLAIN },
];

/// Yahoo's domains, one to a country: a disposable address is `base-word`.
const YAHOO: &[&str] = &["ymail.com", "rocketmail.com", "myyahoo.com", "yahoo"];

/// The key of the mailbox of an address, whose local part is folded and whose domain is in lower-case A-labels.
pub(super) fn key(local: &str, domain: &str) -> String {
    let provider = PROVIDERS.iter().find_map(|provider| {
        let first = provider.domains[0];
        if provider.domains.contains(&domain) {
            return Some((provider, first, local));
        }
        let name = domain.strip_suffix(first)?.strip_suffix('.')?;
        (provider.names_subdomains && !name.contains('.')).then_some((provider, first, name))
    });
    let Some((provider, domain, local)) = provider else {
        let ends: &[char] = if is_yahoo(domain) { &['-'] } else { &[] };
        return format!("{}@{domain}", name(local, ends));
    };
    let name: String = name(local, provider.ends)
        .chars()
        .filter(|c| !provider.ignored.contains(c))
        .map(|c| if provider.hyphens.contains(&c) { '-' } else { c })
        .collect();
    // Nothing is left of "..@": it is no mailbox there, and must not be everybody's.
    if name.is_empty() { format!("{local}@{domain}") } else { format!("{name}@{domain}") }
}

/// The local part up to what ends it, unless nothing stands before.
fn name<'a>(local: &'a str, ends: &[char]) -> &'a str {
    let end = local.find(|c| c == '+' || ends.contains(&c)).filter(|end| *end > 0);
    end.map_or(local, |end| &local[..end])
}

fn is_yahoo(domain: &str) -> bool {
    YAHOO.iter().any(|known| {
        domain == *known || !known.contains('.') && domain.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use crate::domain::address::EmailAddress;

    #[test]
    fn spellings_of_one_mailbox_have_one_key_and_others_have_theirs() {
        let key = |text: &str| text.parse::<EmailAddress>().unwrap().mailbox_key();
        for same in [
            &["anna@example.org", "Anna+x@example.org", "ANNA+a+b@Example.ORG"][..],
            &["bobbytables@gmail.com", "bobby.tables@gmail.com", "B.obbyTables+1@googlemail.com"],
            &["john.smith@proton.me", "johnsmith@proton.me", "j.ohn-smith+a@protonmail.com", "john_smith@pm.me"],
            &["anna@icloud.com", "anna@me.com", "anna+x@mac.com"],
            &["anna-b@yandex.ru", "anna.b@ya.ru", "anna-b+x@yandex.com", "Anna.B@yandex.kz"],
            &["anna@fastmail.com", "anna+x@fastmail.com", "shop@anna.fastmail.com"],
            &["anna@yahoo.com", "anna-shop@yahoo.com", "anna+x@yahoo.com"],
            &["anna@yahoo.co.jp", "anna-shop@yahoo.co.jp"],
            &["anna@outlook.com", "anna+x@outlook.com"],
            &["anna@hotmail.com", "Anna+x@hotmail.com"],
            &["émile@gmail.com", "e\u{301}mi.le+x@gmail.com"],
        ] {
            for one in same {
                assert_eq!(key(one), key(same[0]), "{one}");
            }
        }
        let mut all: Vec<String> = [
            "anna@outlook.com", "anna@hotmail.com", "anna@yahoo.com", "anna@yahoo.co.jp", "anna@fastmail.com",
            "anna@fastmail.fm", "an.na@outlook.com", "an-na@outlook.com", "anna@example.org", "an.na@example.org",
            "anna-x@example.org", "anna@yahoo.example", "an-na@yandex.ru", "anna@yandex.ru", "+x@example.org",
            "-x@yahoo.com", "_@proton.me", "anna@x.gmail.com", "anna@a.b.fastmail.com", "anna@notyahoo.com",
        ]
        .iter()
        .map(|text| key(text))
        .collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count, "{all:?}");
    }

    #[test]
    fn a_mailbox_key_is_stable() {
        for text in ["b.o+x@gmail.com", "x@anna.fastmail.com", "a.b-c@ya.ru", "a-b@yahoo.fr", "a_b@pm.me"] {
            let key = text.parse::<EmailAddress>().unwrap().mailbox_key();
            assert_eq!(key.parse::<EmailAddress>().unwrap().mailbox_key(), key, "{text}");
        }
    }
}
