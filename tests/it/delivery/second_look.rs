//! On PostgreSQL a reader can leave between the look of a take-off's statement and its commit. The second look, behind the
//! commit, finds it. SQLite lets nobody in between.

use std::sync::atomic::{AtomicBool, Ordering};

use coranto::domain::delivery::DeliveryState::{Claimed, Skipped};
use coranto::domain::delivery::{DeliveryState, Reason};
use coranto::domain::issue::IssueState;
use coranto::store::Db;

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;
use crate::harness::patience::until;

/// The relay greets when the row, claimed by then, is locked.
static IS_LOCKED: AtomicBool = AtomicBool::new(false);

async fn waits_for_a_lock(db: &Db) -> bool {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let (waiting,): (i64,) = db.read().await.unwrap().sql(sql).fetch_one().await.unwrap();
    waiting > 0
}

both_databases! {
    async fn who_leaves_behind_the_first_look_gets_no_mail(db: Db) {
        if db.is_sqlite() {
            return;
        }
        let mut stage = DeliveryFixture::new(db).await;
        let script = Script::start(|asked: &Asked| match asked.verb {
            "CONNECT" => Answer::When(&IS_LOCKED),
            _ => Answer::Usual,
        })
        .await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.settings.relays[0].connections = 1;
        stage.readers(&["anna"]).await;
        let issue = stage.issue("race").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.claimed == 1).await;

        // The take-off's statement has looked at its reader when it waits for this lock.
        let mut tx = stage.db.begin().await.unwrap();
        let sql = "SELECT state FROM deliveries WHERE issue_id = $1 FOR UPDATE";
        let (state,): (DeliveryState,) = tx.sql(sql).bind(issue).fetch_one().await.unwrap();
        assert_eq!(state, Claimed);
        IS_LOCKED.store(true, Ordering::SeqCst);
        until("the take-off waits", async || waits_for_a_lock(&stage.db).await).await;
        stage.leaves("anna").await;
        tx.commit().await.unwrap();

        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "anna").await, (Skipped, 0, Some(Reason::Unsubscribed)));
        assert!(script.taken().is_empty());
    }
}
