//! Pages behind a reader's links: what is asked, what was done, what cannot be done any more. Knows no act.

use serde::Serialize;

use super::super::Sample;
use super::preferences::{Done, PauseDays};
use super::reader::Reader;

/// Pages that need no more than that.
macro_rules! readers_pages {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize)]
        pub struct $name(pub Reader);

        impl Sample for $name {
            fn sample() -> Self {
                Self(Reader::sample())
            }
        }
    )+};
}

readers_pages! {
    /// Asks whether a subscription is confirmed.
    ConfirmPage;
    AlreadyPage;
    BackPage;
    /// Asks whether issues are to come to this address.
    MovePage;
    MovedPage;
    /// Asks whether a change of address is to be stopped.
    StopPage;
    StoppedPage;
}

/// Pages that say the same to everyone.
macro_rules! plain_pages {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Serialize)]
        pub struct $name {}

        impl Sample for $name {
            fn sample() -> Self {
                Self {}
            }
        }
    )+};
}

plain_pages! {
    /// Asks whether nobody is to enter this address any more.
    RefusePage;
    /// It may be entered again.
    AllowedPage;
}

#[derive(Clone, Debug, Serialize)]
pub struct ConfirmedPage {
    #[serde(flatten)]
    pub reader: Reader,
    /// The day of the next issue, where it is known.
    pub next: Option<NextIssue>,
    /// The address that issues come from; empty for a newsletter that is no longer here.
    pub sender: String,
    /// The latest issue, where there is one.
    pub latest: Option<LatestIssue>,
}

/// The day of an issue.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NextIssue {
    /// From 1, which is Monday.
    pub weekday: i64,
    pub day: i64,
    /// From 1, which is January.
    pub month: i64,
}

/// An issue that went out.
#[derive(Clone, Debug, Serialize)]
pub struct LatestIssue {
    pub url: String,
    pub title: String,
}

/// A link that works no longer.
#[derive(Clone, Debug, Serialize)]
pub struct StalePage {
    #[serde(flatten)]
    pub reader: Reader,
    /// What it was for: `confirm`, `address`, `stop` or `data`.
    pub link: StaleLink,
    /// For how many days a link to confirm works.
    pub days: i64,
}

/// What a link was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StaleLink {
    Confirm,
    Address,
    /// To stop a change of address.
    Stop,
    Data,
}

/// Asks whether a subscription is to end.
#[derive(Clone, Debug, Serialize)]
pub struct LeavePage {
    #[serde(flatten)]
    pub reader: Reader,
    /// The days that a pause may end on; none where there is nothing to pause.
    pub pause: Option<PauseDays>,
    /// `until` when the day that was typed is none of those; empty otherwise.
    pub wrong: &'static str,
    /// Where a reader gets the link to everything else.
    pub link_url: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PausedPage {
    #[serde(flatten)]
    pub reader: Reader,
    /// Until when, written out; empty for a pause without an end.
    pub until: String,
    /// Where a reader gets the link to everything else.
    pub link_url: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct LeftPage {
    #[serde(flatten)]
    pub reader: Reader,
    /// Whether a reason was just given.
    pub thanks: bool,
    /// Whether it can be undone.
    pub offers_back: bool,
    /// Whether the reader is asked why.
    pub asks_why: bool,
    pub action: String,
    /// The form of the newsletter.
    pub subscribe_url: Option<String>,
}

/// There is no subscription behind a link.
#[derive(Clone, Debug, Serialize)]
pub struct AbsentPage {
    /// Where somebody gets the link to what is stored of them; none where nothing is.
    pub link_url: Option<String>,
}

/// The preferences of somebody who has unsubscribed.
#[derive(Clone, Debug, Serialize)]
pub struct DepartedPage {
    #[serde(flatten)]
    pub reader: Reader,
    #[serde(flatten)]
    pub done: super::Done,
    /// How it ended: `never-began`, `by-reader` or `by-other`; nothing where that is not known.
    pub ended: Option<SubscriptionEnd>,
    /// When, written out; may be empty.
    pub ended_on: String,
    /// Until when the address is stored, written out; empty where there is no such day.
    pub kept_until: String,
    /// The form of the newsletter.
    pub subscribe_url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubscriptionEnd {
    /// It was never confirmed.
    NeverBegan,
    ByReader,
    ByOther,
}

/// The preferences of somebody who has not confirmed.
#[derive(Clone, Debug, Serialize)]
pub struct PendingPage {
    #[serde(flatten)]
    pub reader: Reader,
    #[serde(flatten)]
    pub done: super::Done,
}

/// Everything about a reader is erased.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ErasedPage {
    /// Whether a link to stop a change of address led here.
    pub stop: bool,
}

/// Nobody can enter the address any more.
#[derive(Clone, Debug, Serialize)]
pub struct RefusedPage {
    /// Where somebody gets the link to what is stored of them; none where nothing is.
    pub link_url: Option<String>,
}

impl Sample for ConfirmedPage {
    fn sample() -> Self {
        Self {
            reader: Reader::sample(),
            next: Some(NextIssue { weekday: 5, day: 27, month: 11 }),
            sender: "editor@example.com".to_owned(),
            latest: Some(LatestIssue {
                url: "https://news.example.com/week/calendar".to_owned(),
                title: "The calendar".to_owned(),
            }),
        }
    }
}

impl Sample for StalePage {
    fn sample() -> Self {
        Self { reader: Reader::sample(), link: StaleLink::Confirm, days: 7 }
    }
}

impl Sample for LeavePage {
    fn sample() -> Self {
        Self {
            reader: Reader::sample(),
            pause: Some(PauseDays::sample()),
            wrong: "until",
            link_url: Some("/week/link".to_owned()),
        }
    }
}

impl Sample for PausedPage {
    fn sample() -> Self {
        let link_url = Some("/week/link".to_owned());
        Self { reader: Reader::sample(), until: "25 December 2026".to_owned(), link_url }
    }
}

impl Sample for LeftPage {
    fn sample() -> Self {
        Self {
            reader: Reader::sample(),
            thanks: true,
            offers_back: true,
            asks_why: true,
            action: "/g/TOKEN".to_owned(),
            subscribe_url: Some("/week/subscribe".to_owned()),
        }
    }
}

impl Sample for AbsentPage {
    fn sample() -> Self {
        Self { link_url: Some("/week/link".to_owned()) }
    }
}

impl Sample for DepartedPage {
    fn sample() -> Self {
        Self {
            reader: Reader::sample(),
            done: Done::sample(),
            ended: Some(SubscriptionEnd::ByReader),
            ended_on: "20 November 2026".to_owned(),
            kept_until: "20 December 2026".to_owned(),
            subscribe_url: Some("/week/subscribe".to_owned()),
        }
    }
}

impl Sample for PendingPage {
    fn sample() -> Self {
        Self { reader: Reader::sample(), done: Done::sample() }
    }
}

impl Sample for ErasedPage {
    fn sample() -> Self {
        Self { stop: false }
    }
}

impl Sample for RefusedPage {
    fn sample() -> Self {
        Self { link_url: Some("/week/link".to_owned()) }
    }
}
