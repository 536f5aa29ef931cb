//! Clocks that are wrong: on PostgreSQL the database's counts for leases and due times; and what a clock that was ahead has
//! put off does not wait until that time comes again.

use std::time::Duration;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::delivery::DeliveryState::Sent;
use coranto::domain::issue::IssueState;
use coranto::smtp::SinkOptions;
use coranto::store::{Db, leases};

use super::stage::DeliveryFixture;
use crate::harness::database::{Fresh, both_databases, on_postgres};

const HOUR_MS: i64 = 3_600_000;

/// An engine on a machine whose clock is three hours ahead of the database's beside one whose clock is right.
#[test]
fn a_machine_that_is_ahead_goes_by_the_databases_clock() {
    on_postgres(async |fresh: Fresh| {
        let options = SinkOptions { keep: true, reply_delay: Duration::from_millis(4), ..SinkOptions::default() };
        let mut stage = DeliveryFixture::with_sink(fresh.db, options).await;
        stage.settings.timing.uncertain_for = Duration::ZERO;
        stage.clock = Clock::system();
        stage.crowd(120).await;
        let issue = stage.issue("ahead").await;
        let right = stage.clock.clone();
        stage.clock = Clock::wrong_by(3 * HOUR_MS);
        let ahead = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 10).await;
        assert!(stage.clock.now().0.abs_diff(right.now().0) < 60_000, "it has not set its clock");
        let mut tx = stage.db.read().await.unwrap();
        let last = leases::last_engine(&mut tx).await.unwrap().unwrap();
        drop(tx);
        assert!(last.since(right.now()) < Duration::from_secs(120), "its lease runs for hours");
        // It dies; the other takes over when the lease, which is short here, has ended.
        ahead.kill().await;
        stage.clock = right;
        stage.execute("UPDATE workers SET lease_until = lease_until - 61000").await;
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        for row in stage.rows(issue).await {
            assert_eq!(row.state, Sent);
        }
    });
}

both_databases! {
    async fn what_an_engine_put_off_whose_clock_was_ahead_goes_out(db: Db) {
        // It died three hours ahead of the clock that is right now: its lease and its rows are in the future.
        let mut stage = DeliveryFixture::new(db).await;
        stage.clock = Clock::system();
        stage.crowd(30).await;
        let now = stage.clock.now();
        stage.clock = Clock::fixed(Timestamp(now.0 + 3 * HOUR_MS));
        let issue = stage.issue("future").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 1).await;
        running.kill().await;
        stage.execute("UPDATE deliveries SET state = 'pending', claimed_by = NULL WHERE state IN ('claimed', 'in_flight')").await;

        stage.clock = Clock::system();
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert!(stage.events().await.iter().any(|(kind, _)| kind == "clock.moved"));
    }

    async fn a_clock_that_is_set_back_under_way_freezes_nothing(db: Db) {
        let options = SinkOptions { keep: true, reply_delay: Duration::from_millis(10), ..SinkOptions::default() };
        let mut stage = DeliveryFixture::with_sink(db, options).await;
        stage.clock = Clock::system();
        if !stage.db.is_sqlite() {
            // There the machine's clock is of no account; see above.
            return;
        }
        // Ahead by three hours, and then put right.
        let here = stage.clock.now();
        stage.clock.set_by(here, Timestamp(here.0 + 3 * HOUR_MS));
        stage.crowd(400).await;
        let issue = stage.issue("back").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 10).await;
        let here = stage.clock.now();
        stage.clock.set_by(here, Timestamp(here.0 - 3 * HOUR_MS));
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        stage.assert_once(issue).await;
        for row in stage.rows(issue).await {
            assert_eq!((row.state, row.attempts), (Sent, 1));
        }
        let events = stage.events().await;
        let (_, data) = events.iter().find(|(kind, _)| kind == "clock.moved").unwrap();
        assert!(data.contains("10800") || data.contains("10799"), "{data}");
    }
}
