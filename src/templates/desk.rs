//! The desk's templates: a typed context for each. Like the public pages' they hold names, numbers, addresses, times and
//! flags, and the template says the sentences.

use serde::Serialize;

use super::Sample;
use crate::domain::account::{AccountState, MemberRole};
use crate::domain::issue::IssueState;

/// A way to another page of the desk.
#[derive(Clone, Debug, Serialize)]
pub struct DeskLink {
    pub name: String,
    pub url: String,
    /// Whether it leads to the page that has it.
    pub here: bool,
}

/// What stands above every page of somebody who is signed in.
#[derive(Clone, Debug, Serialize)]
pub struct DeskTop {
    /// The newsletters that they have a part in.
    pub newsletters: Vec<DeskLink>,
    /// The people of this newsletter; none for who may not see them.
    pub people: Option<DeskLink>,
    /// Their own page, called by what they are called.
    pub own: DeskLink,
    /// Where the button goes that signs out.
    pub leave_url: String,
}

/// A field that goes with a form unseen.
#[derive(Clone, Debug, Serialize)]
pub struct KeptField {
    pub name: String,
    pub value: String,
}

/// Where the desk begins: for who has several newsletters, or none, and for an installation without accounts.
#[derive(Clone, Debug, Serialize)]
pub struct DeskStart {
    /// None where nobody is signed in.
    pub top: Option<DeskTop>,
    /// The newsletters to choose from.
    pub choices: Vec<DeskLink>,
}

#[derive(Clone, Debug, Serialize)]
pub struct DeskEnter {
    /// What went wrong: `refused`, `address`, `wait`; empty when nothing did.
    pub error: &'static str,
    /// For how long to wait, in words; may be empty.
    pub wait: String,
    /// The address as it was typed.
    pub typed: String,
    /// The page that they wanted; may be empty.
    pub back: String,
    /// Whether they have just signed out.
    pub left: bool,
}

/// What a one-time link opens.
#[derive(Clone, Debug, Serialize)]
pub struct DeskWelcome {
    /// Whether it works no more.
    pub closed: bool,
    /// Whether it is the way back in.
    pub recovery: bool,
    /// What they are called; may be empty.
    pub name: String,
    pub address: String,
    /// The names of the newsletters that they have a part in; may be empty.
    pub newsletters: String,
    /// What is wrong with the password: `short`, `long`, `obvious`; empty when nothing is.
    pub error: &'static str,
    pub enter_url: String,
}

/// Asks again who somebody is, before an act that needs more.
#[derive(Clone, Debug, Serialize)]
pub struct DeskAgain {
    /// What went wrong: `wrong`, `wait`; empty when nothing did.
    pub error: &'static str,
    /// For how long to wait, in words; may be empty.
    pub wait: String,
    /// Where the act goes.
    pub action: String,
    /// What its form had.
    pub fields: Vec<KeptField>,
}

/// A browser that somebody is signed in with.
#[derive(Clone, Debug, Serialize)]
pub struct DeskSession {
    /// Whether it is the one that asks.
    pub here: bool,
    /// What it calls itself; may be empty.
    pub agent: String,
    /// From where; may be empty.
    pub network: String,
    /// When it was used last.
    pub seen: String,
    /// Where the button goes that ends it.
    pub end_url: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct DeskYou {
    pub top: DeskTop,
    /// What was just done: `password`, `ended`; empty when nothing was.
    pub done: &'static str,
    /// What is wrong with the new password: `short`, `long`, `obvious`; empty when nothing is.
    pub error: &'static str,
    pub address: String,
    pub sessions: Vec<DeskSession>,
    pub password_url: String,
    pub end_others_url: String,
}

/// Somebody who has a part in a newsletter.
#[derive(Clone, Debug, Serialize)]
pub struct DeskPerson {
    /// The number of their account, in their own fields' names.
    pub number: i64,
    /// What they are called; may be empty.
    pub name: String,
    pub address: String,
    pub role: MemberRole,
    pub state: AccountState,
    /// Whether it is who asks.
    pub you: bool,
    pub role_url: String,
    pub link_url: String,
}

/// A one-time link that was just made. It is shown once.
#[derive(Clone, Debug, Serialize)]
pub struct DeskLinkMade {
    pub address: String,
    pub url: String,
    pub until: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct DeskPeople {
    pub top: DeskTop,
    pub newsletter: String,
    /// What was just done: `role`, `removed`; empty when nothing was.
    pub done: &'static str,
    /// What went wrong: `address`, `known`, `last-owner`, `meanwhile`, `disabled`; empty when nothing did.
    pub error: &'static str,
    /// The address as it was typed.
    pub typed: String,
    pub people: Vec<DeskPerson>,
    pub roles: Vec<MemberRole>,
    pub invite_url: String,
    pub made: Option<DeskLinkMade>,
}

/// An issue in the words of the first page.
#[derive(Clone, Debug, Serialize)]
pub struct DeskIssue {
    pub title: String,
    pub state: IssueState,
    /// When it goes out, or went; may be empty.
    pub when: String,
    /// How long that is from now; may be empty.
    pub distance: String,
    /// Why it stands where it stands; may be empty.
    pub note: String,
    /// Whom it is for.
    pub readers: i64,
    /// How many emails a relay took.
    pub sent: i64,
    /// How many are tried again or not yet.
    pub open: i64,
    pub failed: i64,
    pub skipped: i64,
}

#[derive(Clone, Debug, Serialize)]
pub struct DeskHome {
    pub top: DeskTop,
    pub newsletter: String,
    pub role: Option<MemberRole>,
    /// The next slot; empty where there is none.
    pub slot: String,
    /// How long that is from now; may be empty.
    pub distance: String,
    /// What goes out next.
    pub next: Option<DeskIssue>,
    /// What is going out, or halted on its way.
    pub now: Vec<DeskIssue>,
    /// What waits for a person.
    pub held: Vec<DeskIssue>,
    /// What went out last.
    pub last: Option<DeskIssue>,
    pub active: i64,
    pub pending: i64,
    pub paused: i64,
    pub suppressed: i64,
    /// Whom an issue would reach now.
    pub mailable: i64,
}

/// That something is not done.
#[derive(Clone, Debug, Serialize)]
pub struct DeskRefused {
    /// `origin` or `right`.
    pub why: &'static str,
    pub desk_url: String,
}

impl Sample for DeskTop {
    fn sample() -> Self {
        Self {
            newsletters: vec![DeskLink { name: "The Week".to_owned(), url: "/admin/n/week".to_owned(), here: true }],
            people: Some(DeskLink { name: String::new(), url: "/admin/n/week/people".to_owned(), here: false }),
            own: DeskLink { name: "Anna".to_owned(), url: "/admin/you".to_owned(), here: false },
            leave_url: "/admin/leave".to_owned(),
        }
    }
}

impl Sample for DeskStart {
    fn sample() -> Self {
        Self { top: Some(DeskTop::sample()), choices: DeskTop::sample().newsletters }
    }
}

impl Sample for DeskEnter {
    fn sample() -> Self {
        Self {
            error: "wait",
            wait: "12 seconds".to_owned(),
            typed: "anna@example.org".to_owned(),
            back: "/admin/you".to_owned(),
            left: false,
        }
    }
}

impl Sample for DeskWelcome {
    fn sample() -> Self {
        Self {
            closed: false,
            recovery: false,
            name: "Anna".to_owned(),
            address: "anna@example.org".to_owned(),
            newsletters: "The Week".to_owned(),
            error: "short",
            enter_url: "/admin/enter".to_owned(),
        }
    }
}

impl Sample for DeskAgain {
    fn sample() -> Self {
        Self {
            error: "wrong",
            wait: String::new(),
            action: "/admin/n/week/people".to_owned(),
            fields: vec![KeptField { name: "role".to_owned(), value: "editor".to_owned() }],
        }
    }
}

impl Sample for DeskYou {
    fn sample() -> Self {
        let session = DeskSession {
            here: false,
            agent: "Firefox".to_owned(),
            network: "192.0.2.0/24".to_owned(),
            seen: "Fri 2026-11-27 09:00 Europe/Prague".to_owned(),
            end_url: "/admin/you/sessions/1/end".to_owned(),
        };
        Self {
            top: DeskTop::sample(),
            done: "password",
            error: "",
            address: "anna@example.org".to_owned(),
            sessions: vec![session],
            password_url: "/admin/you/password".to_owned(),
            end_others_url: "/admin/you/sessions/end-others".to_owned(),
        }
    }
}

impl Sample for DeskPeople {
    fn sample() -> Self {
        let person = DeskPerson {
            number: 1,
            name: "Ben".to_owned(),
            address: "ben@example.org".to_owned(),
            role: MemberRole::Editor,
            state: AccountState::Active,
            you: false,
            role_url: "/admin/n/week/people/1/role".to_owned(),
            link_url: "/admin/n/week/people/1/link".to_owned(),
        };
        let made = DeskLinkMade {
            address: "cy@example.org".to_owned(),
            url: "https://news.example.com/admin/welcome/x".to_owned(),
            until: "Sat 2026-11-28 09:00 Europe/Prague".to_owned(),
        };
        Self {
            top: DeskTop::sample(),
            newsletter: "The Week".to_owned(),
            done: "role",
            error: "",
            typed: String::new(),
            people: vec![person],
            roles: MemberRole::ALL.to_vec(),
            invite_url: "/admin/n/week/people".to_owned(),
            made: Some(made),
        }
    }
}

impl Sample for DeskIssue {
    fn sample() -> Self {
        Self {
            title: "The calendar is not an agreement".to_owned(),
            state: IssueState::Sending,
            when: "Fri 2026-11-27 09:00 Europe/Prague".to_owned(),
            distance: "2 days".to_owned(),
            note: "a note".to_owned(),
            readers: 48_213,
            sent: 34_107,
            open: 14_000,
            failed: 38,
            skipped: 16,
        }
    }
}

impl Sample for DeskHome {
    fn sample() -> Self {
        Self {
            top: DeskTop::sample(),
            newsletter: "The Week".to_owned(),
            role: Some(MemberRole::Owner),
            slot: "Fri 2026-11-27 09:00 Europe/Prague".to_owned(),
            distance: "2 days".to_owned(),
            next: Some(DeskIssue { state: IssueState::Queued, ..DeskIssue::sample() }),
            now: vec![DeskIssue::sample()],
            held: vec![DeskIssue { state: IssueState::Held, ..DeskIssue::sample() }],
            last: Some(DeskIssue { state: IssueState::Sent, ..DeskIssue::sample() }),
            active: 48_231,
            pending: 1_204,
            paused: 312,
            suppressed: 9,
            mailable: 48_222,
        }
    }
}

impl Sample for DeskRefused {
    fn sample() -> Self {
        Self { why: "origin", desk_url: "/admin".to_owned() }
    }
}
