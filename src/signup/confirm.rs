//! A reader confirms: the double opt-in's second half. A compare-and-set, idempotent; never brings back who left.

use std::time::Duration;

use super::{ActionContext, person};
use crate::clock::{DAY, Timestamp};
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::Event;
use crate::domain::subscriber::SubscriptionState;
use crate::domain::suppression::SuppressionReason;
use crate::domain::{ConsentId, RevisionId};
use crate::store::consents::ConsentDetails;
use crate::store::deliveries::NewDelivery;
use crate::store::history::{self, HistoryEntry};
use crate::store::subscriptions::Subscription;
use crate::store::{Db, Result, Tx, choices, consents, deliveries, limits, subscribers, subscriptions, suppressions};
use crate::token::Keyring;

/// How long a confirmation link works: long enough for a holiday's mail, short enough that a forgotten request is not
/// confirmed by accident months later.
pub const CONFIRM_FOR: Duration = DAY.saturating_mul(7);

/// What a confirmation link leads to.
#[derive(Clone, Debug)]
pub enum Confirmation {
    /// It can be confirmed; after [`confirm`]: it was, now.
    Fresh(Subscription),
    Already(Subscription),
    /// The link is too old, or the reader has left since, or the address must not be mailed.
    Stale(Subscription),
    /// There is no such request.
    Unknown,
}

/// What confirming would do now. Changes nothing.
pub async fn look(db: &Db, asked: ConsentId, now: Timestamp) -> Result<Confirmation> {
    standing(&mut db.read().await?, asked, now).await
}

/// Confirms the subscription that was asked for. Queues `welcome`, if there is one: once for each time that they
/// confirm, since only what makes them a reader adds it.
pub async fn confirm(
    db: &Db,
    keys: &Keyring,
    asked: ConsentId,
    welcome: Option<RevisionId>,
    act: &ActionContext,
) -> Result<Confirmation> {
    db.write(async |tx| {
        let subscription = match standing(tx, asked, act.now).await? {
            Confirmation::Fresh(subscription) => subscription,
            other => return Ok(other),
        };
        let entry = act.entry(ConsentKind::Confirmed, &Event::SubscriptionConfirmed);
        if subscription.state != SubscriptionState::Pending {
            // Mail to them came back, long ago; they are a reader still.
            let (newsletter, subscription) = (subscription.newsletter_id, subscription.id);
            history::write_down(tx, &[HistoryEntry { newsletter, subscription, entry }]).await?;
        } else if !subscriptions::activate(tx, subscription.id, &entry).await? {
            // Someone was faster: say what they made of it.
            return Ok(match standing(tx, asked, act.now).await? {
                Confirmation::Fresh(subscription) => Confirmation::Stale(subscription),
                other => other,
            });
        }
        if subscription.suppressed.is_some() {
            // They had had everything erased, or mail to them came back; they come back by their own word.
            suppressions::remove_of(tx, &person(keys, &subscription.email, None), act.by()).await?;
        }
        let subscription = take_answers(tx, asked, subscription).await?;
        limits::forgive(tx, &keys.address_hash(&subscription.email.mailbox_key()), subscription.newsletter_id).await?;
        deliveries::supersede(tx, subscription.id, DeliveryKind::Confirmation, act.now).await?;
        if let Some(revision) = welcome {
            deliveries::supersede(tx, subscription.id, DeliveryKind::Welcome, act.now).await?;
            let subscription = Some(subscription.id);
            let new = NewDelivery { subscription, recipient: None, request: None, revision, due_at: act.now };
            deliveries::add(tx, &new).await?;
        }
        let state = match subscription.state {
            SubscriptionState::Paused => SubscriptionState::Paused,
            _ => SubscriptionState::Active,
        };
        Ok(Confirmation::Fresh(Subscription { state, confirmed_at: Some(act.now), suppressed: None, ..subscription }))
    })
    .await
}

/// What was typed with the question becomes so: whoever has the mail has the mailbox that it was sent to. A name counts
/// for who has none yet: who confirmed before has said what they are called.
async fn take_answers(tx: &mut Tx, asked: ConsentId, subscription: Subscription) -> Result<Subscription> {
    let Some(question) = consents::get(tx, asked).await? else { return Ok(subscription) };
    if let Some(spelling) = &question.spelling {
        subscribers::respell(tx, subscription.subscriber_id, spelling).await?;
    }
    if let Some(name) = &question.name {
        subscribers::name_first(tx, subscription.subscriber_id, name).await?;
    }
    let typed =
        ConsentDetails { spelling: None, name: question.name.as_deref(), language: question.language.as_deref() };
    choices::take_answers(tx, subscription.id, &typed, &question.source).await?;
    Ok(subscriptions::get(tx, subscription.id).await?.unwrap_or(subscription))
}

async fn standing(tx: &mut Tx, asked: ConsentId, now: Timestamp) -> Result<Confirmation> {
    let Some(consent) = consents::get(tx, asked).await?.filter(|consent| consent.kind == ConsentKind::Asked) else {
        return Ok(Confirmation::Unknown);
    };
    let Some(subscription) = subscriptions::get(tx, consent.subscription_id).await? else {
        return Ok(Confirmation::Unknown);
    };
    Ok(match subscription.state {
        _ if subscription.suppressed.is_some_and(|reason| !reason.lets_ask()) => Confirmation::Stale(subscription),
        SubscriptionState::Active | SubscriptionState::Paused
            if subscription.suppressed == Some(SuppressionReason::Probation)
                && now.since(consent.at) <= CONFIRM_FOR =>
        {
            Confirmation::Fresh(subscription)
        }
        SubscriptionState::Active | SubscriptionState::Paused => Confirmation::Already(subscription),
        SubscriptionState::Unsubscribed => Confirmation::Stale(subscription),
        SubscriptionState::Pending => {
            let withdrawn = consents::latest(tx, subscription.id, ConsentKind::Withdrawn).await?;
            let overtaken = withdrawn.is_some_and(|withdrawn| withdrawn.id > asked);
            if overtaken || now.since(consent.at) > CONFIRM_FOR {
                Confirmation::Stale(subscription)
            } else {
                // The question's language, for as long as it is open.
                let language = consent.language.or_else(|| subscription.language.clone());
                Confirmation::Fresh(Subscription { language, ..subscription })
            }
        }
    })
}
