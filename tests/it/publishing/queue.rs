//! Issues get their places: slots, explicit times, on hold; and what is refused.

use std::collections::BTreeSet;
use std::path::Path;

use coranto::clock::Timestamp;
use coranto::domain::issue::IssueState::{Draft, Held, Paused, Preparing, Queued, Sending, Sent, Stopped};
use coranto::publishing::{IssueFolder, NoSlot, QueueError, QueueOptions, When};
use coranto::store::Db;
use tokio::task::JoinSet;

use super::ground::{FRIDAY, FRIDAY_AFTER, PublishingFixture, THIRD_FRIDAY, WEDNESDAY, at};
use crate::harness::database::{Fresh, both_databases};

const A: &str = "2026-11-27-a.md";
const B: &str = "2026-12-04-b.md";

fn due(text: &str) -> Option<String> {
    Some(text.to_owned())
}

both_databases! {
    async fn issues_take_one_slot_after_the_other(db: Db) {
        let desk = PublishingFixture::new(db).await;
        for name in [A, B, "c.md", "d.md"] {
            desk.file(name, "", "Text.");
        }
        let queued = desk.queue(A, When::NextSlot).await.unwrap();
        assert_eq!((queued.issue.due_at, queued.issue.on_slot, queued.moved, queued.revised), (Some(at(FRIDAY)), true, true, false));
        // A time that is a slot too is taken.
        desk.queue(B, When::At(at(FRIDAY_AFTER))).await.unwrap();
        desk.queue("c.md", When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("b").await, (Queued, due(FRIDAY_AFTER)));
        assert_eq!(desk.standing("c").await, (Queued, due(THIRD_FRIDAY)));
        // On the very moment of a slot, that slot is over.
        desk.at(FRIDAY_AFTER).queue("d.md", When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("d").await, (Queued, due("2026-12-18T08:00:00Z")));
        assert_eq!(desk.events("a").await, ["issue.queued by command:anna"]);
    }

    async fn another_newsletters_slots_are_its_own(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let other = desk.other("month").await;
        desk.file(A, "", "Text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        other.queue(A, When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("a").await, other.standing("a").await);
    }

    async fn commands_at_the_same_moment_never_share_a_slot(fresh: Fresh) {
        let desk = PublishingFixture::new(fresh.db.clone()).await;
        let mut tasks = JoinSet::new();
        // Several processes, each with several commands.
        for process in 0..3 {
            let db = Db::open(&fresh.url).await.unwrap();
            for command in 0..4 {
                let name = format!("issue-{process}-{command}.md");
                desk.file(&name, "", "Text.");
                let desk = PublishingFixture { db: db.clone(), ..desk.clone() };
                tasks.spawn(async move { desk.queue(&name, When::NextSlot).await.unwrap().issue.due_at.unwrap() });
            }
        }
        let mut times = BTreeSet::new();
        while let Some(ended) = tasks.join_next().await {
            assert!(times.insert(ended.unwrap()), "a slot was given away twice");
        }
        let weeks: Vec<_> = times.iter().map(|time| (time.0 - at(FRIDAY).0) / (7 * 86_400_000)).collect();
        assert_eq!(weeks, (0..12).collect::<Vec<_>>(), "without a hole");
    }

    async fn the_same_issue_queued_at_the_same_moment_has_one_place(fresh: Fresh) {
        let desk = PublishingFixture::new(fresh.db.clone()).await;
        desk.file(A, "", "Text.");
        let mut tasks = JoinSet::new();
        for _ in 0..3 {
            let db = Db::open(&fresh.url).await.unwrap();
            for _ in 0..3 {
                let desk = PublishingFixture { db: db.clone(), ..desk.clone() };
                tasks.spawn(async move { desk.queue(A, When::NextSlot).await.unwrap() });
            }
        }
        let mut moved = 0;
        while let Some(ended) = tasks.join_next().await {
            let queued = ended.unwrap();
            assert_eq!(queued.issue.due_at, Some(at(FRIDAY)));
            moved += i32::from(queued.moved);
        }
        assert_eq!(moved, 1);
        assert_eq!(desk.events("a").await, ["issue.queued by command:anna"]);
    }

    async fn a_time_a_hold_and_at_once(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "Text.");
        let before = desk.rows().await;
        let error = desk.queue(A, When::At(Timestamp(desk.now.0 - 1))).await.unwrap_err();
        assert!(matches!(error, QueueError::Past(_)) && error.to_string().contains("--now"), "{error}");
        assert_eq!(desk.rows().await, before, "a refusal changes nothing");

        desk.queue(A, When::At(desk.now)).await.unwrap();
        assert_eq!(desk.standing("a").await, (Queued, due(WEDNESDAY)));
        assert!(!desk.issue("a").await.on_slot);

        let held = desk.queue(A, When::Hold).await.unwrap();
        assert_eq!(held.issue.state, Held);
        assert!(held.issue.note.contains("until a person"), "{}", held.issue.note);
        assert!(desk.at(FRIDAY_AFTER).start_due().await.is_empty(), "what is on hold is not due");

        let now = desk.queue(A, When::Now).await.unwrap();
        assert_eq!((now.issue.state, now.issue.due_at, now.issue.note.as_str()), (Queued, Some(desk.now), ""));
        assert_eq!(desk.events("a").await, ["issue.queued by command:anna", "issue.held by command:anna", "issue.queued by command:anna"]);

        desk.file(B, "", "Text.");
        assert_eq!(desk.queue(B, When::Hold).await.unwrap().issue.state, Held);
        desk.queue(B, When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("b").await, (Queued, due(FRIDAY_AFTER)));
    }

    async fn queued_again_it_keeps_its_place_and_nothing_is_written(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "First text.");
        desk.file(B, "", "Text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        desk.queue(B, When::NextSlot).await.unwrap();
        let before = (desk.rows().await, desk.issue("a").await.revision_id);
        let again = desk.queue(A, When::NextSlot).await.unwrap();
        assert_eq!((again.moved, again.revised, again.issue.due_at), (false, false, Some(at(FRIDAY))));
        assert_eq!((desk.rows().await, desk.issue("a").await.revision_id), before);

        desk.file(A, "", "Second text.");
        let again = desk.queue(A, When::NextSlot).await.unwrap();
        assert_eq!((again.moved, again.revised, again.issue.due_at), (false, true, Some(at(FRIDAY))));
        assert!(desk.plain("a").await.contains("Second text."));
        assert_eq!(desk.events("a").await, ["issue.queued by command:anna", "issue.revised by command:anna"]);

        // Back to the first text is back to the first revision.
        desk.file(A, "", "First text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        assert_eq!(desk.issue("a").await.revision_id, before.1);
    }

    async fn an_issue_that_is_due_this_moment_is_not_put_off(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "First text.");
        desk.readers(&["one"]).await;
        desk.queue(A, When::NextSlot).await.unwrap();
        desk.file(A, "", "Second text.");
        let late = desk.at("2026-11-27T08:00:00.500Z");
        late.queue(A, When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
        assert_eq!(late.start_due().await.len(), 1);
        assert!(desk.plain("a").await.contains("Second text."));
    }

    async fn an_issue_that_missed_its_slot_gets_the_next(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "Text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        // No scheduler ran; a person queues it again after the grace.
        desk.at("2026-11-27T14:00:00.001Z").queue(A, When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY_AFTER)));
    }

    async fn a_paused_issue_gets_new_content_and_nothing_else(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "First text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        desk.force("a", Paused).await;
        desk.file(A, "", "Second text.");
        for when in [When::Now, When::NextSlot, When::At(at(FRIDAY_AFTER)), When::Hold, When::OwnSlot] {
            let queued = desk.queue(A, when).await.unwrap();
            assert_eq!((queued.issue.state, queued.moved), (Paused, false), "{when:?}");
            assert_eq!(desk.standing("a").await, (Paused, due(FRIDAY)), "{when:?}");
        }
        assert!(desk.plain("a").await.contains("Second text."));
        assert_eq!(desk.events("a").await, ["issue.queued by command:anna", "issue.revised by command:anna"]);
    }

    async fn what_went_out_or_goes_out_is_refused(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "First text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        desk.file(A, "", "Second text.");
        for (state, said) in [
            (Sent, "\"a\" was sent already; give the file another name to send it as a new issue"),
            (Stopped, "\"a\" was stopped already; give the file another name to send it as a new issue"),
            (Sending, "\"a\" is going out; `coranto issues pause a` first, then queue it again to serve the rest with the new text"),
            (Preparing, "\"a\" is going out; `coranto issues pause a` first, then queue it again to serve the rest with the new text"),
        ] {
            desk.force("a", state).await;
            let before = desk.rows().await;
            for when in [When::NextSlot, When::Now, When::Hold] {
                assert_eq!(desk.queue(A, when).await.unwrap_err().to_string(), said);
            }
            assert_eq!(desk.rows().await, before);
        }
    }

    async fn a_draft_is_refused_unless_it_is_only_put_on_hold(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "draft: true", "Text.");
        let before = desk.rows().await;
        for when in [When::NextSlot, When::Now, When::At(at(FRIDAY)), When::OwnSlot] {
            let error = desk.queue(A, when).await.unwrap_err();
            assert!(matches!(error, QueueError::Draft) && error.to_string().contains("draft: true"), "{error}");
        }
        assert_eq!(desk.rows().await, before);
        assert_eq!(desk.queue(A, When::Hold).await.unwrap().issue.state, Held);
    }

    async fn a_dry_run_says_what_would_be_and_stores_nothing(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one", "two"]).await;
        desk.file(A, "", "First text.");
        desk.file(B, "", "Text.");
        desk.queue(B, When::NextSlot).await.unwrap();
        let before = (desk.rows().await, format!("{:?}", desk.issue("b").await));

        let shown = desk.dry_run(A, When::NextSlot).await.unwrap();
        assert_eq!((shown.issue.state, shown.issue.due_at, shown.readers), (Queued, Some(at(FRIDAY)), 2));
        assert!(shown.words > 0 && shown.moved);
        assert!(desk.found("a").await.is_none());
        desk.file(B, "", "Another text.");
        for when in [When::NextSlot, When::OwnSlot, When::Now, When::Hold, When::At(at(THIRD_FRIDAY))] {
            assert!(desk.dry_run(B, when).await.unwrap().revised, "{when:?}");
            assert!(desk.dry_run(A, when).await.is_ok(), "{when:?}");
        }
        assert!(matches!(desk.dry_run(A, When::At(Timestamp(0))).await, Err(QueueError::Past(_))));
        assert_eq!((desk.rows().await, format!("{:?}", desk.issue("b").await)), before);
        // What was shown comes true.
        assert_eq!(desk.queue(A, When::NextSlot).await.unwrap().issue.due_at, shown.issue.due_at);
    }

    async fn off_the_queue_the_slot_is_free(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "Text.");
        desk.file("b.md", "", "Text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        assert!(desk.unschedule("a").await);
        assert!(!desk.unschedule("a").await, "it is off already");
        assert_eq!(desk.issue("a").await.state, Draft);
        // Nor does its file keep it, once it is gone.
        std::fs::rename(desk.path(A), desk.path("a.md")).unwrap();
        desk.queue("b.md", When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("b").await, (Queued, due(FRIDAY)));
        std::fs::rename(desk.path("a.md"), desk.path(A)).unwrap();
        // It comes back behind the other.
        desk.queue(A, When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY_AFTER)));
        desk.queue(A, When::Hold).await.unwrap();
        assert!(desk.unschedule("a").await, "what is held is taken off too");
        desk.force("a", Sending).await;
        assert!(!desk.unschedule("a").await, "what goes out is stopped, not unscheduled");
        let kinds = ["queued", "unscheduled", "queued", "held", "unscheduled"].map(|kind| format!("issue.{kind} by command:anna"));
        assert_eq!(desk.events("a").await, kinds);
    }

    async fn a_newsletter_without_a_slot_has_only_times(db: Db) {
        let mut desk = PublishingFixture::new(db).await;
        desk.newsletter.slots.clear();
        desk.file(A, "", "Text.");
        let error = desk.queue(A, When::NextSlot).await.unwrap_err();
        assert!(matches!(error, QueueError::NoSlot(NoSlot::None)) && error.to_string().contains("--at"), "{error}");
        assert!(desk.found("a").await.is_none());
        desk.queue(A, When::At(at(FRIDAY))).await.unwrap();
        // Its place is no slot, and kept all the same.
        assert_eq!(desk.queue(A, When::NextSlot).await.unwrap().issue.due_at, Some(at(FRIDAY)));
    }

    async fn a_file_that_is_no_issue_changes_nothing(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "First text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        let before = (desk.rows().await, desk.issue("a").await.revision_id);
        desk.file(A, "", "Dear {{ nome }},");
        let error = desk.queue(A, When::NextSlot).await.unwrap_err();
        let QueueError::Source(library) = &error else { panic!("{error}") };
        assert_eq!(library.problems().len(), 1);
        assert!(error.to_string().ends_with("2026-11-27-a.md: 1 to fix before it can go out"), "{error}");
        assert!(library.problems()[0].to_string().starts_with("6:6: "), "{}", library.problems()[0]);

        desk.raw(A, &vec![b'x'; 2 << 20]);
        assert!(matches!(desk.queue(A, When::Now).await, Err(QueueError::Source(_))));
        desk.raw("Not A Slug.md", b"---\ntitle: a\n---\n");
        let error = desk.queue("Not A Slug.md", When::Now).await.unwrap_err().to_string();
        assert!(error.contains("2026-11-27-a-short-title.md"), "{error}");
        let error = desk.queue("missing.md", When::Now).await.unwrap_err().to_string();
        assert!(error.contains("missing.md: No such file"), "{error}");
        desk.file("theirs.md", "newsletter: month", "Text.");
        let error = desk.queue("theirs.md", When::Now).await.unwrap_err().to_string();
        assert!(error.contains("\"month\"") && error.contains("\"week\""), "{error}");
        assert_eq!((desk.rows().await, desk.issue("a").await.revision_id), before);
    }

    async fn the_sample_issues_are_queued(db: Db) {
        let mut desk = PublishingFixture::new(db).await;
        desk.newsletter.issues = Path::new(env!("CARGO_MANIFEST_DIR")).join("issues");
        let folder = IssueFolder::of(&desk.newsletter);
        let files = folder.files().unwrap();
        assert_eq!(files.len(), 3);
        for (file, slot) in files.iter().zip([FRIDAY, FRIDAY_AFTER, THIRD_FRIDAY]) {
            let source = folder.read(file).unwrap();
            let queued = desk.publisher().queue(&source, When::NextSlot, QueueOptions::default()).await.unwrap();
            assert_eq!(queued.issue.due_at, Some(at(slot)), "{}", file.display());
            // They are named for days that are past.
            assert!(queued.warnings.iter().all(|problem| problem.code == "file-date"), "{:?}", queued.warnings);
        }
    }
}
