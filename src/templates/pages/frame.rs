//! What every page has around it, and the style sheet. Knows no page.

use serde::Serialize;

use super::super::Sample;
use super::Link;

/// The style sheet of one newsletter's pages: colours that can be read, and letters. Nothing of it comes from a reader.
#[derive(Clone, Debug, Serialize)]
pub struct Style {
    /// Links and buttons on a light ground; white letters can be read on it.
    pub accent: String,
    /// The same on a dark ground.
    pub dark_accent: String,
    /// Letters on a button in the dark.
    pub dark_ink: String,
    /// Font families of the text.
    pub font: String,
    /// Font families of headings.
    pub heading_font: String,
}

/// What every page has around it.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// BCP 47.
    pub language: String,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// The document's title.
    pub title: String,
    /// What the page is, for search engines and previews; may be empty.
    pub description: String,
    /// What stands on top of the page; empty where the heading says it.
    pub masthead: String,
    /// A picture beside it, if there is one.
    pub logo_url: Option<String>,
    /// Where the top leads.
    pub home_url: String,
    /// Leads past the top, for who does not see the page.
    pub skip: String,
    /// The way to the form; none on pages about a subscription.
    pub subscribe: Option<Link>,
    /// Where the style sheet is.
    pub style_url: String,
    /// At the foot: the newsletter's other pages.
    pub links: Vec<Link>,
    /// At the foot: whom to ask.
    pub contact: Option<Link>,
    /// At the foot: where the sender lives.
    pub colophon: String,
    /// Whether search engines are to leave it alone.
    pub private: bool,
    /// How the page looks where its address is shared; none for pages that are nobody else's business.
    pub sharing: Option<Sharing>,
    /// Feeds, and the pages before and after.
    pub relations: Vec<Relation>,
}

/// A page as other sites show it: Open Graph, and its one true address.
#[derive(Clone, Debug, Serialize)]
pub struct Sharing {
    /// Its address, whole.
    pub url: String,
    /// `website` or `article`.
    pub kind: &'static str,
    /// What it is called.
    pub title: String,
    /// What it belongs to.
    pub site: String,
    /// A picture's address, whole.
    pub image: Option<String>,
}

/// Another document that has to do with this one.
#[derive(Clone, Debug, Serialize)]
pub struct Relation {
    /// How: `alternate`, `prev`, `next`.
    pub relation: &'static str,
    /// The media type of a feed; empty for a page.
    pub media_type: &'static str,
    /// A feed's name; empty for a page.
    pub title: String,
    /// Where.
    pub url: String,
}

impl Sample for Style {
    fn sample() -> Self {
        Self {
            accent: "#0b57a4".to_owned(),
            dark_accent: "#8ab8ff".to_owned(),
            dark_ink: "#16181c".to_owned(),
            font: "Georgia, serif".to_owned(),
            heading_font: "system-ui, sans-serif".to_owned(),
        }
    }
}

/// One for the samples of pages.
pub(super) fn sample() -> Frame {
    let link = |url: &str, label: &str| Link { url: url.to_owned(), label: label.to_owned() };
    Frame {
        language: "en".to_owned(),
        direction: "ltr",
        title: "The Week".to_owned(),
        description: "One essay a week.".to_owned(),
        masthead: "The Week".to_owned(),
        logo_url: Some("/assets/logo.png".to_owned()),
        home_url: "/".to_owned(),
        skip: "Skip to the text".to_owned(),
        subscribe: Some(link("/week/subscribe", "Subscribe")),
        style_url: "/assets/style-0123456789ab.css".to_owned(),
        links: vec![link("/week/", "All issues")],
        contact: Some(link("mailto:editor@example.com", "Write to us")),
        colophon: "1 Example Street, Example".to_owned(),
        private: true,
        sharing: Some(Sharing {
            url: "https://news.example.com/week/calendar".to_owned(),
            kind: "article",
            title: "The calendar".to_owned(),
            site: "The Week".to_owned(),
            image: Some("https://news.example.com/assets/logo.png".to_owned()),
        }),
        relations: vec![Relation {
            relation: "alternate",
            media_type: "application/atom+xml",
            title: "The Week".to_owned(),
            url: "/week/feed.xml".to_owned(),
        }],
    }
}
