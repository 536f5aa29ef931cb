//! A reader takes back that they left, within a day, and may say why they had. Only who pressed the button can: the link
//! stands on the page behind it and in no mail.

use std::time::Duration;

use super::ActionContext;
use crate::clock::{DAY, Timestamp};
use crate::domain::ConsentId;
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::domain::subscriber::{SubscriptionState, Why};
use crate::store::events::About;
use crate::store::subscriptions::Subscription;
use crate::store::{Db, Result, Tx, consents, events, personal, subscriptions};

/// How long a leaving can be taken back: a slip is noticed the same day.
pub const RETURN_FOR: Duration = DAY;

/// What the link behind the button leads to.
#[derive(Clone, Debug)]
pub enum UndoStatus {
    /// The reader has left, and can take it back.
    Fresh(Subscription),
    /// They have left; there is nothing to take back any more, or never was.
    Final(Subscription),
    Back(Subscription),
    /// There is no such reader.
    Unknown,
}

/// How a leaving stands. Changes nothing.
pub async fn undo_status(db: &Db, withdrawn: ConsentId, now: Timestamp) -> Result<UndoStatus> {
    standing(&mut db.read().await?, withdrawn, now).await
}

/// Takes a leaving back: the reader is what they were. Idempotent.
pub async fn undo_unsubscribe(db: &Db, withdrawn: ConsentId, act: &ActionContext) -> Result<UndoStatus> {
    db.write(async |tx| {
        let subscription = match standing(tx, withdrawn, act.now).await? {
            UndoStatus::Fresh(subscription) => subscription,
            other => return Ok(other),
        };
        let entry = act.entry(ConsentKind::Returned, &Event::SubscriptionReturned);
        if !subscriptions::take_back(tx, subscription.id, &entry).await? {
            return standing(tx, withdrawn, act.now).await;
        }
        Ok(subscriptions::get(tx, subscription.id).await?.map_or(UndoStatus::Unknown, UndoStatus::Back))
    })
    .await
}

/// Notes why a reader left, once for each leaving.
pub async fn record_reason(db: &Db, withdrawn: ConsentId, why: Why, act: &ActionContext) -> Result<()> {
    db.write(async |tx| {
        let (UndoStatus::Fresh(subscription) | UndoStatus::Final(subscription)) =
            standing(tx, withdrawn, act.now).await?
        else {
            return Ok(());
        };
        let Some(since) = subscription.left_at else { return Ok(()) };
        let event = Event::SubscriptionReason { reason: why };
        if personal::has_event(tx, subscription.id, event.kind(), since).await? {
            return Ok(());
        }
        let about = About {
            newsletter: Some(subscription.newsletter_id),
            subscription: Some(subscription.id),
            ..About::default()
        };
        events::append(tx, act.by(), about, &event).await
    })
    .await
}

async fn standing(tx: &mut Tx, withdrawn: ConsentId, now: Timestamp) -> Result<UndoStatus> {
    let consent = consents::get(tx, withdrawn).await?.filter(|consent| consent.kind == ConsentKind::Withdrawn);
    let Some(consent) = consent else { return Ok(UndoStatus::Unknown) };
    let Some(subscription) = subscriptions::get(tx, consent.subscription_id).await? else {
        return Ok(UndoStatus::Unknown);
    };
    if subscription.state != SubscriptionState::Unsubscribed {
        return Ok(UndoStatus::Back(subscription));
    }
    let latest = consents::latest(tx, subscription.id, ConsentKind::Withdrawn).await?;
    let is_latest = latest.is_some_and(|latest| latest.id == withdrawn);
    let was_reader = subscription.left_from.is_some_and(SubscriptionState::is_reader);
    let fresh = is_latest && was_reader && now.since(consent.at) <= RETURN_FOR && subscription.suppressed.is_none();
    Ok(if fresh { UndoStatus::Fresh(subscription) } else { UndoStatus::Final(subscription) })
}
