//! One issue of a newsletter goes out at a moment, whoever asks and how often; what is meant otherwise is said.

use coranto::clock::Timestamp;
use coranto::domain::issue::IssueState::{Held, Queued, Sending};
use coranto::publishing::{Moved, NoSlot, QueueError, QueuePlan, SkipError, When};
use coranto::store::Db;
use coranto::store::db::Sql;
use tokio::task::JoinSet;

use super::ground::{FRIDAY, FRIDAY_AFTER, PublishingFixture, THIRD_FRIDAY, at};
use crate::harness::database::{Fresh, both_databases};

const A: &str = "2026-11-27-a.md";
const B: &str = "2026-12-04-b.md";
const EVENING: &str = "2026-11-26T17:00:00Z";

fn due(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A desk with two issues on the first two Fridays.
async fn with_two(db: Db) -> PublishingFixture {
    let desk = PublishingFixture::new(db).await;
    for name in [A, B] {
        desk.file(name, "", &format!("The text of {name}."));
        desk.queue(name, When::NextSlot).await.unwrap();
    }
    desk
}

impl PublishingFixture {
    async fn move_issue(&self, slug: &str, when: When) -> Result<Moved, QueueError> {
        self.publisher().move_issue(slug, when).await
    }

    async fn swap(&self, slugs: [&str; 2]) -> Result<Moved, QueueError> {
        self.publisher().swap(slugs).await
    }

    async fn skip(&self, time: &str) -> Result<bool, SkipError> {
        self.publisher().skip(at(time), "a holiday").await
    }
}

both_databases! {
    async fn a_time_that_another_issue_has_is_refused_on_every_path(db: Db) {
        let desk = with_two(db).await;
        desk.file("c.md", "", "The text of C.");
        let before = desk.rows().await;
        let error = desk.queue("c.md", When::At(at(FRIDAY))).await.unwrap_err();
        assert_eq!(error.to_string(), "\"a\" goes out then, on Fri 2026-11-27 09:00 Europe/Prague");
        assert!(matches!(desk.dry_run("c.md", When::At(at(FRIDAY_AFTER))).await, Err(QueueError::Taken { .. })));
        assert!(matches!(desk.queue(B, When::At(at(FRIDAY))).await, Err(QueueError::Taken { .. })));
        assert!(matches!(desk.move_issue("b", When::At(at(FRIDAY))).await, Err(QueueError::Taken { .. })));
        assert!(matches!(desk.queue(A, When::At(at(FRIDAY_AFTER))).await, Err(QueueError::Taken { .. })));
        assert_eq!(desk.rows().await, before);
        assert_eq!((desk.standing("a").await, desk.standing("b").await), ((Queued, due(FRIDAY)), (Queued, due(FRIDAY_AFTER))));
        // A time that a person chose is taken as a slot is; its own is free for it.
        desk.queue("c.md", When::At(at(EVENING))).await.unwrap();
        assert!(matches!(desk.queue(B, When::At(at(EVENING))).await, Err(QueueError::Taken { .. })));
        desk.queue("c.md", When::At(at(EVENING))).await.unwrap();
        // Another newsletter's times are its own, and what is held or off the queue has none.
        let month = desk.other("month").await;
        month.queue("c.md", When::At(at(FRIDAY))).await.unwrap();
        desk.queue("c.md", When::Hold).await.unwrap();
        desk.queue(B, When::At(at(EVENING))).await.unwrap();
    }

    async fn two_go_out_together_when_it_is_meant(db: Db) {
        let desk = with_two(db).await;
        desk.readers(&["one"]).await;
        desk.file("c.md", "", "The text of C.");
        let beside = desk.queue("c.md", When::Beside(at(FRIDAY))).await.unwrap();
        assert_eq!((beside.issue.due_at, beside.issue.beside), (Some(at(FRIDAY)), true));
        // A new text of either changes nothing about that, nor does its own time said once more.
        for (name, when) in [("c.md", When::NextSlot), ("c.md", When::At(at(FRIDAY))), (A, When::NextSlot)] {
            desk.file(name, "", "Another text.");
            let again = desk.queue(name, when).await.unwrap();
            assert_eq!((again.issue.due_at, again.moved), (Some(at(FRIDAY)), false), "{name}");
        }
        desk.file("d.md", "", "The text of D.");
        assert!(matches!(desk.queue("d.md", When::At(at(FRIDAY))).await, Err(QueueError::Taken { .. })));
        desk.move_issue("b", When::Beside(at(FRIDAY))).await.unwrap();
        assert_eq!(desk.at(FRIDAY).start_due().await.len(), 3);
        // Where nobody is, it is the one.
        let alone = desk.queue("d.md", When::Beside(at(FRIDAY_AFTER))).await.unwrap();
        assert!(!alone.issue.beside);
    }

    async fn who_takes_anothers_time_leaves_it_their_own(db: Db) {
        let desk = with_two(db).await;
        let swapped = desk.queue(B, When::Swap(at(FRIDAY))).await.unwrap();
        assert_eq!(swapped.displaced.unwrap().slug, "a");
        assert_eq!((desk.standing("b").await, desk.standing("a").await), ((Queued, due(FRIDAY)), (Queued, due(FRIDAY_AFTER))));
        // The mail of each bears its new day.
        assert!(desk.plain("a").await.contains("4 December 2026"), "{}", desk.plain("a").await);
        assert!(desk.plain("b").await.contains("27 November 2026"));
        assert_eq!(desk.events("a").await.last().unwrap().split(' ').next(), Some("issue.moved"));
        // One that had no place yet has none to leave: the other gets the next that is free.
        desk.file("c.md", "", "The text of C.");
        let dry = desk.dry_run("c.md", When::Swap(at(FRIDAY))).await.unwrap();
        assert_eq!(dry.displaced.unwrap().due_at, Some(at(THIRD_FRIDAY)));
        assert_eq!(desk.standing("b").await, (Queued, due(FRIDAY)), "a dry run moves nothing");
        desk.queue("c.md", When::Swap(at(FRIDAY))).await.unwrap();
        assert_eq!((desk.standing("c").await, desk.standing("b").await), ((Queued, due(FRIDAY)), (Queued, due(THIRD_FRIDAY))));
        // Where nobody is, it is a time like any other.
        assert!(desk.queue("c.md", When::Swap(at(EVENING))).await.unwrap().displaced.is_none());
    }

    async fn an_issue_is_moved_with_the_text_that_was_queued(db: Db) {
        let desk = with_two(db).await;
        desk.file(A, "", "A text that nobody queued.");
        let moved = desk.move_issue("a", When::At(at(EVENING))).await.unwrap();
        assert_eq!((moved.issue.due_at, moved.issue.on_slot), (Some(at(EVENING)), false));
        let plain = desk.plain("a").await;
        assert!(plain.contains("26 November 2026") && plain.contains("The text of 2026-11-27-a.md."), "{plain}");
        // Also when its file is gone.
        std::fs::remove_file(desk.path(A)).unwrap();
        desk.move_issue("a", When::NextSlot).await.unwrap();
        assert_eq!((desk.standing("a").await, desk.issue("a").await.on_slot), ((Queued, due(FRIDAY)), true));
        assert!(desk.plain("a").await.contains("27 November 2026"));
        let before = desk.rows().await;
        desk.move_issue("a", When::At(at(FRIDAY))).await.unwrap();
        assert_eq!(desk.rows().await, before, "it is there");
        for (slug, when, said) in [
            ("a", When::At(Timestamp(desk.now.0 - 1)), "is in the past"),
            ("none", When::At(at(EVENING)), "there is no issue \"none\""),
        ] {
            let error = desk.move_issue(slug, when).await.unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        for state in [Held, Sending] {
            desk.force("a", state).await;
            let error = desk.move_issue("a", When::At(at(EVENING))).await.unwrap_err();
            assert!(matches!(error, QueueError::NotQueued { .. }), "{error}");
        }
    }

    async fn a_move_of_a_followed_file_stands_until_its_line_changes(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: next", "First text.");
        desk.follow(&mut follower).await;
        desk.move_issue("a", When::At(at(EVENING))).await.unwrap();
        assert!(desk.follow(&mut desk.follower()).await.is_empty(), "a restart moves nothing back");
        desk.file(A, "send_at: next", "Second text.");
        assert_eq!(desk.follow(&mut follower).await, ["a has the new text of its file"]);
        assert_eq!(desk.standing("a").await, (Queued, due(EVENING)));
        assert!(desk.plain("a").await.contains("26 November 2026"));
        // Nor does a new name of the file.
        std::fs::rename(desk.path(A), desk.path("2026-11-26-a.md")).unwrap();
        desk.follow(&mut follower).await;
        assert_eq!(desk.standing("a").await, (Queued, due(EVENING)));
        desk.file("2026-11-26-a.md", "send_at: 2026-12-04 09:00", "Second text.");
        desk.follow(&mut follower).await;
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY_AFTER)));
    }

    async fn two_issues_are_exchanged(db: Db) {
        let desk = with_two(db).await;
        desk.move_issue("b", When::At(at(EVENING))).await.unwrap();
        let Moved { issue, displaced } = desk.swap(["a", "b"]).await.unwrap();
        assert_eq!((issue.due_at, displaced.unwrap().due_at), (Some(at(EVENING)), Some(at(FRIDAY))));
        assert_eq!((desk.issue("a").await.on_slot, desk.issue("b").await.on_slot), (false, true));
        assert!(desk.plain("b").await.contains("27 November 2026") && desk.plain("a").await.contains("26 November 2026"));
        desk.swap(["b", "a"]).await.unwrap();
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
        desk.unschedule("b").await;
        assert!(matches!(desk.swap(["a", "b"]).await, Err(QueueError::NotQueued { .. })));
        assert!(matches!(desk.swap(["a", "none"]).await, Err(QueueError::Unknown(_))));
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
    }

    async fn commands_at_the_same_moment_never_share_a_time(fresh: Fresh) {
        let desk = with_two(fresh.db.clone()).await;
        for round in 0..6 {
            let time = Timestamp(at(EVENING).0 + round * 60_000);
            let mut tasks = JoinSet::new();
            for command in 0..3 {
                let db = Db::open(&fresh.url).await.unwrap();
                let name = format!("issue-{round}-{command}.md");
                desk.file(&name, "", &format!("The text of {name}."));
                let desk = PublishingFixture { db, ..desk.clone() };
                tasks.spawn(async move { desk.queue(&name, When::At(time)).await.map(|queued| queued.issue) });
            }
            let mover = PublishingFixture { db: Db::open(&fresh.url).await.unwrap(), ..desk.clone() };
            tasks.spawn(async move { mover.move_issue("a", When::At(time)).await.map(|moved| moved.issue) });
            let (mut won, mut lost) = (0, 0);
            while let Some(ended) = tasks.join_next().await {
                match ended.unwrap() {
                    Ok(issue) => won += i32::from(issue.due_at == Some(time)),
                    Err(QueueError::Taken { .. }) => lost += 1,
                    Err(other) => panic!("{other}"),
                }
            }
            assert_eq!((won, lost), (1, 3), "round {round}");
        }
        assert_eq!(moments_of_two(&desk).await, 0);
    }

    async fn exchanges_at_the_same_moment_lose_nothing(fresh: Fresh) {
        let desk = with_two(fresh.db.clone()).await;
        desk.file("c.md", "", "The text of C.");
        desk.queue("c.md", When::NextSlot).await.unwrap();
        let mut tasks = JoinSet::new();
        for pair in [["a", "b"], ["b", "c"], ["c", "a"], ["b", "a"]] {
            let desk = PublishingFixture { db: Db::open(&fresh.url).await.unwrap(), ..desk.clone() };
            tasks.spawn(async move { desk.swap(pair).await.map(drop) });
        }
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap().unwrap();
        }
        let mut times = Vec::new();
        for slug in ["a", "b", "c"] {
            let issue = desk.issue(slug).await;
            assert!(!issue.beside, "{slug}");
            let date = desk.newsletter.date_of(issue.due_at.unwrap()).strftime("%-d %B %Y").to_string();
            assert!(desk.plain(slug).await.contains(&date), "{slug} bears another day than {date}");
            times.push(issue.due_at.unwrap());
        }
        times.sort();
        assert_eq!(times, [FRIDAY, FRIDAY_AFTER, THIRD_FRIDAY].map(at));
    }

    async fn a_skipped_slot_is_offered_to_nobody(db: Db) {
        let desk = PublishingFixture::new(db).await;
        assert!(desk.skip(FRIDAY).await.unwrap());
        assert!(!desk.skip(FRIDAY).await.unwrap(), "it is skipped already");
        desk.file(A, "send_at: next", "The text of A.");
        desk.follow(&mut desk.follower()).await;
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY_AFTER)), "the first that is offered from its day on");
        desk.file("c.md", "", "The text of C.");
        desk.queue("c.md", When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("c").await, (Queued, due(THIRD_FRIDAY)));
        let plan = QueuePlan::load(&mut desk.db.read().await.unwrap(), &desk.newsletter, "new", desk.now).await.unwrap();
        assert_eq!(plan.slot(None, desk.now), Some(at("2026-12-18T08:00:00Z")));
        // A person who says the time is obeyed.
        desk.queue("c.md", When::At(at(FRIDAY))).await.unwrap();
        assert_eq!(desk.standing("c").await, (Queued, due(FRIDAY)));
        assert!(desk.publisher().take_back(at(FRIDAY)).await.unwrap());
        assert!(!desk.publisher().take_back(at(FRIDAY)).await.unwrap());
    }

    async fn only_a_free_slot_to_come_is_skipped(db: Db) {
        let desk = with_two(db).await;
        for (time, said) in [
            (FRIDAY, "\"a\" goes out then, on Fri 2026-11-27 09:00 Europe/Prague"),
            (EVENING, "week has no slot on Thu 2026-11-26 18:00 Europe/Prague"),
            ("2026-11-20T08:00:00Z", "is past"),
        ] {
            let error = desk.skip(time).await.unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)), "skipping moves nothing");
        let mut none = desk.clone();
        none.newsletter.slots.clear();
        assert!(matches!(none.skip(THIRD_FRIDAY).await, Err(SkipError::NoSlot { .. })));
        assert!(matches!(none.queue("2026-12-04-b.md", When::OwnSlot).await, Err(QueueError::NoSlot(NoSlot::None))));
    }
}

/// How many moments two queued issues share that do not say so.
async fn moments_of_two(desk: &PublishingFixture) -> i64 {
    let sql = Sql::from(
        "SELECT COUNT(*) FROM (SELECT due_at FROM issues WHERE state = 'queued' AND NOT beside
         GROUP BY newsletter_id, due_at HAVING COUNT(*) > 1) t",
    );
    let (shared,): (i64,) = desk.db.read().await.unwrap().sql(sql).fetch_one().await.unwrap();
    shared
}
