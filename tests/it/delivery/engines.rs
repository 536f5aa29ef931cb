//! Several engines, or one that loses its lease: rows change hands and nobody gets anything twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use coranto::domain::delivery::DeliveryState::{Pending, Sent, Uncertain};
use coranto::domain::issue::IssueState;
use coranto::smtp::SinkOptions;
use coranto::store::Db;

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay, relay_to};
use crate::harness::database::{Fresh, both_databases, on_postgres};

fn slow() -> SinkOptions {
    SinkOptions { keep: true, reply_delay: Duration::from_millis(4), ..SinkOptions::default() }
}

/// Two processes on one PostgreSQL.
#[test]
fn two_engines_share_an_issue() {
    on_postgres(async |fresh: Fresh| {
        let stage = DeliveryFixture::with_sink(fresh.db, slow()).await;
        stage.crowd(300).await;
        let issue = stage.issue("shared").await;
        let other = Db::open(&fresh.url).await.unwrap();
        let named = |name: &str| {
            let mut settings = stage.settings.clone();
            settings.relays = vec![relay(name, &stage.sink)];
            settings
        };
        let one = stage.start_with(named("one"));
        let two = stage.start_on(other.clone(), named("two"));
        stage.wait_for_state(issue, IssueState::Sent).await;
        one.stop().await;
        two.stop().await;
        other.close().await;

        stage.assert_once(issue).await;
        let mut shares: BTreeMap<String, usize> = BTreeMap::new();
        for row in stage.rows(issue).await {
            assert_eq!((row.state, row.attempts), (Sent, 1));
            *shares.entry(row.relay.unwrap()).or_default() += 1;
        }
        assert!(shares.len() == 2 && shares.values().all(|share| *share >= 30), "{shares:?}");
        let finished = stage.events().await.into_iter().filter(|(kind, _)| kind == "issue.sent").count();
        assert_eq!(finished, 1, "only one of them finishes it");
    });
}

/// One of two dies; the other takes its rows over.
#[test]
fn the_other_engine_takes_over() {
    on_postgres(async |fresh: Fresh| {
        let stage = DeliveryFixture::with_sink(fresh.db, slow()).await;
        let locals = stage.crowd(200).await;
        let issue = stage.issue("taken").await;
        let other = Db::open(&fresh.url).await.unwrap();
        let dies = stage.start_on(other.clone(), stage.settings.clone());
        stage.wait_until(issue, |totals| totals.sent >= 20).await;
        let lives = stage.start();
        dies.kill().await;
        // The other renews its lease; the dead one's ends.
        for _ in 0..8 {
            stage.clock.advance(Duration::from_secs(10));
            tokio::time::sleep(Duration::from_millis(120)).await;
        }
        stage.wait_until(issue, |totals| totals.sent + totals.uncertain == 200).await;
        let in_doubt = stage.totals(issue).await.uncertain;
        assert!(in_doubt <= 4, "{in_doubt}");
        stage.clock.advance(stage.settings.timing.uncertain_for);
        stage.wait_for_state(issue, IssueState::Sent).await;
        lives.stop().await;
        other.close().await;
        let mails = locals.iter().map(|local| stage.mails(local).len()).collect::<Vec<_>>();
        assert!(mails.iter().all(|count| (1..=2).contains(count)));
        assert!(mails.iter().filter(|count| **count == 2).count() as i64 <= in_doubt);
    });
}

both_databases! {
    async fn an_engine_that_lost_its_lease_goes_on_under_a_new_number(db: Db) {
        let stage = DeliveryFixture::with_sink(db, slow()).await;
        let locals = stage.crowd(200).await;
        let issue = stage.issue("lease").await;
        let running = stage.start();
        // The machine slept, several times, in the middle of it all.
        for sent in [10, 60, 110] {
            stage.wait_until(issue, |totals| totals.sent >= sent).await;
            stage.clock.advance(stage.settings.timing.lease * 2);
        }
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        stage.assert_once(issue).await;
        for local in &locals {
            assert_eq!(stage.standing(issue, local).await, (Sent, 1, None), "{local}");
        }
        let mut tx = stage.db.read().await.unwrap();
        let (workers,): (i64,) = tx.sql("SELECT COUNT(*) FROM workers").fetch_one().await.unwrap();
        assert!(workers >= 3, "{workers}");
    }

    async fn a_late_answer_settles_what_was_called_uncertain(db: Db) {
        // The relay answers after the lease has ended: one mail is taken, one is put off. Both answers are definite.
        let bodies = Arc::new(AtomicUsize::new(0));
        let arrived = Arc::clone(&bodies);
        let script = Script::start(move |asked: &Asked| {
            if asked.verb == "DOT" {
                arrived.fetch_add(1, Ordering::SeqCst);
                // In place, so that the engine's own tasks go on meanwhile.
                tokio::task::block_in_place(|| std::thread::sleep(Duration::from_millis(2500)));
            }
            match (asked.verb, asked.reader.as_str()) {
                ("DOT", "later") => Answer::Say("452 4.2.2 Mailbox full"),
                ("DOT", "never") => Answer::Say("550 5.2.1 Mailbox disabled"),
                _ => Answer::Usual,
            }
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.settings.relays[0].connections = 3;
        stage.readers(&["taken", "later", "never"]).await;
        let issue = stage.issue("late").await;
        let running = stage.start();
        // The relay has their bodies: what is only taken off would be looked at again, and go back.
        while bodies.load(Ordering::SeqCst) < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stage.clock.advance(stage.settings.timing.lease * 2);
        // The event stays; the state may be over before anybody looks.
        stage.wait_for_event("delivery.uncertain").await;
        stage.wait_until(issue, |totals| totals.sent == 1 && totals.deferred == 1 && totals.failed == 1).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "taken").await, (Sent, 1, None), "its try is counted once");
        let row = stage.row(issue, "later").await;
        assert_eq!((row.state, row.attempts), (Pending, 1));
        assert_eq!(row.reply.as_deref(), Some("452 4.2.2 Mailbox full"));
        assert_eq!(stage.row(issue, "never").await.attempts, 1);
        assert!(stage.rows(issue).await.iter().all(|row| row.state != Uncertain));
    }
}
