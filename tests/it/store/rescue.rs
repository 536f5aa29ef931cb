//! What dead workers leave: their rows are taken back or taken for uncertain, and nobody else's.

use coranto::domain::delivery::DeliveryState::{Claimed, InFlight, Pending, Uncertain};
use coranto::domain::event::Event;
use coranto::domain::issue::IssueState;
use coranto::store::{Db, deliveries, issues};

use super::ground::{Entry, NOW, StoreFixture, minute};
use crate::harness::acts;
use crate::harness::database::both_databases;

both_databases! {
    async fn what_a_dead_worker_had_claimed_is_pending_again(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let of_dead = ground.row(Claimed, ground.dead).await;
        let before = ground.get(of_dead).await;
        let kept = [
            ground.row(Claimed, ground.live).await,
            ground.row(InFlight, ground.dead).await,
            ground.row(Uncertain, ground.dead).await,
        ];
        assert_eq!(deliveries::rescue_claimed(&mut ground.tx, NOW).await.unwrap(), 1);
        assert_eq!(ground.get(of_dead).await, Entry { state: Pending, claimed_by: None, ..before });
        assert_eq!(ground.states(&kept).await, [Claimed, InFlight, Uncertain]);
        assert_eq!(ground.get(kept[0]).await.claimed_by, Some(ground.live));
        // When its lease is over, too, the live one is as dead.
        assert_eq!(deliveries::rescue_claimed(&mut ground.tx, minute(60)).await.unwrap(), 1);
        assert_eq!(ground.state(kept[0]).await, Pending);
    }

    async fn what_a_dead_worker_had_on_the_wire_is_uncertain(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, dead, issue, week) = (ground.live, ground.dead, ground.issue, ground.week);
        let other = ground.issue("other", IssueState::Sending).await;
        assert_eq!(deliveries::orphaned_issues(&mut ground.tx, NOW).await.unwrap(), []);
        let wreck = ground.row(InFlight, dead).await;
        ground.row(InFlight, dead).await;
        let alive = ground.row(InFlight, live).await;
        let claimed = ground.row(Claimed, dead).await;
        let entry = ground.entry(InFlight, dead);
        let reader = ground.reader("anna", coranto::domain::subscriber::SubscriptionState::Active).await;
        let of_other = ground.put(Some(other), Some(reader), &entry).await;
        let small = ground.put(None, None, &entry).await;
        let mut orphaned_issues = deliveries::orphaned_issues(&mut ground.tx, NOW).await.unwrap();
        orphaned_issues.sort_unstable();
        assert_eq!(orphaned_issues, [(None, None), (Some(week), Some(issue)), (Some(week), Some(other))]);

        let before = ground.get(wreck).await;
        let tx = &mut ground.tx;
        assert_eq!(deliveries::rescue_in_flight(tx, Some(issue), Some(minute(30)), NOW).await.unwrap(), 2);
        let expected = Entry { state: Uncertain, due_at: Some(minute(30)), attempts: before.attempts + 1, ..before };
        assert_eq!(ground.get(wreck).await, expected, "the dead one may still answer for it");
        assert_eq!(ground.states(&[alive, claimed, of_other, small]).await, [InFlight, Claimed, InFlight, InFlight]);
        assert_eq!(deliveries::rescue_in_flight(&mut ground.tx, None, None, NOW).await.unwrap(), 1);
        let small = ground.get(small).await;
        assert_eq!((small.state, small.due_at), (Uncertain, None));
        assert_eq!(deliveries::orphaned_issues(&mut ground.tx, NOW).await.unwrap(), [(Some(week), Some(other))]);
    }

    async fn what_was_uncertain_long_enough_is_sent_again(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let uncertain = |due_at, ground: &StoreFixture| Entry { due_at, ..ground.entry(Uncertain, ground.dead) };
        let mut rows = Vec::new();
        for due_at in [Some(NOW), Some(minute(1)), None] {
            let entry = uncertain(due_at, &ground);
            rows.push(ground.row_like(&entry).await);
        }
        let entry = uncertain(Some(NOW), &ground);
        let small = ground.put(None, None, &entry).await;
        let before = ground.get(rows[0]).await;
        assert_eq!(deliveries::resend_uncertain(&mut ground.tx, NOW).await.unwrap(), 2);
        let expected = Entry { state: Pending, claimed_by: None, ..before };
        assert_eq!(ground.get(rows[0]).await, expected, "with the bytes that it bore, the try counted");
        assert_eq!(ground.states(&rows).await, [Pending, Uncertain, Uncertain]);
        assert_eq!(ground.state(small).await, Pending);
        // One that waits for a person waits for ever; one of a stopped issue is not sent again.
        let issue = ground.issue;
        let tx = &mut ground.tx;
        assert!(issues::advance(tx, issue, IssueState::Sending, IssueState::Stopped, "", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        assert_eq!(deliveries::resend_uncertain(tx, minute(99)).await.unwrap(), 0);
    }
}
