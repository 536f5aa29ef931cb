//! "Send me my link": who has no mail at hand gets one with the link to their preferences. Answers the same to everyone.

use std::time::Duration;

use super::letters::{Letter, post};
use super::throttle::Pressure;
use super::{Act, Door, RequestError, Signup};
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::subscriber::{RequestKind, SubscriptionState};
use crate::store::events::About;
use crate::store::requests::NewRequest;
use crate::store::{Result, events, requests, subscriptions};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// How many such mails a reader gets in a day, whoever asks for them.
const MAILS_PER_DAY: i64 = 3;

/// Sends a reader their link. That it was taken says nothing about the address, nor does the time that it takes; who is
/// no reader gets no mail.
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
    signup
        .db
        .write(async |tx| {
            let found = subscriptions::find(tx, door.id, &email.key()).await?.filter(|found| {
                matches!(found.state, SubscriptionState::Active | SubscriptionState::Paused)
                    && found.suppressed.is_none()
            });
            let refusal = match &found {
                None => Some("unknown"),
                Some(found) => {
                    let sent = requests::count(tx, found.id, RequestKind::Link, act.now.minus(DAY)).await?;
                    (sent >= MAILS_PER_DAY).then_some("quota")
                }
            };
            let about = About { newsletter: Some(door.id), ..About::default() };
            let (Some(found), None) = (&found, refusal) else {
                let event = Event::LinkIgnored { why: refusal.unwrap_or_default() };
                return events::append(tx, act.by(), about, &event).await;
            };
            let asked = NewRequest { subscription: found.id, kind: RequestKind::Link, addresses: None };
            requests::add(tx, &asked, act.now).await?;
            let about = About { subscription: Some(found.id), ..about };
            events::append(tx, act.by(), about, &Event::LinkAsked).await?;
            post(tx, door, Letter::Link, found, None, act.now).await?;
            Ok(())
        })
        .await
}
