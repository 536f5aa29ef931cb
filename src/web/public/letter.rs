//! A page about one subscription, to be filled with what is to be said. Knows no act.

use super::super::site::Site;
use crate::clock::Timestamp;
use crate::signup::Door;
use crate::store::subscriptions::Subscription;
use crate::templates::pages::LetterPage;
use crate::words::Words;

/// An empty page; of a reader's address it shows enough to recognise it, for mails are forwarded.
pub(super) fn letter(
    site: &Site,
    words: Words,
    door: Option<&Door>,
    heading: String,
    subscription: Option<&Subscription>,
) -> LetterPage {
    LetterPage {
        frame: site.frame(words, door, &heading, true),
        status: String::new(),
        heading,
        address: subscription.map(|subscription| subscription.email.masked()).unwrap_or_default(),
        paragraphs: Vec::new(),
        buttons: Vec::new(),
        link: None,
    }
}

/// What a newsletter is called, also when the configuration does not name it any more.
pub(super) fn name(words: Words, door: Option<&Door>) -> String {
    door.map_or_else(|| words.nameless(), |door| door.newsletter.name.clone())
}

/// How a rest stands, with its last day in the newsletter's zone.
pub(super) fn paused_until(words: Words, until: Option<Timestamp>, door: Option<&Door>) -> String {
    let Some(until) = until else { return words.preferences_paused_open() };
    let zone = door.map_or(jiff::tz::TimeZone::UTC, |door| door.newsletter.time_zone.clone());
    words.preferences_paused_until(&words.date(until.to_jiff().to_zoned(zone).date()))
}
