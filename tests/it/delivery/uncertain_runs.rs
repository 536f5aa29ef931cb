//! A relay that takes mails and loses the answer sends nobody a third copy, is suspended, and calls a person.

use std::collections::HashMap;
use std::time::Duration;

use coranto::domain::delivery::Reason;
use coranto::domain::newsletter::UncertainPolicy;
use coranto::store::Db;

use super::parties::{suspended, wait_for_suspension};
use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay, relay_to};
use crate::harness::database::both_databases;
use crate::harness::patience::until;

async fn silent() -> Script {
    Script::start(|asked: &Asked| if asked.verb == "DOT" { Answer::Drop } else { Answer::Usual }).await
}

fn copies(script: &Script) -> HashMap<String, usize> {
    let mut copies = HashMap::new();
    for (reader, _) in script.taken() {
        *copies.entry(reader).or_default() += 1;
    }
    copies
}

both_databases! {
    async fn nobody_gets_a_third_copy(db: Db) {
        let script = silent().await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        stage.readers(&["a", "b"]).await;
        let issue = stage.issue("twice").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.uncertain == 2).await;
        stage.clock.advance(Duration::from_secs(30 * 60));
        until("both second copies", async || copies(&script).values().all(|copies| *copies == 2)).await;
        stage.wait_until(issue, |totals| totals.claimed + totals.in_flight == 0).await;
        assert_eq!(stage.totals(issue).await.failed, 2, "the second silence ends it, and not half an hour later");
        for _ in 0..12 {
            stage.clock.advance(Duration::from_secs(30 * 60));
            tokio::time::sleep(Duration::from_millis(120)).await;
        }
        running.stop().await;
        assert_eq!(copies(&script), HashMap::from([("a".to_owned(), 2), ("b".to_owned(), 2)]));
        for row in stage.rows(issue).await {
            assert_eq!((row.attempts, row.reason), (2, Some(Reason::Uncertain)), "{row:?}");
        }
        assert!(stage.get(issue).await.note.contains("nobody has got it"), "{}", stage.get(issue).await.note);
    }

    async fn a_run_of_them_suspends_the_relay_and_calls_a_person(db: Db) {
        for policy in [UncertainPolicy::Resend, UncertainPolicy::Hold] {
            let script = silent().await;
            let mut stage = DeliveryFixture::new(db.clone()).await;
            stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
            stage.settings.newsletters[0].newsletter.uncertain = policy;
            stage.bear_leaps();
            if policy == UncertainPolicy::Resend {
                stage.crowd(100).await;
            }
            stage.issue(&format!("run-{policy:?}").to_lowercase()).await;
            let running = stage.start();
            let group = wait_for_suspension(&stage).await;
            assert_eq!((group.relay.as_str(), group.trouble.as_str()), ("main", "uncertain"));
            tokio::time::sleep(Duration::from_millis(200)).await;
            let taken = script.taken().len();
            // Five show it; each connection may have one on the wire and one in hand.
            assert!(taken <= 5 + 2 * 4, "{taken} before it stopped");
            // A probe after each pause, until a person is called; a busy machine needs more of these minutes.
            let mut minutes = 0;
            while minutes < 300 || suspended(&stage).await.iter().any(|group| group.until.is_some()) {
                minutes += 1;
                assert!(minutes < 5_000, "{:?}", suspended(&stage).await);
                stage.clock.advance(Duration::from_secs(60));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            running.stop().await;
            assert!(script.taken().len() <= 5 + 2 * 4 + 4, "{} in {minutes} minutes", script.taken().len());
            assert!(copies(&script).values().all(|copies| *copies <= 2));
            assert!(stage.events().await.iter().any(|(kind, _)| kind == "group.held"));
            stage.execute("DELETE FROM suspensions").await;
        }
    }

    async fn the_other_relay_carries_the_rest(db: Db) {
        let script = silent().await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("silent", endpoint_at(script.address)), relay("main", &stage.sink)];
        stage.crowd(200).await;
        let issue = stage.issue("rest").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent + totals.uncertain == 200).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert!(totals.uncertain <= 5 + 2 * 4, "{totals:?}");
    }
}
