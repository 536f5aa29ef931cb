//! Pause, edit, resume, stop, retry: what a person does to an issue that is going out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use coranto::delivery::control::{self, ControlError, RetryScope};
use coranto::domain::delivery::DeliveryState::{Failed, Pending, Sent, Skipped};
use coranto::domain::delivery::Reason;
use coranto::domain::issue::IssueState;
use coranto::smtp::SinkOptions;
use coranto::store::{Db, issues, ledger};

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::acts;
use crate::harness::database::both_databases;

fn slow() -> SinkOptions {
    SinkOptions { keep: true, reply_delay: Duration::from_millis(8), ..SinkOptions::default() }
}

both_databases! {
    async fn an_edit_in_mid_send_is_served_to_the_rest(db: Db) {
        let stage = DeliveryFixture::with_sink(db, slow()).await;
        let locals = stage.crowd(120).await;
        let issue = stage.issue("edited").await;
        let first = stage.get(issue).await.revision_id;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 20).await;
        control::pause(&stage.db, issue, "a typo", acts::by(stage.clock.now())).await.unwrap();
        let paused = stage.get(issue).await;
        assert_eq!((paused.state, paused.note.as_str()), (IssueState::Paused, "a typo"));
        let at_pause = stage.totals(issue).await;
        stage.wait_until(issue, |totals| totals.in_flight + totals.claimed == 0).await;
        let so_far = stage.totals(issue).await.sent;
        assert!(so_far <= at_pause.sent + at_pause.in_flight, "a row took off after the pause");
        assert!((20..120).contains(&so_far), "{so_far}: the pause came too late");

        let second = stage.revision("edited", "second").await;
        let revised = stage.db.write(async |tx| issues::revise(tx, issue, IssueState::Paused, "Edited", second, acts::by(stage.clock.now())).await);
        assert!(revised.await.unwrap());
        control::resume(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;

        stage.assert_once(issue).await;
        let mut bore: BTreeMap<_, i64> = BTreeMap::new();
        for local in &locals {
            let revision = stage.row(issue, local).await.revision_id.unwrap();
            *bore.entry(revision).or_default() += 1;
            let text = String::from_utf8(stage.mails(local).remove(0).data).unwrap();
            let word = if revision == first { "first" } else { "second" };
            assert!(text.contains(&format!("<p>{word}</p>")), "{local} got another content than the ledger says");
        }
        assert_eq!(bore, BTreeMap::from([(first, so_far), (second, 120 - so_far)]));
        let mut tx = stage.db.read().await.unwrap();
        let counted = ledger::sent_by_revision(&mut tx, issue).await.unwrap();
        assert_eq!(counted, bore.into_iter().collect::<Vec<_>>());
    }

    async fn what_was_put_back_from_the_wire_gets_the_edit_too(db: Db) {
        // The relay refuses the sender after the take-off was committed: nothing was sent, so nothing is decided.
        let stage = DeliveryFixture::new(db).await;
        let refusing = Script::start(|asked: &Asked| match asked.verb {
            "MAIL" => Answer::Say("451 4.3.2 Not now"),
            _ => Answer::Usual,
        })
        .await;
        stage.crowd(5).await;
        let issue = stage.issue("edited").await;
        let mut settings = stage.settings.clone();
        settings.relays = vec![relay_to("refusing", endpoint_at(refusing.address))];
        let running = stage.start_with(settings);
        stage.wait_for_event("relay.down").await;
        running.stop().await;
        control::pause(&stage.db, issue, "a typo", acts::by(stage.clock.now())).await.unwrap();
        let second = stage.revision("edited", "second").await;
        let revised = stage.db.write(async |tx| issues::revise(tx, issue, IssueState::Paused, "Edited", second, acts::by(stage.clock.now())).await);
        assert!(revised.await.unwrap());
        control::resume(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        stage.finish(issue).await;
        assert!(stage.rows(issue).await.iter().all(|row| row.revision_id == Some(second)));
    }

    async fn the_rest_of_a_stopped_issue_is_skipped(db: Db) {
        let stage = DeliveryFixture::with_sink(db, slow()).await;
        let mut locals = vec!["full-x".to_owned()];
        locals.extend((0..100).map(|number| format!("reader{number}")));
        stage.readers(&locals).await;
        let issue = stage.issue("stopped").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 10 && totals.deferred == 1).await;
        let skipped = control::stop(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        let at_stop = stage.totals(issue).await;
        stage.wait_until(issue, |totals| totals.open() == 0).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert!(totals.skipped >= skipped.cast_signed());
        assert!(totals.sent <= at_stop.sent + at_stop.in_flight, "what was on the wire was finished, nothing else");
        assert_eq!(totals.sent + totals.skipped, 101);
        assert_eq!(stage.standing(issue, "full-x").await, (Skipped, 1, Some(Reason::Stopped)));
        assert_eq!(stage.get(issue).await.state, IssueState::Stopped);
        stage.assert_once(issue).await;
    }

    async fn a_row_that_comes_back_to_a_stopped_issue_is_skipped(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_millis(150), ..SinkOptions::default() };
        let stage = DeliveryFixture::with_sink(db, options).await;
        stage.readers(&["full-x"]).await;
        let issue = stage.issue("stopped").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.in_flight == 1).await;
        assert_eq!(control::stop(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap(), 0);
        stage.wait_until(issue, |totals| totals.skipped == 1).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "full-x").await, (Skipped, 1, Some(Reason::Stopped)));
    }

    async fn who_was_refused_can_be_tried_again(db: Db) {
        let refuses = AtomicBool::new(true);
        let script = Script::start(move |asked: &Asked| {
            if asked.verb == "RCPT" && asked.reader == "refused" && refuses.swap(false, Ordering::SeqCst) {
                return Answer::Say("550 5.2.1 Mailbox disabled");
            }
            Answer::Usual
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.readers(&["refused", "healthy"]).await;
        let issue = stage.issue("retried").await;
        let totals = stage.finish(issue).await;
        assert_eq!((totals.failed, totals.sent), (1, 1));
        assert_eq!(stage.standing(issue, "refused").await, (Failed, 1, Some(Reason::Refused)));
        stage.clock.advance(Duration::from_secs(3600));
        let rows = control::retry(&stage.db, issue, RetryScope::Failed, acts::by(stage.clock.now())).await.unwrap();
        assert_eq!(rows, 1);
        assert_eq!(stage.get(issue).await.state, IssueState::Sending, "an issue that was finished goes on");
        let row = stage.row(issue, "refused").await;
        assert_eq!((row.state, row.attempts, row.first_at, row.reason), (Pending, 0, None, None));
        stage.finish(issue).await;
        assert_eq!(stage.standing(issue, "refused").await, (Sent, 1, None));
        assert_eq!(script.taken().len(), 2);
        assert_eq!(control::retry(&stage.db, issue, RetryScope::Failed, acts::by(stage.clock.now())).await.unwrap(), 0);
        assert_eq!(stage.get(issue).await.state, IssueState::Sent, "there was nothing to try again");
    }

    async fn each_verb_says_what_it_needs(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let now = stage.clock.now();
        let nobody = coranto::domain::IssueId(999);
        assert!(matches!(control::pause(&stage.db, nobody, "", acts::by(now)).await, Err(ControlError::Missing)));
        assert!(matches!(
            control::retry(&stage.db, nobody, RetryScope::Failed, acts::by(now)).await,
            Err(ControlError::Missing)
        ));
        let issue = stage.issue("verbs").await;
        let error = control::resume(&stage.db, issue, acts::by(now)).await.unwrap_err();
        assert_eq!(error.to_string(), "the issue is sending; only one that is paused can be resumed");
        control::stop(&stage.db, issue, acts::by(now)).await.unwrap();
        let error = control::pause(&stage.db, issue, "", acts::by(now)).await.unwrap_err();
        assert_eq!(error.to_string(), "the issue is stopped; only one that is sending can be paused");
        let error = control::stop(&stage.db, issue, acts::by(now)).await.unwrap_err();
        assert_eq!(error.to_string(), "the issue is stopped; only one that is sending or paused can be stopped");
        let error = control::retry(&stage.db, issue, RetryScope::Failed, acts::by(now)).await.unwrap_err();
        assert_eq!(error.to_string(), "the issue is stopped; only one that is sent, sending or paused can be tried again");
    }
}
