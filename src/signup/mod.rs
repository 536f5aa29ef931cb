//! How readers come, change their mind and go: one verb per file. Every write to a subscription passes here, so that
//! form, JSON, one-click mail, command line and import share one door per rule. Knows no page and no command.
//!
//! Each act is one transaction: the change, an entry in the append-only record of consents, an event. No mail is sent
//! from here: what is to be sent becomes a row of the ledger.

mod client;
mod confirm;
mod door;
mod export;
mod import;
mod leave;
pub mod mails;
mod operator;
mod preferences;
mod request;
mod throttle;

use std::sync::Arc;

pub use client::Client;
pub use confirm::{CONFIRM_FOR, Confirmation, confirm, look};
pub use door::{Door, Emblem, Letters};
pub use export::{ExportError, export};
pub use import::{Import, ImportError, Imported, Reason, Rejected, Step, import};
pub use leave::{Leaving, leave};
pub use operator::{Added, NewReader, add, remove, suppress, unsuppress};
pub use preferences::{Rest, pause, rename, resume, resume_due};
pub use request::{Ask, RequestError, request};
pub use throttle::Throttle;

use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::{ConsentId, NewsletterId, SubscriptionId};
use crate::store::consents::NewConsent;
use crate::store::events::About;
use crate::store::subscribers::NewSubscriber;
use crate::store::{Db, Result, Tx, consents, events};
use crate::token::Keyring;

/// What a request of a stranger needs: the rest of the verbs take a [`Db`] alone.
#[derive(Clone)]
pub struct Signup {
    /// The ledger.
    pub db: Db,
    /// Hashes addresses.
    pub keys: Arc<Keyring>,
    /// How much mail may be asked for.
    pub limits: Limits,
    /// Counts requests by network.
    pub throttle: Arc<Throttle>,
}

/// How much mail strangers may make the program send: a form is a way to flood other people's mailboxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Mails to one mailbox in 24 hours, whatever the spelling of its address.
    pub confirmations_per_day: u32,
    /// The same in 30 days.
    pub confirmations_per_month: u32,
    /// Requests from one network (IPv4 /24, IPv6 /56) in an hour.
    pub requests_per_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { confirmations_per_day: 1, confirmations_per_month: 3, requests_per_hour: 60 }
    }
}

impl Signup {
    /// The verbs of a stranger over `db`.
    pub fn new(db: Db, keys: Keyring, limits: Limits) -> Self {
        Self { db, keys: Arc::new(keys), limits, throttle: Arc::new(Throttle::new(limits.requests_per_hour)) }
    }
}

/// Who does something and how: what the record of consents and the event log say about it.
#[derive(Clone, Debug)]
pub struct Act {
    /// The face: `web` or `cli`.
    pub actor: &'static str,
    /// How it came: `form`, `one-click`, the name of a file.
    pub source: String,
    /// The version of the words that were shown.
    pub wording: &'static str,
    /// The network it came from.
    pub client: Option<Client>,
    /// When.
    pub now: Timestamp,
}

/// The row of a person who is to be stored.
fn person(keys: &Keyring, email: &EmailAddress, name: Option<&str>) -> NewSubscriber {
    NewSubscriber {
        email: email.clone(),
        address_hash: keys.address_hash(&email.key()),
        quota_hash: keys.address_hash(&email.quota_key()),
        name: name.map(str::to_owned),
    }
}

/// Enters an act into the record of consents and into the event log.
async fn record(
    tx: &mut Tx,
    act: &Act,
    kind: ConsentKind,
    event: &str,
    newsletter: NewsletterId,
    subscription: SubscriptionId,
) -> Result<ConsentId> {
    let client = act.client.as_ref().map(Client::as_str);
    let new = NewConsent { subscription, kind, wording: act.wording, client, source: &act.source };
    let id = consents::append(tx, &new, act.now).await?;
    let about = About { newsletter: Some(newsletter), subscription: Some(subscription), ..About::default() };
    events::append(tx, act.now, event, act.actor, about, "{}").await?;
    Ok(id)
}
