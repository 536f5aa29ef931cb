//! A page about one subscription, to be filled with what is to be said. Knows no act.

use super::super::site::Site;
use super::super::words;
use crate::signup::Door;
use crate::store::subscriptions::Subscription;
use crate::templates::pages::LetterPage;

/// An empty page; of a reader's address it shows enough to recognise it, for mails are forwarded.
pub(super) fn letter(
    site: &Site,
    door: Option<&Door>,
    heading: String,
    subscription: Option<&Subscription>,
) -> LetterPage {
    LetterPage {
        frame: site.frame(door, &heading, true),
        status: String::new(),
        heading,
        address: subscription.map(|subscription| subscription.email.masked()).unwrap_or_default(),
        paragraphs: Vec::new(),
        buttons: Vec::new(),
        link: None,
    }
}

/// What a newsletter is called, also when the configuration does not name it any more.
pub(super) fn name(door: Option<&Door>) -> &str {
    door.map_or(words::NAMELESS, |door| &door.newsletter.name)
}
