//! The public pages' templates: a typed context for each, and how they are rendered. Knows no request and no words:
//! every sentence comes in a context.

mod archive;
mod door;
mod frame;
mod reader;

use serde::Serialize;

pub use archive::{ArchivePage, FrontPage, HomePage, IssuePage, Listed, Matter, PrivacyPage, QuickForm, Teaser, Year};
pub use door::{Again, CheckPage, Hidden, MeantPage, StepPage, StepWork};
pub use frame::{Frame, Relation, Sharing, Style};
pub use reader::{Choice, Field, Form, ReaderPage, Section};

use super::Sample;

/// A way on.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Where.
    pub url: String,
    /// In words.
    pub label: String,
}

/// A button that posts an action to the page's own address.
#[derive(Clone, Debug, Serialize)]
pub struct Button {
    /// The action's name.
    pub action: &'static str,
    /// In words.
    pub label: String,
    /// Whether it is not the page's first purpose.
    pub quiet: bool,
    /// Whether it destroys something.
    pub grave: bool,
}

/// The form of a newsletter.
#[derive(Clone, Debug, Serialize)]
pub struct SignupPage {
    /// Around it.
    pub frame: Frame,
    /// The heading.
    pub heading: String,
    /// Below it.
    pub lead: String,
    /// What it is, at length: HTML; may be empty.
    pub about: String,
    /// Where the form goes.
    pub action: String,
    /// Above the list of mistakes.
    pub error_heading: String,
    /// What is wrong with the address; empty when nothing is.
    pub email_error: String,
    /// The address's label.
    pub email_label: String,
    /// Below the label.
    pub email_hint: String,
    /// The address as it was typed.
    pub email: String,
    /// What is wrong with the name; empty when nothing is.
    pub name_error: String,
    /// The name's label.
    pub name_label: String,
    /// Below the label.
    pub name_hint: String,
    /// The name as it was typed.
    pub name: String,
    /// What goes with it unseen.
    pub hidden: Vec<Hidden>,
    /// The label of the field that people do not see.
    pub trap_label: String,
    /// On the button.
    pub button: String,
    /// Below the form.
    pub small_print: String,
    /// What the list of languages is called.
    pub languages_label: String,
    /// The same page in other languages; none in a frame.
    pub languages: Vec<Tongue>,
}

/// A language in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Tongue {
    /// The page in it.
    pub url: String,
    /// What its speakers call it.
    pub label: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// Whether the page is in it.
    pub current: bool,
}

impl Sample for SignupPage {
    fn sample() -> Self {
        Self {
            frame: frame::sample(),
            heading: "The Week".to_owned(),
            lead: "By email.".to_owned(),
            about: "<p>Written by two editors.</p>".to_owned(),
            action: "/week/subscribe".to_owned(),
            error_heading: "There is a problem".to_owned(),
            email_error: "Enter your email address".to_owned(),
            email_label: "Email address".to_owned(),
            email_hint: "For the newsletter only.".to_owned(),
            email: "a@".to_owned(),
            name_error: "Enter a shorter name".to_owned(),
            name_label: "Name".to_owned(),
            name_hint: "If you like.".to_owned(),
            name: "Anna".to_owned(),
            hidden: Hidden::samples(),
            trap_label: "Leave this empty".to_owned(),
            button: "Subscribe".to_owned(),
            small_print: "You can leave at any time.".to_owned(),
            languages_label: "Language".to_owned(),
            languages: vec![Tongue {
                url: "/week/subscribe?lang=de".to_owned(),
                label: "Deutsch",
                language: "de",
                current: false,
            }],
        }
    }
}
