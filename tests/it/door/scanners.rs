//! What security gateways do to links before a reader sees the mail: they fetch them, in a browser that runs scripts if
//! need be, and wait. Nothing may come of it (reliability R9, R10).

use std::time::Duration;

use fantoccini::error::CmdError;

use crate::harness::browser::{Browser, Scripts};
use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::http::{get, head, post};
use crate::harness::installation::Installation;
use crate::harness::visitor::sign_up;

const READER: &str = "anna@example.net";
/// As long as a gateway's browser looks at a page.
const LOOK: Duration = Duration::from_secs(10);

/// How thirty link scanners, previews and prefetchers call themselves.
const SCANNERS: [&str; 30] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0",
    "Mozilla/5.0 (compatible; Microsoft Office 365 SafeLinks)",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.5227; Pro)",
    "Mozilla/5.0 (compatible; BarracudaCentral/1.0)",
    "Barracuda Sentinel (EE)",
    "Mozilla/5.0 (compatible; MimecastUrlProtect/1.0)",
    "Mozilla/5.0 (compatible; proofpoint-url-defense/1.0)",
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1) Cisco-IronPort",
    "Cisco Secure Email URL scanner",
    "SophosLabs URL check",
    "TrendMicro WRS crawler",
    "Symantec Click-time URL Protection",
    "Forcepoint ThreatSeeker",
    "FireEye ETP link analysis",
    "Zscaler sandbox",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1",
    "LinkedInBot/1.0",
    "WhatsApp/2.23.20",
    "TelegramBot (like TwitterBot)",
    "Discordbot/2.0",
    "Googlebot/2.1 (+http://www.google.com/bot.html)",
    "GoogleImageProxy (via ggpht.com)",
    "bingbot/2.0",
    "Applebot/0.1",
    "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "curl/8.5.0",
    "python-requests/2.31.0",
    "Wget/1.21",
];

/// What the program says of its readers.
fn readers(site: &Installation) -> (u64, u64) {
    let status: serde_json::Value = serde_json::from_str(&site.command(&["--json", "status"])).unwrap();
    let number = |name: &str| status["readers"][name].as_u64().unwrap();
    (number("mailable"), number("pending"))
}

/// Looks at a page for as long as a gateway does, with scripts on.
async fn look(browser: &Browser, url: &str) -> Result<(), CmdError> {
    browser.client().goto(url).await?;
    tokio::time::sleep(LOOK).await;
    Ok(())
}

#[test]
fn scanners_that_open_every_link_change_nothing() {
    on_sqlite(async |fresh: Fresh| {
        let site = Installation::start(&fresh.url, &[("week", "The Week", "en", "")], "").await;
        let answer = sign_up(site.web(), "/week/subscribe", &[("email", READER)]).await;
        assert!(answer.status.is_redirection(), "{}", answer.status);
        let mail = site.mail(READER, 1).await;
        let links = site.links(&mail);
        assert!(links.iter().any(|link| link.starts_with("/c/")), "{links:?}");
        scan(&site, &links).await;
        assert_eq!(readers(&site), (0, 1), "confirmed by a scanner");

        let confirm = site.link(&mail, "/c/");
        assert!(post(&confirm).form(&[]).send_to(site.web()).await.unwrap().status.is_success());
        assert_eq!(readers(&site), (1, 0));
        site.publish("week", "first", "---\ntitle: The first letter\nsummary: A short one.\n---\nGood morning.\n")
            .await;
        let mails = site.mails(READER);
        let issue = mails.last().unwrap();
        let links = site.links(issue);
        assert!(links.iter().any(|link| link.starts_with("/u/")), "{links:?}");
        scan(&site, &links).await;
        assert_eq!(readers(&site), (1, 0), "a scanner unsubscribed the reader");

        // And a browser that runs scripts and stays for ten seconds.
        if let Some(browser) = Browser::start(Scripts::On).await {
            for link in [confirm, site.link(issue, "/u/"), site.link(issue, "/p/")] {
                look(&browser, &site.url(&link)).await.unwrap();
            }
        }
        assert_eq!(readers(&site), (1, 0));
        site.end().await;
    });
}

/// Every scanner asks for every link, in the ways that fetch and do not post.
async fn scan(site: &Installation, links: &[String]) {
    for agent in SCANNERS {
        for link in links {
            let plain = get(link).header("user-agent", agent).send_to(site.web()).await.unwrap();
            assert!(!plain.status.is_server_error(), "{link}: {}", plain.status);
            for (name, value) in [("purpose", "prefetch"), ("sec-purpose", "prefetch;prerender")] {
                let request = get(link).header("user-agent", agent).header(name, value);
                let answer = request.send_to(site.web()).await.unwrap();
                assert!(!answer.status.is_server_error(), "{link}: {}", answer.status);
            }
            let answer = head(link).header("user-agent", agent).send_to(site.web()).await.unwrap();
            assert!(!answer.status.is_server_error(), "{link}: {}", answer.status);
        }
    }
}
