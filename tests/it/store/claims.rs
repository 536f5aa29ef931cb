//! Who gets a row, and what must hold when it leaves: readers who left, paused, are suppressed; issues that stand still;
//! leases that ended; the small kinds. And several workers at once.

use std::collections::BTreeSet;
use std::time::Duration;

use coranto::domain::delivery::DeliveryState::{Claimed, Failed, InFlight, Pending, Skipped, Uncertain};
use coranto::domain::delivery::{DeliveryKind, Reason};
use coranto::domain::issue::IssueState;
use coranto::domain::subscriber::SubscriptionState;
use coranto::domain::suppression::SuppressionReason;
use coranto::domain::{DeliveryId, RevisionId, SubscriptionId};
use coranto::store::deliveries::{self, NewDelivery};
use coranto::store::{Db, Tx, issues, leases, ledger, revisions, subscriptions, suppressions};

use super::ground::{Ground, HOUR, NOW, content, row, state, subscribe};
use super::readers::person;
use crate::harness::database::both_databases;

const MINUTE: Duration = Duration::from_secs(60);

async fn small(tx: &mut Tx, ground: &Ground, kind: DeliveryKind, to: SubscriptionId) -> (DeliveryId, RevisionId) {
    let revision = revisions::ensure(tx, ground.newsletter, &content(kind, kind.as_str()), NOW).await.unwrap();
    let new = NewDelivery { subscription: Some(to), recipient: None, revision, due_at: NOW };
    (deliveries::add(tx, &new).await.unwrap(), revision)
}

both_databases! {
    async fn due_rows_are_claimed_oldest_first_and_once(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 4).await;
        let (issue, worker, rows) = (Some(ground.issue), ground.worker, &ground.rows);
        for (row, minutes) in [(rows[0], 3), (rows[1], 2), (rows[2], 1), (rows[3], 9)] {
            deliveries::claim_one(&mut tx, worker, row).await.unwrap();
            deliveries::release(&mut tx, worker, &[row], NOW.plus(MINUTE * minutes), false).await.unwrap();
        }
        assert!(!deliveries::any_due(&mut tx, issue, NOW).await.unwrap());
        let now = NOW.plus(MINUTE * 5);
        assert!(deliveries::any_due(&mut tx, issue, now).await.unwrap());
        assert!(!deliveries::any_due(&mut tx, None, now).await.unwrap());
        let first = deliveries::claim(&mut tx, worker, issue, now, 2).await.unwrap();
        assert_eq!(first.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([rows[1], rows[2]]));
        assert_eq!(deliveries::claim(&mut tx, worker, issue, now, 2).await.unwrap(), [rows[0]]);
        assert!(deliveries::claim(&mut tx, worker, issue, now, 2).await.unwrap().is_empty());
        assert!(!deliveries::any_due(&mut tx, issue, now).await.unwrap());
    }

    async fn a_claimed_row_tells_all_that_sending_needs(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 2).await;
        deliveries::claim(&mut tx, ground.worker, Some(ground.issue), NOW, 9).await.unwrap();
        let claimed = deliveries::claimed(&mut tx, ground.worker, &ground.rows).await.unwrap();
        let [first, second] = &claimed[..] else { panic!("{claimed:?}") };
        assert_eq!((first.id, second.id), (ground.rows[0], ground.rows[1]));
        assert_eq!((first.issue_id, first.subscription_id), (Some(ground.issue), Some(ground.readers[0])));
        assert_eq!((first.email.as_deref(), first.name.as_deref()), (Some("reader0@example.org"), None));
        assert_eq!((first.revision_id, first.attempts, first.first_at), (None, 0, None));
        let other = leases::register(&mut tx, "other", true, NOW, NOW.plus(HOUR)).await.unwrap();
        assert!(deliveries::claimed(&mut tx, other, &ground.rows).await.unwrap().is_empty());
    }

    async fn who_may_not_be_mailed_is_skipped_with_the_reason(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 4).await;
        let [stays, left, rests, suppressed] = ground.readers[..] else { unreachable!() };
        assert!(subscriptions::leave(&mut tx, left, NOW).await.unwrap());
        assert!(subscriptions::pause(&mut tx, rests, None).await.unwrap());
        let hash = person("reader3@example.org").address_hash;
        suppressions::add(&mut tx, &hash, SuppressionReason::Complaint, "", NOW).await.unwrap();
        let _ = (stays, suppressed);

        deliveries::claim(&mut tx, ground.worker, Some(ground.issue), NOW, 9).await.unwrap();
        let off = deliveries::take_off(&mut tx, ground.worker, &ground.rows, ground.revision, NOW, NOW).await.unwrap();
        assert_eq!(off, [ground.rows[0]]);
        let skipped = deliveries::skip_unmailable(&mut tx, ground.worker, &ground.rows, NOW).await.unwrap();
        assert_eq!(skipped, 3);
        let reasons = [Reason::Unsubscribed, Reason::Paused, Reason::Suppressed];
        for (id, reason) in ground.rows[1..].iter().zip(reasons) {
            let row = row(&mut tx, *id).await;
            assert_eq!((row.1, row.2, row.7, row.10), (Skipped, None, Some(NOW), Some(reason)));
        }
        assert_eq!(ledger::audience(&mut tx, ground.newsletter).await.unwrap(), 1);
    }

    async fn a_row_leaves_only_while_issue_lease_and_reader_allow_it(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 1).await;
        let id = ground.rows[0];
        let take_off = async |tx: &mut Tx, now| {
            let off = deliveries::take_off(tx, ground.worker, &[id], ground.revision, NOW, now).await.unwrap();
            off == [id]
        };
        let again = async |tx: &mut Tx, now| deliveries::look_again(tx, ground.worker, &[id], now).await.unwrap() == [id];
        let end = NOW.plus(HOUR);

        ground.put(&mut tx, id, Claimed).await;
        assert!(!take_off(&mut tx, end).await, "the lease has ended");
        issues::advance(&mut tx, ground.issue, IssueState::Sending, IssueState::Paused, "").await.unwrap();
        assert!(!take_off(&mut tx, NOW).await, "the issue is paused");
        let fixed = content(DeliveryKind::Issue, "Fixed");
        let fixed = revisions::ensure(&mut tx, ground.newsletter, &fixed, NOW).await.unwrap();
        let revise = async |tx: &mut Tx, to| issues::revise(tx, ground.issue, IssueState::Paused, "First", to).await.unwrap();
        assert!(revise(&mut tx, fixed).await);
        issues::advance(&mut tx, ground.issue, IssueState::Paused, IssueState::Sending, "").await.unwrap();
        assert!(!take_off(&mut tx, NOW).await, "the issue has other content by now");
        issues::advance(&mut tx, ground.issue, IssueState::Sending, IssueState::Paused, "").await.unwrap();
        assert!(revise(&mut tx, ground.revision).await);
        issues::advance(&mut tx, ground.issue, IssueState::Paused, IssueState::Sending, "").await.unwrap();
        assert!(take_off(&mut tx, NOW).await);
        let after = row(&mut tx, id).await;
        assert_eq!((after.1, after.4, after.6), (InFlight, Some(ground.revision), Some(NOW)));
        assert!(!take_off(&mut tx, NOW).await, "it is off already");

        assert!(again(&mut tx, NOW).await);
        assert!(!again(&mut tx, end).await, "the lease has ended");
        subscriptions::leave(&mut tx, ground.readers[0], NOW).await.unwrap();
        assert!(!again(&mut tx, NOW).await, "the reader has left");
        assert_eq!(state(&mut tx, id).await, InFlight, "looking changes nothing");
    }

    async fn small_kinds_are_claimed_apart_and_go_to_whom_they_concern(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 1).await;
        let (week, active) = (ground.newsletter, ground.readers[0]);
        let pending = subscribe(&mut tx, week, "pending@example.org", SubscriptionState::Pending).await.unwrap();
        let (asked, revision) = small(&mut tx, &ground, DeliveryKind::Confirmation, pending).await;
        let (useless, _) = small(&mut tx, &ground, DeliveryKind::Confirmation, active).await;
        let (notice, _) = small(&mut tx, &ground, DeliveryKind::Notice, active).await;
        let proof = NewDelivery { subscription: None, recipient: Some("editor@example.org"), revision, due_at: NOW };
        let proof = deliveries::add(&mut tx, &proof).await.unwrap();
        let all = [asked, useless, notice, proof];

        assert!(deliveries::any_due(&mut tx, None, NOW).await.unwrap());
        let claimed = deliveries::claim(&mut tx, ground.worker, None, NOW, 9).await.unwrap();
        assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(all));
        let emails = deliveries::claimed(&mut tx, ground.worker, &all).await.unwrap();
        assert_eq!(emails[3].email.as_deref(), Some("editor@example.org"));
        assert_eq!(emails[0].revision_id, Some(revision), "a small mail bears what it was made with");
        let mut off = deliveries::take_off(&mut tx, ground.worker, &all, revision, NOW, NOW).await.unwrap();
        off.sort();
        assert_eq!(off, [asked, notice, proof]);
        assert_eq!(deliveries::skip_unmailable(&mut tx, ground.worker, &all, NOW).await.unwrap(), 1);
        assert_eq!(row(&mut tx, useless).await.10, Some(Reason::Superseded));
    }

    async fn a_newer_small_mail_takes_the_place_of_those_that_wait(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 2).await;
        let (me, other) = (ground.readers[0], ground.readers[1]);
        let (waiting, _) = small(&mut tx, &ground, DeliveryKind::Confirmation, me).await;
        let (on_the_wire, _) = small(&mut tx, &ground, DeliveryKind::Confirmation, me).await;
        let (another_kind, _) = small(&mut tx, &ground, DeliveryKind::Notice, me).await;
        let (another_reader, _) = small(&mut tx, &ground, DeliveryKind::Confirmation, other).await;
        ground.put(&mut tx, on_the_wire, InFlight).await;
        tx.sql("UPDATE deliveries SET revision_id = (SELECT revision_id FROM deliveries WHERE id = $2) WHERE id = $1")
            .bind(on_the_wire).bind(waiting).execute().await.unwrap();
        assert_eq!(deliveries::supersede(&mut tx, me, DeliveryKind::Confirmation, NOW).await.unwrap(), 1);
        assert_eq!((row(&mut tx, waiting).await.1, row(&mut tx, waiting).await.10), (Skipped, Some(Reason::Superseded)));
        for (id, expected) in [(on_the_wire, InFlight), (another_kind, Pending), (another_reader, Pending)] {
            assert_eq!(state(&mut tx, id).await, expected);
        }
    }

    async fn what_is_recorded_is_found_again(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 5).await;
        let (worker, later) = (ground.worker, NOW.plus(MINUTE));
        let [deferred, refused, lost, released, pinned] = ground.rows[..] else { unreachable!() };
        for id in [deferred, refused, lost] {
            ground.put(&mut tx, id, InFlight).await;
        }
        ground.put(&mut tx, released, Uncertain).await;
        ground.put(&mut tx, pinned, Uncertain).await;

        deliveries::record_deferred(&mut tx, worker, deferred, later, 1, false, Some("451 later")).await.unwrap();
        let row_of = row(&mut tx, deferred).await;
        assert_eq!((row_of.1, row_of.2, row_of.4, row_of.5), (Pending, Some(later), None, 1));
        assert_eq!(row_of.9.as_deref(), Some("451 later"));

        let reply = Some("550 5.1.1 no");
        deliveries::record_failed(&mut tx, worker, refused, Reason::Refused, Some("main"), reply, NOW).await.unwrap();
        let row_of = row(&mut tx, refused).await;
        assert_eq!((row_of.1, row_of.2, row_of.3, row_of.5), (Failed, None, None, 1));
        assert_eq!((row_of.8.as_deref(), row_of.9.as_deref(), row_of.10), (Some("main"), reply, Some(Reason::Refused)));

        deliveries::record_uncertain(&mut tx, worker, lost, Some(later), "main").await.unwrap();
        let row_of = row(&mut tx, lost).await;
        assert_eq!((row_of.1, row_of.2, row_of.3, row_of.5), (Uncertain, Some(later), Some(worker), 1));
        // A late answer settles it; its try was counted.
        assert_eq!(deliveries::record_sent(&mut tx, worker, &[lost], "main", Some("250 ok"), later).await.unwrap(), 1);
        assert_eq!(row(&mut tx, lost).await.5, 1);

        // Nothing was sent: the try is given back, and what it bears is open again unless it is pinned.
        deliveries::release(&mut tx, worker, &[released], later, false).await.unwrap();
        let row_of = row(&mut tx, released).await;
        assert_eq!((row_of.1, row_of.4, row_of.5), (Pending, None, 0));
        deliveries::release(&mut tx, worker, &[pinned], later, true).await.unwrap();
        let row_of = row(&mut tx, pinned).await;
        assert_eq!((row_of.4, row_of.5, row_of.6), (Some(ground.revision), 0, Some(NOW)));
    }

    async fn several_workers_share_the_rows_and_none_is_taken_twice(db: Db) {
        const ROWS: usize = 60;
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, ROWS).await;
        tx.commit().await.unwrap();
        let mut workers = tokio::task::JoinSet::new();
        for number in 0..6 {
            let (db, issue) = (db.clone(), ground.issue);
            workers.spawn(async move {
                let name = format!("worker-{number}");
                let worker = db.write(async |tx| leases::register(tx, &name, true, NOW, NOW.plus(HOUR)).await).await.unwrap();
                let mut mine = Vec::new();
                loop {
                    let some = db.write(async |tx| deliveries::claim(tx, worker, Some(issue), NOW, 4).await).await.unwrap();
                    assert!(some.len() <= 4, "more than asked for");
                    let more = db.write(async |tx| deliveries::any_due(tx, Some(issue), NOW).await).await.unwrap();
                    mine.extend(some);
                    if !more {
                        return mine;
                    }
                }
            });
        }
        let all = workers.join_all().await.concat();
        assert_eq!(all.len(), ROWS);
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), ground.rows.into_iter().collect());
    }
}
