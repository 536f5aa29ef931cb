//! Who has a login and which role: what is changed, what is refused, and what ends with it.

use coranto::accounts::{self, AccountChange, AccountError, NewAccount, WelcomeLink};
use coranto::domain::account::{AccountState, MemberRole};
use coranto::domain::address::EmailAddress;
use coranto::store::{Db, accounts as rows, members};

use super::AccountsFixture;
use super::ground::PASSWORD;
use crate::harness::database::both_databases;

both_databases! {
    async fn somebody_new_begins_with_a_link_that_works_once(db: Db) {
        let mut ground = AccountsFixture::new(db).await;
        let link = ground.invite("anna@example.org", Some(MemberRole::Owner), true).await;
        assert!(link.path.starts_with("admin/welcome/"), "{}", link.path);
        assert_eq!(link.url("https://news.example/letters/"), format!("https://news.example/letters/{}", link.path));
        for _ in 0..3 {
            assert!(matches!(ground.look(&link).await, WelcomeLink::Open { .. }), "looking uses nothing up");
        }
        let inside = ground.accept(&link).await.unwrap();
        let who = ground.who(&inside.secret).await.unwrap();
        assert_eq!((who.account.id, who.account.state), (link.account, AccountState::Active));
        assert_eq!(who.standing(Some(ground.week)).role, Some(MemberRole::Owner));
        assert!(matches!(ground.look(&link).await, WelcomeLink::Closed));
        assert!(ground.accept(&link).await.is_none());

        let new = NewAccount {
            email: "ANNA@example.org".parse::<EmailAddress>().unwrap(), name: String::new(), operator: false, roles: Vec::new(),
        };
        let again = accounts::add(&ground.db, &ground.keys, &new, ground.by()).await;
        assert!(matches!(again, Err(AccountError::Known)));

        let late = ground.invite("ben@example.org", Some(MemberRole::Editor), false).await;
        ground.seconds(24 * 3600);
        assert!(matches!(ground.look(&late).await, WelcomeLink::Closed), "a day is over");
        let token = AccountsFixture::token(&late).to_owned();
        let forged = format!("{}{}", if token.starts_with('a') { 'b' } else { 'a' }, &token[1..]);
        let looked = accounts::look_welcome(&ground.db, &ground.keys, &forged, ground.now).await.unwrap();
        assert!(matches!(looked, WelcomeLink::Unknown));
    }

    async fn two_who_use_a_link_at_once_are_one(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let link = ground.invite("anna@example.org", Some(MemberRole::Owner), false).await;
        let (one, two) = tokio::join!(ground.accept(&link), ground.accept(&link));
        assert_eq!(usize::from(one.is_some()) + usize::from(two.is_some()), 1);
    }

    async fn a_newer_link_ends_the_older_and_all_sessions(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let first = ground.invite("anna@example.org", Some(MemberRole::Owner), true).await;
        let second = accounts::make_link(&ground.db, &ground.keys, first.account, ground.by()).await.unwrap();
        assert!(matches!(ground.look(&first).await, WelcomeLink::Closed));
        let inside = ground.accept(&second).await.unwrap();
        let third = accounts::make_link(&ground.db, &ground.keys, first.account, ground.by()).await.unwrap();
        assert_eq!((second.kind.as_str(), third.kind.as_str()), ("welcome", "recovery"));
        assert!(ground.who(&inside.secret).await.is_none());
        assert!(ground.accept(&third).await.is_some());
    }

    async fn the_last_owner_and_the_last_operator_stay(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let (anna, _) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        let (ben, _) = ground.member("ben@example.org", Some(MemberRole::Editor), false).await;
        let (db, week, by) = (&ground.db, ground.week, ground.by());
        for role in [None, Some(MemberRole::Editor)] {
            let refused = accounts::set_role(db, anna, week, role, by).await;
            assert!(matches!(refused, Err(AccountError::LastOwner { newsletter }) if newsletter == "week"));
        }
        assert!(matches!(accounts::set_operator(db, anna, false, by).await, Err(AccountError::LastOperator)));
        assert!(matches!(accounts::disable(db, anna, by).await, Err(AccountError::LastOperator)));
        assert_eq!(accounts::set_operator(db, ben, true, by).await.unwrap(), AccountChange::Yes);
        assert!(matches!(accounts::disable(db, anna, by).await, Err(AccountError::LastOwner { .. })));
        assert_eq!(accounts::set_role(db, ben, week, Some(MemberRole::Owner), by).await.unwrap(), AccountChange::Yes);
        assert_eq!(accounts::disable(db, anna, by).await.unwrap(), AccountChange::Yes);
        assert!(matches!(accounts::disable(db, ben, by).await, Err(AccountError::LastOperator)), "anna is disabled");
        let mut tx = db.read().await.unwrap();
        assert_eq!(members::role_of(&mut tx, anna, week).await.unwrap(), Some(MemberRole::Owner));
    }

    async fn two_owners_who_go_at_once_do_not_both_go(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let (anna, _) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        let (ben, _) = ground.member("ben@example.org", Some(MemberRole::Owner), true).await;
        let (db, week, by) = (&ground.db, ground.week, ground.by());
        let (one, two) = tokio::join!(
            accounts::set_role(db, anna, week, None, by),
            accounts::set_role(db, ben, week, None, by)
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
        let (one, two) = tokio::join!(accounts::set_operator(db, anna, false, by), accounts::set_operator(db, ben, false, by));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
    }

    async fn whatever_takes_a_right_away_ends_sessions(db: Db) {
        let ground = AccountsFixture::new(db).await;
        ground.member("owner@example.org", Some(MemberRole::Owner), true).await;
        let (ben, mut inside) = ground.member("ben@example.org", Some(MemberRole::Editor), false).await;
        let (db, week, by) = (&ground.db, ground.week, ground.by());
        for act in ["role", "same role", "operator", "no role", "disable"] {
            let was_inside = ground.who(&inside.secret).await.is_some();
            assert!(was_inside, "before {act}");
            let changed = match act {
                "role" | "same role" => accounts::set_role(db, ben, week, Some(MemberRole::Viewer), by).await,
                "operator" => accounts::set_operator(db, ben, true, by).await,
                "no role" => accounts::set_role(db, ben, week, None, by).await,
                _ => accounts::disable(db, ben, by).await,
            };
            let changed = changed.unwrap();
            assert_eq!(changed, if act == "same role" { AccountChange::Already } else { AccountChange::Yes }, "{act}");
            assert_eq!(ground.who(&inside.secret).await.is_some(), changed == AccountChange::Already, "after {act}");
            if changed == AccountChange::Yes && act != "disable" {
                let outcome = ground.try_password("ben@example.org", PASSWORD, None, "192.0.2.0/24").await;
                let accounts::SignInOutcome::In(again) = outcome else { panic!("{act}: {outcome:?}") };
                inside = again;
            }
        }
        let refused = ground.try_password("ben@example.org", PASSWORD, None, "192.0.2.0/24").await;
        assert!(matches!(refused, accounts::SignInOutcome::Refused));
        assert!(matches!(accounts::make_link(db, &ground.keys, ben, by).await, Err(AccountError::Disabled)));
        assert_eq!(accounts::enable(db, ben, by).await.unwrap(), AccountChange::Yes);
        assert_eq!(accounts::enable(db, ben, by).await.unwrap(), AccountChange::Already);
        let state = rows::get(&mut db.read().await.unwrap(), ben).await.unwrap().unwrap().state;
        assert_eq!(state, AccountState::Active, "they have a password");
    }

    async fn every_change_leaves_its_event(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let (anna, _) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        let (ben, _) = ground.member("ben@example.org", Some(MemberRole::Editor), false).await;
        let (db, week, by) = (&ground.db, ground.week, ground.by());
        accounts::set_role(db, ben, week, None, by).await.unwrap();
        accounts::disable(db, ben, by).await.unwrap();
        accounts::enable(db, ben, by).await.unwrap();
        accounts::set_operator(db, ben, true, by).await.unwrap();
        accounts::sign_out_everywhere(db, anna, by).await.unwrap();
        let kinds: Vec<_> = ground.log().await.into_iter().map(|(kind, _)| kind).collect();
        let joining = ["account.added", "role.changed", "account.linked", "method.added", "session.opened"];
        let then = [
            "role.changed", "session.ended", "account.disabled", "account.enabled", "account.changed", "session.ended",
        ];
        let wanted: Vec<_> = joining.into_iter().chain(joining).chain(then).collect();
        assert_eq!(kinds, wanted);
        assert!(ground.log().await.iter().all(|(_, data)| !data.contains("example.org")), "no address is in an event");
    }
}
