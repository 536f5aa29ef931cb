//! A stranger asks for a newsletter. Owns the order of the checks; answers the same to everyone.
//!
//! Whoever types an address into the form may be anyone. So the answer does not depend on what is known of the address,
//! and a mailbox gets few mails whatever the form is sent. Every face asks here: there is no limit in a handler. Who comes
//! by a link that was mailed to the mailbox is no stranger: what strangers did does not limit them, and they are told when
//! no mail goes out.

use std::time::Duration;

use super::challenge::{Challenge, Spent};
use super::letters::Letter;
use super::limits::{WhyNot, asked};
use super::proof::{self, Due, Judgement, NextStep, Proof};
use super::throttle::{Pressure, Throttle, Wanted};
use super::{Act, Door, Limits, Signup, person};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::Event;
use crate::domain::subscriber::{AskedBy, SubscriptionState};
use crate::domain::{DeliveryId, NewsletterId, RevisionId, SubscriptionId};
use crate::store::consents::Typed;
use crate::store::deliveries::NewDelivery;
use crate::store::events::About;
use crate::store::limits::Asker;
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::{Entry, Found, NewSubscription};
use crate::store::{
    Result as Stored, StoreError, Tx, deliveries, events, limits, marks, requests, subscribers, subscriptions,
};
use crate::telemetry::metrics;
use crate::words::Language;

/// How long whoever comes at a busy time waits to be told so. A machine that asks again at once would otherwise take from
/// those who are written the processor that they need.
const BUSY_FOR: Duration = Duration::from_secs(1);
/// As long as any limit counts.
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// What a stranger asks.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The address that the newsletter is to come to.
    pub email: EmailAddress,
    /// What they say they are called, as `domain::name::parse_name` reads it.
    pub name: Option<String>,
    /// The language that they chose on the page: the mail is in it, and the subscription when it is confirmed.
    pub language: Option<Language>,
    /// Whether the field that people do not see was filled in.
    pub trapped: bool,
    /// What shows that a person asks.
    pub proof: Proof,
    /// Whether a token of ours says that this request follows one that was taken: it needs no other proof.
    pub vouched: bool,
    /// Whether a link that was mailed to the mailbox says so.
    pub by_mail: bool,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It was taken. That says nothing about the address: new, known, suppressed and over its quota all answer alike.
    Taken,
    /// No mail goes out. Only who comes by a link that was mailed to the mailbox is told.
    NoMail(WhyNot),
    /// Nothing is wrong, but one step is missing.
    Step(Box<NextStep>),
}

/// Why a request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The network has asked too often.
    #[error("too many requests; the next is taken in {} s", .retry_after.as_secs())]
    TooMany {
        /// After how long it may ask again.
        retry_after: Duration,
    },
    /// More requests wait than can be written soon.
    #[error("more requests wait than can be written soon")]
    Busy,
    /// The domain hands out mailboxes that are thrown away, and this installation does not want them.
    #[error("the domain is on the list of throw-away mailboxes")]
    Disposable,
    /// No server takes mail for the domain.
    #[error("no server takes mail for the domain")]
    NoMailServer,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One request on its way into the ledger.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) person: NewSubscriber,
    newsletter: NewsletterId,
    by: AskedBy,
    name: Option<String>,
    language: Option<Language>,
    confirmation: RevisionId,
    /// To who reads it already, in whichever language they chose.
    notices: Vec<(Language, RevisionId)>,
    its_language: Language,
    spent: Option<Spent>,
    limits: Limits,
    act: Act,
}

/// What became of it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Done,
    NoMail(WhyNot),
    /// The challenge that it brings has opened the door before, for another address.
    SpentBefore,
}

impl Ask {
    /// For an address, with nothing else.
    pub fn new(email: EmailAddress) -> Self {
        let proof = Proof::default();
        Self { email, name: None, language: None, trapped: false, proof, vouched: false, by_mail: false }
    }
}

impl Signup {
    /// The token for a form that is shown now: it goes with the request.
    pub fn stamp(&self, now: Timestamp) -> String {
        proof::stamp(self, now)
    }

    /// The same for a form on a page that is kept: it changes once an hour.
    pub fn stamp_of_hour(&self, now: Timestamp) -> String {
        const HOUR_MS: i64 = 3_600_000;
        proof::stamp(self, Timestamp(now.0 - now.0.rem_euclid(HOUR_MS)))
    }

    /// A challenge for whoever wants to solve one beforehand, as an ALTCHA widget does.
    pub fn challenge(&self, now: Timestamp) -> Challenge {
        let work = self.limits.challenge_work.saturating_mul(self.throttle.work_of_all(now));
        Challenge::new(&self.keys, work, now)
    }
}

/// Takes a request, or asks for one step more. Whatever is known of the address, an answer takes the same time.
pub async fn request(signup: &Signup, door: &Door, ask: &Ask, act: &Act) -> Result<Answer, RequestError> {
    let earliest = tokio::time::Instant::now() + signup.limits.answer_after;
    let answer = take(signup, door, ask, act).await;
    let (outcome, earliest) = match &answer {
        Ok(Answer::Taken | Answer::NoMail(_)) => ("taken", Some(earliest)),
        Ok(Answer::Step(_)) => ("asked_for_more", None),
        Err(RequestError::TooMany { .. }) => ("limited", None),
        Err(RequestError::Busy) => ("busy", Some(earliest + BUSY_FOR)),
        Err(_) => ("failed", None),
    };
    metrics::signup(outcome);
    if let Some(earliest) = earliest {
        tokio::time::sleep_until(earliest).await;
    }
    answer
}

async fn take(signup: &Signup, door: &Door, ask: &Ask, act: &Act) -> Result<Answer, RequestError> {
    let person = person(&signup.keys, &ask.email, None);
    let spent = if ask.by_mail {
        None
    } else {
        let wanted = Wanted {
            client: act.client.as_ref(),
            domain: ask.email.domain(),
            mailbox: &person.quota_hash,
            newsletter: door.id,
        };
        let pressure = press(signup, &signup.throttle, &wanted, act).await?;
        let due = if ask.vouched { Due::Nothing } else { Due::of(&signup.limits, pressure.work, Due::Form) };
        let spent = match admit(signup, &ask.email, &ask.proof, due, act.now).await {
            Ok(spent) => spent,
            Err(step) => return Ok(Answer::Step(step)),
        };
        // What goes nowhere uses up nothing.
        if ask.trapped {
            return Ok(Answer::Taken);
        }
        signup.throttle.count(&wanted, act.now);
        spent
    };
    signup.checks.look(ask.email.domain()).await?;
    match signup.desk.write(&signup.db, job(signup, door, ask, person, spent, act)).await? {
        Written::NoMail(why) if ask.by_mail => Ok(Answer::NoMail(why)),
        Written::Done | Written::NoMail(_) => Ok(Answer::Taken),
        Written::SpentBefore => {
            let step = proof::step(signup, &ask.email, &ask.proof, Due::Work(1), act.now);
            Ok(Answer::Step(Box::new(step)))
        }
    }
}

/// Asks a throttle; tells of limits that are reached, each once an hour, and refuses a network that has asked enough.
pub(super) async fn press(
    signup: &Signup,
    throttle: &Throttle,
    wanted: &Wanted<'_>,
    act: &Act,
) -> Result<Pressure, RequestError> {
    let pressure = throttle.pressure(wanted, act.now);
    for bound in &pressure.reached {
        let bound = bound.as_str();
        tracing::warn!(
            bound,
            "a limit of sign-ups is reached: until its hour is over they cost more, or are refused to one network"
        );
        let about = About { newsletter: Some(wanted.newsletter), ..About::default() };
        let event = Event::SignupLimited { bound };
        signup.db.write(async |tx| events::append(tx, act.by(), about, &event).await).await?;
    }
    match pressure.refused {
        Some(retry_after) => Err(RequestError::TooMany { retry_after }),
        None => Ok(pressure),
    }
}

/// Lets a request in that brings what is due, or says what is missing. Who presses before their wait is over is held until
/// it is, while there are seats for that.
pub(super) async fn admit(
    signup: &Signup,
    email: &EmailAddress,
    proof: &Proof,
    due: Due,
    now: Timestamp,
) -> Result<Option<Spent>, Box<NextStep>> {
    match proof::judge(signup, email, proof, due, now) {
        Judgement::Enough => Ok(None),
        Judgement::Solved(spent) => Ok(Some(spent)),
        Judgement::Lacks(step) => Err(step),
        Judgement::Waits(left) => {
            let Ok(_seat) = signup.patience.try_acquire() else {
                return Err(Box::new(proof::step(signup, email, proof, due, now)));
            };
            tokio::time::sleep(left).await;
            Ok(None)
        }
    }
}

fn job(signup: &Signup, door: &Door, ask: &Ask, person: NewSubscriber, spent: Option<Spent>, act: &Act) -> Job {
    let its_language = Language::of(&door.newsletter.language);
    Job {
        person,
        newsletter: door.id,
        by: if ask.by_mail { AskedBy::Mail } else { AskedBy::Form },
        name: ask.name.clone(),
        language: ask.language,
        confirmation: door.letter(Letter::Confirm, ask.language.unwrap_or(its_language)),
        notices: door.letters(Letter::Already),
        its_language,
        spent,
        limits: signup.limits,
        act: act.clone(),
    }
}

/// Enters requests into the ledger, in their order.
pub(super) async fn enter(tx: &mut Tx, jobs: &[&Job]) -> Stored<Vec<Written>> {
    // All locks first, in the order of the hashes.
    for job in jobs {
        subscribers::lock_mailbox(tx, &job.person.quota_hash).await?;
    }
    let mut written = Vec::with_capacity(jobs.len());
    for job in jobs {
        written.push(enter_one(tx, job).await?);
    }
    Ok(written)
}

async fn enter_one(tx: &mut Tx, job: &Job) -> Stored<Written> {
    let act = &job.act;
    if let Some(spent) = job.spent
        && !limits::spend(tx, spent.tag, spent.expires_at, limits::tag(&job.person.address_hash)).await?
    {
        return Ok(Written::SpentBefore);
    }
    let asker = Asker { person: &job.person, newsletter: job.newsletter, by: job.by };
    let standing = limits::standing(tx, &asked(asker, act.now), act.now).await?;
    if let Some(why) = job.limits.why_not(job.by, &standing) {
        let about = About { newsletter: Some(job.newsletter), ..About::default() };
        events::append(tx, act.by(), about, &Event::SignupIgnored { why: why.as_str() }).await?;
        return Ok(Written::NoMail(why));
    }
    let person = subscribers::ensure(tx, &job.person, act.now).await?;
    let new =
        NewSubscription { newsletter: job.newsletter, subscriber: person.id, language: None, source: &act.source };
    let found = subscriptions::ensure(tx, &new, act.now).await?;
    let delivery = match found.state {
        SubscriptionState::Active | SubscriptionState::Paused => notice(tx, job, &found).await?,
        SubscriptionState::Pending | SubscriptionState::Left => question(tx, job, &found, &person.email).await?,
    };
    limits::add_asked_mail(tx, &asker, delivery, act.now).await?;
    Ok(Written::Done)
}

/// A question to who does not read it yet. All that was typed waits with it for the answer; the mail goes to the address
/// as it was typed: case is the mailbox's own business (RFC 5321 2.4).
async fn question(tx: &mut Tx, job: &Job, found: &Found, stored: &EmailAddress) -> Stored<DeliveryId> {
    let typed = &job.person.email;
    let spelling = (typed != stored).then_some(typed);
    let typed = Typed { spelling, name: job.name.as_deref(), language: job.language.map(Language::tag) };
    let entry = Entry { typed, ..job.act.entry(ConsentKind::Asked, &Event::SubscriptionAsked) };
    match found.state {
        SubscriptionState::Left => drop(subscriptions::ask_again(tx, found.id, &entry).await?),
        _ => subscriptions::write_down(tx, job.newsletter, found.id, &entry).await?,
    }
    send(tx, found.id, spelling, DeliveryKind::Confirmation, job.confirmation, job.act.now).await
}

/// Tells a reader that somebody asked, in the language of the page, or else in theirs. What was typed is dropped: they said
/// before what is so.
async fn notice(tx: &mut Tx, job: &Job, found: &Found) -> Stored<DeliveryId> {
    let entry = job.act.entry(ConsentKind::Asked, &Event::SubscriptionAsked);
    subscriptions::write_down(tx, job.newsletter, found.id, &entry).await?;
    let theirs = || found.language.as_deref().map(Language::of);
    let language = job.language.or_else(theirs).unwrap_or(job.its_language);
    let of = |wanted| job.notices.iter().find(|(spoken, _)| *spoken == wanted);
    // No row has the number 0: the database refuses a mail that is missing.
    let notice = of(language).or_else(|| of(job.its_language)).map_or(RevisionId(0), |(_, notice)| *notice);
    send(tx, found.id, None, DeliveryKind::Notice, notice, job.act.now).await
}

/// Puts a mail into the ledger; it takes the place of one that still waits.
async fn send(
    tx: &mut Tx,
    to: SubscriptionId,
    spelling: Option<&EmailAddress>,
    kind: DeliveryKind,
    revision: RevisionId,
    now: Timestamp,
) -> Stored<DeliveryId> {
    deliveries::supersede(tx, to, kind, now).await?;
    let recipient = spelling.map(EmailAddress::as_str);
    let new = NewDelivery { subscription: Some(to), recipient, revision, request: None, due_at: now };
    deliveries::add(tx, &new).await
}

/// Drops what no limit needs any more.
pub async fn purge_limits(db: &crate::store::Db, now: Timestamp) -> Stored<u64> {
    db.write(async |tx| {
        requests::purge(tx, now.minus(MONTH)).await?;
        marks::purge_requests(tx, now.minus(MONTH)).await?;
        limits::purge(tx, now.minus(MONTH), now).await
    })
    .await
}
