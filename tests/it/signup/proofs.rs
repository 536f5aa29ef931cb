//! What a request must bring: a form that was shown, a solved challenge, or patience.

use std::time::Duration;

use coranto::signup::{self, Ask, Challenge, ChallengeWhen, HumanCheck, Limits, NextStep, RequestOutcome, WAIT};
use coranto::store::Db;

use super::SignupFixture;
use crate::harness::altcha::solve;
use crate::harness::database::both_databases;

fn ask(email: &str, proof: HumanCheck) -> Ask {
    Ask { proof, ..Ask::new(email.parse().unwrap()) }
}

/// The step that is missing; none when the request was taken.
async fn step(ground: &SignupFixture, email: &str, proof: HumanCheck) -> Option<NextStep> {
    match ground.ask(&ask(email, proof), "192.0.2.1").await.unwrap() {
        RequestOutcome::Taken | RequestOutcome::NoMail(_) => None,
        RequestOutcome::Step(step) => Some(*step),
    }
}

fn stamped(stamp: &str) -> HumanCheck {
    HumanCheck { stamp: stamp.to_owned(), ..HumanCheck::default() }
}

fn solved(challenge: &Challenge) -> HumanCheck {
    HumanCheck { solution: solve(&serde_json::to_value(challenge).unwrap()), ..HumanCheck::default() }
}

impl SignupFixture {
    fn seconds(&mut self, seconds: u64) {
        self.now = self.now.plus(Duration::from_secs(seconds));
    }
}

both_databases! {
    async fn a_stamp_that_is_missing_too_new_or_too_old_costs_one_step_and_loses_nothing(db: Db) {
        let two_seconds = Limits { form_age_min: Duration::from_secs(2), ..Limits::default() };
        let mut ground = SignupFixture::with_limits(db, two_seconds).await;
        let of_the_form = ground.signup.stamp(ground.now);
        let missing = step(&ground, "a@example.org", HumanCheck::default()).await.unwrap();
        assert!(missing.work.is_none(), "a button is enough");
        ground.seconds(1);
        let hasty = step(&ground, "a@example.org", stamped(&of_the_form)).await.unwrap();
        for forged in ["x", &of_the_form.replace('a', "b"), &ground.signup.stamp(ground.now.plus(Duration::from_secs(9)))] {
            assert!(step(&ground, "a@example.org", stamped(forged)).await.is_some(), "{forged}");
        }
        assert!(ground.find("a@example.org").await.is_none(), "nothing is stored before");
        // The step is one: who takes it is let through at once.
        for stamp in [&missing.stamp, &hasty.stamp] {
            assert!(step(&ground, "a@example.org", stamped(stamp)).await.is_none());
        }
        assert!(ground.find("a@example.org").await.is_some());
        ground.later(25);
        let old = step(&ground, "b@example.org", stamped(&of_the_form)).await.unwrap();
        assert_ne!(old.stamp, of_the_form);
    }

    async fn near_a_limit_a_machine_must_work(db: Db) {
        let limits = Limits { requests_per_hour: 8, challenge_work: 300, ..Limits::default() };
        let mut ground = SignupFixture::with_limits(db, limits).await;
        let stamp = ground.signup.stamp(ground.now);
        ground.seconds(3);
        for number in 0..4 {
            assert!(step(&ground, &format!("a{number}@example.org"), stamped(&stamp)).await.is_none());
        }
        let work = step(&ground, "b@example.org", stamped(&stamp)).await.unwrap().work.unwrap();
        let solution = solved(&work.challenge);
        for _twice in 0..2 {
            assert!(step(&ground, "b@example.org", solution.clone()).await.is_none(), "who presses twice is let through twice");
        }
        assert_eq!(ground.mails("confirmation").await, 5);
        // It opens the door for one address.
        assert!(step(&ground, "c@example.org", solution).await.unwrap().work.is_some());
        assert!(ground.find("b@example.org").await.is_some() && ground.find("c@example.org").await.is_none());
        // A network that is new does not pay for another one.
        let elsewhere = ground.ask(&ask("d@example.org", stamped(&stamp)), "198.51.100.1").await.unwrap();
        assert!(matches!(elsewhere, RequestOutcome::Taken));
    }

    async fn who_cannot_compute_waits(db: Db) {
        let limits = Limits { challenge: ChallengeWhen::Always, ..Limits::default() };
        let mut ground = SignupFixture::with_limits(db, limits).await;
        let work = step(&ground, "a@example.org", HumanCheck::default()).await.unwrap().work.unwrap();
        assert_eq!(work.wait_for, WAIT);
        let waiting = HumanCheck { wait: work.wait.clone(), ..HumanCheck::default() };
        ground.seconds(19);
        // The wait was for one address.
        assert!(step(&ground, "b@example.org", waiting.clone()).await.is_some());
        // Who presses too early is held until it is time.
        let pressed = std::time::Instant::now();
        assert!(step(&ground, "a@example.org", waiting.clone()).await.is_none());
        assert!(pressed.elapsed() > Duration::from_millis(900));
        ground.later(1);
        assert!(step(&ground, "a@example.org", waiting).await.is_some(), "and it ends");
    }

    async fn a_challenge_can_be_solved_beforehand_and_switched_off(db: Db) {
        let never = Limits { requests_per_hour: 3, challenge: ChallengeWhen::Never, challenge_work: 300, ..Limits::default() };
        let mut ground = SignupFixture::with_limits(db, never).await;
        let solution = solved(&ground.signup.challenge(ground.now));
        assert!(step(&ground, "a@example.org", solution.clone()).await.is_none(), "in the stamp's place");
        assert!(step(&ground, "b@example.org", solution).await.is_some());
        let stamp = ground.signup.stamp(ground.now);
        ground.seconds(2);
        assert!(step(&ground, "b@example.org", stamped(&stamp)).await.is_none(), "near the limit, and nothing is asked");
    }

    async fn the_janitor_forgets_no_challenge_that_could_be_used_again(db: Db) {
        let limits = Limits { requests_per_hour: 1000, challenge: ChallengeWhen::Always, challenge_work: 300, ..Limits::default() };
        let mut ground = SignupFixture::with_limits(db, limits).await;
        let solution = solved(&ground.signup.challenge(ground.now));
        assert!(step(&ground, "a@example.org", solution.clone()).await.is_none());
        // For as long as it is valid, and beyond.
        for minute in 0..90 {
            signup::purge_limits(ground.db(), ground.now).await.unwrap();
            assert!(step(&ground, "b@example.org", solution.clone()).await.is_some(), "after {minute} minutes");
            ground.seconds(60);
        }
        assert!(ground.find("b@example.org").await.is_none());
    }

    async fn a_trap_is_sprung_without_a_row(db: Db) {
        let ground = SignupFixture::with_limits(db, Limits { requests_per_hour: 3, ..Limits::default() }).await;
        let before = ground.fingerprint().await;
        let honeypot = Ask { honeypot: true, skip_challenge: true, ..Ask::new("a@example.org".parse().unwrap()) };
        for _ in 0..50 {
            assert!(matches!(ground.ask(&honeypot, "192.0.2.1").await.unwrap(), RequestOutcome::Taken), "and it counts for nothing");
        }
        assert_eq!(ground.fingerprint().await, before);
        ground.request("a@example.org").await.unwrap();
    }
}
