//! All that is stored about a person, as JSON: for the person, and for an operator who answers for them (GDPR 15). It is
//! made from the one list of parts, so that none is forgotten.

use serde_json::{Map, Value, json};

use super::person;
use crate::domain::NewsletterId;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::store::personal::{self, Hanging, Part};
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::Subscription;
use crate::store::{Result, Tx, consents, departed, requests, subscribers};
use crate::token::Keyring;

/// What newsletters are called in addresses.
struct Names(Vec<(NewsletterId, String)>);

impl Names {
    fn of(&self, id: NewsletterId) -> &str {
        self.0.iter().find(|(known, _)| *known == id).map_or("", |(_, slug)| slug)
    }
}

/// Everything about whoever has a mailbox, and about the subscriptions that it stands for.
pub(super) async fn of_mailbox(
    tx: &mut Tx,
    keys: &Keyring,
    mailbox: &EmailAddress,
    mine: &[Subscription],
) -> Result<Value> {
    let who = person(keys, mailbox, None);
    let names = Names(personal::newsletters(tx).await?);
    let mut copy = Map::new();
    copy.insert("email".to_owned(), mailbox.as_str().into());
    for part in Part::ALL {
        copy.insert(part.as_str().to_owned(), of_person(tx, *part, &who, mine, &names).await?);
    }
    Ok(Value::Object(copy))
}

async fn of_person(
    tx: &mut Tx,
    part: Part,
    who: &NewSubscriber,
    mine: &[Subscription],
    names: &Names,
) -> Result<Value> {
    Ok(match part {
        Part::Person => stored(tx, who, mine).await?,
        Part::Subscriptions => {
            let mut all = Vec::new();
            for subscription in mine {
                all.push(of_subscription(tx, subscription, names.of(subscription.newsletter_id)).await?);
            }
            all.into()
        }
        Part::Suppressions => json!(personal::suppressed(tx, who).await?),
        Part::Refusals => list(personal::refused_until(tx, who).await?, |until| json!({ "until": until })),
        Part::AskedMails => list(personal::asked_mails(tx, who).await?, |at| json!({ "at": at })),
        Part::Departed => list(
            departed::of_person(tx, who).await?,
            |one| json!({ "newsletter": names.of(one.newsletter_id), "ended_by": one.ended_by, "at": one.at }),
        ),
        Part::PastConsents => list(departed::consents_of_person(tx, who).await?, |one| {
            json!({
                "newsletter": names.of(one.newsletter_id), "kind": one.kind, "at": one.at, "wording": one.wording,
                "network": one.client, "source": one.source, "ended_at": one.ended_at,
            })
        }),
    })
}

/// The rows of the person under this address, and of whoever else has what this mailbox stands for.
async fn stored(tx: &mut Tx, who: &NewSubscriber, mine: &[Subscription]) -> Result<Value> {
    let mut all = Vec::from_iter(subscribers::find(tx, &who.email.key()).await?);
    for subscription in mine {
        if all.iter().all(|known| known.id != subscription.subscriber_id) {
            all.extend(subscribers::get(tx, subscription.subscriber_id).await?);
        }
    }
    Ok(list(all, |one| json!({ "email": one.email.as_str(), "name": one.name, "known_since": one.created_at })))
}

/// One subscription, and what hangs on it.
async fn of_subscription(tx: &mut Tx, subscription: &Subscription, newsletter: &str) -> Result<Value> {
    let mut copy = json!({
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
        "left_from": subscription.left_from,
        "ended_by": subscription.ended_by,
    });
    for part in Hanging::ALL {
        copy[part.as_str()] = hanging(tx, *part, subscription).await?;
    }
    Ok(copy)
}

async fn hanging(tx: &mut Tx, part: Hanging, of: &Subscription) -> Result<Value> {
    Ok(match part {
        Hanging::Consents => list(consents::of_subscription(tx, of.id).await?, |one| {
            json!({
                "kind": one.kind, "at": one.at, "wording": one.wording, "network": one.client, "source": one.source,
                "name": one.name, "language": one.language, "spelling": one.spelling.map(|email| email.to_string()),
            })
        }),
        Hanging::Requests => list(requests::of_subscription(tx, of.id).await?, |one| {
            json!({
                "kind": one.kind, "at": one.created_at, "email": one.email.map(|email| email.to_string()),
                "old_email": one.old_email.map(|email| email.to_string()), "done_at": one.done_at,
                "stopped_at": one.stopped_at,
            })
        }),
        Hanging::Mails => json!(personal::mails(tx, of.id).await?),
        Hanging::Missed => json!(personal::missed(tx, of.id).await?),
        Hanging::Log => {
            let mut log = personal::events(tx, of.id).await?;
            // What the reader may know of an operator is that it was one.
            for entry in &mut log {
                entry.actor = Actor::role(&entry.actor).to_owned();
            }
            json!(log)
        }
        Hanging::Notices => json!(personal::came_back(tx, of.id).await?),
        Hanging::Imports => json!(personal::imported_by(tx, of.id).await?),
    })
}

fn list<T>(all: impl IntoIterator<Item = T>, value: impl FnMut(T) -> Value) -> Value {
    Value::from_iter(all.into_iter().map(value))
}
