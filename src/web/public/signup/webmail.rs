//! Where a reader's mailbox is on the web, by the domain of the address: a button there saves the search. Knows no page;
//! nothing is fetched from there, a link is only followed by who presses it.

use crate::domain::address::EmailAddress;

/// The name of a mailbox provider, and the address at which mail from one sender is shown, or else the mailbox.
pub(super) fn webmail(reader: &EmailAddress, sender: &EmailAddress) -> Option<(&'static str, String)> {
    let from: String = url::form_urlencoded::byte_serialize(sender.as_str().as_bytes()).collect();
    let (name, url) = match reader.domain() {
        "gmail.com" | "googlemail.com" => {
            ("Gmail", format!("https://mail.google.com/mail/u/0/#search/from%3A({from})+in%3Aanywhere+newer_than%3A1h"))
        }
        "yahoo.com" | "ymail.com" | "yahoo.co.uk" | "yahoo.fr" | "yahoo.es" | "yahoo.de" | "yahoo.it" => {
            ("Yahoo Mail", format!("https://mail.yahoo.com/d/search/keyword=from%253A{from}"))
        }
        "aol.com" => ("AOL Mail", format!("https://mail.aol.com/d/search/keyword=from%253A{from}")),
        "outlook.com" | "hotmail.com" | "live.com" | "msn.com" | "hotmail.co.uk" | "hotmail.fr" | "hotmail.es"
        | "outlook.de" | "outlook.fr" | "hotmail.de" => ("Outlook", "https://outlook.live.com/mail/0/".to_owned()),
        "icloud.com" | "me.com" | "mac.com" => ("iCloud Mail", "https://www.icloud.com/mail/".to_owned()),
        "proton.me" | "protonmail.com" | "pm.me" => {
            ("Proton Mail", format!("https://mail.proton.me/u/0/all-mail#from={from}"))
        }
        "gmx.de" | "gmx.net" | "gmx.at" | "gmx.ch" => ("GMX", "https://www.gmx.net/".to_owned()),
        "gmx.com" => ("GMX", "https://www.gmx.com/".to_owned()),
        "web.de" => ("WEB.DE", "https://web.de/".to_owned()),
        "t-online.de" => ("T-Online", "https://email.t-online.de/".to_owned()),
        "mail.ru" | "bk.ru" | "inbox.ru" | "list.ru" => ("Mail.ru", format!("https://e.mail.ru/search/?q_from={from}")),
        "yandex.ru" | "yandex.com" | "ya.ru" => ("Yandex", format!("https://mail.yandex.ru/#search?request={from}")),
        "ukr.net" => ("UKR.NET", "https://mail.ukr.net/".to_owned()),
        "seznam.cz" => ("Seznam", "https://email.seznam.cz/".to_owned()),
        "fastmail.com" => ("Fastmail", format!("https://app.fastmail.com/mail/search:from%3A{from}")),
        "orange.fr" | "wanadoo.fr" => ("Orange", "https://messagerie.orange.fr/".to_owned()),
        "laposte.net" => ("Laposte.net", "https://www.laposte.net/accueil".to_owned()),
        _ => return None,
    };
    Some((name, url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_led_to_their_own_mailbox() {
        let sender = "week+news@news.example".parse().unwrap();
        let of = |domain: &str| webmail(&format!("anna@{domain}").parse().unwrap(), &sender);
        let (name, url) = of("Gmail.com").unwrap();
        assert_eq!(name, "Gmail");
        assert!(url.contains("from%3A(week%2Bnews%40news.example)"), "{url}");
        for domain in [
            "yahoo.com", "outlook.com", "proton.me", "icloud.com", "gmx.net", "web.de", "mail.ru", "ukr.net",
            "seznam.cz",
        ] {
            let (_, url) = of(domain).unwrap();
            assert!(url.parse::<url::Url>().unwrap().scheme() == "https" && !url.contains("anna"), "{url}");
        }
        assert_eq!(of("example.org"), None);
    }
}
