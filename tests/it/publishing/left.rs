//! A file that cannot go out calls a person, once it has stayed so and its time is near.

use coranto::domain::alarm::AlarmName;
use coranto::publishing::When;
use coranto::publishing::left::Left;
use coranto::store::{Db, alarms};

use super::ground::PublishingFixture;
use crate::harness::database::both_databases;

const A: &str = "2026-11-27-a.md";

/// What is raised after a look: scopes and notes.
async fn looked(desk: &PublishingFixture, left: &mut Left) -> Vec<(String, String)> {
    left.look(&desk.scheduler()).await.unwrap();
    let all = alarms::all(&mut desk.db.read().await.unwrap()).await.unwrap();
    let stands = all.into_iter().filter(|one| one.name == AlarmName::FileLeft && one.cleared_at.is_none());
    stands.map(|one| (one.scope, one.note)).collect()
}

both_databases! {
    async fn a_broken_file_calls_when_it_stays_broken_and_its_time_is_near(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "Good text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        desk.file(A, "", "Dear {{ nmae }},");
        let mut left = Left::default();
        for _ in 0..2 {
            assert!(looked(&desk, &mut left).await.is_empty(), "Friday is far");
        }
        let eve = desk.at("2026-11-26T20:00:00Z");
        let mut left = Left::default();
        assert!(looked(&eve, &mut left).await.is_empty(), "it may be in the middle of being written");
        let raised = looked(&eve, &mut left).await;
        assert_eq!(raised[0].0, "week/a");
        assert!(raised.len() == 1 && raised[0].1.starts_with("the file cannot go out as it is (6:6 "), "{raised:?}");
        assert_eq!(looked(&eve, &mut left).await.len(), 1);
        desk.file(A, "", "Good text.");
        assert!(looked(&eve, &mut left).await.is_empty());
        // Another text is no reason to call.
        desk.file(A, "", "Another text.");
        for _ in 0..2 {
            assert!(looked(&eve, &mut left).await.is_empty());
        }
        std::fs::remove_file(desk.path(A)).unwrap();
        looked(&eve, &mut left).await;
        assert!(looked(&eve, &mut left).await[0].1.starts_with("the file is gone"));
        // Another newsletter's look leaves it alone.
        let month = eve.other("month").await;
        let mut theirs = Left::default();
        looked(&month, &mut theirs).await;
        assert_eq!(looked(&month, &mut theirs).await.len(), 1);
        desk.unschedule("a").await;
        assert!(looked(&eve, &mut left).await.is_empty());
    }

    async fn a_file_that_asks_and_cannot_be_queued_calls(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "send_at: next", "Dear {{ nmae }},");
        desk.file("2026-12-11-later.md", "send_at: next", "Dear {{ nmae }},");
        let eve = desk.at("2026-11-26T20:00:00Z");
        let mut left = Left::default();
        looked(&eve, &mut left).await;
        let raised = looked(&eve, &mut left).await;
        assert!(raised.len() == 1 && raised[0].0 == "week/a", "{raised:?}");
        assert!(raised[0].1.starts_with("it is not queued (7:6 there is no merge field"), "{raised:?}");
    }
}
