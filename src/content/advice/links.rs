//! What an editor should know of links: texts that say nothing, addresses that hide.

use url::Url;

use super::Found;
use super::collected::{self, Link};
use super::vocabulary::Vocabulary;
use crate::content::fields;
use crate::content::tree::Document;

/// Hosts that hide where a link leads: spam filters and readers distrust them, and they may vanish.
const SHORTENERS: &[&str] = &[
    "bit.ly", "t.co", "tinyurl.com", "goo.gl", "ow.ly", "buff.ly", "is.gd", "v.gd", "t.ly", "rb.gy", "cutt.ly",
    "lnkd.in", "shorturl.at", "tiny.cc", "bl.ink", "rebrand.ly", "dlvr.it", "trib.al", "amzn.to", "soo.gd", "s.id",
    "short.io", "tny.im", "u.to", "adf.ly", "qr.ae", "x.gd", "shorte.st",
];

/// Everything about the links of a document.
pub(super) fn of_document(document: &Document, vocabulary: &Vocabulary, found: &mut Found<'_>) {
    for link in collected::links(document) {
        of_text(&link, vocabulary, found);
        of_address(&link, found);
    }
}

fn of_text(link: &Link<'_>, vocabulary: &Vocabulary, found: &mut Found<'_>) {
    let shown = link.shown.as_str();
    let bare = shown.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    if shown.is_empty() && !link.has_field && !link.has_picture {
        let message = "this link has no text, so readers see an address or nothing";
        found.warn(link.at, "link-empty", message, "write between the brackets where it leads");
    } else if vocabulary.is_generic(&bare) && !is_name(&bare, &link.to) {
        let message = format!("the link text {shown:?} does not say where it leads");
        found.warn(link.at, "link-generic", message, "name what the reader will find there");
    }
}

fn of_address(link: &Link<'_>, found: &mut Found<'_>) {
    let Ok(url) = Url::parse(&link.to) else { return };
    let Some(host) = url.host_str() else { return };
    if !url.username().is_empty() {
        let message = "this link has a user name in its address, which mailboxes take for a trick";
        found.warn(link.at, "link-user", message, "link to the page without it");
    }
    let host = host.trim_start_matches("www.");
    if SHORTENERS.contains(&host) {
        let message = format!("{host} hides where this link leads, which spam filters count against the issue");
        found.warn(link.at, "link-shortener", message, "link to the page itself");
        // That its text says another host goes without saying.
        return;
    }
    if let Some(named) = named_host(&link.shown).filter(|named| !is_same_site(named, host)) {
        let message = format!("this link's text says {named}, but it leads to {host}");
        found.warn(link.at, "link-mismatch", message, "mailboxes take that for fraud: let both say the same");
    }
}

/// Whether a text is what its page is called, as of a package `here` at `/here`.
fn is_name(text: &str, to: &str) -> bool {
    let path = to.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(text))
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
    let is_web = |address: &str| address.contains(':') && !address.contains(fields::is_private);
    let links = collected::links(document).into_iter().map(|link| (link.to.into_owned(), link.at));
    let images = collected::images(document).into_iter().map(|image| (image.source.into_owned(), image.at));
    let mut all: Vec<_> = links.chain(images).filter(|(address, _)| is_web(address)).collect();
    all.sort_by_key(|(_, at)| *at);
    all
}
