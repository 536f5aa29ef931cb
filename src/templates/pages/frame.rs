//! What every page has around it, and the style sheet. Knows no page.

use serde::Serialize;

use super::super::Sample;
use crate::words::Words;

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
    pub heading_font: String,
}

/// What every page has around it.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// What the page says is in these words.
    #[serde(skip)]
    pub words: Words,
    /// BCP 47.
    pub language: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// The newsletter's name, or the site's where the page is of no newsletter.
    pub site: String,
    /// Whether it is shown in a frame of another site, where nothing is around it.
    pub bare: bool,
    /// A picture beside the name, if there is one.
    pub logo_url: Option<String>,
    pub home_url: String,
    pub root_url: String,
    /// The form; none on pages about a subscription, and on those that have it.
    pub subscribe_url: Option<String>,
    /// Where the style sheet is.
    pub style_url: String,
    /// At the foot; none on pages of no newsletter.
    pub foot: Option<Foot>,
    /// Whether search engines are to leave it alone.
    pub private: bool,
    /// How the page looks where its address is shared; none for pages that are nobody else's business.
    pub sharing: Option<Sharing>,
    /// Feeds, and the pages before and after.
    pub relations: Vec<Relation>,
}

/// The newsletter's other pages, and who sends it.
#[derive(Clone, Debug, Serialize)]
pub struct Foot {
    pub issues_url: String,
    pub feed_url: String,
    /// What is stored of readers.
    pub privacy_url: String,
    /// The email address that readers write to.
    pub contact: String,
    /// The sender's, on one line.
    pub postal_address: String,
}

/// A page as other sites show it: Open Graph, and its one true address.
#[derive(Clone, Debug, Serialize)]
pub struct Sharing {
    pub url: String,
    /// `website` or `article`.
    pub kind: &'static str,
    /// Whether it belongs to a newsletter.
    pub newsletter: bool,
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

impl Sample for Frame {
    fn sample() -> Self {
        let words = Words::of_page("en");
        Self {
            words,
            language: words.tag(),
            direction: words.direction(),
            site: "The Week".to_owned(),
            bare: false,
            logo_url: Some("/assets/logo.png".to_owned()),
            home_url: "/".to_owned(),
            root_url: "/".to_owned(),
            subscribe_url: Some("/week/subscribe".to_owned()),
            style_url: "/assets/style-0123456789ab.css".to_owned(),
            foot: Some(Foot {
                issues_url: "/week/".to_owned(),
                feed_url: "/week/feed.xml".to_owned(),
                privacy_url: "/week/privacy".to_owned(),
                contact: "editor@example.com".to_owned(),
                postal_address: "1 Example Street, Example".to_owned(),
            }),
            private: true,
            sharing: Some(Sharing {
                url: "https://news.example.com/week/calendar".to_owned(),
                kind: "article",
                newsletter: true,
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
}
