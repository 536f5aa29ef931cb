//! A file's day and its issue's slot are one; a text that went out goes out again only on purpose.

use coranto::domain::issue::IssueState::{Held, Queued};
use coranto::publishing::{QueueError, QueuePlan, Queued as Done, When};
use coranto::store::{Db, revisions};

use super::ground::{FRIDAY, FRIDAY_AFTER, PublishingFixture, THIRD_FRIDAY, at};
use crate::harness::database::both_databases;

/// The day that `coranto new` would put into a file's name.
async fn proposed(desk: &PublishingFixture) -> String {
    let mut tx = desk.db.read().await.unwrap();
    let plan = QueuePlan::load(&mut tx, &desk.newsletter, "new", desk.now).await.unwrap();
    let slot = plan.slot(None, desk.now).unwrap();
    desk.newsletter.date_of(slot).to_string()
}

fn days(done: &Done) -> Vec<String> {
    done.warnings.iter().filter(|problem| problem.code == "file-date").map(ToString::to_string).collect()
}

both_databases! {
    async fn the_day_of_a_file_is_the_day_of_its_slot(db: Db) {
        let desk = PublishingFixture::new(db).await;
        // An installation begins with a file that nobody has queued.
        desk.file("2026-11-27-first-things.md", "", "First.");
        assert_eq!(proposed(&desk).await, "2026-12-04");
        desk.file("2026-12-04-second.md", "", "Second.");
        assert_eq!(proposed(&desk).await, "2026-12-11");

        let second = desk.queue("2026-12-04-second.md", When::NextSlot).await.unwrap();
        assert_eq!((second.issue.due_at, days(&second)), (Some(at(FRIDAY_AFTER)), vec![]));
        let first = desk.queue("2026-11-27-first-things.md", When::NextSlot).await.unwrap();
        assert_eq!((first.issue.due_at, days(&first)), (Some(at(FRIDAY)), vec![]));
        assert_eq!(proposed(&desk).await, "2026-12-11");
    }

    async fn a_file_without_a_slot_of_its_own_gets_one_that_nobody_has(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file("2026-11-27-reserved.md", "", "Reserved.");
        desk.file("2026-11-25-wednesday.md", "", "On no slot.");
        desk.file("2026-11-20-late.md", "", "Late.");
        desk.file("undated.md", "", "Undated.");
        let wednesday = desk.queue("2026-11-25-wednesday.md", When::NextSlot).await.unwrap();
        assert_eq!(wednesday.issue.due_at, Some(at(FRIDAY_AFTER)), "the first Friday is another file's");
        assert_eq!(
            days(&wednesday),
            ["1:1: the file is named for 2026-11-25, but the issue goes out on 2026-12-04\n  \
              hint: rename it to 2026-12-04-wednesday.md; it stays the same issue"]
        );
        let undated = desk.queue("undated.md", When::NextSlot).await.unwrap();
        assert_eq!((undated.issue.due_at, days(&undated)), (Some(at(THIRD_FRIDAY)), vec![]));
        // Whoever says a time is told too.
        let late = desk.queue("2026-11-20-late.md", When::Now).await.unwrap();
        assert_eq!(days(&late).len(), 1);
    }

    async fn what_went_out_reserves_nothing(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one"]).await;
        desk.file("2026-11-27-early.md", "", "Sent before its day.");
        desk.queue("2026-11-27-early.md", When::Now).await.unwrap();
        assert_eq!(proposed(&desk).await, "2026-11-27", "its slot is free: it goes out before");
        desk.queue("2026-11-27-early.md", When::Hold).await.unwrap();
        assert_eq!((desk.issue("early").await.state, proposed(&desk).await), (Held, "2026-12-04".to_owned()));
        desk.queue("2026-11-27-early.md", When::Now).await.unwrap();
        desk.start_due().await;
        assert_eq!(proposed(&desk).await, "2026-11-27");
    }

    async fn a_slot_that_is_taken_is_not_given_to_the_file_of_its_day(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file("other.md", "", "Other.");
        desk.queue("other.md", When::At(at(FRIDAY))).await.unwrap();
        desk.file("2026-11-27-a.md", "", "Text.");
        let late = desk.queue("2026-11-27-a.md", When::NextSlot).await.unwrap();
        assert_eq!((late.issue.due_at, days(&late).len()), (Some(at(FRIDAY_AFTER)), 1));
    }

    async fn the_same_text_goes_out_twice_only_on_purpose(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let text = "A text of more than twenty words is not the same by chance, and so whoever queues it under another \
                    name has most likely forgotten to write a new one.";
        desk.file("2026-11-27-a.md", "", text);
        desk.queue("2026-11-27-a.md", When::NextSlot).await.unwrap();
        desk.file("2026-12-04-b.md", "author: Another\n", &format!("\n{}\n\n", text.replace(' ', "\n")));
        let before = desk.rows().await;
        let error = desk.queue("2026-12-04-b.md", When::NextSlot).await.unwrap_err();
        assert!(matches!(&error, QueueError::Twin { other, state } if other == "a" && *state == Queued), "{error}");
        assert_eq!(desk.rows().await, before);

        let again = desk.queue_again("2026-12-04-b.md", When::NextSlot).await.unwrap();
        assert_eq!(again.issue.due_at, Some(at(FRIDAY_AFTER)));
        // Once it is there it may be queued again, and a few words may be the same every week.
        desk.queue("2026-12-04-b.md", When::NextSlot).await.unwrap();
        desk.file("c.md", "", "See you next week.");
        desk.file("d.md", "", "See you next week.");
        desk.queue("c.md", When::NextSlot).await.unwrap();
        desk.queue("d.md", When::NextSlot).await.unwrap();
        desk.raw("e.md", &std::fs::read(desk.path("d.md")).unwrap());
        assert!(matches!(desk.queue("e.md", When::NextSlot).await, Err(QueueError::Twin { .. })), "under one title");
    }

    async fn sources_are_those_of_other_issues_of_a_length(db: Db) {
        let desk = PublishingFixture::new(db).await;
        for (name, text) in [("a.md", "One."), ("b.md", "Two and a half.")] {
            desk.file(name, "", text);
            desk.queue(name, When::NextSlot).await.unwrap();
        }
        let length = std::fs::read_to_string(desk.path("a.md")).unwrap().chars().count();
        let mut tx = desk.db.read().await.unwrap();
        let mut of = async |slug: &str, least, most| {
            let found = revisions::sources(&mut tx, desk.id, slug, least, most).await.unwrap();
            found.into_iter().map(|source| (source.slug, source.state)).collect::<Vec<_>>()
        };
        assert_eq!(of("c", 0, 1000).await, [("b".to_owned(), Queued), ("a".to_owned(), Queued)]);
        assert_eq!(of("a", 0, 1000).await.len(), 1);
        assert_eq!(of("c", length, length).await, [("a".to_owned(), Queued)]);
    }
}
