//! A reader changes what they get: a rest, its end, another name. A rest that is over ends by itself.

use std::time::Duration;

use super::ActionContext;
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::actor::Actor;
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::domain::subscriber::{Format, SubscriptionState};
use crate::store::events::About;
use crate::store::subscriptions::Subscription;
use crate::store::{Db, Result, choices, events, pauses, subscriptions};

/// How many pauses are ended in one transaction.
const PAUSES_MAX: i64 = 200;

/// How long a rest is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Four weeks: four issues.
    FourWeeks,
    ThreeMonths,
    /// Until a moment.
    Until(Timestamp),
    /// Until the reader says so.
    Open,
}

impl Rest {
    /// When a rest that begins now ends by itself.
    pub fn until(self, now: Timestamp) -> Option<Timestamp> {
        const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
        match self {
            Self::FourWeeks => Some(now.plus(4 * WEEK)),
            Self::ThreeMonths => Some(now.plus(13 * WEEK)),
            Self::Until(moment) => Some(moment),
            Self::Open => None,
        }
    }
}

/// Begins a rest, or changes when it ends. `None` when the subscription is neither active nor paused.
pub async fn pause(db: &Db, id: SubscriptionId, rest: Rest, act: &ActionContext) -> Result<Option<Subscription>> {
    db.write(async |tx| {
        let entry = act.entry(ConsentKind::Paused, &Event::SubscriptionPaused);
        match subscriptions::pause(tx, id, rest.until(act.now), &entry).await? {
            true => subscriptions::get(tx, id).await,
            false => Ok(None),
        }
    })
    .await
}

/// Ends a rest. Idempotent: who is active stays so. `None` when the reader never confirmed, has left, or is unknown.
pub async fn resume(db: &Db, id: SubscriptionId, act: &ActionContext) -> Result<Option<Subscription>> {
    db.write(async |tx| {
        subscriptions::resume(tx, id, &act.entry(ConsentKind::Resumed, &Event::SubscriptionResumed)).await?;
        let subscription = subscriptions::get(tx, id).await?;
        Ok(subscription.filter(|subscription| subscription.state == SubscriptionState::Active))
    })
    .await
}

/// Says what this newsletter is to call the reader, if anything: a link of one newsletter has no power over another.
/// `None` when nobody reads it by this number.
pub async fn rename(
    db: &Db,
    id: SubscriptionId,
    name: Option<&str>,
    act: &ActionContext,
) -> Result<Option<Subscription>> {
    db.write(async |tx| {
        if !choices::rename(tx, id, name).await? {
            return Ok(None);
        }
        let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(None) };
        let about = About { newsletter: Some(subscription.newsletter_id), subscription: Some(id), ..About::default() };
        events::append(tx, act.by(), about, &Event::SubscriptionRenamed).await?;
        Ok(Some(subscription))
    })
    .await
}

/// Sets in which language and how the reader wants what is sent. `None` when there is no such reader.
pub async fn choose(
    db: &Db,
    id: SubscriptionId,
    language: Option<&str>,
    format: Format,
    act: &ActionContext,
) -> Result<Option<Subscription>> {
    db.write(async |tx| {
        if !choices::choose(tx, id, language, format).await? {
            return Ok(None);
        }
        let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(None) };
        let about = About { newsletter: Some(subscription.newsletter_id), subscription: Some(id), ..About::default() };
        events::append(tx, act.by(), about, &Event::SubscriptionChosen).await?;
        Ok(Some(subscription))
    })
    .await
}

/// Ends every rest whose time is over; called each minute. Returns how many.
pub async fn resume_due(db: &Db, now: Timestamp) -> Result<u64> {
    let mut ended = 0;
    loop {
        let batch = db.write(async |tx| pauses::end(tx, None, PAUSES_MAX, Actor::scheduler(now)).await).await?;
        ended += batch;
        if batch < PAUSES_MAX.unsigned_abs() {
            return Ok(ended);
        }
    }
}
