//! How far mailboxes were read: a position moves from where it was known to be, or not at all.

use coranto::store::Db;
use coranto::store::mailboxes;

use super::ground::{NOW, minute};
use crate::harness::database::both_databases;

both_databases! {
    async fn a_position_moves_only_from_where_it_is(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(mailboxes::get(&mut tx, "office").await.unwrap(), None);
        mailboxes::begin(&mut tx, "office", "me@host/INBOX", 7, NOW).await.unwrap();
        let first = mailboxes::get(&mut tx, "office").await.unwrap().unwrap();
        assert_eq!((first.uid_validity, first.last_uid), (7, 0));
        assert!(mailboxes::advance(&mut tx, &first, 50).await.unwrap());
        assert!(!mailboxes::advance(&mut tx, &first, 60).await.unwrap(), "somebody else moved it");
        let at = mailboxes::get(&mut tx, "office").await.unwrap().unwrap();
        assert_eq!(at.last_uid, 50);
        // Another folder, or other numbers, begin anew.
        mailboxes::begin(&mut tx, "office", "me@host/INBOX", 8, minute(1)).await.unwrap();
        assert!(!mailboxes::advance(&mut tx, &at, 60).await.unwrap());
        assert_eq!(mailboxes::get(&mut tx, "office").await.unwrap().unwrap().last_uid, 0);
    }

    async fn a_failed_look_leaves_the_position(db: Db) {
        let mut tx = db.begin().await.unwrap();
        mailboxes::looked(&mut tx, "new", Some("no"), NOW).await.unwrap();
        mailboxes::begin(&mut tx, "office", "me@host/INBOX", 7, NOW).await.unwrap();
        let at = mailboxes::get(&mut tx, "office").await.unwrap().unwrap();
        mailboxes::advance(&mut tx, &at, 50).await.unwrap();
        mailboxes::looked(&mut tx, "office", Some("no"), minute(1)).await.unwrap();
        mailboxes::looked(&mut tx, "new", None, minute(2)).await.unwrap();
        let all = mailboxes::all(&mut tx).await.unwrap();
        let of = |at: usize| (all[at].name.as_str(), all[at].last_uid, all[at].error.as_deref(), all[at].looked_at);
        assert_eq!([of(0), of(1)], [("new", 0, None, minute(2)), ("office", 50, Some("no"), NOW)]);
        assert!(mailboxes::forget(&mut tx, "new").await.unwrap() && !mailboxes::forget(&mut tx, "new").await.unwrap());
    }
}
