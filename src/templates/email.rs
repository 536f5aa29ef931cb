//! Contexts of the emails: one for both parts of each. What is around every email is made here, in one place. Knows no
//! Markdown and no reader: merge fields come as marks, and stay as they are.

use serde::Serialize;

use super::{Sample, TemplateError, Templates};
use crate::content::fields::{Field, without_marks};
use crate::content::{addresses, in_heading};
use crate::domain::design::{Accent, Colour, Design, Font};
use crate::domain::newsletter::{Newsletter, is_rtl};
use crate::words::Words;

/// What an email is rendered with.
pub trait Email: Serialize {
    /// The template of its HTML part, under `templates/`.
    const HTML: &'static str;
    /// The template of its text part.
    const TEXT: &'static str;

    fn envelope(&self) -> &EmailFrame<'_>;
}

/// An email as it was rendered, with the marks of a reader's own values.
#[derive(Clone, Debug)]
pub struct RenderedEmail {
    pub html: String,
    pub text: String,
}

impl Templates {
    /// Renders both parts of an email in its words.
    pub fn email<E: Email>(&self, email: &E) -> Result<RenderedEmail, TemplateError> {
        let envelope = email.envelope();
        let html = self.spoken(E::HTML, envelope.words, email)?;
        let mut text = self.spoken(E::TEXT, envelope.words, email)?;
        if addresses::are_odd(&html, &text) {
            text.push_str(&format!("{}\n", envelope.home_url));
        }
        Ok(RenderedEmail { html, text })
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct EmailFrame<'a> {
    /// The email's own words are in these.
    #[serde(skip)]
    pub words: Words,
    /// BCP 47, of what is written in it.
    pub language: &'a str,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// BCP 47, of the email's own words.
    pub words_language: &'static str,
    /// `ltr` or `rtl`.
    pub words_dir: &'static str,
    pub subject: &'a str,
    /// What mailboxes show beside the subject; may be empty.
    pub preheader: &'a str,
    pub newsletter: String,
    /// The same, as HTML of which long words may be broken.
    pub brand: String,
    pub home_url: String,
    pub postal_address: String,
    /// What the newsletter looks like.
    pub look: EmailDesign<'a>,
    pub address: String,
    /// Since when the reader subscribes, written out.
    pub subscribed_on: String,
    /// The ways out of the newsletter, and in.
    #[serde(flatten)]
    pub ways: EmailLinks,
}

impl<'a> EmailFrame<'a> {
    /// What an email of `newsletter` has around it that is in the program's own words.
    pub fn of(
        newsletter: &'a Newsletter,
        words: Words,
        public_url: &str,
        subject: &'a str,
        logo: Option<Logo<'a>>,
    ) -> Self {
        let name = without_marks(&newsletter.name).into_owned();
        let postal_address = without_marks(&newsletter.postal_address);
        let lines = postal_address.lines().map(str::trim).filter(|line| !line.is_empty());
        Self {
            words,
            language: words.tag(),
            dir: words.direction(),
            words_language: words.tag(),
            words_dir: words.direction(),
            subject,
            preheader: "",
            brand: in_heading(&name),
            newsletter: name,
            home_url: newsletter.home_url(public_url),
            postal_address: words.list(lines),
            look: EmailDesign::of(&newsletter.design, logo),
            address: Field::Address.to_string(),
            subscribed_on: Field::SubscribedOn.to_string(),
            ways: EmailLinks::default(),
        }
    }

    /// The same around a text in a language that an editor chose.
    #[must_use]
    pub fn written_in(self, language: &'a str) -> Self {
        Self { language, dir: if is_rtl(language) { "rtl" } else { "ltr" }, ..self }
    }

    /// The same to a reader: with all ways.
    #[must_use]
    pub fn to_a_reader(self) -> Self {
        let ways = EmailLinks {
            unsubscribe_url: Some(Field::UnsubscribeUrl.to_string()),
            preferences_url: Some(Field::PreferencesUrl.to_string()),
            subscribe_url: Some(format!("{}subscribe", self.home_url)),
            refuse_url: None,
        };
        Self { ways, ..self }
    }
}

/// The ways out of a newsletter, and in. Those that are not there are not offered.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EmailLinks {
    pub unsubscribe_url: Option<String>,
    /// Where a reader changes their preferences.
    pub preferences_url: Option<String>,
    /// Where whoever got it from a reader subscribes.
    pub subscribe_url: Option<String>,
    /// Where whoever did not ask for it stops such emails.
    pub refuse_url: Option<String>,
}

/// A newsletter's look, for a mail.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct EmailDesign<'a> {
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
    pub logo: Option<Logo<'a>>,
}

/// A picture on top of a mail; the newsletter's name is its text.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Logo<'a> {
    pub src: &'a str,
    /// As it is shown, in pixels.
    pub width: u32,
    /// As it is shown, in pixels.
    pub height: u32,
}

impl<'a> EmailDesign<'a> {
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

/// An issue. Its texts come as they are, and as HTML of which long words may be broken.
#[derive(Clone, Debug, Serialize)]
pub struct IssueEmail<'a> {
    #[serde(flatten)]
    pub envelope: EmailFrame<'a>,
    pub title: &'a str,
    pub title_html: String,
    /// The summary; may be empty.
    pub standfirst: String,
    pub standfirst_html: String,
    /// Who wrote it; may be empty.
    pub author: String,
    pub date: String,
    /// How many minutes it takes to read.
    pub minutes: i64,
    /// The issue on the web; empty where it is in emails alone.
    pub web_url: &'a str,
    pub body: &'a str,
    /// The same as filled lines.
    pub text: &'a str,
    /// The addresses in those lines, in the order of their numbers.
    pub links: &'a [String],
    /// Whether it ends with what a reader may do with it.
    pub closing: bool,
}

/// An email of the system with one link.
#[derive(Clone, Debug, Serialize)]
pub struct NoticeEmail<'a> {
    #[serde(flatten)]
    pub envelope: EmailFrame<'a>,
    /// Its kind: `confirm`, `already`, `link`, `stored`, `data`, `new-address` or `old-address`.
    pub mail: &'static str,
    /// Where the sign-up page is.
    pub host: &'a str,
    /// The subject, as HTML of which long words may be broken.
    pub title_html: String,
    pub url: String,
    /// The address as people read it.
    pub url_shown: String,
}

/// A welcome, with the latest issue in it or without.
#[derive(Clone, Debug, Serialize)]
pub struct WelcomeEmail<'a> {
    #[serde(flatten)]
    pub envelope: EmailFrame<'a>,
    /// The subject, as HTML of which long words may be broken.
    pub title_html: String,
    /// What the newsletter is, in its own words; may be empty.
    pub description: String,
    /// The latest issue, where it is in the email.
    pub latest: Option<LatestEmail<'a>>,
}

/// The latest issue in a welcome.
#[derive(Clone, Debug, Serialize)]
pub struct LatestEmail<'a> {
    /// BCP 47.
    pub language: &'a str,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    pub title: &'a str,
    /// The same, as HTML of which long words may be broken.
    pub title_html: String,
    /// Where it is on the web.
    pub web_url: &'a str,
    pub body: &'a str,
    /// The same as filled lines.
    pub text: &'a str,
    /// The addresses in those lines, in the order of their numbers.
    pub links: &'a [String],
}

impl EmailFrame<'_> {
    fn sample(subject: &'static str) -> Self {
        let words = Words::of_mail("en");
        Self {
            words,
            language: words.tag(),
            dir: words.direction(),
            words_language: words.tag(),
            words_dir: words.direction(),
            subject,
            preheader: "A date was set, and little else.",
            newsletter: "The Week".to_owned(),
            brand: "The Week".to_owned(),
            home_url: "https://news.example.com/week/".to_owned(),
            postal_address: "1 Example Street, Example 10001".to_owned(),
            look: EmailDesign::sample(),
            address: "anna@example.org".to_owned(),
            subscribed_on: "20 November 2026".to_owned(),
            ways: EmailLinks {
                unsubscribe_url: Some("https://news.example.com/u/TOKEN".to_owned()),
                preferences_url: Some("https://news.example.com/p/TOKEN".to_owned()),
                subscribe_url: Some("https://news.example.com/week/subscribe".to_owned()),
                refuse_url: Some("https://news.example.com/n/TOKEN".to_owned()),
            },
        }
    }
}

impl Sample for IssueEmail<'_> {
    fn sample() -> Self {
        Self {
            envelope: EmailFrame::sample("The calendar is not an agreement"),
            title: "The calendar is not an agreement",
            title_html: "The calendar is not an agreement".to_owned(),
            standfirst: "A date was set, and little else.".to_owned(),
            standfirst_html: "A date was set, and little else.".to_owned(),
            author: "A. Writer".to_owned(),
            date: "20 November 2026".to_owned(),
            minutes: 7,
            web_url: "https://news.example.com/week/calendar",
            body: "<p>A date was set.</p>",
            text: "A date was set.\n",
            links: &[],
            closing: true,
        }
    }
}

impl Sample for NoticeEmail<'_> {
    fn sample() -> Self {
        Self {
            envelope: EmailFrame::sample("Confirm your subscription"),
            mail: "confirm",
            host: "news.example.com",
            title_html: "Confirm your <span style=\"display:inline-block\">subscription</span>".to_owned(),
            url: "https://news.example.com/c/TOKEN".to_owned(),
            url_shown: "news.example.com/c/TOKEN".to_owned(),
        }
    }
}

impl Sample for WelcomeEmail<'_> {
    fn sample() -> Self {
        Self {
            envelope: EmailFrame::sample("Welcome to The Week"),
            title_html: "Welcome to The Week".to_owned(),
            description: "One essay a week.".to_owned(),
            latest: Some(LatestEmail {
                language: "en",
                dir: "ltr",
                title: "The calendar is not an agreement",
                title_html: "The calendar is not an agreement".to_owned(),
                web_url: "https://news.example.com/week/calendar",
                body: "<p>A date was set.</p>",
                text: "A date was set.\n",
                links: &[],
            }),
        }
    }
}
