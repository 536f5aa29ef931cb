//! Several relays: each takes its share, the mail of one that fails goes through another, and nothing goes elsewhere
//! once its final dot may have left.

use std::time::Duration;

use coranto::domain::delivery::DeliveryState::{Sent, Uncertain};
use coranto::domain::issue::IssueState;
use coranto::smtp::{Sink, SinkHandle, SinkOptions};
use coranto::store::Db;

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, mails, relay, relay_to};
use crate::harness::database::both_databases;

async fn another_sink(options: SinkOptions) -> SinkHandle {
    Sink::start(SinkOptions { keep: true, ..options }).await.unwrap()
}

both_databases! {
    async fn what_a_dead_relay_had_goes_through_the_other(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let dead = listener.local_addr().unwrap();
        drop(listener);
        stage.settings.relays.insert(0, relay_to("dead", endpoint_at(dead)));
        let locals = stage.crowd(100).await;
        let issue = stage.issue("failover").await;
        let totals = stage.finish(issue).await;
        assert_eq!((totals.sent, totals.open()), (100, 0));
        for local in &locals {
            let row = stage.row(issue, local).await;
            assert_eq!((row.attempts, row.relay.as_deref()), (1, Some("main")));
        }
        stage.assert_once(issue).await;
        assert!(stage.events().await.iter().any(|(kind, data)| kind == "relay.down" && data.contains("\"dead\"")));
    }

    async fn a_relay_that_hangs_holds_up_three_readers_and_not_the_list(db: Db) {
        // It has failed once and hangs since: what is tried on it waits, all the rest goes through the other.
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays.insert(0, relay_to("hanging", endpoint_at(address)));
        stage.crowd(4).await;
        let first = stage.issue("first").await;
        let running = stage.start();
        stage.wait_for_state(first, IssueState::Sent).await;
        stage.wait_for_event("relay.down").await;
        let _hanging = std::net::TcpListener::bind(address).unwrap();
        stage.readers(&(0..100).map(|number| format!("more{number}")).collect::<Vec<_>>()).await;
        let second = stage.issue("second").await;
        // It is given five minutes for its greeting; the scenario is not.
        stage.wait_until(second, |totals| totals.sent >= 101).await;
        running.kill().await;
    }

    async fn each_relay_takes_its_share(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let second = another_sink(SinkOptions::default()).await;
        stage.settings.relays = vec![relay("three", &stage.sink), relay("one", &second)];
        stage.settings.relays[0].weight = 3;
        // Both are at work when it begins: before a relay has a connection it is given little.
        stage.settings.timing.idle = Duration::from_secs(60);
        let running = stage.start();
        let warm = stage.issue_to("warm", "warm", 40).await;
        stage.wait_for_state(warm, IssueState::Sent).await;
        let before = (stage.sink.messages().len(), second.messages().len());
        let issue = stage.issue_to("shares", "reader", 200).await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let (three, one) = (stage.sink.messages().len() - before.0, second.messages().len() - before.1);
        assert_eq!(three + one, 200);
        assert!((130..=170).contains(&three), "{three} and {one}");
        let by_ledger = stage.rows(issue).await.iter().filter(|row| row.relay.as_deref() == Some("three")).count();
        assert_eq!(by_ledger, three, "the ledger knows who took what");
    }

    async fn a_slow_relay_does_not_hold_up_a_fast_one(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let second = another_sink(SinkOptions::default()).await;
        stage.settings.relays = vec![relay("fast", &stage.sink), relay("slow", &second)];
        stage.settings.relays[1].rate_per_minute = Some(60);
        stage.settings.relays[1].connections = 1;
        stage.crowd(300).await;
        let issue = stage.issue("slow").await;
        let running = stage.start();
        // The slow one has at most its queue and two in hand; the fast one sends all others meanwhile.
        stage.wait_until(issue, |totals| totals.sent >= 300 - 34).await;
        assert!(second.messages().len() <= 5 + 10, "the slow relay kept to its rate");
        running.stop().await;
    }

    async fn nothing_goes_elsewhere_after_the_dot(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let second = another_sink(SinkOptions::default()).await;
        stage.settings.relays.push(relay("second", &second));
        let locals: Vec<String> = (0..10).map(|number| format!("drop-dot-{number}")).collect();
        stage.readers(&locals).await;
        let issue = stage.issue("dots").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.uncertain == 10).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        running.stop().await;
        for local in &locals {
            assert_eq!(stage.standing(issue, local).await, (Uncertain, 1, None));
            assert_eq!(stage.mails(local).len() + mails(&second, local).len(), 1, "{local}");
        }
    }

    async fn a_refusal_by_the_relay_before_the_dot_goes_elsewhere(db: Db) {
        // The first relay refuses every sender; the second takes them all, at their first try.
        let refusing = Script::start(|asked: &Asked| match asked.verb {
            "MAIL" => Answer::Say("451 4.3.2 Not now"),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays.insert(0, relay_to("refusing", endpoint_at(refusing.address)));
        let locals = stage.crowd(30).await;
        let issue = stage.issue("before").await;
        stage.finish(issue).await;
        for local in &locals {
            assert_eq!(stage.standing(issue, local).await, (Sent, 1, None));
            assert_eq!(stage.row(issue, local).await.relay.as_deref(), Some("main"));
        }
        assert!(refusing.taken().is_empty());
    }
}
