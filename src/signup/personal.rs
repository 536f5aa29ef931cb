//! A reader sees and erases what is stored about them. Only behind a fresh mail: who holds a forwarded issue gets neither.
//!
//! The mail goes to the mailbox that stands for the subscription, and opens what that mailbox stands for and nothing else:
//! who has just moved somebody else's subscription to an address of theirs gets nothing by it.

use std::time::Duration;

use serde_json::Value;

use super::address::rightful;
use super::enqueue::post;
use super::mail_kind::MailKind;
use super::{ActionContext, Signup, SignupList, about, copy, erasure};
use crate::clock::{DAY, Timestamp};
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::subscriber::RequestKind;
use crate::domain::{RequestId, SubscriptionId};
use crate::store::events::About;
use crate::store::requests::NewRequest;
use crate::store::subscriptions::Subscription;
use crate::store::{Result, StoreError, Tx, events, requests, subscriptions};

/// How long the link in the mail works: it opens everything, so not for long.
pub const DATA_FOR: Duration = Duration::from_secs(3600);
/// How many such mails a subscription gets in a day.
const MAILS_PER_DAY: i64 = 3;

/// Sends the reader a link to what is stored about them. The answer is the same when it was asked for too often. `true`
/// when the mail goes to the address before the last change, since that can still be taken back.
pub async fn ask_data(signup: &Signup, list: &SignupList, id: SubscriptionId, act: &ActionContext) -> Result<bool> {
    signup
        .db
        .write(async |tx| {
            let Some(subscription) = subscriptions::get(tx, id).await? else { return Ok(false) };
            let mailbox = rightful(tx, &subscription, act.now).await?;
            let is_before = mailbox.key() != subscription.email.key();
            if requests::count(tx, id, RequestKind::Data, act.now.minus(DAY)).await? >= MAILS_PER_DAY {
                return Ok(is_before);
            }
            let addresses = Some((&mailbox, &subscription.email));
            let asked = NewRequest { subscription: id, kind: RequestKind::Data, addresses };
            let request = requests::add(tx, &asked, act.now).await?;
            events::append(tx, act.by(), about(&subscription), &Event::DataAsked).await?;
            post(tx, list, MailKind::Data, &subscription, Some((&mailbox, request)), act.now).await?;
            Ok(is_before)
        })
        .await
}

/// Whose data a link opens; none when it is too old, or was used for the end.
pub async fn data_status(signup: &Signup, id: RequestId, now: Timestamp) -> Result<Option<Subscription>> {
    Ok(opened(&mut signup.db.read().await?, id, now).await?.map(|opened| opened.by))
}

/// Everything that is stored about whoever has the mailbox, as JSON.
pub async fn copy_data(signup: &Signup, id: RequestId, act: &ActionContext) -> Result<Option<Value>> {
    signup
        .db
        .write(async |tx| {
            let Some(Opened { by, mailbox, all }) = opened(tx, id, act.now).await? else { return Ok(None) };
            let copy = copy::of_mailbox(tx, &signup.keys, &mailbox, &all).await?;
            events::append(tx, act.by(), about(&by), &Event::DataSent).await?;
            Ok(Some(copy))
        })
        .await
}

/// Erases the person: everything that [`erasure::mailbox`] takes away. `false` when the link is too old, or was used.
pub async fn erase(signup: &Signup, id: RequestId, act: &ActionContext) -> Result<bool> {
    let erased = signup
        .db
        .write(async |tx| {
            let Some(Opened { by, mailbox, all }) = opened(tx, id, act.now).await? else { return Ok(false) };
            erasure::mailbox(tx, &signup.keys, &mailbox, &all, act).await?;
            let about = About { newsletter: Some(by.newsletter_id), ..About::default() };
            events::append(tx, act.by(), about, &Event::ReaderErased { reason: None }).await?;
            Ok::<_, StoreError>(true)
        })
        .await?;
    if erased {
        erasure::scour(&signup.db).await;
    }
    Ok(erased)
}

struct Opened {
    /// The subscription by whose link it was asked for.
    by: Subscription,
    /// The mailbox that the link was mailed to.
    mailbox: EmailAddress,
    /// All that this mailbox stands for.
    all: Vec<Subscription>,
}

async fn opened(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<Option<Opened>> {
    let request = requests::get(tx, id).await?.filter(|request| request.kind == RequestKind::Data);
    let Some(request) = request.filter(|request| now.since(request.created_at) <= DATA_FOR) else { return Ok(None) };
    let Some(by) = subscriptions::get(tx, request.subscription_id).await? else { return Ok(None) };
    // Requests from before name no mailbox: they are an hour old at most, and went to the reader.
    let mailbox = request.email.unwrap_or_else(|| by.email.clone());
    let (all, _) = erasure::stands_for(tx, &mailbox, now).await?;
    // A change was stopped since, or made: the mailbox stands for this subscription no more.
    Ok(all.iter().any(|one| one.id == by.id).then_some(Opened { by, mailbox, all }))
}
