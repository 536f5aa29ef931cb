//! Transactional rows are claimed by newsletter.

use coranto::domain::NewsletterId;
use coranto::domain::delivery::{DeliveryKind, DeliveryState};
use coranto::store::deliveries::NewDelivery;
use coranto::store::transactional::Kin;
use coranto::store::{Db, claimed, deliveries, newsletters, transactional};

use super::ground::{NOW, StoreFixture, minute, revision};
use crate::harness::database::both_databases;

both_databases! {
    async fn those_of_some_newsletters_alone_are_claimed(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (week, live) = (ground.week, ground.live);
        let month = newsletters::ensure(&mut ground.tx, "month", NOW).await.unwrap();
        let mut rows = Vec::new();
        for (newsletter, minutes) in [(week, 0), (month, -1), (month, 5), (week, -2), (month, 0)] {
            let revision = revision(&mut ground.tx, newsletter, DeliveryKind::Test, "word").await;
            let new = NewDelivery {
                subscription: None,
                recipient: Some("anna@example.org"),
                revision,
                request: None,
                due_at: minute(minutes),
            };
            rows.push(deliveries::add(&mut ground.tx, &new).await.unwrap());
        }
        let of_an_issue = ground.row(DeliveryState::Pending, live).await;
        let tx = &mut ground.tx;
        let (only_week, no_week) = (Kin::of(&[week]), Kin::all_but(&[week]));
        let strange = NewsletterId(i64::MAX);
        assert!(!transactional::any_due_of(tx, &Kin::of(&[strange]), NOW).await.unwrap());
        assert!(!transactional::any_due_of(tx, &Kin::of(&[]), NOW).await.unwrap());
        assert!(transactional::any_due_of(tx, &Kin::all_but(&[strange]), NOW).await.unwrap());
        assert!(!transactional::any_due_of(tx, &only_week, minute(-3)).await.unwrap());
        let mut claimed = transactional::claim_of(tx, live, &no_week, NOW, 9).await.unwrap();
        claimed.sort();
        assert_eq!(claimed, [rows[1], rows[4]]);
        assert!(!transactional::any_due_of(tx, &no_week, NOW).await.unwrap());
        assert_eq!(transactional::claim_of(tx, live, &only_week, NOW, 1).await.unwrap(), [rows[3]], "the oldest first");
        assert_eq!(transactional::claim_of(tx, ground.dead, &only_week, NOW, 9).await.unwrap(), [], "its lease has ended");
        assert_eq!(transactional::claim_of(tx, live, &Kin::all_but(&[]), NOW, 9).await.unwrap(), [rows[0]]);
        let found = claimed::of(tx, live, &rows).await.unwrap();
        let newsletters: Vec<_> = found.iter().filter_map(|row| row.newsletter_id).collect();
        assert_eq!(newsletters, [week, month, week, month]);
        assert_eq!(ground.state(of_an_issue).await, DeliveryState::Pending);
    }
}
