//! How readers come, change their mind and go: one verb per file. Every write to a subscription passes here, so that
//! form, JSON, one-click mail, command line and import share one door per rule. Knows no page and no command.
//!
//! Each act is one transaction: the change, an entry in the append-only record of consents, an event. No mail is sent
//! from here: what is to be sent becomes a row of the ledger.

mod address;
mod challenge;
mod checks;
mod client;
mod comeback;
mod confirm;
mod copy;
mod desk;
mod door;
mod erasure;
mod export;
mod import;
mod leave;
mod letters;
mod limits;
mod link;
pub mod mails;
mod operator;
mod personal;
mod preferences;
mod proof;
mod refuse;
mod request;
mod throttle;
mod welcome;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub use address::{Asked, Move, ask_address, confirm_address, look_address, look_stop, stop_address};
pub use challenge::Challenge;
pub use checks::{Checks, MailServers};
pub use client::Client;
pub use comeback::{Gone, RETURN_FOR, come_back, look_back, say_why};
pub use confirm::{CONFIRM_FOR, Confirmation, confirm, look};
use desk::Desk;
pub use door::{Door, Emblem, Letters};
pub use erasure::{Holdings, copy_of, erase_address, look_holdings};
pub use export::{ExportError, export};
pub use import::{
    AGREED_FROM, Answers, DayOrder, Import, ImportError, Imported, List, Question, Reason, Rejected, Step, Taken,
    UNDO_FOR, Understood, Undo, Undone, Value, forget_imports, import, undo_import,
};
pub use leave::{Leaving, leave};
pub use letters::Letter;
pub use limits::{ChallengeWhen, Limits, WhyNot};
pub use link::{LinkAsk, send_link};
pub use operator::{Added, NewReader, add, remove, suppress, unsuppress};
pub use personal::{DATA_FOR, ask_data, copy_data, erase, look_data};
pub use preferences::{Rest, choose, pause, rename, resume, resume_due};
pub use proof::{NextStep, Proof, WAIT, Work};
pub use refuse::{REFUSE_FOR, allow_again, refuse};
pub use request::{Answer, Ask, RequestError, purge_limits, request};
use throttle::Throttle;
pub use welcome::welcome;

use crate::clock::Timestamp;
use crate::domain::actor::{Actor, By};
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::store::consents::Typed;
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::Entry;
use crate::store::{Db, Result, consents};
use crate::token::Keyring;

/// Requests that are held until their wait is over, at most. Whoever comes then presses once more.
const PATIENT_MAX: usize = 256;

/// What a request of a stranger needs: the rest of the verbs take a [`Db`] alone.
#[derive(Clone)]
pub struct Signup {
    /// The ledger.
    pub db: Db,
    /// Hashes addresses.
    pub keys: Arc<Keyring>,
    /// How much strangers may do.
    pub limits: Limits,
    /// What is looked at in a domain.
    pub checks: Checks,
    throttle: Arc<Throttle>,
    /// Of requests for one's own link: they shut no other door.
    links: Arc<Throttle>,
    /// Seats for those who wait instead of computing.
    patience: Arc<Semaphore>,
    desk: Arc<Desk>,
}

impl Signup {
    /// The verbs of a stranger over `db`.
    pub fn new(db: Db, keys: Keyring, limits: Limits, checks: Checks) -> Self {
        let [throttle, links] = [(); 2].map(|()| Arc::new(Throttle::new(limits)));
        let patience = Arc::new(Semaphore::new(PATIENT_MAX));
        Self { db, keys: Arc::new(keys), limits, checks, throttle, links, patience, desk: Arc::default() }
    }

    /// Counts what networks asked in the last hour, before this process began: a restart opens no door.
    pub async fn remember(&self, now: Timestamp) -> Result<()> {
        let asked = consents::asked_by_network(&mut self.db.read().await?, now.minus(throttle::WINDOW)).await?;
        for (network, count, first) in asked {
            self.throttle.remember(&Client::stored(network), u32::try_from(count).unwrap_or(u32::MAX), first);
        }
        Ok(())
    }
}

/// Who does something and how: what the record of consents and the event log say about it.
#[derive(Clone, Debug)]
pub struct Act {
    /// Who.
    pub actor: Actor,
    /// How it came: `form`, `one-click`, the name of a file.
    pub source: String,
    /// The version of the words that were shown.
    pub wording: &'static str,
    /// The network it came from.
    pub client: Option<Client>,
    /// When.
    pub now: Timestamp,
}

impl Act {
    /// Who and when.
    fn by(&self) -> By<'_> {
        self.actor.at(self.now)
    }

    /// What is written down of it with a change of a subscription.
    fn entry<'a>(&'a self, consent: ConsentKind, event: &'a Event) -> Entry<'a> {
        let client = self.client.as_ref().map(Client::as_str);
        let (wording, source) = (self.wording, self.source.as_str());
        Entry { by: self.by(), consent, event: Some(event), wording, client, source, typed: Typed::default() }
    }
}

/// The row of a person who is to be stored, and all by which their address may be known.
fn person(keys: &Keyring, email: &EmailAddress, name: Option<&str>) -> NewSubscriber {
    NewSubscriber {
        email: email.clone(),
        address_hash: keys.address_hash(&email.key()),
        former_hash: email.former_key().map(|key| keys.address_hash(&key)),
        quota_hash: keys.address_hash(&email.mailbox_key()),
        name: name.map(str::to_owned),
    }
}
