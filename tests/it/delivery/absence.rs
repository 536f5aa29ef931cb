//! A restored backup, a machine that was off, a clock that jumped: what was due long ago waits for a person.

use std::time::Duration;

use coranto::delivery::control;
use coranto::domain::issue::IssueState;
use coranto::smtp::SinkOptions;
use coranto::store::Db;

use super::stage::DeliveryFixture;
use crate::harness::acts;
use crate::harness::database::both_databases;

const HOUR: Duration = Duration::from_secs(3600);

both_databases! {
    async fn after_a_long_absence_nothing_goes_on_by_itself(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.readers(&["full-x", "healthy"]).await;
        let old = stage.issue("old").await;
        stage.run_until(old, |totals| totals.sent == 1 && totals.deferred == 1).await;
        stage.clock.advance(7 * HOUR);
        // A person began this one while no engine ran.
        let fresh = stage.issue("fresh").await;
        let running = stage.start();
        stage.wait_until(fresh, |totals| totals.sent == 1).await;
        let held = stage.get(old).await;
        assert_eq!(held.state, IssueState::Paused);
        assert!(held.note.contains("nothing was sent for 7 hours"), "{}", held.note);
        assert_eq!(stage.row(old, "full-x").await.attempts, 1, "it was tried all the same");
        assert!(stage.events().await.iter().any(|(kind, _)| kind == "issue.paused"));
        control::resume(&stage.db, old, acts::by(stage.clock.now())).await.unwrap();
        assert_eq!(stage.wait_for_tries(old, "full-x", 2).await.attempts, 2);
        running.stop().await;
    }

    async fn a_short_absence_changes_nothing(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.readers(&["full-x", "healthy"]).await;
        let issue = stage.issue("short").await;
        stage.run_until(issue, |totals| totals.sent == 1 && totals.deferred == 1).await;
        stage.clock.advance(5 * HOUR);
        let running = stage.start();
        stage.wait_for_tries(issue, "full-x", 2).await;
        running.stop().await;
        assert_eq!(stage.get(issue).await.state, IssueState::Sending);
    }

    async fn a_clock_that_jumps_stops_what_was_going_out(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_millis(10), ..SinkOptions::default() };
        let stage = DeliveryFixture::with_sink(db, options).await;
        stage.crowd(200).await;
        let issue = stage.issue("jump").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 10).await;
        stage.clock.advance(24 * 365 * HOUR);
        stage.wait_for_state(issue, IssueState::Paused).await;
        // What was on the wire may be uncertain for a moment, until its answer comes.
        stage.wait_until(issue, |totals| totals.claimed + totals.in_flight + totals.uncertain == 0).await;
        let totals = stage.totals(issue).await;
        assert!(totals.sent < 200 && totals.pending > 0, "{totals:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(stage.totals(issue).await.sent, totals.sent);
        running.stop().await;
        stage.assert_once(issue).await;
    }
}
