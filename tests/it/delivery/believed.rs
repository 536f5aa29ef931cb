//! Whether a relay that refuses recipients is believed: single dead addresses are, and a third of a list; a relay that
//! calls everybody dead is not, however small the list, however many engines and restarts.

use std::sync::atomic::Ordering;

use coranto::domain::delivery::DeliveryState::Failed;
use coranto::domain::delivery::Reason;
use coranto::domain::issue::IssueState;
use coranto::store::Db;

use super::parties::{pass_time_until, refusing, suppressed, suspended, wait_for_suspension};
use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::acts;
use crate::harness::database::both_databases;

both_databases! {
    async fn a_relay_that_calls_everybody_dead_burns_no_list(db: Db) {
        let (script, is_mended) = refusing("550 5.1.1 No such user", |asked| asked.verb == "RCPT").await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        stage.crowd(60).await;
        let issue = stage.issue("dead").await;
        let running = stage.start();
        wait_for_suspension(&stage).await;
        pass_time_until(&stage, issue, IssueState::Paused).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.failed, totals.sent, totals.suspended + totals.deferred + totals.pending), (0, 0, 60));
        assert_eq!(suppressed(&stage).await, 0);
        let note = stage.get(issue).await.note;
        assert!(note.contains("refuses too many readers") && note.contains("550 5.1.1 No such user"), "{note}");
        assert!(suspended(&stage).await.iter().all(|group| group.until.is_none()), "a person decides");

        is_mended.store(true, Ordering::SeqCst);
        let running = stage.start();
        coranto::delivery::control::resume(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        pass_time_until(&stage, issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.totals(issue).await.sent, 60);
        assert_eq!(script.taken().len(), 60);
    }

    async fn a_person_may_believe_it(db: Db) {
        let (script, _) = refusing("550 5.1.1 No such user", |asked| {
            asked.verb == "RCPT" && asked.domain == "closed.example"
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        let locals: Vec<String> =
            (0..60).map(|n| if n < 20 { format!("a{n}@closed.example") } else { format!("b{n}") }).collect();
        stage.readers(&locals).await;
        let issue = stage.issue("closed").await;
        let running = stage.start();
        pass_time_until(&stage, issue, IssueState::Paused).await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.failed), (40, 0), "the others got it");
        assert!(stage.get(issue).await.note.contains("closed.example"), "{}", stage.get(issue).await.note);
        coranto::delivery::control::believe(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        pass_time_until(&stage, issue, IssueState::Sent).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.failed), (40, 20));
    }

    async fn a_list_with_a_third_of_dead_addresses_gets_through(db: Db) {
        let (script, _) =
            refusing("550 5.1.1 No such user", |asked| asked.verb == "RCPT" && asked.reader.starts_with("dead")).await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        let locals: Vec<String> =
            (0..300).map(|n| if n % 10 < 3 { format!("dead{n}@d{n}.example") } else { format!("r{n}@h{n}.example") }).collect();
        stage.readers(&locals).await;
        let issue = stage.issue("third").await;
        let running = stage.start();
        pass_time_until(&stage, issue, IssueState::Sent).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.failed), (210, 90));
        assert_eq!(stage.standing(issue, "dead0@d0.example").await.0, Failed);
    }

    async fn single_dead_addresses_are_believed(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.bear_leaps();
        let locals: Vec<String> =
            (0..60).map(|n| if n % 6 == 5 { format!("permfail-{n}") } else { format!("r{n}") }).collect();
        stage.readers(&locals).await;
        let issue = stage.issue("single").await;
        let running = stage.start();
        // Several in a row are doubted, and believed when they are refused again.
        pass_time_until(&stage, issue, IssueState::Sent).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.failed), (50, 10));
        let (state, _, reason) = stage.standing(issue, "permfail-5").await;
        assert_eq!((state, reason), (Failed, Some(Reason::Refused)));
    }

    async fn a_relay_that_breaks_in_the_middle_of_an_issue_costs_nobody(db: Db) {
        let (script, is_mended) = {
            let taken = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
            refusing("550 5.1.1 No such user", move |asked| {
                asked.verb == "RCPT" && taken.fetch_add(1, Ordering::SeqCst) >= 100
            })
            .await
        };
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        stage.crowd(160).await;
        let issue = stage.issue("middle").await;
        let running = stage.start();
        wait_for_suspension(&stage).await;
        stage.wait_until(issue, |totals| totals.claimed + totals.in_flight == 0).await;
        let totals = stage.totals(issue).await;
        assert_eq!((totals.sent, totals.failed), (100, 0));
        is_mended.store(true, Ordering::SeqCst);
        pass_time_until(&stage, issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.totals(issue).await.sent, 160);
        assert_eq!(suppressed(&stage).await, 0);
    }

    async fn restarts_burn_no_allowance_anew(db: Db) {
        let (script, _) = refusing("550 5.1.1 No such user", |asked| asked.verb == "RCPT").await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.bear_leaps();
        stage.crowd(60).await;
        let issue = stage.issue("restarts").await;
        for round in 0..6 {
            let running = stage.start();
            stage.wait_until(issue, |totals| round > 0 || totals.failed + totals.deferred >= 2).await;
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            running.stop().await;
        }
        let totals = stage.totals(issue).await;
        assert!(totals.failed <= 10, "{totals:?}");
    }

    async fn a_full_mailbox_costs_tries_and_a_relay_where_all_are_full_does_not(db: Db) {
        let script = Script::start(|asked: &Asked| match (asked.verb, asked.reader.as_str()) {
            ("RCPT", "full") => Answer::Say("452 4.2.2 Mailbox full"),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db.clone()).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.readers(&["full", "a", "b"]).await;
        let issue = stage.issue("one").await;
        stage.run_until(issue, |totals| totals.sent == 2 && totals.deferred == 1).await;
        assert_eq!(stage.row(issue, "full").await.attempts, 1);

        let (script, _) = refusing("452 4.2.2 Mailbox full", |asked| asked.verb == "RCPT").await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.execute("DELETE FROM subscriptions").await;
        stage.execute("DELETE FROM subscribers").await;
        stage.crowd(60).await;
        let issue = stage.issue("all").await;
        let running = stage.start();
        wait_for_suspension(&stage).await;
        stage.wait_until(issue, |totals| totals.claimed + totals.in_flight == 0).await;
        running.stop().await;
        let tried = stage.rows(issue).await.iter().filter(|row| row.attempts > 0).count();
        assert!(tried <= 10, "{tried} lost a try");
    }
}
