//! Suspended groups and the rows that wait for them: one write a row, freed when the group goes, never lost.

use coranto::domain::DeliveryId;
use coranto::domain::delivery::DeliveryState::{Claimed, Failed, InFlight, Pending};
use coranto::domain::delivery::Reason;
use coranto::domain::evidence::{Evidence, Trouble};
use coranto::domain::issue::IssueState;
use coranto::domain::{NewsletterId, SuspensionId};
use coranto::store::suspensions::{self, NewSuspension, Wait};
use coranto::store::{Db, deliveries, evidence, issues, ledger, settlement};

use super::ground::{NOW, StoreFixture, minute};
use crate::harness::database::both_databases;

fn group<'a>(destination: &'a str, reply: &'a str) -> NewSuspension<'a> {
    NewSuspension {
        relay: "main",
        newsletter: Some(NewsletterId(1)),
        destination,
        issue: None,
        trouble: Trouble::Refusal,
        cause: "auth",
        until: Some(minute(1)),
        pauses: 0,
        reply,
    }
}

/// A pending row that waits for a suspension.
async fn parked(ground: &mut StoreFixture, suspension: SuspensionId) -> DeliveryId {
    let id = ground.row(Claimed, ground.live).await;
    assert!(suspensions::lock(&mut ground.tx, suspension).await.unwrap());
    assert_eq!(suspensions::park(&mut ground.tx, ground.live, &[id], suspension).await.unwrap(), 1);
    id
}

both_databases! {
    async fn a_group_is_suspended_once_and_hears_the_latest_words(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (first, is_new) = suspensions::suspend(&mut ground.tx, &group("gmail", "550 first"), NOW).await.unwrap();
        assert!(is_new);
        let again = suspensions::suspend(&mut ground.tx, &group("gmail", "550 again"), minute(9)).await.unwrap();
        assert_eq!(again, (first, false));
        let other = suspensions::suspend(&mut ground.tx, &group("yahoo", "550 other"), NOW).await.unwrap().0;
        assert_ne!(first, other);
        let all = suspensions::all(&mut ground.tx).await.unwrap();
        assert_eq!((all.len(), all[0].reply.as_str(), all[0].since, all[0].until), (2, "550 again", NOW, Some(minute(1))));
        assert!(suspensions::end(&mut ground.tx, other).await.unwrap());
        assert!(!suspensions::end(&mut ground.tx, other).await.unwrap());
        assert!(!suspensions::lock(&mut ground.tx, other).await.unwrap());
    }

    async fn one_engine_alone_lets_a_mail_ask(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let id = suspensions::suspend(&mut ground.tx, &group("gmail", "550"), NOW).await.unwrap().0;
        assert!(suspensions::take_probe(&mut ground.tx, id, minute(1), Some(minute(3))).await.unwrap());
        assert!(!suspensions::take_probe(&mut ground.tx, id, minute(1), Some(minute(3))).await.unwrap());
        assert!(suspensions::take_probe(&mut ground.tx, id, minute(3), None).await.unwrap());
        let all = suspensions::all(&mut ground.tx).await.unwrap();
        assert_eq!((all[0].until, all[0].pauses), (None, 2));
    }

    async fn rows_wait_and_are_freed(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let id = suspensions::suspend(&mut ground.tx, &group("gmail", "550"), NOW).await.unwrap().0;
        let (one, two, three) =
            (parked(&mut ground, id).await, parked(&mut ground, id).await, parked(&mut ground, id).await);
        assert_eq!(suspensions::waiting(&mut ground.tx, id).await.unwrap(), 3);
        let row = ground.get(one).await;
        assert_eq!((row.state, row.due_at, row.claimed_by), (Pending, None, None));
        let issue = ground.issue;
        assert_eq!(ledger::totals(&mut ground.tx, issue).await.unwrap().suspended, 3);
        assert!(!deliveries::any_due(&mut ground.tx, Some(issue), minute(9999)).await.unwrap(), "it is not polled");

        assert_eq!(suspensions::free(&mut ground.tx, id, 1, minute(2)).await.unwrap(), 1);
        assert_eq!(ground.get(one).await.due_at, Some(minute(2)));
        // Somebody stops the issue, or erases a reader: such a row is not brought back.
        ground.tx.sql("UPDATE deliveries SET state = 'skipped' WHERE id = $1").bind(two).execute().await.unwrap();
        assert!(suspensions::end(&mut ground.tx, id).await.unwrap());
        assert_eq!(suspensions::free_orphans(&mut ground.tx, minute(4)).await.unwrap(), 1);
        assert_eq!(ground.get(three).await.due_at, Some(minute(4)));
        assert_eq!(ground.get(two).await.state, coranto::domain::delivery::DeliveryState::Skipped);
    }

    async fn a_refused_row_waits_uncounted(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let worker = ground.live;
        let id = ground.row(InFlight, worker).await;
        let before = ground.get(id).await.attempts;
        let tx = &mut ground.tx;
        let wait = Wait::Until(minute(5));
        assert!(suspensions::record_wait(tx, worker, id, wait, "main", Some("454 no"), false).await.unwrap());
        assert!(!suspensions::record_wait(tx, worker, id, wait, "main", None, false).await.unwrap(), "it is nobody's");
        let row = ground.get(id).await;
        assert_eq!((row.state, row.attempts, row.due_at, row.revision_id), (Pending, before, Some(minute(5)), None));
        let suspension = suspensions::suspend(&mut ground.tx, &group("", "454 no"), NOW).await.unwrap().0;
        let id = ground.row(InFlight, worker).await;
        let wait = Wait::For(suspension);
        assert!(suspensions::record_wait(&mut ground.tx, worker, id, wait, "main", None, false).await.unwrap());
        assert_eq!(suspensions::waiting(&mut ground.tx, suspension).await.unwrap(), 1);
    }

    async fn rows_that_a_guilty_party_failed_go_back(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (worker, issue) = (ground.live, ground.issue);
        let mut rows = Vec::new();
        for (relay, at) in [("main", 0), ("main", 5), ("other", 5)] {
            let id = ground.row(InFlight, worker).await;
            let tx = &mut ground.tx;
            deliveries::record_failed(tx, worker, id, Reason::Refused, Some(relay), Some("550"), minute(at)).await.unwrap();
            rows.push(id);
        }
        let found = suspensions::failed_since(&mut ground.tx, issue, "main", minute(3)).await.unwrap();
        assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [rows[1]]);
        assert_eq!(suspensions::failed(&mut ground.tx, issue, "main").await.unwrap(), (2, 0));
        let before = ground.get(rows[1]).await;
        assert_eq!(suspensions::restore(&mut ground.tx, &[rows[1]], minute(6)).await.unwrap(), 1);
        let row = ground.get(rows[1]).await;
        assert_eq!((row.state, row.due_at, row.reason), (Pending, Some(minute(6)), None));
        assert_eq!(row.attempts, before.attempts - 1);
        assert_eq!(ground.get(rows[0]).await.state, Failed);
        assert_eq!(suspensions::restore(&mut ground.tx, &[rows[1]], minute(6)).await.unwrap(), 0);
    }

    async fn an_issue_is_held_when_only_a_person_can_go_on(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let issue = ground.issue("held", IssueState::Sending).await;
        assert!(issues::annotate(&mut ground.tx, issue, "gmail refuses").await.unwrap());
        assert_eq!(issues::get(&mut ground.tx, issue).await.unwrap().unwrap().note, "gmail refuses");
        let paused = ground.issue("paused", IssueState::Paused).await;
        assert!(!issues::annotate(&mut ground.tx, paused, "x").await.unwrap());

        let issue = ground.issue;
        assert_eq!(ledger::readers(&mut ground.tx, issue).await.unwrap(), 0);
        let id = suspensions::suspend(&mut ground.tx, &group("gmail", "550"), NOW).await.unwrap().0;
        parked(&mut ground, id).await;
        assert!(!suspensions::is_all_held(&mut ground.tx, issue, false).await.unwrap(), "it asks again by itself");
        assert!(suspensions::take_probe(&mut ground.tx, id, minute(1), None).await.unwrap());
        assert!(suspensions::is_all_held(&mut ground.tx, issue, false).await.unwrap());
        ground.row(Pending, ground.live).await;
        assert!(!suspensions::is_all_held(&mut ground.tx, issue, false).await.unwrap());
        assert!(suspensions::is_all_held(&mut ground.tx, issue, true).await.unwrap());
        ground.row(Claimed, ground.live).await;
        assert!(!suspensions::is_all_held(&mut ground.tx, issue, true).await.unwrap());
        assert_eq!(ledger::readers(&mut ground.tx, issue).await.unwrap(), 3);
    }

    async fn shares_say_what_each_relay_did(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (worker, issue) = (ground.live, ground.issue);
        let taken = ground.row(InFlight, worker).await;
        assert_eq!(settlement::record_sent(&mut ground.tx, worker, &[taken], "main", None, NOW).await.unwrap(), 1);
        let id = ground.row(InFlight, worker).await;
        let tx = &mut ground.tx;
        deliveries::record_failed(tx, worker, id, Reason::Refused, Some("other"), Some("550 no"), NOW).await.unwrap();
        evidence::lock(tx, issue, "other", "").await.unwrap();
        evidence::trust(tx, issue).await.unwrap();
        assert_eq!(suspensions::sent_since(tx, issue, "main", NOW.minus(std::time::Duration::from_secs(1))).await.unwrap().len(), 1);
        assert_eq!(suspensions::sent_since(tx, issue, "main", NOW).await.unwrap().len(), 0);
        assert_eq!(suspensions::untried(tx, issue).await.unwrap(), 0);
        let shares = suspensions::shares(tx, issue).await.unwrap();
        let other = shares.iter().find(|share| share.relay.as_deref() == Some("other")).unwrap();
        assert_eq!((other.sent, other.refused, other.trusted, other.reply.as_deref()), (0, 1, true, Some("550 no")));
        assert_eq!(shares.iter().map(|share| share.sent).sum::<i64>(), 1);
    }

    async fn evidence_is_kept_until_the_issue_is_over(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let issue = ground.issue;
        let tx = &mut ground.tx;
        assert_eq!(evidence::lock(tx, issue, "main", "gmail").await.unwrap(), Evidence::default());
        let known = Evidence { score: 21, since: NOW, recent: 3, accepted: 4, refused: 3, alarms: 1, trusted: false };
        assert!(evidence::save(tx, issue, "main", "gmail", &known).await.unwrap());
        assert!(!evidence::save(tx, issue, "main", "yahoo", &known).await.unwrap());
        assert_eq!(evidence::lock(tx, issue, "main", "gmail").await.unwrap(), known);
        assert_eq!(evidence::trust(tx, issue).await.unwrap(), 1);
        assert!(evidence::lock(tx, issue, "main", "gmail").await.unwrap().trusted);
        let mut of_issue = group("", "550");
        of_issue.issue = Some(issue);
        suspensions::suspend(tx, &of_issue, NOW).await.unwrap();
        suspensions::suspend(tx, &group("", "550"), NOW).await.unwrap();
        assert_eq!(suspensions::end_of_issue(tx, issue).await.unwrap(), 1);
        assert_eq!(evidence::forget(tx, issue).await.unwrap(), 1);
    }

    async fn what_was_sent_twice_is_given_up(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let worker = ground.live;
        let id = ground.row(InFlight, worker).await;
        let tx = &mut ground.tx;
        assert!(deliveries::record_uncertain(tx, worker, id, Some(minute(1)), "main").await.unwrap());
        assert_eq!(ledger::end_resent(tx, minute(2)).await.unwrap(), 0, "once is not twice");
        tx.sql("UPDATE deliveries SET doubts = 2 WHERE id = $1").bind(id).execute().await.unwrap();
        assert_eq!(deliveries::resend_uncertain(tx, minute(2)).await.unwrap(), 0);
        assert_eq!(ledger::end_resent(tx, minute(2)).await.unwrap(), 1);
        let row = ground.get(id).await;
        assert_eq!((row.state, row.reason), (Failed, Some(Reason::Uncertain)));
        // Only a person who asks for the uncertain gets it out again.
        let issue = ground.issue;
        assert_eq!(ledger::retry_failed(&mut ground.tx, issue, NOW).await.unwrap(), 0);
        assert_eq!(ledger::retry_uncertain(&mut ground.tx, issue, NOW).await.unwrap(), 1);
    }
}
