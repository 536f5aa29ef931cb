//! A reader sees and erases what is stored about them. Only behind a fresh mail: who holds a forwarded issue gets neither.

use std::time::Duration;

use serde_json::{Value, json};

use super::letters::{Letter, post};
use super::{Act, Door, Signup};
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::domain::subscriber::RequestKind;
use crate::domain::suppression::SuppressionReason;
use crate::domain::{NewsletterId, RequestId, SubscriptionId};
use crate::store::events::About;
use crate::store::requests::NewRequest;
use crate::store::subscriptions::Subscription;
use crate::store::{Result, Tx, consents, events, personal, requests, subscribers, subscriptions, suppressions};

/// How long the link in the mail works: it opens everything, so not for long.
pub const DATA_FOR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How many such mails a subscription gets in a day.
const MAILS_PER_DAY: i64 = 3;

/// Sends the reader a link to what is stored about them. The answer is the same when it was asked for too often.
pub async fn ask_data(signup: &Signup, door: &Door, id: SubscriptionId, act: &Act) -> Result<()> {
    signup
        .db
        .write(async |tx| {
            let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(()) };
            if requests::count(tx, id, RequestKind::Data, act.now.minus(DAY)).await? >= MAILS_PER_DAY {
                return Ok(());
            }
            let asked = NewRequest { subscription: id, kind: RequestKind::Data, addresses: None };
            let request = requests::add(tx, &asked, act.now).await?;
            events::append(tx, act.by(), about(&subscription), &Event::DataAsked).await?;
            post(tx, door, Letter::Data, &subscription, Some((&subscription.email, request)), act.now).await?;
            Ok(())
        })
        .await
}

/// Whose data a link opens; none when it is too old, or was used for the end.
pub async fn look_data(signup: &Signup, id: RequestId, now: Timestamp) -> Result<Option<Subscription>> {
    opened(&mut signup.db.read().await?, id, now).await
}

/// Everything that is stored about the person, as JSON. `named` says what a newsletter is called in addresses.
pub async fn copy_data(
    signup: &Signup,
    id: RequestId,
    named: impl Fn(NewsletterId) -> String,
    act: &Act,
) -> Result<Option<Value>> {
    let mut tx = signup.db.begin().await?;
    let Some(one) = opened(&mut tx, id, act.now).await? else { return Ok(None) };
    let Some(person) = subscribers::get(&mut tx, one.subscriber_id).await? else { return Ok(None) };
    let mut all = Vec::new();
    for subscription in subscriptions::of_person(&mut tx, person.id).await? {
        all.push(one_subscription(&mut tx, &subscription, &named(subscription.newsletter_id)).await?);
    }
    events::append(&mut tx, act.by(), about(&one), &Event::DataSent).await?;
    tx.commit().await?;
    Ok(Some(json!({
        "email": person.email.as_str(),
        "name": person.name,
        "known_since": person.created_at,
        "suppressed": one.suppressed,
        "subscriptions": all,
    })))
}

async fn one_subscription(tx: &mut Tx, subscription: &Subscription, newsletter: &str) -> Result<Value> {
    let consents = consents::of_subscription(tx, subscription.id).await?.into_iter().map(|one| {
        json!({ "kind": one.kind, "at": one.at, "wording": one.wording, "network": one.client, "source": one.source })
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
        "state": subscription.state,
        "language": subscription.language,
        "format": subscription.format,
        "source": subscription.source,
        "asked_at": subscription.created_at,
        "confirmed_at": subscription.confirmed_at,
        "paused_until": subscription.paused_until,
        "left_at": subscription.left_at,
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
            let Some(one) = opened(tx, id, act.now).await? else { return Ok(false) };
            for subscription in subscriptions::of_person(tx, one.subscriber_id).await? {
                personal::forget(tx, subscription.id, act.now).await?;
            }
            let hash = signup.keys.address_hash(&one.email.key());
            suppressions::add(tx, &hash, SuppressionReason::Erased, "", act.by()).await?;
            subscribers::erase(tx, one.subscriber_id).await?;
            let about = About { newsletter: Some(one.newsletter_id), ..About::default() };
            events::append(tx, act.by(), about, &Event::ReaderErased).await?;
            Ok(true)
        })
        .await
}

async fn opened(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<Option<Subscription>> {
    let request = requests::get(tx, id).await?.filter(|request| request.kind == RequestKind::Data);
    let Some(request) = request.filter(|request| now.since(request.created_at) <= DATA_FOR) else { return Ok(None) };
    subscriptions::get(tx, request.subscription_id).await
}

fn about(subscription: &Subscription) -> About {
    About { newsletter: Some(subscription.newsletter_id), subscription: Some(subscription.id), ..About::default() }
}
