//! Contexts of what programs read: the Atom feed and the sitemap. Values come without characters that XML forbids.

use serde::Serialize;

use super::Sample;

/// A feed (RFC 4287), or one page of it (RFC 5005).
#[derive(Clone, Debug, Serialize)]
pub struct AtomFeed {
    /// BCP 47.
    pub language: String,
    /// A `tag:` address (RFC 4151) that never changes.
    pub id: String,
    pub title: String,
    pub subtitle: String,
    /// When anything in it last changed, RFC 3339.
    pub updated: String,
    pub author: String,
    pub logo_url: Option<String>,
    /// Itself, its page, and its other pages.
    pub links: Vec<FeedLink>,
    /// The issues, latest first.
    pub entries: Vec<FeedEntry>,
}

/// Another document of a feed.
#[derive(Clone, Debug, Serialize)]
pub struct FeedLink {
    /// `self`, `alternate`, `next`, `previous`, `first` or `last`.
    pub relation: &'static str,
    pub media_type: &'static str,
    pub url: String,
}

/// An issue in a feed.
#[derive(Clone, Debug, Serialize)]
pub struct FeedEntry {
    /// A `tag:` address that never changes.
    pub id: String,
    /// BCP 47.
    pub language: String,
    pub title: String,
    pub url: String,
    /// When it was sent, RFC 3339.
    pub published: String,
    /// When it was corrected, or sent, RFC 3339.
    pub updated: String,
    /// Who wrote it; may be empty.
    pub author: String,
    pub summary: String,
    /// The text, HTML; it is escaped once more on its way into XML.
    pub html: String,
}

/// Every page that search engines may know.
#[derive(Clone, Debug, Serialize)]
pub struct Sitemap {
    pub entries: Vec<SitemapEntry>,
}

/// A page in the sitemap.
#[derive(Clone, Debug, Serialize)]
pub struct SitemapEntry {
    pub url: String,
    /// When it last changed, RFC 3339; empty when that is not known.
    pub modified: String,
}

impl Sample for AtomFeed {
    fn sample() -> Self {
        Self {
            language: "en".to_owned(),
            id: "tag:news.example.com,2026:week".to_owned(),
            title: "The Week".to_owned(),
            subtitle: "Get The Week by email.".to_owned(),
            updated: "2026-11-20T08:00:00Z".to_owned(),
            author: "The Week".to_owned(),
            logo_url: Some("https://news.example.com/assets/logo.png".to_owned()),
            links: vec![FeedLink {
                relation: "self",
                media_type: "application/atom+xml",
                url: "https://news.example.com/week/feed.xml".to_owned(),
            }],
            entries: vec![FeedEntry {
                id: "tag:news.example.com,2026:week/calendar".to_owned(),
                language: "en".to_owned(),
                title: "The calendar".to_owned(),
                url: "https://news.example.com/week/calendar".to_owned(),
                published: "2026-11-20T08:00:00Z".to_owned(),
                updated: "2026-11-20T08:00:00Z".to_owned(),
                author: "A. Writer".to_owned(),
                summary: "A date was set.".to_owned(),
                html: "<p>A date was set.</p>".to_owned(),
            }],
        }
    }
}

impl Sample for Sitemap {
    fn sample() -> Self {
        let (url, modified) = ("https://news.example.com/week/".to_owned(), "2026-11-20T08:00:00Z".to_owned());
        Self { entries: vec![SitemapEntry { url, modified }] }
    }
}
