//! What a relay says is evidence against the party that it speaks of, and against no other: nobody fails and nobody loses a
//! try for what is said of us, and all that another relay, sender or destination carries goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use coranto::delivery::NewsletterSettings;
use coranto::domain::IssueId;
use coranto::domain::delivery::DeliveryState::{self, Pending, Sent};
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::{Mailbox, Newsletter};
use coranto::domain::return_path::ReturnPath;
use coranto::store::suspensions::{self, Suspension};
use coranto::store::{Db, StoreError, newsletters};

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, START, endpoint_at, newsletter, relay, relay_to};
use crate::harness::database::both_databases;

/// A relay that answers where `refuses` says so with `refusal`, until it is mended.
pub(super) async fn refusing(
    refusal: &'static str,
    refuses: impl Fn(&Asked) -> bool + Send + Sync + 'static,
) -> (Script, Arc<AtomicBool>) {
    let is_mended = Arc::new(AtomicBool::new(false));
    let mended = Arc::clone(&is_mended);
    let script = Script::start(move |asked: &Asked| match !mended.load(Ordering::SeqCst) && refuses(asked) {
        true if refusal.is_empty() => Answer::Drop,
        true => Answer::Say(refusal),
        false => Answer::Usual,
    })
    .await;
    (script, is_mended)
}

pub(super) async fn suspended(stage: &DeliveryFixture) -> Vec<Suspension> {
    suspensions::all(&mut stage.db.read().await.unwrap()).await.unwrap()
}

pub(super) async fn wait_for_suspension(stage: &DeliveryFixture) -> Suspension {
    for _ in 0..9000 {
        if let Some(group) = suspended(stage).await.pop() {
            return group;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing is suspended");
}

pub(super) async fn suppressed(stage: &DeliveryFixture) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    let (count,): (i64,) = tx.sql("SELECT COUNT(*) FROM suppressions").fetch_one().await.unwrap();
    count
}

/// Lets time pass minute by minute until an issue is in `state`.
pub(super) async fn pass_time_until(stage: &DeliveryFixture, issue: IssueId, state: IssueState) {
    for _ in 0..2000 {
        if stage.get(issue).await.state == state {
            return;
        }
        stage.clock.advance(Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    panic!("still {:?}; {:?}", stage.totals(issue).await, suspended(stage).await);
}

/// Half of them at gmail, half at a domain of their own.
pub(super) async fn mixed_crowd(stage: &DeliveryFixture, readers: usize) {
    let locals: Vec<String> = (0..readers)
        .map(|n| if n % 2 == 0 { format!("g{n}@gmail.com") } else { format!("r{n}@host{n}.example") })
        .collect();
    stage.readers(&locals).await;
}

/// A second newsletter with a sender of its own, and the first one's number put aside.
pub(super) async fn second_newsletter(stage: &mut DeliveryFixture) -> coranto::domain::NewsletterId {
    let month = Newsletter {
        slug: "month".to_owned(),
        from: Mailbox { name: "The Month".to_owned(), address: "month@month.example.org".parse().unwrap() },
        return_path: Some(ReturnPath::at("bounce.month.example.org")),
        ..newsletter()
    };
    let first = stage.settings.newsletters[0].clone();
    stage.settings.newsletters.push(NewsletterSettings { newsletter: month, ..first });
    let id = stage.db.write(async |tx| newsletters::ensure(tx, "month", START).await).await;
    id.map_err(|error: StoreError| error).unwrap()
}

both_databases! {
    async fn one_relay_of_two_that_calls_everybody_dead_costs_nobody(db: Db) {
        let (script, _) = refusing("550 5.1.1 No such user", |asked| asked.verb == "RCPT").await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("broken", endpoint_at(script.address)), relay("main", &stage.sink)];
        stage.bear_leaps();
        stage.crowd(300).await;
        let issue = stage.issue("two-relays").await;
        let running = stage.start();
        pass_time_until(&stage, issue, IssueState::Sent).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.failed, totals.skipped), (300, 0, 0));
        assert_eq!(suppressed(&stage).await, 0);
        stage.assert_once(issue).await;
        assert!(stage.events().await.iter().any(|(kind, data)| kind == "group.suspended" && data.contains("broken")));
    }

    async fn an_account_that_is_suspended_at_one_relay_costs_nobody(db: Db) {
        let (script, _) = refusing("550 5.7.1 account suspended", |asked| asked.verb == "RCPT").await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("broken", endpoint_at(script.address)), relay("main", &stage.sink)];
        stage.bear_leaps();
        stage.crowd(200).await;
        let issue = stage.issue("account").await;
        let running = stage.start();
        pass_time_until(&stage, issue, IssueState::Sent).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.failed), (200, 0));
        assert!(stage.rows(issue).await.iter().all(|row| row.attempts == 1));
    }

    async fn a_provider_that_refuses_us_holds_its_own_mail_alone(db: Db) {
        let (script, is_mended) =
            refusing("550 5.7.26 Unauthenticated mail from week@news.example.org is not accepted: DMARC", |asked| {
                asked.verb == "DOT" && asked.domain == "gmail.com"
            })
            .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        mixed_crowd(&stage, 200).await;
        let issue = stage.issue("dmarc").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent == 100 && totals.claimed + totals.in_flight == 0).await;
        let group = wait_for_suspension(&stage).await;
        assert_eq!((group.destination.as_str(), group.relay.as_str()), ("gmail", "main"));
        assert!(group.reply.contains("5.7.26") && group.reply.contains("w***@news.example.org"), "{}", group.reply);
        stage.wait_until(issue, |totals| totals.suspended > 80).await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.failed, totals.sent), (0, 100));
        assert!(stage.rows(issue).await.iter().all(|row| row.state == Sent || (row.state, row.attempts) == (Pending, 0)));

        is_mended.store(true, Ordering::SeqCst);
        pass_time_until(&stage, issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.totals(issue).await.sent, 200);
        assert_eq!(script.taken().len(), 200);
        assert!(suspended(&stage).await.is_empty());
    }

    async fn a_refused_sender_stops_no_other_newsletter(db: Db) {
        let (script, is_mended) = refusing("550 5.7.1 sender not verified", |asked| {
            asked.verb == "MAIL" && asked.sender.ends_with("month.example.org")
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        let month = second_newsletter(&mut stage).await;
        stage.crowd(60).await;
        let good = stage.issue("good").await;
        let week = std::mem::replace(&mut stage.newsletter, month);
        stage.readers(&(0..60).map(|n| format!("month{n}")).collect::<Vec<_>>()).await;
        let bad = stage.issue("bad").await;
        stage.newsletter = week;
        let running = stage.start();
        stage.wait_for_state(good, IssueState::Sent).await;
        assert_eq!(stage.totals(good).await.sent, 60);
        assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"), "{:?}", stage.events().await);
        let group = wait_for_suspension(&stage).await;
        assert_eq!((group.newsletter_id, group.destination.as_str()), (month, ""));
        let totals = stage.totals(bad).await;
        assert_eq!((totals.sent, totals.failed), (0, 0));
        assert!(stage.rows(bad).await.iter().all(|row| row.attempts == 0));

        is_mended.store(true, Ordering::SeqCst);
        pass_time_until(&stage, bad, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.totals(bad).await.sent, 60);
    }

    async fn trouble_of_the_relay_at_any_stage_costs_no_try(db: Db) {
        for (number, (verb, refusal)) in [
            ("RCPT", ""),
            ("RCPT", "454 4.7.1 <r7@corporate7.example>: Relay access denied"),
            ("RCPT", "554 5.7.1 <r7@corporate7.example>: Relay access denied"),
            ("RCPT", "550 relay not permitted"),
            ("RCPT", "450 4.1.8 <week@news.example.org>: Sender address rejected: Domain not found"),
            ("DATA", ""),
            ("DATA", "451 4.3.0 Error: queue file write error"),
            ("DOT", "451 4.3.0 Error: queue file write error"),
            ("DOT", "452 4.3.1 Insufficient system storage"),
            ("RCPT", "535 5.7.8 Authentication credentials invalid"),
        ]
        .into_iter()
        .enumerate()
        {
            let (script, is_mended) = refusing(refusal, move |asked| asked.verb == verb).await;
            let mut stage = DeliveryFixture::new(db.clone()).await;
            stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
            stage.bear_leaps();
            if number == 0 {
                stage.crowd(40).await;
            }
            let issue = stage.issue(&format!("fault{number}")).await;
            let running = stage.start();
            tokio::time::sleep(Duration::from_millis(1200)).await;
            for row in stage.rows(issue).await {
                assert_eq!((row.attempts, row.reason), (0, None), "{verb} {refusal}: {row:?}");
                assert!(row.state != DeliveryState::Failed && row.state != Sent, "{verb} {refusal}: {row:?}");
            }
            is_mended.store(true, Ordering::SeqCst);
            pass_time_until(&stage, issue, IssueState::Sent).await;
            running.stop().await;
            assert_eq!(stage.totals(issue).await.sent, 40, "{verb} {refusal}");
            assert!(stage.rows(issue).await.iter().all(|row| row.attempts == 1), "{verb} {refusal}");
            stage.execute("DELETE FROM suspensions").await;
        }
    }

    async fn what_one_relay_will_not_relay_another_carries_at_once(db: Db) {
        for (number, (verb, refusal)) in [
            ("RCPT", "454 4.7.1 <r7@corporate7.example>: Relay access denied"),
            ("MAIL", "450 4.7.1 Try again later"),
            ("MAIL", "550 5.7.1 sender not verified"),
            ("DOT", "554 Message rejected: Email address is not verified."),
        ]
        .into_iter()
        .enumerate()
        {
            let (script, _) = refusing(refusal, move |asked| asked.verb == verb).await;
            let mut stage = DeliveryFixture::new(db.clone()).await;
            stage.settings.relays = vec![relay_to("broken", endpoint_at(script.address)), relay("main", &stage.sink)];
            if number == 0 {
                stage.crowd(100).await;
            }
            let issue = stage.issue(&format!("other{number}")).await;
            let running = stage.start();
            // Time stands still: nothing that waits for a moment can go.
            stage.wait_for_state(issue, IssueState::Sent).await;
            running.stop().await;
            assert!(stage.rows(issue).await.iter().all(|row| (row.state, row.attempts) == (Sent, 1)), "{verb} {refusal}");
            stage.execute("DELETE FROM suspensions").await;
        }
    }

    async fn a_quota_waits_until_it_returns(db: Db) {
        let taken = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let (count, is_mended) = (Arc::clone(&taken), Arc::new(AtomicBool::new(false)));
        let mended = Arc::clone(&is_mended);
        let script = Script::start(move |asked: &Asked| match asked.verb {
            "RCPT" if !mended.load(Ordering::SeqCst) && count.fetch_add(1, Ordering::SeqCst) >= 20 => {
                Answer::Say("550 5.4.5 Daily user sending limit exceeded")
            }
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        stage.crowd(60).await;
        let issue = stage.issue("quota").await;
        let running = stage.start();
        let group = wait_for_suspension(&stage).await;
        assert_eq!((group.trouble.as_str(), group.until), ("quota", Some(START.plus(Duration::from_secs(15 * 60)))));
        stage.wait_until(issue, |totals| totals.claimed + totals.in_flight == 0).await;
        let before = taken.load(Ordering::SeqCst);
        for _ in 0..180 {
            stage.clock.advance(Duration::from_secs(60));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Fifteen minutes, then an hour: two mails have asked in three hours.
        let asked = taken.load(Ordering::SeqCst) - before;
        assert!((1..=3).contains(&asked), "{asked} emails asked");
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.failed), (20, 0));
        is_mended.store(true, Ordering::SeqCst);
        pass_time_until(&stage, issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.totals(issue).await.sent, 60);
    }

    async fn greylisted_mails_wait_twice_as_long_each_time(db: Db) {
        let (script, is_mended) = refusing("451 4.7.1 Greylisted, please try again", |asked| {
            asked.verb == "RCPT" && asked.reader.starts_with("grey")
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        stage.readers(&["grey@one.example", "plain@two.example"]).await;
        let issue = stage.issue("grey").await;
        let running = stage.start();
        for wait in [5, 10, 20] {
            stage.wait_until(issue, |totals| totals.deferred == 1 && totals.sent == 1).await;
            let row = stage.row(issue, "grey@one.example").await;
            let minutes = row.due_at.unwrap().since(stage.clock.now()).as_secs_f64() / 60.0;
            assert!((f64::from(wait) * 0.8..=f64::from(wait) * 1.2).contains(&minutes), "{minutes} of {wait} minutes");
            assert_eq!((row.state, row.attempts), (Pending, 0));
            is_mended.store(wait == 20, Ordering::SeqCst);
            stage.advance_to(issue, "grey@one.example").await;
            while stage.row(issue, "grey@one.example").await.due_at == row.due_at {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "grey@one.example").await, (Sent, 1, None));
    }
}
