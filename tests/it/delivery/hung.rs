//! A relay that accepts connections and says nothing, or takes long: it holds nothing that another could carry, and a stop
//! does not wait for it.

use std::time::Duration;

use coranto::domain::delivery::DeliveryState::Sent;
use coranto::domain::issue::IssueState;
use coranto::store::Db;

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, mails, relay_to};
use crate::harness::database::both_databases;

/// A relay that accepts and never greets, before the one that works.
async fn beside_a_hung_one(stage: &mut DeliveryFixture) -> Script {
    let hung = Script::start(|_: &Asked| Answer::Hang).await;
    stage.settings.relays.insert(0, relay_to("hung", endpoint_at(hung.address)));
    hung
}

both_databases! {
    async fn a_relay_that_never_greets_holds_up_nobody(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let hung = beside_a_hung_one(&mut stage).await;
        let locals = stage.crowd(300).await;
        let issue = stage.issue("hung").await;
        let running = stage.start();
        for urgent in 0..6 {
            stage.add_proof(&format!("urgent{urgent}")).await;
        }
        stage.wait_for_state(issue, IssueState::Sent).await;
        for urgent in 0..6 {
            while mails(&stage.sink, &format!("urgent{urgent}")).is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        running.stop().await;
        for local in &locals {
            assert_eq!(stage.standing(issue, local).await, (Sent, 1, None), "{local}");
        }
        assert!(hung.connections() >= 1, "it was never asked: the scenario shows nothing");
    }

    async fn a_relay_that_opens_no_connection_for_long_counts_as_down(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let _hung = beside_a_hung_one(&mut stage).await;
        stage.settings.timing.patience = Duration::from_millis(300);
        stage.crowd(20).await;
        let issue = stage.issue("hung").await;
        let running = stage.start();
        stage.wait_for_event("relay.down").await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let events = stage.events().await;
        let (_, data) = events.iter().find(|(kind, _)| kind == "relay.down").unwrap();
        assert!(data.contains("\"hung\"") && data.contains("no connection could be opened"), "{data}");
    }

    async fn a_relay_that_is_slow_at_the_dot_holds_what_is_on_its_wire(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let slow = Script::start(|asked: &Asked| match asked.verb {
            "DOT" => Answer::After(Duration::from_secs(20)),
            _ => Answer::Usual,
        })
        .await;
        stage.settings.relays.insert(0, relay_to("slow", endpoint_at(slow.address)));
        stage.crowd(200).await;
        let issue = stage.issue("slow").await;
        let running = stage.start();
        // Four connections at most, with one mail each.
        stage.wait_until(issue, |totals| totals.sent >= 196).await;
        assert!(slow.taken().len() <= 4);
        running.kill().await;
    }

    async fn a_stop_does_not_wait_for_a_greeting_nor_for_an_envelope(db: Db) {
        for verb in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"] {
            let hung = Script::start(move |asked: &Asked| match asked.verb {
                asked if asked == verb => Answer::Hang,
                _ => Answer::Usual,
            })
            .await;
            let mut stage = DeliveryFixture::new(db.clone()).await;
            stage.settings.relays = vec![relay_to("hung", endpoint_at(hung.address))];
            let issue = stage.issue_to(&verb.to_lowercase(), verb, 2).await;
            let running = stage.start();
            stage.wait_until(issue, |totals| totals.claimed + totals.in_flight > 0 && hung.connections() > 0).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            let stopped = tokio::time::timeout(Duration::from_secs(20), running.stop()).await;
            assert!(stopped.is_ok(), "at {verb}");
            let totals = stage.totals(issue).await;
            assert_eq!((totals.claimed, totals.in_flight, totals.uncertain), (0, 0, 0), "{verb}: {totals:?}");
            assert!(stage.rows(issue).await.iter().all(|row| row.attempts == 0), "{verb}");
        }
    }
}
