//! "Send me my link": who has no mail at hand gets one with the link to their preferences. Answers the same to everyone.
//!
//! The form asks anybody, like that of a sign-up, and has limits of its own: neither shuts the other.

use super::challenge::Spent;
use super::letter::Letter;
use super::letters::post;
use super::limits::asked;
use super::proof::{self, Due, NextStep, Proof};
use super::request::{admit, press};
use super::throttle::Wanted;
use super::{Act, Answer, Door, RequestError, Signup, WhyNot, person};
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::subscriber::{AskedBy, RequestKind, SubscriptionState};
use crate::store::events::About;
use crate::store::limits::Asker;
use crate::store::requests::NewRequest;
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::Subscription;
use crate::store::{Result, Tx, events, limits, requests, subscribers, subscriptions};

/// What a stranger asks.
#[derive(Clone, Debug)]
pub struct LinkAsk {
    /// Whose link is to be sent.
    pub email: EmailAddress,
    /// What shows that a person asks, where that is due.
    pub proof: Proof,
}

/// Sends whoever is stored their link, or asks for one step more: a reader, who has left, who never confirmed, who said
/// "not me". There they see what is stored, and erase it. That it was taken says nothing about the address, nor does the
/// time that it takes. Who is not stored gets no mail, nor does who called our mail unwanted.
pub async fn send_link(
    signup: &Signup,
    door: &Door,
    ask: &LinkAsk,
    act: &Act,
) -> std::result::Result<Answer, RequestError> {
    let earliest = tokio::time::Instant::now() + signup.limits.answer_after;
    let person = person(&signup.keys, &ask.email, None);
    let wanted = Wanted {
        client: act.client.as_ref(),
        domain: ask.email.domain(),
        mailbox: &person.quota_hash,
        newsletter: door.id,
    };
    let pressure = press(signup, &signup.links, &wanted, act).await?;
    let due = Due::of(&signup.limits, pressure.work, Due::Nothing);
    let spent = match admit(signup, &ask.email, &ask.proof, due, act.now).await {
        Ok(spent) => spent,
        Err(step) => return Ok(Answer::Step(step)),
    };
    signup.links.count(&wanted, act.now);
    if !send(signup, door, &person, spent, act).await? {
        return Ok(Answer::Step(next_step(signup, ask, act)));
    }
    tokio::time::sleep_until(earliest).await;
    Ok(Answer::Taken)
}

fn next_step(signup: &Signup, ask: &LinkAsk, act: &Act) -> Box<NextStep> {
    Box::new(proof::step(signup, &ask.email, &ask.proof, Due::Work(1), act.now))
}

/// `false` when the challenge has opened the door before, for another address.
async fn send(signup: &Signup, door: &Door, person: &NewSubscriber, spent: Option<Spent>, act: &Act) -> Result<bool> {
    signup
        .db
        .write(async |tx| {
            subscribers::lock_mailbox(tx, &person.quota_hash).await?;
            if let Some(spent) = spent
                && !limits::spend(tx, spent.tag, spent.expires_at, limits::tag(&person.address_hash)).await?
            {
                return Ok(false);
            }
            let found = subscriptions::find(tx, door.id, &person.email.key()).await?;
            let asker = Asker { person, newsletter: door.id, by: AskedBy::Link };
            let why_not = match &found {
                None => Some("unknown"),
                Some(found) => why_not(signup, tx, found, asker, act).await?.map(WhyNot::as_str),
            };
            let about = About { newsletter: Some(door.id), ..About::default() };
            let (Some(found), None) = (&found, why_not) else {
                let event = Event::LinkIgnored { why: why_not.unwrap_or_default() };
                events::append(tx, act.by(), about, &event).await?;
                return Ok(true);
            };
            let asked = NewRequest { subscription: found.id, kind: RequestKind::Link, addresses: None };
            let request = requests::add(tx, &asked, act.now).await?;
            let about = About { subscription: Some(found.id), ..about };
            events::append(tx, act.by(), about, &Event::LinkAsked).await?;
            let letter = if is_reader(found) { Letter::Link } else { Letter::Stored };
            let delivery = post(tx, door, letter, found, Some((&found.email, request)), act.now).await?;
            limits::add_asked_mail(tx, &asker, delivery, act.now).await?;
            Ok(true)
        })
        .await
}

/// Why somebody who is stored gets no mail, if they get none. An address that bounced may be told what is stored of it.
async fn why_not(
    signup: &Signup,
    tx: &mut Tx,
    found: &Subscription,
    asker: Asker<'_>,
    act: &Act,
) -> Result<Option<WhyNot>> {
    if !subscriptions::is_answerable(tx, found.id).await? {
        return Ok(Some(WhyNot::Suppressed));
    }
    let standing = limits::standing(tx, &asked(asker, act.now), act.now).await?;
    Ok(signup.limits.why_no_link(is_reader(found), &standing))
}

/// Whether issues come, now or after a pause.
fn is_reader(found: &Subscription) -> bool {
    matches!(found.state, SubscriptionState::Active | SubscriptionState::Paused)
}
