//! What a request brings to show that a person sent it: the time at which its form was shown, a solved challenge, or
//! patience. Decides which of them is enough; whoever lacks it is asked for one step more and loses nothing.

use std::time::Duration;

use super::challenge::{self, Challenge, Spent};
use super::{Ask, ChallengeWhen, Signup};
use crate::clock::Timestamp;
use crate::token::Purpose;

/// A page that was left open over night still works; one that a program copied last week does not.
const FORM_AGE_MAX: Duration = Duration::from_secs(24 * 3600);
/// How long who cannot or will not compute waits instead: some times what the computation takes a slow telephone.
pub const WAIT: Duration = Duration::from_secs(20);
/// How long the wait may have begun before.
const WAIT_AGE_MAX: Duration = Duration::from_secs(3600);
/// The bits of a wait's number that are of the address. The others hold milliseconds until the year 2109.
const WAIT_TAG_BITS: u32 = 22;

/// What a request brings besides its address. All of it is what came with the request, right or wrong.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// When the form was shown: a token.
    pub stamp: String,
    /// A challenge's solution.
    pub solution: String,
    /// Since when the reader waits: a token.
    pub wait: String,
}

/// One step more.
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
    /// To be solved.
    pub challenge: Challenge,
    /// Goes with the request of who waits instead.
    pub wait: String,
    /// How much longer that is.
    pub wait_for: Duration,
}

/// Whether a request brings enough.
pub(super) enum Judgement {
    Enough,
    /// Enough, if the challenge was not spent before.
    Solved(Spent),
    Lacks(Box<NextStep>),
}

/// Judges what `ask` brings. `near` is whether a limit is.
pub(super) fn judge(signup: &Signup, ask: &Ask, near: bool, now: Timestamp) -> Judgement {
    let work_is_due = match signup.limits.challenge {
        ChallengeWhen::Near => near,
        ChallengeWhen::Always => true,
        ChallengeWhen::Never => false,
    };
    let solved = || challenge::check(&signup.keys, &ask.proof.solution, now);
    if ask.vouched {
        return Judgement::Enough;
    }
    if work_is_due {
        if let Some(spent) = solved() {
            return Judgement::Solved(spent);
        }
        let waited = waited(signup, ask, now);
        if waited.is_some_and(|waited| (WAIT..WAIT_AGE_MAX).contains(&waited)) {
            return Judgement::Enough;
        }
        return Judgement::Lacks(Box::new(step(signup, ask, true, now)));
    }
    let age = age(signup, &ask.proof.stamp, now);
    if age.is_some_and(|age| (signup.limits.form_age_min..=FORM_AGE_MAX).contains(&age)) {
        return Judgement::Enough;
    }
    match solved() {
        Some(spent) => Judgement::Solved(spent),
        None => Judgement::Lacks(Box::new(step(signup, ask, false, now))),
    }
}

/// The token for a form that is shown now.
pub(super) fn stamp(signup: &Signup, now: Timestamp) -> String {
    signup.keys.seal(Purpose::Form, now.0.cast_unsigned())
}

/// What is to be done next. A clock that runs is not set back: who pressed too early presses again.
pub(super) fn step(signup: &Signup, ask: &Ask, work: bool, now: Timestamp) -> NextStep {
    let kept = age(signup, &ask.proof.stamp, now).is_some_and(|age| age <= FORM_AGE_MAX);
    let stamp = if kept { ask.proof.stamp.clone() } else { stamp(signup, now) };
    let work = work.then(|| {
        let waited = waited(signup, ask, now).filter(|waited| *waited < WAIT_AGE_MAX);
        let wait = match waited {
            Some(_) => ask.proof.wait.clone(),
            None => signup.keys.seal(Purpose::Wait, wait_number(signup, ask, now)),
        };
        let challenge = Challenge::new(&signup.keys, signup.limits.challenge_work, now);
        Work { challenge, wait, wait_for: WAIT.saturating_sub(waited.unwrap_or_default()) }
    });
    NextStep { stamp, work }
}

fn age(signup: &Signup, stamp: &str, now: Timestamp) -> Option<Duration> {
    let shown = signup.keys.open(Purpose::Form, stamp)?.cast_signed();
    (shown <= now.0).then(|| now.since(Timestamp(shown)))
}

/// A wait is for one address: a store of old ones opens nothing.
fn wait_number(signup: &Signup, ask: &Ask, now: Timestamp) -> u64 {
    let tag = signup.keys.address_tag(&ask.email.key()) >> (u64::BITS - WAIT_TAG_BITS);
    now.0.cast_unsigned() << WAIT_TAG_BITS | tag
}

fn waited(signup: &Signup, ask: &Ask, now: Timestamp) -> Option<Duration> {
    let number = signup.keys.open(Purpose::Wait, &ask.proof.wait)?;
    let began = Timestamp((number >> WAIT_TAG_BITS).cast_signed());
    (began <= now && number == wait_number(signup, ask, began)).then(|| now.since(began))
}
