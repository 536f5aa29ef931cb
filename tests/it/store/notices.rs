//! Notices: every statement on both engines.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::SubscriptionId;
use coranto::domain::cause::{Cause, Certainty, Classification, Party};
use coranto::domain::delivery::DeliveryState::{Failed, Sent};
use coranto::domain::issue::IssueState;
use coranto::domain::notice::{Effect, NoticeSource};
use coranto::domain::subscriber::SubscriptionState::Active;
use coranto::domain::suppression::SuppressionReason;
use coranto::domain::{DeliveryId, IssueId, NoticeId};
use coranto::store::notices::{self, LatestNotice, Notice, NoticeFilter, RefusedMail};
use coranto::store::{Db, subscriptions, suppressions};

use super::ground::{NOW, StoreFixture, minute, person};
use crate::harness::acts;
use crate::harness::database::both_databases;

const DAY: i64 = 24 * 60;

fn judgement(cause: Cause, certainty: Certainty) -> Classification {
    Classification { cause, certainty, party: Party::Recipient, rule: "X.1.1", permanent: true }
}

/// A mail of `issue` to a reader that came back at `at`.
async fn refused(ground: &mut StoreFixture, issue: IssueId, local: &str, cause: Cause, at: Timestamp) -> DeliveryId {
    let reader = ground.reader(local, Active).await;
    let entry = ground.entry(Failed, ground.live);
    let delivery = ground.put(Some(issue), Some(reader), &entry).await;
    add(ground, delivery, local, cause, at).await;
    delivery
}

async fn add(ground: &mut StoreFixture, delivery: DeliveryId, local: &str, cause: Cause, at: Timestamp) -> bool {
    let refused = RefusedMail {
        delivery,
        newsletter: Some(ground.week),
        address_hash: &person(&format!("{local}@example.org")).address_hash,
        relay: "main",
        destination: "example.org",
        reply: &format!("550 5.1.1 <{local}@example.org>: unknown"),
        judged: &judgement(cause, Certainty::Certain),
        settle_at: at.plus(Duration::from_secs(3600)),
    };
    notices::add_relay(&mut ground.tx, &refused, at).await.unwrap()
}

async fn newest(ground: &mut StoreFixture) -> Notice {
    notices::page(&mut ground.tx, &NoticeFilter::default(), 1).await.unwrap().remove(0)
}

fn hash(local: &str) -> [u8; 16] {
    person(&format!("{local}@example.org")).address_hash
}

both_databases! {
    async fn a_refusal_is_kept_without_the_address_and_is_due_later(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let issue = ground.issue;
        assert!(notices::latest(&mut ground.tx).await.unwrap().is_empty());
        let delivery = refused(&mut ground, issue, "anna", Cause::NoMailbox, NOW).await;
        assert!(!add(&mut ground, delivery, "anna", Cause::NoMailbox, NOW).await, "once");
        let proof = ground.put(None, None, &ground.entry(Failed, ground.live)).await;
        assert!(!add(&mut ground, proof, "editor", Cause::NoMailbox, NOW).await, "a test email leaves none");
        let latest = notices::latest(&mut ground.tx).await.unwrap();
        assert_eq!(latest, [LatestNotice { source: NoticeSource::Relay, at: NOW }]);
        let notice = newest(&mut ground).await;
        assert_eq!((notice.delivery_id, notice.issue_id, notice.issue.as_deref()), (Some(delivery), Some(issue), Some("first")));
        assert_eq!((notice.cause, notice.certainty, notice.effect), (Cause::NoMailbox, Certainty::Certain, Effect::Waiting));
        assert_eq!((notice.status.as_deref(), notice.rule.as_str()), (Some("5.1.1"), "X.1.1"));
        assert_eq!((notice.email.as_deref(), notice.newsletter.as_deref()), (Some("anna@example.org"), Some("week")));
        assert!(!notice.diagnostic.contains("anna"), "{}", notice.diagnostic);
        assert!(notices::due(&mut ground.tx, minute(59), 10).await.unwrap().is_empty());
        let due = notices::due(&mut ground.tx, minute(60), 10).await.unwrap();
        assert_eq!(due.iter().map(|one| one.id).collect::<Vec<_>>(), [notice.id]);
        assert_eq!(subscriptions::active(&mut ground.tx).await.unwrap(), 1);
        assert_eq!(notices::forget(&mut ground.tx, &hash("anna"), SubscriptionId(4711)).await.unwrap(), 1);
        assert!(notices::get(&mut ground.tx, notice.id).await.unwrap().is_none());
    }

    async fn an_effect_follows_once(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let issue = ground.issue;
        refused(&mut ground, issue, "anna", Cause::NoMailbox, NOW).await;
        let notice = newest(&mut ground).await;
        let id = notice.id;
        assert!(notices::follow(&mut ground.tx, id, Effect::Waiting, Effect::Held, None).await.unwrap());
        assert!(!notices::follow(&mut ground.tx, id, Effect::Waiting, Effect::Suppressed, None).await.unwrap());
        assert!(notices::due(&mut ground.tx, minute(600), 10).await.unwrap().is_empty());
        let held = notices::held(&mut ground.tx).await.unwrap();
        assert_eq!((held.len(), held[0].notices, held[0].issue.as_deref()), (1, 1, Some("first")));
        assert_eq!(notices::of_issue(&mut ground.tx, Some(issue), [Effect::Held, Effect::Held]).await.unwrap().len(), 1);
        assert!(notices::of_issue(&mut ground.tx, None, [Effect::Held, Effect::Held]).await.unwrap().is_empty());
        assert!(notices::follow(&mut ground.tx, id, Effect::Held, Effect::Suppressed, Some(minute(5))).await.unwrap());
        assert!(notices::suppress(&mut ground.tx, &notice, "why", acts::by(NOW)).await.unwrap());
        assert!(!notices::suppress(&mut ground.tx, &notice, "why", acts::by(NOW)).await.unwrap());
        let reason = suppressions::reason(&mut ground.tx, &hash("anna")).await.unwrap();
        assert_eq!(reason, Some(SuppressionReason::Bounce));
        let now = notices::get(&mut ground.tx, id).await.unwrap().unwrap();
        assert_eq!((now.effect, now.answered_at, now.settle_at), (Effect::Suppressed, Some(minute(5)), None));
    }

    async fn pages_are_filtered_by_the_database(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let other = ground.issue("other", IssueState::Sending).await;
        let issue = ground.issue;
        refused(&mut ground, issue, "anna", Cause::NoMailbox, NOW).await;
        refused(&mut ground, other, "ben", Cause::Full, minute(1)).await;
        refused(&mut ground, other, "cleo", Cause::NoMailbox, minute(2)).await;
        let mut count = async |filter: NoticeFilter| notices::page(&mut ground.tx, &filter, 10).await.unwrap().len();
        assert_eq!(count(NoticeFilter::default()).await, 3);
        assert_eq!(count(NoticeFilter { issue: Some(other), ..NoticeFilter::default() }).await, 2);
        assert_eq!(count(NoticeFilter { cause: Some(Cause::Full), ..NoticeFilter::default() }).await, 1);
        assert_eq!(count(NoticeFilter { effect: Some(Effect::Waiting), ..NoticeFilter::default() }).await, 3);
        assert_eq!(count(NoticeFilter { effect: Some(Effect::Held), ..NoticeFilter::default() }).await, 0);
        assert_eq!(count(NoticeFilter { since: Some(minute(2)), ..NoticeFilter::default() }).await, 1);
    }

    async fn what_is_known_of_an_address(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (first, second) = (ground.issue, ground.issue("second", IssueState::Sending).await);
        for issue in [first, second] {
            acts::started(&mut ground.tx, issue, minute(-20 * DAY)).await;
        }
        let delivery = refused(&mut ground, first, "anna", Cause::NoMailbox, minute(-14 * DAY)).await;
        let earlier = newest(&mut ground).await.id;
        let reader = ground.reader("anna", Active).await;
        let mut entry = ground.entry(Sent, ground.live);
        entry.final_at = Some(minute(-7 * DAY));
        let sent = ground.put(Some(second), Some(reader), &entry).await;
        let hash = hash("anna");
        assert_eq!(notices::stayed(&mut ground.tx, &hash, NOW).await.unwrap(), [minute(-7 * DAY)]);
        let recent = notices::stayed(&mut ground.tx, &hash, minute(-3 * DAY)).await.unwrap();
        assert!(recent.is_empty(), "it may still come back");
        let strikes = notices::strikes(&mut ground.tx, &hash, NOW).await.unwrap();
        assert_eq!(strikes, [(minute(-14 * DAY), Cause::NoMailbox)]);

        add(&mut ground, sent, "anna", Cause::NoMailbox, minute(-6 * DAY)).await;
        assert!(notices::stayed(&mut ground.tx, &hash, NOW).await.unwrap().is_empty(), "it came back after all");
        assert_eq!(notices::strikes(&mut ground.tx, &hash, NOW).await.unwrap().len(), 2);
        let before = notices::earlier(&mut ground.tx, &hash, Some(second), minute(-6 * DAY)).await.unwrap();
        assert_eq!(before, [(earlier, Effect::Waiting)]);
        let none = notices::earlier(&mut ground.tx, &hash, Some(first), minute(-6 * DAY)).await.unwrap();
        assert!(none.is_empty(), "an issue says a thing once");

        // What an earlier issue has said already is no new accusation.
        let since = minute(-30 * DAY);
        assert_eq!(notices::accused(&mut ground.tx, "main", Some(first), since).await.unwrap(), 1);
        assert_eq!(notices::accused(&mut ground.tx, "main", Some(second), since).await.unwrap(), 0);
        assert_eq!(notices::accused(&mut ground.tx, "other", Some(first), since).await.unwrap(), 0);
        assert_eq!(notices::accused(&mut ground.tx, "main", None, since).await.unwrap(), 0);
        let _ = delivery;
    }

    async fn what_was_said_by_a_party_that_is_not_believed_counts_for_nothing(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let issue = ground.issue;
        let mut deliveries = Vec::new();
        for local in ["anna", "ben", "cleo"] {
            deliveries.push(refused(&mut ground, issue, local, Cause::NoMailbox, NOW).await);
        }
        let ids: Vec<NoticeId> = {
            let mut page = notices::page(&mut ground.tx, &NoticeFilter::default(), 10).await.unwrap();
            page.sort_by_key(|notice| notice.id);
            for notice in &page[..2] {
                notices::follow(&mut ground.tx, notice.id, Effect::Waiting, Effect::Suppressed, None).await.unwrap();
                notices::suppress(&mut ground.tx, notice, "", acts::by(NOW)).await.unwrap();
            }
            page.iter().map(|notice| notice.id).collect()
        };
        assert_eq!(notices::suppressed(&mut ground.tx, "main", Some(issue), minute(-1)).await.unwrap(), 2);
        assert_eq!(notices::suppressed_since(&mut ground.tx, minute(-1)).await.unwrap(), 2);
        let gone = notices::discard_for(&mut ground.tx, &deliveries[1..], acts::by(NOW)).await.unwrap();
        assert_eq!(gone, 2);
        assert!(suppressions::reason(&mut ground.tx, &hash("anna")).await.unwrap().is_some());
        assert!(suppressions::reason(&mut ground.tx, &hash("ben")).await.unwrap().is_none(), "may be mailed again");
        for (id, effect) in ids.iter().zip([Effect::Suppressed, Effect::Discarded, Effect::Discarded]) {
            assert_eq!(notices::get(&mut ground.tx, *id).await.unwrap().unwrap().effect, effect);
        }
        assert_eq!(notices::suppressed(&mut ground.tx, "main", Some(issue), minute(-1)).await.unwrap(), 1);
    }

    async fn what_nobody_answers_expires_unless_it_is_said_again(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (first, second) = (ground.issue, ground.issue("second", IssueState::Sending).await);
        for (issue, local, day) in [(first, "anna", -40), (first, "ben", -40), (second, "ben", -10)] {
            refused(&mut ground, issue, local, Cause::NoMailbox, minute(day * DAY)).await;
            let id = newest(&mut ground).await.id;
            notices::follow(&mut ground.tx, id, Effect::Waiting, Effect::Held, None).await.unwrap();
        }
        let expired = notices::expired(&mut ground.tx, minute(-30 * DAY)).await.unwrap();
        assert_eq!(expired.iter().filter_map(|one| one.email.as_deref()).collect::<Vec<_>>(), ["anna@example.org"]);
    }
}
