//! A relay fails and recovers more often than the window has places for what it had waiting: every place comes back, so
//! the last mail goes out like the first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use coranto::domain::issue::IssueState;
use coranto::store::Db;

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay, relay_to};
use crate::harness::database::both_databases;
use crate::harness::patience::until;

/// With one connection 32 rows wait, and the window has twice as many.
const CYCLES: i64 = 5;

/// A relay that can be switched off: connections end, and new ones are refused.
async fn switched() -> (Script, Arc<AtomicBool>) {
    let is_off = Arc::new(AtomicBool::new(false));
    let off = Arc::clone(&is_off);
    let script = Script::start(move |asked: &Asked| match asked.verb {
        // Never between MAIL and RCPT: a connection that ends there counts as a try of its email, which then waits.
        "CONNECT" | "MAIL" if off.load(Ordering::SeqCst) => Answer::Drop,
        "DOT" => Answer::After(Duration::from_millis(3)),
        _ => Answer::Usual,
    })
    .await;
    (script, is_off)
}

async fn downs(stage: &DeliveryFixture) -> usize {
    stage.events().await.iter().filter(|(kind, _)| kind == "relay.down").count()
}

/// Switches the relay off and on again, each time when it has rows waiting.
async fn fail_and_recover(stage: &DeliveryFixture, issue: coranto::domain::IssueId, is_off: &AtomicBool) {
    for cycle in 1..=CYCLES {
        stage.wait_until(issue, |totals| totals.sent >= cycle * 30 && totals.claimed >= 20).await;
        let before = downs(stage).await;
        is_off.store(true, Ordering::SeqCst);
        until("the relay is down", async || downs(stage).await >= before + 2).await;
        is_off.store(false, Ordering::SeqCst);
    }
}

both_databases! {
    async fn every_place_of_the_window_comes_back(db: Db) {
        let (script, is_off) = switched().await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.settings.relays[0].connections = 1;
        stage.crowd(300).await;
        let issue = stage.issue("cycles").await;
        let running = stage.start();
        fail_and_recover(&stage, issue, &is_off).await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(script.taken().len(), 300);
        assert!(stage.rows(issue).await.iter().all(|row| row.attempts == 1));
    }

    async fn every_place_comes_back_where_another_relay_takes_over(db: Db) {
        let (script, is_off) = switched().await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("fails", endpoint_at(script.address)), relay("main", &stage.sink)];
        stage.settings.relays[0].connections = 1;
        stage.settings.relays[1].connections = 1;
        // The other one is slow enough that rows wait at the first.
        stage.settings.relays[1].rate_per_minute = Some(1200);
        stage.crowd(400).await;
        let issue = stage.issue("cycles").await;
        let running = stage.start();
        fail_and_recover(&stage, issue, &is_off).await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(script.taken().len() + stage.sink.messages().len(), 400);
    }
}
