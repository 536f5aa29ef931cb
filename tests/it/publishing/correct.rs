//! Web versions from files: neutral, corrected after the sending, and shown to whom the front matter says.

use coranto::domain::issue::IssueState::{Held, Paused, Queued, Sending, Sent, Stopped};
use coranto::domain::issue::Visibility;
use coranto::publishing::{CorrectError, When};
use coranto::store::pages::Page;
use coranto::store::{Db, pages};

use super::ground::{FRIDAY, PublishingFixture, at};
use crate::harness::database::both_databases;

const A: &str = "2026-11-27-a.md";

async fn page(desk: &PublishingFixture) -> Option<Page> {
    pages::find(&mut desk.db.read().await.unwrap(), desk.id, "a").await.unwrap()
}

async fn corrected(desk: &PublishingFixture) -> Result<bool, CorrectError> {
    desk.publisher().correct(&desk.read(A).unwrap()).await
}

/// Queued, due and sent.
pub(super) async fn sent(desk: &PublishingFixture) {
    desk.queue(A, When::NextSlot).await.unwrap();
    assert!(page(desk).await.is_none(), "what is queued is nobody's business");
    desk.readers(&["one"]).await;
    desk.at(FRIDAY).start_due().await;
    assert_eq!(desk.issue("a").await.state, Sending);
    desk.force("a", Sent).await;
}

both_databases! {
    async fn the_web_version_is_nobodys_own(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "author: A. Writer", "Dear {{ name | friend }}{{ name }}, [leave]({{ unsubscribe_url }}) or [read]({{ web_url }}).\n\n## Ünder");
        sent(&desk).await;
        let page = page(&desk).await.unwrap();
        assert_eq!(
            page.html,
            "<p>Dear friend, <a href=\"https://news.example.org/week/\">leave</a> or \
             <a href=\"https://news.example.org/week/a\">read</a>.</p>\n<h2 id=\"ünder\">Ünder</h2>\n"
        );
        assert_eq!((page.author.as_str(), page.visibility, page.corrected_at), ("A. Writer", Visibility::Public, None));
        assert_eq!((page.published_at, page.summary.as_str()), (at(FRIDAY), "What it says."));
    }

    async fn what_was_sent_can_be_corrected_on_the_web(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "A wrong date.");
        assert!(matches!(corrected(&desk).await, Err(CorrectError::Unknown(_))));
        desk.queue(A, When::NextSlot).await.unwrap();
        assert!(matches!(corrected(&desk).await, Err(CorrectError::NotSent { state: Queued, .. })));
        sent(&desk).await;
        let later = desk.at("2026-11-28T12:00:00Z");
        assert!(!corrected(&later).await.unwrap(), "nothing is different");
        assert!(page(&desk).await.unwrap().corrected_at.is_none());
        desk.file(A, "correction: The date was wrong.", "A right date.");
        assert!(corrected(&later).await.unwrap());
        let page = page(&desk).await.unwrap();
        assert_eq!((page.html.as_str(), page.correction.as_str()), ("<p>A right date.</p>\n", "The date was wrong."));
        assert_eq!((page.published_at, page.corrected_at), (at(FRIDAY), Some(later.now)));
        assert_eq!(desk.issue("a").await.state, Sent, "nothing is sent again");
        assert!(desk.events("a").await.iter().any(|event| event == "issue.corrected by command:anna"));
        assert!(!corrected(&later).await.unwrap(), "a second time changes nothing");
    }

    async fn from_the_first_mail_on_it_can_be_corrected(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one"]).await;
        desk.file(A, "", "A wrong date.");
        desk.queue(A, When::NextSlot).await.unwrap();
        desk.at(FRIDAY).start_due().await;
        let later = desk.at("2026-11-27T08:05:00Z");
        for (state, text) in [(Sending, "A right date."), (Paused, "A better date.")] {
            desk.force("a", state).await;
            desk.file(A, "", text);
            assert!(corrected(&later).await.unwrap());
            assert!(page(&desk).await.unwrap().html.contains(text), "{state}");
            assert_eq!(desk.issue("a").await.state, state, "it goes on");
            assert!(desk.plain("a").await.contains(text), "who has not got it gets this");
        }
        for (state, said) in [(Held, "is held: nobody has got it yet"), (Stopped, "was stopped")] {
            desk.force("a", state).await;
            let error = corrected(&later).await.unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    async fn a_paused_issue_that_is_queued_again_says_when_it_changed(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one"]).await;
        desk.file(A, "", "A wrong date.");
        desk.queue(A, When::NextSlot).await.unwrap();
        desk.at(FRIDAY).start_due().await;
        desk.force("a", Paused).await;
        desk.file(A, "", "A right date.");
        let later = desk.at("2026-11-27T08:05:00Z");
        later.queue(A, When::NextSlot).await.unwrap();
        let page = page(&desk).await.unwrap();
        assert_eq!((page.html.as_str(), page.corrected_at), ("<p>A right date.</p>\n", Some(later.now)));
    }

    async fn the_front_matter_says_who_may_see_it(db: Db) {
        let desk = PublishingFixture::new(db).await;
        for (front, seen) in [("web: unlisted", Some(Visibility::Unlisted)), ("web: none", None), ("web: public", Some(Visibility::Public))] {
            desk.file(A, front, "Text.");
            if desk.found("a").await.is_none() {
                sent(&desk).await;
            } else {
                assert!(corrected(&desk).await.unwrap());
            }
            assert_eq!(page(&desk).await.map(|page| page.visibility), seen, "{front}");
        }
        desk.file(A, "web: secret", "Text.");
        assert!(desk.read(A).is_err());
    }
}
