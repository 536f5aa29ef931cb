//! How long a session runs, and what ends it.

use coranto::accounts::{self, SessionSecret, ShownAgain};
use coranto::domain::account::MemberRole;
use coranto::store::{Db, sessions};

use super::AccountsFixture;
use super::ground::PASSWORD;
use crate::harness::database::both_databases;

const DAY: u64 = 24 * 3600;

both_databases! {
    async fn a_session_ends_unused_and_ends_at_last(db: Db) {
        let mut ground = AccountsFixture::new(db).await;
        let (_, inside) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        let forged = SessionSecret::shown(&"0".repeat(64)).unwrap();
        assert!(ground.who(&forged).await.is_none());
        for text in ["", "0", &"0".repeat(63), &"g".repeat(64), &"A".repeat(64)] {
            assert!(SessionSecret::shown(text).is_none(), "{text}");
        }
        let noted = async |ground: &AccountsFixture| {
            let who = ground.who(&inside.secret).await.unwrap();
            accounts::note_seen(&ground.db, &who.session, ground.now).await.unwrap()
        };
        assert!(!noted(&ground).await, "it was noted a moment ago");
        for day in 1..=8 {
            ground.seconds(11 * DAY);
            if day < 8 {
                assert!(noted(&ground).await, "{day}");
                continue;
            }
        }
        assert!(ground.who(&inside.secret).await.is_some(), "88 days, and used");
        ground.seconds(2 * DAY);
        assert!(ground.who(&inside.secret).await.is_none(), "90 days");
        let (_, other) = ground.member("ben@example.org", Some(MemberRole::Owner), true).await;
        ground.seconds(14 * DAY - 1);
        assert!(ground.who(&other.secret).await.is_some());
        ground.seconds(1);
        assert!(ground.who(&other.secret).await.is_none(), "14 days unused");
    }

    async fn another_process_sees_an_end_at_once(fresh: crate::harness::database::Fresh) {
        let ground = AccountsFixture::new(fresh.db.clone()).await;
        let (anna, inside) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        let elsewhere = Db::open(&fresh.url).await.unwrap();
        assert!(accounts::who(&elsewhere, &inside.secret, ground.now).await.unwrap().is_some());
        assert_eq!(accounts::sign_out_everywhere(&ground.db, anna, ground.by()).await.unwrap(), 1);
        assert!(accounts::who(&elsewhere, &inside.secret, ground.now).await.unwrap().is_none());
        elsewhere.close().await;
    }

    async fn each_ends_their_own_sessions_and_nobody_elses(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let (anna, first) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        let (_, bens) = ground.member("ben@example.org", Some(MemberRole::Editor), false).await;
        let mut more = Vec::new();
        for network in ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"] {
            let outcome = ground.try_password("anna@example.org", PASSWORD, None, network).await;
            let accounts::SignInOutcome::In(now) = outcome else { panic!("{outcome:?}") };
            more.push(now);
        }
        let (db, now) = (&ground.db, ground.now);
        let who = ground.who(&first.secret).await.unwrap();
        let ben = ground.who(&bens.secret).await.unwrap();
        assert!(!accounts::end_session(db, &who, ben.session.id, now).await.unwrap());
        let second = ground.who(&more[0].secret).await.unwrap().session.id;
        assert!(accounts::end_session(db, &who, second, now).await.unwrap());
        assert!(ground.who(&more[0].secret).await.is_none());
        assert_eq!(accounts::end_others(db, &who, now).await.unwrap(), 2);
        assert!(ground.who(&first.secret).await.is_some() && ground.who(&bens.secret).await.is_some());
        assert!(accounts::sign_out(db, &who, now).await.unwrap());
        assert!(ground.who(&first.secret).await.is_none());
        assert!(sessions::of_account(&mut db.read().await.unwrap(), anna).await.unwrap().is_empty());
    }

    async fn another_password_ends_all_other_sessions(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let (_, first) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        let outcome = ground.try_password("anna@example.org", PASSWORD, None, "192.0.2.0/24").await;
        let accounts::SignInOutcome::In(second) = outcome else { panic!("{outcome:?}") };
        let who = ground.who(&first.secret).await.unwrap();
        let changed = accounts::change_password(&ground.db, &ground.keeper, &who, "another password".to_owned(), ground.now);
        let renewed = changed.await.unwrap().unwrap();
        for secret in [&first.secret, &second.secret] {
            assert!(ground.who(secret).await.is_none(), "a secret from before opens nothing");
        }
        assert!(ground.who(&renewed).await.is_some());
        let old = ground.try_password("anna@example.org", PASSWORD, None, "192.0.2.0/24").await;
        assert!(matches!(old, accounts::SignInOutcome::Refused));
        let new = ground.try_password("anna@example.org", "another password", None, "192.0.2.0/24").await;
        assert!(matches!(new, accounts::SignInOutcome::In(_)));
    }

    async fn who_shows_their_password_again_is_strong_for_a_quarter_of_an_hour(db: Db) {
        let mut ground = AccountsFixture::new(db).await;
        let (_, inside) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        ground.seconds(15 * 60 - 1);
        let who = ground.who(&inside.secret).await.unwrap();
        assert!(who.is_strong(ground.now));
        ground.seconds(1);
        assert!(!who.is_strong(ground.now));
        let again = async |password: &str| {
            let (db, keys, keeper) = (&ground.db, &ground.keys, &ground.keeper);
            accounts::show_again(db, keys, keeper, &who, password.to_owned(), ground.now).await.unwrap()
        };
        assert!(matches!(again("wrong").await, ShownAgain::Refused));
        let ShownAgain::Strong(renewed) = again(PASSWORD).await else { panic!("refused") };
        assert!(ground.who(&inside.secret).await.is_none(), "the secret is another");
        assert!(ground.who(&renewed).await.unwrap().is_strong(ground.now));
        for _ in 0..5 {
            assert!(matches!(again("wrong").await, ShownAgain::Refused));
        }
        assert!(matches!(again(PASSWORD).await, ShownAgain::Wait(_)));
    }
}
