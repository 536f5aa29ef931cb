//! What readers decided after a backup was made is decided again when it is put back: the journal beside the database has
//! it. Whoever came back meanwhile stays as the backup has them, or out.

use std::collections::HashMap;

use super::{ActionContext, erasure};
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::actor::Actor;
use crate::domain::consent::ConsentKind;
use crate::domain::decision::ReaderDecision;
use crate::domain::event::Event;
use crate::domain::subscriber::{EndedBy, SubscriptionState};
use crate::journal::JournalEntry;
use crate::store::events::About;
use crate::store::subscriptions::Subscription;
use crate::store::{Result, Tx, events, marks, subscriptions, suppressions};
use crate::token::{Keyring, Mark};

/// What a put-back database was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Replayed {
    /// Readers who unsubscribed after the backup was made.
    pub unsubscribed: u64,
    pub erased: u64,
    /// Addresses that were suppressed since.
    pub suppressed: u64,
}

/// Does again what the entries say, where the database does not know it. The latest entry about a subscription or an
/// address counts.
pub async fn replay(tx: &mut Tx, keys: &Keyring, entries: &[JournalEntry]) -> Result<Replayed> {
    let mut latest: HashMap<&str, usize> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        latest.insert(&entry.subject, at);
    }
    let mut done = Replayed::default();
    for (at, entry) in entries.iter().enumerate() {
        if latest.get(&*entry.subject) != Some(&at) {
            continue;
        }
        match ReaderDecision::of(entry) {
            Some(ReaderDecision::Unsubscribed { id, mark, ended_by }) => {
                done.unsubscribed += u64::from(unsubscribe(tx, (id, mark), ended_by, entry.at).await?);
            }
            Some(ReaderDecision::Erased { id, mark }) => {
                done.erased += u64::from(erase(tx, keys, (id, mark), entry.at).await?);
            }
            Some(ReaderDecision::Suppressed { hash, reason }) => {
                let by = Actor::scheduler(entry.at);
                done.suppressed += u64::from(suppressions::add(tx, &hash, reason, "", by).await?);
            }
            // Who may be mailed again is for the reader or an operator to say once more.
            Some(ReaderDecision::Returned { .. } | ReaderDecision::Unsuppressed { .. }) | None => {}
        }
    }
    Ok(done)
}

/// The subscription, if it is the one that the journal means and not another of its number.
async fn meant(tx: &mut Tx, (id, mark): (SubscriptionId, Option<Mark>)) -> Result<Option<Subscription>> {
    match marks::of_subscription(tx, id).await? {
        Some(row) if row.mark == mark => subscriptions::get(tx, id).await,
        _ => Ok(None),
    }
}

async fn unsubscribe(
    tx: &mut Tx,
    row: (SubscriptionId, Option<Mark>),
    ended_by: EndedBy,
    at: Timestamp,
) -> Result<bool> {
    let Some(found) = meant(tx, row).await? else { return Ok(false) };
    // A later word of the reader is in the database already.
    if found.confirmed_at.is_some_and(|confirmed| confirmed > at) && found.state != SubscriptionState::Unsubscribed {
        return Ok(false);
    }
    let act = again(
        match ended_by {
            EndedBy::Reader | EndedBy::Complaint => Actor::Reader,
            EndedBy::Operator => Actor::Command("journal".to_owned()),
            EndedBy::Import => Actor::Import(0),
            EndedBy::Provider => Actor::Scheduler,
        },
        at,
    );
    let entry = act.entry(ConsentKind::Withdrawn, &Event::SubscriptionUnsubscribed);
    match ended_by {
        EndedBy::Complaint => subscriptions::complain(tx, found.id, &entry).await,
        EndedBy::Reader => {
            let is_new = subscriptions::unsubscribe(tx, found.id, &entry).await?;
            Ok(is_new || subscriptions::make_own(tx, found.id, &entry).await?)
        }
        _ => subscriptions::unsubscribe(tx, found.id, &entry).await,
    }
}

async fn erase(tx: &mut Tx, keys: &Keyring, row: (SubscriptionId, Option<Mark>), at: Timestamp) -> Result<bool> {
    let Some(found) = meant(tx, row).await? else { return Ok(false) };
    let act = again(Actor::Reader, at);
    let email = found.email.clone();
    erasure::mailbox(tx, keys, &email, &[found], &act).await?;
    events::append(tx, act.by(), About::default(), &Event::ReaderErased { reason: None }).await?;
    Ok(true)
}

fn again(actor: Actor, now: Timestamp) -> ActionContext {
    ActionContext { actor, source: "journal".to_owned(), wording: "", client: None, now }
}
