//! Whoever left before the commit that takes their mail off never gets it, however far the mail had come.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::delivery::control;
use coranto::domain::delivery::DeliveryState::{Claimed, InFlight, Pending, Sent, Skipped};
use coranto::domain::delivery::{DeliveryKind, Reason};
use coranto::domain::issue::IssueState;
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Rest};
use coranto::smtp::SinkOptions;
use coranto::store::deliveries::NewDelivery;
use coranto::store::revisions::NewRevision;
use coranto::store::{Db, deliveries, leases, ledger, revisions, settlement};

use super::stage::DeliveryFixture;
use crate::harness::acts;
use crate::harness::database::both_databases;

/// A stage whose one connection is slow: the first reader's mail is on the wire, the next is made, the rest are claimed.
async fn in_the_middle(db: Db, readers: &[&str]) -> (DeliveryFixture, coranto::domain::IssueId) {
    let options = SinkOptions { keep: true, reply_delay: Duration::from_millis(150), ..SinkOptions::default() };
    let mut stage = DeliveryFixture::with_sink(db, options).await;
    stage.settings.relays[0].connections = 1;
    stage.readers(readers).await;
    let issue = stage.issue("leaving").await;
    (stage, issue)
}

both_databases! {
    async fn between_claim_and_take_off_each_gets_their_reason(db: Db) {
        let (stage, issue) = in_the_middle(db, &["first", "leaver", "suppressed", "resting", "last"]).await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.in_flight == 1 && totals.claimed == 4).await;
        stage.leaves("leaver").await;
        let address = "suppressed@example.net".parse().unwrap();
        let reason = SuppressionReason::Complaint;
        assert!(signup::suppress(&stage.db, &stage.keys, &address, reason, "", &stage.act()).await.unwrap());
        let resting = stage.subscription("resting").await;
        assert!(signup::pause(&stage.db, resting, Rest::Open, &stage.act()).await.unwrap().is_some());
        for local in ["leaver", "suppressed", "resting"] {
            assert_eq!(stage.row(issue, local).await.state, Claimed, "the scenario came too late for {local}");
        }
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "first").await, (Sent, 1, None));
        assert_eq!(stage.standing(issue, "leaver").await, (Skipped, 0, Some(Reason::Unsubscribed)));
        assert_eq!(stage.standing(issue, "suppressed").await, (Skipped, 0, Some(Reason::Suppressed)));
        assert_eq!(stage.standing(issue, "resting").await, (Skipped, 0, Some(Reason::Paused)));
        assert_eq!(stage.standing(issue, "last").await, (Sent, 1, None));
        stage.assert_once(issue).await;
    }

    async fn a_paused_issue_takes_off_nobody_any_more(db: Db) {
        let (stage, issue) = in_the_middle(db, &["first", "second", "third", "fourth"]).await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.in_flight == 1 && totals.claimed == 3).await;
        control::pause(&stage.db, issue, "wait", acts::by(stage.clock.now())).await.unwrap();
        let begun = stage.totals(issue).await;
        stage.wait_until(issue, |totals| totals.in_flight + totals.claimed == 0).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        running.stop().await;
        let totals = stage.totals(issue).await;
        // One that was being taken off may have been put back, where the pause came in between.
        assert!(totals.sent <= begun.sent + begun.in_flight, "{totals:?} after {begun:?}");
        assert_eq!(totals.pending, 4 - totals.sent);
        assert!(stage.rows(issue).await.iter().all(|row| row.state != Pending || row.attempts == 0));
        stage.assert_once(issue).await;
    }

    async fn a_deferred_reader_who_left_is_not_tried_again(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.bear_leaps();
        stage.readers(&["defer2-x"]).await;
        let issue = stage.issue("leaving").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.deferred == 1).await;
        stage.leaves("defer2-x").await;
        stage.advance_to(issue, "defer2-x").await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "defer2-x").await, (Skipped, 0, Some(Reason::Unsubscribed)));
        assert_eq!(stage.sink.stats().recipients_deferred, 1);
    }

    async fn no_mail_after_leaving_was_acknowledged(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_millis(4), ..SinkOptions::default() };
        let stage = DeliveryFixture::with_sink(db, options).await;
        let locals = stage.crowd(240).await;
        let issue = stage.issue("leaving").await;
        let running = stage.start();
        // From the end of the list, where most are still to be sent, and all over it.
        let mut told_in_time = Vec::new();
        for number in (0..240).rev().step_by(3).chain((1..240).step_by(11)) {
            let local = &locals[number];
            let id = stage.subscription(local).await;
            signup::leave(&stage.db, id, &stage.act()).await.unwrap();
            // What the ledger says after the reader was told: nothing but a committed take-off allows a mail.
            let row = stage.row(issue, local).await;
            if matches!(row.state, Pending | Claimed | Skipped) {
                told_in_time.push(local.clone());
            }
        }
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert!(told_in_time.len() >= 20, "only {} left in time: the scenario shows little", told_in_time.len());
        for local in &told_in_time {
            assert_eq!(stage.standing(issue, local).await, (Skipped, 0, Some(Reason::Unsubscribed)), "{local}");
            assert!(stage.mails(local).is_empty(), "{local} got an email after having left");
        }
        stage.assert_once(issue).await;
    }

    async fn leaving_while_the_take_off_is_committed_is_found(db: Db) {
        // Step by step, what two connections of PostgreSQL may do at once. SQLite lets nobody in between.
        let stage = DeliveryFixture::new(db).await;
        stage.readers(&["anna", "leaver"]).await;
        let issue = stage.issue("race").await;
        let now = stage.clock.now();
        let revision = stage.get(issue).await.revision_id;
        let leaver = stage.row(issue, "leaver").await.id;
        let (worker, ids) = stage
            .db
            .write(async |tx| {
                let worker = leases::register(tx, "w", true, now, now.plus(Duration::from_secs(60))).await?;
                let ids = deliveries::claim(tx, worker, Some(issue), now, 10).await?;
                Ok::<_, coranto::store::StoreError>((worker, ids))
            })
            .await
            .unwrap();
        let mut tx = stage.db.begin().await.unwrap();
        let mut taken = settlement::take_off(&mut tx, worker, &ids, revision, now, now).await.unwrap();
        taken.sort();
        let mut all = ids.clone();
        all.sort();
        assert_eq!(taken, all);
        if stage.db.is_sqlite() {
            tx.commit().await.unwrap();
            stage.leaves("leaver").await;
        } else {
            stage.leaves("leaver").await;
            tx.commit().await.unwrap();
        }
        let mut tx = stage.db.read().await.unwrap();
        let still = deliveries::look_again(&mut tx, worker, &ids, now).await.unwrap();
        assert_eq!(still.len(), 1);
        assert!(!still.contains(&leaver));
        let state = ledger::outcome(&mut tx, leaver).await.unwrap().unwrap().0;
        assert_eq!(state, InFlight);
    }

    async fn a_confirmation_that_was_superseded_is_not_sent(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let address = "stranger@example.net".parse().unwrap();
        let ask = signup::NewReader { email: address, name: None, language: None };
        let now = stage.clock.now();
        // A confirmation to somebody who is active by now, and one to somebody who is not.
        let added = signup::add(&stage.db, &stage.keys, stage.newsletter, &ask, &stage.act()).await.unwrap();
        assert!(matches!(added, signup::Added::Active(_)));
        let stranger = stage.subscription("stranger").await;
        let revision = confirmation(&stage, now).await;
        let row = stage
            .db
            .write(async |tx| {
                let new = NewDelivery { subscription: Some(stranger), recipient: None, revision, request: None, due_at: now };
                deliveries::add(tx, &new).await
            })
            .await
            .unwrap();
        let running = stage.start();
        let state = async || ledger::outcome(&mut stage.db.read().await.unwrap(), row).await.unwrap().unwrap().0;
        while state().await != Skipped {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running.stop().await;
        assert!(stage.sink.messages().is_empty());
    }
}

async fn confirmation(stage: &DeliveryFixture, now: Timestamp) -> coranto::domain::RevisionId {
    let new = NewRevision {
        kind: DeliveryKind::Confirmation,
        slug: None,
        title: "Please confirm".to_owned(),
        subject: "Please confirm".to_owned(),
        preheader: String::new(),
        language: "en".to_owned(),
        html: "<!DOCTYPE html><html lang=\"en\"><body><p>Please confirm</p></body></html>".to_owned(),
        plain: "Please confirm\r\n".to_owned(),
        source: String::new(),
    };
    stage.db.write(async |tx| revisions::ensure(tx, stage.newsletter, &new, now).await).await.unwrap()
}
