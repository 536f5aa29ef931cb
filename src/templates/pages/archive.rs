//! Contexts of the pages for everyone: front, archive, issue, privacy. Knows no database.

use serde::Serialize;

use super::super::Sample;
use super::Link;
use super::frame::{self, Frame};

/// The form with one field, for pages about something else.
#[derive(Clone, Debug, Serialize)]
pub struct QuickForm {
    /// Where it goes.
    pub action: String,
    /// Above it; empty where the page has said it.
    pub heading: String,
    /// What is to be had.
    pub lead: String,
    /// When it was shown: goes with it unseen.
    pub stamp: String,
    /// The field's label.
    pub email_label: String,
    /// The label of the field that people do not see.
    pub trap_label: String,
    /// On the button.
    pub button: String,
    /// Below it.
    pub small_print: String,
}

/// An issue in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Teaser {
    /// Where it is.
    pub url: String,
    /// Its title.
    pub title: String,
    /// BCP 47.
    pub language: String,
    /// When it was sent, written out.
    pub date: String,
    /// The same, RFC 3339.
    pub datetime: String,
    /// A sentence or two; may be empty.
    pub summary: String,
}

/// A newsletter in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// Its page.
    pub url: String,
    /// What it is called.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// BCP 47.
    pub language: String,
    /// Its form.
    pub subscribe: Link,
    /// Its archive.
    pub all: Link,
}

/// Which newsletters there are.
#[derive(Clone, Debug, Serialize)]
pub struct HomePage {
    /// Around it.
    pub frame: Frame,
    /// The heading.
    pub heading: String,
    /// Below it.
    pub lead: String,
    /// Each.
    pub newsletters: Vec<Listed>,
}

/// The page of the only newsletter.
#[derive(Clone, Debug, Serialize)]
pub struct FrontPage {
    /// Around it.
    pub frame: Frame,
    /// The heading.
    pub heading: String,
    /// Below it.
    pub lead: String,
    /// What it is, at length: HTML; may be empty.
    pub about: String,
    /// The form.
    pub form: QuickForm,
    /// Above the latest issues.
    pub latest_heading: String,
    /// The latest issues.
    pub latest: Vec<Teaser>,
    /// The way to all of them.
    pub all: Link,
}

/// A year of the archive.
#[derive(Clone, Debug, Serialize)]
pub struct Year {
    /// Where.
    pub url: String,
    /// Its number.
    pub label: String,
    /// Whether it is this page.
    pub current: bool,
}

/// The issues of a year, or those that a search found.
#[derive(Clone, Debug, Serialize)]
pub struct ArchivePage {
    /// Around it.
    pub frame: Frame,
    /// The heading.
    pub heading: String,
    /// Whether there is enough to search in.
    pub searchable: bool,
    /// Where a search goes.
    pub action: String,
    /// The label of the search.
    pub search_label: String,
    /// On its button.
    pub search_button: String,
    /// What was searched for, as it was typed.
    pub typed: String,
    /// What came of a search, or that there is nothing; empty otherwise.
    pub found: String,
    /// What the years are, for who does not see them.
    pub years_label: String,
    /// The years that have issues.
    pub years: Vec<Year>,
    /// The issues.
    pub entries: Vec<Teaser>,
    /// The page with newer ones.
    pub newer: Option<Link>,
    /// The page with older ones.
    pub older: Option<Link>,
}

/// An issue's web version.
#[derive(Clone, Debug, Serialize)]
pub struct IssuePage {
    /// Around it.
    pub frame: Frame,
    /// BCP 47, of the text.
    pub language: String,
    /// `ltr` or `rtl`, of the text.
    pub direction: &'static str,
    /// The heading.
    pub title: String,
    /// When it was sent, written out.
    pub date: String,
    /// The same, RFC 3339.
    pub datetime: String,
    /// Who wrote it; may be empty.
    pub author: String,
    /// How long it takes to read.
    pub reading_time: String,
    /// That it was corrected, and when; empty when it was not.
    pub corrected: String,
    /// The same moment, RFC 3339.
    pub corrected_datetime: String,
    /// What was wrong; may be empty.
    pub correction: String,
    /// HTML.
    pub body: String,
    /// What the next two are, for who does not see them.
    pub beside_label: String,
    /// Before the earlier issue's title.
    pub previous_label: String,
    /// The issue before.
    pub previous: Option<Teaser>,
    /// Before the later issue's title.
    pub next_label: String,
    /// The issue after.
    pub next: Option<Teaser>,
    /// The form.
    pub form: QuickForm,
}

/// One matter of the privacy page.
#[derive(Clone, Debug, Serialize)]
pub struct Matter {
    /// The heading.
    pub heading: String,
    /// What is so: one paragraph, or a list.
    pub paragraphs: Vec<String>,
}

/// What is stored of readers, and what is not done.
#[derive(Clone, Debug, Serialize)]
pub struct PrivacyPage {
    /// Around it.
    pub frame: Frame,
    /// The heading.
    pub heading: String,
    /// Below it.
    pub lead: String,
    /// The matters.
    pub sections: Vec<Matter>,
    /// What the operator adds: HTML; may be empty.
    pub more: String,
    /// The way to the reader's own page.
    pub link: Link,
}

impl Sample for HomePage {
    fn sample() -> Self {
        let listed = Listed {
            url: "/week/".to_owned(),
            name: "The Week".to_owned(),
            description: "One essay a week.".to_owned(),
            language: "en".to_owned(),
            subscribe: link("/week/subscribe", "Subscribe"),
            all: link("/week/", "All issues"),
        };
        let (heading, lead) = ("Newsletters".to_owned(), "Choose one.".to_owned());
        Self { frame: frame::sample(), heading, lead, newsletters: vec![listed] }
    }
}

impl Sample for FrontPage {
    fn sample() -> Self {
        Self {
            frame: frame::sample(),
            heading: "The Week".to_owned(),
            lead: "By email.".to_owned(),
            about: "<p>Written by two editors.</p>".to_owned(),
            form: form(),
            latest_heading: "Latest issue".to_owned(),
            latest: vec![teaser()],
            all: link("/week/", "All issues"),
        }
    }
}

impl Sample for ArchivePage {
    fn sample() -> Self {
        Self {
            frame: frame::sample(),
            heading: "All issues".to_owned(),
            searchable: true,
            action: "/week/".to_owned(),
            search_label: "Search".to_owned(),
            search_button: "Search".to_owned(),
            typed: "calendar".to_owned(),
            found: "1 issue".to_owned(),
            years_label: "Years".to_owned(),
            years: vec![Year { url: "/week/?year=2026".to_owned(), label: "2026".to_owned(), current: true }],
            entries: vec![teaser()],
            newer: Some(link("/week/?page=1", "Newer issues")),
            older: Some(link("/week/?page=3", "Older issues")),
        }
    }
}

impl Sample for IssuePage {
    fn sample() -> Self {
        Self {
            frame: frame::sample(),
            language: "en".to_owned(),
            direction: "ltr",
            title: "The calendar".to_owned(),
            date: "20 November 2026".to_owned(),
            datetime: "2026-11-20T08:00:00Z".to_owned(),
            author: "A. Writer".to_owned(),
            reading_time: "7 minutes".to_owned(),
            corrected: "Corrected on 21 November 2026.".to_owned(),
            corrected_datetime: "2026-11-21T08:00:00Z".to_owned(),
            correction: "The date was wrong.".to_owned(),
            body: "<p>A date was set.</p>".to_owned(),
            beside_label: "Other issues".to_owned(),
            previous_label: "Previous".to_owned(),
            previous: Some(teaser()),
            next_label: "Next".to_owned(),
            next: Some(teaser()),
            form: form(),
        }
    }
}

impl Sample for PrivacyPage {
    fn sample() -> Self {
        let matter = Matter {
            heading: "What is stored".to_owned(),
            paragraphs: vec!["Your address.".to_owned(), "When you subscribed.".to_owned()],
        };
        let (heading, lead) = ("Privacy".to_owned(), "What The Week stores of its readers.".to_owned());
        let link = link("/week/link", "Send me my link");
        Self { frame: frame::sample(), heading, lead, sections: vec![matter], more: "<p>Ours.</p>".to_owned(), link }
    }
}

fn form() -> QuickForm {
    QuickForm {
        action: "/week/subscribe".to_owned(),
        heading: "Subscribe".to_owned(),
        lead: "Get The Week by email.".to_owned(),
        stamp: "aaaa".to_owned(),
        email_label: "Email address".to_owned(),
        trap_label: "Leave this empty".to_owned(),
        button: "Subscribe".to_owned(),
        small_print: "You can leave at any time.".to_owned(),
    }
}

fn teaser() -> Teaser {
    Teaser {
        url: "/week/calendar".to_owned(),
        title: "The calendar".to_owned(),
        language: "en".to_owned(),
        date: "20 November 2026".to_owned(),
        datetime: "2026-11-20T08:00:00Z".to_owned(),
        summary: "A date was set.".to_owned(),
    }
}

fn link(url: &str, label: &str) -> Link {
    Link { url: url.to_owned(), label: label.to_owned() }
}
