//! A reader leaves. Idempotent; works from every state, for ever, and never fails for want of a row.

use super::ActionContext;
use crate::domain::SubscriptionId;
use crate::domain::actor::Actor;
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::store::subscriptions::Subscription;
use crate::store::{Db, Result, subscriptions};

#[derive(Clone, Debug)]
pub enum UnsubscribeOutcome {
    /// The reader has left, now.
    Left(Subscription),
    Already(Subscription),
    /// There is no such reader (any more): nothing to do.
    Unknown,
}

/// Ends a subscription, as the act of whoever does it. Mail that is not on the wire when this returns is never sent: the engine looks again in the
/// statement that commits a take-off.
pub async fn leave(db: &Db, id: SubscriptionId, act: &ActionContext) -> Result<UnsubscribeOutcome> {
    db.write(async |tx| {
        let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(UnsubscribeOutcome::Unknown) };
        let entry = act.entry(ConsentKind::Withdrawn, &Event::SubscriptionUnsubscribed);
        match subscriptions::unsubscribe(tx, id, &entry).await? {
            true => Ok(UnsubscribeOutcome::Left(subscription)),
            false => {
                // Whom an operator or a list had taken out, and who leaves as well, is not to be brought back by them.
                if act.actor == Actor::Reader {
                    subscriptions::make_own(tx, id, &entry).await?;
                }
                Ok(UnsubscribeOutcome::Already(subscription))
            }
        }
    })
    .await
}
