//! What a request brings to show that a person sent it: the time at which its form was shown, a solved challenge, or
//! patience. Decides which of them is enough; whoever lacks it is asked for one step more and loses nothing. That step is
//! one: whoever takes it is let through, however fast they press.

use std::time::Duration;

use super::challenge::{self, Challenge, SolvedChallenge};
use super::limits::{ChallengeWhen, Limits};
use super::stranger::Signup;
use crate::clock::{DAY, Timestamp};
use crate::domain::address::EmailAddress;
use crate::token::Purpose;

/// A page that was left open over night still works; one that a program copied last week does not.
const FORM_AGE_MAX: Duration = DAY;
/// How long who cannot or will not compute waits instead: some times what the computation takes a slow telephone.
pub const WAIT: Duration = Duration::from_secs(20);
/// How long the wait may have begun before.
const WAIT_AGE_MAX: Duration = Duration::from_secs(3600);
/// The bits of a wait's number that are of the address. The others hold milliseconds until the year 2109.
const WAIT_TAG_BITS: u32 = 22;

/// What a request brings besides its address. All of it is what came with the request, right or wrong.
#[derive(Clone, Debug, Default)]
pub struct HumanCheck {
    /// When the form was shown: a token.
    pub stamp: String,
    pub solution: String,
    /// Since when the reader waits: a token.
    pub wait: String,
}

#[derive(Clone, Debug)]
pub struct NextStep {
    /// Goes with the next request.
    pub stamp: String,
    /// What is to be done, when pressing a button is not enough.
    pub work: Option<Work>,
}

/// A machine's work, or a person's patience in its place.
#[derive(Clone, Debug)]
pub struct Work {
    pub challenge: Challenge,
    /// Goes with the request of who waits instead.
    pub wait: String,
    /// How much longer that is.
    pub wait_for: Duration,
}

/// What a request must bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Requirement {
    Nothing,
    /// A form that was shown to somebody.
    Form,
    /// Work, in multiples of the setting, or patience.
    Work(u32),
}

impl Requirement {
    /// What the work is that the limits ask for, or else less.
    pub(super) fn of(limits: &Limits, work: u32, else_due: Self) -> Self {
        match limits.challenge {
            ChallengeWhen::Near if work > 0 => Self::Work(work),
            ChallengeWhen::Always => Self::Work(work.max(1)),
            ChallengeWhen::Near | ChallengeWhen::Never => else_due,
        }
    }
}

/// Whether a request brings enough.
pub(super) enum CheckResult {
    Enough,
    /// Enough, if the challenge was not spent before for another address.
    Solved(SolvedChallenge),
    /// Enough, when so much time is over.
    Waits(Duration),
    Lacks(Box<NextStep>),
}

/// Judges what a request for `email` brings.
pub(super) fn judge(
    signup: &Signup,
    email: &EmailAddress,
    proof: &HumanCheck,
    due: Requirement,
    now: Timestamp,
) -> CheckResult {
    if due == Requirement::Nothing {
        return CheckResult::Enough;
    }
    if due == Requirement::Form {
        let age = age(signup, &proof.stamp, now);
        if age.is_some_and(|age| (signup.limits.form_age_min..=FORM_AGE_MAX).contains(&age)) {
            return CheckResult::Enough;
        }
    }
    // A challenge from when less work was due is good as well: nobody works twice.
    if let Some(spent) = challenge::check(&signup.keys, &proof.solution, now) {
        return CheckResult::Solved(spent);
    }
    match waited(signup, email, proof, now).filter(|waited| *waited < WAIT_AGE_MAX) {
        Some(waited) => CheckResult::Waits(WAIT.saturating_sub(waited)),
        None => CheckResult::Lacks(Box::new(step(signup, email, proof, due, now))),
    }
}

/// The token for a form that is shown now.
pub(super) fn stamp(signup: &Signup, now: Timestamp) -> String {
    signup.keys.seal(Purpose::Form, now.0.cast_unsigned())
}

/// What is to be done next. Its stamp is of age: the page that bears it is shown to who has filled in a form already.
pub(super) fn step(
    signup: &Signup,
    email: &EmailAddress,
    proof: &HumanCheck,
    due: Requirement,
    now: Timestamp,
) -> NextStep {
    let stamp = stamp(signup, now.minus(signup.limits.form_age_min));
    let Requirement::Work(times) = due else { return NextStep { stamp, work: None } };
    // A clock that runs is not set back.
    let waited = waited(signup, email, proof, now).filter(|waited| *waited < WAIT_AGE_MAX);
    let wait = match waited {
        Some(_) => proof.wait.clone(),
        None => signup.keys.seal(Purpose::Wait, wait_number(signup, email, now)),
    };
    let challenge = Challenge::new(&signup.keys, signup.limits.challenge_work.saturating_mul(times), now);
    let work = Some(Work { challenge, wait, wait_for: WAIT.saturating_sub(waited.unwrap_or_default()) });
    NextStep { stamp, work }
}

fn age(signup: &Signup, stamp: &str, now: Timestamp) -> Option<Duration> {
    let shown = signup.keys.open(Purpose::Form, stamp)?.cast_signed();
    (shown <= now.0).then(|| now.since(Timestamp(shown)))
}

/// A wait is for one address: a store of old ones opens nothing.
fn wait_number(signup: &Signup, email: &EmailAddress, now: Timestamp) -> u64 {
    let tag = signup.keys.address_tag(&email.key()) >> (u64::BITS - WAIT_TAG_BITS);
    now.0.cast_unsigned() << WAIT_TAG_BITS | tag
}

fn waited(signup: &Signup, email: &EmailAddress, proof: &HumanCheck, now: Timestamp) -> Option<Duration> {
    let number = signup.keys.open(Purpose::Wait, &proof.wait)?;
    let began = Timestamp((number >> WAIT_TAG_BITS).cast_signed());
    (began <= now && number == wait_number(signup, email, began)).then(|| now.since(began))
}
