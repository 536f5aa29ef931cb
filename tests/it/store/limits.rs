//! What limits on strangers remember.

use std::time::Duration;

use coranto::domain::delivery::DeliveryState;
use coranto::domain::subscriber::SubscriptionState::{Active, Pending};
use coranto::store::{Db, limits, subscriptions};

use super::ground::{Ground, NOW, person, subscribe};
use crate::harness::database::both_databases;

both_databases! {
    async fn mails_that_strangers_caused_are_counted_by_mailbox(db: Db) {
        let mut ground = Ground::new(&db).await;
        let (anna, bert) = (person("an.na@gmail.com").quota_hash, person("bert@example.org").quota_hash);
        let sent = ground.row(DeliveryState::Sent, ground.live).await;
        let failed = ground.row(DeliveryState::Failed, ground.live).await;
        let tx = &mut ground.tx;
        let ago = |hours: u64| NOW.minus(Duration::from_secs(3600 * hours));
        for (hours, delivery) in [(800, sent), (100, sent), (10, sent), (2, failed)] {
            limits::add_asked_mail(tx, &anna, delivery, ago(hours)).await.unwrap();
        }
        limits::add_asked_mail(tx, &bert, sent, ago(1)).await.unwrap();
        // What no server took does not count for the day, but for the month.
        assert_eq!(limits::asked_mails(tx, &anna, ago(24), ago(720)).await.unwrap(), (1, 3));
        assert_eq!(limits::asked_mails(tx, &bert, ago(24), ago(720)).await.unwrap(), (1, 1));
        assert_eq!(limits::asked_mails(tx, &person("c@example.org").quota_hash, ago(24), ago(720)).await.unwrap(), (0, 0));
        assert_eq!(limits::purge(tx, ago(720), NOW).await.unwrap(), 1);
        assert_eq!(limits::asked_mails(tx, &anna, ago(24), ago(9000)).await.unwrap(), (1, 3));
    }

    async fn a_refusal_lasts_until_its_end(db: Db) {
        let mut ground = Ground::new(&db).await;
        let tx = &mut ground.tx;
        let later = NOW.plus(Duration::from_secs(60));
        limits::refuse(tx, -7, later).await.unwrap();
        limits::refuse(tx, -7, NOW).await.unwrap();
        assert!(limits::is_refused(tx, -7, NOW).await.unwrap(), "the later end stays");
        assert!(!limits::is_refused(tx, -7, later).await.unwrap() && !limits::is_refused(tx, 7, NOW).await.unwrap());
        assert!(limits::forget_refusal(tx, -7).await.unwrap() && !limits::forget_refusal(tx, -7).await.unwrap());
        assert!(!limits::is_refused(tx, -7, NOW).await.unwrap());
        limits::refuse(tx, 8, later).await.unwrap();
        assert_eq!(limits::purge(tx, NOW, NOW).await.unwrap(), 0);
        assert_eq!(limits::purge(tx, NOW, later).await.unwrap(), 1);
    }

    async fn a_challenge_is_spent_once(db: Db) {
        let mut ground = Ground::new(&db).await;
        let tx = &mut ground.tx;
        assert!(limits::spend(tx, i64::MIN, NOW).await.unwrap() && limits::spend(tx, 1, NOW).await.unwrap());
        assert!(!limits::spend(tx, i64::MIN, NOW).await.unwrap());
        assert_eq!(limits::purge(tx, NOW, NOW).await.unwrap(), 2);
    }

    async fn what_an_address_asked_for_is_found_by_the_beginning_of_its_hash(db: Db) {
        let mut ground = Ground::new(&db).await;
        let week = ground.week;
        let tx = &mut ground.tx;
        let pending = subscribe(tx, week, "anna-of-the-hills@example.org", Pending).await.unwrap();
        subscribe(tx, week, "bert-in-the-valley@example.org", Active).await.unwrap();
        let tag = |email: &str| person(email).address_hash[..8].try_into().unwrap();
        let found = subscriptions::pending_of(tx, tag("anna-of-the-hills@example.org")).await.unwrap();
        assert_eq!(found, [(pending, week)]);
        for other in ["bert-in-the-valley@example.org", "nobody-at-all@example.org"] {
            assert!(subscriptions::pending_of(tx, tag(other)).await.unwrap().is_empty(), "{other}");
        }
    }
}
