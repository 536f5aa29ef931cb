//! Contexts of the mails. Knows no Markdown and no reader: merge fields come as marks, and stay as they are.

use serde::Serialize;

use super::Sample;
use crate::domain::design::{Accent, Colour, Design, Font};

/// What every HTML mail needs.
#[derive(Debug, Serialize)]
pub struct Envelope<'a> {
    /// BCP 47, of what is written in it.
    pub language: &'a str,
    /// `ltr` or `rtl`.
    pub dir: &'a str,
    /// BCP 47, of the mail's own words.
    pub words_language: &'a str,
    /// `ltr` or `rtl`.
    pub words_dir: &'a str,
    /// Also the document's title.
    pub subject: &'a str,
    /// What mailboxes show beside the subject; may be empty.
    pub preheader: &'a str,
    /// The newsletter's name.
    pub newsletter: &'a str,
    /// The same, as HTML of which long words may be broken.
    pub brand: &'a str,
    /// The newsletter's page.
    pub home_url: &'a str,
    /// On one line.
    pub postal_address: &'a str,
    /// What the newsletter looks like.
    pub look: Look<'a>,
}

/// A newsletter's look, for a mail.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Look<'a> {
    /// Links and buttons on a light ground.
    pub accent: Colour,
    /// The same on a dark ground.
    pub accent_dark: Colour,
    /// The letters on a button on a dark ground.
    pub accent_dark_ink: Colour,
    /// What the text is set in, as CSS.
    pub font: &'static str,
    /// What headings are set in, as CSS.
    pub heading_font: &'static str,
    /// A line below the name; may be empty.
    pub header: &'a str,
    /// A line above the postal address; may be empty.
    pub footer_line: &'a str,
    /// A picture on top.
    pub logo: Option<Logo<'a>>,
}

/// A picture on top of a mail; the newsletter's name is its text.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Logo<'a> {
    /// Its address.
    pub src: &'a str,
    /// As it is shown, in pixels.
    pub width: u32,
    /// As it is shown, in pixels.
    pub height: u32,
}

impl<'a> Look<'a> {
    /// The look that a newsletter's settings ask for.
    pub fn of(design: &'a Design, logo: Option<Logo<'a>>) -> Self {
        Self {
            accent: design.accent.light,
            accent_dark: design.accent.dark,
            accent_dark_ink: Accent::DARK_INK,
            font: design.font.families(),
            heading_font: design.heading_font.families(),
            header: design.header.as_deref().unwrap_or_default(),
            footer_line: design.footer.as_deref().unwrap_or_default(),
            logo,
        }
    }

    fn sample() -> Self {
        let Accent { light, dark } = Accent::default();
        Self {
            accent: light,
            accent_dark: dark,
            accent_dark_ink: Accent::DARK_INK,
            font: Font::Georgia.families(),
            heading_font: Font::System.families(),
            header: "Every Friday",
            footer_line: "Written by hand.",
            logo: Some(Logo { src: "https://news.example.com/i/logo.png", width: 140, height: 40 }),
        }
    }
}

/// An issue as HTML.
#[derive(Debug, Serialize)]
pub struct IssueHtml<'a> {
    /// What every mail needs.
    #[serde(flatten)]
    pub envelope: Envelope<'a>,
    /// The summary, as HTML of which long words may be broken; may be empty.
    pub standfirst: &'a str,
    /// Who wrote it; may be empty.
    pub author: &'a str,
    /// Written out.
    pub date: &'a str,
    /// How long it takes to read.
    pub reading_time: &'a str,
    /// The issue on the web; empty where it is in mails alone.
    pub web_url: &'a str,
    /// The text of the link to it.
    pub read_on_web: &'a str,
    /// The heading, as HTML of which long words may be broken.
    pub title: &'a str,
    /// HTML.
    pub body: &'a str,
    /// What a reader may do with it; empty where the newsletter wants no such line.
    pub closing: &'a str,
    /// The text of the link to the newsletter's page.
    pub all_issues: &'a str,
    /// Why the reader gets this.
    pub reason: &'a str,
    /// Link texts and addresses of the footer.
    #[serde(flatten)]
    pub footer: Footer<'a>,
}

/// The ways out of a newsletter, and in.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Footer<'a> {
    /// Link text.
    pub unsubscribe: &'a str,
    /// Where it leads.
    pub unsubscribe_url: &'a str,
    /// Link text.
    pub preferences: &'a str,
    /// Where it leads.
    pub preferences_url: &'a str,
    /// What is asked of whoever got it from a reader.
    pub forwarded: &'a str,
    /// Link text.
    pub forwarded_link: &'a str,
    /// Where it leads.
    pub subscribe_url: &'a str,
}

/// An issue as text. Paragraphs come filled and end in a line end.
#[derive(Debug, Serialize)]
pub struct IssueText<'a> {
    /// The newsletter's name.
    pub newsletter: &'a str,
    /// A line below the name; may be empty.
    pub header: &'a str,
    /// The newsletter's page.
    pub home_url: &'a str,
    /// The title, underlined.
    pub heading: &'a str,
    /// The summary, filled; may be empty.
    pub standfirst: &'a str,
    /// Who wrote it, when it was sent and how long it takes to read, filled.
    pub byline: &'a str,
    /// What stands before the address of the issue on the web.
    pub read_on_web: &'a str,
    /// The issue on the web; empty where it is in mails alone.
    pub web_url: &'a str,
    /// Filled lines.
    pub body: &'a str,
    /// The heading of the list of addresses, underlined.
    pub links_heading: &'a str,
    /// Addresses, in the order of their numbers.
    pub links: &'a [String],
    /// What a reader may do with it, filled; empty where the newsletter wants no such line.
    pub closing: &'a str,
    /// What stands before the address of the newsletter's page.
    pub all_issues: &'a str,
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

/// A mail of the system with one button, as HTML.
#[derive(Debug, Serialize)]
pub struct NoticeHtml<'a> {
    /// What every mail needs.
    #[serde(flatten)]
    pub envelope: Envelope<'a>,
    /// What happened.
    pub lead: &'a str,
    /// The button.
    pub button: &'a str,
    /// Where it leads.
    pub url: &'a str,
    /// Above the bare address.
    pub or_open: &'a str,
    /// The address as people read it.
    pub url_shown: &'a str,
    /// For whoever did not ask for it.
    pub ignore: &'a str,
    /// Why this mail came.
    pub reason: &'a str,
    /// The subject, as HTML of which long words may be broken.
    pub title: &'a str,
    /// The link for leaving; empty where nothing can be left.
    pub unsubscribe: &'a str,
    /// Where it leads.
    pub unsubscribe_url: &'a str,
    /// The link for whoever wants no such mail again; may be empty.
    pub refuse: &'a str,
    /// Where it leads.
    pub refuse_url: &'a str,
}

/// The same as text. Paragraphs come filled and end in a line end.
#[derive(Debug, Serialize)]
pub struct NoticeText<'a> {
    /// The newsletter's name.
    pub newsletter: &'a str,
    /// The newsletter's page.
    pub home_url: &'a str,
    /// A line below the name; may be empty.
    pub header: &'a str,
    /// The subject, underlined.
    pub heading: &'a str,
    /// What happened.
    pub lead: &'a str,
    /// What the address does.
    pub button: &'a str,
    /// Above the address.
    pub or_open: &'a str,
    /// The address.
    pub url: &'a str,
    /// For whoever did not ask for it.
    pub ignore: &'a str,
    /// Why this mail came.
    pub reason: &'a str,
    /// What leaving is called; empty where nothing can be left.
    pub unsubscribe: &'a str,
    /// Its address.
    pub unsubscribe_url: &'a str,
    /// The link for whoever wants no such mail again; may be empty.
    pub refuse: &'a str,
    /// Its address.
    pub refuse_url: &'a str,
    /// A line above the postal address, filled; may be empty.
    pub footer_line: &'a str,
    /// The newsletter's name and postal address, filled.
    pub publisher: &'a str,
}

impl Envelope<'_> {
    pub(super) fn sample() -> Self {
        Self {
            language: "en",
            dir: "ltr",
            words_language: "en",
            words_dir: "ltr",
            subject: "The calendar is not an agreement",
            preheader: "A date was set, and little else.",
            newsletter: "The Week",
            brand: "The Week",
            home_url: "https://news.example.com/week/",
            postal_address: "1 Example Street, Example 10001",
            look: Look::sample(),
        }
    }
}

impl Footer<'_> {
    pub(super) fn sample() -> Self {
        Self {
            unsubscribe: "Unsubscribe",
            unsubscribe_url: "https://news.example.com/u/TOKEN",
            preferences: "Change preferences or pause",
            preferences_url: "https://news.example.com/p/TOKEN",
            forwarded: "Forwarded this email?",
            forwarded_link: "Subscribe here",
            subscribe_url: "https://news.example.com/week/subscribe",
        }
    }
}

impl Sample for IssueHtml<'_> {
    fn sample() -> Self {
        Self {
            envelope: Envelope::sample(),
            standfirst: "A date was set, and little else.",
            author: "A. Writer",
            date: "20 November 2026",
            reading_time: "7 minutes to read",
            web_url: "https://news.example.com/week/calendar",
            read_on_web: "Read on the web",
            title: "The calendar is not an agreement",
            body: "<p>A date was set.</p>",
            closing: "Reply to this email and we read it.",
            all_issues: "All issues",
            reason: "You get this email because you subscribed.",
            footer: Footer::sample(),
        }
    }
}

impl Sample for IssueText<'_> {
    fn sample() -> Self {
        Self {
            newsletter: "The Week",
            header: "Every Friday",
            home_url: "https://news.example.com/week/",
            heading: "The calendar is not an agreement\n================================\n",
            standfirst: "A date was set, and little else.\n",
            byline: "A. Writer · 20 November 2026 · 7 minutes to read\n",
            read_on_web: "Read on the web",
            web_url: "https://news.example.com/week/calendar",
            body: "A date was set.\n",
            links_heading: "Links\n-----\n",
            links: &[],
            closing: "Reply to this email and we read it.\n",
            all_issues: "All issues",
            reason: "You get this email because you subscribed.\n",
            footer: Footer::sample(),
            footer_line: "Written by hand.\n",
            publisher: "The Week, 1 Example Street, Example 10001\n",
        }
    }
}

impl Sample for NoticeHtml<'_> {
    fn sample() -> Self {
        Self {
            envelope: Envelope { subject: "Confirm your subscription", ..Envelope::sample() },
            lead: "Someone asked to get The Week at this address.",
            button: "Confirm subscription",
            url: "https://news.example.com/c/TOKEN",
            or_open: "The link in full, to open or to copy:",
            url_shown: "news.example.com/c/TOKEN",
            ignore: "If this was not you, do nothing.",
            reason: "You get this email because this address was entered on our signup page.",
            title: "Confirm your <span style=\"display:inline-block\">subscription</span>",
            unsubscribe: "Unsubscribe",
            unsubscribe_url: "https://news.example.com/u/TOKEN",
            refuse: "This was not me",
            refuse_url: "https://news.example.com/n/TOKEN",
        }
    }
}

impl Sample for NoticeText<'_> {
    fn sample() -> Self {
        Self {
            newsletter: "The Week",
            home_url: "https://news.example.com/week/",
            header: "Every Friday",
            heading: "Confirm your subscription\n=========================\n",
            lead: "Someone asked to get The Week at this address.\n",
            button: "Confirm subscription",
            or_open: "The link in full, to open or to copy:",
            url: "https://news.example.com/c/TOKEN",
            ignore: "If this was not you, do nothing.\n",
            reason: "You get this email because this address was entered on our signup page.\n",
            unsubscribe: "Unsubscribe",
            unsubscribe_url: "https://news.example.com/u/TOKEN",
            refuse: "This was not me",
            refuse_url: "https://news.example.com/n/TOKEN",
            footer_line: "Written by hand.\n",
            publisher: "The Week, 1 Example Street, Example 10001\n",
        }
    }
}
