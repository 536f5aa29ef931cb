//! A stranger asks for a newsletter. Owns the order of the checks; answers the same to everyone.
//!
//! Anyone can type any address into the form. So the answer does not depend on what is known of the address,
//! and a mailbox gets few mails whatever the form is sent. Every face asks here: there is no limit in a handler. A person
//! who comes by a mailed link is no stranger: what strangers did does not limit them, and they are told when
//! no mail goes out.

use std::time::Duration;

use super::act::{ActionContext, person};
use super::ask::{Ask, RequestOutcome};
use super::challenge::{Challenge, SolvedChallenge};
use super::entry::{EntryOutcome, RequestError, SignupJob};
use super::human_check::{self, CheckResult, HumanCheck, NextStep, Requirement};
use super::list::SignupList;
use super::mail_kind::MailKind;
use super::rate_limiter::{LimitScope, LimitUsage, MailTarget, RateLimiter};
use super::stranger::Signup;
use crate::clock::{MONTH, Timestamp};
use crate::domain::address::EmailAddress;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::event::Event;
use crate::domain::subscriber::AskedBy;
use crate::store::events::About;
use crate::store::subscribers::NewSubscriber;
use crate::store::{Result as Stored, alarms, events, limits, marks};
use crate::telemetry::metrics;
use crate::words::Language;

/// How long whoever comes at a busy time waits to be told so. A machine that asks again at once would otherwise take from
/// those who are written the processor that they need.
const BUSY_FOR: Duration = Duration::from_secs(1);

impl Signup {
    /// The token for a form that is shown now: it goes with the request.
    pub fn stamp(&self, now: Timestamp) -> String {
        human_check::stamp(self, now)
    }

    /// The same for a form on a page that is kept: it changes once an hour.
    pub fn stamp_of_hour(&self, now: Timestamp) -> String {
        const HOUR_MS: i64 = 3_600_000;
        human_check::stamp(self, Timestamp(now.0 - now.0.rem_euclid(HOUR_MS)))
    }

    /// A challenge for whoever wants to solve one beforehand, as an ALTCHA widget does.
    pub fn challenge(&self, now: Timestamp) -> Challenge {
        let work = self.limits.challenge_work.saturating_mul(self.limiter.work_of_all(now));
        Challenge::new(&self.keys, work, now)
    }
}

/// Takes a request, or asks for one step more. Whatever is known of the address, an answer takes the same time.
pub async fn request(
    signup: &Signup,
    list: &SignupList,
    ask: &Ask,
    act: &ActionContext,
) -> Result<RequestOutcome, RequestError> {
    let earliest = tokio::time::Instant::now() + signup.limits.answer_after;
    let answer = take(signup, list, ask, act).await;
    let (outcome, earliest) = match &answer {
        Ok(RequestOutcome::Taken | RequestOutcome::NoMail(_)) => ("taken", Some(earliest)),
        Ok(RequestOutcome::Step(_)) => ("asked_for_more", None),
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

async fn take(
    signup: &Signup,
    list: &SignupList,
    ask: &Ask,
    act: &ActionContext,
) -> Result<RequestOutcome, RequestError> {
    let person = person(&signup.keys, &ask.email, None);
    let spent = if ask.by_mail {
        None
    } else {
        let wanted = MailTarget {
            client: act.client.as_ref(),
            domain: ask.email.domain(),
            mailbox: &person.quota_hash,
            newsletter: list.id,
        };
        let pressure = press(signup, &signup.limiter, &wanted, act).await?;
        let due = if ask.skip_challenge {
            Requirement::Nothing
        } else {
            Requirement::of(&signup.limits, pressure.work, Requirement::Form)
        };
        let spent = match admit(signup, &ask.email, &ask.proof, due, act.now).await {
            Ok(spent) => spent,
            Err(step) => return Ok(RequestOutcome::Step(step)),
        };
        // What goes nowhere uses up nothing.
        if ask.honeypot {
            return Ok(RequestOutcome::Taken);
        }
        signup.limiter.count(&wanted, act.now);
        spent
    };
    signup.checks.look(ask.email.domain()).await?;
    match signup.commits.write(&signup.db, job(signup, list, ask, person, spent, act)).await? {
        EntryOutcome::NoMail(why) if ask.by_mail => Ok(RequestOutcome::NoMail(why)),
        EntryOutcome::Done | EntryOutcome::NoMail(_) => Ok(RequestOutcome::Taken),
        EntryOutcome::SpentBefore => {
            let step = human_check::step(signup, &ask.email, &ask.proof, Requirement::Work(1), act.now);
            Ok(RequestOutcome::Step(Box::new(step)))
        }
    }
}

/// Asks a throttle; tells of limits that are reached, each once an hour, and refuses a network that has asked enough.
pub(super) async fn press(
    signup: &Signup,
    limiter: &RateLimiter,
    wanted: &MailTarget<'_>,
    act: &ActionContext,
) -> Result<LimitUsage, RequestError> {
    let pressure = limiter.pressure(wanted, act.now);
    for bound in &pressure.reached {
        // One network alone is an everyday thing.
        let calls = *bound != LimitScope::Network;
        let bound = bound.as_str();
        tracing::warn!(
            bound,
            "a limit of sign-ups is reached: until its hour is over they cost more, or are refused to one network"
        );
        let about = About { newsletter: Some(wanted.newsletter), ..About::default() };
        let event = Event::SignupLimited { bound };
        let note = format!("the limit {bound} of an hour is reached");
        let alarm = Alarm::new(AlarmName::SignupsLimited, bound, &note);
        let noted = signup.db.write(async |tx| {
            if calls {
                alarms::raise(tx, &alarm, act.by()).await?;
            }
            events::append(tx, act.by(), about, &event).await
        });
        noted.await?;
    }
    match pressure.refused {
        Some(retry_after) => Err(RequestError::TooMany { retry_after }),
        None => Ok(pressure),
    }
}

/// Lets a request in that brings what is due, or says what is missing. A press before the wait is over is held until
/// it is, while there are seats for that.
pub(super) async fn admit(
    signup: &Signup,
    email: &EmailAddress,
    proof: &HumanCheck,
    due: Requirement,
    now: Timestamp,
) -> Result<Option<SolvedChallenge>, Box<NextStep>> {
    match human_check::judge(signup, email, proof, due, now) {
        CheckResult::Enough => Ok(None),
        CheckResult::Solved(spent) => Ok(Some(spent)),
        CheckResult::Lacks(step) => Err(step),
        CheckResult::Waits(left) => {
            let Ok(_seat) = signup.patience.try_acquire() else {
                return Err(Box::new(human_check::step(signup, email, proof, due, now)));
            };
            tokio::time::sleep(left).await;
            Ok(None)
        }
    }
}

fn job(
    signup: &Signup,
    list: &SignupList,
    ask: &Ask,
    person: NewSubscriber,
    spent: Option<SolvedChallenge>,
    act: &ActionContext,
) -> SignupJob {
    let its_language = Language::of(&list.newsletter.language);
    SignupJob {
        person,
        newsletter: list.id,
        by: if ask.by_mail { AskedBy::Mail } else { AskedBy::Form },
        name: ask.name.clone(),
        language: ask.language,
        confirmation: list.mail(MailKind::Confirm, ask.language.unwrap_or(its_language)),
        notices: list.mails(MailKind::Already),
        its_language,
        spent,
        limits: signup.limits,
        act: act.clone(),
    }
}

/// Drops what no limit needs any more.
pub async fn purge_limits(db: &crate::store::Db, now: Timestamp) -> Stored<u64> {
    db.write(async |tx| {
        marks::purge_requests(tx, now.minus(MONTH)).await?;
        limits::purge(tx, now.minus(MONTH), now).await
    })
    .await
}
