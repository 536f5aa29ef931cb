//! The relay takes its time between the take-off and the moment at which the body is asked for: whoever leaves meanwhile
//! does not get the mail; nor does anybody of an issue that is paused, stopped or edited meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use coranto::delivery::control;
use coranto::domain::delivery::DeliveryState::{Pending, Sent, Skipped};
use coranto::domain::delivery::Reason;
use coranto::domain::issue::IssueState;
use coranto::store::{Db, issues};

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, Running, endpoint_at, relay_to};
use crate::harness::acts;
use crate::harness::database::both_databases;

/// The first reader's RCPT is answered after so long.
const SLOW: Duration = Duration::from_millis(2500);

/// A relay that is slow once, with one reader's mail taken off and its envelope on the wire.
async fn waiting(stage: &mut DeliveryFixture) -> (Script, Running, coranto::domain::IssueId) {
    let was_slow = Arc::new(AtomicBool::new(false));
    let script = Script::start(move |asked: &Asked| match asked.verb {
        "RCPT" if !was_slow.swap(true, Ordering::SeqCst) => Answer::After(SLOW),
        _ => Answer::Usual,
    })
    .await;
    stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
    stage.settings.relays[0].connections = 1;
    stage.readers(&["anna"]).await;
    let issue = stage.issue("late").await;
    let running = stage.start();
    stage.wait_until(issue, |totals| totals.in_flight == 1).await;
    (script, running, issue)
}

both_databases! {
    async fn who_leaves_meanwhile_gets_no_mail(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let (script, running, issue) = waiting(&mut stage).await;
        stage.leaves("anna").await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "anna").await, (Skipped, 0, Some(Reason::Unsubscribed)));
        assert!(script.taken().is_empty());
    }

    async fn a_pause_meanwhile_is_obeyed(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let (script, running, issue) = waiting(&mut stage).await;
        control::pause(&stage.db, issue, "wait", acts::by(stage.clock.now())).await.unwrap();
        stage.wait_until(issue, |totals| totals.in_flight == 0).await;
        assert_eq!(stage.standing(issue, "anna").await, (Pending, 0, None));
        assert!(script.taken().is_empty());
        control::resume(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!((stage.standing(issue, "anna").await, script.taken().len()), ((Sent, 1, None), 1));
    }

    async fn a_stop_meanwhile_is_obeyed(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let (script, running, issue) = waiting(&mut stage).await;
        control::stop(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        stage.wait_until(issue, |totals| totals.in_flight + totals.claimed + totals.pending == 0).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "anna").await.0, Skipped);
        assert!(script.taken().is_empty());
    }

    async fn an_edit_meanwhile_is_what_is_sent(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let (script, running, issue) = waiting(&mut stage).await;
        let (now, edited) = (stage.clock.now(), stage.revision("late", "second").await);
        // The issue goes out again before the answer comes.
        control::pause(&stage.db, issue, "a wrong date", acts::by(now)).await.unwrap();
        stage.db.write(async |tx| issues::revise(tx, issue, IssueState::Paused, "late", edited, acts::by(now)).await).await.unwrap();
        control::resume(&stage.db, issue, acts::by(now)).await.unwrap();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let taken = script.taken();
        assert_eq!(taken.len(), 1);
        assert!(taken[0].1.windows(6).any(|part| part == b"second"), "the old text was sent");
    }

    async fn nothing_that_happens_meanwhile_costs_a_try(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let (script, running, issue) = waiting(&mut stage).await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!((stage.standing(issue, "anna").await, script.taken().len()), ((Sent, 1, None), 1));
    }
}
