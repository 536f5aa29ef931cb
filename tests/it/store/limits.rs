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
    let asked = Asked { person: &person, day: hours(24), month: hours(720) };
    limits::standing(tx, &asked, now).await.unwrap()
}

fn tag(email: &str) -> i64 {
    limits::tag(&person(email).address_hash)
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
            limits::add_asked_mail(tx, &anna, 1, delivery, ago(hours)).await.unwrap();
        }
        limits::add_asked_mail(tx, &bert, 2, sent, ago(1)).await.unwrap();
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
        limits::refuse(tx, anna, None, later).await.unwrap();
        limits::refuse(tx, anna, None, NOW).await.unwrap();
        assert!(standing(tx, "anna@example.org", NOW).await.refused, "the later end stays");
        assert!(!standing(tx, "anna@example.org", later).await.refused);
        assert!(!standing(tx, "bert@example.org", NOW).await.refused);
        assert!(limits::forget_refusal(tx, anna).await.unwrap() && !limits::forget_refusal(tx, anna).await.unwrap());
        assert!(!standing(tx, "anna@example.org", NOW).await.refused);
        limits::refuse(tx, -8, None, later).await.unwrap();
        assert_eq!(limits::purge(tx, NOW, NOW).await.unwrap(), 0);
        assert_eq!(limits::purge(tx, NOW, later).await.unwrap(), 1);
    }

    async fn a_refusal_and_a_complaint_are_the_mailboxs(db: Db) {
        let mut ground = Ground::new(&db).await;
        let row = ground.row(DeliveryState::Sent, ground.live).await;
        let week = ground.week;
        let tx = &mut ground.tx;
        let later = NOW.plus(Duration::from_secs(60));
        // One of whom nothing is stored but that a mail went there.
        let bobby = person("bobby.tables@gmail.com");
        assert_eq!(limits::mailbox_of(tx, tag("bobby.tables@gmail.com")).await.unwrap(), None);
        limits::add_asked_mail(tx, &bobby.quota_hash, limits::tag(&bobby.address_hash), row, NOW).await.unwrap();
        let mailbox = limits::mailbox_of(tx, tag("bobby.tables@gmail.com")).await.unwrap();
        assert_eq!(mailbox, Some(limits::tag(&bobby.quota_hash)));
        limits::refuse(tx, tag("bobby.tables@gmail.com"), mailbox, later).await.unwrap();
        for spelling in ["bobby.tables@gmail.com", "bobbytables@gmail.com", "b.obbytables+1@googlemail.com"] {
            assert!(standing(tx, spelling, NOW).await.refused, "{spelling}");
            assert!(!standing(tx, spelling, later).await.refused, "{spelling}");
        }
        assert!(!standing(tx, "bobby@gmail.com", NOW).await.refused);
        limits::refuse(tx, tag("bobby.tables@gmail.com"), None, NOW).await.unwrap();
        assert!(standing(tx, "bobbytables@gmail.com", NOW).await.refused, "what is known of the mailbox stays known");
        assert!(limits::forget_refusal(tx, tag("bobby.tables@gmail.com")).await.unwrap());
        assert!(!standing(tx, "bobbytables@gmail.com", NOW).await.refused);

        let pending = subscribe(tx, week, "carl.x@gmail.com", Pending).await.unwrap();
        let mailbox = limits::mailbox_of(tx, tag("carl.x@gmail.com")).await.unwrap();
        let found = subscriptions::pending_of(tx, tag("carlx@gmail.com"), mailbox).await.unwrap();
        assert_eq!(found, [(pending, week)], "asked for under another spelling");

        let dora = person("dora.x@gmail.com");
        suppressions::add(tx, &dora.address_hash, SuppressionReason::Complaint, "", acts::by(NOW)).await.unwrap();
        assert!(!standing(tx, "dorax@gmail.com", NOW).await.suppressed);
        assert!(suppressions::note_mailbox(tx, &dora.address_hash, &dora.quota_hash).await.unwrap());
        assert!(!suppressions::note_mailbox(tx, &dora.address_hash, &dora.quota_hash).await.unwrap());
        assert!(standing(tx, "dorax@gmail.com", NOW).await.suppressed, "a complaint is the mailbox's");
        assert!(suppressions::remove_of(tx, &person("dorax@gmail.com"), acts::by(NOW)).await.unwrap());
        assert!(!suppressions::remove_of(tx, &person("dorax@gmail.com"), acts::by(NOW)).await.unwrap());
    }

    async fn what_a_former_hash_keeps_out_stays_out(db: Db) {
        let mut ground = Ground::new(&db).await;
        let tx = &mut ground.tx;
        let odos = person("ΟΔΟΣ@example.org");
        let former = odos.former_hash.unwrap();
        assert_eq!(suppressions::reason_of(tx, &odos).await.unwrap(), None);
        suppressions::add(tx, &former, SuppressionReason::Erased, "", acts::by(NOW)).await.unwrap();
        assert_eq!(suppressions::reason_of(tx, &odos).await.unwrap(), Some(SuppressionReason::Erased));
        assert!(!standing(tx, "ΟΔΟΣ@example.org", NOW).await.suppressed, "who was erased may come back");
        suppressions::add(tx, &odos.address_hash, SuppressionReason::Manual, "", acts::by(NOW)).await.unwrap();
        assert_eq!(suppressions::reason_of(tx, &odos).await.unwrap(), Some(SuppressionReason::Manual));
        assert!(standing(tx, "ΟΔΟΣ@example.org", NOW).await.suppressed);
        assert!(suppressions::remove_of(tx, &odos, acts::by(NOW)).await.unwrap());
        assert_eq!(suppressions::reason_of(tx, &odos).await.unwrap(), None);

        suppressions::add(tx, &former, SuppressionReason::Complaint, "spam", acts::by(NOW)).await.unwrap();
        assert!(suppressions::copy(tx, &former, &odos.address_hash, &odos.quota_hash).await.unwrap());
        assert!(!suppressions::copy(tx, &former, &odos.address_hash, &odos.quota_hash).await.unwrap());
        assert_eq!(suppressions::reason(tx, &odos.address_hash).await.unwrap(), Some(SuppressionReason::Complaint));

        let (old, new, later) = (limits::tag(&former), limits::tag(&odos.address_hash), NOW.plus(Duration::from_secs(60)));
        assert!(!limits::copy_refusal(tx, old, new, 7).await.unwrap());
        limits::refuse(tx, old, None, later).await.unwrap();
        assert!(standing(tx, "ΟΔΟΣ@example.org", NOW).await.refused);
        assert!(limits::copy_refusal(tx, old, new, 7).await.unwrap());
        assert!(limits::forget_refusal(tx, old).await.unwrap());
        assert!(standing(tx, "ΟΔΟΣ@example.org", NOW).await.refused, "it was copied");
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
        let found = subscriptions::pending_of(tx, tag("anna-of-the-hills@example.org"), None).await.unwrap();
        assert_eq!(found, [(pending, week)]);
        for other in ["bert-in-the-valley@example.org", "nobody-at-all@example.org"] {
            assert!(subscriptions::pending_of(tx, tag(other), None).await.unwrap().is_empty(), "{other}");
        }
    }
}
