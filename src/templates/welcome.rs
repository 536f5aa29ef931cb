//! Contexts of the welcome mail, with the latest issue in it or without. Knows no Markdown and no reader: merge fields
//! come as marks, and stay as they are.

use serde::Serialize;

use super::Sample;
use super::email::{Envelope, Footer};

/// A welcome as HTML.
#[derive(Debug, Serialize)]
pub struct WelcomeHtml<'a> {
    /// What every mail needs.
    #[serde(flatten)]
    pub envelope: Envelope<'a>,
    /// The subject, as HTML of which long words may be broken.
    pub title: &'a str,
    /// What there is to say.
    pub lead: &'a str,
    /// What the newsletter is; may be empty.
    pub description: &'a str,
    /// The latest issue, where it is in the mail.
    pub latest: Option<LatestHtml<'a>>,
    /// Why the reader gets this.
    pub reason: &'a str,
    /// Link texts and addresses of the footer.
    #[serde(flatten)]
    pub footer: Footer<'a>,
}

/// The latest issue in an HTML mail.
#[derive(Debug, Serialize)]
pub struct LatestHtml<'a> {
    /// What stands above it.
    pub intro: &'a str,
    /// BCP 47.
    pub language: &'a str,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// Its title, as HTML of which long words may be broken.
    pub title: &'a str,
    /// Where it is on the web.
    pub web_url: &'a str,
    /// The text of the link to it.
    pub read_on_web: &'a str,
    /// HTML.
    pub body: &'a str,
}

/// A welcome as text. Paragraphs come filled and end in a line end.
#[derive(Debug, Serialize)]
pub struct WelcomeText<'a> {
    /// The newsletter's name.
    pub newsletter: &'a str,
    /// The newsletter's page.
    pub home_url: &'a str,
    /// A line below the name; may be empty.
    pub header: &'a str,
    /// The subject, underlined.
    pub heading: &'a str,
    /// What there is to say.
    pub lead: &'a str,
    /// What the newsletter is; may be empty.
    pub description: &'a str,
    /// The latest issue, where it is in the mail.
    pub latest: Option<LatestText<'a>>,
    /// Why the reader gets this, filled.
    pub reason: &'a str,
    /// Words and addresses of the footer.
    #[serde(flatten)]
    pub footer: Footer<'a>,
    /// A line above the postal address, filled; may be empty.
    pub footer_line: &'a str,
    /// The newsletter's name and postal address, filled.
    pub publisher: &'a str,
}

/// The latest issue in a text mail.
#[derive(Debug, Serialize)]
pub struct LatestText<'a> {
    /// What stands above it.
    pub intro: &'a str,
    /// Its title, underlined.
    pub heading: &'a str,
    /// Where it is on the web.
    pub web_url: &'a str,
    /// What stands before that.
    pub read_on_web: &'a str,
    /// Filled lines.
    pub body: &'a str,
    /// The heading of the list of addresses, underlined.
    pub links_heading: &'a str,
    /// Addresses, in the order of their numbers.
    pub links: &'a [String],
}

impl Sample for WelcomeHtml<'_> {
    fn sample() -> Self {
        Self {
            envelope: Envelope { subject: "Welcome to The Week", ..Envelope::sample() },
            title: "Welcome to The Week",
            lead: "You get The Week from now on.",
            description: "One essay a week.",
            latest: Some(LatestHtml {
                intro: "This is the latest issue.",
                language: "en",
                dir: "ltr",
                title: "The calendar is not an agreement",
                web_url: "https://news.example.com/week/calendar",
                read_on_web: "Read on the web",
                body: "<p>A date was set.</p>",
            }),
            reason: "You get this email because you subscribed.",
            footer: Footer::sample(),
        }
    }
}

impl Sample for WelcomeText<'_> {
    fn sample() -> Self {
        Self {
            newsletter: "The Week",
            home_url: "https://news.example.com/week/",
            header: "Every Friday",
            heading: "Welcome to The Week\n===================\n",
            lead: "You get The Week from now on.\n",
            description: "One essay a week.\n",
            latest: Some(LatestText {
                intro: "This is the latest issue.",
                heading: "The calendar is not an agreement\n--------------------------------\n",
                web_url: "https://news.example.com/week/calendar",
                read_on_web: "Read on the web",
                body: "A date was set.\n",
                links_heading: "Links\n-----\n",
                links: &[],
            }),
            reason: "You get this email because you subscribed.\n",
            footer: Footer::sample(),
            footer_line: "Written by hand.\n",
            publisher: "The Week, 1 Example Street, Example 10001\n",
        }
    }
}
