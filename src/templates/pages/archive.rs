//! Contexts of the pages for everyone: front, archive, issue, privacy. Knows no database.

use serde::Serialize;

use super::super::Sample;

/// The form with one field, for pages about something else.
#[derive(Clone, Debug, Serialize)]
pub struct QuickForm {
    pub action: String,
    /// What the newsletter is called.
    pub newsletter: String,
    /// What it is, in its own words; may be empty.
    pub description: String,
    /// When it was shown: goes with it unseen.
    pub stamp: String,
}

/// An issue in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Teaser {
    pub url: String,
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
pub struct ListedNewsletter {
    pub url: String,
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// BCP 47.
    pub language: String,
    pub subscribe_url: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct HomePage {
    pub newsletters: Vec<ListedNewsletter>,
}

/// The page of the only newsletter.
#[derive(Clone, Debug, Serialize)]
pub struct FrontPage {
    pub newsletter: String,
    /// What it is, in its own words; may be empty.
    pub description: String,
    /// What it is, at length: HTML; may be empty.
    pub about: String,
    pub form: QuickForm,
    /// The latest issues.
    pub latest: Vec<Teaser>,
}

/// A year of the archive.
#[derive(Clone, Debug, Serialize)]
pub struct Year {
    pub url: String,
    pub number: String,
    /// Whether it is this page.
    pub current: bool,
}

/// What came of looking for issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchOutcome {
    /// A search found so many.
    Found,
    /// A search found more, and shows so many.
    Many,
    /// A search found none.
    None,
    /// There is no issue yet.
    Empty,
}

/// The issues of a year, or those that a search found.
#[derive(Clone, Debug, Serialize)]
pub struct ArchivePage {
    /// What the newsletter is called.
    pub newsletter: String,
    /// What it is, in its own words; may be empty.
    pub description: String,
    /// Whether there is enough to search in.
    pub searchable: bool,
    pub action: String,
    /// What was searched for, as it was typed.
    pub typed: String,
    /// `found`, `many`, `none` or `empty`; nothing where there is nothing to say.
    pub outcome: Option<SearchOutcome>,
    pub count: i64,
    /// The years that have issues.
    pub years: Vec<Year>,
    pub entries: Vec<Teaser>,
    /// The page with newer ones.
    pub newer_url: Option<String>,
    /// The page with older ones.
    pub older_url: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct IssuePage {
    /// BCP 47, of the text.
    pub language: String,
    /// `ltr` or `rtl`, of the text.
    pub direction: &'static str,
    pub title: String,
    /// When it was sent, written out.
    pub date: String,
    /// The same, RFC 3339.
    pub datetime: String,
    /// Who wrote it; may be empty.
    pub author: String,
    /// A sentence or two, for search engines and previews; may be empty.
    pub summary: String,
    /// How many minutes it takes to read.
    pub minutes: i64,
    /// When it was corrected, written out; empty when it was not.
    pub corrected: String,
    /// The same moment, RFC 3339.
    pub corrected_datetime: String,
    /// What was wrong; may be empty.
    pub correction: String,
    pub body: String,
    pub previous: Option<Teaser>,
    pub next: Option<Teaser>,
    pub form: QuickForm,
}

/// For how many days what is kept; 0 is without a limit.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct KeptDays {
    /// A request that nobody confirms.
    pub unconfirmed: i64,
    /// Address and name of who has unsubscribed.
    pub unsubscribed: i64,
    pub consents: i64,
    pub networks: i64,
    pub ledger: i64,
}

/// What is stored of readers, and what is not done.
#[derive(Clone, Debug, Serialize)]
pub struct PrivacyPage {
    /// What the newsletter is called.
    pub newsletter: String,
    /// Who answers for readers' data.
    pub publisher: String,
    /// The email address that readers write to.
    pub contact: String,
    /// How long what is kept.
    pub days: KeptDays,
    /// Whether pictures are loaded from this site.
    pub images_are_linked: bool,
    /// Through whom emails go out, in a row; may be empty.
    pub relays: String,
    /// What the operator adds: HTML; may be empty.
    pub more: String,
    /// The way to the reader's own page.
    pub link_url: String,
}

impl Sample for HomePage {
    fn sample() -> Self {
        let listed = ListedNewsletter {
            url: "/week/".to_owned(),
            name: "The Week".to_owned(),
            description: "One essay a week.".to_owned(),
            language: "en".to_owned(),
            subscribe_url: "/week/subscribe".to_owned(),
        };
        Self { newsletters: vec![listed] }
    }
}

impl Sample for FrontPage {
    fn sample() -> Self {
        Self {
            newsletter: "The Week".to_owned(),
            description: "One essay a week.".to_owned(),
            about: "<p>Written by two editors.</p>".to_owned(),
            form: form(),
            latest: vec![teaser()],
        }
    }
}

impl Sample for ArchivePage {
    fn sample() -> Self {
        Self {
            newsletter: "The Week".to_owned(),
            description: String::new(),
            searchable: true,
            action: "/week/".to_owned(),
            typed: "calendar".to_owned(),
            outcome: Some(SearchOutcome::Found),
            count: 1,
            years: vec![Year { url: "/week/?year=2026".to_owned(), number: "2026".to_owned(), current: true }],
            entries: vec![teaser()],
            newer_url: Some("/week/?page=1".to_owned()),
            older_url: Some("/week/?page=3".to_owned()),
        }
    }
}

impl Sample for IssuePage {
    fn sample() -> Self {
        Self {
            language: "en".to_owned(),
            direction: "ltr",
            title: "The calendar".to_owned(),
            date: "20 November 2026".to_owned(),
            datetime: "2026-11-20T08:00:00Z".to_owned(),
            author: "A. Writer".to_owned(),
            summary: "A date was set.".to_owned(),
            minutes: 7,
            corrected: "21 November 2026".to_owned(),
            corrected_datetime: "2026-11-21T08:00:00Z".to_owned(),
            correction: "The date was wrong.".to_owned(),
            body: "<p>A date was set.</p>".to_owned(),
            previous: Some(teaser()),
            next: Some(teaser()),
            form: form(),
        }
    }
}

impl Sample for PrivacyPage {
    fn sample() -> Self {
        Self {
            newsletter: "The Week".to_owned(),
            publisher: "The Week, 1 Example Street, Example".to_owned(),
            contact: "editor@example.com".to_owned(),
            days: KeptDays { unconfirmed: 30, unsubscribed: 0, consents: 1095, networks: 365, ledger: 730 },
            images_are_linked: true,
            relays: "mail.example.com".to_owned(),
            more: "<p>Ours.</p>".to_owned(),
            link_url: "/week/link".to_owned(),
        }
    }
}

fn form() -> QuickForm {
    QuickForm {
        action: "/week/subscribe".to_owned(),
        newsletter: "The Week".to_owned(),
        description: String::new(),
        stamp: "aaaa".to_owned(),
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
