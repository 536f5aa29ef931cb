//! Accounts, their roles, their passwords, their sessions, their links and who tried to sign in.

use std::time::Duration;

use coranto::clock::{DAY, Timestamp};
use coranto::domain::account::{AccountState, LinkKind, MemberRole, SignInMethod};
use coranto::domain::{AccountId, EntryId, SessionId};
use coranto::store::sessions::NewSession;
use coranto::store::{Db, Tx, accounts, entries, members, methods, newsletters, sessions, sign_in_tries};

use super::ground::{NOW, minute};
use crate::harness::database::both_databases;

async fn added(tx: &mut Tx, email: &str, operator: bool) -> AccountId {
    accounts::add(tx, &email.parse().unwrap(), "", operator, NOW).await.unwrap().unwrap()
}

fn session(account: AccountId, hash: &[u8; 32]) -> NewSession<'_> {
    NewSession { account, hash, method: SignInMethod::Password, network: "192.0.2.0/24", agent: "Firefox" }
}

both_databases! {
    async fn an_address_has_one_account(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert!(!accounts::any(&mut tx).await.unwrap());
        let anna = added(&mut tx, "Anna@example.org", true).await;
        assert!(accounts::any(&mut tx).await.unwrap());
        let again = accounts::add(&mut tx, &"anna@EXAMPLE.org".parse().unwrap(), "A", false, NOW).await.unwrap();
        assert_eq!(again, None);
        let found = accounts::find(&mut tx, &"ANNA@example.org".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!((found.id, found.email.as_str(), found.operator), (anna, "Anna@example.org", true));
        assert_eq!((found.state, found.created_at), (AccountState::Invited, NOW));
        assert_eq!(accounts::get(&mut tx, anna).await.unwrap(), Some(found));
        assert_eq!(accounts::get(&mut tx, AccountId(99)).await.unwrap(), None);
        added(&mut tx, "abel@example.org", false).await;
        let all: Vec<_> = accounts::all(&mut tx).await.unwrap().iter().map(|one| one.email.to_string()).collect();
        assert_eq!(all, ["abel@example.org", "Anna@example.org"]);
    }

    async fn states_and_operators_are_compared_and_set(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let (anna, ben) = (added(&mut tx, "anna@example.org", true).await, added(&mut tx, "ben@example.org", false).await);
        let (invited, active) = (AccountState::Invited, AccountState::Active);
        assert!(accounts::change_state(&mut tx, anna, invited, active).await.unwrap());
        assert!(!accounts::change_state(&mut tx, anna, invited, active).await.unwrap());
        assert_eq!(accounts::other_operators(&mut tx, anna).await.unwrap(), 0);
        assert!(accounts::change_operator(&mut tx, ben, true).await.unwrap());
        assert!(!accounts::change_operator(&mut tx, ben, true).await.unwrap());
        assert_eq!(accounts::other_operators(&mut tx, anna).await.unwrap(), 1);
        assert!(accounts::change_state(&mut tx, ben, invited, AccountState::Disabled).await.unwrap());
        assert_eq!(accounts::other_operators(&mut tx, anna).await.unwrap(), 0, "who cannot sign in does not count");
    }

    async fn roles_are_compared_and_set_and_owners_counted(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let other = newsletters::ensure(&mut tx, "month", NOW).await.unwrap();
        let (anna, ben) = (added(&mut tx, "anna@example.org", false).await, added(&mut tx, "ben@example.org", false).await);
        assert_eq!(members::role_of(&mut tx, anna, week).await.unwrap(), None);
        assert!(members::add(&mut tx, anna, week, MemberRole::Owner, NOW).await.unwrap());
        assert!(!members::add(&mut tx, anna, week, MemberRole::Viewer, NOW).await.unwrap());
        assert!(members::add(&mut tx, ben, week, MemberRole::Editor, NOW).await.unwrap());
        assert!(members::add(&mut tx, ben, other, MemberRole::Owner, NOW).await.unwrap());
        assert_eq!(members::role_of(&mut tx, anna, week).await.unwrap(), Some(MemberRole::Owner));
        assert_eq!(members::other_owners(&mut tx, week, anna).await.unwrap(), 0);
        assert!(!members::change(&mut tx, ben, week, MemberRole::Writer, MemberRole::Owner).await.unwrap());
        assert!(members::change(&mut tx, ben, week, MemberRole::Editor, MemberRole::Owner).await.unwrap());
        assert_eq!(members::other_owners(&mut tx, week, anna).await.unwrap(), 1);
        let of_ben: Vec<_> = members::of_account(&mut tx, ben).await.unwrap();
        let of_ben: Vec<_> = of_ben.iter().map(|one| (one.slug.as_str(), one.role)).collect();
        assert_eq!(of_ben, [("month", MemberRole::Owner), ("week", MemberRole::Owner)]);
        let people = members::of_newsletter(&mut tx, week).await.unwrap();
        assert_eq!(people.iter().map(|one| one.account_id).collect::<Vec<_>>(), [anna, ben]);
        assert!(accounts::change_state(&mut tx, ben, AccountState::Invited, AccountState::Disabled).await.unwrap());
        assert_eq!(members::other_owners(&mut tx, week, anna).await.unwrap(), 0, "who cannot sign in does not count");
        assert!(!members::remove(&mut tx, ben, week, MemberRole::Editor).await.unwrap());
        assert!(members::remove(&mut tx, ben, week, MemberRole::Owner).await.unwrap());
        assert_eq!(members::role_of(&mut tx, ben, week).await.unwrap(), None);
    }

    async fn a_password_takes_the_place_of_the_former(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let anna = added(&mut tx, "anna@example.org", false).await;
        let method = SignInMethod::Password;
        assert_eq!(methods::secret_of(&mut tx, anna, method).await.unwrap(), None);
        for hash in ["one", "two"] {
            methods::put(&mut tx, anna, method, hash, NOW).await.unwrap();
            assert_eq!(methods::secret_of(&mut tx, anna, method).await.unwrap().as_deref(), Some(hash));
        }
    }

    async fn a_session_is_found_by_its_hash_until_it_ends(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let (anna, ben) = (added(&mut tx, "anna@example.org", false).await, added(&mut tx, "ben@example.org", false).await);
        let mut ids = Vec::new();
        for (account, byte) in [(anna, 1), (anna, 2), (anna, 3), (ben, 4)] {
            ids.push(sessions::add(&mut tx, &session(account, &[byte; 32]), NOW).await.unwrap());
        }
        let found = sessions::find(&mut tx, &[2; 32]).await.unwrap().unwrap();
        assert_eq!((found.id, found.account_id, found.strong_at, found.seen_at), (ids[1], anna, NOW, NOW));
        assert_eq!((found.network.as_str(), found.agent.as_str()), ("192.0.2.0/24", "Firefox"));
        assert!(!sessions::see(&mut tx, ids[1], minute(-1), minute(30)).await.unwrap(), "it was noted a moment ago");
        assert!(sessions::see(&mut tx, ids[1], NOW, minute(60)).await.unwrap());
        let of_anna: Vec<_> = sessions::of_account(&mut tx, anna).await.unwrap().iter().map(|one| one.id).collect();
        assert_eq!(of_anna, [ids[1], ids[2], ids[0]]);
        assert!(sessions::renew(&mut tx, ids[1], &[9; 32], minute(61)).await.unwrap());
        assert_eq!(sessions::find(&mut tx, &[2; 32]).await.unwrap(), None);
        assert_eq!(sessions::find(&mut tx, &[9; 32]).await.unwrap().unwrap().strong_at, minute(61));
        assert!(!sessions::renew(&mut tx, SessionId(99), &[8; 32], NOW).await.unwrap());
        assert!(!sessions::end(&mut tx, ben, ids[0]).await.unwrap(), "it is somebody else's");
        assert!(sessions::end(&mut tx, anna, ids[0]).await.unwrap());
        assert!(!sessions::end(&mut tx, anna, ids[0]).await.unwrap());
        assert_eq!(sessions::end_all_of(&mut tx, anna, Some(ids[1])).await.unwrap(), 1);
        assert_eq!(sessions::end_all_of(&mut tx, anna, None).await.unwrap(), 1);
        assert_eq!(sessions::end_all(&mut tx).await.unwrap(), 1);
        let (early, late) = (NOW.minus(DAY * 20), NOW);
        for (byte, at) in [(1, early), (2, late)] {
            sessions::add(&mut tx, &session(anna, &[byte; 32]), at).await.unwrap();
        }
        assert_eq!(sessions::purge(&mut tx, NOW.minus(DAY * 14), NOW.minus(DAY * 90)).await.unwrap(), 1);
        assert_eq!(sessions::purge(&mut tx, NOW.minus(DAY * 14), NOW).await.unwrap(), 1, "it began too long ago");
    }

    async fn a_link_is_used_once_and_in_time(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let anna = added(&mut tx, "anna@example.org", false).await;
        let mut made = async |until| entries::add(&mut tx, anna, LinkKind::Welcome, until, NOW).await.unwrap();
        let (first, late, left) = (made(minute(60)).await, made(NOW).await, made(minute(60)).await);
        let entry = entries::get(&mut tx, first).await.unwrap().unwrap();
        assert_eq!((entry.account_id, entry.kind, entry.until, entry.closed_at), (anna, LinkKind::Welcome, minute(60), None));
        assert!(entry.mark.is_some(), "a link is bound to its row");
        assert!(entries::use_up(&mut tx, first, minute(1)).await.unwrap());
        assert!(!entries::use_up(&mut tx, first, minute(1)).await.unwrap(), "once");
        assert!(!entries::use_up(&mut tx, late, minute(1)).await.unwrap(), "in time");
        assert!(!entries::use_up(&mut tx, EntryId(99), NOW).await.unwrap());
        assert_eq!(entries::close(&mut tx, anna, minute(2)).await.unwrap(), 2);
        assert!(!entries::use_up(&mut tx, left, minute(3)).await.unwrap());
        entries::add(&mut tx, anna, LinkKind::Recovery, minute(60), NOW).await.unwrap();
        assert_eq!(entries::close_all(&mut tx, minute(3)).await.unwrap(), 1);
        assert_eq!(entries::purge(&mut tx, minute(30)).await.unwrap(), 1);
    }

    async fn tries_are_remembered_by_who_tried(db: Db) {
        let mut tx = db.begin().await.unwrap();
        for minutes in [0, 10, 20] {
            sign_in_tries::add(&mut tx, &[1; 16], minute(minutes)).await.unwrap();
        }
        sign_in_tries::add(&mut tx, &[2; 16], NOW).await.unwrap();
        assert_eq!(sign_in_tries::of(&mut tx, &[1; 16], NOW).await.unwrap(), [minute(10), minute(20)]);
        assert_eq!(sign_in_tries::forget(&mut tx, &[2; 16]).await.unwrap(), 1);
        assert_eq!(sign_in_tries::purge(&mut tx, minute(10)).await.unwrap(), 2);
        assert_eq!(sign_in_tries::of(&mut tx, &[1; 16], Timestamp(0)).await.unwrap(), [minute(20)]);
    }

    async fn an_account_that_goes_takes_all_of_it_along(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let anna = added(&mut tx, "anna@example.org", false).await;
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        members::add(&mut tx, anna, week, MemberRole::Owner, NOW).await.unwrap();
        sessions::add(&mut tx, &session(anna, &[1; 32]), NOW.plus(Duration::ZERO)).await.unwrap();
        methods::put(&mut tx, anna, SignInMethod::Password, "hash", NOW).await.unwrap();
        let link = entries::add(&mut tx, anna, LinkKind::Welcome, minute(1), NOW).await.unwrap();
        tx.sql("DELETE FROM accounts WHERE id = $1").bind(anna).execute().await.unwrap();
        assert_eq!(sessions::find(&mut tx, &[1; 32]).await.unwrap(), None);
        assert_eq!(entries::get(&mut tx, link).await.unwrap(), None);
        assert_eq!(members::of_newsletter(&mut tx, week).await.unwrap(), []);
        assert_eq!(methods::secret_of(&mut tx, anna, SignInMethod::Password).await.unwrap(), None);
    }
}
