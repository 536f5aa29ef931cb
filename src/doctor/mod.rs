//! What an installation needs, and whether it is well: files, database, clock, disk, DNS, relays. Looks and changes nothing;
//! knows no terminal and no page.

mod backups;
pub mod bounces;
mod hold;
pub mod hooks;
pub mod local;
mod machines;
pub mod mailboxes;
pub mod names;
mod questions;
pub mod relays;
mod reports;
pub mod signing;
mod spf;
mod tags;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingHealth {
    Ok,
    Warn,
    Fail,
}

/// What was found of one thing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    pub check: String,
    pub health: FindingHealth,
    pub text: String,
    pub hint: Option<String>,
}

impl Finding {
    pub fn new(check: &str, health: FindingHealth, text: impl Into<String>) -> Self {
        Self { check: check.to_owned(), health, text: text.into(), hint: None }
    }

    pub fn ok(check: &str, text: impl Into<String>) -> Self {
        Self::new(check, FindingHealth::Ok, text)
    }

    pub fn warn(check: &str, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(check, FindingHealth::Warn, text) }
    }

    pub fn fail(check: &str, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(check, FindingHealth::Fail, text) }
    }
}
