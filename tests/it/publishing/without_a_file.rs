//! A text that never was a file is published like one that is: checked, queued, moved, corrected, sent as a test.

use std::collections::HashMap;
use std::sync::Arc;

use coranto::clock::Clock;
use coranto::delivery::EngineSettings;
use coranto::delivery::test_send::{self, TestSend};
use coranto::domain::delivery::DeliveryState;
use coranto::domain::issue::IssueState::{Held, Queued, Sending};
use coranto::images;
use coranto::publishing::{QueueError, QueueOptions, Source, SourceError, SourceFault, When};
use coranto::smtp::{Sink, SinkOptions};
use coranto::store::{Db, images as stored, pages, revisions};

use super::ground::{FRIDAY, FRIDAY_AFTER, PublishingFixture, at, keys};
use crate::delivery::stage;
use crate::harness::database::both_databases;
use crate::images::png;

const TEXT: &str = "---\ntitle: The long way round\nsummary: What it says.\nimage: gate.png\nimage_alt: A gate\n---\n\n\
                    The gate is closed.\n\n![A gate](gate.png)\n";

/// A newsletter whose folder of issues is not there.
async fn without_folder(db: Db) -> PublishingFixture {
    let mut desk = PublishingFixture::new(db).await;
    desk.newsletter.issues = desk.path("nowhere");
    desk
}

impl PublishingFixture {
    /// A text from memory, with a picture from memory.
    fn source(&self, text: &str) -> Result<Source, SourceError> {
        let gate = Arc::new(images::prepare(&png(1400, 700)).unwrap());
        Source::new(&self.newsletter, "round", text, HashMap::from([("gate.png".to_owned(), gate)]))
    }

    async fn queue_source(&self, text: &str, when: When) -> Result<coranto::publishing::Queued, QueueError> {
        self.publisher().queue(&self.source(text)?, when, QueueOptions::default()).await
    }

    async fn digest(&self, slug: &str) -> String {
        let revision = self.issue(slug).await.revision_id;
        revisions::get(&mut self.db.read().await.unwrap(), revision).await.unwrap().unwrap().digest
    }
}

both_databases! {
    async fn it_has_the_fingerprint_of_the_same_text_from_a_file(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.raw("gate.png", &png(1400, 700));
        desk.raw("2026-11-27-round.md", TEXT.as_bytes());
        desk.queue("2026-11-27-round.md", When::NextSlot).await.unwrap();
        let of_file = (desk.digest("round").await, desk.issue("round").await);
        let again = desk.queue_source(TEXT, When::NextSlot).await.unwrap();
        assert!(!again.revised && !again.moved, "{again:?}");
        assert_eq!((desk.digest("round").await, desk.issue("round").await.revision_id), (of_file.0, of_file.1.revision_id));
        assert_eq!(desk.issue("round").await.file, None, "nothing of it lies elsewhere");
    }

    async fn it_is_queued_moved_and_goes_out(db: Db) {
        let desk = without_folder(db).await;
        desk.readers(&["anna"]).await;
        let queued = desk.queue_source(TEXT, When::NextSlot).await.unwrap();
        assert_eq!((queued.issue.state, queued.issue.due_at, queued.readers), (Queued, Some(at(FRIDAY)), 1));
        // Its mail bears the day: it is rendered anew, with the picture that is stored.
        desk.publisher().move_issue("round", When::At(at(FRIDAY_AFTER))).await.unwrap();
        let plain = desk.plain("round").await;
        assert!(plain.contains("4 December 2026"), "{plain}");
        let revision = desk.issue("round").await.revision_id;
        let shown = stored::of_revision(&mut desk.db.read().await.unwrap(), revision).await.unwrap();
        assert_eq!(shown.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["gate.png"]);
        assert_eq!(desk.at(FRIDAY_AFTER).start_due().await.len(), 1);
        assert_eq!(desk.issue("round").await.state, Sending);
        let held = desk.queue_source(TEXT, When::Hold).await.unwrap_err();
        assert!(matches!(held, QueueError::GoingOut { .. }), "{held}");
    }

    async fn it_is_held_and_queued_by_a_person(db: Db) {
        let desk = without_folder(db).await;
        assert_eq!(desk.queue_source(TEXT, When::Hold).await.unwrap().issue.state, Held);
        assert_eq!(desk.queue_source(TEXT, When::NextSlot).await.unwrap().issue.state, Queued);
        assert!(desk.unschedule("round").await);
    }

    async fn it_is_corrected(db: Db) {
        let desk = without_folder(db).await;
        desk.readers(&["anna"]).await;
        desk.queue_source(TEXT, When::NextSlot).await.unwrap();
        let friday = desk.at(FRIDAY);
        friday.start_due().await;
        let right = TEXT.replace("is closed", "is open").replace("image:", "correction: The gate is open.\nimage:");
        let source = friday.source(&right).unwrap();
        assert!(friday.publisher().correct(&source).await.unwrap());
        assert!(!friday.publisher().correct(&source).await.unwrap(), "it is there already");
        let page = pages::find(&mut desk.db.read().await.unwrap(), desk.id, "round").await.unwrap().unwrap();
        assert!(page.html.contains("The gate is open.") && page.html.contains("/i/"), "{}", page.html);
    }

    async fn it_is_sent_as_a_test(db: Db) {
        let desk = without_folder(db).await;
        let sink = Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
        let mut settings = EngineSettings::new("https://news.example.org", keys());
        settings.newsletters = vec![stage::sends(desk.newsletter.clone())];
        settings.relays = vec![stage::relay("main", &sink)];
        let revision = desk.publisher().proof(&desk.source(TEXT).unwrap()).await.unwrap();
        let to = ["editor@example.net".parse().unwrap()];
        let sent = test_send::send(&desk.db, &Clock::fixed(desk.now), settings, revision, &to).await.unwrap();
        assert!(matches!(sent.as_slice(), [TestSend { state: DeliveryState::Sent, .. }]), "{sent:?}");
        let mail = String::from_utf8(stage::mails(&sink, "editor").remove(0).data).unwrap();
        assert!(mail.contains("Subject: [Test] The long way round") && mail.contains("The gate is closed."), "{mail}");
        assert!(desk.found("round").await.is_none(), "a test makes no issue");
    }

    async fn what_is_wrong_is_said_by_its_name(db: Db) {
        let desk = without_folder(db).await;
        let checked = desk.renderer().check(&desk.source(&TEXT.replace("(gate", "(door")).unwrap(), desk.now);
        assert_eq!(checked.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["image-missing"]);
        assert!(desk.renderer().check(&desk.source(TEXT).unwrap(), desk.now).is_ok());
        let refused = desk.queue_source(&TEXT.replace("(gate", "(door"), When::NextSlot).await.unwrap_err();
        assert_eq!(refused.to_string(), "round: 1 to fix before it can go out");
        let of_another = desk.source(&TEXT.replace("image:", "newsletter: month\nimage:")).unwrap_err();
        assert_eq!(of_another.to_string(), "round: its front matter says newsletter \"month\", this is \"week\"");
        let torn = desk.source("---\ntitle: A").unwrap_err();
        assert!(matches!(torn.why, SourceFault::Content(_)) && !torn.problems().is_empty(), "{torn}");
        for (slug, fault) in [("Not a slug", "makes no slug"), ("privacy", "is the address of another page")] {
            let error = Source::new(&desk.newsletter, slug, TEXT, HashMap::new()).unwrap_err();
            assert!(error.to_string().starts_with(slug) && error.to_string().contains(fault), "{error}");
        }
        assert!(desk.found("round").await.is_none());
    }
}
