//! What binds a link to its row, and with which keys.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::consent::ConsentKind;
use coranto::domain::delivery::DeliveryState;
use coranto::domain::subscriber::RequestKind;
use coranto::domain::subscriber::SubscriptionState::Active;
use coranto::domain::{ConsentId, DeliveryId, RequestId, SubscriberId, SubscriptionId};
use coranto::store::consents::{ConsentDetails, NewConsent};
use coranto::store::keys::Stake;
use coranto::store::requests::NewRequest;
use coranto::store::{Db, consents, keys, limits, marks, pauses, requests, subscribers, subscriptions, suppressions};
use coranto::token::Fingerprint;

use super::ground::{NOW, StoreFixture, person, subscribe};
use crate::harness::acts;
use crate::harness::database::both_databases;

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

both_databases! {
    async fn every_new_row_has_a_mark_of_its_own(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let week = ground.week;
        let tx = &mut ground.tx;
        let mut seen = std::collections::HashSet::new();
        for number in 0..20 {
            let id = subscribe(tx, week, &format!("anna{number}@example.org"), Active).await.unwrap();
            seen.insert(marks::of_subscription(tx, id).await.unwrap().unwrap().mark.unwrap().0);
            let new = NewConsent { subscription: id, kind: ConsentKind::Asked, wording: "", client: None, source: "", typed: ConsentDetails::default() };
            let consent = consents::append(tx, &new, NOW).await.unwrap();
            let marked = marks::of_consent(tx, consent).await.unwrap().unwrap().mark;
            assert_eq!(consents::get(tx, consent).await.unwrap().unwrap().mark, marked);
            seen.insert(marked.unwrap().0);
            let asked = NewRequest { subscription: id, kind: RequestKind::Data, addresses: None };
            let request = requests::add(tx, &asked, NOW).await.unwrap();
            seen.insert(marks::of_request(tx, request).await.unwrap().unwrap().mark.unwrap().0);
        }
        assert_eq!(seen.len(), 60, "no two alike");
        // Also what a statement makes of other rows: rests that are over.
        let id = subscribe(tx, week, "anna0@example.org", Active).await.unwrap();
        assert!(subscriptions::pause(tx, id, Some(NOW), &acts::entry(NOW)).await.unwrap());
        assert_eq!(pauses::end(tx, Some(week), 10, acts::by(NOW)).await.unwrap(), 1);
        let resumed = consents::latest(tx, id, ConsentKind::Resumed).await.unwrap().unwrap();
        assert!(resumed.mark.is_some());
        assert!(marks::of_subscription(tx, SubscriptionId(4711)).await.unwrap().is_none());
        assert!(marks::of_consent(tx, ConsentId(4711)).await.unwrap().is_none());
        assert!(marks::of_request(tx, RequestId(4711)).await.unwrap().is_none());
    }

    async fn a_row_from_before_has_none_and_a_mail_has_its_subscriptions(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let id = ground.row(DeliveryState::Sent, ground.live).await;
        let issue = ground.issue;
        let tx = &mut ground.tx;
        let born = marks::of_mail(tx, id).await.unwrap().unwrap();
        let subscription = born.subscription_id.unwrap();
        assert_eq!(born.issue_id, Some(issue));
        assert_eq!(born.mark, marks::of_subscription(tx, subscription).await.unwrap().unwrap().mark);
        tx.sql("UPDATE subscriptions SET mark = NULL WHERE id = $1").bind(subscription).execute().await.unwrap();
        assert_eq!(marks::of_subscription(tx, subscription).await.unwrap().unwrap().mark, None);
        assert_eq!(marks::of_mail(tx, id).await.unwrap().unwrap().mark, None);
        assert!(subscriptions::erase(tx, subscription).await.unwrap());
        assert!(marks::of_mail(tx, id).await.unwrap().is_none(), "nobody is left whose email it was");
        assert!(marks::of_mail(tx, DeliveryId(4711)).await.unwrap().is_none());
    }

    async fn of_a_change_of_address_its_mark_outlives_an_erasure(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let week = ground.week;
        let tx = &mut ground.tx;
        let id = subscribe(tx, week, "anna@example.org", Active).await.unwrap();
        let (new, old) = ("new@example.org".parse().unwrap(), "anna@example.org".parse().unwrap());
        let asked = NewRequest { subscription: id, kind: RequestKind::Address, addresses: Some((&new, &old)) };
        let moved = requests::add(tx, &asked, NOW).await.unwrap();
        let data = requests::add(tx, &NewRequest { kind: RequestKind::Data, addresses: None, ..asked }, NOW).await.unwrap();
        let mark = marks::of_request(tx, moved).await.unwrap().unwrap().mark;
        assert_eq!(marks::keep_requests(tx, id).await.unwrap(), 1);
        assert!(subscriptions::erase(tx, id).await.unwrap());
        assert!(requests::get(tx, moved).await.unwrap().is_none());
        let kept = marks::of_erased_request(tx, moved).await.unwrap().unwrap();
        assert_eq!((kept.mark, kept.newsletter_id), (mark, week));
        assert!(marks::of_erased_request(tx, data).await.unwrap().is_none());
        assert_eq!(marks::purge_requests(tx, NOW).await.unwrap(), 0);
        assert_eq!(marks::purge_requests(tx, later(1)).await.unwrap(), 1);
    }

    async fn keys_are_known_by_their_fingerprints(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        ground.row(DeliveryState::Sent, ground.live).await;
        let tx = &mut ground.tx;
        assert!(keys::all(tx).await.unwrap().is_empty());
        assert!(!keys::folded(tx, 1).await.unwrap(), "no key is known");
        assert!(keys::note(tx, "link", 1, Fingerprint(-7), NOW).await.unwrap());
        assert!(keys::note(tx, "address", 0, Fingerprint(8), NOW).await.unwrap());
        assert!(keys::note(tx, "link", 1, Fingerprint(-7), later(5)).await.unwrap());
        assert!(!keys::note(tx, "link", 1, Fingerprint(9), later(6)).await.unwrap(), "another key has that number");
        assert!(keys::folded(tx, 3).await.unwrap());
        let all = keys::all(tx).await.unwrap();
        assert_eq!((all[0].kind.as_str(), all[0].folding, all[0].fingerprint), ("address", Some(3), Fingerprint(8)));
        assert_eq!((all[1].number, all[1].first_at, all[1].last_at), (1, NOW, later(5)));
        let whole = keys::stake(tx, Timestamp(0), later(1)).await.unwrap();
        assert_eq!(whole, Stake { suppressed: 0, readers: 1, mails: 1 });
        assert_eq!(keys::stake(tx, later(1), later(2)).await.unwrap().mails, 0);
        assert!(!keys::retire(tx, 1, Fingerprint(9), NOW).await.unwrap(), "that is another key");
        assert!(!keys::retire(tx, 0, Fingerprint(8), NOW).await.unwrap(), "addresses are hashed with it for ever");
        assert!(keys::retire(tx, 1, Fingerprint(-7), later(7)).await.unwrap());
        assert!(!keys::retire(tx, 1, Fingerprint(-7), later(8)).await.unwrap(), "it was given up before");
        assert_eq!(keys::all(tx).await.unwrap()[1].retired_at, Some(later(7)));
        assert_eq!(keys::forget(tx).await.unwrap(), 2);
    }

    async fn addresses_are_folded_anew(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let week = ground.week;
        let tx = &mut ground.tx;
        for email in ["anna@example.org", "émile@example.org", "οδοσ@example.org", "last@example.org"] {
            subscribe(tx, week, email, Active).await.unwrap();
        }
        let all = subscribers::folded(tx, SubscriberId(0), 10).await.unwrap();
        assert_eq!(all.iter().map(|one| one.email_key.as_str()).collect::<Vec<_>>(), ["anna@example.org", "émile@example.org", "οδοσ@example.org", "last@example.org"]);
        assert_eq!(subscribers::folded(tx, all[0].id, 2).await.unwrap().len(), 2);
        let beyond = subscribers::folded_beyond_ascii(tx, SubscriberId(0), 10).await.unwrap();
        assert_eq!(beyond.iter().map(|one| one.id).collect::<Vec<_>>(), [all[1].id, all[2].id]);
        let ends = subscribers::ends(tx, 1).await.unwrap();
        assert_eq!(ends.iter().map(|one| one.id).collect::<Vec<_>>(), [all[0].id, all[3].id]);
        assert!(subscribers::refold(tx, all[1].id, "emile@example.org").await.unwrap());
        assert!(!subscribers::refold(tx, all[1].id, "anna@example.org").await.unwrap(), "somebody has that");
        let (new, mailbox) = ([7; 16], [8; 16]);
        assert!(subscribers::rehash(tx, all[1].id, &new, &mailbox).await.unwrap());
        assert!(!subscribers::rehash(tx, SubscriberId(4711), &new, &mailbox).await.unwrap());
        let row = subscribers::folded(tx, all[0].id, 1).await.unwrap().remove(0);
        assert_eq!((row.email_key.as_str(), row.address_hash.as_slice(), row.quota_hash.as_slice()), ("emile@example.org", &new[..], &mailbox[..]));

        suppressions::add(tx, &new, coranto::domain::suppression::SuppressionReason::Bounce, "", acts::by(NOW)).await.unwrap();
        assert_eq!(suppressions::without_mailbox(tx).await.unwrap(), [new.to_vec()]);
        suppressions::note_mailbox(tx, &new, &mailbox).await.unwrap();
        assert!(suppressions::without_mailbox(tx).await.unwrap().is_empty());
        limits::refuse(tx, 5, None, later(9)).await.unwrap();
        limits::refuse(tx, 6, Some(1), later(9)).await.unwrap();
        assert_eq!(limits::refusals_without_mailbox(tx).await.unwrap(), [5]);
        let stranger = person("nobody@example.org");
        assert!(!suppressions::remove_of(tx, &stranger, acts::by(NOW)).await.unwrap());
    }
}
