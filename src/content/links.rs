//! Where a link or an image may lead. Knows no Markdown; fetches nothing.

use url::Url;

use crate::domain::image::DIGEST_CHARS;

use super::pictures::{NoPicture, file_name};

/// Browsers and servers agree on this much; a longer one is a data dump.
const URL_BYTES_MAX: usize = 2048;

/// The one code that stops no issue: nothing is wrong but that mailboxes take the link away.
pub(super) const NOT_FOLLOWED: &str = "link-unfollowed";

/// Why an address cannot be used, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LinkRefused {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) hint: String,
}

fn refused(code: &'static str, message: String, hint: &str) -> LinkRefused {
    LinkRefused { code, message, hint: hint.to_owned() }
}

/// Schemes that mail programs hand on to a telephone.
const CALLS: &[&str] = &["tel", "sms"];
/// Schemes of chats, files and places, of which mailboxes leave the words and take the link.
const UNFOLLOWED: &[&str] = &[
    "irc", "ircs", "matrix", "xmpp", "mumble", "ftp", "ftps", "sftp", "ssh", "git", "geo", "magnet", "gemini",
    "gopher", "news", "nntp", "ipfs", "sip", "sips", "skype", "slack", "tg", "webcal", "callto", "facetime", "dav",
    "bitcoin", "lightning", "steam", "svn", "rsync", "nostr", "at", "did", "ws", "wss",
];

/// A link's address, normalised: `http`, `https`, `mailto`, `tel` or `sms`.
pub(super) fn link(typed: &str) -> Result<String, LinkRefused> {
    let url = absolute(typed, "link")?;
    match url.scheme() {
        "http" | "https" if matches!(url.host_str(), Some("http" | "https")) => {
            Err(refused("link", format!("{typed:?} begins twice"), "take one https:// out"))
        }
        "http" | "https" => Ok(settled(url)),
        "mailto" if url.path().contains('@') => Ok(settled(url)),
        "mailto" => Err(refused("link", format!("{typed:?} names no address"), "write mailto:name@example.org")),
        scheme if CALLS.contains(&scheme) => Ok(settled(url)),
        scheme if UNFOLLOWED.contains(&scheme) => {
            let message = format!("mailboxes do not follow {scheme}: links, so readers see this one's words alone");
            Err(refused(NOT_FOLLOWED, message, "link to a page on the web, or write the address as text"))
        }
        scheme => Err(scheme_refused("link", scheme, "http, https, mailto, tel or sms")),
    }
}

/// An image's address, normalised: `http` or `https`, since mailboxes show no others.
pub(super) fn image(typed: &str) -> Result<String, LinkRefused> {
    let url = absolute(typed, "image")?;
    match url.scheme() {
        "http" | "https" => Ok(settled(url)),
        scheme => Err(scheme_refused("image", scheme, "http or https")),
    }
}

/// The file that an image's address names: one that is no whole address, and no path from a server's root.
pub(super) fn image_file(typed: &str) -> Option<String> {
    let is_relative = Url::parse(typed) == Err(url::ParseError::RelativeUrlWithoutBase);
    let is_file = is_relative && !typed.starts_with(['/', '#', '?', '\\']) && typed.len() <= URL_BYTES_MAX;
    file_name(typed).filter(|_| is_file)
}

/// Whether an image's address is the name of one that travels with the mail.
pub(super) fn is_embedded(address: &str) -> bool {
    let digest = address.strip_prefix("cid:").and_then(|id| id.split_once('@')).map(|(digest, _)| digest);
    digest.is_some_and(|digest| digest.len() == DIGEST_CHARS && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// What to say of an image's file that cannot be shown.
pub(super) fn no_picture(typed: &str, NoPicture { code, message, hint }: NoPicture) -> LinkRefused {
    let message = format!("the image {typed:?} cannot be used: {message}");
    let host = typed.split('/').next().unwrap_or_default();
    let hint = match code {
        "image-missing" if typed.contains('/') && looks_like_host(host) && !host.ends_with('.') => {
            format!("write https://{typed}, or put the file there")
        }
        _ => hint,
    };
    LinkRefused { code, message, hint }
}

fn absolute(typed: &str, what: &'static str) -> Result<Url, LinkRefused> {
    if typed.is_empty() {
        return Err(refused(what, format!("the {what} has no address"), "write one between the parentheses"));
    }
    if typed.len() > URL_BYTES_MAX {
        let message = format!("the {what}'s address has {} bytes, at most {URL_BYTES_MAX} are allowed", typed.len());
        return Err(refused(what, message, "link to a shorter address"));
    }
    if typed.starts_with('#') {
        let message = format!("{typed:?} leads to a place within the email, which most mailboxes do not do");
        return Err(refused("link-anchor", message, "name the section in words instead"));
    }
    Url::parse(typed).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => {
            let message =
                format!("{typed:?} is not a whole address, and an email has no place that it could start from");
            let hint = match typed.split_once(['/', '?']) {
                Some((host, _)) if looks_like_host(host) => format!("write https://{typed}"),
                _ if typed.starts_with("www.") => format!("write https://{typed}"),
                _ => "write the whole address, beginning with https://".to_owned(),
            };
            LinkRefused { code: "link-relative", message, hint }
        }
        error => refused(what, format!("{typed:?} is not an address: {error}"), "check its host and port"),
    })
}

fn looks_like_host(text: &str) -> bool {
    text.contains('.')
        && !text.starts_with('.')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b))
}

fn scheme_refused(what: &str, scheme: &str, allowed: &str) -> LinkRefused {
    let message = format!("a {what} leads to {allowed}, not to {scheme}:");
    refused("link-scheme", message, "link to a page on the web")
}

/// One spelling for both parts. Punctuation at the end is encoded: programs that look for addresses in plain text take
/// it for the sentence's own. Parentheses likewise; an apostrophe would end an attribute in careless software.
fn settled(url: Url) -> String {
    let mut text = String::from(url).replace('\'', "%27").replace('(', "%28").replace(')', "%29");
    if let Some(last) = text.pop() {
        match last {
            '.' => text.push_str("%2E"),
            ',' => text.push_str("%2C"),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_normalised() {
        for (typed, settled) in [
            ("https://example.org", "https://example.org/"),
            ("HTTPS://Example.ORG/A b?x=\"1\"", "https://example.org/A%20b?x=%221%22"),
            (
                "https://en.wikipedia.org/wiki/Coranto_(newspaper)",
                "https://en.wikipedia.org/wiki/Coranto_%28newspaper%29",
            ),
            ("http://example.org/a.", "http://example.org/a%2E"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            ("mailto:a@example.org?subject=Hi", "mailto:a@example.org?subject=Hi"),
            ("tel:+49-12345", "tel:+49-12345"),
            ("sms:+4912345", "sms:+4912345"),
        ] {
            assert_eq!(link(typed).as_deref(), Ok(settled));
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for (typed, code) in [
            ("javascript:alert(1)", "link-scheme"),
            ("JaVaScRiPt:alert(1)", "link-scheme"),
            ("java\tscript:alert(1)", "link-scheme"),
            (" javascript:alert(1)", "link-scheme"),
            ("data:text/html,x", "link-scheme"),
            ("vbscript:x", "link-scheme"),
            ("file:///etc/passwd", "link-scheme"),
            ("irc://irc.example.org/x", "link-unfollowed"),
            ("matrix:r/x:y", "link-unfollowed"),
            ("ftp://example.org/x", "link-unfollowed"),
            ("whatever:x", "link-scheme"),
            ("/about", "link-relative"),
            ("//example.org/x", "link-relative"),
            ("about.html", "link-relative"),
            ("#top", "link-anchor"),
            ("", "link"),
            ("https://", "link"),
            ("mailto:", "link"),
        ] {
            assert_eq!(link(typed).map_err(|refused| refused.code), Err(code), "{typed}");
        }
        assert_eq!(link("www.example.org/x").unwrap_err().hint, "write https://www.example.org/x");
        assert_eq!(image("mailto:a@example.org").unwrap_err().code, "link-scheme");
        assert_eq!(link(&format!("https://example.org/{}", "x".repeat(2048))).unwrap_err().code, "link");
    }
}
