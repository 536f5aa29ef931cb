//! What a stranger asks, and what becomes of it.

use super::human_check::{HumanCheck, NextStep};
use super::limits::WhyNot;
use crate::domain::address::EmailAddress;
use crate::words::Language;

#[derive(Clone, Debug)]
pub struct Ask {
    /// The address that the newsletter is to come to.
    pub email: EmailAddress,
    /// What they say they are called, as `domain::name::parse_name` reads it.
    pub name: Option<String>,
    /// The language that they chose on the page: the mail is in it, and the subscription when it is confirmed.
    pub language: Option<Language>,
    /// Whether the field that people do not see was filled in.
    pub honeypot: bool,
    /// What shows that a person asks.
    pub proof: HumanCheck,
    /// Whether a token of ours says that this request follows one that was taken: it needs no other proof.
    pub skip_challenge: bool,
    /// Whether a link that was mailed to the mailbox says so.
    pub by_mail: bool,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum RequestOutcome {
    /// It was taken. That says nothing about the address: new, known, suppressed and over its quota all answer alike.
    Taken,
    /// No mail goes out. Only who comes by a link that was mailed to the mailbox is told.
    NoMail(WhyNot),
    /// Nothing is wrong, but one step is missing.
    Step(Box<NextStep>),
}

impl Ask {
    /// For an address, with nothing else.
    pub fn new(email: EmailAddress) -> Self {
        let proof = HumanCheck::default();
        Self { email, name: None, language: None, honeypot: false, proof, skip_challenge: false, by_mail: false }
    }
}
