//! However an address is spelled: what is learnt of it holds for the reader, and for every other spelling.

use std::time::Duration;

use coranto::domain::address::EmailAddress;
use coranto::domain::policy::Policy;
use coranto::domain::suppression::SuppressionReason;
use coranto::inbound;
use coranto::store::{Db, subscriptions, suppressions};

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;

/// As people type: letters of both cases, a tag, dots, a domain in capitals, one of another script.
const SPELLINGS: &[&str] = &[
    "anna@one.example", "Anna.Berg@One.Example", "CAPITALS@TWO.EXAMPLE", "Mixed.Case+Tag@Three.Example",
    "F.I.R.S.T+x@GMail.com", "Reader@BÜCHER.example",
];

both_databases! {
    async fn a_dead_address_is_left_out_however_it_is_spelled(db: Db) {
        let script = Script::start(|asked: &Asked| match asked.verb {
            // Each address but those of the crowd.
            "RCPT" if asked.domain != "example.net" => Answer::Say("550 5.1.1 No such user"),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        stage.crowd(20).await;
        for (number, spelling) in SPELLINGS.iter().enumerate() {
            stage.readers(&[spelling]).await;
            let issue = stage.issue(&format!("issue{number}")).await;
            let totals = stage.finish(issue).await;
            assert_eq!((totals.sent, totals.failed), (20, 1), "{spelling}");
            stage.clock.advance(Duration::from_secs(2 * 3600));
            inbound::settle(&stage.db, None, &Policy::default(), stage.clock.now()).await.unwrap();

            for spelled in [(*spelling).to_owned(), spelling.to_lowercase(), spelling.to_uppercase()] {
                let key = spelled.parse::<EmailAddress>().unwrap().key();
                let mut tx = stage.db.read().await.unwrap();
                let reason = suppressions::reason(&mut tx, &stage.keys.address_hash(&key)).await.unwrap();
                assert_eq!(reason, Some(SuppressionReason::Bounce), "{spelling} as {spelled}");
                let found = subscriptions::find(&mut tx, stage.newsletter, &key).await.unwrap();
                assert_eq!(found.and_then(|found| found.suppressed), Some(SuppressionReason::Bounce), "{spelled}");
            }
            let next = stage.issue(&format!("next{number}")).await;
            assert_eq!(stage.totals(next).await.readers, 20, "{spelling} still gets mail");
            assert_eq!(stage.finish(next).await.sent, 20);
        }
    }
}
