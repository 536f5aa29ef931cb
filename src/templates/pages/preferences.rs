//! A reader's preferences: what is set, what may be chosen, what was just done, what was typed wrong. Knows no act.

use serde::Serialize;

use super::super::Sample;
use super::reader::Reader;

/// What was just done; an act that changed nothing leaves it empty.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Done {
    /// `paused`, `resumed`, `named`, `unnamed`, `chosen`, `address-asked`, `address-settling`, `data-asked` or
    /// `data-asked-before`; empty when nothing was done.
    pub done: &'static str,
    /// Until when the address stays as it is, written out; empty where that was not asked.
    pub settling_until: String,
}

/// The days that a pause may end on.
#[derive(Clone, Debug, Serialize)]
pub struct PauseDays {
    pub first: String,
    pub last: String,
    /// The last one, written out.
    pub last_written: String,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct FormError {
    /// Its field: `until`, `name` or `email`; empty when nothing is wrong.
    pub wrong: &'static str,
    /// What is wrong with it; empty for a day, which says so itself.
    pub error: String,
    pub typed: String,
}

/// A language that may be chosen.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Chosen {
    /// BCP 47.
    pub tag: &'static str,
    /// What its speakers call it.
    pub name: &'static str,
    /// Whether it is the one now.
    pub chosen: bool,
}

/// Another newsletter of the site.
#[derive(Clone, Debug, Serialize)]
pub struct Other {
    pub slug: String,
    pub name: String,
}

/// What is set for a subscription.
#[derive(Clone, Debug, Serialize)]
pub struct Subscribed {
    pub paused: bool,
    /// Until when, written out; empty for a pause without an end, and for none.
    pub until: String,
    /// The language that the reader chose, in its own words; empty when they chose none.
    pub language_chosen: &'static str,
    pub languages: Vec<Chosen>,
    /// `html` or `plain`.
    pub format: &'static str,
    /// The first letter of the reader's name; empty when they have none.
    pub initial: String,
    /// The address, masked; none for a test email's link.
    pub address_facts: Vec<String>,
}

/// The preferences of a reader.
#[derive(Clone, Debug, Serialize)]
pub struct PreferencesPage {
    #[serde(flatten)]
    pub reader: Reader,
    #[serde(flatten)]
    pub done: Done,
    #[serde(flatten)]
    pub wrong: FormError,
    #[serde(flatten)]
    pub subscribed: Subscribed,
    /// The days that a pause may end on.
    pub pause: PauseDays,
    pub others: Vec<Other>,
}

impl Done {
    pub(super) fn sample() -> Self {
        Self { done: "address-settling", settling_until: "27 November 2026".to_owned() }
    }
}

impl PauseDays {
    pub(super) fn sample() -> Self {
        Self {
            first: "2026-11-21".to_owned(),
            last: "2027-11-20".to_owned(),
            last_written: "20 November 2027".to_owned(),
        }
    }
}

impl Sample for PreferencesPage {
    fn sample() -> Self {
        Self {
            reader: Reader::sample(),
            done: Done::sample(),
            wrong: FormError { wrong: "email", error: "Enter your email address".to_owned(), typed: "anna".to_owned() },
            subscribed: Subscribed {
                paused: true,
                until: "25 December 2026".to_owned(),
                language_chosen: "Deutsch",
                languages: vec![Chosen { tag: "de", name: "Deutsch", chosen: true }],
                format: "html",
                initial: "A".to_owned(),
                address_facts: vec!["a***@example.org".to_owned()],
            },
            pause: PauseDays::sample(),
            others: vec![Other { slug: "month".to_owned(), name: "The Month".to_owned() }],
        }
    }
}
