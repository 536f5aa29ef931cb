//! A subscription moves to another address: confirmed there, told to the old one, which can stop it. Nothing changes
//! before. What else the person subscribes to stays where it is: a link of one newsletter has no power over another.
//!
//! The holder of a forwarded mail can ask, too. So the old address is told at once, and its link stops the change, or undoes
//! it for a month. For that long the mailbox that was there before stands for the reader: no second change hides the
//! first, and what is stored is shown to it, and erased by it ([`rightful`]).

use std::time::Duration;

use super::enqueue::post;
use super::limits::asked;
use super::mail_kind::MailKind;
use super::{ActionContext, CONFIRM_FOR, Signup, SignupList, about, person};
use crate::clock::{DAY, MONTH, Timestamp};
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::domain::subscriber::{AskedBy, RequestKind};
use crate::domain::{RequestId, SubscriberId, SubscriptionId};
use crate::store::requests::{NewRequest, Request};
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::Subscription;
use crate::store::{Result, Tx, events, limits, requests, subscribers, subscriptions, suppressions};

/// How often a day a subscription may be asked to move: each time two mails go out.
const MOVES_PER_DAY: i64 = 3;
/// How long the old address can take a change back.
pub(super) const UNDO_FOR: Duration = MONTH;

/// What a link about another address leads to.
#[derive(Clone, Debug)]
pub enum AddressLink {
    /// It can be confirmed, or stopped; after that: it was, now.
    Fresh(Subscription),
    Already(Subscription),
    /// Too old, or stopped, or overtaken by something else.
    Stale(Subscription),
    /// There is no such request.
    Unknown,
}

/// What became of a wish for another address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressChange {
    /// Mails go out, as far as the limits let them: the answer says nothing of the new address.
    Taken,
    /// The last change can be taken back until then, by the mailbox that was there before. No other is made meanwhile.
    Settling(Timestamp),
    /// The subscription cannot move: never confirmed, left, unknown.
    NoReader,
}

/// Asks for another address. Whatever is known of that address, and whether the limits are reached: the answer is the
/// same.
pub async fn ask_address(
    signup: &Signup,
    list: &SignupList,
    id: SubscriptionId,
    email: &EmailAddress,
    act: &ActionContext,
) -> Result<AddressChange> {
    let new = person(&signup.keys, email, None);
    signup
        .db
        .write(async |tx| {
            subscribers::lock_mailbox(tx, &new.quota_hash).await?;
            let found = subscriptions::get(tx, id).await?.filter(|known| known.state.is_reader());
            let Some(subscription) = found else { return Ok(AddressChange::NoReader) };
            if let Some(first) = requests::moves(tx, id, act.now.minus(UNDO_FOR)).await?.first() {
                return Ok(AddressChange::Settling(first.created_at.plus(UNDO_FOR)));
            }
            if subscription.email.key() == email.key() || !may_ask(tx, signup, &subscription, &new, act.now).await? {
                return Ok(AddressChange::Taken);
            }
            let addresses = Some((email, &subscription.email));
            let asked = NewRequest { subscription: id, kind: RequestKind::Address, addresses };
            let request = requests::add(tx, &asked, act.now).await?;
            events::append(tx, act.by(), about(&subscription), &Event::AddressAsked).await?;
            let sent = post(tx, list, MailKind::NewAddress, &subscription, Some((email, request)), act.now).await?;
            limits::add_asked_mail(tx, &asker(&subscription, &new), sent, act.now).await?;
            // To the address of today, even if it is another when the mail goes out.
            let old = Some((&subscription.email, request));
            post(tx, list, MailKind::OldAddress, &subscription, old, act.now).await?;
            Ok(AddressChange::Taken)
        })
        .await
}

async fn may_ask(
    tx: &mut Tx,
    signup: &Signup,
    subscription: &Subscription,
    new: &NewSubscriber,
    now: Timestamp,
) -> Result<bool> {
    if requests::count(tx, subscription.id, RequestKind::Address, now.minus(DAY)).await? >= MOVES_PER_DAY
        || suppressions::reason_of(tx, new).await?.is_some()
    {
        return Ok(false);
    }
    let standing = limits::standing(tx, &asked(asker(subscription, new), now), now).await?;
    Ok(signup.limits.why_not(AskedBy::Form, &standing).is_none())
}

/// Whom the new address belongs to is not known: a mail there is a stranger's doing.
fn asker<'a>(subscription: &Subscription, new: &'a NewSubscriber) -> limits::Asker<'a> {
    limits::Asker { person: new, newsletter: subscription.newsletter_id, by: AskedBy::Form }
}

/// The mailbox that stands for a subscription: the one before the last change, as long as that can be taken back.
pub(super) async fn rightful(tx: &mut Tx, subscription: &Subscription, now: Timestamp) -> Result<EmailAddress> {
    let moves = requests::moves(tx, subscription.id, now.minus(UNDO_FOR)).await?;
    let before = moves.into_iter().next().and_then(|first| first.old_email);
    Ok(before.unwrap_or_else(|| subscription.email.clone()))
}

/// What confirming the new address would do now. Changes nothing.
pub async fn address_status(signup: &Signup, id: RequestId, now: Timestamp) -> Result<AddressLink> {
    let mut tx = signup.db.read().await?;
    Ok(standing(&mut tx, id, now).await?.0)
}

/// Confirms the new address: the newsletter goes there from now on.
pub async fn confirm_address(signup: &Signup, id: RequestId, act: &ActionContext) -> Result<AddressLink> {
    signup
        .db
        .write(async |tx| {
            let (AddressLink::Fresh(subscription), Some(request)) = standing(tx, id, act.now).await? else {
                return Ok(standing(tx, id, act.now).await?.0);
            };
            let Some(email) = &request.email else { return Ok(AddressLink::Unknown) };
            let new = person(&signup.keys, email, subscription.name.as_deref());
            if suppressions::reason_of(tx, &new).await?.is_some() || !requests::finish(tx, id, act.now).await? {
                return Ok(AddressLink::Stale(subscription));
            }
            let to = subscribers::ensure(tx, &new, act.now).await?.id;
            give(tx, &subscription, to, act).await?;
            subscribers::drop_if_alone(tx, subscription.subscriber_id).await?;
            let moved = Subscription { email: email.clone(), ..subscription };
            Ok(AddressLink::Fresh(moved))
        })
        .await
}

/// Gives a subscription to another person. A person who has one to that newsletter keeps it, now as a reader, and
/// this one ends: nobody gets an issue twice.
async fn give(tx: &mut Tx, mine: &Subscription, to: SubscriberId, act: &ActionContext) -> Result<()> {
    let moved = act.entry(ConsentKind::Moved, &Event::SubscriptionMoved);
    let theirs = subscriptions::of_person(tx, to).await?;
    let Some(known) = theirs.iter().find(|known| known.newsletter_id == mine.newsletter_id) else {
        subscriptions::hand_over(tx, mine.id, to).await?;
        return subscriptions::write_down(tx, mine.newsletter_id, mine.id, &moved).await;
    };
    if !known.state.is_reader() {
        subscriptions::take_over(tx, known.id, &moved).await?;
    }
    let ended = act.entry(ConsentKind::Withdrawn, &Event::SubscriptionUnsubscribed);
    subscriptions::unsubscribe(tx, mine.id, &ended).await?;
    Ok(())
}

/// Stops a change, from the old address: before it was confirmed, or after, for as long as [`UNDO_FOR`].
pub async fn stop_address(signup: &Signup, id: RequestId, act: &ActionContext) -> Result<AddressLink> {
    signup
        .db
        .write(async |tx| {
            let Some((request, subscription)) = found(tx, id).await? else { return Ok(AddressLink::Unknown) };
            if request.stopped_at.is_some() {
                return Ok(AddressLink::Already(subscription));
            }
            if act.now.since(request.created_at) > UNDO_FOR {
                return Ok(AddressLink::Stale(subscription));
            }
            let Some(old) = &request.old_email else { return Ok(AddressLink::Unknown) };
            requests::stop(tx, id, act.now).await?;
            events::append(tx, act.by(), about(&subscription), &Event::AddressStopped).await?;
            if request.done_at.is_some() {
                take_back(tx, signup, &subscription, old, act).await?;
            }
            Ok(AddressLink::Fresh(subscription))
        })
        .await
}

/// Brings a subscription back to where it was: from the person it was given to, or from its end, where that person had
/// one already and keeps it.
async fn take_back(
    tx: &mut Tx,
    signup: &Signup,
    subscription: &Subscription,
    old: &EmailAddress,
    act: &ActionContext,
) -> Result<()> {
    if subscription.email.key() == old.key() {
        let returned = act.entry(ConsentKind::Moved, &Event::SubscriptionMoved);
        subscriptions::take_back(tx, subscription.id, &returned).await?;
        return Ok(());
    }
    let before = person(&signup.keys, old, subscription.name.as_deref());
    let owner = subscribers::ensure(tx, &before, act.now).await?.id;
    give(tx, subscription, owner, act).await?;
    subscribers::drop_if_alone(tx, subscription.subscriber_id).await?;
    Ok(())
}

/// What stopping would do now. Changes nothing.
pub async fn stop_status(signup: &Signup, id: RequestId, now: Timestamp) -> Result<AddressLink> {
    let Some((request, subscription)) = found(&mut signup.db.read().await?, id).await? else {
        return Ok(AddressLink::Unknown);
    };
    Ok(match request.stopped_at {
        Some(_) => AddressLink::Already(subscription),
        None if now.since(request.created_at) > UNDO_FOR => AddressLink::Stale(subscription),
        None => AddressLink::Fresh(subscription),
    })
}

async fn standing(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<(AddressLink, Option<Request>)> {
    let Some((request, subscription)) = found(tx, id).await? else { return Ok((AddressLink::Unknown, None)) };
    let overtaken = request.old_email.as_ref().map(EmailAddress::key) != Some(subscription.email.key());
    let is_old = now.since(request.created_at) > CONFIRM_FOR;
    let standing = if request.stopped_at.is_some() {
        AddressLink::Stale(subscription)
    } else if request.done_at.is_some() {
        AddressLink::Already(subscription)
    } else if is_old || overtaken || !subscription.state.is_reader() {
        AddressLink::Stale(subscription)
    } else {
        AddressLink::Fresh(subscription)
    };
    Ok((standing, Some(request)))
}

async fn found(tx: &mut Tx, id: RequestId) -> Result<Option<(Request, Subscription)>> {
    let request = requests::get(tx, id).await?.filter(|request| request.kind == RequestKind::Address);
    let Some(request) = request else { return Ok(None) };
    Ok(subscriptions::get(tx, request.subscription_id).await?.map(|subscription| (request, subscription)))
}
