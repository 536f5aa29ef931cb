//! Coming, confirming, resting, leaving, coming back.

use coranto::domain::actor::Actor;
use coranto::domain::consent::ConsentKind as Kind;
use coranto::domain::subscriber::EndedBy;
use coranto::domain::subscriber::SubscriptionState::{Active, Paused, Pending, Unsubscribed};
use coranto::domain::suppression::SuppressionReason;
use coranto::domain::{ConsentId, SubscriptionId};
use coranto::signup::{self, ActionContext, Added, Confirmation, NewReader, Rest, UnsubscribeOutcome};
use coranto::store::Db;

use super::SignupFixture;
use crate::harness::database::both_databases;

both_databases! {
    async fn a_request_becomes_a_reader_by_confirming(db: Db) {
        let ground = SignupFixture::new(db).await;
        ground.request("Anna@Example.org").await.unwrap();
        assert_eq!(ground.state("anna@example.org").await, Some(Pending));
        assert_eq!((ground.mails("confirmation").await, ground.waiting().await), (1, 1));
        let asked = ground.asked("anna@example.org").await;
        assert!(matches!(signup::look(ground.db(), asked, ground.now).await.unwrap(), Confirmation::Fresh(_)));
        assert_eq!(ground.state("anna@example.org").await, Some(Pending), "a look changes nothing");
        assert!(matches!(ground.confirm("anna@example.org").await, Confirmation::Fresh(one) if one.state == Active));
        assert!(matches!(ground.confirm("anna@example.org").await, Confirmation::Already(_)));
        assert_eq!(ground.history("anna@example.org").await, [Kind::Asked, Kind::Confirmed]);
        assert_eq!(ground.waiting().await, 0, "the email that still waited has no use any more");
    }

    async fn a_known_reader_gets_a_notice_and_keeps_the_subscription(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        ground.reader("anna@example.org").await;
        ground.later(25);
        ground.request("anna@example.org").await.unwrap();
        assert_eq!(ground.state("anna@example.org").await, Some(Active));
        assert_eq!((ground.mails("confirmation").await, ground.mails("notice").await), (1, 1));
    }

    async fn a_suppressed_address_gets_nothing_and_is_not_stored(db: Db) {
        let ground = SignupFixture::new(db).await;
        let email = "never@example.org".parse().unwrap();
        let act = ground.act(None);
        assert!(signup::suppress(ground.db(), ground.keys(), &email, SuppressionReason::Manual, "asked us to", &act).await.unwrap());
        assert!(!signup::suppress(ground.db(), ground.keys(), &email, SuppressionReason::Bounce, "", &act).await.unwrap());
        ground.request("never@example.org").await.unwrap();
        assert!(ground.find("never@example.org").await.is_none());
        assert_eq!(ground.waiting().await, 0);
        assert!(signup::unsuppress(ground.db(), ground.keys(), &email, &act).await.unwrap());
        ground.request("never@example.org").await.unwrap();
        assert_eq!(ground.waiting().await, 1);
    }

    async fn a_link_does_not_bring_back_who_left(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        ground.request("anna@example.org").await.unwrap();
        let first = ground.asked("anna@example.org").await;
        ground.confirm("anna@example.org").await;
        assert!(matches!(ground.leave("anna@example.org").await, UnsubscribeOutcome::Left(_)));
        assert!(matches!(ground.leave("anna@example.org").await, UnsubscribeOutcome::Already(_)));
        let again = async |ground: &SignupFixture| signup::confirm(ground.db(), ground.keys(), first, None, &ground.act(None)).await.unwrap();
        assert!(matches!(again(&ground).await, Confirmation::Stale(_)));
        assert_eq!(ground.state("anna@example.org").await, Some(Unsubscribed));
        // They ask again: the new link works, the old one still does not.
        ground.later(25);
        ground.request("anna@example.org").await.unwrap();
        assert_eq!(ground.state("anna@example.org").await, Some(Pending));
        assert!(matches!(again(&ground).await, Confirmation::Stale(_)));
        assert!(matches!(ground.confirm("anna@example.org").await, Confirmation::Fresh(_)));
        assert_eq!(
            ground.history("anna@example.org").await,
            [Kind::Asked, Kind::Confirmed, Kind::Withdrawn, Kind::Asked, Kind::Confirmed]
        );
    }

    async fn a_link_works_for_seven_days(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        ground.request("anna@example.org").await.unwrap();
        ground.later(7 * 24);
        assert!(matches!(signup::look(ground.db(), ground.asked("anna@example.org").await, ground.now).await.unwrap(), Confirmation::Fresh(_)));
        ground.later(1);
        assert!(matches!(ground.confirm("anna@example.org").await, Confirmation::Stale(_)));
        assert_eq!(ground.state("anna@example.org").await, Some(Pending));
        ground.request("anna@example.org").await.unwrap();
        assert!(matches!(ground.confirm("anna@example.org").await, Confirmation::Fresh(_)));
    }

    async fn a_suppressed_address_cannot_be_confirmed(db: Db) {
        let ground = SignupFixture::new(db).await;
        ground.request("anna@example.org").await.unwrap();
        let email = "anna@example.org".parse().unwrap();
        signup::suppress(ground.db(), ground.keys(), &email, SuppressionReason::Complaint, "", &ground.act(None)).await.unwrap();
        assert!(matches!(ground.confirm("anna@example.org").await, Confirmation::Stale(_)));
        assert_eq!(ground.state("anna@example.org").await, Some(Pending));
    }

    async fn what_does_not_exist_is_said_to_be_unknown(db: Db) {
        let ground = SignupFixture::new(db).await;
        ground.reader("anna@example.org").await;
        let act = ground.act(None);
        // The number of the consent `confirmed`: it is a row, but not one that asks.
        for number in [0, 2, -1, i64::MAX] {
            assert!(matches!(signup::confirm(ground.db(), ground.keys(), ConsentId(number), None, &act).await.unwrap(), Confirmation::Unknown));
        }
        for number in [0, -1, i64::MAX] {
            assert!(matches!(signup::leave(ground.db(), SubscriptionId(number), &act).await.unwrap(), UnsubscribeOutcome::Unknown));
            assert!(signup::pause(ground.db(), SubscriptionId(number), Rest::Open, &act).await.unwrap().is_none());
            assert!(signup::rename(ground.db(), SubscriptionId(number), None, &ground.act(None)).await.unwrap().is_none());
        }
    }

    async fn a_rest_ends_by_itself_or_at_the_readers_word(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        let id = ground.reader("anna@example.org").await;
        let open = ground.reader("otto@example.org").await;
        signup::pause(ground.db(), open, Rest::Open, &ground.act(None)).await.unwrap().unwrap();
        let paused = signup::pause(ground.db(), id, Rest::FourWeeks, &ground.act(None)).await.unwrap().unwrap();
        assert_eq!((paused.state, paused.paused_until), (Paused, Rest::FourWeeks.until(ground.now)));
        ground.later(4 * 7 * 24 - 1);
        assert_eq!(signup::resume_due(ground.db(), ground.now).await.unwrap(), 0);
        ground.later(1);
        assert_eq!(signup::resume_due(ground.db(), ground.now).await.unwrap(), 1);
        assert_eq!(signup::resume_due(ground.db(), ground.now).await.unwrap(), 0);
        assert_eq!(ground.state("anna@example.org").await, Some(Active));
        assert_eq!(ground.state("otto@example.org").await, Some(Paused));
        let resumed = async |ground: &SignupFixture| signup::resume(ground.db(), open, &ground.act(None)).await.unwrap();
        assert_eq!(resumed(&ground).await.map(|one| one.state), Some(Active));
        assert_eq!(resumed(&ground).await.map(|one| one.state), Some(Active), "twice is as good as once");
        assert_eq!(ground.history("otto@example.org").await, [Kind::Asked, Kind::Confirmed, Kind::Paused, Kind::Resumed]);
        ground.leave("otto@example.org").await;
        assert!(resumed(&ground).await.is_none(), "resuming does not bring back who left");
        assert!(signup::pause(ground.db(), open, Rest::Open, &ground.act(None)).await.unwrap().is_none());
    }

    async fn many_rests_end_at_once(db: Db) {
        let ground = SignupFixture::new(db).await;
        for number in 0..450 {
            let reader = NewReader { email: format!("r{number}@example.org").parse().unwrap(), name: None, language: None };
            let Added::Active(id) = signup::add(ground.db(), ground.keys(), ground.list.id, &reader, &ground.act(None)).await.unwrap() else {
                panic!("a new reader was not added");
            };
            signup::pause(ground.db(), id, Rest::Until(ground.now), &ground.act(None)).await.unwrap().unwrap();
        }
        assert_eq!(signup::resume_due(ground.db(), ground.now).await.unwrap(), 450);
    }

    async fn an_operator_does_not_bring_back_who_left(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        let reader = |email: &str| NewReader { email: email.parse().unwrap(), name: Some("Anna".to_owned()), language: None };
        let add = async |ground: &SignupFixture, email: &str| {
            signup::add(ground.db(), ground.keys(), ground.list.id, &reader(email), &ground.act(None)).await.unwrap()
        };
        assert!(matches!(add(&ground, "anna@example.org").await, Added::Active(_)));
        assert_eq!(add(&ground, "ANNA@example.org").await, Added::Known(Active));
        let remove = async |ground: &SignupFixture, email: &str| {
            let act = ActionContext { actor: Actor::Command("anna".to_owned()), ..ground.act(None) };
            signup::remove(ground.db(), ground.list.id, &email.parse().unwrap(), &act).await.unwrap()
        };
        assert!(matches!(remove(&ground, "anna@example.org").await, Some(UnsubscribeOutcome::Left(_))));
        assert!(matches!(remove(&ground, "anna@example.org").await, Some(UnsubscribeOutcome::Already(_))));
        assert!(remove(&ground, "nobody@example.org").await.is_none());
        // What an operator ended, an operator takes back; what the reader did, nobody else.
        assert!(matches!(add(&ground, "anna@example.org").await, Added::Back(_, EndedBy::Operator)));
        ground.leave("anna@example.org").await;
        assert_eq!(add(&ground, "anna@example.org").await, Added::Left(Some(ground.now)));
        // Not even when a stranger has asked in their name.
        ground.later(25);
        ground.request("anna@example.org").await.unwrap();
        assert!(matches!(add(&ground, "anna@example.org").await, Added::Left(Some(_))));
        assert_eq!(ground.state("anna@example.org").await, Some(Pending));
        // Who has only asked is added, and needs no mail any more.
        ground.request("otto@example.org").await.unwrap();
        let waiting = ground.waiting().await;
        assert!(matches!(add(&ground, "otto@example.org").await, Added::Active(_)));
        assert_eq!(ground.waiting().await, waiting - 1);
        let email = "never@example.org".parse().unwrap();
        signup::suppress(ground.db(), ground.keys(), &email, SuppressionReason::Bounce, "", &ground.act(None)).await.unwrap();
        assert_eq!(add(&ground, "never@example.org").await, Added::Suppressed(SuppressionReason::Bounce));
    }

    async fn fifty_confirmations_at_once_are_one(db: Db) {
        let ground = std::sync::Arc::new(SignupFixture::new(db).await);
        ground.request("anna@example.org").await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let ground = std::sync::Arc::clone(&ground);
            tasks.spawn(async move { ground.confirm("anna@example.org").await });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|one| matches!(one, Confirmation::Fresh(_))).count(), 1);
        assert_eq!(answers.iter().filter(|one| matches!(one, Confirmation::Already(_))).count(), 49);
        assert_eq!(ground.history("anna@example.org").await, [Kind::Asked, Kind::Confirmed]);
    }

    async fn a_hundred_leave_at_once_and_one_leaves(db: Db) {
        let ground = std::sync::Arc::new(SignupFixture::new(db).await);
        ground.reader("anna@example.org").await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let ground = std::sync::Arc::clone(&ground);
            tasks.spawn(async move { ground.leave("anna@example.org").await });
        }
        assert_eq!(tasks.join_all().await.iter().filter(|one| matches!(one, UnsubscribeOutcome::Left(_))).count(), 1);
        assert_eq!(ground.history("anna@example.org").await, [Kind::Asked, Kind::Confirmed, Kind::Withdrawn]);
    }
}
