//! A reader changes what they get: a rest, its end, another name. A rest that is over ends by itself.

use std::time::Duration;

use super::{Act, record};
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::consent::ConsentKind;
use crate::domain::subscriber::{Format, SubscriptionState};
use crate::store::events::About;
use crate::store::subscriptions::Subscription;
use crate::store::{Db, Result, StoreError, events, subscribers, subscriptions};

/// How many rests are ended in one transaction.
const RESTED_MAX: i64 = 200;

/// How long a rest is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Four weeks: four issues.
    FourWeeks,
    /// Thirteen weeks.
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
pub async fn pause(db: &Db, id: SubscriptionId, rest: Rest, act: &Act) -> Result<Option<Subscription>> {
    db.write(async |tx| {
        if !subscriptions::pause(tx, id, rest.until(act.now)).await? {
            return Ok(None);
        }
        let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(None) };
        record(tx, act, ConsentKind::Paused, "subscription.paused", subscription.newsletter_id, id).await?;
        Ok(Some(subscription))
    })
    .await
}

/// Ends a rest. Idempotent: who is active stays so. `None` when the reader never confirmed, has left, or is unknown.
pub async fn resume(db: &Db, id: SubscriptionId, act: &Act) -> Result<Option<Subscription>> {
    db.write(async |tx| {
        let changed = subscriptions::resume(tx, id).await?;
        let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(None) };
        if changed {
            record(tx, act, ConsentKind::Resumed, "subscription.resumed", subscription.newsletter_id, id).await?;
        }
        Ok(Some(subscription).filter(|subscription| subscription.state == SubscriptionState::Active))
    })
    .await
}

/// Gives the reader another name, or none. `None` when there is no such reader.
pub async fn rename(db: &Db, id: SubscriptionId, name: Option<&str>) -> Result<Option<Subscription>> {
    db.write(async |tx| {
        let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(None) };
        subscribers::rename(tx, subscription.subscriber_id, name).await?;
        Ok(Some(Subscription { name: name.map(str::to_owned), ..subscription }))
    })
    .await
}

/// Sets in which language and how the reader wants what is sent. `None` when there is no such reader.
pub async fn choose(
    db: &Db,
    id: SubscriptionId,
    language: Option<&str>,
    format: Format,
    act: &Act,
) -> Result<Option<Subscription>> {
    db.write(async |tx| {
        if !subscriptions::choose(tx, id, language, format).await? {
            return Ok(None);
        }
        let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(None) };
        let about = About { newsletter: Some(subscription.newsletter_id), subscription: Some(id), ..About::default() };
        events::append(tx, act.now, "subscription.chosen", act.actor, about, "{}").await?;
        Ok(Some(subscription))
    })
    .await
}

/// Ends every rest whose time is over; called each minute. Returns how many.
pub async fn resume_due(db: &Db, now: Timestamp) -> Result<u64> {
    let act = Act { actor: "schedule", source: "rest over".to_owned(), wording: "", client: None, now };
    let mut ended = 0;
    loop {
        let batch = db
            .write(async |tx| {
                let rested = subscriptions::rested(tx, now, RESTED_MAX).await?;
                for (id, newsletter) in &rested {
                    if subscriptions::resume(tx, *id).await? {
                        record(tx, &act, ConsentKind::Resumed, "subscription.resumed", *newsletter, *id).await?;
                        ended += 1;
                    }
                }
                Ok::<_, StoreError>(rested.len() as i64)
            })
            .await?;
        if batch < RESTED_MAX {
            return Ok(ended);
        }
    }
}
