//! What is the same in every reader's mail, built once per revision and relay. Owns the checks that content has to
//! pass; must not know a reader.

use std::sync::Arc;

use data_encoding::HEXLOWER;

use crate::content::fields::{Piece, Template, without_marks};
use crate::domain::image::Image;
use crate::domain::issue::is_slug;
use crate::domain::newsletter::{Newsletter, url_base};
use crate::domain::return_path::ReturnPath;
use crate::token::{Purpose, TOKEN_LEN};

use super::content::{Content, Profile};
use super::correlate::Correlation;
use super::dkim::Signer;
use super::embed::Related;
use super::error::SkeletonError;
use super::headers::StaticHeaders;
use super::splice::EncodedPart;
use super::values::{Escape, LinkContext, LinkCounts};

/// About what a signature of 2048 bits takes, with its list of headers.
const SIGNATURE_BYTES: usize = 900;
/// About what boundaries and the headers of the parts take.
const FRAME_BYTES: usize = 300;

/// A mail without its reader.
#[derive(Debug)]
pub struct Skeleton {
    pub(super) places: LinkContext,
    pub(super) headers: StaticHeaders,
    pub(super) boundary: String,
    pub(super) text: EncodedPart,
    pub(super) html: EncodedPart,
    pub(super) related: Option<Related>,
    pub(super) signers: Vec<Arc<Signer>>,
    pub(super) unsigned_headers: Vec<String>,
    pub(super) extra_headers: String,
    pub(super) correlation: Correlation,
    pub(super) return_path: Option<ReturnPath>,
    pub(super) from_address: String,
    /// The links with a token that a filled mail has, `List-Unsubscribe` included.
    pub(super) links: LinkCounts,
    /// The same of a mail that is text alone.
    pub(super) text_links: LinkCounts,
    size_estimate: usize,
}

impl Skeleton {
    /// Builds what all readers share. `public_url` is where the web pages are.
    pub fn build(
        newsletter: &Newsletter,
        public_url: &str,
        content: &Content,
        profile: &Profile,
    ) -> Result<Self, SkeletonError> {
        let public_url = url_base(public_url);
        if !is_base_url(public_url) {
            return Err(SkeletonError::PublicUrl(public_url.to_owned()));
        }
        if let Some(slug) = content.slug.as_deref().filter(|slug| !is_slug(slug)) {
            return Err(SkeletonError::Token { header: "Feedback-ID", value: slug.to_owned() });
        }
        refuse_readers_links("HTML", &content.html)?;
        refuse_readers_links("text", &content.text)?;
        let boundary = boundary(&content.digest);
        let content = Content { subject: without_marks(&content.subject).into_owned(), ..content.clone() };
        let headers = StaticHeaders::build(newsletter, public_url, &content, &boundary)?;
        let (text, html) =
            (EncodedPart::build(&content.text, Escape::Text), EncodedPart::build(&content.html, Escape::Html));
        let mut links = LinkCounts { unsubscribe: usize::from(headers.unsubscribe), ..LinkCounts::default() };
        text.tally(&mut links);
        let text_links = links;
        html.tally(&mut links);
        let parts = headers.size_estimate() + text.size_estimate() + html.size_estimate();
        let rewrites = profile.unsigned_headers.iter().any(|name| name.eq_ignore_ascii_case("Message-ID"));
        let correlation = Correlation::of(profile.provider, rewrites);
        let fields = profile.extra_headers.len() + correlation.size_estimate();
        let mut signers = profile.signers.clone();
        signers.sort_by_key(|signer| !signer.is_rsa());
        Ok(Self {
            places: LinkContext {
                kind: content.kind,
                public_url: public_url.to_owned(),
                web_url: match content.slug.as_deref() {
                    Some(slug) => newsletter.issue_url(public_url, slug),
                    None => newsletter.home_url(public_url),
                },
                time_zone: newsletter.time_zone.clone(),
                language: content.language,
            },
            headers,
            boundary,
            text,
            html,
            related: None,
            signers,
            unsigned_headers: profile.unsigned_headers.clone(),
            extra_headers: profile.extra_headers.clone(),
            correlation,
            return_path: newsletter.return_path.clone(),
            from_address: newsletter.from.address.to_string(),
            links,
            text_links,
            size_estimate: parts + fields + FRAME_BYTES + profile.signers.len() * SIGNATURE_BYTES,
        })
    }

    /// The same mail with `images` inside it, which its HTML part names by `cid:` and their content's name.
    #[must_use]
    pub fn with_images(mut self, images: &[Image]) -> Self {
        let domain = self.from_address.rsplit('@').next().unwrap_or_default();
        self.related = Related::build(images, &self.boundary, domain);
        self.size_estimate += self.related.as_ref().map_or(0, |related| related.parts.len() + FRAME_BYTES);
        self
    }

    /// About how many bytes a filled mail has: for the SIZE limit of a relay, and for room in a buffer.
    pub fn size_estimate(&self) -> usize {
        self.size_estimate
    }
}

/// `=_` occurs neither in quoted-printable nor in base64, so no part can hold the boundary.
fn boundary(digest: &[u8; 32]) -> String {
    format!("=_{}", HEXLOWER.encode(&digest[..12]))
}

fn is_base_url(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"'\\?#&".contains(&byte))
    })
}

/// A link that was pasted from a mail one got would let every reader act for that one. So nothing that is the same
/// for all may look like a token in a link or in an address.
fn refuse_readers_links(part: &'static str, template: &Template) -> Result<(), SkeletonError> {
    for piece in template.pieces() {
        if let Piece::Text(text) = piece
            && let Some(link) = readers_link(text)
        {
            return Err(SkeletonError::ReadersLink { part, link: format!("{}...", &link[..8]) });
        }
    }
    Ok(())
}

fn readers_link(text: &str) -> Option<&str> {
    /// Addresses of emails from before the 27th of November 2026.
    const OLD_ADDRESSES: [&str; 2] = ["u+", "b+"];
    let paths = Purpose::ALL.iter().map(|purpose| purpose.path()).filter(|path| !path.is_empty());
    paths
        .chain(OLD_ADDRESSES)
        .find_map(|before| {
            text.match_indices(before).find_map(|(at, _)| {
                let rest = &text[at + before.len()..];
                let letters = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
                (letters == TOKEN_LEN).then(|| &text[at..at + before.len() + letters])
            })
        })
        .or_else(|| readers_address(text))
}

/// An address by which one reader unsubscribes, or a Message-ID: a token right before an `@`, whatever stands before it.
fn readers_address(text: &str) -> Option<&str> {
    text.match_indices('@').find_map(|(at, _)| {
        let letters = text[..at].bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
        (letters == TOKEN_LEN).then(|| &text[at - letters..at])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_readers_link_is_noticed() {
        let token = "abcdefghijklmnopqrstuvwxyz234567ab";
        assert_eq!(token.len(), TOKEN_LEN);
        for purpose in Purpose::ALL.iter().filter(|purpose| !purpose.path().is_empty()) {
            assert!(readers_link(&format!("https://a.example{}{token}", purpose.path())).is_some(), "{purpose:?}");
        }
        for text in [
            format!("leave: https://a.example/u/{token}"),
            format!("<a href=\"https://a.example/p/{token}\">"),
            format!("https://a.example/c/{token}?x"),
            format!("u+{token}@b.example"),
            format!("mailto:week-{token}@lists.example"),
            format!("<{token}@news.example>"),
        ] {
            assert!(readers_link(&text).is_some(), "{text}");
        }
        for text in [
            "https://a.example/u/alice",
            "/u/",
            "alice@a.example",
            "@",
            &format!("/u/{token}a"),
            &format!("/x/{token}"),
        ] {
            assert_eq!(readers_link(text), None, "{text}");
        }
    }

    #[test]
    fn links_begin_with_a_plain_address() {
        for url in ["https://news.example.com", "http://127.0.0.1:8080", "https://a.example/news"] {
            assert!(is_base_url(url), "{url}");
        }
        for url in
            ["", "news.example.com", "https://", "https://a b", "https://a>\r\nX: y", "ftp://a", "https://é.example"]
        {
            assert!(!is_base_url(url), "{url}");
        }
    }
}
