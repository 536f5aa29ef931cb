//! What readers change for themselves, and what is held about them: every statement on both engines.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::consent::ConsentKind;
use coranto::domain::delivery::{DeliveryKind, DeliveryState};
use coranto::domain::event::Event;
use coranto::domain::issue::IssueState;
use coranto::domain::retention::Expiry;
use coranto::domain::subscriber::SubscriptionState::{Active, Paused, Pending, Unsubscribed};
use coranto::domain::subscriber::{Format, RequestKind};
use coranto::domain::{RequestId, SubscriberId, SubscriptionId};
use coranto::store::consents::ConsentDetails;
use coranto::store::deliveries::{self, NewDelivery};
use coranto::store::events::{self, About};
use coranto::store::issues::{self, NewIssue};
use coranto::store::requests::{self, NewRequest};
use coranto::store::revisions::{self, NewRevision};
use coranto::store::{
    Db, Tx, choices, consents, ledger, newsletters, pauses, personal, retention, subscribers, subscriptions,
};

use super::readers::{NOW, person, subscribe};
use crate::harness::acts;
use crate::harness::database::both_databases;

fn revision(kind: DeliveryKind) -> NewRevision {
    NewRevision {
        kind,
        slug: (kind == DeliveryKind::Issue).then(|| "calendar".to_owned()),
        title: "T".to_owned(),
        subject: "S".to_owned(),
        preheader: String::new(),
        language: "en".to_owned(),
        html: "h".to_owned(),
        plain: "p".to_owned(),
        source: String::new(),
    }
}

both_databases! {
    async fn a_leaving_is_taken_back_to_what_was_before(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        for (number, (from, back)) in [(Active, Some(Active)), (Paused, Some(Paused)), (Pending, None), (Unsubscribed, None)].into_iter().enumerate() {
            let id = subscribe(&mut tx, week, &format!("r{number}@example.org"), from).await.unwrap();
            let until = subscriptions::get(&mut tx, id).await.unwrap().unwrap().paused_until;
            subscriptions::unsubscribe(&mut tx, id, &acts::entry(NOW)).await.unwrap();
            assert_eq!(subscriptions::take_back(&mut tx, id, &acts::entry(NOW)).await.unwrap(), back.is_some(), "{from}");
            let after = subscriptions::get(&mut tx, id).await.unwrap().unwrap();
            assert_eq!((after.state, after.left_at.is_none()), (back.unwrap_or(Unsubscribed), back.is_some()));
            assert_eq!(after.paused_until, until);
            assert!(!subscriptions::take_back(&mut tx, id, &acts::entry(NOW)).await.unwrap(), "once is enough");
        }
        assert!(!subscriptions::take_back(&mut tx, SubscriptionId(4711), &acts::entry(NOW)).await.unwrap());
    }

    async fn who_asks_anew_begins_anew(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let id = subscribe(&mut tx, week, "anna@example.org", Active).await.unwrap();
        subscriptions::pause(&mut tx, id, Some(NOW.plus(Duration::from_secs(60))), &acts::entry(NOW)).await.unwrap();
        subscriptions::unsubscribe(&mut tx, id, &acts::entry(NOW)).await.unwrap();
        assert!(subscriptions::ask_again(&mut tx, id, &acts::entry(NOW)).await.unwrap());
        assert!(!subscriptions::take_back(&mut tx, id, &acts::entry(NOW)).await.unwrap());
        assert_eq!(subscriptions::get(&mut tx, id).await.unwrap().unwrap().paused_until, None);
    }

    async fn rests_that_are_over_end_with_the_slot(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let month = newsletters::ensure(&mut tx, "month", NOW).await.unwrap();
        let later = NOW.plus(Duration::from_millis(1));
        let mut ids = Vec::new();
        for (number, (newsletter, until)) in [(week, Some(NOW)), (week, Some(later)), (week, None), (month, Some(NOW))].into_iter().enumerate() {
            let id = subscribe(&mut tx, newsletter, &format!("r{number}@example.org"), Active).await.unwrap();
            subscriptions::pause(&mut tx, id, until, &acts::entry(NOW)).await.unwrap();
            ids.push(id);
        }
        assert_eq!(pauses::end(&mut tx, Some(week), 10, acts::by(NOW)).await.unwrap(), 1);
        let mut states = Vec::new();
        for id in &ids {
            states.push(subscriptions::get(&mut tx, *id).await.unwrap().unwrap().state);
        }
        assert_eq!(states, [Active, Paused, Paused, Paused]);
        let history = consents::of_subscription(&mut tx, ids[0]).await.unwrap();
        assert_eq!(history.last().map(|one| (one.kind, one.source.as_str())), Some((ConsentKind::Resumed, "rest over")));
    }

    async fn choices_belong_to_a_subscription(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let month = newsletters::ensure(&mut tx, "month", NOW).await.unwrap();
        let first = subscribe(&mut tx, week, "anna@example.org", Active).await.unwrap();
        let second = subscribe(&mut tx, month, "anna@example.org", Active).await.unwrap();
        assert!(choices::choose(&mut tx, first, Some("uk"), Format::Plain).await.unwrap());
        assert!(!choices::choose(&mut tx, SubscriptionId(4711), None, Format::Html).await.unwrap());
        let one = subscriptions::get(&mut tx, first).await.unwrap().unwrap();
        let all = subscriptions::of_person(&mut tx, one.subscriber_id).await.unwrap();
        let chosen: Vec<_> = all.iter().map(|one| (one.id, one.language.as_deref(), one.format)).collect();
        assert_eq!(chosen, [(first, Some("uk"), Format::Plain), (second, None, Format::Html)]);
    }

    async fn a_newsletter_calls_its_reader_by_its_own_name_for_them(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let month = newsletters::ensure(&mut tx, "month", NOW).await.unwrap();
        let first = subscribe(&mut tx, week, "anna@example.org", Active).await.unwrap();
        let second = subscribe(&mut tx, month, "anna@example.org", Active).await.unwrap();
        let person = subscriptions::get(&mut tx, first).await.unwrap().unwrap().subscriber_id;
        let names = async |tx: &mut Tx| {
            let all = subscriptions::of_person(tx, person).await.unwrap();
            all.into_iter().map(|one| one.name.unwrap_or_default()).collect::<Vec<_>>()
        };
        assert!(subscribers::name_first(&mut tx, person, "Anna").await.unwrap());
        assert!(!subscribers::name_first(&mut tx, person, "Mallory").await.unwrap(), "she has one");
        assert_eq!(names(&mut tx).await, ["Anna", "Anna"]);
        assert!(choices::rename(&mut tx, first, Some("Annie")).await.unwrap());
        assert_eq!(names(&mut tx).await, ["Annie", "Anna"]);
        assert!(choices::rename(&mut tx, second, None).await.unwrap());
        assert_eq!(names(&mut tx).await, ["Annie", ""]);
        assert!(!choices::rename(&mut tx, SubscriptionId(4711), None).await.unwrap());
        let pending = subscribe(&mut tx, week, "bert@example.org", Pending).await.unwrap();
        assert!(!choices::rename(&mut tx, pending, Some("Bert")).await.unwrap(), "who has confirmed nothing is called nothing");

        let typed = ConsentDetails { spelling: None, name: Some("Anne"), language: Some("fr") };
        for id in [first, second] {
            assert!(choices::take_answers(&mut tx, id, &typed, "form?src=x").await.unwrap());
            let one = subscriptions::get(&mut tx, id).await.unwrap().unwrap();
            assert_eq!((one.language.as_deref(), one.source.as_str()), (Some("fr"), "form?src=x"));
        }
        assert_eq!(names(&mut tx).await, ["Annie", "Anne"], "a name fills what was empty");
        let silent = ConsentDetails { name: None, language: None, ..typed };
        assert!(choices::take_answers(&mut tx, second, &silent, "form").await.unwrap());
        let one = subscriptions::get(&mut tx, second).await.unwrap().unwrap();
        assert_eq!((one.language.as_deref(), one.name.as_deref()), (Some("fr"), Some("Anne")));
        assert!(!choices::take_answers(&mut tx, SubscriptionId(4711), &silent, "form").await.unwrap());
    }

    async fn an_address_changes_hands_once(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let id = subscribe(&mut tx, week, "Anna@example.org", Active).await.unwrap();
        let known = subscribers::find(&mut tx, "anna@example.org").await.unwrap().unwrap();
        assert!(!subscribers::respell(&mut tx, known.id, &"otto@example.org".parse().unwrap()).await.unwrap());
        assert!(subscribers::respell(&mut tx, known.id, &"anna@example.org".parse().unwrap()).await.unwrap());
        assert!(!subscribers::respell(&mut tx, known.id, &"anna@example.org".parse().unwrap()).await.unwrap());
        assert_eq!(subscribers::get(&mut tx, known.id).await.unwrap().unwrap().email.as_str(), "anna@example.org");
        assert!(!subscribers::drop_if_alone(&mut tx, known.id).await.unwrap());
        let other = subscribers::ensure(&mut tx, &person("otto@example.org"), NOW).await.unwrap().id;
        assert!(subscriptions::hand_over(&mut tx, id, other).await.unwrap());
        assert_eq!(subscriptions::get(&mut tx, id).await.unwrap().unwrap().email.as_str(), "otto@example.org");
        assert!(!subscriptions::hand_over(&mut tx, SubscriptionId(4711), other).await.unwrap());
        assert!(subscribers::drop_if_alone(&mut tx, known.id).await.unwrap(), "nothing is left to be kept for");
        assert!(subscribers::get(&mut tx, known.id).await.unwrap().is_none());
        assert!(subscribers::get(&mut tx, SubscriberId(4711)).await.unwrap().is_none());
    }

    async fn a_request_takes_effect_once_or_is_stopped(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let subscription = subscribe(&mut tx, week, "anna@example.org", Active).await.unwrap();
        let (new, old) = ("new@example.org".parse().unwrap(), "anna@example.org".parse().unwrap());
        let asked = NewRequest { subscription, kind: RequestKind::Address, addresses: Some((&new, &old)) };
        let first = requests::add(&mut tx, &asked, NOW).await.unwrap();
        let data = NewRequest { kind: RequestKind::Data, addresses: None, ..asked };
        let second = requests::add(&mut tx, &data, NOW.plus(Duration::from_secs(60))).await.unwrap();
        assert!(requests::finish(&mut tx, first, NOW).await.unwrap() && !requests::finish(&mut tx, first, NOW).await.unwrap());
        let before = NOW.minus(Duration::from_secs(1));
        let moves = requests::moves(&mut tx, subscription, before).await.unwrap();
        assert_eq!(moves.iter().map(|one| one.id).collect::<Vec<_>>(), [first]);
        assert_eq!(requests::moved_from(&mut tx, &old, before).await.unwrap(), [subscription]);
        assert!(requests::moved_from(&mut tx, &new, before).await.unwrap().is_empty());
        assert!(requests::moves(&mut tx, subscription, NOW).await.unwrap().is_empty(), "too old");
        assert!(requests::stop(&mut tx, first, NOW).await.unwrap(), "what was done can still be stopped");
        assert!(requests::moves(&mut tx, subscription, before).await.unwrap().is_empty(), "stopped");
        assert!(requests::stop(&mut tx, second, NOW).await.unwrap() && !requests::stop(&mut tx, second, NOW).await.unwrap());
        assert!(!requests::finish(&mut tx, second, NOW).await.unwrap(), "it was stopped");
        let found = requests::get(&mut tx, first).await.unwrap().unwrap();
        assert_eq!((found.email.as_ref(), found.old_email.as_ref(), found.kind), (Some(&new), Some(&old), RequestKind::Address));
        assert_eq!((found.done_at, found.stopped_at), (Some(NOW), Some(NOW)));
        assert_eq!(requests::count(&mut tx, subscription, RequestKind::Address, before).await.unwrap(), 1);
        assert_eq!(requests::count(&mut tx, subscription, RequestKind::Link, before).await.unwrap(), 0);
        assert_eq!(requests::of_subscription(&mut tx, subscription).await.unwrap().len(), 2);
        let earlier = Timestamp(NOW.0 - 1);
        assert_eq!(retention::count(&mut tx, Expiry::Requests, earlier).await.unwrap(), 0, "they ended only now");
        assert_eq!(retention::delete(&mut tx, Expiry::Requests, earlier, 9).await.unwrap(), 0);
        assert_eq!(retention::delete(&mut tx, Expiry::Requests, NOW, 1).await.unwrap(), 1);
        assert_eq!(retention::delete(&mut tx, Expiry::Requests, NOW, 9).await.unwrap(), 1);
        assert!(requests::get(&mut tx, first).await.unwrap().is_none());
        assert!(requests::get(&mut tx, RequestId(4711)).await.unwrap().is_none());
    }

    async fn a_reader_is_shown_and_forgotten_whole(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let id = subscribe(&mut tx, week, "anna@example.org", Active).await.unwrap();
        let other = subscribe(&mut tx, week, "otto@example.org", Active).await.unwrap();
        let issue = revisions::ensure(&mut tx, week, &revision(DeliveryKind::Issue), NOW).await.unwrap();
        let notice = revisions::ensure(&mut tx, week, &revision(DeliveryKind::Notice), NOW).await.unwrap();
        let new = NewIssue { newsletter: week, slug: "calendar", title: "T", state: IssueState::Queued, revision: issue, due_at: None, on_slot: false, beside: false, note: "" };
        let issue = issues::insert(&mut tx, &new, acts::by(NOW)).await.unwrap().unwrap();
        ledger::freeze(&mut tx, issue, week, NOW).await.unwrap();
        let mail = NewDelivery { subscription: Some(id), recipient: Some("new@example.org"), revision: notice, request: None, due_at: NOW };
        deliveries::add(&mut tx, &mail).await.unwrap();
        let about = About { newsletter: Some(week), subscription: Some(id), ..About::default() };
        events::append(&mut tx, acts::by(NOW), about, &Event::SubscriptionAsked).await.unwrap();

        let mails = personal::mails(&mut tx, id).await.unwrap();
        let kinds: Vec<_> = mails.iter().map(|mail| (mail.kind, mail.issue.as_deref(), mail.state)).collect();
        assert_eq!(kinds, [(Some(DeliveryKind::Issue), Some("calendar"), DeliveryState::Pending), (Some(DeliveryKind::Notice), None, DeliveryState::Pending)]);
        let logged = personal::events(&mut tx, id).await.unwrap();
        assert_eq!(logged.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["subscription.asked"]);
        assert!(personal::has_event(&mut tx, id, "subscription.asked", NOW).await.unwrap());
        assert!(!personal::has_event(&mut tx, id, "subscription.asked", NOW.plus(Duration::from_secs(1))).await.unwrap());
        assert!(!personal::has_event(&mut tx, id, "subscription.unsubscribed", NOW).await.unwrap());

        assert_eq!(personal::forget(&mut tx, id, NOW).await.unwrap(), 2);
        let mails = personal::mails(&mut tx, id).await.unwrap();
        assert!(mails.iter().all(|mail| mail.state == DeliveryState::Skipped && mail.reply.is_none()));
        let (named,): (i64,) = tx.sql("SELECT COUNT(*) FROM deliveries WHERE recipient IS NOT NULL").fetch_one().await.unwrap();
        assert_eq!(named, 0);
        assert_eq!(personal::mails(&mut tx, other).await.unwrap()[0].state, DeliveryState::Pending, "others keep theirs");
        assert!(subscriptions::erase(&mut tx, id).await.unwrap() && !subscriptions::erase(&mut tx, id).await.unwrap());
        assert!(subscriptions::get(&mut tx, id).await.unwrap().is_none());
    }
}
