//! How much mail a stranger can make the program send.

use std::sync::Arc;
use std::time::Duration;

use coranto::domain::alarm::AlarmName;
use coranto::signup::{self, Limits, RequestError};
use coranto::store::{Db, alarms};
use tokio::task::JoinSet;

use super::SignupFixture;
use crate::harness::database::both_databases;

both_databases! {
    async fn a_mailbox_gets_one_mail_a_day_and_three_a_month(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        let mut mails = Vec::new();
        for _day in 0..40 {
            for _ in 0..3 {
                ground.request("anna@example.org").await.unwrap();
            }
            mails.push(ground.mails("confirmation").await);
            ground.later(24);
        }
        assert_eq!(mails[..4], [1, 2, 3, 3]);
        assert_eq!(mails[29], 3);
        assert_eq!(mails[30..34], [4, 5, 6, 6]);
    }

    async fn two_hundred_spellings_of_one_mailbox_share_its_quota(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        for day in 0..10 {
            for number in 0..20 {
                let dots = if number % 2 == 0 { "vic.tim" } else { "v.i.c.t.i.m" };
                ground.request_from(&format!("{dots}+{number}@gmail.com"), &format!("198.51.{day}.{number}")).await.unwrap();
            }
            ground.later(24);
        }
        assert_eq!(ground.mails("confirmation").await, 3);
    }

    async fn fifty_requests_at_once_are_one_row_and_one_mail(db: Db) {
        let ground = Arc::new(SignupFixture::new(db).await);
        let mut tasks = JoinSet::new();
        for number in 0..50 {
            let ground = Arc::clone(&ground);
            // Half of them another spelling of the same mailbox.
            let email = if number % 2 == 0 { "anna@gmail.com" } else { "an.na+x@googlemail.com" };
            tasks.spawn(async move { ground.request_from(email, &format!("10.0.{number}.1")).await });
        }
        assert!(tasks.join_all().await.iter().all(Result::is_ok));
        assert_eq!(ground.mails("confirmation").await, 1);
        let [subscribers, subscriptions, ..] = ground.fingerprint().await;
        assert_eq!((subscribers, subscriptions), (1, 1), "what gets no mail is not stored");
    }

    async fn a_network_is_told_to_wait(db: Db) {
        let limits = Limits { requests_per_hour: 5, ..Limits::default() };
        let mut ground = SignupFixture::with_limits(db.clone(), limits).await;
        for number in 0..5 {
            ground.request_from(&format!("a{number}@example.org"), &format!("192.0.2.{number}")).await.unwrap();
        }
        let refused = |answer| matches!(answer, Err(RequestError::TooMany { retry_after }) if retry_after == Duration::from_secs(3600));
        assert!(refused(ground.request_from("b@example.org", "192.0.2.200").await));
        // A restart forgets what was counted in memory; the record of consents does not.
        let restarted = SignupFixture::with_limits(db, limits).await;
        restarted.signup.remember(restarted.now).await.unwrap();
        assert!(refused(restarted.request_from("c@example.org", "192.0.2.9").await));
        restarted.request_from("d@example.org", "192.0.3.1").await.unwrap();
        assert_eq!(ground.mails("confirmation").await, 6);
        ground.later(1);
        ground.request_from("b@example.org", "192.0.2.200").await.unwrap();
    }

    async fn a_flood_ends_at_a_limit_and_is_told_once(db: Db) {
        for (limits, expected) in [
            (Limits { requests_per_hour: 20, ..Limits::default() }, 180),
            // Those that all share refuse nobody.
            (Limits { domain_requests_per_hour: 20, requests_per_hour: 1_000, ..Limits::default() }, 0),
            (Limits { all_requests_per_hour: 20, requests_per_hour: 1_000, ..Limits::default() }, 0),
        ] {
            let ground = SignupFixture::with_limits(db.clone(), limits).await;
            let [before, .., events] = ground.fingerprint().await;
            let mut refused = 0;
            for number in 0..200 {
                let email = format!("{number}.{}@example.org", limits.all_requests_per_hour + limits.requests_per_hour);
                match ground.request_from(&email, &format!("192.0.2.{number}")).await {
                    Ok(()) => {}
                    Err(RequestError::TooMany { retry_after }) => {
                        assert!(retry_after <= Duration::from_secs(3600));
                        refused += 1;
                    }
                    Err(other) => panic!("{other}"),
                }
            }
            assert_eq!(refused, expected);
            let [after, .., events_after] = ground.fingerprint().await;
            // One event for each that was taken, one for the limit, and one for the call that a limit of all is.
            let is_shared = expected == 0;
            assert_eq!((after - before, events_after - events), (200 - expected, 201 - expected + i64::from(is_shared)));
            let called = alarms::all(&mut db.read().await.unwrap()).await.unwrap();
            let scope = if limits.all_requests_per_hour == 20 { "all" } else { "domain" };
            let is_called = called.iter().any(|one| one.name == AlarmName::SignupsLimited && one.scope == scope);
            assert_eq!(is_called, is_shared, "{called:?}");
        }
    }

    async fn a_mail_that_no_server_took_is_asked_for_again_the_same_day(db: Db) {
        let ground = SignupFixture::new(db).await;
        ground.request("anna@example.org").await.unwrap();
        ground.request("anna@example.org").await.unwrap();
        assert_eq!(ground.mails("confirmation").await, 1);
        let fail = "UPDATE deliveries SET state = 'failed', due_at = NULL";
        for asked in 2..5 {
            ground.db().write(async |tx| tx.sql(fail).execute().await).await.unwrap();
            ground.request("anna@example.org").await.unwrap();
            assert_eq!(ground.mails("confirmation").await, asked.min(3), "but not more than in a month");
        }
    }

    async fn a_quota_outlives_the_reader(db: Db) {
        let ground = SignupFixture::new(db).await;
        ground.request("anna@example.org").await.unwrap();
        ground.db().write(async |tx| tx.sql("DELETE FROM subscribers").execute().await).await.unwrap();
        ground.request("anna@example.org").await.unwrap();
        assert!(ground.find("anna@example.org").await.is_none(), "no second email on the same day");
    }

    async fn the_limit_of_a_network_does_not_tell_known_from_new(db: Db) {
        let limits = Limits { requests_per_hour: 10, ..Limits::default() };
        let mut ground = SignupFixture::with_limits(db, limits).await;
        ground.reader("known@example.org").await;
        ground.later(25);
        ground.request("known@example.org").await.unwrap();
        ground.refuse("refused@example.org").await;
        // What causes no mail counts like what does: each mailbox once, whatever becomes of it.
        for (network, first) in [("203.0.113.5", "known@example.org"), ("203.0.114.5", "refused@example.org"), ("203.0.115.5", "new@example.org")] {
            for _ in 0..3 {
                ground.request_from(first, network).await.unwrap();
            }
            for number in 0..9 {
                ground.request_from(&format!("{number}@{}.example", network.replace('.', "-")), network).await.unwrap();
            }
            let next = ground.request_from("next@example.org", network).await;
            assert!(matches!(next, Err(RequestError::TooMany { .. })), "{first}");
        }
    }

    async fn who_knocks_without_end_is_told_to_wait(db: Db) {
        let ground = SignupFixture::with_limits(db, Limits { requests_per_hour: 3, ..Limits::default() }).await;
        let mut taken = 0;
        while ground.request("anna@example.org").await.is_ok() {
            taken += 1;
        }
        assert_eq!(taken, 30, "ten requests for each email that a network may cause");
    }

    async fn a_mailbox_has_a_quota_for_each_newsletter_and_one_in_all(db: Db) {
        let mut ground = SignupFixture::new(db.clone()).await;
        let mut lists = vec![ground.list.clone()];
        for slug in ["month", "year", "decade", "century"] {
            lists.push(crate::signup::list(&db, crate::signup::newsletter(slug, slug)).await);
        }
        for day in 0..6 {
            for list in &lists {
                ground.list = list.clone();
                for _ in 0..3 {
                    ground.request("anna@example.org").await.unwrap();
                }
            }
            let expected = [3, 6, 9, 9, 9, 9][day];
            assert_eq!(ground.mails("confirmation").await, expected, "day {day}");
            ground.later(24);
        }
    }

    async fn the_janitor_between_all_steps_ends_no_limit(db: Db) {
        // The same months as of a mailbox that nobody tidies up behind.
        let mut ground = SignupFixture::new(db).await;
        let mut mails = Vec::new();
        for _day in 0..34 {
            for _hour in 0..8 {
                ground.request("anna@example.org").await.unwrap();
                signup::purge_limits(ground.db(), ground.now).await.unwrap();
                ground.later(3);
                signup::purge_limits(ground.db(), ground.now).await.unwrap();
            }
            mails.push(ground.mails("confirmation").await);
        }
        assert_eq!(mails[..4], [1, 2, 3, 3]);
        assert_eq!(mails[29], 3);
        assert_eq!(mails[30..34], [4, 5, 6, 6]);
    }

    async fn who_confirms_has_wanted_the_mail_and_it_counts_no_more(db: Db) {
        let ground = SignupFixture::new(db).await;
        for round in 1..5 {
            ground.request("anna@example.org").await.unwrap();
            assert_eq!(ground.mails("confirmation").await, round);
            ground.confirm("anna@example.org").await;
            ground.leave("anna@example.org").await;
        }
        for _ in 0..3 {
            ground.request("anna@example.org").await.unwrap();
        }
        assert_eq!(ground.mails("confirmation").await, 5, "a stranger confirms nothing");
    }
}
