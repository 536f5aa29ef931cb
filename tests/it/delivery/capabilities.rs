//! What one relay cannot carry another may: its size, its alphabet. It fails only when no relay can.

use coranto::domain::delivery::DeliveryState::{Failed, Sent};
use coranto::domain::delivery::Reason;
use coranto::smtp::SinkOptions;
use coranto::store::Db;

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;

const SMALL: &str = "250-relay.example.org\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 ENHANCEDSTATUSCODES";

async fn takes_small_mails() -> Script {
    Script::start(|asked: &Asked| match asked.verb {
        "EHLO" => Answer::Say(SMALL),
        _ => Answer::Usual,
    })
    .await
}

async fn says_too_large() -> Script {
    Script::start(|asked: &Asked| match asked.verb {
        "MAIL" => Answer::Say("552 5.3.4 Message too large"),
        _ => Answer::Usual,
    })
    .await
}

both_databases! {
    async fn a_mail_that_is_too_large_for_one_relay_goes_through_another(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let (offered, said) = (takes_small_mails().await, says_too_large().await);
        stage.settings.relays.insert(0, relay_to("offered", endpoint_at(offered.address)));
        stage.settings.relays.insert(1, relay_to("said", endpoint_at(said.address)));
        let locals = stage.crowd(60).await;
        let issue = stage.issue("large").await;
        let totals = stage.finish(issue).await;
        assert_eq!((totals.sent, totals.failed), (60, 0));
        for local in &locals {
            let row = stage.row(issue, local).await;
            assert_eq!((row.state, row.attempts, row.relay.as_deref()), (Sent, 1, Some("main")));
        }
        stage.assert_once(issue).await;
        assert!(offered.connections() > 0 && said.connections() > 0);
        assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"));
    }

    async fn it_fails_when_no_relay_takes_it(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let (offered, said) = (takes_small_mails().await, says_too_large().await);
        stage.settings.relays =
            vec![relay_to("offered", endpoint_at(offered.address)), relay_to("said", endpoint_at(said.address))];
        let locals = stage.crowd(12).await;
        let issue = stage.issue("large").await;
        let totals = stage.run_until(issue, |totals| totals.failed == 12).await;
        assert_eq!((totals.sent, totals.open()), (0, 0));
        for local in &locals {
            let row = stage.row(issue, local).await;
            assert_eq!((row.state, row.reason), (Failed, Some(Reason::TooLarge)));
            let reply = row.reply.unwrap();
            assert!(reply.contains("takes 1000") || reply.contains("552 5.3.4"), "{reply}");
        }
    }

    async fn an_address_outside_ascii_goes_where_it_is_understood(db: Db) {
        let ascii = Script::start(|_: &Asked| Answer::Usual).await;
        let mut stage = DeliveryFixture::with_sink(db, SinkOptions { keep: true, ..SinkOptions::default() }).await;
        stage.settings.relays.insert(0, relay_to("ascii", endpoint_at(ascii.address)));
        stage.readers(&["žofie", "řehoř", "anna", "ed"]).await;
        let issue = stage.issue("alphabet").await;
        assert_eq!(stage.finish(issue).await.sent, 4);
        for local in ["žofie", "řehoř"] {
            assert_eq!(stage.row(issue, local).await.relay.as_deref(), Some("main"));
        }
        stage.settings.relays.truncate(1);
        let issue = stage.issue("ascii").await;
        assert_eq!(stage.finish(issue).await.failed, 2);
        assert_eq!(stage.standing(issue, "žofie").await.2, Some(Reason::Unsupported));
    }
}
