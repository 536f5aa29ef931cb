//! The process dies at any moment, many times: nobody is missed, and nobody gets the issue twice but those whose rows the
//! ledger called uncertain, of whom there is at most one per connection and death.

use std::collections::BTreeSet;
use std::time::Duration;

use coranto::domain::delivery::DeliveryState::Uncertain;
use coranto::domain::issue::IssueState;
use coranto::smtp::SinkOptions;
use coranto::store::Db;
use coranto::token::random_bytes;

use super::stage::DeliveryFixture;
use crate::harness::database::both_databases;

const DEATHS: usize = 15;
const READERS: usize = 300;
const CONNECTIONS: usize = 4;

both_databases! {
    async fn nobody_is_missed_and_only_the_uncertain_get_it_twice(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_millis(3), ..SinkOptions::default() };
        let mut stage = DeliveryFixture::with_sink(db, options).await;
        // Long enough that no living engine loses it, short enough that 15 of them end before anything is resent.
        stage.settings.timing.lease = Duration::from_secs(60);
        let locals = stage.crowd(READERS).await;
        let issue = stage.issue("kill").await;
        let mut deaths = 0;
        while deaths < DEATHS && stage.get(issue).await.state == IssueState::Sending {
            let running = stage.start();
            let life_ms = 10 + u64::from(u16::from_be_bytes(random_bytes())) % 90;
            tokio::time::sleep(Duration::from_millis(life_ms)).await;
            running.kill().await;
            // On SQLite whoever holds the lock of the file knows that the others are dead; here the lease must end.
            if !stage.db.is_sqlite() {
                stage.clock.advance(stage.settings.timing.lease);
            }
            deaths += 1;
        }
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent + totals.uncertain == READERS as i64).await;
        let uncertain: BTreeSet<String> = stage
            .rows(issue)
            .await
            .into_iter()
            .filter(|row| row.state == Uncertain)
            .map(|row| row.email.unwrap())
            .collect();
        assert!(uncertain.len() <= CONNECTIONS * deaths, "{} uncertain after {deaths} deaths", uncertain.len());
        stage.clock.advance(stage.settings.timing.uncertain_for);
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;

        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.open()), (READERS as i64, 0));
        let mut twice = 0;
        for local in &locals {
            let mails = stage.mails(local);
            let is_uncertain = uncertain.contains(&format!("{local}@example.net"));
            assert!(!mails.is_empty(), "{local} was missed");
            assert!(mails.len() <= 1 + usize::from(is_uncertain), "{local} got it {} times", mails.len());
            assert!(mails.iter().all(|mail| mail.data == mails[0].data), "{local} got two different mails");
            twice += mails.len() - 1;
        }
        assert!(twice <= CONNECTIONS * deaths);
        // The scenario must have hit what it is about.
        assert!(deaths >= 3, "the issue was through after {deaths} deaths");
    }

    async fn what_was_only_claimed_is_not_in_doubt(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_secs(5), ..SinkOptions::default() };
        let mut stage = DeliveryFixture::with_sink(db, options).await;
        stage.settings.relays[0].connections = 1;
        stage.crowd(20).await;
        let issue = stage.issue("claimed").await;
        // The relay has not even greeted.
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.claimed >= 1).await;
        running.kill().await;
        if !stage.db.is_sqlite() {
            stage.clock.advance(stage.settings.timing.lease);
        }
        stage.settings.relays.clear();
        let totals = stage.run_until(issue, |totals| totals.claimed == 0).await;
        assert_eq!(totals.pending, 20, "{totals:?}");
    }

    async fn a_death_after_the_take_off_is_in_doubt_and_shown(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_millis(100), ..SinkOptions::default() };
        let mut stage = DeliveryFixture::with_sink(db, options).await;
        stage.settings.relays[0].connections = 1;
        stage.crowd(5).await;
        let issue = stage.issue("doubt").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.in_flight == 1).await;
        running.kill().await;
        if !stage.db.is_sqlite() {
            stage.clock.advance(stage.settings.timing.lease);
        }
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent == 4 && totals.uncertain == 1).await;
        assert_eq!(stage.get(issue).await.state, IssueState::Sending);
        let events = stage.events().await;
        let (_, data) = events.iter().find(|(kind, _)| kind == "delivery.uncertain").unwrap();
        assert!(data.contains("\"rows\":1") && data.contains("\"resend\""), "{data}");
        stage.clock.advance(stage.settings.timing.uncertain_for);
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.open()), (5, 0));
    }
}
