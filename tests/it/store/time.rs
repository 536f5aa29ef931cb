//! Which clock counts, and what is done about one that was wrong: leases, due times, the database's own time; and whether
//! a row may still go long after its take-off.

use std::time::Duration;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::delivery::DeliveryState::{Claimed, InFlight, Pending, Sent, Uncertain};
use coranto::domain::event::Event;
use coranto::domain::issue::IssueState;
use coranto::domain::subscriber::SubscriptionState::Active;
use coranto::store::{Db, issues, leases, ledger, settlement, subscriptions};

use super::ground::{Entry, NOW, StoreFixture, minute};
use crate::harness::acts;
use crate::harness::database::both_databases;

both_databases! {
    async fn the_databases_clock_counts_where_it_has_one(db: Db) {
        let (wrong, right) = (Clock::wrong_by(3 * 3_600_000), Clock::system());
        let moved = db.set_clock(&wrong).await.unwrap();
        if db.is_sqlite() {
            assert_eq!(moved, 0, "a file has none");
        } else {
            assert!(moved.abs_diff(-3 * 3_600_000) < 60_000, "{moved}");
            assert!(wrong.now().0.abs_diff(right.now().0) < 60_000);
        }
        assert_eq!(db.set_clock(&Clock::fixed(NOW)).await.unwrap(), 0);
    }

    async fn a_lease_that_is_longer_than_any_can_be_has_ended(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ahead = leases::register(&mut tx, "ahead", true, minute(180), minute(181)).await.unwrap();
        let right = leases::register(&mut tx, "right", true, NOW, minute(1)).await.unwrap();
        let command = leases::register(&mut tx, "command", false, NOW, minute(30)).await.unwrap();
        assert_eq!(leases::end_impossible(&mut tx, NOW, minute(2), minute(60)).await.unwrap(), 1);
        assert!(leases::renew(&mut tx, ahead, NOW, minute(1)).await.unwrap().is_none());
        assert!(leases::renew(&mut tx, right, NOW, minute(1)).await.unwrap().is_some());
        assert!(leases::renew(&mut tx, command, NOW, minute(30)).await.unwrap().is_some());
        assert_eq!(leases::last_engine(&mut tx).await.unwrap(), Some(minute(1)));

        // The same for a lease with a name.
        assert!(leases::acquire(&mut tx, "schedule", ahead, minute(180), minute(185)).await.unwrap());
        assert!(leases::acquire(&mut tx, "schedule", right, NOW, minute(5)).await.unwrap(), "it was taken by a clock ahead");
        assert!(!leases::acquire(&mut tx, "schedule", command, NOW, minute(5)).await.unwrap());
        assert!(!leases::acquire(&mut tx, "schedule", command, NOW, NOW).await.unwrap(), "who gives up takes nothing");
    }

    async fn what_waits_for_a_time_that_comes_again_is_pulled_back(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let live = ground.live;
        let due = async |ground: &mut StoreFixture, state, at| {
            let entry = Entry { due_at: Some(at), ..ground.entry(state, live) };
            ground.row_like(&entry).await
        };
        let later = due(&mut ground, Pending, minute(185)).await;
        let uncertain = due(&mut ground, Uncertain, minute(210)).await;
        let now = due(&mut ground, Pending, minute(-1)).await;
        let held = due(&mut ground, Claimed, minute(185)).await;
        let sent = ground.row(Sent, live).await;
        let by = Duration::from_secs(180 * 60);
        assert_eq!(ledger::pull_back(&mut ground.tx, by, NOW).await.unwrap(), 2);
        for (row, at) in [(later, 5), (uncertain, 30), (now, -1), (held, 185)] {
            assert_eq!(ground.get(row).await.due_at, Some(minute(at)));
        }
        assert_eq!(ground.get(sent).await.due_at, None::<Timestamp>);
    }

    async fn a_row_taken_off_a_while_ago_is_asked_what_its_take_off_was(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, dead, issue, older) = (ground.live, ground.dead, ground.issue, ground.older);
        let reader = ground.reader("anna", Active).await;
        let entry = ground.entry(InFlight, live);
        let row = ground.put(Some(issue), Some(reader), &entry).await;
        let stays = ground.row(InFlight, live).await;
        let claimed = ground.row(Claimed, live).await;
        let before_the_edit = ground.row_like(&Entry { revision_id: Some(older), ..entry }).await;
        let tx = &mut ground.tx;
        assert!(settlement::may_still_go(tx, live, row, false, NOW).await.unwrap());
        assert!(!settlement::may_still_go(tx, dead, row, false, NOW).await.unwrap(), "it is another's");
        assert!(!settlement::may_still_go(tx, live, claimed, false, NOW).await.unwrap(), "it was never taken off");
        assert!(!settlement::may_still_go(tx, live, row, false, minute(61)).await.unwrap(), "the lease has ended");
        assert!(!settlement::may_still_go(tx, live, before_the_edit, false, NOW).await.unwrap());
        assert!(settlement::may_still_go(tx, live, before_the_edit, true, NOW).await.unwrap(), "it keeps to its own");
        assert!(subscriptions::unsubscribe(tx, reader, &acts::entry(NOW)).await.unwrap());
        assert!(!settlement::may_still_go(tx, live, row, false, NOW).await.unwrap());
        assert!(issues::advance(tx, issue, IssueState::Sending, IssueState::Paused, "", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        assert!(!settlement::may_still_go(tx, live, stays, false, NOW).await.unwrap());
    }
}
