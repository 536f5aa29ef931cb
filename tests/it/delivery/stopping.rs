//! A soft stop: what is on the wire is finished, what was only claimed goes back, and nothing is left in doubt.

use std::time::Duration;

use coranto::domain::delivery::DeliveryState::{Pending, Sent};
use coranto::smtp::SinkOptions;
use coranto::store::Db;

use super::stage::DeliveryFixture;
use crate::harness::database::both_databases;

both_databases! {
    async fn nothing_is_left_in_hand(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_millis(15), ..SinkOptions::default() };
        let stage = DeliveryFixture::with_sink(db, options).await;
        stage.crowd(100).await;
        let issue = stage.issue("stop").await;
        // Again and again, at different moments.
        for round in 1..=4 {
            let running = stage.start();
            stage.wait_until(issue, |totals| totals.sent >= round * 15).await;
            running.stop().await;
            let totals = stage.totals(issue).await;
            assert_eq!((totals.claimed, totals.in_flight, totals.uncertain), (0, 0, 0), "{totals:?}");
            assert_eq!(totals.pending + totals.sent, 100, "{totals:?}");
            assert!(totals.pending > 0, "the stop came too late");
            assert_eq!(stage.sink.messages().len() as i64, totals.sent);
            for row in stage.rows(issue).await {
                assert!(row.state == Sent || (row.state, row.attempts, row.first_at) == (Pending, 0, None), "{row:?}");
            }
        }
        assert_eq!(stage.finish(issue).await.sent, 100);
        stage.assert_once(issue).await;
    }

    async fn a_stop_does_not_wait_for_the_rate(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        // Five pass at once, the last of thirty after four minutes: only a stop that waits for the rate sends them all.
        stage.settings.relays[0].rate_per_minute = Some(6);
        stage.crowd(30).await;
        let issue = stage.issue("stop").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 5).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.claimed, totals.in_flight), (0, 0));
        assert!(totals.sent < 30 && totals.sent + totals.pending == 30, "it went on sending: {totals:?}");
    }

    async fn a_stop_while_the_relay_is_down_is_at_once(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        // Longer than a test is waited for.
        stage.settings.timing.backoff = Duration::from_secs(3600);
        stage.settings.timing.backoff_max = Duration::from_secs(3600);
        stage.crowd(30).await;
        let issue = stage.issue("stop").await;
        let address = stage.sink.addr();
        let DeliveryFixture { sink, db, clock, keys, newsletter, settings } = stage;
        sink.stop().await;
        let sink = coranto::smtp::Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
        assert_ne!(sink.addr(), address);
        let stage = DeliveryFixture { sink, db, clock, keys, newsletter, settings };
        let running = stage.start();
        stage.wait_for_event("relay.down").await;
        stage.wait_until(issue, |totals| totals.claimed == 0).await;
        running.stop().await;
        assert_eq!(stage.totals(issue).await.pending, 30);
    }
}
