//! Each fault that the sink knows by name: what the ledger says afterwards, how often it was tried, what the sink saw;
//! and the reader beside it gets the mail all the same.

use std::time::Duration;

use coranto::domain::delivery::DeliveryState::{Failed, Pending, Sent, Uncertain};
use coranto::domain::delivery::Reason;
use coranto::domain::issue::IssueState;
use coranto::smtp::SinkOptions;
use coranto::store::{Db, notices, suppressions};

use super::stage::{DeliveryFixture, START};
use crate::harness::database::both_databases;

/// A stage with one reader who has a fault and one who has none, after the first try of both.
async fn after_one_try(
    db: Db,
    faulty: &str,
    is_tried: impl Fn(&coranto::store::ledger::Totals) -> bool,
) -> DeliveryFixture {
    let options = SinkOptions { keep: true, slow_delay: Duration::from_millis(50), ..SinkOptions::default() };
    let mut stage = DeliveryFixture::with_sink(db, options).await;
    stage.bear_leaps();
    stage.readers(&[faulty, "healthy"]).await;
    let issue = stage.issue("faults").await;
    stage.run_until(issue, |totals| is_tried(totals) && totals.in_flight == 0 && totals.claimed == 0).await;
    assert_eq!(stage.standing(issue, "healthy").await, (Sent, 1, None));
    assert_eq!(stage.mails("healthy").len(), 1);
    stage
}

async fn issue(stage: &DeliveryFixture) -> coranto::domain::IssueId {
    let mut tx = stage.db.read().await.unwrap();
    coranto::store::issues::find(&mut tx, stage.newsletter, "faults").await.unwrap().unwrap().id
}

/// The row waits for `minutes`, with a fifth of play.
async fn assert_waits(stage: &DeliveryFixture, local: &str, minutes: u64) {
    let row = stage.row(issue(stage).await, local).await;
    let wait = row.due_at.unwrap().since(START).as_secs_f64() / 60.0;
    let wanted = minutes as f64;
    assert!((wanted * 0.8..=wanted * 1.2).contains(&wait), "{wait} minutes");
}

both_databases! {
    async fn tempfail_waits_for_another_try(db: Db) {
        let stage = after_one_try(db, "tempfail-x", |totals| totals.sent == 1 && totals.deferred == 1).await;
        let row = stage.row(issue(&stage).await, "tempfail-x").await;
        assert_eq!((row.state, row.attempts, row.reason), (Pending, 0, None), "the relay's trouble is no try");
        assert_eq!(row.reply.as_deref(), Some("451 4.3.0 Try again later"));
        assert_eq!((row.first_at, row.final_at, row.revision_id), (Some(START), None, None));
        assert_waits(&stage, "tempfail-x", 5).await;
        let stats = stage.sink.stats();
        assert_eq!((stats.recipients_deferred, stats.accepted), (1, 1));
        assert_eq!(stage.get(issue(&stage).await).await.state, IssueState::Sending);
    }

    async fn full_waits_for_another_try(db: Db) {
        let stage = after_one_try(db, "full-x", |totals| totals.sent == 1 && totals.deferred == 1).await;
        let row = stage.row(issue(&stage).await, "full-x").await;
        assert_eq!((row.state, row.attempts, row.reply.as_deref()), (Pending, 1, Some("452 4.2.2 Mailbox full")));
        assert_waits(&stage, "full-x", 5).await;
        assert_eq!(stage.sink.stats().recipients_deferred, 1);
    }

    async fn permfail_is_final_and_is_kept_to_be_settled(db: Db) {
        let stage = after_one_try(db, "permfail-x", |totals| totals.sent == 1 && totals.failed == 1).await;
        let issue = issue(&stage).await;
        let row = stage.row(issue, "permfail-x").await;
        assert_eq!((row.state, row.attempts, row.reason), (Failed, 1, Some(Reason::Refused)));
        assert_eq!(row.reply.as_deref(), Some("550 5.1.1 No such mailbox"));
        assert_eq!((row.relay.as_deref(), row.final_at, row.due_at), (Some("main"), Some(START), None));
        let stats = stage.sink.stats();
        assert_eq!((stats.recipients_refused, stats.accepted), (1, 1));
        let mut tx = stage.db.read().await.unwrap();
        let hash = stage.keys.address_hash("permfail-x@example.net");
        assert_eq!(suppressions::reason(&mut tx, &hash).await.unwrap(), None, "nothing follows at once");
        let kept = notices::page(&mut tx, &notices::NoticeFilter::default(), 10).await.unwrap();
        assert_eq!(kept.iter().map(|notice| notice.email.as_deref()).collect::<Vec<_>>(), [Some("permfail-x@example.net")]);
        drop(tx);
        assert_eq!(stage.finish(issue).await.failed, 1);
    }

    async fn defer2_is_sent_the_third_time(db: Db) {
        let stage = after_one_try(db, "defer2-x", |totals| totals.sent == 1 && totals.deferred == 1).await;
        let issue = issue(&stage).await;
        assert_waits(&stage, "defer2-x", 5).await;
        let running = stage.start();
        let first = stage.row(issue, "defer2-x").await.due_at;
        stage.advance_to(issue, "defer2-x").await;
        let second = stage.clock.now();
        let row = loop {
            let row = stage.row(issue, "defer2-x").await;
            if row.state == Pending && row.due_at != first {
                break row;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        assert_eq!((row.state, row.attempts), (Pending, 0), "{row:?}");
        let wait = row.due_at.unwrap().since(second).as_secs();
        assert!((8 * 60..=12 * 60).contains(&wait), "{wait} s after the second time");
        assert!(stage.mails("defer2-x").is_empty());
        stage.advance_to(issue, "defer2-x").await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let row = stage.row(issue, "defer2-x").await;
        assert_eq!((row.state, row.attempts, row.first_at, row.reply), (Sent, 1, Some(START), None));
        assert_eq!(stage.sink.stats().recipients_deferred, 2);
        // `Date` is that of the first try.
        let mails = stage.mails("defer2-x");
        assert_eq!(mails.len(), 1);
        assert!(String::from_utf8_lossy(&mails[0].data).contains("\r\nDate: Fri, 27 Nov 2026 "));
    }

    async fn slow_is_waited_for(db: Db) {
        let stage = after_one_try(db, "slow-x", |totals| totals.sent == 2).await;
        let issue = issue(&stage).await;
        assert_eq!(stage.standing(issue, "slow-x").await, (Sent, 1, None));
        assert_eq!(stage.mails("slow-x").len(), 1);
        stage.finish(issue).await;
    }

    async fn drop_data_surely_did_not_arrive(db: Db) {
        let stage = after_one_try(db, "drop-data-x", |totals| totals.sent == 1 && totals.deferred == 1).await;
        let row = stage.row(issue(&stage).await, "drop-data-x").await;
        assert_eq!((row.state, row.attempts, row.reason), (Pending, 0, None), "the relay's trouble is no try");
        assert!(row.reply.as_deref().unwrap().contains("closed the connection"), "{:?}", row.reply);
        assert_waits(&stage, "drop-data-x", 5).await;
        assert_eq!(stage.sink.stats().dropped, 1);
        assert!(stage.mails("drop-data-x").is_empty());
    }

    async fn drop_dot_is_uncertain(db: Db) {
        let stage = after_one_try(db, "drop-dot-x", |totals| totals.sent == 1 && totals.uncertain == 1).await;
        let issue = issue(&stage).await;
        let row = stage.row(issue, "drop-dot-x").await;
        assert_eq!((row.state, row.attempts, row.relay.as_deref()), (Uncertain, 1, Some("main")));
        assert_eq!(row.due_at, Some(START.plus(Duration::from_secs(30 * 60))));
        assert!(row.revision_id.is_some());
        let mails = stage.mails("drop-dot-x");
        assert_eq!(mails.len(), 1);
        assert!(!mails[0].replied);
        assert_eq!(stage.get(issue).await.state, IssueState::Sending, "not sent while a row is uncertain");
    }

    async fn closing_is_no_try(db: Db) {
        let stage = after_one_try(db, "421-x", |totals| totals.sent == 1).await;
        let issue = issue(&stage).await;
        let running = stage.start();
        while stage.row(issue, "421-x").await.reply.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running.stop().await;
        let row = stage.row(issue, "421-x").await;
        assert_eq!((row.state, row.attempts, row.reply.as_deref()), (Pending, 0, Some("421 4.3.2 Closing")));
        let wait = row.due_at.unwrap().since(START).as_secs();
        assert!((48..=72).contains(&wait), "{wait} s");
        assert!(stage.sink.stats().dropped >= 1);
        assert!(stage.mails("421-x").is_empty());
        assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"), "it only asked for less");
    }

    async fn retries_end_after_two_days(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.bear_leaps();
        stage.readers(&["full-x", "healthy"]).await;
        let issue = stage.issue("faults").await;
        let running = stage.start();
        for tries in 1.. {
            let row = stage.wait_for_tries(issue, "full-x", tries).await;
            if row.state != Pending {
                break;
            }
            assert!(row.due_at.unwrap().since(START) <= Duration::from_secs(48 * 3600));
            stage.advance_to(issue, "full-x").await;
        }
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let row = stage.row(issue, "full-x").await;
        assert_eq!((row.state, row.reason), (Failed, Some(Reason::Expired)));
        assert_eq!(row.reply.as_deref(), Some("452 4.2.2 Mailbox full"));
        // 5, 15, 45 min, 2 h, 4 h, then every 6 h, each with a fifth of play.
        assert!((10..=15).contains(&row.attempts), "{} tries", row.attempts);
        assert_eq!(stage.sink.stats().recipients_deferred, row.attempts.cast_unsigned());
        let tried_for = row.final_at.unwrap().since(START);
        assert!(tried_for > Duration::from_secs(40 * 3600), "given up after {tried_for:?}");
        assert!(stage.mails("full-x").is_empty());
    }
}
