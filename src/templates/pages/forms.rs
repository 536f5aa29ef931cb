//! Pages that ask for something and are about no subscription, or only begin with one; and what cannot be shown.

use serde::Serialize;

use super::super::Sample;
use super::reader::Reader;

/// What is stored about a reader, to be taken along or erased.
#[derive(Clone, Debug, Serialize)]
pub struct DataPage {
    #[serde(flatten)]
    pub reader: Reader,
    /// Whether the box was not ticked that all is to be erased.
    pub wrong: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct LinkPage {
    /// What is wrong with the address; empty when nothing is.
    pub error: String,
    /// The address as it was typed.
    pub typed: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct SentPage {
    /// What the newsletter is called.
    pub newsletter: String,
}

/// To a reader who is known: no email goes out, and why.
#[derive(Clone, Debug, Serialize)]
pub struct NoMailPage {
    /// `quota`, `refused` or `suppressed`.
    pub why: &'static str,
}

/// A link that opens nothing.
#[derive(Clone, Debug, Serialize)]
pub struct LostPage {
    pub only: Option<LostNewsletter>,
    /// All newsletters, where there are several.
    pub newsletters: Vec<LostNewsletter>,
}

/// A newsletter that the link may have been of.
#[derive(Clone, Debug, Serialize)]
pub struct LostNewsletter {
    pub name: String,
    /// What it is, in its own words; may be empty.
    pub description: String,
    /// Where a reader gets their link.
    pub link_url: String,
    pub subscribe_url: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct TroublePage {
    /// `not-found`, `method`, `too-large`, `unreadable`, `too-many`, `busy` or `broken`.
    pub trouble: &'static str,
}

impl Sample for DataPage {
    fn sample() -> Self {
        Self { reader: Reader::sample(), wrong: true }
    }
}

impl Sample for LinkPage {
    fn sample() -> Self {
        Self { error: "Enter your email address".to_owned(), typed: "a@".to_owned() }
    }
}

impl Sample for SentPage {
    fn sample() -> Self {
        Self { newsletter: "The Week".to_owned() }
    }
}

impl Sample for NoMailPage {
    fn sample() -> Self {
        Self { why: "quota" }
    }
}

impl Sample for LostPage {
    fn sample() -> Self {
        let newsletter = LostNewsletter {
            name: "The Week".to_owned(),
            description: String::new(),
            link_url: "/week/link".to_owned(),
            subscribe_url: "/week/subscribe".to_owned(),
        };
        Self { only: Some(newsletter.clone()), newsletters: vec![newsletter] }
    }
}

impl Sample for TroublePage {
    fn sample() -> Self {
        Self { trouble: "not-found" }
    }
}
