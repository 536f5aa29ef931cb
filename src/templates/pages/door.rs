//! The pages between the form and the mail: a question about the address, one step more, "check your email".

use serde::Serialize;

use super::super::Sample;
use super::{Frame, Link, frame};

/// A field that goes with a form unseen.
#[derive(Clone, Debug, Serialize)]
pub struct Hidden {
    /// The field's name.
    pub name: &'static str,
    /// What it holds.
    pub value: String,
}

/// "Did you mean": two buttons.
#[derive(Clone, Debug, Serialize)]
pub struct MeantPage {
    /// Around it.
    pub frame: Frame,
    /// The heading.
    pub heading: String,
    /// Below it.
    pub text: String,
    /// Where the form goes.
    pub action: String,
    /// What goes with it unseen.
    pub hidden: Vec<Hidden>,
    /// The address that was probably meant.
    pub meant: String,
    /// On its button.
    pub use_meant: String,
    /// The address as it was typed.
    pub typed: String,
    /// On its button.
    pub keep_typed: String,
}

/// One step more before a request is taken.
#[derive(Clone, Debug, Serialize)]
pub struct StepPage {
    /// Around it.
    pub frame: Frame,
    /// The heading.
    pub heading: String,
    /// The address as it was typed.
    pub address: String,
    /// Why, and what to do.
    pub paragraphs: Vec<String>,
    /// Where the form goes.
    pub action: String,
    /// What goes with it unseen.
    pub hidden: Vec<Hidden>,
    /// What a machine is to do; none when pressing the button is enough.
    pub work: Option<StepWork>,
    /// On the button.
    pub button: String,
}

/// Work for a machine.
#[derive(Clone, Debug, Serialize)]
pub struct StepWork {
    /// The challenge, as JSON.
    pub challenge: String,
    /// Said meanwhile.
    pub working: String,
    /// Said afterwards.
    pub ready: String,
    /// Where the script is.
    pub script_url: String,
    /// For how many seconds who does not work waits.
    pub patience: u64,
}

/// "Check your email".
#[derive(Clone, Debug, Serialize)]
pub struct CheckPage {
    /// Around it.
    pub frame: Frame,
    /// What was just done; empty when nothing was.
    pub status: String,
    /// The heading.
    pub heading: String,
    /// The address as it was typed; empty when it is not known any more.
    pub address: String,
    /// What was done, and what to do.
    pub text: String,
    /// The reader's mailbox on the web, where it is known.
    pub webmail: Option<Link>,
    /// What to do when no mail comes.
    pub nothing_there: String,
    /// Asks for it again; none when the address is not known any more.
    pub again: Option<Again>,
    /// Back to the form.
    pub other: Link,
}

/// A button that asks for the mail again.
#[derive(Clone, Debug, Serialize)]
pub struct Again {
    /// Where it goes.
    pub action: String,
    /// For whom.
    pub token: String,
    /// In words.
    pub label: String,
}

impl Hidden {
    pub(super) fn samples() -> Vec<Self> {
        vec![Self { name: "stamp", value: "aaaa".to_owned() }]
    }
}

impl Sample for MeantPage {
    fn sample() -> Self {
        Self {
            frame: frame::sample(),
            heading: "Did you mean anna@gmail.com?".to_owned(),
            text: "You typed anna@gmial.com.".to_owned(),
            action: "/week/subscribe".to_owned(),
            hidden: Hidden::samples(),
            meant: "anna@gmail.com".to_owned(),
            use_meant: "Use anna@gmail.com".to_owned(),
            typed: "anna@gmial.com".to_owned(),
            keep_typed: "No, keep anna@gmial.com".to_owned(),
        }
    }
}

impl Sample for StepPage {
    fn sample() -> Self {
        Self {
            frame: frame::sample(),
            heading: "One step more".to_owned(),
            address: "anna@example.org".to_owned(),
            paragraphs: vec!["Press the button.".to_owned()],
            action: "/week/subscribe".to_owned(),
            hidden: Hidden::samples(),
            work: Some(StepWork {
                challenge: r#"{"maxnumber":1}"#.to_owned(),
                working: "Working".to_owned(),
                ready: "Ready".to_owned(),
                script_url: "/assets/challenge-0123456789ab.js".to_owned(),
                patience: 20,
            }),
            button: "Continue".to_owned(),
        }
    }
}

impl Sample for CheckPage {
    fn sample() -> Self {
        Self {
            frame: frame::sample(),
            status: "Asked again.".to_owned(),
            heading: "Check your email".to_owned(),
            address: "anna@gmail.com".to_owned(),
            text: "We have sent a link.".to_owned(),
            webmail: Some(Link { url: "https://mail.google.com/".to_owned(), label: "Open Gmail".to_owned() }),
            nothing_there: "Nothing there?".to_owned(),
            again: Some(Again {
                action: "/week/subscribe/again".to_owned(),
                token: "AQ".to_owned(),
                label: "Send it again".to_owned(),
            }),
            other: Link { url: "/week/subscribe".to_owned(), label: "Use another address".to_owned() },
        }
    }
}
