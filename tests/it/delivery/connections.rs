//! Connections: never more than allowed, fewer when the relay asks for it, and none for ever.

use std::time::Duration;

use coranto::domain::issue::IssueState;
use coranto::smtp::SinkOptions;
use coranto::store::Db;

use super::stage::DeliveryFixture;
use crate::harness::database::both_databases;
use crate::harness::patience::until;

both_databases! {
    async fn there_are_never_more_than_allowed(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_millis(2), ..SinkOptions::default() };
        let mut stage = DeliveryFixture::with_sink(db, options).await;
        stage.settings.relays[0].connections = 6;
        stage.crowd(150).await;
        let issue = stage.issue("peak").await;
        stage.finish(issue).await;
        let stats = stage.sink.stats();
        assert_eq!((stats.connections_peak, stats.accepted), (6, 150), "all are used, and no more");
        assert_eq!(stage.sink.stats().connections, 6, "each is used again and again");
    }

    async fn each_bears_so_many_messages(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays[0].connections = 1;
        stage.settings.relays[0].messages_per_connection = 10;
        stage.crowd(45).await;
        let issue = stage.issue("cap").await;
        stage.finish(issue).await;
        let stats = stage.sink.stats();
        assert_eq!((stats.accepted, stats.connections), (45, 5));
        // The sink may notice the end of one after the beginning of the next.
        assert!(stats.connections_peak <= 2, "{stats:?}");
    }

    async fn each_is_closed_when_it_is_old(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays[0].connections = 1;
        stage.settings.relays[0].connection_age_max = Duration::ZERO;
        stage.crowd(8).await;
        let issue = stage.issue("age").await;
        stage.finish(issue).await;
        assert_eq!(stage.sink.stats().connections, 8);
    }

    async fn an_unused_one_is_closed(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(20).await;
        let issue = stage.issue("idle").await;
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        until("no unused connection stays open", async || stage.sink.stats().connections_now == 0).await;
        running.stop().await;
    }

    async fn a_relay_that_asks_for_less_sees_fewer_and_then_more_again(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_millis(12), ..SinkOptions::default() };
        let mut stage = DeliveryFixture::with_sink(db, options).await;
        stage.settings.relays[0].connections = 8;
        let locals: Vec<String> =
            (0..260).map(|number| if number == 100 { "421-x".to_owned() } else { format!("reader{number}") }).collect();
        stage.readers(&locals).await;
        let issue = stage.issue("less").await;
        let running = stage.start();
        let (mut before, mut fewest, mut after) = (0, u64::MAX, 0);
        while stage.totals(issue).await.sent < 259 {
            let stats = stage.sink.stats();
            let now = stats.connections_now;
            match stats.dropped {
                0 => before = before.max(now),
                _ if now < fewest => (fewest, after) = (now, now),
                _ => after = after.max(now),
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        running.stop().await;
        assert_eq!(before, 8, "it earned all of them");
        assert!(fewest <= 6, "never fewer than {fewest}");
        assert!(after >= 7, "it earned only {after} back");
        let totals = stage.totals(issue).await;
        assert_eq!((totals.pending + totals.deferred, totals.open()), (1, 1), "{totals:?}");
    }
}
