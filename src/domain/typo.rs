//! What was probably meant by an address whose domain looks mistyped. Only ever a question: nothing is refused here.

use super::address::EmailAddress;
use super::provider::Provider;

/// Where most readers have their mailboxes. What stands here is never taken for a mistake.
const DOMAINS: &[&str] = &[
    "gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "live.com",
    "msn.com", "me.com", "mac.com", "ymail.com", "mail.com", "email.com", "proton.me", "protonmail.com",
    "fastmail.com", "zoho.com", "tutanota.com", "hey.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com",
    "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org", "hotmail.co.uk", "yahoo.co.uk",
    "btinternet.com", "hotmail.fr", "yahoo.fr", "orange.fr", "wanadoo.fr", "laposte.net", "free.fr", "hotmail.es",
    "yahoo.es", "libero.it", "seznam.cz", "mail.ru", "yandex.ru", "ukr.net", "i.ua", "yahoo.co.jp", "docomo.ne.jp",
    "comcast.net", "verizon.net",
];

/// Whether readers have their mailboxes there, so that it is no domain of a newsletter's own.
pub fn is_of_readers(domain: &str) -> bool {
    DOMAINS.contains(&domain) || Provider::of(domain) != Provider::Other || OTHERS.contains(&domain)
}

/// Too short, or too near to other words, to be guessed.
const OTHERS: &[&str] =
    &["126.com", "163.com", "protonmail.ch", "pm.me", "qq.com", "rambler.ru", "ya.ru", "yandex.com"];

/// Endings that no domain has, and what was meant.
const ENDINGS: &[(&str, &str)] = &[
    (".con", ".com"),
    (".cmo", ".com"),
    (".ocm", ".com"),
    (".comm", ".com"),
    (".vom", ".com"),
    (".xom", ".com"),
    (".coom", ".com"),
    (".c0m", ".com"),
    (".ogr", ".org"),
    (".orgg", ".org"),
    (".nett", ".net"),
    (".ner", ".net"),
    (".ent", ".net"),
    (".couk", ".co.uk"),
    (".co.uj", ".co.uk"),
];

/// The most letters that may be wrong: one is missing, too many, another, or two have changed places.
const MISTAKES_MAX: usize = 2;
/// In a name shorter than this, two mistakes are a name of its own.
const SHORT_BYTES: usize = 9;

/// The address that was probably meant; none when this one looks right.
pub fn meant(address: &EmailAddress) -> Option<String> {
    let domain = address.domain();
    if DOMAINS.contains(&domain) {
        return None;
    }
    let ending = ENDINGS.iter().find_map(|(wrong, right)| Some(format!("{}{right}", domain.strip_suffix(wrong)?)));
    let mended = ending.as_deref().unwrap_or(domain);
    let better = nearest(mended).map_or(ending.clone(), |near| Some(near.to_owned()))?;
    Some(format!("{}@{better}", address.local()))
}

/// The most frequent of the domains that are nearest.
fn nearest(domain: &str) -> Option<&'static str> {
    let near = DOMAINS.iter().filter_map(|known| {
        let bearable = if known.len() < SHORT_BYTES { 1 } else { MISTAKES_MAX };
        if domain.len().abs_diff(known.len()) > bearable {
            return None;
        }
        let mistakes = strsim::osa_distance(domain, known);
        (mistakes <= bearable && !is_a_name_of_its_own(domain, known)).then_some((mistakes, *known))
    });
    // The first of equals: the list is in the order of frequency.
    near.min_by_key(|(mistakes, _)| *mistakes).map(|(_, known)| known)
}

/// Very short names are all near to each other: only a slip within the same first letter and ending is one.
fn is_a_name_of_its_own(domain: &str, known: &str) -> bool {
    let name = |domain: &str| domain.split('.').next().unwrap_or_default().len();
    let ending = |domain: &str| domain.rsplit('.').next().map(str::to_owned);
    name(known) <= 3 && (domain.bytes().next() != known.bytes().next() || ending(domain) != ending(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen_and_names_are_left_alone() {
        for (typed, expected) in [
            ("gmial.com", Some("gmail.com")),
            ("gmal.com", Some("gmail.com")),
            ("gamil.com", Some("gmail.com")),
            ("gmail.con", Some("gmail.com")),
            ("gmail.co", Some("gmail.com")),
            ("gmail.cm", Some("gmail.com")),
            ("gnail.com", Some("gmail.com")),
            ("gmial.con", Some("gmail.com")),
            ("hotmial.com", Some("hotmail.com")),
            ("hotmil.com", Some("hotmail.com")),
            ("outlok.com", Some("outlook.com")),
            ("outloook.com", Some("outlook.com")),
            ("yahooo.com", Some("yahoo.com")),
            ("yaho.com", Some("yahoo.com")),
            ("yahoo.couk", Some("yahoo.co.uk")),
            ("iclould.com", Some("icloud.com")),
            ("protonmial.com", Some("protonmail.com")),
            ("t-onlin.de", Some("t-online.de")),
            ("gmx.dee", None),
            ("seznam.xz", Some("seznam.cz")),
            ("company.con", Some("company.com")),
            ("gmail.com", None),
            ("mail.com", None),
            ("gmx.at", None),
            ("example.com", None),
            ("company.com", None),
            ("we.com", None),
            ("wed.de", Some("web.de")),
            ("uni-example.de", None),
            ("post.ch", None),
            ("xn--bcher-kva.example", None),
        ] {
            let meant = meant(&format!("anna.berg@{typed}").parse().unwrap());
            assert_eq!(meant, expected.map(|domain| format!("anna.berg@{domain}")), "{typed}");
        }
    }

    #[test]
    fn a_suggestion_is_an_address_and_needs_none_itself() {
        for domain in DOMAINS {
            let address: EmailAddress = format!("a@{domain}").parse().unwrap();
            assert_eq!(meant(&address), None, "{domain}");
            for at in 0..domain.len() {
                let slip = format!("a@{}{}", &domain[..at], &domain[at + 1..]);
                let Ok(slip) = slip.parse::<EmailAddress>() else { continue };
                if let Some(better) = meant(&slip) {
                    assert_eq!(meant(&better.parse().unwrap()), None, "{better}");
                }
            }
        }
    }
}
