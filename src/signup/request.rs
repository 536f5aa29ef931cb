//! A stranger asks for a newsletter. Owns the order of the checks; answers the same to everyone.
//!
//! Whoever types an address into the form may be anyone. So the answer does not depend on what is known of the address,
//! and a mailbox gets few mails whatever the form is sent. Every face asks here: there is no limit in a handler.

use std::time::Duration;

use super::challenge::{Challenge, Spent};
use super::letters::Letter;
use super::proof::{self, Judgement, NextStep, Proof};
use super::throttle::Pressure;
use super::{Act, Door, Limits, Signup, person};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::Event;
use crate::domain::subscriber::SubscriptionState;
use crate::domain::{DeliveryId, NewsletterId, RevisionId, SubscriptionId};
use crate::store::deliveries::NewDelivery;
use crate::store::events::About;
use crate::store::limits::{Asked, Standing};
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::{Entry, NewSubscription};
use crate::store::{
    Result as Stored, StoreError, Tx, deliveries, events, limits, marks, requests, subscribers, subscriptions,
};
use crate::telemetry::metrics;
use crate::words::Language;

/// How long whoever comes at a busy time waits to be told so. A machine that asks again at once would otherwise take from
/// those who are written the processor that they need.
const BUSY_FOR: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// What a stranger asks.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The address that the newsletter is to come to.
    pub email: EmailAddress,
    /// What they say they are called, cleaned by `domain::subscriber::clean_name`.
    pub name: Option<String>,
    /// The language that they chose on the page: the mail is in it, and a new subscription.
    pub language: Option<Language>,
    /// Whether the field that people do not see was filled in.
    pub trapped: bool,
    /// What shows that a person asks.
    pub proof: Proof,
    /// Whether a token of ours says that this request follows one that was taken: it needs no other proof.
    pub vouched: bool,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It was taken. That says nothing about the address: new, known, suppressed and over its quota all answer alike.
    Taken,
    /// Nothing is wrong, but one step is missing.
    Step(Box<NextStep>),
}

/// Why a request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The network, the domain or all together have asked too often.
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
    language: Option<Language>,
    confirmation: RevisionId,
    notice: RevisionId,
    spent: Option<Spent>,
    limits: Limits,
    act: Act,
}

/// What became of it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Done,
    /// The challenge that it brings has opened the door before.
    SpentBefore,
}

impl Ask {
    /// For an address, with nothing else.
    pub fn new(email: EmailAddress) -> Self {
        Self { email, name: None, language: None, trapped: false, proof: Proof::default(), vouched: false }
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
        Challenge::new(&self.keys, self.limits.challenge_work, now)
    }
}

/// Takes a request, or asks for one step more. Whatever is known of the address, an answer takes the same time.
pub async fn request(signup: &Signup, door: &Door, ask: &Ask, act: &Act) -> Result<Answer, RequestError> {
    let earliest = tokio::time::Instant::now() + signup.limits.answer_after;
    let answer = take(signup, door, ask, act).await;
    let (outcome, earliest) = match &answer {
        Ok(Answer::Taken) => ("taken", Some(earliest)),
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
    let (client, domain) = (act.client.as_ref(), ask.email.domain());
    let pressure = signup.throttle.pressure(client, domain, act.now);
    if let Pressure::Reached { bound, retry_after, first } = pressure {
        if first {
            let bound = bound.as_str();
            tracing::warn!(bound, "a limit of sign-ups is reached; more are refused until its hour is over");
            let about = About { newsletter: Some(door.id), ..About::default() };
            let event = Event::SignupLimited { bound };
            signup.db.write(async |tx| events::append(tx, act.by(), about, &event).await).await?;
        }
        return Err(RequestError::TooMany { retry_after });
    }
    let spent = match proof::judge(signup, ask, pressure == Pressure::Near, act.now) {
        Judgement::Enough => None,
        Judgement::Solved(spent) => Some(spent),
        Judgement::Lacks(step) => return Ok(Answer::Step(step)),
    };
    signup.throttle.count(client, domain, act.now);
    if ask.trapped {
        return Ok(Answer::Taken);
    }
    signup.checks.look(domain).await?;
    let language = ask.language.unwrap_or_else(|| Language::of(&door.newsletter.language));
    let job = Job {
        person: person(&signup.keys, &ask.email, ask.name.as_deref()),
        newsletter: door.id,
        language: ask.language,
        confirmation: door.letter(Letter::Confirm, language),
        notice: door.letter(Letter::Already, language),
        spent,
        limits: signup.limits,
        act: act.clone(),
    };
    match signup.desk.write(&signup.db, job).await? {
        Written::Done => Ok(Answer::Taken),
        Written::SpentBefore => Ok(Answer::Step(Box::new(proof::step(signup, ask, true, act.now)))),
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
        && !limits::spend(tx, spent.tag, spent.expires_at).await?
    {
        return Ok(Written::SpentBefore);
    }
    if let Some(why) = why_not(tx, job).await? {
        let about = About { newsletter: Some(job.newsletter), ..About::default() };
        events::append(tx, act.by(), about, &Event::SignupIgnored { why }).await?;
        return Ok(Written::Done);
    }
    let subscriber = subscribers::ensure(tx, &job.person, act.now).await?;
    let language = job.language.map(Language::tag);
    let new = NewSubscription { newsletter: job.newsletter, subscriber, language, source: &act.source };
    let found = subscriptions::ensure(tx, &new, act.now).await?;
    let stored = subscribers::get(tx, subscriber).await?;
    let spelling = stored.filter(|stored| stored.email != job.person.email).map(|_| &job.person.email);
    let asked = Entry { spelling, ..act.entry(ConsentKind::Asked, &Event::SubscriptionAsked) };
    match found.state {
        SubscriptionState::Left => drop(subscriptions::ask_again(tx, found.id, &asked).await?),
        _ => subscriptions::write_down(tx, job.newsletter, found.id, &asked).await?,
    }
    let (kind, revision) = match found.state {
        SubscriptionState::Active | SubscriptionState::Paused => (DeliveryKind::Notice, job.notice),
        SubscriptionState::Pending | SubscriptionState::Left => (DeliveryKind::Confirmation, job.confirmation),
    };
    // Where it was typed otherwise the mail goes to what was typed: case is the mailbox's own business (RFC 5321 2.4).
    let spelling = spelling.filter(|_| kind == DeliveryKind::Confirmation);
    let delivery = send(tx, found.id, spelling, kind, revision, act.now).await?;
    let tag = limits::tag(&job.person.address_hash);
    limits::add_asked_mail(tx, &job.person.quota_hash, tag, delivery, act.now).await?;
    Ok(Written::Done)
}

/// Why no mail goes out for a request, if none does.
async fn why_not(tx: &mut Tx, job: &Job) -> Stored<Option<&'static str>> {
    let now = job.act.now;
    let asked = Asked { person: &job.person, day: now.minus(DAY), month: now.minus(MONTH) };
    let standing = limits::standing(tx, &asked, now).await?;
    let is_full = standing.day >= i64::from(job.limits.confirmations_per_day)
        || standing.month >= i64::from(job.limits.confirmations_per_month);
    Ok(match standing {
        Standing { suppressed: true, .. } => Some("suppressed"),
        Standing { refused: true, .. } => Some("refused"),
        _ => is_full.then_some("quota"),
    })
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
