//! Every sentence of the public pages, in English. Owns no mark-up and no rule; other languages will take its place here.

use axum::http::StatusCode;

use crate::clock::Timestamp;
use crate::domain::address::AddressError;
use crate::domain::newsletter::Newsletter;
use crate::signup::CONFIRM_FOR;

/// What the sentences are written in, BCP 47.
pub(super) const LANGUAGE: &str = "en";

/// The versions of the words that a reader agrees to: the record of consents names them. A change of meaning makes a
/// new version.
pub(super) mod wording {
    pub(crate) const SIGNUP: &str = "signup 1 (en)";
    pub(crate) const CONFIRM: &str = "confirm 1 (en)";
    pub(crate) const LEAVE: &str = "leave 1 (en)";
    pub(crate) const ONE_CLICK: &str = "one-click (RFC 8058)";
    pub(crate) const PREFERENCES: &str = "preferences 1 (en)";
}

pub(super) const SKIP: &str = "Skip to the text";
pub(super) const CONTACT: &str = "Write to us";
pub(super) const TO_HOME: &str = "To the start page";
pub(super) const ERROR: &str = "Error";
pub(super) const PROBLEM: &str = "There is a problem";
pub(super) const EMAIL: &str = "Email address";
pub(super) const EMAIL_HINT: &str = "Used for the newsletter and nothing else.";
pub(super) const NAME: &str = "Name (optional)";
pub(super) const NAME_HINT: &str = "How the newsletter may address you.";
pub(super) const TRAP: &str = "Leave this field empty";
pub(super) const SUBSCRIBE: &str = "Subscribe";
pub(super) const SUBSCRIBE_AGAIN: &str = "Subscribe again";
pub(super) const SIGNUP_SMALL_PRINT: &str =
    "You will get a mail with a link to confirm. Every issue has a link to leave: one click, no questions.";
pub(super) const TEST_LINK: &str =
    "This link came in a test mail. A reader’s link does what the page says; this one changes nothing.";
pub(super) const UNSUBSCRIBED_PLAIN: &str = "Unsubscribed.\n";

pub(super) fn signup_lead(newsletter: &Newsletter) -> String {
    format!("Get {} by email, free of charge.", newsletter.name)
}

pub(super) const HOME: &str = "Newsletters";
pub(super) const HOME_LEAD: &str = "Each comes by email. You can leave with one click.";

/// What is wrong with an address, said to who typed it.
pub(super) fn address_error(error: AddressError) -> &'static str {
    match error {
        AddressError::Empty => "Enter your email address",
        AddressError::TooLong => "Enter a shorter email address: no mailbox has one this long",
        AddressError::NoAt | AddressError::Local | AddressError::Domain => {
            "Enter an email address in the correct format, like name@example.com"
        }
    }
}

pub(super) mod check {
    pub(crate) const HEADING: &str = "Check your email";
    pub(crate) const NOTHING_THERE: &str = "Nothing there after a few minutes? Look in the spam folder first. To protect \
        mailboxes, one address gets at most one such mail a day.";
}

pub(super) fn check_text(newsletter: &Newsletter) -> String {
    format!(
        "We have sent a link to the address you gave. Open it and press the button: then {} is yours. The link works for {} days.",
        newsletter.name,
        CONFIRM_FOR.as_secs() / 86_400,
    )
}

pub(super) mod confirm {
    pub(crate) const BUTTON: &str = "Confirm subscription";
    pub(crate) const IGNORE: &str = "If you did not ask for this, close the page: nothing will be sent.";
    pub(crate) const ALREADY_HEADING: &str = "You are subscribed";
    pub(crate) const STALE_HEADING: &str = "This link is too old";
    pub(crate) const STALE: &str =
        "It was not used in time, or something has changed since. A fresh one comes by email.";
    pub(crate) const AGAIN: &str = "Send me a fresh link";
}

pub(super) fn confirm_heading(name: &str) -> String {
    format!("Confirm your subscription to {name}")
}

pub(super) fn confirm_text(name: &str) -> String {
    format!("Press the button, and the next issue of {name} comes to this address.")
}

pub(super) fn confirmed_heading(name: &str) -> String {
    format!("Welcome to {name}")
}

pub(super) fn confirmed_text(newsletter: &Newsletter) -> Vec<String> {
    vec![
        "Your subscription is confirmed. The next issue comes to this address.".to_owned(),
        format!("So that it does not end up among the spam, add {} to your contacts.", newsletter.from.address),
    ]
}

pub(super) fn already_text(name: &str) -> String {
    format!("This address gets {name}. There is nothing more to do.")
}

pub(super) mod leave {
    pub(crate) const BUTTON: &str = "Unsubscribe";
    pub(crate) const PAUSE: &str = "Pause for 4 weeks instead";
    pub(crate) const TEXT: &str = "It takes effect at once.";
    pub(crate) const LEFT_HEADING: &str = "You are unsubscribed";
    pub(crate) const ABSENT_HEADING: &str = "You are not subscribed";
    pub(crate) const ABSENT: &str = "No issue is sent to this address.";
}

pub(super) fn leave_heading(name: &str) -> String {
    format!("Unsubscribe from {name}?")
}

pub(super) fn left_text(name: &str) -> String {
    format!("Done. {name} is no longer sent to this address, not even a goodbye.")
}

pub(super) mod preferences {
    pub(crate) const ACTIVE: &str = "You get every issue.";
    pub(crate) const PENDING: &str = "The subscription is not confirmed yet. The mail you got has the link.";
    pub(crate) const PAUSE_HEADING: &str = "Have a rest";
    pub(crate) const PAUSE: &str = "No issue is sent meanwhile. It goes on by itself afterwards.";
    pub(crate) const LONGER_HEADING: &str = "Rest longer";
    pub(crate) const LONGER: &str = "Counted from today.";
    pub(crate) const FOUR_WEEKS: &str = "Pause for 4 weeks";
    pub(crate) const THREE_MONTHS: &str = "Pause for 3 months";
    pub(crate) const RESUME_HEADING: &str = "Go on";
    pub(crate) const RESUME_TEXT: &str = "The next issue comes again.";
    pub(crate) const RESUME: &str = "End the pause";
    pub(crate) const LEAVE_HEADING: &str = "Leave";
    pub(crate) const LEAVE: &str = "You can come back at any time.";
    pub(crate) const NAME_HEADING: &str = "Name";
    pub(crate) const NAME: &str = "New name";
    pub(crate) const NAME_BUTTON: &str = "Save name";
    pub(crate) const NAME_SAVED: &str = "The name is saved.";
    pub(crate) const NAME_REMOVED: &str = "The name is removed.";
    pub(crate) const RESUMED: &str = "The pause is over.";
    pub(crate) const PAUSED: &str = "Paused.";
}

pub(super) fn preferences_heading(name: &str) -> String {
    format!("Your subscription to {name}")
}

pub(super) fn paused_until(until: Option<Timestamp>, newsletter: Option<&Newsletter>) -> String {
    match until {
        Some(until) => {
            let zone = newsletter.map_or(jiff::tz::TimeZone::UTC, |newsletter| newsletter.time_zone.clone());
            let day = until.to_jiff().to_zoned(zone).strftime("%-d %B %Y");
            format!("Paused until {day}. No issue is sent before.")
        }
        None => "Paused. No issue is sent until you end the pause.".to_owned(),
    }
}

/// The name is not shown in full: a mail is forwarded, and its links with it.
pub(super) fn name_hint(name: Option<&str>) -> String {
    match name.and_then(|name| name.chars().next()) {
        Some(first) => format!("The one we have begins with “{first}”. Leave the field empty to remove it."),
        None => "No name is stored.".to_owned(),
    }
}

/// A newsletter that the configuration does not name any more.
pub(super) const NAMELESS: &str = "this newsletter";

/// What went wrong, in the words of an error page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No such page.
    NotFound,
    /// No such link.
    NoSuchLink,
    /// Asked in a way that this address does not know.
    Method,
    /// Too large.
    TooLarge,
    /// Of a kind that is not taken, or not readable.
    Unreadable,
    /// Too many requests.
    TooMany,
    /// Not now.
    Busy,
    /// Ours.
    Broken,
}

impl Trouble {
    pub(super) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Self::Busy,
            status if status.is_client_error() => Self::Unreadable,
            _ => Self::Broken,
        }
    }

    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::NotFound => "There is no such page",
            Self::NoSuchLink => "This link does not work",
            Self::Method | Self::Unreadable => "This was not understood",
            Self::TooLarge => "This is too long",
            Self::TooMany => "Please wait a while",
            Self::Busy => "Please try again in a minute",
            Self::Broken => "Something went wrong",
        }
    }

    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::NotFound => "The address may be mistyped, or the page is gone.",
            Self::NoSuchLink => {
                "Make sure that the whole link from the mail is in the address bar, up to its last letter."
            }
            Self::Method => "This address is not meant to be used this way.",
            Self::TooLarge => "What was sent is larger than any form of this site.",
            Self::Unreadable => "What was sent is not what a form of this site sends.",
            Self::TooMany => "There were many requests from your network. Try again in an hour.",
            Self::Busy => "The server cannot write at the moment. Nothing was changed.",
            Self::Broken => "The fault is on our side, and has been noted.",
        }
    }
}
