//! Rates: a relay's and a provider's are kept, and what they hold back holds back nothing else.

use std::time::{Duration, Instant};

use coranto::clock::Clock;
use coranto::delivery::control;
use coranto::domain::delivery::DeliveryState::{Pending, Sent};
use coranto::domain::issue::IssueState;
use coranto::domain::provider::Provider;
use coranto::smtp::SinkOptions;
use coranto::store::{Db, issues};

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, START, endpoint_at, relay_to};
use crate::harness::acts;
use crate::harness::database::both_databases;
use crate::harness::patience::until;

both_databases! {
    async fn a_relays_rate_is_kept(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        // Twenty a second: a burst of five, then one every 50 ms.
        stage.settings.relays[0].rate_per_minute = Some(1200);
        stage.crowd(25).await;
        let issue = stage.issue("rate").await;
        let begun = Instant::now();
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        let took = begun.elapsed();
        running.stop().await;
        assert!(took >= Duration::from_millis(950), "25 emails in {took:?}");
        assert_eq!(stage.sink.messages().len(), 25);
    }

    async fn a_confirmation_passes_a_throttled_issue(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays[0].rate_per_minute = Some(300);
        stage.crowd(60).await;
        let issue = stage.issue("rate").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 6).await;
        let before = stage.sink.messages().len();
        stage.add_proof("urgent").await;
        until("the confirmation", async || !stage.mails("urgent").is_empty()).await;
        let place = stage.sink.messages().iter().position(|mail| mail.to == ["urgent@example.net"]).unwrap();
        assert!(place <= before + 4, "{place} emails went before it, {before} of them before it was asked for");
        running.stop().await;
        assert!(stage.totals(issue).await.open() > 0, "the issue was not throttled at all");
    }

    async fn a_providers_rate_spreads_its_rows_and_lets_the_others_pass(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.provider_rates.insert(Provider::Gmail, 60);
        let gmail: Vec<String> = (0..15).map(|number| format!("g{number}@gmail.com")).collect();
        stage.readers(&gmail).await;
        stage.readers(&["a", "b", "c"]).await;
        let issue = stage.issue("provider").await;
        let running = stage.start();
        // Five pass at once; what two seconds will let through waits in memory, the rest in the ledger.
        stage.wait_until(issue, |totals| totals.sent >= 8 && totals.pending >= 8).await;
        running.kill().await;
        for local in ["a", "b", "c"] {
            assert_eq!(stage.standing(issue, local).await, (Sent, 1, None));
        }
        let mut waits: Vec<u64> = stage
            .rows(issue)
            .await
            .into_iter()
            .filter(|row| row.state == Pending)
            .map(|row| {
                assert_eq!((row.attempts, row.first_at), (0, None), "waiting is no try");
                row.due_at.unwrap().since(START).as_millis() as u64
            })
            .collect();
        waits.sort_unstable();
        assert_eq!(waits.len(), 8, "{waits:?}");
        // One after the other, not all at once: a second between each.
        for pair in waits.windows(2) {
            assert!((900..=1100).contains(&(pair[1] - pair[0])), "{waits:?}");
        }
    }

    async fn a_providers_high_rate_is_reached(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.timing.poll = coranto::delivery::Timing::default().poll;
        stage.settings.provider_rates.insert(Provider::Gmail, 12_000);
        let gmail: Vec<String> = (0..1600).map(|number| format!("g{number}@gmail.com")).collect();
        stage.readers(&gmail).await;
        // Time goes on, so that what is put off comes due.
        stage.clock = Clock::system();
        let issue = stage.issue("provider").await;
        let begun = Instant::now();
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        let took = begun.elapsed();
        running.stop().await;
        // Two hundred a second: eight seconds. When only five pass at each look it is more than two minutes, and the wait
        // for the issue has failed.
        assert!(took > Duration::from_secs(6), "{took:?}");
        stage.assert_once(issue).await;
    }

    async fn what_goes_out_no_more_takes_no_place_of_the_rate(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays[0].rate_per_minute = Some(30);
        stage.crowd(100).await;
        let issue = stage.issue("rate").await;
        let mended = stage.revision("rate", "second").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 5 && totals.claimed >= 60).await;
        let now = stage.clock.now();
        control::pause(&stage.db, issue, "a wrong date", acts::by(now)).await.unwrap();
        stage.db.write(async |tx| issues::revise(tx, issue, IssueState::Paused, "rate", mended, acts::by(now)).await).await.unwrap();
        control::resume(&stage.db, issue, acts::by(now)).await.unwrap();
        let before = stage.totals(issue).await.sent;
        // One in two seconds. When the rows that go back take a place each, sixty are lost: two minutes, and the wait has
        // failed.
        stage.wait_until(issue, |totals| totals.sent >= before + 4).await;
        running.stop().await;
        let old = stage.sink.messages().iter().filter(|mail| mail.data.windows(5).any(|part| part == b"first")).count();
        assert!(old as i64 <= before + 1, "{old} with the old text");
    }

    async fn a_throttled_issue_does_not_hold_up_another(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.provider_rates.insert(Provider::Gmail, 6);
        let gmail: Vec<String> = (0..300).map(|number| format!("g{number}@gmail.com")).collect();
        stage.readers(&gmail).await;
        let throttled = stage.issue("throttled").await;
        // The other is to reach others alone.
        stage.execute("UPDATE subscriptions SET state = 'paused'").await;
        stage.crowd(20).await;
        let free = stage.issue("free").await;
        stage.execute("UPDATE subscriptions SET state = 'active'").await;
        let running = stage.start();
        stage.wait_for_state(free, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.totals(free).await.sent, 20);
        let totals = stage.totals(throttled).await;
        assert!(totals.sent <= 6 && totals.open() >= 294, "{totals:?}");
    }

    async fn slow_down_from_a_provider_pauses_that_provider(db: Db) {
        let script = Script::start(|asked: &Asked| match (asked.verb, asked.reader.as_str()) {
            ("RCPT", "first") => Answer::Say("450 4.7.28 Our system has detected an unusual rate of mail"),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.settings.relays[0].connections = 1;
        stage.readers(&["first@gmail.com"]).await;
        let issue = stage.issue("provider").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.pending == 1 && totals.claimed + totals.in_flight == 0).await;
        while stage.rows(issue).await[0].reply.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let row = stage.rows(issue).await.remove(0);
        assert_eq!((row.state, row.attempts), (Pending, 0), "slow down is no try");
        // From now on the provider is left alone for a while; everybody else is not.
        stage.readers(&["second@gmail.com", "other"]).await;
        let later = stage.issue("later").await;
        stage.wait_until(later, |totals| totals.sent == 1 && totals.claimed + totals.in_flight == 0).await;
        running.stop().await;
        assert_eq!(stage.standing(later, "other").await.0, Sent);
        let row = stage.row(later, "second@gmail.com").await;
        assert_eq!((row.state, row.attempts), (Pending, 0));
        let wait = row.due_at.unwrap().since(START);
        assert!(wait > Duration::from_secs(10) && wait <= Duration::from_secs(30), "{wait:?}");
    }

    async fn slow_down_from_a_domain_on_no_list_pauses_nobody_else(db: Db) {
        let script = Script::start(|asked: &Asked| match (asked.verb, asked.reader.as_str()) {
            ("RCPT", "first") => Answer::Say("450 4.7.28 Our system has detected an unusual rate of mail"),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.settings.relays[0].connections = 1;
        stage.readers(&["first@small.example"]).await;
        let issue = stage.issue("provider").await;
        let running = stage.start();
        until("the answer", async || stage.rows(issue).await[0].reply.is_some()).await;
        let others = ["second@other.example", "third@small.example", "fourth@gmail.com", "fifth@outlook.com"];
        stage.readers(&others).await;
        let later = stage.issue("later").await;
        // Each has gone, or was put off.
        let settled = async |local: &str| {
            let row = stage.row(later, local).await;
            row.state == Sent || row.due_at.is_some_and(|due_at| due_at > START)
        };
        for local in others {
            until(local, async || settled(local).await).await;
            assert_eq!(stage.standing(later, local).await.0, Sent, "{local} waits for what was said of another");
        }
        running.stop().await;
    }

    async fn a_relay_that_greets_with_slow_down_is_not_down(db: Db) {
        // It takes three connections and turns the others away; all mail goes through those three.
        let options = SinkOptions { keep: true, connections_max: 3, ..SinkOptions::default() };
        let mut stage = DeliveryFixture::with_sink(db, options).await;
        stage.settings.relays[0].connections = 8;
        stage.crowd(150).await;
        let issue = stage.issue("crowded").await;
        let totals = stage.finish(issue).await;
        assert_eq!((totals.sent, totals.open()), (150, 0));
        assert!(stage.rows(issue).await.iter().all(|row| row.attempts == 1));
        assert!(stage.sink.stats().connections_refused > 0, "the scenario shows nothing");
        assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"), "{:?}", stage.events().await);
    }
}
