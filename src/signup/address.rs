//! A reader moves to another address: confirmed there, told to the old one, which can stop it. Nothing changes before.
//!
//! Who holds a forwarded mail can ask, too. So the old address is told at once, and its link stops the change, or undoes
//! it while the request is kept.

use std::time::Duration;

use super::letters::{Letter, post};
use super::{Act, CONFIRM_FOR, Door, Signup, person};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::domain::subscriber::{RequestKind, SubscriptionState};
use crate::domain::{RequestId, SubscriptionId};
use crate::store::events::About;
use crate::store::limits::Asked;
use crate::store::requests::{NewRequest, Request};
use crate::store::subscribers::{NewSubscriber, Subscriber};
use crate::store::subscriptions::Subscription;
use crate::store::{Result, Tx, events, limits, requests, subscribers, subscriptions, suppressions};

const DAY: Duration = Duration::from_secs(24 * 3600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);
/// How often a day a subscription may be asked to move: each time two mails go out.
const MOVES_PER_DAY: i64 = 3;

/// What a link about another address leads to.
#[derive(Clone, Debug)]
pub enum Move {
    /// It can be confirmed, or stopped; after that: it was, now.
    Fresh(Subscription),
    /// It was before.
    Already(Subscription),
    /// Too old, or stopped, or overtaken by something else.
    Stale(Subscription),
    /// There is no such request.
    Unknown,
}

/// Asks for another address. Whatever is known of that address, and whether the limits are reached: the answer is the
/// same. `false` when the subscription cannot move: never confirmed, left, unknown.
pub async fn ask_address(
    signup: &Signup,
    door: &Door,
    id: SubscriptionId,
    email: &EmailAddress,
    act: &Act,
) -> Result<bool> {
    let new = person(&signup.keys, email, None);
    let tag = signup.keys.address_tag(&email.key()).cast_signed();
    signup
        .db
        .write(async |tx| {
            subscribers::lock_mailbox(tx, &new.quota_hash).await?;
            let Some(subscription) = subscriptions::get(tx, id).await?.filter(is_reader) else { return Ok(false) };
            if subscription.email.key() == email.key()
                || !may_ask(tx, signup, &subscription, &new, tag, act.now).await?
            {
                return Ok(true);
            }
            let addresses = Some((email, &subscription.email));
            let asked = NewRequest { subscription: id, kind: RequestKind::Address, addresses };
            let request = requests::add(tx, &asked, act.now).await?;
            events::append(tx, act.by(), about(&subscription), &Event::AddressAsked).await?;
            let sent = post(tx, door, Letter::NewAddress, &subscription, Some((email, request)), act.now).await?;
            limits::add_asked_mail(tx, &new.quota_hash, sent, act.now).await?;
            // To the address of today, even if it is another when the mail goes out.
            let old = Some((&subscription.email, request));
            post(tx, door, Letter::OldAddress, &subscription, old, act.now).await?;
            Ok(true)
        })
        .await
}

async fn may_ask(
    tx: &mut Tx,
    signup: &Signup,
    subscription: &Subscription,
    new: &NewSubscriber,
    tag: i64,
    now: Timestamp,
) -> Result<bool> {
    if requests::count(tx, subscription.id, RequestKind::Address, now.minus(DAY)).await? >= MOVES_PER_DAY
        || suppressions::reason(tx, &new.address_hash).await?.is_some()
    {
        return Ok(false);
    }
    let asked = Asked {
        address_hash: &new.address_hash,
        address_tag: tag,
        quota_hash: &new.quota_hash,
        day: now.minus(DAY),
        month: now.minus(MONTH),
    };
    let standing = limits::standing(tx, &asked, now).await?;
    Ok(!standing.refused
        && standing.day < i64::from(signup.limits.confirmations_per_day)
        && standing.month < i64::from(signup.limits.confirmations_per_month))
}

/// What confirming the new address would do now. Changes nothing.
pub async fn look_address(signup: &Signup, id: RequestId, now: Timestamp) -> Result<Move> {
    let mut tx = signup.db.read().await?;
    Ok(standing(&mut tx, id, now).await?.0)
}

/// Confirms the new address: everything the person subscribes to goes there from now on.
pub async fn confirm_address(signup: &Signup, id: RequestId, act: &Act) -> Result<Move> {
    signup
        .db
        .write(async |tx| {
            let (Move::Fresh(subscription), Some(request)) = standing(tx, id, act.now).await? else {
                return Ok(standing(tx, id, act.now).await?.0);
            };
            let (Some(email), Some(old)) = (&request.email, &request.old_email) else { return Ok(Move::Unknown) };
            let new = person(&signup.keys, email, None);
            if suppressions::reason(tx, &new.address_hash).await?.is_some()
                || !requests::finish(tx, id, act.now).await?
            {
                return Ok(Move::Stale(subscription));
            }
            match subscribers::find(tx, &email.key()).await? {
                Some(known) => join(tx, &subscription, &known, act).await?,
                None => {
                    if !subscribers::readdress(tx, subscription.subscriber_id, &old.key(), &new).await? {
                        return Ok(Move::Stale(subscription));
                    }
                    note_move(tx, &subscription, act).await?;
                }
            }
            let moved = Subscription { email: email.clone(), ..subscription };
            Ok(Move::Fresh(moved))
        })
        .await
}

/// The new address is a reader's already, who has now said that both are one person's. What goes to the old one goes to
/// the new one instead; a newsletter that goes to both goes to the new one alone.
async fn join(tx: &mut Tx, from: &Subscription, to: &Subscriber, act: &Act) -> Result<()> {
    let moved = act.entry(ConsentKind::Moved, &Event::SubscriptionMoved);
    let theirs = subscriptions::of_person(tx, to.id).await?;
    for mine in subscriptions::of_person(tx, from.subscriber_id).await?.into_iter().filter(is_reader) {
        let Some(known) = theirs.iter().find(|known| known.newsletter_id == mine.newsletter_id) else {
            subscriptions::hand_over(tx, mine.id, to.id).await?;
            subscriptions::write_down(tx, mine.newsletter_id, mine.id, &moved).await?;
            continue;
        };
        if !is_reader(known) {
            subscriptions::take_over(tx, known.id, &moved).await?;
        }
        let ended = act.entry(ConsentKind::Withdrawn, &Event::SubscriptionUnsubscribed);
        subscriptions::unsubscribe(tx, mine.id, &ended).await?;
    }
    Ok(())
}

/// Stops a change, from the old address: before it was confirmed, or after, if nobody else is at the old address.
pub async fn stop_address(signup: &Signup, id: RequestId, act: &Act) -> Result<Move> {
    signup
        .db
        .write(async |tx| {
            let Some((request, subscription)) = found(tx, id).await? else { return Ok(Move::Unknown) };
            if !requests::stop(tx, id, act.now).await? {
                return Ok(Move::Already(subscription));
            }
            let (Some(email), Some(old)) = (&request.email, &request.old_email) else { return Ok(Move::Unknown) };
            events::append(tx, act.by(), about(&subscription), &Event::AddressStopped).await?;
            if request.done_at.is_some() {
                let before = person(&signup.keys, old, None);
                if subscribers::find(tx, &old.key()).await?.is_some()
                    || !subscribers::readdress(tx, subscription.subscriber_id, &email.key(), &before).await?
                {
                    return Ok(Move::Stale(subscription));
                }
                note_move(tx, &subscription, act).await?;
            }
            Ok(Move::Fresh(subscription))
        })
        .await
}

/// What stopping would do now. Changes nothing.
pub async fn look_stop(signup: &Signup, id: RequestId) -> Result<Move> {
    let Some((request, subscription)) = found(&mut signup.db.read().await?, id).await? else {
        return Ok(Move::Unknown);
    };
    Ok(if request.stopped_at.is_some() { Move::Already(subscription) } else { Move::Fresh(subscription) })
}

/// Enters the move into the record of everything that the person subscribes to.
async fn note_move(tx: &mut Tx, one: &Subscription, act: &Act) -> Result<()> {
    let moved = act.entry(ConsentKind::Moved, &Event::SubscriptionMoved);
    for each in subscriptions::of_person(tx, one.subscriber_id).await?.iter().filter(|each| is_reader(each)) {
        subscriptions::write_down(tx, each.newsletter_id, each.id, &moved).await?;
    }
    Ok(())
}

async fn standing(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<(Move, Option<Request>)> {
    let Some((request, subscription)) = found(tx, id).await? else { return Ok((Move::Unknown, None)) };
    let overtaken = request.old_email.as_ref().map(EmailAddress::key) != Some(subscription.email.key());
    let is_old = now.since(request.created_at) > CONFIRM_FOR;
    let standing = if request.stopped_at.is_some() {
        Move::Stale(subscription)
    } else if request.done_at.is_some() {
        Move::Already(subscription)
    } else if is_old || overtaken || !is_reader(&subscription) {
        Move::Stale(subscription)
    } else {
        Move::Fresh(subscription)
    };
    Ok((standing, Some(request)))
}

async fn found(tx: &mut Tx, id: RequestId) -> Result<Option<(Request, Subscription)>> {
    let request = requests::get(tx, id).await?.filter(|request| request.kind == RequestKind::Address);
    let Some(request) = request else { return Ok(None) };
    Ok(subscriptions::get(tx, request.subscription_id).await?.map(|subscription| (request, subscription)))
}

fn is_reader(subscription: &Subscription) -> bool {
    matches!(subscription.state, SubscriptionState::Active | SubscriptionState::Paused)
}

fn about(subscription: &Subscription) -> About {
    About { newsletter: Some(subscription.newsletter_id), subscription: Some(subscription.id), ..About::default() }
}
