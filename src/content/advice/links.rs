//! What an editor should know of links: texts that say nothing, texts that lead to two places, addresses that hide.

use std::collections::HashMap;

use url::Url;

use super::Found;
use super::vocabulary::Vocabulary;
use crate::content::tree::{self, Destination, Document, Inline, plain_text};

/// Hosts that hide where a link leads: spam filters and readers distrust them, and they may vanish.
const SHORTENERS: &[&str] = &[
    "bit.ly",
    "t.co",
    "tinyurl.com",
    "goo.gl",
    "ow.ly",
    "buff.ly",
    "is.gd",
    "v.gd",
    "t.ly",
    "rb.gy",
    "cutt.ly",
    "lnkd.in",
    "shorturl.at",
    "tiny.cc",
    "bl.ink",
    "rebrand.ly",
    "dlvr.it",
    "trib.al",
    "amzn.to",
    "soo.gd",
    "s.id",
    "short.io",
    "tny.im",
    "u.to",
    "adf.ly",
    "qr.ae",
    "x.gd",
    "shorte.st",
];

/// A link as it stands in the text.
struct Link<'a> {
    to: &'a Destination,
    shown: String,
    has_field: bool,
    at: usize,
}

/// Everything about the links of a document.
pub(super) fn of_document(document: &Document, vocabulary: &Vocabulary, found: &mut Found<'_>) {
    let mut links = Vec::new();
    tree::each_run(document, &mut |run| collect(run, &mut links));
    let mut places: HashMap<String, (&Destination, usize)> = HashMap::new();
    for link in &links {
        of_text(link, vocabulary, found);
        of_address(link, found);
        let text = link.shown.to_lowercase();
        if text.chars().filter(|c| c.is_alphabetic()).count() < 2 || vocabulary.is_generic(&text) {
            continue;
        }
        match places.get(&text) {
            Some((to, first)) if *to != link.to && !found.is_full() => {
                let line = found.issue.place(*first).line;
                let message = format!("{:?} leads to another address here than on line {line}", link.shown);
                found.warn(link.at, "link-two-ways", message, "mend the wrong one, or give them different texts");
            }
            Some(_) => {}
            None => {
                places.insert(text, (link.to, link.at));
            }
        }
    }
}

fn collect<'a>(content: &'a [Inline], links: &mut Vec<Link<'a>>) {
    for inline in content {
        match inline {
            Inline::Link { to, content, at } => {
                let shown = plain_text(content).split_whitespace().collect::<Vec<_>>().join(" ");
                let has_field = content.iter().any(|inline| matches!(inline, Inline::Field(_)));
                links.push(Link { to, shown, has_field, at: *at });
            }
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strike(content) => collect(content, links),
            _ => {}
        }
    }
}

fn of_text(link: &Link<'_>, vocabulary: &Vocabulary, found: &mut Found<'_>) {
    let shown = link.shown.as_str();
    let bare = shown.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    if shown.is_empty() && !link.has_field {
        let message = "this link has no text: readers will see its bare address";
        found.warn(link.at, "link-empty", message, "write between the brackets where it leads");
    } else if vocabulary.is_generic(&bare) {
        let message = format!("the link text {shown:?} does not say where it leads");
        found.warn(link.at, "link-generic", message, "name what the reader will find there");
    }
}

fn of_address(link: &Link<'_>, found: &mut Found<'_>) {
    let Destination::Url(address) = link.to else { return };
    let Ok(url) = Url::parse(address) else { return };
    let Some(host) = url.host_str() else { return };
    if !url.username().is_empty() {
        let message = "this link has a user name in its address, which mailboxes take for a trick";
        found.warn(link.at, "link-user", message, "link to the page without it");
    }
    let host = host.trim_start_matches("www.");
    if SHORTENERS.contains(&host) {
        let message = format!("{host} hides where this link leads, which spam filters count against the issue");
        found.warn(link.at, "link-shortener", message, "link to the page itself");
    }
    if let Some(named) = named_host(&link.shown).filter(|named| !is_same_site(named, host)) {
        let message = format!("this link's text says {named}, but it leads to {host}");
        found.warn(link.at, "link-mismatch", message, "mailboxes take that for fraud: let both say the same");
    }
}

/// The host that a link's text names, if the text is an address.
fn named_host(shown: &str) -> Option<String> {
    if shown.contains(char::is_whitespace) || shown.contains('@') {
        return None;
    }
    let has_scheme = shown.starts_with("http://") || shown.starts_with("https://");
    let whole = if has_scheme { shown.to_owned() } else { format!("https://{shown}") };
    let url = Url::parse(&whole).ok()?;
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    // "Node.js" is no host; with a path or a scheme, or as www, it is meant as one.
    let last = host.rsplit('.').next().filter(|last| *last != host)?;
    let is_meant = has_scheme || shown.starts_with("www.") || ["com", "org", "net", "edu", "gov"].contains(&last);
    is_meant.then_some(host)
}

/// Whether one is the other, or a part of it.
fn is_same_site(a: &str, b: &str) -> bool {
    a == b || a.ends_with(&format!(".{b}")) || b.ends_with(&format!(".{a}"))
}

/// Every address that the document leads to or shows, and where it stands in the body.
pub(super) fn addresses(document: &Document) -> Vec<(String, usize)> {
    let mut all = Vec::new();
    tree::each_run(document, &mut |run| addresses_of(run, &mut all));
    all
}

fn addresses_of(content: &[Inline], all: &mut Vec<(String, usize)>) {
    for inline in content {
        match inline {
            Inline::Link { to, content, at } => {
                if let Destination::Url(url) = to {
                    all.push((url.clone(), *at));
                }
                addresses_of(content, all);
            }
            Inline::Image { source, at, .. } => all.push((source.clone(), *at)),
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strike(content) => addresses_of(content, all),
            _ => {}
        }
    }
}
