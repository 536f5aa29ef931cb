//! What a part of an issue waits for is said where the issue is shown, and an issue that nobody got is not called sent.

use coranto::domain::issue::IssueState;
use coranto::store::Db;

use super::parties::{mixed_crowd, pass_time_until, refusing};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;

both_databases! {
    async fn a_provider_that_goes_on_refusing_holds_the_issue_with_its_words(db: Db) {
        let (script, _) = refusing("550 5.7.26 DMARC policy of <week@news.example.org>", |asked| {
            asked.verb == "DOT" && asked.domain == "gmail.com"
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        mixed_crowd(&stage, 80).await;
        let issue = stage.issue("words").await;
        let running = stage.start();
        pass_time_until(&stage, issue, IssueState::Paused).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.failed), (40, 0));
        let note = stage.get(issue).await.note;
        assert!(note.contains("gmail") && note.contains("5.7.26") && !note.contains("week@"), "{note}");
        // One mail in each pause, and the three that showed it.
        assert!(script.taken().len() == 40, "{}", script.taken().len());
    }

    async fn a_sender_that_is_refused_everywhere_is_never_sent(db: Db) {
        for (number, (verb, refusal)) in [
            ("MAIL", "550 5.7.1 sender not verified"),
            ("DOT", "554 Message rejected: Email address is not verified. The following identities failed the check"),
            ("RCPT", "550 5.1.8 Sender address rejected: Domain not found"),
            ("DOT", "554 5.7.1 Spam message rejected"),
        ]
        .into_iter()
        .enumerate()
        {
            let (script, _) = refusing(refusal, move |asked| asked.verb == verb).await;
            let mut stage = DeliveryFixture::new(db.clone()).await;
            stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
            stage.bear_leaps();
            if number == 0 {
                stage.crowd(60).await;
            }
            let issue = stage.issue(&format!("never{number}")).await;
            let running = stage.start();
            pass_time_until(&stage, issue, IssueState::Paused).await;
            running.stop().await;
            let totals = stage.totals(issue).await;
            assert_eq!((totals.sent, totals.failed), (0, 0), "{verb} {refusal}: {totals:?}");
            let note = stage.get(issue).await.note;
            assert!(note.contains(&refusal[..12]), "{note}");
            stage.execute("DELETE FROM suspensions").await;
        }
    }

    async fn one_reader_who_is_not_there_is_no_success(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.readers(&["permfail-x"]).await;
        let issue = stage.issue("alone").await;
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Paused).await;
        running.stop().await;
        let note = stage.get(issue).await.note;
        assert!(note.contains("nobody has got it") && note.contains("550 5.1.1"), "{note}");
    }
}
