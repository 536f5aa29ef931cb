//! A relay's limit of messages on one connection costs a new connection and nothing else, however it is said, and is
//! learnt.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use coranto::domain::delivery::DeliveryState::Sent;
use coranto::store::Db;

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;

/// How a relay says that five messages on one connection are enough.
const WAYS: [(&str, Answer); 9] = [
    ("MAIL", Answer::Say("421 4.7.0 Too many messages on this connection")),
    ("MAIL", Answer::Say("450 4.7.1 Error: too many messages")),
    ("MAIL", Answer::Drop),
    ("RCPT", Answer::Say("452 4.5.3 Too many recipients")),
    ("RCPT", Answer::Say("421 4.7.0 Too many messages on this connection")),
    ("DATA", Answer::Say("421 4.7.0 Too many messages on this connection")),
    ("DATA", Answer::Say("452 4.5.3 Too many recipients")),
    ("DOT", Answer::Say("421 4.7.0 Too many messages on this connection")),
    ("DOT", Answer::Say("452 4.5.3 Too many messages on this connection")),
];

both_databases! {
    async fn a_limit_costs_a_new_connection_and_nothing_else(db: Db) {
        for (number, (verb, answer)) in WAYS.into_iter().enumerate() {
            let ends = Arc::new(AtomicUsize::new(0));
            let seen = Arc::clone(&ends);
            let script = Script::start(move |asked: &Asked| match asked.messages {
                5 if asked.verb == verb => {
                    seen.fetch_add(1, Ordering::SeqCst);
                    answer
                }
                _ => Answer::Usual,
            })
            .await;
            let mut stage = DeliveryFixture::new(db.clone()).await;
            stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
            // What it has learnt lasts for the scenario.
            stage.settings.timing.backoff = Duration::from_secs(10);
            let issue = stage.issue_to(&format!("way{number}"), &format!("way{number}-"), 100).await;
            let totals = stage.finish(issue).await;
            assert_eq!((totals.sent, totals.open()), (100, 0), "{verb} {answer:?}");
            for row in stage.rows(issue).await {
                assert_eq!((row.state, row.attempts), (Sent, 1), "{verb} {answer:?}: {row:?}");
            }
            assert_eq!(script.taken().len(), 100, "{verb} {answer:?}");
            assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"), "{verb} {answer:?}");
            // Twenty connections are needed. Each of the four runs into the limit a time or two before it is known.
            let ends = ends.load(Ordering::SeqCst);
            assert!((1..=10).contains(&ends), "{verb} {answer:?}: {ends} times");
            assert!(script.connections() <= 26, "{verb} {answer:?}: {} connections", script.connections());
        }
    }

    async fn a_limit_of_connections_loses_nobody_a_try(db: Db) {
        // Exchange Online: three at once for one sender, said at the dot.
        let busy = Arc::new(AtomicUsize::new(0));
        let at_once = Arc::clone(&busy);
        let script = Script::start(move |asked: &Asked| match asked.verb {
            "DATA" => {
                at_once.fetch_add(1, Ordering::SeqCst);
                Answer::After(Duration::from_millis(5))
            }
            "DOT" if at_once.fetch_sub(1, Ordering::SeqCst) > 3 => {
                Answer::Say("432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded")
            }
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.settings.relays[0].connections = 8;
        stage.crowd(150).await;
        let issue = stage.issue("threads").await;
        let totals = stage.finish(issue).await;
        assert_eq!((totals.sent, totals.open()), (150, 0));
        assert!(stage.rows(issue).await.iter().all(|row| row.attempts == 1));
        assert_eq!(script.taken().len(), 150);
        assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"));
    }
}
