//! What the file says and what is queued: the same, or told apart, in every state and every way in which they differ.

use std::path::Path;

use coranto::domain::issue::IssueState::{Held, Paused, Sending, Sent};
use coranto::publishing::When;
use coranto::publishing::standing::{self, Difference, QueuedFile};
use coranto::store::Db;

use super::ground::PublishingFixture;
use crate::harness::database::both_databases;

const A: &str = "2026-11-27-a.md";
/// When the text was queued: the desk's Wednesday, in Prague.
const TEXT: &str = "the text of 25 Nov 11:00";

impl PublishingFixture {
    async fn compared(&self, slug: &str) -> Option<QueuedFile> {
        let issue = self.issue(slug).await;
        standing::look(&self.db, &self.renderer(), &[issue]).await.unwrap().remove(0)
    }

    async fn note(&self, slug: &str) -> Option<String> {
        self.compared(slug).await.unwrap().note
    }
}

async fn queued(db: Db) -> PublishingFixture {
    let desk = PublishingFixture::new(db).await;
    desk.file(A, "", "First text.");
    desk.queue(A, When::NextSlot).await.unwrap();
    desk
}

fn image(path: &Path, colour: u8) {
    let pixels = image::RgbImage::from_pixel(40, 30, image::Rgb([colour, 10, 20]));
    pixels.save_with_format(path, image::ImageFormat::Png).unwrap();
}

both_databases! {
    async fn an_unchanged_file_has_nothing_to_say(db: Db) {
        let desk = queued(db).await;
        let standing = desk.compared("a").await.unwrap();
        assert_eq!((standing.differs, standing.note, standing.text_of), (None, None, desk.now));
        assert_eq!(standing.path.as_deref(), Some(desk.path(A).as_path()));
        // Its time, and what the front matter says of it, is no text; nor is its place.
        desk.file(A, "send_at: next", "First text.");
        assert_eq!(desk.note("a").await, None);
        std::fs::rename(desk.path(A), desk.path("2026-12-04-a.md")).unwrap();
        assert_eq!(desk.note("a").await, None);
        // Queued again, it is the same again.
        desk.file("2026-12-04-a.md", "", "Second text.");
        assert!(desk.note("a").await.is_some());
        desk.at("2026-11-26T13:02:00Z").queue("2026-12-04-a.md", When::NextSlot).await.unwrap();
        assert_eq!(desk.note("a").await, None);
        desk.file("2026-12-04-a.md", "", "Third text.");
        assert!(desk.note("a").await.unwrap().contains("(the text of 26 Nov 14:02)"));
    }

    async fn a_changed_file_is_said_with_the_command(db: Db) {
        let desk = queued(db).await;
        let path = desk.path(A);
        // Everything that the mail or the page would show: the text, the subject, and what only the page has.
        for (front, text) in [("", "Second text."), ("subject: Another", "First text."), ("author: A. Writer", "First text.")] {
            desk.file(A, front, text);
            assert_eq!(desk.compared("a").await.unwrap().differs, Some(Difference::Changed), "{front}{text}");
            let wanted = format!("the file has changed since it was queued ({TEXT}): coranto queue {}", path.display());
            assert_eq!(desk.note("a").await, Some(wanted), "{front}");
        }
        desk.file(A, "", "Second text.");
        for (state, said) in [
            (Paused, Some(format!("the file has changed since it was queued ({TEXT}): coranto queue"))),
            (Sending, Some(format!("since it was queued; {TEXT} goes out: coranto issues correct"))),
            // Whoever queues it queues the file as it is then.
            (Held, None),
        ] {
            desk.force("a", state).await;
            let note = desk.note("a").await;
            assert_eq!(note.is_some(), said.is_some(), "{state}: {note:?}");
            assert!(note.is_none_or(|note| note.contains(&said.unwrap())), "{state}");
        }
        desk.force("a", Sent).await;
        assert_eq!(desk.compared("a").await, None, "what is over is not compared");
    }

    async fn a_broken_file_is_said_with_its_place(db: Db) {
        let desk = queued(db).await;
        desk.file(A, "", "Dear {{ nmae }},");
        let note = desk.note("a").await.unwrap();
        assert!(note.starts_with("the file cannot go out as it is (6:6 there is no merge field `nmae`"), "{note}");
        assert!(note.ends_with(&format!("; {TEXT} goes out")), "{note}");
        desk.raw(A, b"---\ntitle: A\nsend_at: never\n---\nText.\n");
        assert!(desk.note("a").await.unwrap().starts_with("the file cannot go out as it is (3:10 send_at"));
        desk.raw(A, b"---\ntitle: caf\xE9\n---\nText.\n");
        assert!(desk.note("a").await.unwrap().contains("(2:"), "{:?}", desk.note("a").await);
        desk.force("a", Held).await;
        assert!(!desk.note("a").await.unwrap().contains("goes out"), "nothing of it goes out by itself");
    }

    async fn a_file_that_is_gone_doubled_or_unfinished_is_said(db: Db) {
        let desk = queued(db).await;
        desk.file(A, "draft: true", "First text.");
        assert_eq!(desk.compared("a").await.unwrap().differs, Some(Difference::Draft));
        assert!(desk.note("a").await.unwrap().contains("`coranto serve` takes the issue off the queue"));
        desk.file(A, "", "First text.");
        desk.file("2026-12-04-a.md", "", "Another text.");
        let note = desk.note("a").await.unwrap();
        assert!(note.contains("2026-11-27-a.md and ") && note.contains("2026-12-04-a.md make its slug"), "{note}");
        // One that names another newsletter is not its.
        desk.file("2026-12-04-a.md", "newsletter: month", "Another text.");
        assert_eq!(desk.note("a").await, None);
        std::fs::remove_file(desk.path(A)).unwrap();
        assert_eq!(desk.compared("a").await.unwrap().differs, Some(Difference::Gone));
        assert_eq!(desk.note("a").await, Some(format!("the file is gone; {TEXT} goes out")));
        desk.force("a", Held).await;
        assert!(desk.note("a").await.unwrap().contains("nothing to queue"));
    }

    async fn a_file_from_elsewhere_is_compared_there(db: Db) {
        let mut desk = PublishingFixture::new(db).await;
        desk.file(A, "", "First text.");
        let issues = desk.path("issues");
        std::fs::create_dir(&issues).unwrap();
        desk.newsletter.issues = issues;
        desk.queue(A, When::NextSlot).await.unwrap();
        assert_eq!(desk.note("a").await, None);
        desk.file(A, "", "Second text.");
        assert!(desk.note("a").await.unwrap().contains("has changed"));
        std::fs::remove_file(desk.path(A)).unwrap();
        assert!(desk.note("a").await.unwrap().starts_with("the file is gone"));
        // A machine without the folder cannot say so.
        desk.newsletter.issues = desk.path("nowhere");
        let mut elsewhere = desk.issue("a").await;
        elsewhere.file = None;
        assert_eq!(standing::look(&desk.db, &desk.renderer(), &[elsewhere]).await.unwrap(), [None]);
    }

    async fn an_image_that_changed_is_a_change(db: Db) {
        let desk = PublishingFixture::new(db).await;
        image(&desk.path("gate.png"), 1);
        desk.file(A, "", "![The gate](gate.png)");
        desk.queue(A, When::NextSlot).await.unwrap();
        assert_eq!(desk.note("a").await, None);
        std::thread::sleep(std::time::Duration::from_millis(12));
        image(&desk.path("gate.png"), 200);
        assert!(desk.note("a").await.unwrap().contains("has changed"));
        std::fs::remove_file(desk.path("gate.png")).unwrap();
        assert!(desk.note("a").await.unwrap().starts_with("the file cannot go out as it is (6:"), "{:?}", desk.note("a").await);
    }

    async fn a_layout_that_changed_is_no_change_of_the_file(db: Db) {
        let mut desk = queued(db).await;
        desk.newsletter.postal_address = "2 Another Street".to_owned();
        assert_eq!(desk.note("a").await, None);
    }

    async fn files_that_cannot_be_queued_by_themselves_are_found(db: Db) {
        let desk = queued(db).await;
        desk.file("2026-12-04-good.md", "send_at: next", "Text.");
        desk.file("2026-12-11-bad.md", "send_at: next", "Dear {{ nmae }},");
        desk.file("2026-12-18-silent.md", "", "Dear {{ nmae }},");
        desk.file("2026-12-18-draft.md", "send_at: next\ndraft: true", "Dear {{ nmae }},");
        desk.file("2026-11-20-past.md", "send_at: next", "Dear {{ nmae }},");
        desk.raw("2026-12-25-torn.md", b"---\ntitle: A\nsend_at: next\n");
        let stuck = standing::stuck(&desk.db, &desk.renderer(), desk.now).await.unwrap();
        let names: Vec<_> = stuck.iter().map(|one| one.path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["2026-12-11-bad.md", "2026-12-25-torn.md"]);
        assert_eq!((stuck[0].problem.line, stuck[0].problem.code), (7, "field-unknown"));
    }
}
