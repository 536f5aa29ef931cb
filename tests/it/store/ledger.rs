//! The ledger as people see it: totals, lists, what a person decides.

use coranto::domain::DeliveryId;
use coranto::domain::delivery::DeliveryState::{self, Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
use coranto::domain::delivery::Reason;
use coranto::domain::subscriber::SubscriptionState;
use coranto::store::ledger::Totals;
use coranto::store::{Db, deliveries, ledger};

use super::ground::{Ground, HOUR, NOW, row, state, subscribe};
use crate::harness::database::both_databases;

both_databases! {
    async fn an_audience_is_frozen_once_and_without_latecomers(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 3).await;
        let (week, issue) = (ground.newsletter, ground.issue);
        subscribe(&mut tx, week, "late@example.org", SubscriptionState::Active).await.unwrap();
        subscribe(&mut tx, week, "pending@example.org", SubscriptionState::Pending).await.unwrap();
        assert_eq!(ledger::audience(&mut tx, week).await.unwrap(), 4);
        assert_eq!(ledger::totals(&mut tx, issue).await.unwrap().readers, 3);
        // Whoever freezes again adds who is missing and doubles nobody.
        assert_eq!(ledger::freeze(&mut tx, issue, week, NOW).await.unwrap(), 1);
        assert_eq!(ledger::freeze(&mut tx, issue, week, NOW).await.unwrap(), 0);
    }

    async fn totals_are_counted_by_state(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 10).await;
        let states = [Pending, Claimed, InFlight, Sent, Sent, Sent, Failed, Uncertain, Skipped, Pending];
        for (id, state) in ground.rows.iter().zip(states) {
            ground.put(&mut tx, *id, state).await;
        }
        let last = ground.rows[9];
        deliveries::claim_one(&mut tx, ground.worker, last).await.unwrap();
        ground.put(&mut tx, last, InFlight).await;
        deliveries::record_deferred(&mut tx, ground.worker, last, NOW, 1, false, None).await.unwrap();
        let totals = ledger::totals(&mut tx, ground.issue).await.unwrap();
        let expected = Totals {
            readers: 10, pending: 1, deferred: 1, claimed: 1, in_flight: 1, sent: 3, failed: 1, uncertain: 1, skipped: 1,
        };
        assert_eq!(totals, expected);
        assert_eq!(totals.open(), 5);
        assert!(ledger::is_open(&mut tx, ground.issue).await.unwrap());
        assert_eq!(ledger::sent_by_revision(&mut tx, ground.issue).await.unwrap(), [(ground.revision, 3)]);
    }

    async fn an_issue_is_open_while_one_row_is(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 2).await;
        ground.put(&mut tx, ground.rows[1], Sent).await;
        for state in [Pending, Claimed, InFlight, Uncertain, Sent, Failed, Skipped] {
            ground.put(&mut tx, ground.rows[0], state).await;
            assert_eq!(ledger::is_open(&mut tx, ground.issue).await.unwrap(), !state.is_final(), "{state:?}");
        }
    }

    async fn rows_are_listed_in_pages_and_by_state(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 5).await;
        ground.put(&mut tx, ground.rows[3], Sent).await;
        let page = async |tx: &mut _, state: Option<DeliveryState>, after, limit| {
            let rows = ledger::rows(tx, ground.issue, state, after, limit).await.unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(page(&mut tx, None, DeliveryId(0), 2).await, ground.rows[..2]);
        assert_eq!(page(&mut tx, None, ground.rows[1], 9).await, ground.rows[2..]);
        assert_eq!(page(&mut tx, Some(Sent), DeliveryId(0), 9).await, [ground.rows[3]]);
        let first = &ledger::rows(&mut tx, ground.issue, None, DeliveryId(0), 1).await.unwrap()[0];
        assert_eq!(first.email.as_deref(), Some("reader0@example.org"));
        assert_eq!(ledger::outcome(&mut tx, ground.rows[3]).await.unwrap(), Some((Sent, None)));
        assert_eq!(ledger::outcome(&mut tx, DeliveryId(1_000_000)).await.unwrap(), None);
    }

    async fn a_person_decides_about_what_failed_and_what_is_uncertain(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 4).await;
        let issue = ground.issue;
        let [failed, given_up, again, waits] = ground.rows[..] else { unreachable!() };
        ground.put(&mut tx, failed, Failed).await;
        ground.put(&mut tx, given_up, Uncertain).await;
        assert_eq!(ledger::give_up_uncertain(&mut tx, issue, NOW).await.unwrap(), 1);
        let gone = row(&mut tx, given_up).await;
        assert_eq!((gone.1, gone.10), (Failed, Some(Reason::Stopped)));

        // What may have arrived bears the same bytes again; what did not gets what the issue has now.
        assert_eq!(ledger::retry_failed(&mut tx, issue, NOW).await.unwrap(), 2);
        let (new, same) = (row(&mut tx, failed).await, row(&mut tx, given_up).await);
        assert_eq!((new.1, new.4, new.5, new.6), (Pending, None, 0, None));
        assert_eq!((same.1, same.4, same.5, same.6), (Pending, Some(ground.revision), 0, Some(NOW)));

        ground.put(&mut tx, again, Uncertain).await;
        assert_eq!(ledger::retry_uncertain(&mut tx, issue, NOW).await.unwrap(), 1);
        let resent = row(&mut tx, again).await;
        assert_eq!((resent.1, resent.4, resent.6), (Pending, Some(ground.revision), Some(NOW)));

        // Of a stopped issue only those end whose time of waiting is over.
        ground.put(&mut tx, waits, Uncertain).await;
        assert_eq!(ledger::end_uncertain(&mut tx, issue, NOW.minus(HOUR)).await.unwrap(), 0);
        assert_eq!(ledger::end_uncertain(&mut tx, issue, NOW).await.unwrap(), 1);
        assert_eq!(state(&mut tx, waits).await, Failed);
    }
}
