//! A reader leaves. Idempotent; works from every state, for ever, and never fails for want of a row.

use super::{ActionContext, person};
use crate::domain::SubscriptionId;
use crate::domain::actor::Actor;
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::domain::suppression::SuppressionReason;
use crate::store::subscriptions::Subscription;
use crate::store::{Db, Result, Tx, subscriptions, suppressions};
use crate::token::Keyring;

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
        match end(tx, id, false, act).await? {
            true => Ok(UnsubscribeOutcome::Left(subscription)),
            false => Ok(UnsubscribeOutcome::Already(subscription)),
        }
    })
    .await
}

/// Ends a subscription in the transaction that keeps the email that says so. `complains`: the reader called an email
/// unwanted. `false` when it had ended, or there is none.
pub async fn leave_by_mail(tx: &mut Tx, id: SubscriptionId, complains: bool, act: &ActionContext) -> Result<bool> {
    end(tx, id, complains, act).await
}

/// Ends every subscription of a reader who called an email unwanted, and suppresses the address, in the transaction that keeps
/// the word of the provider who says so.
pub async fn leave_all_by_complaint(
    tx: &mut Tx,
    keys: &Keyring,
    id: SubscriptionId,
    note: &str,
    act: &ActionContext,
) -> Result<()> {
    let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(()) };
    for one in subscriptions::of_person(tx, subscription.subscriber_id).await? {
        end(tx, one.id, true, act).await?;
    }
    let person = person(keys, &subscription.email, None);
    suppressions::add(tx, &person.address_hash, SuppressionReason::Complaint, note, act.by()).await?;
    suppressions::note_mailbox(tx, &person.address_hash, &person.quota_hash).await?;
    Ok(())
}

async fn end(tx: &mut Tx, id: SubscriptionId, complains: bool, act: &ActionContext) -> Result<bool> {
    let entry = act.entry(ConsentKind::Withdrawn, &Event::SubscriptionUnsubscribed);
    let has_ended = match complains {
        true => subscriptions::complain(tx, id, &entry).await?,
        false => subscriptions::unsubscribe(tx, id, &entry).await?,
    };
    // Whom an operator or a list had taken out, and who leaves as well, is not to be brought back by them.
    if !has_ended && act.actor == Actor::Reader {
        subscriptions::make_own(tx, id, &entry).await?;
    }
    Ok(has_ended)
}
