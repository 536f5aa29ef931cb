//! A worker whose lease has ended: the machine slept, or its clock jumped.

use std::time::Duration;

use coranto::domain::issue::IssueState;
use coranto::store::Db;

use super::stage::DeliveryFixture;
use crate::harness::database::both_databases;
use crate::harness::patience::until;

both_databases! {
    async fn claims_nothing_and_bothers_no_relay_until_it_has_a_new_number(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        // No sign of life comes during this test, so the lease that ends stays ended.
        stage.settings.timing.heartbeat = Duration::from_secs(3600);
        stage.readers(&["anna"]).await;
        let running = stage.start();
        let db = stage.db.clone();
        until("the engine has given its first sign of life", async || {
            let mut tx = db.read().await.unwrap();
            let (pulse,): (i64,) = tx.sql("SELECT COALESCE(MAX(pulse), 0) FROM workers").fetch_one().await.unwrap();
            pulse > 0
        })
        .await;
        stage.clock.advance(stage.settings.timing.lease * 2);
        let issue = stage.issue("asleep").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(stage.sink.stats().connections, 0, "an envelope was sent that could not take off");
        assert_eq!(stage.totals(issue).await.pending, 1);
        running.stop().await;

        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.mails("anna").len(), 1);
    }
}
