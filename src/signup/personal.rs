//! A reader sees and erases what is stored about them. Only behind a fresh mail: who holds a forwarded issue gets neither.
//!
//! The mail goes to the mailbox that stands for the subscription, and opens what that mailbox stands for and nothing else:
//! who has just moved somebody else's subscription to an address of theirs gets nothing by it.

use std::time::Duration;

use serde_json::{Value, json};

use super::address::{UNDO_FOR, rightful};
use super::letters::{Letter, post};
use super::{Act, Door, Signup, person};
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::subscriber::RequestKind;
use crate::domain::suppression::SuppressionReason;
use crate::domain::{NewsletterId, RequestId, SubscriptionId};
use crate::store::events::About;
use crate::store::requests::NewRequest;
use crate::store::subscriptions::Subscription;
use crate::store::{
    Result, Tx, consents, events, marks, notices, personal, requests, subscribers, subscriptions, suppressions,
};

/// How long the link in the mail works: it opens everything, so not for long.
pub const DATA_FOR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How many such mails a subscription gets in a day.
const MAILS_PER_DAY: i64 = 3;

/// Sends the reader a link to what is stored about them. The answer is the same when it was asked for too often. `true`
/// when the mail goes to the address before the last change, since that can still be taken back.
pub async fn ask_data(signup: &Signup, door: &Door, id: SubscriptionId, act: &Act) -> Result<bool> {
    signup
        .db
        .write(async |tx| {
            let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(false) };
            let mailbox = rightful(tx, &subscription, act.now).await?;
            let is_before = mailbox.key() != subscription.email.key();
            if requests::count(tx, id, RequestKind::Data, act.now.minus(DAY)).await? >= MAILS_PER_DAY {
                return Ok(is_before);
            }
            let addresses = Some((&mailbox, &subscription.email));
            let asked = NewRequest { subscription: id, kind: RequestKind::Data, addresses };
            let request = requests::add(tx, &asked, act.now).await?;
            events::append(tx, act.by(), about(&subscription), &Event::DataAsked).await?;
            post(tx, door, Letter::Data, &subscription, Some((&mailbox, request)), act.now).await?;
            Ok(is_before)
        })
        .await
}

/// Whose data a link opens; none when it is too old, or was used for the end.
pub async fn look_data(signup: &Signup, id: RequestId, now: Timestamp) -> Result<Option<Subscription>> {
    Ok(opened(&mut signup.db.read().await?, id, now).await?.map(|opened| opened.by))
}

/// Everything that is stored about the person, as JSON. `named` says what a newsletter is called in addresses.
pub async fn copy_data(
    signup: &Signup,
    id: RequestId,
    named: impl Fn(NewsletterId) -> String,
    act: &Act,
) -> Result<Option<Value>> {
    let mut tx = signup.db.begin().await?;
    let Some(Opened { by, mailbox, all: mine }) = opened(&mut tx, id, act.now).await? else { return Ok(None) };
    let Some(person) = subscribers::get(&mut tx, by.subscriber_id).await? else { return Ok(None) };
    let mut all = Vec::new();
    for subscription in &mine {
        all.push(one_subscription(&mut tx, subscription, &named(subscription.newsletter_id)).await?);
    }
    events::append(&mut tx, act.by(), about(&by), &Event::DataSent).await?;
    tx.commit().await?;
    Ok(Some(json!({
        "email": mailbox.as_str(),
        "name": person.name,
        "known_since": person.created_at,
        "suppressed": by.suppressed,
        "subscriptions": all,
    })))
}

async fn one_subscription(tx: &mut Tx, subscription: &Subscription, newsletter: &str) -> Result<Value> {
    let consents = consents::of_subscription(tx, subscription.id).await?.into_iter().map(|one| {
        json!({ "kind": one.kind, "at": one.at, "wording": one.wording, "network": one.client, "source": one.source,
            "name": one.name, "language": one.language })
    });
    let consents: Vec<_> = consents.collect();
    let requests = requests::of_subscription(tx, subscription.id).await?.into_iter().map(|one| {
        json!({
            "kind": one.kind, "at": one.created_at, "email": one.email.map(|email| email.to_string()),
            "old_email": one.old_email.map(|email| email.to_string()), "done_at": one.done_at, "stopped_at": one.stopped_at,
        })
    });
    let requests: Vec<_> = requests.collect();
    // What the reader may know of an operator is that it was one.
    let mut log = personal::events(tx, subscription.id).await?;
    for entry in &mut log {
        entry.actor = Actor::role(&entry.actor).to_owned();
    }
    Ok(json!({
        "newsletter": newsletter,
        "name": subscription.name,
        "state": subscription.state,
        "language": subscription.language,
        "format": subscription.format,
        "source": subscription.source,
        "asked_at": subscription.created_at,
        "confirmed_at": subscription.confirmed_at,
        "paused_until": subscription.paused_until,
        "left_at": subscription.left_at,
        "ended_by": subscription.ended_by,
        "consents": consents,
        "requests": requests,
        "mails": personal::mails(tx, subscription.id).await?,
        "log": log,
    }))
}

/// Erases the person: address, name, subscriptions, the record of consents, what still waits to be sent. What stays is a
/// keyed hash of the address, so that nobody brings it in again; the reader themselves may come back by the form.
/// `false` when the link is too old, or was used.
pub async fn erase(signup: &Signup, id: RequestId, act: &Act) -> Result<bool> {
    signup
        .db
        .write(async |tx| {
            let Some(Opened { by, mailbox, all }) = opened(tx, id, act.now).await? else { return Ok(false) };
            for subscription in &all {
                marks::keep_requests(tx, subscription.id).await?;
                personal::forget(tx, subscription.id, act.now).await?;
                notices::forget(tx, &signup.keys.address_hash(&subscription.email.key())).await?;
                subscriptions::erase(tx, subscription.id).await?;
                subscribers::drop_if_alone(tx, subscription.subscriber_id).await?;
            }
            let person = person(&signup.keys, &mailbox, None);
            if let Some(left_over) = subscribers::find(tx, &mailbox.key()).await? {
                subscribers::drop_if_alone(tx, left_over.id).await?;
            }
            suppressions::add(tx, &person.address_hash, SuppressionReason::Erased, "", act.by()).await?;
            let about = About { newsletter: Some(by.newsletter_id), ..About::default() };
            events::append(tx, act.by(), about, &Event::ReaderErased).await?;
            Ok(true)
        })
        .await
}

/// What a link opens.
struct Opened {
    /// The subscription by whose link it was asked for.
    by: Subscription,
    /// The mailbox that the link was mailed to.
    mailbox: EmailAddress,
    /// All that this mailbox stands for.
    all: Vec<Subscription>,
}

async fn opened(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<Option<Opened>> {
    let request = requests::get(tx, id).await?.filter(|request| request.kind == RequestKind::Data);
    let Some(request) = request.filter(|request| now.since(request.created_at) <= DATA_FOR) else { return Ok(None) };
    let Some(by) = subscriptions::get(tx, request.subscription_id).await? else { return Ok(None) };
    // Requests from before name no mailbox: they are an hour old at most, and went to the reader.
    let mailbox = request.email.unwrap_or_else(|| by.email.clone());
    let mut all = Vec::new();
    for candidate in candidates(tx, &by, &mailbox, now).await? {
        if rightful(tx, &candidate, now).await?.key() == mailbox.key() {
            all.push(candidate);
        }
    }
    // A change was stopped since, or made: the mailbox stands for this subscription no more.
    Ok(all.iter().any(|one| one.id == by.id).then_some(Opened { by, mailbox, all }))
}

/// What a mailbox may stand for: all of the person with that address, and what was moved from it.
async fn candidates(
    tx: &mut Tx,
    by: &Subscription,
    mailbox: &EmailAddress,
    now: Timestamp,
) -> Result<Vec<Subscription>> {
    let mut all = match subscribers::find(tx, &mailbox.key()).await? {
        Some(person) => subscriptions::of_person(tx, person.id).await?,
        None => Vec::new(),
    };
    let moved = requests::moved_from(tx, mailbox, now.minus(UNDO_FOR)).await?;
    for id in moved.into_iter().chain([by.id]) {
        if all.iter().all(|known| known.id != id) {
            all.extend(subscriptions::get(tx, id).await?);
        }
    }
    Ok(all)
}

fn about(subscription: &Subscription) -> About {
    About { newsletter: Some(subscription.newsletter_id), subscription: Some(subscription.id), ..About::default() }
}
