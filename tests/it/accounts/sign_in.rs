//! Passwords: what opens, what does not, and how fast anybody may try.

use coranto::accounts::SignInOutcome;
use coranto::domain::account::MemberRole;
use coranto::store::Db;

use super::AccountsFixture;
use super::ground::PASSWORD;
use crate::harness::database::both_databases;

/// A network of its own for each number.
fn network(number: u32) -> String {
    format!("10.{}.{}.0/24", number / 256, number % 256)
}

both_databases! {
    async fn a_password_opens_its_account_and_no_other(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let (anna, _) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        ground.invite("ben@example.org", Some(MemberRole::Editor), false).await;
        let outcome = ground.try_password("ANNA@example.org", PASSWORD, None, "192.0.2.0/24").await;
        let SignInOutcome::In(inside) = outcome else { panic!("{outcome:?}") };
        let who = ground.who(&inside.secret).await.unwrap();
        assert_eq!((who.account.id, who.session.agent.as_str()), (anna, "Firefox"));
        for (email, password) in [
            ("anna@example.org", "correct horse batter"),
            ("anna@example.org", ""),
            ("ben@example.org", PASSWORD),
            ("nobody@example.org", PASSWORD),
        ] {
            let outcome = ground.try_password(email, password, None, "192.0.2.0/24").await;
            assert!(matches!(outcome, SignInOutcome::Refused), "{email} {password}: {outcome:?}");
        }
        let refusals: Vec<_> = ground.log().await.into_iter().filter(|(kind, _)| kind == "session.refused").collect();
        assert_eq!(refusals.len(), 3, "one an hour for each address: {refusals:?}");
    }

    async fn nobody_can_lock_an_owner_out_of_a_browser_they_used(db: Db) {
        let mut ground = AccountsFixture::new(db).await;
        let (_, inside) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        let (_, bens) = ground.member("ben@example.org", Some(MemberRole::Editor), false).await;
        let mut looked_at = 0;
        for number in 0..300 {
            let outcome = ground.try_password("anna@example.org", "a guess of many", None, &network(number)).await;
            looked_at += usize::from(matches!(outcome, SignInOutcome::Refused));
            ground.seconds(12);
        }
        assert!((5..=40).contains(&looked_at), "an hour of guesses from 300 networks: {looked_at} were looked at");
        let strange = ground.try_password("anna@example.org", PASSWORD, None, &network(400)).await;
        assert!(matches!(strange, SignInOutcome::Wait(_)), "an unknown browser waits: {strange:?}");
        let other = ground.try_password("anna@example.org", PASSWORD, Some(&bens.device), &network(401)).await;
        assert!(matches!(other, SignInOutcome::Wait(_)), "so does one that is known for somebody else: {other:?}");
        for number in 0..20 {
            let own = ground.try_password("anna@example.org", PASSWORD, Some(&inside.device), &network(number)).await;
            assert!(matches!(own, SignInOutcome::In(_)), "{own:?}");
        }
        ground.seconds(3600);
        let strange = ground.try_password("anna@example.org", PASSWORD, None, &network(402)).await;
        assert!(matches!(strange, SignInOutcome::In(_)), "and it is over in an hour: {strange:?}");
    }

    async fn an_address_without_an_account_is_limited_alike(db: Db) {
        let ground = AccountsFixture::new(db).await;
        ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        for email in ["anna@example.org", "nobody@example.org"] {
            let mut outcomes = Vec::new();
            for number in 0..7 {
                let outcome = ground.try_password(email, "a guess of many", None, &network(number)).await;
                outcomes.push(matches!(outcome, SignInOutcome::Refused));
            }
            assert_eq!(outcomes, [true, true, true, true, true, false, false], "{email}");
        }
    }

    async fn one_network_cannot_try_many_addresses(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let mut looked_at = 0;
        for number in 0..30 {
            let email = format!("person{number}@example.org");
            let outcome = ground.try_password(&email, "a guess of many", None, "192.0.2.0/24").await;
            looked_at += usize::from(matches!(outcome, SignInOutcome::Refused));
        }
        assert_eq!(looked_at, 20);
    }
}
