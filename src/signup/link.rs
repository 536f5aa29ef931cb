//! "Send me my link": who has no mail at hand gets one with the link to their preferences. Answers the same to everyone.

use std::time::Duration;

use super::letters::{Letter, post};
use super::throttle::Pressure;
use super::{Act, Door, RequestError, Signup, person};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::subscriber::{RequestKind, SubscriptionState};
use crate::store::events::About;
use crate::store::requests::NewRequest;
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::Subscription;
use crate::store::{Result, Tx, events, limits, requests, subscriptions};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// How many such mails a reader gets in a day, whoever asks for them.
const MAILS_PER_DAY: i64 = 3;
/// How many somebody gets who is stored and reads nothing: they need it once, and a stranger may be asking.
const MAILS_PER_DAY_OF_OTHERS: i64 = 1;
/// After "not me" it is one in so long: nobody is to play with that mailbox.
const REFUSED_WAIT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Sends whoever is stored their link: a reader, who has left, who never confirmed, who said "not me". There they see what
/// is stored, and erase it. That it was taken says nothing about the address, nor does the time that it takes. Who is not
/// stored gets no mail, nor does who called our mail unwanted.
pub async fn send_link(
    signup: &Signup,
    door: &Door,
    email: &EmailAddress,
    act: &Act,
) -> std::result::Result<(), RequestError> {
    let earliest = tokio::time::Instant::now() + signup.limits.answer_after;
    let client = act.client.as_ref();
    if let Pressure::Reached { retry_after, .. } = signup.throttle.pressure(client, email.domain(), act.now) {
        return Err(RequestError::TooMany { retry_after });
    }
    signup.throttle.count(client, email.domain(), act.now);
    send(signup, door, email, act).await?;
    tokio::time::sleep_until(earliest).await;
    Ok(())
}

async fn send(signup: &Signup, door: &Door, email: &EmailAddress, act: &Act) -> Result<()> {
    let who = person(&signup.keys, email, None);
    signup
        .db
        .write(async |tx| {
            let found = subscriptions::find(tx, door.id, &email.key()).await?;
            let refusal = match &found {
                None => Some("unknown"),
                Some(found) => refusal(tx, found, &who, act.now).await?,
            };
            let about = About { newsletter: Some(door.id), ..About::default() };
            let (Some(found), None) = (&found, refusal) else {
                let event = Event::LinkIgnored { why: refusal.unwrap_or_default() };
                return events::append(tx, act.by(), about, &event).await;
            };
            let asked = NewRequest { subscription: found.id, kind: RequestKind::Link, addresses: None };
            let request = requests::add(tx, &asked, act.now).await?;
            let about = About { subscription: Some(found.id), ..about };
            events::append(tx, act.by(), about, &Event::LinkAsked).await?;
            let letter = if is_reader(found) { Letter::Link } else { Letter::Stored };
            post(tx, door, letter, found, Some((&found.email, request)), act.now).await?;
            Ok(())
        })
        .await
}

/// Why somebody who is stored gets no mail, if they get none.
async fn refusal(
    tx: &mut Tx,
    found: &Subscription,
    who: &NewSubscriber,
    now: Timestamp,
) -> Result<Option<&'static str>> {
    let standing = limits::standing(tx, &limits::Asked { person: who, day: now, month: now }, now).await?;
    if !subscriptions::is_answerable(tx, found.id).await? {
        return Ok(Some("suppressed"));
    }
    let (most, since) = match (is_reader(found), standing.refused) {
        (true, _) => (MAILS_PER_DAY, DAY),
        (false, false) => (MAILS_PER_DAY_OF_OTHERS, DAY),
        (false, true) => (1, REFUSED_WAIT),
    };
    let sent = requests::count(tx, found.id, RequestKind::Link, now.minus(since)).await?;
    Ok((sent >= most).then_some("quota"))
}

/// Whether issues come, now or after a pause.
fn is_reader(found: &Subscription) -> bool {
    matches!(found.state, SubscriptionState::Active | SubscriptionState::Paused)
}
