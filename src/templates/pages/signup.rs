//! Signing up: the form, a question about the address, one step more, "check your email".

use serde::Serialize;

use super::super::Sample;

/// A field that goes with a form unseen.
#[derive(Clone, Debug, Serialize)]
pub struct Hidden {
    pub name: &'static str,
    pub value: String,
}

/// The form of a newsletter.
#[derive(Clone, Debug, Serialize)]
pub struct SignupPage {
    /// What the newsletter is called.
    pub newsletter: String,
    /// What it is, in its own words; may be empty.
    pub description: String,
    /// What it is, at length: HTML; may be empty.
    pub about: String,
    pub action: String,
    /// The field that is wrong: `email` or `name`; empty when none is.
    pub wrong: &'static str,
    /// What is wrong with the address; empty when nothing is.
    pub email_error: String,
    /// The address as it was typed.
    pub email: String,
    /// What is wrong with the name; empty when nothing is.
    pub name_error: String,
    /// The name as it was typed.
    pub name: String,
    /// What goes with it unseen.
    pub hidden: Vec<Hidden>,
    /// The same page in other languages; none in a frame.
    pub languages: Vec<LanguageLink>,
}

/// A language in a list.
#[derive(Clone, Debug, Serialize)]
pub struct LanguageLink {
    pub url: String,
    /// What its speakers call it.
    pub name: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// Whether the page is in it.
    pub current: bool,
}

/// "Did you mean": two buttons.
#[derive(Clone, Debug, Serialize)]
pub struct MeantPage {
    pub action: String,
    /// What goes with it unseen.
    pub hidden: Vec<Hidden>,
    /// The address that was probably meant.
    pub meant: String,
    /// The address as it was typed.
    pub typed: String,
}

/// One step more before a request is taken.
#[derive(Clone, Debug, Serialize)]
pub struct StepPage {
    /// The address as it was typed.
    pub address: String,
    pub action: String,
    /// What goes with it unseen.
    pub hidden: Vec<Hidden>,
    /// What a machine is to do; none when pressing the button is enough.
    pub work: Option<StepWork>,
}

#[derive(Clone, Debug, Serialize)]
pub struct StepWork {
    pub challenge: String,
    pub script_url: String,
    /// For how many seconds who does not work waits.
    pub patience: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct CheckPage {
    /// What the newsletter is called.
    pub newsletter: String,
    /// What became of asking once more: `asked-again` or `too-early`; nothing when nobody did.
    pub done: Option<Resent>,
    /// The address as it was typed; empty when it is not known any more.
    pub address: String,
    /// For how many days a link works.
    pub days: i64,
    /// The reader's mailbox on the web, where it is known.
    pub webmail: Option<Webmail>,
    /// How many such emails an address gets in a day.
    pub emails_a_day: i64,
    /// Asks for it again; none when the address is not known any more.
    pub again: Option<Again>,
    pub form_url: String,
}

/// What became of asking for the email once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resent {
    AskedAgain,
    /// The email may still be on its way.
    TooEarly,
}

/// A mailbox on the web.
#[derive(Clone, Debug, Serialize)]
pub struct Webmail {
    /// What the provider is called.
    pub name: &'static str,
    pub url: String,
}

/// A button that asks for the mail again.
#[derive(Clone, Debug, Serialize)]
pub struct Again {
    pub action: String,
    pub token: String,
}

fn stamp() -> Vec<Hidden> {
    vec![Hidden { name: "stamp", value: "aaaa".to_owned() }]
}

impl Sample for SignupPage {
    fn sample() -> Self {
        Self {
            newsletter: "The Week".to_owned(),
            description: String::new(),
            about: "<p>Written by two editors.</p>".to_owned(),
            action: "/week/subscribe".to_owned(),
            wrong: "email",
            email_error: "Enter your email address".to_owned(),
            email: "a@".to_owned(),
            name_error: String::new(),
            name: "Anna".to_owned(),
            hidden: stamp(),
            languages: vec![LanguageLink {
                url: "/week/subscribe?lang=de".to_owned(),
                name: "Deutsch",
                language: "de",
                current: false,
            }],
        }
    }
}

impl Sample for MeantPage {
    fn sample() -> Self {
        Self {
            action: "/week/subscribe".to_owned(),
            hidden: stamp(),
            meant: "anna@gmail.com".to_owned(),
            typed: "anna@gmial.com".to_owned(),
        }
    }
}

impl Sample for StepPage {
    fn sample() -> Self {
        Self {
            address: "anna@example.org".to_owned(),
            action: "/week/subscribe".to_owned(),
            hidden: stamp(),
            work: Some(StepWork {
                challenge: r#"{"maxnumber":1}"#.to_owned(),
                script_url: "/assets/challenge-0123456789ab.js".to_owned(),
                patience: 20,
            }),
        }
    }
}

impl Sample for CheckPage {
    fn sample() -> Self {
        Self {
            newsletter: "The Week".to_owned(),
            done: Some(Resent::AskedAgain),
            address: "anna@gmail.com".to_owned(),
            days: 7,
            webmail: Some(Webmail { name: "Gmail", url: "https://mail.google.com/".to_owned() }),
            emails_a_day: 3,
            again: Some(Again { action: "/week/subscribe/again".to_owned(), token: "AQ".to_owned() }),
            form_url: "/week/subscribe".to_owned(),
        }
    }
}
