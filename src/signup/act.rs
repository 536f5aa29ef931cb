//! Who does something and how, and the row of a person.

use super::client::ClientNetwork;
use crate::clock::Timestamp;
use crate::domain::actor::{Actor, By};
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::store::consents::ConsentDetails;
use crate::store::events::About;
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::{ConsentEntry, Subscription};
use crate::token::Keyring;

/// Who does something and how: what the record of consents and the event log say about it.
#[derive(Clone, Debug)]
pub struct ActionContext {
    pub actor: Actor,
    /// How it came: `form`, `one-click`, the name of a file.
    pub source: String,
    /// The version of the words that were shown.
    pub wording: &'static str,
    /// The network it came from.
    pub client: Option<ClientNetwork>,
    pub now: Timestamp,
}

impl ActionContext {
    pub(super) fn by(&self) -> By<'_> {
        self.actor.at(self.now)
    }

    /// What is written down of it with a change of a subscription.
    pub(super) fn entry<'a>(&'a self, consent: ConsentKind, event: &'a Event) -> ConsentEntry<'a> {
        let client = self.client.as_ref().map(ClientNetwork::as_str);
        let (wording, source) = (self.wording, self.source.as_str());
        ConsentEntry {
            by: self.by(),
            consent,
            event: Some(event),
            wording,
            client,
            source,
            typed: ConsentDetails::default(),
        }
    }
}

/// What an event about a subscription is about.
pub(super) fn about(subscription: &Subscription) -> About {
    About { newsletter: Some(subscription.newsletter_id), subscription: Some(subscription.id), ..About::default() }
}

/// The row of a person who is to be stored, and all by which their address may be known.
pub(super) fn person(keys: &Keyring, email: &EmailAddress, name: Option<&str>) -> NewSubscriber {
    NewSubscriber {
        email: email.clone(),
        address_hash: keys.address_hash(&email.key()),
        former_hash: email.former_key().map(|key| keys.address_hash(&key)),
        quota_hash: keys.address_hash(&email.mailbox_key()),
        name: name.map(str::to_owned),
    }
}
