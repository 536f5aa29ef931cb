//! A relay that offers DSN (RFC 3461) is told whom to name in a report, and to report failures alone.

use coranto::domain::cause::Certainty;
use coranto::domain::notice::NoticeEvidence;
use coranto::inbound::Intake;
use coranto::smtp::{SinkOffer, SinkOptions};
use coranto::store::Db;

use super::stage::DeliveryFixture;
use crate::harness::database::both_databases;
use crate::inbound::post::{HOUR, Post, dead};

const READERS: [&str; 2] = ["anna", "ben+week"];

async fn sent(db: Db, offers: bool, wants: bool) -> Post {
    let offer = SinkOffer { dsn: offers, ..SinkOffer::default() };
    let mut stage = DeliveryFixture::with_sink(db, SinkOptions { offer, keep: true, ..SinkOptions::default() }).await;
    stage.settings.relays.iter_mut().for_each(|relay| relay.dsn = wants);
    stage.readers(&READERS).await;
    let issue = stage.issue("first").await;
    stage.run_until(issue, |totals| totals.sent == 2).await;
    let intake = Intake::new(stage.db.clone(), stage.keys.clone(), HOUR);
    Post { stage, issue, intake }
}

both_databases! {
    async fn what_a_relay_is_asked_comes_back_and_names_the_email(db: Db) {
        let post = sent(db, true, true).await;
        for (local, original) in [("anna", "anna@example.net"), ("ben+week", "ben+2Bweek@example.net")] {
            let asked = post.stage.mails(local).remove(0).dsn;
            let [ret, envelope, notify, recipient] = asked.as_slice() else { panic!("{asked:?}") };
            assert_eq!((ret.as_str(), notify.as_str()), ("RET=HDRS", "NOTIFY=FAILURE"));
            assert_eq!(recipient, &format!("ORCPT=rfc822;{original}"));
            let id = envelope.strip_prefix("ENVID=").unwrap();
            let field = format!("Original-Envelope-Id: {id}\r\nReporting-MTA: dns; mx.example");
            let about = format!("{local}@example.net");
            let report = dead("bounces@provider.example", &about, "").replace("Reporting-MTA: dns; mx.example", &field);
            let receipt = post.bring_one(None, &report).await;
            assert_eq!(receipt.evidence, NoticeEvidence::Sealed, "{local}");
        }
        assert!(post.notices().await.iter().all(|one| one.certainty == Certainty::Certain));
        assert_eq!(post.settle().await.suppressed, 2);
    }

    async fn nothing_is_asked_where_it_is_not_offered_or_not_wanted(db: Db) {
        let post = sent(db, false, true).await;
        assert!(READERS.iter().all(|local| post.stage.mails(local).remove(0).dsn.is_empty()));
    }

    async fn an_operator_may_say_that_a_relay_cannot_bear_it(db: Db) {
        let post = sent(db, true, false).await;
        assert!(READERS.iter().all(|local| post.stage.mails(local).remove(0).dsn.is_empty()));
    }
}
