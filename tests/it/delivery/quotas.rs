//! Limits per hour and day: reached and not passed, whoever counts and whatever dies; and what happens when one is used up.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::alarm::AlarmName;
use coranto::domain::delivery::{DeliveryKind, DeliveryState};
use coranto::domain::issue::IssueState;
use coranto::domain::provider::Provider;
use coranto::domain::quota::{Quota, Span};
use coranto::smtp::{Sink, SinkOptions};
use coranto::store::alarms::StandingAlarm;
use coranto::store::{Db, alarms, quotas};

use super::extra_headers::add;
use super::stage::{DeliveryFixture, relay};
use crate::harness::database::both_databases;

const HOUR: Duration = Duration::from_secs(61 * 60);
const DAY: Duration = Duration::from_secs(24 * 3600 + 600);

fn per_hour(limit: u32) -> Quota {
    Quota { per_hour: Some(limit), per_day: None }
}

fn per_day(limit: u32) -> Quota {
    Quota { per_hour: None, per_day: Some(limit) }
}

/// Places that the ledger counts for the relay `main`.
async fn counted(stage: &DeliveryFixture, span: Span) -> i64 {
    let counts = quotas::counts(&mut stage.db.read().await.unwrap(), "relay main").await.unwrap();
    counts.iter().filter(|count| count.span == span).map(|count| count.taken).sum()
}

/// What a person is told.
async fn quota_alarm(stage: &DeliveryFixture) -> StandingAlarm {
    let all = alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap();
    all.into_iter().find(|alarm| alarm.name == AlarmName::RelayQuota).expect("nobody is told")
}

/// Long enough for a mail that should not go to go.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(300)).await;
}

async fn wait_for_mails(stage: &DeliveryFixture, wanted: usize) {
    for _ in 0..3000 {
        if stage.sink.messages().len() >= wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} emails of {wanted}", stage.sink.messages().len());
}

both_databases! {
    async fn an_hours_limit_is_reached_and_not_passed(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.bear_leaps();
        stage.settings.relays[0].quota = per_hour(100);
        stage.crowd(250).await;
        let issue = stage.issue("hour").await;
        let running = stage.start();
        for sent in [96, 192] {
            stage.wait_until(issue, |totals| totals.sent == sent).await;
            a_while().await;
            let totals = stage.totals(issue).await;
            assert_eq!((totals.sent, totals.deferred, totals.failed), (sent, 0, 0), "{totals:?}");
            assert!(counted(&stage, Span::Hour).await <= 100);
            let told = quota_alarm(&stage).await;
            assert!(told.note.starts_with("it has sent its 100 for the hour; "), "{}", told.note);
            assert!(told.scope == "main" && told.cleared_at.is_none());
            stage.clock.advance(HOUR);
        }
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert!(quota_alarm(&stage).await.cleared_at.is_some(), "there are places again");
        stage.assert_once(issue).await;
    }

    async fn a_days_limit_holds_over_restarts_and_several_engines(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays[0].quota = per_day(400);
        stage.crowd(500).await;
        let issue = stage.issue("day").await;
        for part in [60, 120, 200] {
            stage.run_until(issue, |totals| totals.sent >= part).await;
            let (sent, counted) = (stage.totals(issue).await.sent, counted(&stage, Span::Day).await);
            assert_eq!(counted, sent, "a stop gives back what was not used");
        }
        // Of two engines on one SQLite file the second takes the place of the first.
        let engines: Vec<_> = (0..if stage.db.is_sqlite() { 1 } else { 2 }).map(|_| stage.start()).collect();
        stage.wait_until(issue, |totals| totals.sent >= 380).await;
        stage.wait_until(issue, |totals| totals.claimed + totals.in_flight == 0).await;
        a_while().await;
        let sent = stage.totals(issue).await.sent;
        assert!((380..=392).contains(&sent), "{sent} of 392");
        for engine in engines {
            engine.stop().await;
        }
        assert_eq!(counted(&stage, Span::Day).await, stage.totals(issue).await.sent);
        assert!(stage.sink.messages().len() <= 392);
    }

    async fn a_crash_costs_at_most_a_block(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays[0].quota = per_day(400);
        stage.crowd(500).await;
        let issue = stage.issue("crash").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 100).await;
        running.kill().await;
        // Its lease ends.
        stage.clock.advance(Duration::from_secs(90));
        let running = stage.start();
        // Four connections with one mail under way and one prepared each, and a block with its successor.
        stage.wait_until(issue, |totals| totals.sent + totals.uncertain >= 392 - 8 - 2 * 20).await;
        stage.wait_until(issue, |totals| totals.claimed + totals.in_flight == 0).await;
        a_while().await;
        running.stop().await;
        assert!(stage.sink.messages().len() <= 400, "{}", stage.sink.messages().len());
    }

    async fn transactional_mail_has_a_reserve(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.bear_leaps();
        stage.settings.relays[0].quota = per_hour(100);
        stage.crowd(120).await;
        let issue = stage.issue("reserve").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent == 96).await;
        for number in 0..5 {
            add(&stage, DeliveryKind::Request, &format!("late{number}@example.net")).await;
        }
        wait_for_mails(&stage, 100).await;
        a_while().await;
        assert_eq!(stage.sink.messages().len(), 100, "the fifth has no place");
        stage.clock.advance(HOUR);
        wait_for_mails(&stage, 125).await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
    }

    async fn another_relay_takes_what_one_may_not(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let other = Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
        stage.settings.relays.push(relay("other", &other));
        stage.settings.relays[0].quota = per_hour(25);
        stage.crowd(200).await;
        let issue = stage.issue("other").await;
        stage.finish(issue).await;
        let by_main = stage.sink.messages().len();
        assert!((1..=25).contains(&by_main), "{by_main}");
        assert_eq!(by_main + other.messages().len(), 200);
        other.stop().await;
    }

    async fn a_refused_recipient_takes_no_place(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays[0].quota = per_hour(50);
        stage.readers(&["permfail-a", "permfail-b", "permfail-c"]).await;
        stage.crowd(60).await;
        let issue = stage.issue("refused").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent == 48).await;
        a_while().await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!(totals.sent, 48, "{totals:?}");
        assert_eq!(counted(&stage, Span::Hour).await, 48);
    }

    async fn a_destinations_limit_holds_back_its_own_rows_once(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.bear_leaps();
        stage.settings.provider_quotas.insert(Provider::Gmail, per_day(20));
        let gmail: Vec<String> = (0..50).map(|number| format!("g{number}@gmail.com")).collect();
        stage.readers(&gmail).await;
        stage.crowd(10).await;
        let issue = stage.issue("gmail").await;
        let running = stage.start();
        let waits = |rows: &[coranto::store::ledger::LedgerRow]| {
            let mut due: Vec<Timestamp> =
                rows.iter().filter(|row| row.state == DeliveryState::Pending).filter_map(|row| row.due_at).collect();
            due.sort();
            due
        };
        stage.wait_until(issue, |totals| totals.sent == 30 && totals.claimed + totals.in_flight == 0).await;
        let first = stage.rows(issue).await;
        a_while().await;
        let then = stage.rows(issue).await;
        assert_eq!(waits(&first), waits(&then), "they are left alone until their day");
        let days: Vec<u64> =
            waits(&then).iter().map(|at| at.since(stage.clock.now()).as_secs() / 86_400).collect();
        assert_eq!(days, [vec![1; 20], vec![2; 10]].concat(), "as many come back a day as may go");
        assert!(then.iter().all(|row| row.state != DeliveryState::Pending || row.attempts == 0));
        for sent in [50, 60] {
            stage.clock.advance(DAY);
            stage.wait_until(issue, |totals| totals.sent == sent).await;
        }
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
    }
}
