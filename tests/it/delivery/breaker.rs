//! A run of refusals that are not the readers' fault stops the issue and calls a person, before the list is burnt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use coranto::delivery::control::{self, Retry};
use coranto::domain::delivery::DeliveryState::Failed;
use coranto::domain::delivery::Reason;
use coranto::domain::issue::IssueState;
use coranto::domain::suppression::SuppressionReason;
use coranto::store::{Db, suppressions};

use super::script::{Answer, Asked, Script};
use super::stage::{Stage, endpoint_at, relay_to};
use crate::harness::acts;
use crate::harness::database::both_databases;

/// A relay that answers `verb` with `refusal` until it is mended.
async fn refusing(verb: &'static str, refusal: &'static str) -> (Script, Arc<AtomicBool>) {
    let is_mended = Arc::new(AtomicBool::new(false));
    let mended = Arc::clone(&is_mended);
    let script = Script::start(move |asked: &Asked| match asked.verb == verb && !mended.load(Ordering::SeqCst) {
        true => Answer::Say(refusal),
        false => Answer::Usual,
    })
    .await;
    (script, is_mended)
}

async fn suppressed(stage: &Stage) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    let (count,): (i64,) = tx.sql("SELECT COUNT(*) FROM suppressions").fetch_one().await.unwrap();
    count
}

both_databases! {
    async fn refused_for_policy_the_issue_pauses(db: Db) {
        let (script, is_mended) = refusing("DOT", "550 5.7.26 Unauthenticated mail is not accepted").await;
        let mut stage = Stage::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.crowd(80).await;
        let issue = stage.issue("policy").await;
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Paused).await;
        stage.wait_until(issue, |totals| totals.in_flight + totals.claimed == 0).await;
        let totals = stage.totals(issue).await;
        // Twenty stop it; what was on the wire then may follow.
        assert!((20..=28).contains(&totals.failed), "{totals:?}");
        assert_eq!(totals.failed + totals.pending, 80, "nobody else lost anything");
        let note = stage.get(issue).await.note;
        assert!(note.contains("run of refusals"), "{note}");
        assert!(stage.events().await.iter().any(|(kind, _)| kind == "issue.paused"));
        assert_eq!(suppressed(&stage).await, 0, "it is not the readers' fault");

        // A person mends the cause, resumes, and has the refused tried again.
        is_mended.store(true, Ordering::SeqCst);
        control::resume(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        control::retry(&stage.db, issue, Retry::Failed, acts::by(stage.clock.now())).await.unwrap();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.totals(issue).await.sent, 80);
        assert_eq!(script.taken().len(), 80);
    }

    async fn put_off_for_policy_it_pauses_too(db: Db) {
        let (script, _) = refusing("DOT", "453 4.7.500 Access denied, try again later").await;
        let mut stage = Stage::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.crowd(50).await;
        let issue = stage.issue("policy").await;
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Paused).await;
        stage.wait_until(issue, |totals| totals.in_flight + totals.claimed == 0).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        assert!((20..=28).contains(&totals.deferred), "{totals:?}");
        assert_eq!(totals.deferred + totals.pending, 50);
    }

    async fn who_calls_everybody_dead_is_not_believed(db: Db) {
        let (script, is_mended) = refusing("RCPT", "550 5.1.1 No such user").await;
        let mut stage = Stage::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.crowd(180).await;
        let issue = stage.issue("dead").await;
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Paused).await;
        stage.wait_until(issue, |totals| totals.in_flight + totals.claimed == 0).await;
        let totals = stage.totals(issue).await;
        assert!((100..=108).contains(&totals.failed), "{totals:?}");
        assert_eq!(totals.failed + totals.pending, 180);
        assert_eq!(suppressed(&stage).await, 0, "a broken relay has burnt the list");

        is_mended.store(true, Ordering::SeqCst);
        control::resume(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        control::retry(&stage.db, issue, Retry::Failed, acts::by(stage.clock.now())).await.unwrap();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.totals(issue).await.sent, 180);
    }

    async fn single_dead_addresses_are_believed(db: Db) {
        let stage = Stage::new(db).await;
        let locals: Vec<String> =
            (0..60).map(|number| if number % 6 == 5 { format!("permfail-{number}") } else { format!("r{number}") }).collect();
        stage.readers(&locals).await;
        let issue = stage.issue("single").await;
        let totals = stage.finish(issue).await;
        assert_eq!((totals.sent, totals.failed), (50, 10));
        let mut tx = stage.db.read().await.unwrap();
        for local in locals.iter().filter(|local| local.starts_with("permfail")) {
            let hash = stage.keys.address_hash(&format!("{local}@example.net"));
            assert_eq!(suppressions::reason(&mut tx, &hash).await.unwrap(), Some(SuppressionReason::Bounce));
        }
        drop(tx);
        assert_eq!(suppressed(&stage).await, 10);
        assert_eq!(stage.standing(issue, "permfail-5").await, (Failed, 1, Some(Reason::Refused)));
    }

    async fn a_tail_that_expires_is_no_run_of_refusals(db: Db) {
        // Dead domains: 120 rows are retried to their end and fail together. Nobody has refused anything.
        let mut stage = Stage::new(db).await;
        stage.settings.retry_for = std::time::Duration::from_secs(60);
        let locals: Vec<String> = (0..120).map(|number| format!("tempfail-{number}")).collect();
        stage.readers(&locals).await;
        let issue = stage.issue("tail").await;
        let totals = stage.finish(issue).await;
        assert_eq!(totals.failed, 120);
        assert_eq!(stage.standing(issue, "tempfail-7").await, (Failed, 1, Some(Reason::Expired)));
    }
}
