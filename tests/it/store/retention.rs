//! What has had its time, and what is left of it: every statement on both engines.

use coranto::domain::IssueId;
use coranto::domain::NewsletterId;
use coranto::domain::SubscriptionId;
use coranto::domain::consent::ConsentKind;
use coranto::domain::delivery::DeliveryState::{Failed, Pending, Sent, Skipped};
use coranto::domain::import::ImportDid;
use coranto::domain::retention::Expiry;
use coranto::domain::subscriber::SubscriptionState::{Active, Pending as Unconfirmed, Unsubscribed};
use coranto::domain::subscriber::{AskedBy, EndedBy};
use coranto::domain::suppression::SuppressionReason;
use coranto::store::consents::{self, ConsentDetails, NewConsent};
use coranto::store::imports::{self, NewImport};
use coranto::store::limits::Asker;
use coranto::store::retention::RetentionProgress;
use coranto::store::{Db, Tx, departed, folded, limits, personal, retention, subscriptions, suppressions};

use super::ground::{NOW, StoreFixture, minute};
use super::readers::{person, state, subscribe};
use crate::harness::acts;
use crate::harness::database::both_databases;

async fn said(tx: &mut Tx, subscription: SubscriptionId, kind: ConsentKind, at: i64) {
    let typed = ConsentDetails::default();
    let new = NewConsent { subscription, kind, wording: "w", client: Some("192.0.2.0/24"), source: "form", typed };
    consents::append(tx, &new, minute(at)).await.unwrap();
}

both_databases! {
    async fn retention_begins_once_and_its_run_only_gets_later(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(retention::progress(&mut tx).await.unwrap(), None);
        assert!(!retention::finish(&mut tx, NOW).await.unwrap(), "it has not begun");
        assert!(retention::begin(&mut tx, NOW).await.unwrap() && !retention::begin(&mut tx, minute(1)).await.unwrap());
        assert!(retention::finish(&mut tx, minute(2)).await.unwrap() && !retention::finish(&mut tx, minute(1)).await.unwrap());
        let expected = RetentionProgress { begins_at: NOW, ran_at: Some(minute(2)) };
        assert_eq!(retention::progress(&mut tx).await.unwrap(), Some(expected));
    }

    async fn people_are_due_by_their_latest_question_or_their_end(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        assert!(retention::is_sending(&mut ground.tx).await.unwrap());
        let asked = ground.reader("asked", Unconfirmed).await;
        let again = ground.reader("again", Unconfirmed).await;
        said(&mut ground.tx, again, ConsentKind::Asked, 5).await;
        let left = ground.reader("left", Unsubscribed).await;
        ground.reader("reads", Active).await;
        let tx = &mut ground.tx;
        for (kind, before, expected) in [
            (Expiry::Unconfirmed, -1, vec![]),
            (Expiry::Unconfirmed, 0, vec![asked]),
            (Expiry::Unconfirmed, 5, vec![asked, again]),
            (Expiry::Unsubscribed, -1, vec![]),
            (Expiry::Unsubscribed, 0, vec![left]),
            (Expiry::Events, 9, vec![]),
        ] {
            let before = minute(before);
            assert_eq!(retention::people(tx, kind, before, 10).await.unwrap(), expected, "{kind}");
            if kind != Expiry::Events {
                assert_eq!(retention::count(tx, kind, before).await.unwrap(), expected.len() as u64, "{kind}");
            }
            for id in [asked, again, left] {
                let is_due = expected.contains(&id);
                assert_eq!(retention::is_due(tx, kind, before, id).await.unwrap(), is_due, "{kind}");
            }
        }
        assert!(subscriptions::hold(tx, left).await.unwrap() && !subscriptions::hold(tx, SubscriptionId(4711)).await.unwrap());
        assert_eq!(state(tx, left).await, Unsubscribed);
        assert_eq!(retention::delete(tx, Expiry::Unconfirmed, minute(9), 10).await.unwrap(), 0, "people go one by one");
    }

    async fn an_end_is_noted_with_its_author_and_forgotten_by_who_reads_again(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let week = ground.week;
        let tx = &mut ground.tx;
        let anna = subscribe(tx, week, "anna@example.org", Active).await.unwrap();
        assert!(!departed::note(tx, anna).await.unwrap(), "she reads");
        let operator = acts::actor();
        let removed = subscriptions::ConsentEntry { by: operator.at(minute(3)), ..acts::entry(NOW) };
        subscriptions::unsubscribe(tx, anna, &removed).await.unwrap();
        said(tx, anna, ConsentKind::Confirmed, 1).await;
        assert!(departed::note(tx, anna).await.unwrap() && departed::note(tx, anna).await.unwrap());
        let who = person("anna@example.org");
        let found = departed::find(tx, week, &who).await.unwrap().unwrap();
        assert_eq!((found.ended_by, found.at, found.is_the_readers()), (Some(EndedBy::Operator), minute(3), false));
        assert_eq!(departed::find(tx, NewsletterId(4711), &who).await.unwrap(), None);
        assert!(departed::keep_consents(tx, anna).await.unwrap() >= 2);
        let proofs = departed::consents_of_person(tx, &who).await.unwrap();
        assert!(proofs.iter().any(|one| one.kind == ConsentKind::Confirmed && one.ended_at == minute(3)), "{proofs:?}");
        // Who reads again is nobody who left; what had been agreed to before stays as long as it is to.
        assert!(departed::undo_unsubscribe(tx, anna).await.unwrap() && !departed::undo_unsubscribe(tx, anna).await.unwrap());
        assert!(departed::of_person(tx, &who).await.unwrap().is_empty());
        departed::note(tx, anna).await.unwrap();
        assert!(subscriptions::take_over(tx, anna, &acts::entry(NOW)).await.unwrap());
        assert!(departed::of_person(tx, &who).await.unwrap().is_empty(), "the change itself forgets it");
        subscriptions::unsubscribe(tx, anna, &removed).await.unwrap();
        assert!(subscriptions::make_own(tx, anna, &acts::entry(NOW)).await.unwrap());
        assert!(!subscriptions::make_own(tx, anna, &acts::entry(NOW)).await.unwrap(), "it is hers");
        departed::note(tx, anna).await.unwrap();
        let former = [9; 16];
        let moved = departed::rehash(tx, &who.address_hash, &former).await.unwrap();
        assert!(moved >= 3 && departed::of_person(tx, &who).await.unwrap().is_empty());
        assert_eq!(departed::rehash(tx, &former, &who.address_hash).await.unwrap(), moved);
        assert!(departed::find(tx, week, &who).await.unwrap().unwrap().is_the_readers());
        assert!(departed::forget(tx, &who).await.unwrap() >= 3);
        assert!(departed::consents_of_person(tx, &who).await.unwrap().is_empty());
        // A question of somebody who had left before keeps that they had; one of a stranger's keeps nothing.
        let otto = subscribe(tx, week, "otto@example.org", Unconfirmed).await.unwrap();
        assert!(!departed::note(tx, otto).await.unwrap());
        said(tx, otto, ConsentKind::Withdrawn, 4).await;
        assert!(departed::note(tx, otto).await.unwrap());
        said(tx, otto, ConsentKind::Undone, 5).await;
        departed::forget(tx, &person("otto@example.org")).await.unwrap();
        assert!(!departed::note(tx, otto).await.unwrap(), "an import that was taken back ended nothing");
    }

    async fn rows_go_in_slices_and_only_those_that_had_their_time(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let anna = ground.reader("anna", Active).await;
        for at in [1, 2, 3] {
            said(&mut ground.tx, anna, ConsentKind::Asked, at).await;
        }
        for (state, ended) in [(Sent, 1), (Failed, 2), (Skipped, 3), (Pending, 1)] {
            let mut entry = ground.entry(state, ground.live);
            entry.final_at = (state != Pending).then_some(minute(ended));
            ground.put(None, Some(anna), &entry).await;
        }
        let (kinds, tx) = ([Expiry::Networks, Expiry::SystemMail], &mut ground.tx);
        for kind in kinds {
            assert_eq!(retention::count(tx, kind, minute(0)).await.unwrap(), 0, "{kind}");
            assert_eq!(retention::count(tx, kind, minute(3)).await.unwrap(), 3, "{kind}");
            assert_eq!(retention::delete(tx, kind, minute(3), 2).await.unwrap(), 2, "{kind}");
            assert_eq!(retention::delete(tx, kind, minute(3), 2).await.unwrap(), 1, "{kind}");
            assert_eq!(retention::delete(tx, kind, minute(3), 2).await.unwrap(), 0, "{kind}");
        }
        let (left,): (i64,) = tx.sql("SELECT COUNT(*) FROM deliveries WHERE issue_id IS NULL").fetch_one().await.unwrap();
        assert_eq!(left, 1, "what still waits is not over");
        for kind in [Expiry::Consents, Expiry::Notices, Expiry::Events, Expiry::Workers] {
            let had = retention::count(tx, kind, minute(600)).await.unwrap();
            assert_eq!(retention::delete(tx, kind, minute(600), 1_000).await.unwrap(), had, "{kind}");
        }
    }

    async fn rows_are_folded_with_their_counts_and_misses(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        for state in [Sent, Sent, Sent, Failed, Skipped, Pending] {
            ground.row(state, ground.live).await;
        }
        let (issue, revision) = (ground.issue, ground.revision);
        let tx = &mut ground.tx;
        assert_eq!(folded::next(tx, minute(9)).await.unwrap(), None, "it still goes out");
        tx.sql("UPDATE issues SET state = 'sent', started_at = $2, finished_at = $2 WHERE id = $1")
            .bind(issue).bind(NOW).execute().await.unwrap();
        assert_eq!((folded::count(tx, minute(-1)).await.unwrap(), folded::count(tx, minute(0)).await.unwrap()), (0, 5));
        assert_eq!(folded::next(tx, minute(0)).await.unwrap(), Some(issue));
        assert_eq!(folded::fold(tx, IssueId(4711), minute(0), 10).await.unwrap(), 0);
        let mut slices = Vec::new();
        for _ in 0..4 {
            slices.push(folded::fold(tx, issue, minute(0), 2).await.unwrap());
        }
        assert_eq!(slices, [2, 2, 1, 0]);
        let folds = folded::of_issue(tx, issue).await.unwrap();
        let counts: Vec<_> = folds.iter().map(|fold| (fold.state, fold.revision_id.0, fold.row_count)).collect();
        assert_eq!(counts, [(Skipped, 0, 1), (Failed, revision.0, 1), (Sent, revision.0, 3)]);
        assert!(folds.iter().all(|fold| fold.reached_at == Some(minute(-30))), "{folds:?}");
        let missed: Vec<(i64,)> = tx.sql("SELECT subscription_id FROM folded_misses ORDER BY id").fetch_all().await.unwrap();
        assert_eq!(missed.len(), 2);
        let of_one = personal::missed(tx, SubscriptionId(missed[0].0)).await.unwrap();
        assert_eq!((of_one.len(), of_one[0].issue.as_deref(), of_one[0].state), (1, Some("first"), Failed));
        personal::forget(tx, SubscriptionId(missed[0].0), NOW).await.unwrap();
        assert!(personal::missed(tx, SubscriptionId(missed[0].0)).await.unwrap().is_empty());
    }

    async fn what_is_kept_by_hashes_is_found_for_its_person(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (anna, week) = (ground.reader("anna", Active).await, ground.week);
        let who = person("anna@example.org");
        let tx = &mut ground.tx;
        let delivery = coranto::domain::DeliveryId(1);
        let asker = Asker { person: &who, newsletter: week, by: AskedBy::Form };
        limits::add_asked_mail(tx, &asker, delivery, NOW).await.unwrap();
        limits::refuse(tx, limits::tag(&who.address_hash), None, minute(9)).await.unwrap();
        assert!(subscriptions::is_answerable(tx, anna).await.unwrap());
        suppressions::add(tx, &who.address_hash, SuppressionReason::Complaint, "note", acts::by(NOW)).await.unwrap();
        assert!(!subscriptions::is_answerable(tx, anna).await.unwrap());
        assert_eq!(personal::asked_mails(tx, &who).await.unwrap(), [NOW]);
        assert_eq!(personal::refused_until(tx, &who).await.unwrap(), [minute(9)]);
        assert_eq!(personal::suppressed(tx, &who).await.unwrap()[0].note, "note");
        let new = NewImport { newsletter: week, by: acts::by(NOW), files: "a.csv", digest: "d", mapping: "{}", agreed: "" };
        let import = imports::open(tx, &new).await.unwrap().id;
        imports::note(tx, import, anna, ImportDid::Added).await.unwrap();
        assert_eq!(personal::imported_by(tx, anna).await.unwrap()[0].files, "a.csv");
        assert!(personal::came_back(tx, anna).await.unwrap().is_empty());
        assert_eq!(personal::newsletters(tx).await.unwrap(), [(week, "week".to_owned())]);
    }

    async fn the_log_is_cut_back(db: Db) {
        db.write(async |tx| coranto::store::newsletters::ensure(tx, "week", NOW).await).await.unwrap();
        assert!(db.scour().await.unwrap());
    }
}
