//! What an operator does to single readers. Never brings back who left: only they themselves can. What an operator ended,
//! by a command or a list, an operator may take back.

use super::limits::asked;
use super::{ActionContext, person};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::Event;
use crate::domain::subscriber::{AskedBy, EndedBy, SubscriptionState};
use crate::domain::suppression::SuppressionReason;
use crate::domain::{NewsletterId, SubscriptionId};
use crate::store::limits::Asker;
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::NewSubscription;
use crate::store::{Db, Result, Tx, consents, deliveries, departed, limits, subscribers, subscriptions, suppressions};
use crate::token::Keyring;

/// A reader whom an operator enters, and answers for.
#[derive(Clone, Debug)]
pub struct NewReader {
    pub email: EmailAddress,
    /// What they are called, cleaned.
    pub name: Option<String>,
    /// The language they chose, BCP 47.
    pub language: Option<String>,
}

/// What adding a reader did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    Active(SubscriptionId),
    /// The same; an end that was not theirs is taken back.
    Back(SubscriptionId, EndedBy),
    /// They had a subscription, which stays as it is.
    Known(SubscriptionState),
    /// They left; only they themselves can come back.
    Left(Option<Timestamp>),
    /// Their mailbox said "not me": until they take that back, nobody signs them up.
    Refused,
    /// The address must not be mailed.
    Suppressed(SuppressionReason),
}

/// Enters a reader as active, at an operator's word that they agreed.
pub async fn add(
    db: &Db,
    keys: &Keyring,
    newsletter: NewsletterId,
    reader: &NewReader,
    act: &ActionContext,
) -> Result<Added> {
    let new = person(keys, &reader.email, reader.name.as_deref());
    db.write(async |tx| {
        if let Some(kept_out) = kept_out(tx, newsletter, &new, act.now).await? {
            return Ok(kept_out);
        }
        let departed = departed::find(tx, newsletter, &new).await?;
        let subscriber = subscribers::ensure(tx, &new, act.now).await?.id;
        let language = reader.language.as_deref();
        let new = NewSubscription { newsletter, subscriber, language, source: &act.source };
        let found = subscriptions::ensure(tx, &new, act.now).await?;
        let is_theirs = found.ended_by.is_none_or(EndedBy::is_the_readers);
        let entry = act.entry(ConsentKind::Added, &Event::SubscriptionAdded);
        match found.state {
            SubscriptionState::Active | SubscriptionState::Paused => return Ok(Added::Known(found.state)),
            SubscriptionState::Unsubscribed => {
                if !subscriptions::readmit(tx, found.id, &entry).await? {
                    return Ok(Added::Left(found.left_at));
                }
            }
            SubscriptionState::Pending => {
                // A person who left and then asked again, or was asked for by a stranger, has not come back yet.
                let withdrawn = consents::latest(tx, found.id, ConsentKind::Withdrawn).await?;
                if let Some(withdrawn) = withdrawn.filter(|_| is_theirs) {
                    return Ok(Added::Left(Some(withdrawn.at)));
                }
                subscriptions::activate(tx, found.id, &entry).await?;
            }
        }
        deliveries::supersede(tx, found.id, DeliveryKind::Confirmation, act.now).await?;
        let ended_by = found.ended_by.or(departed.and_then(|departed| departed.ended_by));
        Ok(ended_by.map_or(Added::Active(found.id), |by| Added::Back(found.id, by)))
    })
    .await
}

/// What keeps an address out, whoever brings it: nothing of it is to be stored. A reader stays as they are.
async fn kept_out(tx: &mut Tx, newsletter: NewsletterId, new: &NewSubscriber, now: Timestamp) -> Result<Option<Added>> {
    let known = subscriptions::find(tx, newsletter, &new.email.key()).await?;
    if let Some(reason) = suppressions::reason_of(tx, new).await? {
        return Ok(Some(Added::Suppressed(reason)));
    }
    if known.as_ref().is_some_and(|known| known.state.is_reader()) {
        return Ok(None);
    }
    let asker = Asker { person: new, newsletter, by: AskedBy::Form };
    let standing = limits::standing(tx, &asked(asker, now), now).await?;
    let departed = departed::find(tx, newsletter, new).await?.filter(departed::Departed::is_the_readers);
    Ok(match departed {
        Some(departed) if known.is_none() => Some(Added::Left(Some(departed.at))),
        _ if standing.refused => Some(Added::Refused),
        _ => None,
    })
}

/// Ends the subscription of an address. It is the operator's act: [`add`] takes it back. `None` when they have none.
pub async fn remove(
    db: &Db,
    newsletter: NewsletterId,
    email: &EmailAddress,
    act: &ActionContext,
) -> Result<Option<super::UnsubscribeOutcome>> {
    let found = subscriptions::find(&mut db.read().await?, newsletter, &email.key()).await?;
    match found {
        Some(subscription) => super::leave(db, subscription.id, act).await.map(Some),
        None => Ok(None),
    }
}

/// Puts an address on the suppression list, known or not. `false` when it was there.
pub async fn suppress(
    db: &Db,
    keys: &Keyring,
    email: &EmailAddress,
    reason: SuppressionReason,
    note: &str,
    act: &ActionContext,
) -> Result<bool> {
    let person = person(keys, email, None);
    db.write(async |tx| {
        let added = suppressions::add(tx, &person.address_hash, reason, note, act.by()).await?;
        suppressions::note_mailbox(tx, &person.address_hash, &person.quota_hash).await?;
        Ok(added)
    })
    .await
}

/// Takes an address off the suppression list. `false` when it was not there.
pub async fn unsuppress(db: &Db, keys: &Keyring, email: &EmailAddress, act: &ActionContext) -> Result<bool> {
    let person = person(keys, email, None);
    db.write(async |tx| suppressions::remove_of(tx, &person, act.by()).await).await
}
