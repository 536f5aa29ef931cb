//! Subscribers, subscriptions, consents, suppressions: every statement on both engines.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::NewsletterId;
use coranto::domain::SubscriptionId;
use coranto::domain::actor::Actor;
use coranto::domain::consent::ConsentKind;
use coranto::domain::event::Event;
use coranto::domain::subscriber::EndedBy;
use coranto::domain::subscriber::SubscriptionState::{self, Active, Paused, Pending, Unsubscribed};
use coranto::domain::suppression::SuppressionReason;
use coranto::store::consents::{self, ConsentDetails, NewConsent};
use coranto::store::subscribers::{self, NewSubscriber};
use coranto::store::subscriptions::{self, ConsentEntry, Counts, NewSubscription, SubscriptionFilter};
use coranto::store::{Db, Result, Tx, newsletters, pauses, personal, suppressions};
use futures_util::TryStreamExt as _;

use crate::harness::acts;
use crate::harness::database::both_databases;

pub(super) const NOW: Timestamp = Timestamp(1_800_000_000_000);

pub(super) fn person(email: &str) -> NewSubscriber {
    let email: coranto::domain::address::EmailAddress = email.parse().unwrap();
    let hash = |text: String| {
        let mut hash = [0_u8; 16];
        for (at, byte) in text.bytes().enumerate() {
            hash[at % 16] = byte.wrapping_add(hash[at % 16].rotate_left(3));
        }
        hash
    };
    NewSubscriber {
        address_hash: hash(email.key()),
        former_hash: email.former_key().map(hash),
        quota_hash: hash(email.mailbox_key()),
        name: None,
        email,
    }
}

pub(super) async fn subscribe(
    tx: &mut Tx,
    newsletter: NewsletterId,
    email: &str,
    state: SubscriptionState,
) -> Result<SubscriptionId> {
    let subscriber = subscribers::ensure(tx, &person(email), NOW).await?.id;
    let new = NewSubscription { newsletter, subscriber, language: None, source: "test" };
    let id = subscriptions::ensure(tx, &new, NOW).await?.id;
    match state {
        Pending => true,
        Active => subscriptions::activate(tx, id, &acts::entry(NOW)).await?,
        Paused => {
            subscriptions::activate(tx, id, &acts::entry(NOW)).await?
                && subscriptions::pause(tx, id, None, &acts::entry(NOW)).await?
        }
        Unsubscribed => subscriptions::unsubscribe(tx, id, &acts::entry(NOW)).await?,
    };
    Ok(id)
}

pub(super) async fn state(tx: &mut Tx, id: SubscriptionId) -> SubscriptionState {
    subscriptions::get(tx, id).await.unwrap().unwrap().state
}

pub(super) async fn start(db: &Db) -> (Tx, NewsletterId) {
    let mut tx = db.begin().await.unwrap();
    let newsletter = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
    (tx, newsletter)
}

both_databases! {
    async fn a_person_is_stored_once_and_keeps_their_name(db: Db) {
        let (mut tx, week) = start(&db).await;
        let mut anna = NewSubscriber { name: Some("Anna".to_owned()), ..person("Anna@example.org") };
        let id = subscribers::ensure(&mut tx, &anna, NOW).await.unwrap().id;
        anna.name = Some("Mallory".to_owned());
        anna.email = "aNNa@example.org".parse().unwrap();
        let again = subscribers::ensure(&mut tx, &anna, NOW).await.unwrap();
        assert_eq!((again.id, again.email.as_str()), (id, "Anna@example.org"));
        subscribe(&mut tx, week, "anna@EXAMPLE.org", Pending).await.unwrap();
        let found = subscriptions::find(&mut tx, week, "anna@example.org").await.unwrap().unwrap();
        assert_eq!((found.subscriber_id, found.email.as_str(), found.name.as_deref()), (id, "Anna@example.org", Some("Anna")));
        // A question has brought the row, and no name: that of an operator's word counts.
        let bert = subscribers::ensure(&mut tx, &person("bert@example.org"), NOW).await.unwrap().id;
        let named = NewSubscriber { name: Some("Bert".to_owned()), ..person("bert@example.org") };
        assert_eq!(subscribers::ensure(&mut tx, &named, NOW).await.unwrap().id, bert);
        assert_eq!(subscribers::get(&mut tx, bert).await.unwrap().unwrap().name.as_deref(), Some("Bert"));
        assert!(subscriptions::find(&mut tx, week, "nobody@example.org").await.unwrap().is_none());
        subscribers::lock_mailbox(&mut tx, &anna.quota_hash).await.unwrap();
    }

    async fn a_state_changes_only_from_where_it_may(db: Db) {
        let (mut tx, week) = start(&db).await;
        // For each change: the state it needs, the state it makes.
        for from in [Pending, Active, Paused, Unsubscribed] {
            let fresh = async |tx: &mut Tx, verb: &str| subscribe(tx, week, &format!("{from}-{verb}@example.org"), from).await.unwrap();
            let id = fresh(&mut tx, "activate").await;
            assert_eq!(subscriptions::activate(&mut tx, id, &acts::entry(NOW)).await.unwrap(), from == Pending);
            assert_eq!(state(&mut tx, id).await, if from == Pending { Active } else { from });
            let id = fresh(&mut tx, "pause").await;
            assert_eq!(subscriptions::pause(&mut tx, id, Some(NOW), &acts::entry(NOW)).await.unwrap(), matches!(from, Active | Paused));
            assert_eq!(state(&mut tx, id).await, if from == Active { Paused } else { from });
            let id = fresh(&mut tx, "resume").await;
            assert_eq!(subscriptions::resume(&mut tx, id, &acts::entry(NOW)).await.unwrap(), from == Paused);
            assert_eq!(state(&mut tx, id).await, if from == Paused { Active } else { from });
            let id = fresh(&mut tx, "leave").await;
            assert_eq!(subscriptions::unsubscribe(&mut tx, id, &acts::entry(NOW)).await.unwrap(), from != Unsubscribed);
            assert_eq!(state(&mut tx, id).await, Unsubscribed);
            let id = fresh(&mut tx, "again").await;
            assert_eq!(subscriptions::ask_again(&mut tx, id, &acts::entry(NOW)).await.unwrap(), from == Unsubscribed);
            assert_eq!(state(&mut tx, id).await, if from == Unsubscribed { Pending } else { from });
        }
        for from in [Pending, Active, Paused, Unsubscribed] {
            let id = subscribe(&mut tx, week, &format!("{from}-deactivate@example.org"), from).await.unwrap();
            assert_eq!(subscriptions::deactivate(&mut tx, id, &acts::entry(NOW)).await.unwrap(), from == Active);
            assert_eq!(state(&mut tx, id).await, if from == Active { Pending } else { from });
            for actor in [Actor::Reader, Actor::Command("anna".to_owned()), Actor::Import(7), Actor::Provider("ses".to_owned())] {
                let id = subscribe(&mut tx, week, &format!("{from}-{}@example.org", Actor::role(&actor.to_string())), from).await.unwrap();
                let entry = ConsentEntry { by: actor.at(NOW), ..acts::entry(NOW) };
                assert_eq!(subscriptions::unsubscribe(&mut tx, id, &entry).await.unwrap(), from != Unsubscribed);
                let ended_by = subscriptions::get(&mut tx, id).await.unwrap().unwrap().ended_by.unwrap();
                let restores = from != Unsubscribed && ended_by == EndedBy::Import;
                assert_eq!(subscriptions::restore(&mut tx, id, &entry).await.unwrap(), restores, "{from} {actor}");
                assert_eq!(state(&mut tx, id).await, if restores { from } else { Unsubscribed });
                subscriptions::unsubscribe(&mut tx, id, &entry).await.unwrap();
                let readmits = !ended_by.is_the_readers();
                assert_eq!(subscriptions::readmit(&mut tx, id, &entry).await.unwrap(), readmits, "{from} {actor}");
                let found = subscriptions::get(&mut tx, id).await.unwrap().unwrap();
                assert_eq!((found.state == Active, found.ended_by.is_none()), (readmits, readmits));
            }
        }
        for from in [Pending, Active, Paused, Unsubscribed] {
            let id = subscribe(&mut tx, week, &format!("{from}-take-over@example.org"), from).await.unwrap();
            let moves = matches!(from, Pending | Unsubscribed);
            assert_eq!(subscriptions::take_over(&mut tx, id, &acts::entry(NOW)).await.unwrap(), moves);
            assert_eq!(state(&mut tx, id).await, if moves { Active } else { from });
        }
        let nobody = SubscriptionId(1_000_000);
        assert!(!subscriptions::unsubscribe(&mut tx, nobody, &acts::entry(NOW)).await.unwrap());
        assert!(subscriptions::get(&mut tx, nobody).await.unwrap().is_none());
    }

    async fn what_leaves_the_state_alone_is_written_down_too(db: Db) {
        let (mut tx, week) = start(&db).await;
        let id = subscribe(&mut tx, week, "anna@example.org", Active).await.unwrap();
        let before = consents::of_subscription(&mut tx, id).await.unwrap().len();
        let entry = ConsentEntry { event: Some(&Event::SubscriptionMoved), consent: ConsentKind::Moved, ..acts::entry(NOW) };
        subscriptions::write_down(&mut tx, week, id, &entry).await.unwrap();
        let history = consents::of_subscription(&mut tx, id).await.unwrap();
        assert_eq!((history.len(), history[before].kind), (before + 1, ConsentKind::Moved));
        assert!(personal::has_event(&mut tx, id, "subscription.moved", NOW).await.unwrap());
        assert_eq!(state(&mut tx, id).await, Active);
    }

    async fn lists_are_filtered_paged_and_counted(db: Db) {
        let (mut tx, week) = start(&db).await;
        let other = newsletters::ensure(&mut tx, "other", NOW).await.unwrap();
        for (number, state) in [Active, Active, Paused, Pending, Unsubscribed, Active].into_iter().enumerate() {
            subscribe(&mut tx, week, &format!("reader_{number}@example.org"), state).await.unwrap();
        }
        subscribe(&mut tx, other, "reader_0@example.org", Active).await.unwrap();
        let suppressed = person("reader_5@example.org").address_hash;
        suppressions::add(&mut tx, &suppressed, SuppressionReason::Bounce, "", acts::by(NOW)).await.unwrap();
        let counts = subscriptions::counts(&mut tx, week).await.unwrap();
        assert_eq!(counts, Counts { pending: 1, active: 3, paused: 1, unsubscribed: 1, suppressed: 1, mailable: 2 });

        let emails = async |tx: &mut Tx, filter: &SubscriptionFilter| {
            let all: Vec<_> = subscriptions::stream(tx, filter).try_collect().await.unwrap();
            let mut paged = Vec::new();
            let mut after = SubscriptionId(0);
            loop {
                let page = subscriptions::page(tx, filter, after, 2).await.unwrap();
                let Some(last) = page.last() else { break };
                after = last.id;
                paged.extend(page);
            }
            let ids = |list: &[subscriptions::Subscription]| list.iter().map(|one| one.id).collect::<Vec<_>>();
            assert_eq!(ids(&all), ids(&paged));
            all.iter().map(|one| one.email.local().to_owned()).collect::<Vec<_>>()
        };
        let of_week = SubscriptionFilter { newsletter: Some(week), ..SubscriptionFilter::default() };
        assert_eq!(emails(&mut tx, &SubscriptionFilter::default()).await.len(), 7);
        assert_eq!(emails(&mut tx, &of_week).await.len(), 6);
        assert_eq!(emails(&mut tx, &SubscriptionFilter { state: Some(Active), ..of_week.clone() }).await, ["reader_0", "reader_1", "reader_5"]);
        assert_eq!(emails(&mut tx, &SubscriptionFilter { text: Some("READER_3".to_owned()), ..of_week.clone() }).await, ["reader_3"]);
        for literal in ["%", "reader%", "\\"] {
            assert!(emails(&mut tx, &SubscriptionFilter { text: Some(literal.to_owned()), ..of_week.clone() }).await.is_empty());
        }
        let found = subscriptions::find(&mut tx, week, "reader_5@example.org").await.unwrap().unwrap();
        assert_eq!(found.suppressed, Some(SuppressionReason::Bounce));
    }

    async fn a_rest_is_found_when_it_is_over(db: Db) {
        let (mut tx, week) = start(&db).await;
        let id = subscribe(&mut tx, week, "a@example.org", Active).await.unwrap();
        let open = subscribe(&mut tx, week, "b@example.org", Paused).await.unwrap();
        subscriptions::pause(&mut tx, id, Some(NOW), &acts::entry(NOW)).await.unwrap();
        let before = NOW.minus(Duration::from_millis(1));
        let month = newsletters::ensure(&mut tx, "month", NOW).await.unwrap();
        for (of, at) in [(None, before), (Some(month), NOW)] {
            assert_eq!(pauses::end(&mut tx, of, 10, acts::by(at)).await.unwrap(), 0);
        }
        assert_eq!(pauses::end(&mut tx, Some(week), 10, acts::by(NOW)).await.unwrap(), 1);
        assert_eq!((state(&mut tx, id).await, state(&mut tx, open).await), (Active, Paused));
        assert!(personal::has_event(&mut tx, id, "subscription.resumed", NOW).await.unwrap());
    }

    async fn consents_are_kept_in_order_and_counted(db: Db) {
        let (mut tx, week) = start(&db).await;
        let id = subscribe(&mut tx, week, "an.na@gmail.com", Pending).await.unwrap();
        let same_mailbox = subscribe(&mut tx, week, "anna+x@gmail.com", Pending).await.unwrap();
        let client = Some("192.0.2.0/24");
        let typed = ConsentDetails { spelling: None, name: Some("Anna"), language: Some("de") };
        let mut ids = Vec::new();
        for (subscription, kind, minute) in
            [(id, ConsentKind::Asked, 0), (same_mailbox, ConsentKind::Asked, 1), (id, ConsentKind::Confirmed, 2), (id, ConsentKind::Withdrawn, 3)]
        {
            let new = NewConsent { subscription, kind, wording: "form 1", client, source: "form", typed };
            ids.push(consents::append(&mut tx, &new, NOW.plus(Duration::from_secs(60 * minute))).await.unwrap());
        }
        let history = consents::of_subscription(&mut tx, id).await.unwrap();
        assert_eq!(history.iter().map(|one| one.id).collect::<Vec<_>>(), [ids[0], ids[2], ids[3]]);
        assert_eq!(history[0].client.as_deref(), client);
        assert_eq!((history[0].name.as_deref(), history[0].language.as_deref()), (Some("Anna"), Some("de")));
        assert_eq!(consents::latest(&mut tx, id, ConsentKind::Asked).await.unwrap().unwrap().id, ids[0]);
        assert!(consents::latest(&mut tx, id, ConsentKind::Paused).await.unwrap().is_none());
        assert_eq!(consents::get(&mut tx, ids[3]).await.unwrap().unwrap().kind, ConsentKind::Withdrawn);
        let network = |first| vec![("192.0.2.0/24".to_owned(), 2, first)];
        assert_eq!(consents::asked_by_network(&mut tx, Timestamp(0)).await.unwrap(), network(NOW));
        assert_eq!(consents::asked_by_network(&mut tx, NOW).await.unwrap()[0].1, 1);
        assert!(consents::asked_by_network(&mut tx, NOW.plus(Duration::from_secs(60))).await.unwrap().is_empty());
    }

    async fn the_suppression_list_knows_hashes(db: Db) {
        let (mut tx, _) = start(&db).await;
        let anna = person("anna@example.org");
        assert!(suppressions::add(&mut tx, &anna.address_hash, SuppressionReason::Complaint, "wrote to us", acts::by(NOW)).await.unwrap());
        assert!(!suppressions::add(&mut tx, &anna.address_hash, SuppressionReason::Bounce, "", acts::by(NOW)).await.unwrap());
        assert_eq!(suppressions::reason(&mut tx, &anna.address_hash).await.unwrap(), Some(SuppressionReason::Complaint));
        let note = "one of many";
        assert!(!suppressions::add_in_bulk(&mut tx, &anna.address_hash, SuppressionReason::Bounce, note, NOW).await.unwrap());
        assert!(suppressions::remove(&mut tx, &anna.address_hash, acts::by(NOW)).await.unwrap());
        assert!(suppressions::add_in_bulk(&mut tx, &anna.address_hash, SuppressionReason::Bounce, note, NOW).await.unwrap());
        assert!(suppressions::remove(&mut tx, &anna.address_hash, acts::by(NOW)).await.unwrap());
        assert!(!suppressions::remove(&mut tx, &anna.address_hash, acts::by(NOW)).await.unwrap());
        assert_eq!(suppressions::reason(&mut tx, &anna.address_hash).await.unwrap(), None);
    }
}
