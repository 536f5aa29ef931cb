//! Turns: an issue whose readers' servers are slow holds up no other issue, and no confirmation waits for an issue. The
//! connections are few, and a mail takes long at the dot.

use std::time::Duration;

use coranto::domain::issue::IssueState;
use coranto::store::Db;

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;

/// A relay that takes `wait` at the dot for readers whose names begin with `slow`.
async fn slow_for_some(stage: &mut DeliveryFixture, wait: Duration) -> Script {
    let script = Script::start(move |asked: &Asked| match asked.verb {
        "DOT" if asked.reader.starts_with("slow") => Answer::After(wait),
        _ => Answer::Usual,
    })
    .await;
    stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
    script
}

both_databases! {
    async fn a_slow_issue_blocks_no_other(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let _script = slow_for_some(&mut stage, Duration::from_millis(1500)).await;
        stage.settings.relays[0].connections = 10;
        let slow = stage.issue_to("slow", "slow", 400).await;
        let running = stage.start();
        // It has all that it can have before the other begins.
        stage.wait_until(slow, |totals| totals.in_flight >= 3 && totals.claimed > 100).await;
        let quick = stage.issue_to("quick", "quick", 120).await;
        stage.wait_for_state(quick, IssueState::Sent).await;
        let totals = stage.totals(slow).await;
        running.kill().await;
        // Mail by mail in turn, 120 of the one would have waited for 120 of the other.
        assert!(totals.sent < 40, "{totals:?}");
    }

    async fn a_confirmation_never_waits_behind_an_issue(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let script = slow_for_some(&mut stage, Duration::from_secs(15)).await;
        let issue = stage.issue_to("slow", "slow", 60).await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.in_flight >= 3).await;
        for urgent in ["urgent0", "urgent1"] {
            stage.add_proof(urgent).await;
            while !script.taken().iter().any(|(reader, _)| reader == urgent) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        let totals = stage.totals(issue).await;
        running.kill().await;
        assert_eq!((totals.sent, totals.in_flight), (0, 3), "a connection is kept for it");
    }

    async fn one_slow_mail_holds_up_no_other(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let _script = slow_for_some(&mut stage, Duration::from_secs(60)).await;
        stage.settings.relays[0].connections = 2;
        stage.readers(&["slow"]).await;
        stage.crowd(30).await;
        let issue = stage.issue("mixed").await;
        let running = stage.start();
        // What was prepared behind the slow one goes over the other connection.
        stage.wait_until(issue, |totals| totals.sent == 30 && totals.in_flight == 1).await;
        running.kill().await;
    }

    async fn a_quick_issue_has_every_connection(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let script = Script::start(|asked: &Asked| match asked.verb {
            "DOT" => Answer::After(Duration::from_millis(20)),
            _ => Answer::Usual,
        })
        .await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.crowd(120).await;
        let issue = stage.issue("quick").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.in_flight == 4).await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(script.taken().len(), 120);
    }
}
