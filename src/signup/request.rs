//! A stranger asks for a newsletter. Owns the order of the checks; answers the same to everyone.
//!
//! Whoever types an address into the form may be anyone. So the answer does not depend on what is known of the address,
//! and a mailbox gets few mails whatever the form is sent. Every face asks here: there is no limit in a handler. Who comes
//! by a link that was mailed to the mailbox is no stranger: what strangers did does not limit them, and they are told when
//! no mail goes out.

use std::time::Duration;

use super::act::{Act, person};
use super::ask::{Answer, Ask};
use super::challenge::{Challenge, Spent};
use super::door::Door;
use super::entry::{Job, RequestError, Written};
use super::letter::Letter;
use super::proof::{self, Due, Judgement, NextStep, Proof};
use super::stranger::Signup;
use super::throttle::{Pressure, Throttle, Wanted};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::subscriber::AskedBy;
use crate::store::events::About;
use crate::store::subscribers::NewSubscriber;
use crate::store::{Result as Stored, events, limits, marks, requests};
use crate::telemetry::metrics;
use crate::words::Language;

/// How long whoever comes at a busy time waits to be told so. A machine that asks again at once would otherwise take from
/// those who are written the processor that they need.
const BUSY_FOR: Duration = Duration::from_secs(1);
/// As long as any limit counts.
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

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

/// Drops what no limit needs any more.
pub async fn purge_limits(db: &crate::store::Db, now: Timestamp) -> Stored<u64> {
    db.write(async |tx| {
        requests::purge(tx, now.minus(MONTH)).await?;
        marks::purge_requests(tx, now.minus(MONTH)).await?;
        limits::purge(tx, now.minus(MONTH), now).await
    })
    .await
}
