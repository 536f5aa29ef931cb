//! Workers and leases: numbers that only grow, leases that are believed until they end.

use std::time::Duration;

use coranto::store::{Db, leases};

use super::ground::{HOUR, NOW};
use crate::harness::database::both_databases;

const SECOND: Duration = Duration::from_secs(1);

both_databases! {
    async fn a_worker_is_believed_until_its_lease_ends(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), None);
        let first = leases::register(&mut tx, "engine", true, NOW, NOW.plus(HOUR)).await.unwrap();
        let second = leases::register(&mut tx, "engine", true, NOW, NOW.plus(HOUR)).await.unwrap();
        assert!(second.0 > first.0, "a number is a fencing epoch");
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), Some(NOW.plus(HOUR)));

        let (soon, late) = (NOW.plus(HOUR).minus(SECOND), NOW.plus(HOUR * 2));
        assert!(leases::renew(&mut tx, first, soon, late).await.unwrap());
        assert!(!leases::renew(&mut tx, second, NOW.plus(HOUR), late).await.unwrap(), "it had ended by then");
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), Some(late));
        leases::end(&mut tx, first, soon).await.unwrap();
        assert!(!leases::renew(&mut tx, first, soon, late).await.unwrap(), "what was ended stays ended");
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), Some(NOW.plus(HOUR)));
    }

    async fn all_engines_end_at_once_and_commands_do_not(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let engine = leases::register(&mut tx, "engine", true, NOW, NOW.plus(HOUR)).await.unwrap();
        let command = leases::register(&mut tx, "test", false, NOW, NOW.plus(HOUR)).await.unwrap();
        let soon = NOW.plus(SECOND);
        assert_eq!(leases::end_engines(&mut tx, soon).await.unwrap(), 1);
        assert!(!leases::renew(&mut tx, engine, soon, NOW.plus(HOUR)).await.unwrap());
        assert!(leases::renew(&mut tx, command, soon, NOW.plus(HOUR)).await.unwrap());
    }

    async fn a_named_lease_has_one_holder(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let one = leases::register(&mut tx, "one", true, NOW, NOW.plus(HOUR)).await.unwrap();
        let two = leases::register(&mut tx, "two", true, NOW, NOW.plus(HOUR)).await.unwrap();
        let until = NOW.plus(SECOND);
        assert!(leases::acquire(&mut tx, "schedule", one, NOW, until).await.unwrap());
        assert!(!leases::acquire(&mut tx, "schedule", two, NOW, until).await.unwrap());
        assert!(leases::acquire(&mut tx, "another", two, NOW, until).await.unwrap());
        assert!(leases::acquire(&mut tx, "schedule", one, NOW, until).await.unwrap(), "its holder lengthens it");
        assert!(leases::acquire(&mut tx, "schedule", two, until, until.plus(HOUR)).await.unwrap(), "it has ended");
        assert!(!leases::acquire(&mut tx, "schedule", one, until, until.plus(HOUR)).await.unwrap());
    }

    async fn of_two_who_ask_at_once_one_gets_it(db: Db) {
        let mut askers = tokio::task::JoinSet::new();
        for number in 0..8 {
            let db = db.clone();
            askers.spawn(async move {
                let name = format!("worker-{number}");
                let worker = db.write(async |tx| leases::register(tx, &name, true, NOW, NOW.plus(HOUR)).await).await.unwrap();
                db.write(async |tx| leases::acquire(tx, "schedule", worker, NOW, NOW.plus(HOUR)).await).await.unwrap()
            });
        }
        let got = askers.join_all().await;
        assert_eq!(got.iter().filter(|got| **got).count(), 1, "{got:?}");
    }
}
