//! Everything about a person goes: at their own word by a link, or at an operator's who answers for them. What stays is a
//! keyed hash of the address, so that nobody brings it in again; the person may come back by the form.

use serde_json::Value;

use super::address::{UNDO_FOR, rightful};
use super::{ActionContext, copy, person};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::suppression::SuppressionReason;
use crate::store::events::About;
use crate::store::subscriptions::Subscription;
use crate::store::{
    Db, Result, Tx, departed, events, marks, notices, personal, requests, subscribers, subscriptions, suppressions,
};
use crate::telemetry::mask_addresses;
use crate::token::Keyring;

/// Of an operator's reason so many characters are kept.
const REASON_CHARS_MAX: usize = 200;

/// What is stored under an address, and so can be erased.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// The subscriptions that it stands for.
    pub subscriptions: Vec<Subscription>,
    /// Those that have come to it not long ago, each with the end of the time in which the address before can take the
    /// change back. Until then they are not this address's to erase.
    pub settling: Vec<(Subscription, Timestamp)>,
    /// Whether there is a person with this address.
    pub is_known: bool,
    /// What is left, by a keyed hash, of subscriptions that had their time.
    pub by_hash: usize,
}

impl Holdings {
    /// Whether there is nothing to erase.
    pub fn is_empty(&self) -> bool {
        self.subscriptions.is_empty() && self.by_hash == 0 && (!self.is_known || !self.settling.is_empty())
    }
}

/// What is stored under an address. Changes nothing.
pub async fn look_holdings(db: &Db, keys: &Keyring, email: &EmailAddress, now: Timestamp) -> Result<Holdings> {
    holdings(&mut db.read().await?, keys, email, now).await
}

/// The copy that an operator gives to whoever asked for it; none when nothing at all is stored.
pub async fn copy_of(db: &Db, keys: &Keyring, email: &EmailAddress, now: Timestamp) -> Result<Option<Value>> {
    let mut tx = db.read().await?;
    let found = holdings(&mut tx, keys, email, now).await?;
    let who = person(keys, email, None);
    if found.is_empty()
        && personal::suppressed(&mut tx, &who).await?.is_empty()
        && personal::refused_until(&mut tx, &who).await?.is_empty()
    {
        return Ok(None);
    }
    copy::of_mailbox(&mut tx, keys, email, &found.subscriptions).await.map(Some)
}

/// Erases what is stored under an address, at an operator's word. Returns what that was.
pub async fn erase_address(
    db: &Db,
    keys: &Keyring,
    email: &EmailAddress,
    reason: Option<&str>,
    act: &ActionContext,
) -> Result<Holdings> {
    let found = db
        .write(async |tx| {
            let found = holdings(tx, keys, email, act.now).await?;
            if found.is_empty() {
                return Ok(found);
            }
            mailbox(tx, keys, email, &found.subscriptions, act).await?;
            let reason = reason.map(|reason| mask_addresses(reason).chars().take(REASON_CHARS_MAX).collect());
            events::append(tx, act.by(), About::default(), &Event::ReaderErased { reason }).await?;
            Ok::<_, crate::store::StoreError>(found)
        })
        .await?;
    if !found.is_empty() {
        scour(db).await;
    }
    Ok(found)
}

async fn holdings(tx: &mut Tx, keys: &Keyring, email: &EmailAddress, now: Timestamp) -> Result<Holdings> {
    let who = person(keys, email, None);
    let (mine, settling) = stands_for(tx, email, now).await?;
    Ok(Holdings {
        subscriptions: mine,
        settling,
        is_known: subscribers::find(tx, &email.key()).await?.is_some(),
        by_hash: departed::of_person(tx, &who).await?.len() + departed::consents_of_person(tx, &who).await?.len(),
    })
}

/// What a mailbox stands for: all of the person with that address, and what was moved from it and can be taken back. And
/// what it has, and another stands for, until then.
pub(super) async fn stands_for(
    tx: &mut Tx,
    mailbox: &EmailAddress,
    now: Timestamp,
) -> Result<(Vec<Subscription>, Vec<(Subscription, Timestamp)>)> {
    let mut candidates = match subscribers::find(tx, &mailbox.key()).await? {
        Some(person) => subscriptions::of_person(tx, person.id).await?,
        None => Vec::new(),
    };
    for id in requests::moved_from(tx, mailbox, now.minus(UNDO_FOR)).await? {
        if candidates.iter().all(|known| known.id != id) {
            candidates.extend(subscriptions::get(tx, id).await?);
        }
    }
    let (mut mine, mut settling) = (Vec::new(), Vec::new());
    for candidate in candidates {
        if rightful(tx, &candidate, now).await?.key() == mailbox.key() {
            mine.push(candidate);
            continue;
        }
        let first = requests::moves(tx, candidate.id, now.minus(UNDO_FOR)).await?.into_iter().next();
        settling.extend(first.map(|first| (candidate, first.created_at.plus(UNDO_FOR))));
    }
    Ok((mine, settling))
}

/// Erases these subscriptions of a mailbox and all that is stored about their person: address, name, the record of
/// consents, what still waits to be sent. The caller appends the event.
pub(super) async fn mailbox(
    tx: &mut Tx,
    keys: &Keyring,
    mailbox: &EmailAddress,
    all: &[Subscription],
    act: &ActionContext,
) -> Result<()> {
    for subscription in all {
        marks::keep_requests(tx, subscription.id).await?;
        marks::keep_erasure(tx, subscription.id, act.now).await?;
        personal::forget(tx, subscription.id, act.now).await?;
        let stored = person(keys, &subscription.email, None);
        notices::forget(tx, &stored.address_hash, subscription.id).await?;
        subscriptions::erase(tx, subscription.id).await?;
        subscribers::drop_if_alone(tx, subscription.subscriber_id).await?;
    }
    let who = person(keys, mailbox, None);
    if let Some(left_over) = subscribers::find(tx, &mailbox.key()).await? {
        subscribers::drop_if_alone(tx, left_over.id).await?;
    }
    departed::forget(tx, &who).await?;
    suppressions::add(tx, &who.address_hash, SuppressionReason::Erased, "", act.by()).await?;
    Ok(())
}

/// Makes the file forget what the database has forgotten. It may be that somebody reads: then the daily run does it.
pub(super) async fn scour(db: &Db) {
    match db.scour().await {
        Ok(true) => {}
        Ok(false) => tracing::debug!("somebody reads the database; its log is cut back by the daily run"),
        Err(error) => tracing::warn!(%error, "the database's log was not cut back; the daily run does it"),
    }
}
