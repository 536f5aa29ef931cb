//! A file that was renamed is no new issue by itself.

use coranto::domain::issue::IssueState::{Held, Queued, Sent};
use coranto::publishing::When;
use coranto::store::Db;

use super::ground::PublishingFixture;
use crate::harness::database::both_databases;

const LONG: &str = "The ferry takes two hours for four miles, and nobody minds. Who lives on the island knows the pilot, \
    the pilot knows the tide, and the tide knows nobody. In the morning the boxes come off first, then the post, then \
    the children.";

fn titled(desk: &PublishingFixture, name: &str, title: &str, text: &str) {
    let source = format!("---\ntitle: {title}\nsummary: What it says.\nsend_at: next\n---\n\n{text}\n");
    desk.raw(name, source.as_bytes());
}

both_databases! {
    async fn a_renamed_file_is_held_however_it_was_touched(db: Db) {
        let desk = PublishingFixture::new(db).await;
        titled(&desk, "2026-11-27-ferry.md", "The ferry", LONG);
        let mut follower = desk.follower();
        desk.follow(&mut follower).await;
        desk.force("ferry", Sent).await;
        let edited = LONG.replace("two hours", "three hours");
        for (slug, title, text) in [
            ("same", "The ferry", LONG.to_owned()),
            ("touched", "The ferry", format!("{edited}\n\nA last line.")),
            ("retitled", "The long way round", edited.clone()),
            ("case", "the FERRY", edited),
        ] {
            titled(&desk, &format!("2026-12-04-{slug}.md"), title, &text);
            let told = desk.follow(&mut follower).await;
            assert!(told.len() == 1 && told[0].contains("it is like \"") && told[0].contains("which is sent"), "{slug}: {told:?}");
            assert_eq!(desk.issue(slug).await.state, Held, "{slug}");
            // Whoever means it queues it.
            desk.queue_again(&format!("2026-12-04-{slug}.md"), When::NextSlot).await.unwrap();
            desk.force(slug, Sent).await;
            std::fs::remove_file(desk.path(&format!("2026-12-04-{slug}.md"))).unwrap();
            desk.follow(&mut follower).await;
        }
    }

    async fn a_new_text_under_the_same_title_each_week_is_queued(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let texts = [
            "Nothing of the harbour this week. The library opens on Saturday instead, and the bakery closes early on \
             Monday since the oven is being built anew. Bring your own bread, says Marta.",
            "Ten years ago the school had forty pupils; today it has four, and two of them are brothers. The teacher has \
             counted the benches, and wonders what becomes of the other thirty-six.",
        ];
        titled(&desk, "2026-11-27-first.md", "Notes of the week", LONG);
        titled(&desk, "2026-12-04-second.md", "Notes of the week", texts[0]);
        titled(&desk, "2026-12-11-third.md", "Notes of the week", texts[1]);
        desk.follow(&mut desk.follower()).await;
        for slug in ["first", "second", "third"] {
            assert_eq!(desk.issue(slug).await.state, Queued, "{slug}");
        }
    }

    async fn short_texts_under_one_title_are_one_issue(db: Db) {
        let desk = PublishingFixture::new(db).await;
        titled(&desk, "2026-11-27-short.md", "No issue this week", "See you next Friday.");
        let mut follower = desk.follower();
        desk.follow(&mut follower).await;
        titled(&desk, "2026-12-04-short-again.md", "No issue this week", "See you on Friday.");
        desk.follow(&mut follower).await;
        assert_eq!((desk.issue("short").await.state, desk.issue("short-again").await.state), (Queued, Held));
    }
}
