//! What limits on strangers remember.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::delivery::DeliveryState;
use coranto::domain::subscriber::SubscriptionState::{Active, Pending};
use coranto::domain::suppression::SuppressionReason;
use coranto::store::limits::{Asked, Standing};
use coranto::store::{Db, Tx, limits, subscriptions, suppressions};

use super::ground::{Ground, NOW, person, subscribe};
use crate::harness::acts;
use crate::harness::database::both_databases;

/// How an address stands that was asked for by others.
async fn standing(tx: &mut Tx, email: &str, now: Timestamp) -> Standing {
    let person = person(email);
    let hours = |hours: u64| NOW.minus(Duration::from_secs(3600 * hours));
    let tag = i64::from_be_bytes(person.address_hash[..8].try_into().unwrap());
    let (address_hash, quota_hash) = (&person.address_hash, &person.quota_hash);
    let asked = Asked { address_hash, address_tag: tag, quota_hash, day: hours(24), month: hours(720) };
    limits::standing(tx, &asked, now).await.unwrap()
}

fn tag(email: &str) -> i64 {
    i64::from_be_bytes(person(email).address_hash[..8].try_into().unwrap())
}

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
        let free = Standing { suppressed: false, refused: false, day: 0, month: 0 };
        // What no server took does not count for the day, but for the month.
        assert_eq!(standing(tx, "anna@googlemail.com", NOW).await, Standing { day: 1, month: 3, ..free });
        assert_eq!(standing(tx, "bert@example.org", NOW).await, Standing { day: 1, month: 1, ..free });
        assert_eq!(standing(tx, "c@example.org", NOW).await, free);
        suppressions::add(tx, &person("c@example.org").address_hash, SuppressionReason::Manual, "", acts::by(NOW)).await.unwrap();
        assert_eq!(standing(tx, "c@example.org", NOW).await, Standing { suppressed: true, ..free });
        assert_eq!(limits::purge(tx, ago(720), NOW).await.unwrap(), 1);
        assert_eq!(limits::purge(tx, ago(720), NOW).await.unwrap(), 0);
    }

    async fn a_refusal_lasts_until_its_end(db: Db) {
        let mut ground = Ground::new(&db).await;
        let tx = &mut ground.tx;
        let (anna, later) = (tag("anna@example.org"), NOW.plus(Duration::from_secs(60)));
        limits::refuse(tx, anna, later).await.unwrap();
        limits::refuse(tx, anna, NOW).await.unwrap();
        assert!(standing(tx, "anna@example.org", NOW).await.refused, "the later end stays");
        assert!(!standing(tx, "anna@example.org", later).await.refused);
        assert!(!standing(tx, "bert@example.org", NOW).await.refused);
        assert!(limits::forget_refusal(tx, anna).await.unwrap() && !limits::forget_refusal(tx, anna).await.unwrap());
        assert!(!standing(tx, "anna@example.org", NOW).await.refused);
        limits::refuse(tx, -8, later).await.unwrap();
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
        let found = subscriptions::pending_of(tx, tag("anna-of-the-hills@example.org").to_be_bytes()).await.unwrap();
        assert_eq!(found, [(pending, week)]);
        for other in ["bert-in-the-valley@example.org", "nobody-at-all@example.org"] {
            assert!(subscriptions::pending_of(tx, tag(other).to_be_bytes()).await.unwrap().is_empty(), "{other}");
        }
    }
}
