//! A page about one reader's subscription: what stands there, and what can be done. Knows no act.

use serde::Serialize;

use super::super::Sample;
use super::{Button, Frame, Link, frame};

/// A page with sections, each of which has buttons or forms.
#[derive(Clone, Debug, Serialize)]
pub struct ReaderPage {
    /// Around it.
    pub frame: Frame,
    /// Above the list of mistakes.
    pub error_heading: String,
    /// What is wrong, each with the way to its field; empty when nothing is.
    pub errors: Vec<Link>,
    /// What was just done; empty when nothing was.
    pub status: String,
    /// The heading.
    pub heading: String,
    /// The reader's address, masked; empty when it is about none.
    pub address: String,
    /// The text.
    pub paragraphs: Vec<String>,
    /// What can be done.
    pub sections: Vec<Section>,
    /// Where to go from here.
    pub link: Option<Link>,
}

/// Something that can be done, with its explanation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Section {
    /// What a link within the page calls it.
    pub id: &'static str,
    /// The heading; empty for what the page's own heading is about.
    pub heading: String,
    /// What it does.
    pub text: String,
    /// Whether it is a card that opens: closed, it says `facts`, or else `text`.
    pub folded: bool,
    /// Whether such a card is open at first.
    pub open: bool,
    /// What is set now, each in a word or two.
    pub facts: Vec<String>,
    /// Ways on.
    pub links: Vec<Link>,
    /// Where its buttons and forms go; empty for the page's own address.
    pub action: String,
    /// What is done by a press.
    pub buttons: Vec<Button>,
    /// What wants something typed or chosen.
    pub forms: Vec<Form>,
}

/// Fields and a button.
#[derive(Clone, Debug, Serialize)]
pub struct Form {
    /// In their order.
    pub fields: Vec<Field>,
    /// Sends them.
    pub button: Button,
}

/// A field of a form.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Field {
    /// `text` for a name, `email`, `date`, `select`, `radio`, `checkbox` or `hidden`.
    pub kind: &'static str,
    /// Its name, which is its id too.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// Below the label; may be empty.
    pub hint: String,
    /// What is wrong with what was typed; empty when nothing is.
    pub error: String,
    /// What stands in it.
    pub value: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// The first day that a date may be.
    pub first: String,
    /// The last day that a date may be.
    pub last: String,
}

/// One of several.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: &'static str,
    /// In words.
    pub label: String,
    /// Whether it is the one now.
    pub chosen: bool,
}

impl Sample for ReaderPage {
    fn sample() -> Self {
        let choices = vec![Choice { value: "de", label: "Deutsch".to_owned(), chosen: true }];
        let field = |kind, name| Field {
            kind,
            name,
            label: "Label".to_owned(),
            hint: "Hint.".to_owned(),
            error: "Wrong".to_owned(),
            choices: choices.clone(),
            first: "2026-11-21".to_owned(),
            last: "2027-11-20".to_owned(),
            ..Field::default()
        };
        let button = Button { action: "save", label: "Save".to_owned(), quiet: true, grave: false };
        let kinds = [
            ("text", "name"),
            ("email", "email"),
            ("date", "until"),
            ("select", "language"),
            ("radio", "format"),
            ("checkbox", "sure"),
            ("hidden", "newsletter"),
        ];
        let form = Form { fields: kinds.map(|(kind, name)| field(kind, name)).to_vec(), button: button.clone() };
        let link = Link { url: "#email".to_owned(), label: "Enter your email address".to_owned() };
        Self {
            frame: frame::sample(),
            error_heading: "There is a problem".to_owned(),
            errors: vec![link.clone()],
            status: "Saved.".to_owned(),
            heading: "Your subscription".to_owned(),
            address: "a***@example.org".to_owned(),
            paragraphs: vec!["You get every issue.".to_owned()],
            sections: vec![Section {
                id: "choices",
                heading: "Choices".to_owned(),
                text: "For you.".to_owned(),
                folded: true,
                open: true,
                facts: vec!["English".to_owned(), "Plain text".to_owned()],
                links: vec![link.clone()],
                action: "/g/TOKEN".to_owned(),
                buttons: vec![button],
                forms: vec![form],
            }],
            link: Some(link),
        }
    }
}
