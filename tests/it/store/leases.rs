//! Workers and leases: who may act, until when, and who takes over.

use coranto::domain::WorkerId;
use coranto::store::{Db, leases};

use super::ground::{NOW, minute};
use crate::harness::database::both_databases;

both_databases! {
    async fn a_younger_worker_has_a_larger_number(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let first = leases::register(&mut tx, "host", true, NOW, minute(1)).await.unwrap();
        let second = leases::register(&mut tx, "host", true, NOW, minute(1)).await.unwrap();
        assert!(second > first);
    }

    async fn a_lease_is_renewed_only_while_it_runs(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let worker = leases::register(&mut tx, "host", true, NOW, minute(1)).await.unwrap();
        assert!(leases::renew(&mut tx, worker, NOW, minute(2)).await.unwrap().is_some());
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), Some(minute(2)));
        assert!(leases::renew(&mut tx, worker, minute(2), minute(3)).await.unwrap().is_none(), "it ended at that instant");
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), Some(minute(2)));
        assert!(leases::renew(&mut tx, WorkerId(1_000_000), NOW, minute(3)).await.unwrap().is_none());
    }

    async fn an_ended_lease_stays_ended(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let worker = leases::register(&mut tx, "host", true, NOW, minute(10)).await.unwrap();
        let other = leases::register(&mut tx, "host", true, NOW, minute(5)).await.unwrap();
        leases::end(&mut tx, worker, minute(1)).await.unwrap();
        assert!(leases::renew(&mut tx, worker, minute(1), minute(11)).await.unwrap().is_none());
        assert!(leases::renew(&mut tx, other, minute(1), minute(6)).await.unwrap().is_some(), "another's still runs");
        // Ending it again does not bring it back to life.
        leases::end(&mut tx, worker, minute(3)).await.unwrap();
        assert!(leases::renew(&mut tx, worker, minute(2), minute(11)).await.unwrap().is_none());
    }

    async fn whoever_has_the_file_ends_engines_and_nothing_else(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), None);
        let command = leases::register(&mut tx, "command", false, NOW, minute(9)).await.unwrap();
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), None, "a command is no engine");
        let first = leases::register(&mut tx, "first", true, NOW, minute(4)).await.unwrap();
        let second = leases::register(&mut tx, "second", true, NOW, minute(5)).await.unwrap();
        let over = leases::register(&mut tx, "over", true, minute(-9), minute(-1)).await.unwrap();
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), Some(minute(5)));
        assert_eq!(leases::end_engines(&mut tx, NOW).await.unwrap(), 2, "one was over already");
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), Some(NOW));
        for engine in [first, second, over] {
            assert!(leases::renew(&mut tx, engine, NOW, minute(6)).await.unwrap().is_none());
        }
        assert!(leases::renew(&mut tx, command, NOW, minute(10)).await.unwrap().is_some());
    }

    async fn a_named_lease_changes_hands_only_when_it_is_over(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let first = leases::register(&mut tx, "first", true, NOW, minute(60)).await.unwrap();
        let second = leases::register(&mut tx, "second", true, NOW, minute(60)).await.unwrap();
        assert!(leases::acquire(&mut tx, "schedule", first, NOW, minute(5)).await.unwrap());
        assert!(!leases::acquire(&mut tx, "schedule", second, minute(4), minute(9)).await.unwrap());
        assert!(leases::acquire(&mut tx, "other", second, minute(4), minute(9)).await.unwrap(), "each name its own");
        assert!(leases::acquire(&mut tx, "schedule", first, minute(4), minute(6)).await.unwrap(), "lengthened");
        assert!(!leases::acquire(&mut tx, "schedule", second, minute(5), minute(9)).await.unwrap());
        assert!(leases::acquire(&mut tx, "schedule", second, minute(6), minute(9)).await.unwrap());
        assert!(!leases::acquire(&mut tx, "schedule", first, minute(6), minute(9)).await.unwrap(), "it lost it");
    }
}
