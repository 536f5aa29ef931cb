//! Mails as reports name them, and what is kept of a report.

use coranto::domain::cause::{Cause, Certainty};
use coranto::domain::delivery::DeliveryState::{Pending, Sent};
use coranto::domain::issue::IssueState;
use coranto::domain::notice::{Effect, NoticeEvidence, NoticeKind, NoticeSource};
use coranto::domain::subscriber::EndedBy;
use coranto::domain::subscriber::SubscriptionState::{Active, Unsubscribed};
use coranto::domain::{DeliveryId, SubscriptionId};
use coranto::store::notices::{self, NoticeFilter};
use coranto::store::returns::{self, NewNotice};
use coranto::store::{Db, subscriptions};

use super::ground::{NOW, StoreFixture, minute, person};
use crate::harness::acts;
use crate::harness::database::both_databases;

fn new(fingerprint: u8, kind: NoticeKind, evidence: NoticeEvidence) -> NewNotice {
    NewNotice {
        source: NoticeSource::Pipe,
        fingerprint: [fingerprint; 16],
        kind,
        cause: Cause::NoMailbox,
        certainty: Certainty::Likely,
        evidence,
        delivery: None,
        issue: None,
        newsletter: None,
        subscription: None,
        address_hash: None,
        relay: None,
        host: None,
        destination: String::new(),
        status: None,
        diagnostic: "unknown".to_owned(),
        rule: "X.1.1",
        settle_at: None,
        effect: Effect::None,
    }
}

both_databases! {
    async fn a_mail_is_found_by_its_number_its_reader_and_its_address(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (first, second) = (ground.issue, ground.issue("second", IssueState::Sending).await);
        for (issue, at) in [(first, minute(-100)), (second, minute(-50))] {
            acts::started(&mut ground.tx, issue, at).await;
        }
        let reader = ground.reader("anna", Active).await;
        let entry = ground.entry(Sent, ground.live);
        let older = ground.put(Some(first), Some(reader), &entry).await;
        let entry = ground.entry(Pending, ground.live);
        let waits = ground.put(Some(second), Some(reader), &entry).await;
        let hash = person("anna@example.org").address_hash;
        let found = returns::mail(&mut ground.tx, older).await.unwrap().unwrap();
        assert_eq!((found.subscription_id, found.issue_id, found.state), (reader, Some(first), Sent));
        assert_eq!((found.email.as_str(), found.address_hash.as_slice()), ("anna@example.org", hash.as_slice()));
        assert_eq!((found.mark.is_some(), found.moved_at), (true, None));
        assert!(returns::mail(&mut ground.tx, DeliveryId(4711)).await.unwrap().is_none());
        assert_eq!(returns::of_issue(&mut ground.tx, first, &hash).await.unwrap(), Some(older));
        assert_eq!(returns::of_issue(&mut ground.tx, first, &[0; 16]).await.unwrap(), None);
        let latest = returns::latest_of(&mut ground.tx, reader, minute(-200)).await.unwrap().unwrap();
        assert_eq!(latest.id, older, "what waits was sent to nobody");
        let latest = returns::latest_to(&mut ground.tx, &hash, minute(-200)).await.unwrap().unwrap();
        assert_eq!(latest.id, older);
        assert!(returns::latest_of(&mut ground.tx, reader, minute(-60)).await.unwrap().is_none(), "its issue is older");
        assert!(returns::latest_to(&mut ground.tx, &[0; 16], minute(-200)).await.unwrap().is_none());
        let sent = ground.tx.sql("UPDATE deliveries SET state = 'sent', final_at = $1 WHERE id = $2");
        assert_eq!(sent.bind(NOW).bind(waits).execute().await.unwrap(), 1);
        assert_eq!(returns::latest_of(&mut ground.tx, reader, minute(-200)).await.unwrap().unwrap().id, waits);
        let proof = ground.put(None, None, &ground.entry(Sent, ground.live)).await;
        assert!(returns::mail(&mut ground.tx, proof).await.unwrap().is_none(), "a test email is nobody's");
    }

    async fn a_notice_is_kept_once_and_never_of_who_is_erased(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let reader = ground.reader("anna", Active).await;
        let mut notice = new(1, NoticeKind::Bounce, NoticeEvidence::Sealed);
        notice.subscription = Some(reader);
        notice.delivery = Some(DeliveryId(7));
        let tx = &mut ground.tx;
        assert_eq!(returns::add(tx, &notice, NOW).await.unwrap(), Some(Effect::None));
        assert_eq!(returns::add(tx, &notice, minute(1)).await.unwrap(), None, "the same again");
        // Nothing followed from the first; so the next about that email counts, and one after it does not.
        let waiting = |fingerprint: u8| NewNotice {
            fingerprint: [fingerprint; 16],
            effect: Effect::Waiting,
            settle_at: Some(minute(60)),
            address_hash: Some(vec![7; 16]),
            ..notice.clone()
        };
        assert_eq!(returns::add(tx, &waiting(2), NOW).await.unwrap(), Some(Effect::Waiting));
        assert_eq!(returns::add(tx, &waiting(3), NOW).await.unwrap(), Some(Effect::None), "one email is one strike");
        let other = NewNotice { delivery: Some(DeliveryId(8)), ..waiting(4) };
        assert_eq!(returns::add(tx, &other, NOW).await.unwrap(), Some(Effect::Waiting), "another email");
        let erased = NewNotice { subscription: Some(SubscriptionId(4711)), ..waiting(5) };
        assert_eq!(returns::add(tx, &erased, NOW).await.unwrap(), None);
        let found = notices::page(tx, &NoticeFilter::default(), 10).await.unwrap();
        let kept: Vec<_> = found.iter().map(|one| (one.effect, one.settle_at)).collect();
        let (counts, none) = ((Effect::Waiting, Some(minute(60))), (Effect::None, None));
        assert_eq!(kept, [counts, none, counts, none]);
        assert_eq!(found[0].source, NoticeSource::Pipe);
    }

    async fn complaints_that_name_nobody_are_counted(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        for (fingerprint, kind, evidence, at) in [
            (1, NoticeKind::Complaint, NoticeEvidence::None, minute(-10)),
            (2, NoticeKind::Complaint, NoticeEvidence::Named, minute(-5)),
            (3, NoticeKind::Complaint, NoticeEvidence::Sealed, minute(-5)),
            (4, NoticeKind::Bounce, NoticeEvidence::None, minute(-5)),
        ] {
            assert!(returns::add(&mut ground.tx, &new(fingerprint, kind, evidence), at).await.unwrap().is_some());
        }
        assert_eq!(returns::unmatched_complaints(&mut ground.tx, minute(-60)).await.unwrap(), 2);
        assert_eq!(returns::unmatched_complaints(&mut ground.tx, minute(-10)).await.unwrap(), 1);
    }

    async fn a_complaint_is_whose_act_the_end_was(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let reader = ground.reader("anna", Active).await;
        assert!(subscriptions::complain(&mut ground.tx, reader, &acts::entry(NOW)).await.unwrap());
        assert!(!subscriptions::complain(&mut ground.tx, reader, &acts::entry(NOW)).await.unwrap(), "it has ended");
        let found = subscriptions::get(&mut ground.tx, reader).await.unwrap().unwrap();
        assert_eq!((found.state, found.ended_by), (Unsubscribed, Some(EndedBy::Complaint)));
        assert!(!subscriptions::readmit(&mut ground.tx, reader, &acts::entry(NOW)).await.unwrap(), "nobody takes it back");
    }
}
