//! Refusals with acceptances between them, many more in all than a run of them would need to be trouble: the recorder tells
//! what weighs them of each acceptance, whichever way it is written.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use coranto::domain::delivery::DeliveryState::{Failed, Sent};
use coranto::store::Db;

use super::parties::suspended;
use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;

/// A relay that gives `refusal` to every `nth` mail at that command, the first time that it sees its reader.
async fn refusing_each(nth: usize, verb: &'static str, refusal: &'static str) -> Script {
    let (seen, count) = (Arc::new(Mutex::new(std::collections::BTreeMap::new())), AtomicUsize::new(0));
    Script::start(move |asked: &Asked| {
        if asked.verb != verb {
            return Answer::Usual;
        }
        let mut seen = seen.lock().unwrap();
        let number = *seen.entry(asked.reader.clone()).or_insert_with(|| count.fetch_add(1, Ordering::SeqCst));
        if number % nth == nth - 1 { Answer::Say(refusal) } else { Answer::Usual }
    })
    .await
}

both_databases! {
    async fn refusals_that_acceptances_interrupt_suspend_nobody(db: Db) {
        // One of each kind that is counted: for what we send, in mid-conversation, for who we are.
        for (number, (nth, verb, refusal)) in [
            (4, "DOT", "550 5.7.1 Message rejected as spam by content scanner"),
            (4, "DOT", "451 4.3.0 Mail server temporarily rejected message"),
            (4, "RCPT", "451 4.7.1 Greylisted, please try again"),
        ]
        .into_iter()
        .enumerate()
        {
            let script = refusing_each(nth, verb, refusal).await;
            let mut stage = DeliveryFixture::new(db.clone()).await;
            stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
            stage.settings.relays[0].connections = 1;
            // In a crowd from one domain the groups of the domain and of all are the same.
            if number == 0 {
                stage.crowd(80).await;
            }
            let issue = stage.issue(&format!("interrupted{number}")).await;
            let totals = stage
                .run_until(issue, |totals| totals.sent == 60 || totals.suspended > 0 || totals.failed > 0)
                .await;
            let groups: Vec<_> = suspended(&stage).await.into_iter().map(|group| group.reply).collect();
            assert_eq!(groups, Vec::<String>::new(), "{refusal}");
            assert_eq!((totals.sent, totals.failed), (60, 0), "{refusal}");
            assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"), "{refusal}");
        }
    }

    async fn dead_addresses_between_live_ones_are_each_believed(db: Db) {
        for (number, keep_replies) in [false, true].into_iter().enumerate() {
            let script = refusing_each(3, "RCPT", "550 5.1.1 No such user").await;
            let mut stage = DeliveryFixture::new(db.clone()).await;
            stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
            stage.settings.relays[0].connections = 1;
            // Replies that are kept take the long way through the recorder.
            stage.settings.keep_replies = keep_replies;
            if number == 0 {
                stage.crowd(90).await;
            }
            let issue = stage.issue(&format!("dead{number}")).await;
            let totals = stage.run_until(issue, |totals| totals.sent + totals.failed == 90 || totals.suspended > 0).await;
            assert_eq!((totals.sent, totals.failed), (60, 30));
            assert!(suspended(&stage).await.is_empty());
            assert!(stage.rows(issue).await.iter().all(|row| matches!(row.state, Sent | Failed) && row.attempts == 1));
        }
    }
}
