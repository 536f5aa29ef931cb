//! What a database is called, that it is held, and what becomes of a copy's rows.

use coranto::domain::delivery::DeliveryState::{self, Claimed, InFlight, Pending, Sent, Uncertain};
use coranto::domain::delivery::{DeliveryKind, Reason};
use coranto::domain::issue::IssueState;
use coranto::domain::{DeliveryId, WorkerId};
use coranto::store::installation::Recollection;
use coranto::store::transactional::Kin;
use coranto::store::{Db, deliveries, installation, issues, leases, settlement, transactional};

use super::ground::{Entry, NOW, StoreFixture, minute};
use crate::harness::database::both_databases;

both_databases! {
    async fn a_database_has_one_name_and_one_hold(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(installation::get(&mut tx).await.unwrap(), None);
        assert!(!installation::hold(&mut tx, "nothing is there yet", NOW).await.unwrap());
        let (first, is_new) = installation::found(&mut tx, "one", NOW).await.unwrap();
        assert!(is_new && first.name == "one" && first.generation == 1);
        let (again, is_new) = installation::found(&mut tx, "two", NOW).await.unwrap();
        assert!(!is_new && again == first);
        assert!(installation::hold(&mut tx, "it looks wrong", NOW).await.unwrap());
        assert!(!installation::hold(&mut tx, "again", minute(1)).await.unwrap());
        let held = installation::get(&mut tx).await.unwrap().unwrap();
        assert_eq!((held.held_at, held.held_why.as_deref()), (Some(NOW), Some("it looks wrong")));
        assert!(installation::release(&mut tx).await.unwrap());
        assert!(!installation::release(&mut tx).await.unwrap());
    }

    async fn a_generation_begins_once(db: Db) {
        let mut tx = db.begin().await.unwrap();
        installation::found(&mut tx, "one", NOW).await.unwrap();
        assert!(installation::begin_generation(&mut tx, 1, 3, "put back", minute(1)).await.unwrap());
        assert!(!installation::begin_generation(&mut tx, 1, 3, "put back", minute(2)).await.unwrap());
        let known = installation::get(&mut tx).await.unwrap().unwrap();
        assert_eq!((known.generation, known.restored_at, known.held_at), (3, Some(minute(1)), Some(minute(1))));
    }

    async fn what_is_remembered_is_looked_up(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let tx = &mut ground.tx;
        let nobody = installation::recollect(tx, WorkerId(9000), DeliveryId(9000)).await.unwrap();
        assert!(nobody.worker.is_none() && nobody.delivery.is_none() && nobody.last_worker < 9000);
        assert!(!installation::was_seen(tx).await.unwrap());
        let worker = leases::register(tx, "one", true, NOW, minute(1)).await.unwrap();
        assert!(leases::note_nonce(tx, worker, "word").await.unwrap());
        assert!(!leases::note_nonce(tx, WorkerId(9000), "word").await.unwrap());
        assert_eq!(leases::renew(tx, worker, NOW, minute(2)).await.unwrap(), Some(1));
        assert_eq!(leases::renew(tx, worker, NOW, minute(2)).await.unwrap(), Some(2));
        assert!(installation::was_seen(tx).await.unwrap());
        let found = installation::recollect(tx, worker, DeliveryId(9000)).await.unwrap();
        let expected = Recollection { worker: Some((Some("word".to_owned()), 2)), last_worker: worker.0, ..nobody };
        assert_eq!(found, expected);
        installation::end_leases(tx, NOW).await.unwrap();
        assert_eq!(leases::renew(tx, worker, minute(1), minute(2)).await.unwrap(), None);
    }

    /// Only what is final is known; the rest bears the same again, if a person sends it.
    async fn what_may_have_gone_out_is_uncertain(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let live = ground.live;
        let mut rows = Vec::new();
        for state in DeliveryState::ALL {
            rows.push((*state, ground.row(*state, live).await));
        }
        assert_eq!(installation::doubt(&mut ground.tx, ground.issue).await.unwrap(), 3);
        for (was, id) in rows {
            let now = ground.get(id).await;
            if matches!(was, Pending | Claimed | InFlight) {
                assert_eq!((now.state, now.reason), (Uncertain, Some(Reason::Restored)), "{was}");
                assert_eq!((now.due_at, now.claimed_by, now.revision_id), (None, None, Some(ground.revision)), "{was}");
            } else {
                assert_eq!(now.state, was);
            }
        }
        // Nothing sends it by itself.
        assert_eq!(deliveries::resend_uncertain(&mut ground.tx, minute(100_000)).await.unwrap(), 1, "the one that was");
    }

    async fn emails_to_single_readers_are_dropped_and_alarms_are_not(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let live = ground.live;
        let mut rows = Vec::new();
        for (kind, stays) in [(DeliveryKind::Confirmation, false), (DeliveryKind::Notice, false), (DeliveryKind::Alarm, true)] {
            let revision = ground.content(kind, kind.as_str()).await;
            for state in [Pending, InFlight, Sent] {
                let entry = Entry { revision_id: Some(revision), ..ground.entry(state, live) };
                rows.push((kind, state, stays, ground.put(None, None, &entry).await));
            }
        }
        assert_eq!(installation::drop_transactional(&mut ground.tx, NOW).await.unwrap(), 4);
        for (kind, was, stays, id) in rows {
            let expected = match was {
                Pending if !stays => DeliveryState::Skipped,
                InFlight if !stays => DeliveryState::Failed,
                _ => was,
            };
            assert_eq!(ground.get(id).await.state, expected, "{kind} {was}");
        }
    }

    async fn while_it_is_held_only_alarms_are_claimed(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, issue, revision) = (ground.live, ground.issue, ground.revision);
        let claimed = ground.row(Claimed, live).await;
        let row = ground.row(Pending, live).await;
        let mut small = Vec::new();
        for kind in [DeliveryKind::Confirmation, DeliveryKind::Alarm] {
            let revision = ground.content(kind, kind.as_str()).await;
            let entry = Entry { revision_id: Some(revision), ..ground.entry(Pending, live) };
            small.push(ground.put(None, None, &entry).await);
        }
        let queued = ground.issue("second", IssueState::Queued).await;
        let (tx, all) = (&mut ground.tx, Kin::all_but(&[]));
        installation::found(tx, "one", NOW).await.unwrap();
        for is_held in [true, false] {
            if is_held {
                assert!(installation::hold(tx, "", NOW).await.unwrap());
            } else {
                assert!(installation::release(tx).await.unwrap());
            }
            assert_eq!(issues::due(tx, minute(1)).await.unwrap().iter().any(|one| one.id == queued), !is_held);
            assert_eq!(deliveries::any_due(tx, Some(issue), NOW).await.unwrap(), !is_held);
            assert_eq!(deliveries::claim(tx, live, Some(issue), NOW, 9).await.unwrap().contains(&row), !is_held);
            assert_eq!(deliveries::any_due(tx, None, NOW).await.unwrap(), !is_held);
            assert_eq!(transactional::any_due_of(tx, &all, NOW).await.unwrap(), !is_held);
            assert_eq!(transactional::claim_of(tx, live, &all, NOW, 9).await.unwrap().contains(&small[0]), !is_held);
            let taken = settlement::take_off(tx, live, &[claimed], revision, NOW, NOW).await.unwrap();
            assert_eq!(taken.contains(&claimed), !is_held, "what was claimed before");
            if is_held {
                assert!(transactional::any_due_of(tx, &Kin::alarms(), NOW).await.unwrap());
                let alarms = transactional::claim_of(tx, live, &Kin::alarms(), NOW, 9).await.unwrap();
                assert_eq!(alarms, [small[1]]);
            }
        }
    }
}
