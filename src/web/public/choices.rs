//! What is set for a subscription, as its page shows it, and what a form chooses. Knows no act.

use super::super::form::Form as Fields;
use super::reader::ReaderContext;
use crate::domain::name::presentable;
use crate::domain::subscriber::{Format, SubscriptionState};
use crate::store::subscriptions::Subscription;
use crate::templates::pages::{Chosen, Subscribed};
use crate::words::Language;

/// The language and the format in a form, if there is a format in it that we have.
pub(super) fn read(fields: &Fields) -> Option<(Option<&'static str>, Format)> {
    let format: Format = fields.get("format").parse().ok()?;
    Some((Language::chosen(fields.get("language")).map(Language::tag), format))
}

/// What is set; without a subscription, what an active reader has who chose nothing.
pub(super) fn of(whose: &ReaderContext<'_>, subscription: Option<&Subscription>) -> Subscribed {
    let paused = subscription.filter(|subscription| subscription.state == SubscriptionState::Paused);
    let until = paused.and_then(|paused| paused.paused_until).map(|until| whose.written(until));
    let chosen = subscription.and_then(|subscription| subscription.language.as_deref());
    // Each in its own words: whoever looks for their language can read that.
    let language = |one: Language| Chosen { tag: one.tag(), name: one.own_name(), chosen: chosen == Some(one.tag()) };
    let languages = Language::ALL.map(language).to_vec();
    // The name is not shown in full: a mail is forwarded, and its links with it.
    let name = subscription.and_then(|subscription| subscription.name.as_deref()).and_then(presentable);
    Subscribed {
        paused: paused.is_some(),
        until: until.unwrap_or_default(),
        language_chosen: languages.iter().find(|one| one.chosen).map_or("", |one| one.name),
        languages,
        format: subscription.map_or(Format::Html, |subscription| subscription.format).as_str(),
        initial: name.and_then(|name| name.chars().next()).map(String::from).unwrap_or_default(),
        address_facts: subscription.map(|subscription| subscription.email.masked()).into_iter().collect(),
    }
}
