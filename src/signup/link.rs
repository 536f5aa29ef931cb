//! "Send me my link": who has no mail at hand gets one with the link to their preferences. Answers the same to everyone.
//!
//! The form asks anybody, like that of a sign-up, and has limits of its own: neither shuts the other.

use super::challenge::SolvedChallenge;
use super::enqueue::post;
use super::human_check::{self, HumanCheck, NextStep, Requirement};
use super::limits::asked;
use super::mail_kind::MailKind;
use super::rate_limiter::MailTarget;
use super::request::{admit, press};
use super::{ActionContext, RequestError, RequestOutcome, Signup, SignupList, WhyNot, person};
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::subscriber::{AskedBy, RequestKind};
use crate::store::events::About;
use crate::store::limits::Asker;
use crate::store::requests::NewRequest;
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::Subscription;
use crate::store::{Result, Tx, events, limits, requests, subscribers, subscriptions};

#[derive(Clone, Debug)]
pub struct LinkAsk {
    /// Whose link is to be sent.
    pub email: EmailAddress,
    /// What shows that a person asks, where that is due.
    pub proof: HumanCheck,
}

/// Sends whoever is stored their link, or asks for one step more: a reader, who has left, who never confirmed, who said
/// "not me". There they see what is stored, and erase it. That it was taken says nothing about the address, nor does the
/// time that it takes. A stranger gets no mail, nor does a person who called our mail unwanted.
pub async fn send_link(
    signup: &Signup,
    list: &SignupList,
    ask: &LinkAsk,
    act: &ActionContext,
) -> std::result::Result<RequestOutcome, RequestError> {
    let earliest = tokio::time::Instant::now() + signup.limits.answer_after;
    let person = person(&signup.keys, &ask.email, None);
    let wanted = MailTarget {
        client: act.client.as_ref(),
        domain: ask.email.domain(),
        mailbox: &person.quota_hash,
        newsletter: list.id,
    };
    let pressure = press(signup, &signup.links, &wanted, act).await?;
    let due = Requirement::of(&signup.limits, pressure.work, Requirement::Nothing);
    let spent = match admit(signup, &ask.email, &ask.proof, due, act.now).await {
        Ok(spent) => spent,
        Err(step) => return Ok(RequestOutcome::Step(step)),
    };
    signup.links.count(&wanted, act.now);
    if !send(signup, list, &person, spent, act).await? {
        return Ok(RequestOutcome::Step(next_step(signup, ask, act)));
    }
    tokio::time::sleep_until(earliest).await;
    Ok(RequestOutcome::Taken)
}

fn next_step(signup: &Signup, ask: &LinkAsk, act: &ActionContext) -> Box<NextStep> {
    Box::new(human_check::step(signup, &ask.email, &ask.proof, Requirement::Work(1), act.now))
}

/// `false` when the challenge has opened the door before, for another address.
async fn send(
    signup: &Signup,
    list: &SignupList,
    person: &NewSubscriber,
    spent: Option<SolvedChallenge>,
    act: &ActionContext,
) -> Result<bool> {
    signup
        .db
        .write(async |tx| {
            subscribers::lock_mailbox(tx, &person.quota_hash).await?;
            if let Some(spent) = spent
                && !limits::spend(tx, spent.tag, spent.expires_at, limits::tag(&person.address_hash)).await?
            {
                return Ok(false);
            }
            let found = subscriptions::find(tx, list.id, &person.email.key()).await?;
            let asker = Asker { person, newsletter: list.id, by: AskedBy::Link };
            let why_not = match &found {
                None => Some("unknown"),
                Some(found) => why_not(signup, tx, found, asker, act).await?.map(WhyNot::as_str),
            };
            let about = About { newsletter: Some(list.id), ..About::default() };
            let (Some(found), None) = (&found, why_not) else {
                let event = Event::LinkIgnored { why: why_not.unwrap_or_default() };
                events::append(tx, act.by(), about, &event).await?;
                return Ok(true);
            };
            let asked = NewRequest { subscription: found.id, kind: RequestKind::Link, addresses: None };
            let request = requests::add(tx, &asked, act.now).await?;
            let about = About { subscription: Some(found.id), ..about };
            events::append(tx, act.by(), about, &Event::LinkAsked).await?;
            let letter = if found.state.is_reader() { MailKind::Link } else { MailKind::Stored };
            let delivery = post(tx, list, letter, found, Some((&found.email, request)), act.now).await?;
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
    act: &ActionContext,
) -> Result<Option<WhyNot>> {
    if !subscriptions::is_answerable(tx, found.id).await? {
        return Ok(Some(WhyNot::Suppressed));
    }
    let standing = limits::standing(tx, &asked(asker, act.now), act.now).await?;
    Ok(signup.limits.why_no_link(found.state.is_reader(), &standing))
}
