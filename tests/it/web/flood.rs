//! More people sign up at once than can be written: those over it are told to come again, and nothing of theirs is kept.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use coranto::signup::{ChallengeWhen, Limits};
use coranto::store::Db;
use futures_util::future::join_all;
use tokio::sync::Notify;

use super::ground::WebFixture;
use crate::harness::database::on_sqlite;

/// As many as may wait, the one that writes, and some more.
const PEOPLE: usize = 300;

#[test]
fn who_comes_when_too_many_wait_is_asked_to_come_again() {
    on_sqlite(async |db: Db| {
        let limits = Limits { domain_requests_per_hour: 10_000, challenge: ChallengeWhen::Never, ..Limits::default() };
        let web = WebFixture::with(db.clone(), limits, &[]).await;
        let people: Vec<String> = (0..PEOPLE).map(|number| format!("reader{number}@example.org")).collect();
        // Whoever holds SQLite's one writer holds up all others.
        let writer = db.begin().await.unwrap();
        let is_busy = Notify::new();
        let asking = join_all(people.iter().enumerate().map(async |(number, email)| {
            let answer = web.send_from(web.form(&[("email", email)]), &format!("10.0.{}.1", number % 250)).await;
            is_busy.notify_one();
            answer
        }));
        // Only who is turned away can have been answered.
        let let_go = async {
            is_busy.notified().await;
            drop(writer);
        };
        let (answers, ()) = tokio::join!(asking, let_go);

        let mut pages = BTreeSet::new();
        let mut turned_away = 0;
        for (email, answer) in people.iter().zip(answers) {
            let stored = web.ground.find(email).await.is_some();
            assert_eq!(stored, answer.status == StatusCode::SEE_OTHER, "{email}: {}", answer.status);
            if !stored {
                assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "30"));
                turned_away += 1;
                pages.insert(answer.text().to_owned());
            }
        }
        assert!((1..=PEOPLE - 256).contains(&turned_away), "{turned_away} were turned away");
        // One page for all of them, which says what to do.
        assert_eq!(pages.len(), 1);
        assert!(pages.first().unwrap().contains("Nothing has changed"), "{pages:?}");
        assert_eq!(web.subscribe("late@example.org").await.status, StatusCode::SEE_OTHER);
    });
}
