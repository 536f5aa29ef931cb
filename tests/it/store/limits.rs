//! What limits on strangers remember.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::delivery::DeliveryState;
use coranto::domain::subscriber::AskedBy;
use coranto::domain::subscriber::SubscriptionState::{Active, Pending};
use coranto::domain::suppression::SuppressionReason;
use coranto::domain::{DeliveryId, NewsletterId};
use coranto::store::limits::{Asker, MailAllowance, MailRequest};
use coranto::store::subscribers::NewSubscriber;
use coranto::store::{Db, Tx, limits, subscriptions, suppressions};

use super::ground::{NOW, StoreFixture, person, subscribe};
use crate::harness::acts;
use crate::harness::database::both_databases;

const WEEK: NewsletterId = NewsletterId(1);

/// How an address stands that was asked for by others.
async fn standing(tx: &mut Tx, email: &str, now: Timestamp) -> MailAllowance {
    standing_with(tx, email, WEEK, AskedBy::Form, now).await
}

async fn standing_with(
    tx: &mut Tx,
    email: &str,
    newsletter: NewsletterId,
    by: AskedBy,
    now: Timestamp,
) -> MailAllowance {
    let hours = |hours: u64| NOW.minus(Duration::from_secs(3600 * hours));
    let by = Asker { person: &person(email), newsletter, by };
    limits::standing(tx, &MailRequest { by, day: hours(24), month: hours(720) }, now).await.unwrap()
}

async fn asked(tx: &mut Tx, email: &str, newsletter: NewsletterId, by: AskedBy, delivery: DeliveryId, at: Timestamp) {
    limits::add_asked_mail(tx, &Asker { person: &person(email), newsletter, by }, delivery, at).await.unwrap();
}

fn tag(email: &str) -> i64 {
    limits::tag(&person(email).address_hash)
}

both_databases! {
    async fn an_erasure_hides_no_other_reason(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let tx = &mut ground.tx;
        let before = person("former@example.org").address_hash;
        for (email, own, former) in [
            ("anna@example.org", SuppressionReason::Erased, SuppressionReason::Complaint),
            ("bert@example.org", SuppressionReason::Complaint, SuppressionReason::Erased),
        ] {
            let known = NewSubscriber { former_hash: Some(before), ..person(email) };
            for (hash, reason) in [(&known.address_hash, own), (&before, former)] {
                suppressions::remove_of(tx, &NewSubscriber { address_hash: *hash, ..person("x@example.org") }, acts::by(NOW)).await.unwrap();
                assert!(suppressions::add(tx, hash, reason, "", acts::by(NOW)).await.unwrap());
            }
            assert_eq!(suppressions::reason_of(tx, &known).await.unwrap(), Some(SuppressionReason::Complaint), "{email}");
        }
    }

    async fn mails_that_strangers_caused_are_counted_by_mailbox(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let sent = ground.row(DeliveryState::Sent, ground.live).await;
        let failed = ground.row(DeliveryState::Failed, ground.live).await;
        let tx = &mut ground.tx;
        let ago = |hours: u64| NOW.minus(Duration::from_secs(3600 * hours));
        for (hours, delivery) in [(800, sent), (100, sent), (10, sent), (2, failed)] {
            asked(tx, "an.na@gmail.com", WEEK, AskedBy::Form, delivery, ago(hours)).await;
        }
        asked(tx, "bert@example.org", WEEK, AskedBy::Form, sent, ago(1)).await;
        let free = MailAllowance { suppressed: false, refused: false, day: 0, month: 0, day_in_all: 0, month_in_all: 0 };
        // What no server took does not count for the day, but for the month.
        assert_eq!(standing(tx, "anna@googlemail.com", NOW).await, MailAllowance { day: 1, month: 3, day_in_all: 1, month_in_all: 3, ..free });
        assert_eq!(standing(tx, "bert@example.org", NOW).await, MailAllowance { day: 1, month: 1, day_in_all: 1, month_in_all: 1, ..free });
        assert_eq!(standing(tx, "c@example.org", NOW).await, free);
        suppressions::add(tx, &person("c@example.org").address_hash, SuppressionReason::Manual, "", acts::by(NOW)).await.unwrap();
        assert_eq!(standing(tx, "c@example.org", NOW).await, MailAllowance { suppressed: true, ..free });
        assert_eq!(limits::purge(tx, ago(720), NOW).await.unwrap(), 1);
        assert_eq!(limits::purge(tx, ago(720), NOW).await.unwrap(), 0);
    }

    async fn mails_are_counted_by_newsletter_and_by_who_asks(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let sent = ground.row(DeliveryState::Sent, ground.live).await;
        let tx = &mut ground.tx;
        let (email, month) = ("anna@example.org", NewsletterId(2));
        for (newsletter, by, times) in
            [(WEEK, AskedBy::Form, 1), (month, AskedBy::Form, 2), (WEEK, AskedBy::Mail, 3), (WEEK, AskedBy::Link, 4)]
        {
            for _ in 0..times {
                asked(tx, email, newsletter, by, sent, NOW).await;
            }
        }
        let counts = async |tx: &mut Tx, newsletter, by| {
            let found = standing_with(tx, email, newsletter, by, NOW).await;
            assert_eq!((found.day, found.day_in_all), (found.month, found.month_in_all));
            (found.day, found.day_in_all)
        };
        assert_eq!(counts(tx, WEEK, AskedBy::Form).await, (1, 3));
        assert_eq!(counts(tx, month, AskedBy::Form).await, (2, 3));
        assert_eq!(counts(tx, WEEK, AskedBy::Mail).await, (3, 3));
        assert_eq!(counts(tx, month, AskedBy::Mail).await, (0, 3));
        assert_eq!(counts(tx, WEEK, AskedBy::Link).await, (4, 4));
        // What was mailed before newsletters were told apart counts for each.
        tx.sql("INSERT INTO asked_mails (quota_hash, at) VALUES ($1, $2)")
            .bind(person(email).quota_hash.as_slice()).bind(NOW).execute().await.unwrap();
        assert_eq!(counts(tx, WEEK, AskedBy::Form).await, (2, 4));
        assert_eq!(limits::forgive(tx, &person(email).quota_hash, WEEK).await.unwrap(), 4);
        assert_eq!(counts(tx, WEEK, AskedBy::Form).await, (1, 3));
        assert_eq!(counts(tx, WEEK, AskedBy::Link).await, (4, 4), "whoever asks for those, it is not forgiven");
    }

    async fn a_refusal_lasts_until_its_end(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
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
        let mut ground = StoreFixture::new(&db).await;
        let row = ground.row(DeliveryState::Sent, ground.live).await;
        let week = ground.week;
        let tx = &mut ground.tx;
        let later = NOW.plus(Duration::from_secs(60));
        // One of whom nothing is stored but that a mail went there.
        let bobby = person("bobby.tables@gmail.com");
        assert_eq!(limits::mailbox_of(tx, tag("bobby.tables@gmail.com")).await.unwrap(), None);
        asked(tx, "bobby.tables@gmail.com", WEEK, AskedBy::Form, row, NOW).await;
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
        let mut ground = StoreFixture::new(&db).await;
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
        let mut ground = StoreFixture::new(&db).await;
        let tx = &mut ground.tx;
        assert!(limits::spend(tx, i64::MIN, NOW, 7).await.unwrap() && limits::spend(tx, 1, NOW, 7).await.unwrap());
        assert!(!limits::spend(tx, i64::MIN, NOW, 8).await.unwrap());
        assert!(limits::spend(tx, i64::MIN, NOW, 7).await.unwrap(), "who presses twice is let through twice");
        assert_eq!(limits::purge(tx, NOW, NOW).await.unwrap(), 2);
    }

    async fn what_an_address_asked_for_is_found_by_the_beginning_of_its_hash(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
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
