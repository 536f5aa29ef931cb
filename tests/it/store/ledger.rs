//! The ledger as people see it: the frozen audience, totals, lists, and what a person decides about rows.

use coranto::domain::delivery::DeliveryState::{self, Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
use coranto::domain::delivery::Reason;
use coranto::domain::issue::IssueState;
use coranto::domain::subscriber::SubscriptionState::{self, Active, Paused, Unsubscribed};
use coranto::domain::{DeliveryId, SubscriptionId};
use coranto::store::ledger::{self, Totals};
use coranto::store::{Db, deliveries, newsletters, subscriptions};

use super::ground::{Entry, NOW, StoreFixture, minute, subscribe};
use crate::harness::acts;
use crate::harness::database::both_databases;

/// A row in every state, of readers of their own.
async fn one_of_each(ground: &mut StoreFixture) -> Vec<DeliveryId> {
    let mut ids = Vec::new();
    for state in DeliveryState::ALL {
        ids.push(ground.row(*state, ground.live).await);
    }
    ids
}

/// What a person's decision makes of a ledger: every row but those in `from` is as before.
async fn assert_untouched(ground: &mut StoreFixture, ids: &[DeliveryId], before: &[Entry], from: &[DeliveryState]) {
    for (id, before) in ids.iter().zip(before) {
        if !from.contains(&before.state) {
            assert_eq!(ground.get(*id).await, *before);
        }
    }
}

async fn entries(ground: &mut StoreFixture, ids: &[DeliveryId]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for id in ids {
        entries.push(ground.get(*id).await);
    }
    entries
}

both_databases! {
    async fn an_audience_is_frozen_once_and_is_who_may_be_mailed(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let mut mailable: Vec<SubscriptionId> = Vec::new();
        for local in ["anna", "boris", "clara"] {
            mailable.push(ground.reader(local, Active).await);
        }
        for (local, state) in [("left", Unsubscribed), ("paused", Paused), ("asked", SubscriptionState::Pending)] {
            ground.reader(local, state).await;
        }
        ground.suppressed("never").await;
        let month = newsletters::ensure(&mut ground.tx, "month", NOW).await.unwrap();
        subscribe(&mut ground.tx, month, "dora@example.org", Active).await.unwrap();
        let (issue, week) = (ground.issue, ground.week);
        assert_eq!(ledger::audience(&mut ground.tx, week).await.unwrap(), 3);
        assert_eq!(ledger::audience(&mut ground.tx, month).await.unwrap(), 1);
        assert_eq!(ledger::freeze(&mut ground.tx, issue, week, minute(1)).await.unwrap(), 3);
        assert_eq!(ledger::freeze(&mut ground.tx, issue, week, minute(2)).await.unwrap(), 0, "it is frozen");
        let sql = "SELECT subscription_id, id FROM deliveries WHERE issue_id = $1 ORDER BY id";
        let rows: Vec<(SubscriptionId, DeliveryId)> = ground.tx.sql(sql).bind(issue).fetch_all().await.unwrap();
        assert_eq!(rows.iter().map(|(reader, _)| *reader).collect::<Vec<_>>(), mailable);
        let row = ground.get(rows[0].1).await;
        assert_eq!((row.state, row.due_at, row.attempts, row.claimed_by), (Pending, Some(minute(1)), 0, None));
        assert_eq!((row.revision_id, row.first_at, row.final_at), (None, None, None));
        // Who comes later is added by another freeze, and nobody twice.
        ground.reader("eva", Active).await;
        assert_eq!(ledger::freeze(&mut ground.tx, issue, week, minute(3)).await.unwrap(), 1);
    }

    async fn totals_count_every_row_once(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let issue = ground.issue;
        assert_eq!(ledger::totals(&mut ground.tx, issue).await.unwrap(), Totals::default());
        // Two that wait for their first try, one of each other state; a pending row of `row` was tried before.
        let first_try = Entry { attempts: 0, first_at: None, ..ground.entry(Pending, ground.live) };
        ground.row_like(&first_try).await;
        ground.row_like(&first_try).await;
        one_of_each(&mut ground).await;
        let totals = ledger::totals(&mut ground.tx, issue).await.unwrap();
        let expected = Totals {
            readers: 9,
            pending: 2,
            deferred: 1,
            suspended: 0,
            claimed: 1,
            in_flight: 1,
            sent: 1,
            failed: 1,
            uncertain: 1,
            skipped: 1,
            first_pass_ended_at: None,
        };
        assert_eq!(totals, expected);
        assert_eq!(totals.open(), 6);
        let other = ground.issue("other", IssueState::Sending).await;
        assert_eq!(ledger::totals(&mut ground.tx, other).await.unwrap().readers, 0);
    }

    async fn the_first_pass_ends_when_everybody_was_tried_or_left_out(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let issue = ground.issue;
        let reached = |minutes| Some(minute(minutes));
        for (state, first, last) in [(Sent, 1, Some(2)), (Failed, 3, Some(4)), (Pending, 5, None), (Uncertain, 6, None)] {
            let entry = Entry {
                attempts: 1,
                first_at: reached(first),
                final_at: last.map(minute),
                ..ground.entry(state, ground.live)
            };
            ground.row_like(&entry).await;
        }
        assert_eq!(ledger::totals(&mut ground.tx, issue).await.unwrap().first_pass_ended_at, reached(6));
        // Left out before its turn.
        let skipped = Entry { attempts: 0, first_at: None, final_at: reached(9), ..ground.entry(Skipped, ground.live) };
        ground.row_like(&skipped).await;
        assert_eq!(ledger::totals(&mut ground.tx, issue).await.unwrap().first_pass_ended_at, reached(9));
        // One whose turn is still to come, wherever it is.
        for state in [Pending, Claimed, InFlight] {
            let waiting = Entry { attempts: 0, final_at: None, ..ground.entry(state, ground.live) };
            let id = ground.row_like(&waiting).await;
            assert_eq!(ledger::totals(&mut ground.tx, issue).await.unwrap().first_pass_ended_at, None, "{state}");
            ground.tx.sql("DELETE FROM deliveries WHERE id = $1").bind(id).execute().await.unwrap();
        }
    }

    async fn an_issue_is_open_as_long_as_something_will_happen(db: Db) {
        for state in DeliveryState::ALL {
            let mut ground = StoreFixture::new(&db).await;
            let issue = ground.issue;
            assert!(!ledger::is_open(&mut ground.tx, issue).await.unwrap());
            ground.row(*state, ground.live).await;
            assert_eq!(ledger::is_open(&mut ground.tx, issue).await.unwrap(), !matches!(state, Sent | Failed | Skipped), "{state}");
            // The transaction is dropped, and with it the row.
        }
    }

    async fn rows_are_listed_page_by_page(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let ids = one_of_each(&mut ground).await;
        let issue = ground.issue;
        let all = ledger::rows(&mut ground.tx, issue, &[], DeliveryId(0), 100).await.unwrap();
        let missed = ledger::missed(&mut ground.tx, issue, DeliveryId(0), 100).await.unwrap();
        let wanted: Vec<_> = all
            .iter()
            .filter(|row| match row.state {
                Failed | Skipped | Uncertain => true,
                Pending => row.first_at.is_some(),
                Claimed | InFlight | Sent => false,
            })
            .map(|row| row.id)
            .collect();
        assert_eq!(missed.iter().map(|row| row.id).collect::<Vec<_>>(), wanted);
        assert!(wanted.len() >= 3 && wanted.len() < all.len());
        let after = ledger::missed(&mut ground.tx, issue, wanted[0], 1).await.unwrap();
        assert_eq!(after.iter().map(|row| row.id).collect::<Vec<_>>(), wanted[1..2]);
        assert_eq!(all.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
        assert_eq!(all[0].email.as_deref(), Some("reader0@example.org"));
        let page = ledger::rows(&mut ground.tx, issue, &[], ids[1], 2).await.unwrap();
        assert_eq!(page.iter().map(|row| row.id).collect::<Vec<_>>(), ids[2..4]);
        let failed = ledger::rows(&mut ground.tx, issue, &[Failed], DeliveryId(0), 100).await.unwrap();
        assert_eq!(failed.len(), 1);
        for states in [&[Failed, Skipped][..], &[Sent, InFlight, Pending], &[InFlight]] {
            let found = ledger::rows(&mut ground.tx, issue, states, DeliveryId(0), 100).await.unwrap();
            let wanted: Vec<_> = all.iter().filter(|row| states.contains(&row.state)).map(|row| row.id).collect();
            assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), wanted, "{states:?}");
        }
        let (row, entry) = (&failed[0], ground.get(failed[0].id).await);
        assert_eq!((row.state, row.due_at, row.attempts), (entry.state, entry.due_at, entry.attempts));
        assert_eq!((row.first_at, row.final_at, row.revision_id), (entry.first_at, entry.final_at, entry.revision_id));
        assert_eq!((&row.relay, &row.reply, row.reason), (&entry.relay, &entry.reply, Some(Reason::Refused)));
        let outcome = ledger::outcome(&mut ground.tx, failed[0].id).await.unwrap().unwrap();
        assert_eq!((outcome.0, outcome.1.as_deref()), (Failed, Some("450 4.2.0 later")));
        assert!(ledger::outcome(&mut ground.tx, DeliveryId(1_000_000)).await.unwrap().is_none());
    }

    async fn sent_rows_are_counted_by_what_they_bore(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (issue, older, content) = (ground.issue, ground.older, ground.revision);
        for (revision, state) in [(older, Sent), (content, Sent), (content, Sent), (content, Failed)] {
            let entry = Entry { revision_id: Some(revision), ..ground.entry(state, ground.live) };
            ground.row_like(&entry).await;
        }
        assert_eq!(ledger::sent_by_revision(&mut ground.tx, issue).await.unwrap(), [(older, 1), (content, 2)]);
    }

    async fn stopping_skips_what_has_not_begun(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let ids = one_of_each(&mut ground).await;
        let before = entries(&mut ground, &ids).await;
        let issue = ground.issue;
        assert_eq!(ledger::stop(&mut ground.tx, issue, NOW).await.unwrap(), 2);
        assert_untouched(&mut ground, &ids, &before, &[Pending, Claimed]).await;
        for (id, before) in ids.iter().zip(&before).filter(|(_, before)| matches!(before.state, Pending | Claimed)) {
            let expected = Entry {
                state: Skipped,
                reason: Some(Reason::Stopped),
                final_at: Some(NOW),
                due_at: None,
                claimed_by: None,
                ..before.clone()
            };
            assert_eq!(ground.get(*id).await, expected);
        }
        assert_eq!(ledger::stop(&mut ground.tx, issue, NOW).await.unwrap(), 0);
    }

    async fn failed_rows_get_all_their_tries_again(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let ids = one_of_each(&mut ground).await;
        let before = entries(&mut ground, &ids).await;
        let given_up = Entry { reason: Some(Reason::Stopped), ..ground.entry(Failed, ground.live) };
        let pinned = ground.row_like(&given_up).await;
        let mut gone = Vec::new();
        for reader in [ground.suppressed("gone").await, ground.reader("away", Unsubscribed).await] {
            let (issue, refused) = (ground.issue, ground.entry(Failed, ground.live));
            let id = ground.put(Some(issue), Some(reader), &refused).await;
            gone.push((id, ground.get(id).await));
        }
        let issue = ground.issue;
        assert_eq!(ledger::retry_failed(&mut ground.tx, issue, NOW).await.unwrap(), 2);
        for (id, before) in gone {
            assert_eq!(ground.get(id).await, before, "nobody would be sent it");
        }
        assert_untouched(&mut ground, &ids, &before, &[Failed]).await;
        let at = before.iter().position(|entry| entry.state == Failed).unwrap();
        let again = Entry { state: Pending, due_at: Some(NOW), attempts: 0, final_at: None, reason: None, ..before[at].clone() };
        assert_eq!(ground.get(ids[at]).await, Entry { first_at: None, revision_id: None, ..again.clone() });
        // It may have arrived once: the same bytes again, and since when is kept.
        let (first_at, revision_id) = (given_up.first_at, given_up.revision_id);
        assert!(first_at.is_some() && revision_id.is_some());
        assert_eq!(ground.get(pinned).await, Entry { first_at, revision_id, ..again });
    }

    async fn a_person_decides_about_uncertain_rows(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let ids = one_of_each(&mut ground).await;
        let before = entries(&mut ground, &ids).await;
        let at = before.iter().position(|entry| entry.state == Uncertain).unwrap();
        let issue = ground.issue;
        assert_eq!(ledger::retry_uncertain(&mut ground.tx, issue, NOW).await.unwrap(), 1);
        assert_untouched(&mut ground, &ids, &before, &[Uncertain]).await;
        let again = Entry { state: Pending, due_at: Some(NOW), claimed_by: None, ..before[at].clone() };
        assert_eq!(ground.get(ids[at]).await, again, "the same bytes, the tries counted");

        let other = ground.row(Uncertain, ground.live).await;
        let uncertain = ground.get(other).await;
        assert_eq!(ledger::give_up_uncertain(&mut ground.tx, issue, NOW).await.unwrap(), 1);
        let failed = Entry {
            state: Failed,
            reason: Some(Reason::Stopped),
            final_at: Some(NOW),
            due_at: None,
            claimed_by: None,
            ..uncertain
        };
        assert_eq!(ground.get(other).await, failed);
        assert_eq!(ground.state(ids[at]).await, Pending);
    }

    async fn a_stopped_issue_ends_uncertain_rows_when_their_time_is_over(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let mut ids = Vec::new();
        for due_at in [None, Some(minute(-1)), Some(NOW), Some(minute(1))] {
            let entry = Entry { due_at, ..ground.entry(Uncertain, ground.live) };
            ids.push(ground.row_like(&entry).await);
        }
        let in_flight = ground.row(InFlight, ground.live).await;
        let issue = ground.issue;
        assert_eq!(ledger::end_uncertain(&mut ground.tx, issue, NOW).await.unwrap(), 3);
        assert_eq!(ground.states(&ids).await, [Failed, Failed, Failed, Uncertain], "the last may still be answered");
        let ended = ground.get(ids[1]).await;
        assert_eq!((ended.reason, ended.final_at, ended.due_at, ended.claimed_by), (Some(Reason::Stopped), Some(NOW), None, None));
        assert_eq!(ground.state(in_flight).await, InFlight);
    }

    async fn readers_who_left_are_listed_still(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let reader = ground.reader("anna", Active).await;
        let (issue, week) = (ground.issue, ground.week);
        ledger::freeze(&mut ground.tx, issue, week, NOW).await.unwrap();
        subscriptions::unsubscribe(&mut ground.tx, reader, &acts::entry(NOW)).await.unwrap();
        let rows = ledger::rows(&mut ground.tx, issue, &[], DeliveryId(0), 10).await.unwrap();
        assert_eq!((rows.len(), rows[0].email.as_deref()), (1, Some("anna@example.org")));
        // And not to be mailed: that is found when the row is claimed.
        let live = ground.live;
        let claimed = deliveries::claim(&mut ground.tx, live, Some(issue), NOW, 10).await.unwrap();
        assert_eq!(deliveries::skip_unmailable(&mut ground.tx, live, &claimed, NOW).await.unwrap(), 1);
    }
}
