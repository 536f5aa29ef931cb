//! Web versions: what the public may see of which issue, in what order, and what a search finds.

use coranto::clock::Timestamp;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::issue::{IssueState, Visibility};
use coranto::domain::{IssueId, RevisionId};
use coranto::store::pages::{NewPage, Query};
use coranto::store::{Db, issues, pages};

use super::ground::{StoreFixture, content, minute};
use crate::harness::acts;
use crate::harness::database::both_databases;

fn page(visibility: Visibility, word: &str) -> NewPage {
    NewPage {
        visibility,
        html: format!("<p>{word}</p>"),
        summary: "Summary".to_owned(),
        author: String::new(),
        image: String::new(),
        correction: String::new(),
        words: 1,
        search: word.to_owned(),
    }
}

/// An issue that began to go out so many minutes after `NOW`, with a page.
async fn publish(
    ground: &mut StoreFixture,
    slug: &str,
    minutes: i64,
    visibility: Visibility,
    word: &str,
) -> (IssueId, RevisionId) {
    let new = content(DeliveryKind::Issue, &format!("{slug} {word}"));
    let revision = coranto::store::revisions::ensure(&mut ground.tx, ground.week, &new, minute(0)).await.unwrap();
    let id = super::ground::issue(&mut ground.tx, ground.week, revision, slug, IssueState::Sending).await;
    acts::started(&mut ground.tx, id, minute(minutes)).await;
    assert!(pages::put(&mut ground.tx, revision, &page(visibility, word)).await.unwrap());
    (id, revision)
}

async fn found(ground: &mut StoreFixture, query: &Query) -> Vec<String> {
    let entries = pages::list(&mut ground.tx, ground.week, query).await.unwrap();
    entries.into_iter().map(|entry| entry.slug).collect()
}

both_databases! {
    async fn an_issue_is_shown_while_it_goes_out_and_after(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (id, _) = publish(&mut ground, "a", 1, Visibility::Public, "text").await;
        for (state, shown) in [
            ("draft", false), ("queued", false), ("preparing", false), ("held", false), ("stopped", false),
            ("sending", true), ("paused", true), ("sent", true),
        ] {
            ground.tx.sql("UPDATE issues SET state = $2 WHERE id = $1").bind(id).bind(state).execute().await.unwrap();
            assert_eq!(pages::find(&mut ground.tx, ground.week, "a").await.unwrap().is_some(), shown, "{state}");
            assert_eq!(pages::latest(&mut ground.tx, ground.week, 9, 0).await.unwrap().len(), usize::from(shown), "{state}");
            assert_eq!(pages::times(&mut ground.tx, ground.week, 9).await.unwrap().len(), usize::from(shown), "{state}");
            assert_eq!(found(&mut ground, &Query::all(9, 0)).await.len(), usize::from(shown), "{state}");
        }
        // The ground's own issue goes out too, but has no web version.
        assert!(pages::find(&mut ground.tx, ground.week, "first").await.unwrap().is_none());
    }

    async fn an_unlisted_issue_is_at_its_address_alone(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (listed, _) = publish(&mut ground, "listed", 1, Visibility::Public, "text").await;
        let (_, revision) = publish(&mut ground, "unlisted", 2, Visibility::Unlisted, "text").await;
        publish(&mut ground, "none", 3, Visibility::None, "text").await;
        assert_eq!(found(&mut ground, &Query::all(9, 0)).await, ["listed"]);
        assert_eq!(pages::latest(&mut ground.tx, ground.week, 9, 0).await.unwrap().len(), 1);
        assert!(pages::find(&mut ground.tx, ground.week, "unlisted").await.unwrap().is_some());
        assert!(pages::find(&mut ground.tx, ground.week, "none").await.unwrap().is_none());
        assert!(pages::after(&mut ground.tx, ground.week, minute(1), listed).await.unwrap().is_none());
        // The same page again changes nothing; another one takes its place.
        assert!(!pages::put(&mut ground.tx, revision, &page(Visibility::Unlisted, "text")).await.unwrap());
        assert!(pages::put(&mut ground.tx, revision, &page(Visibility::Public, "text")).await.unwrap());
        assert_eq!(found(&mut ground, &Query::all(9, 0)).await, ["unlisted", "listed"]);
    }

    async fn issues_stand_in_the_order_of_their_sending(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (b, _) = publish(&mut ground, "b", 2, Visibility::Public, "two").await;
        let (a, _) = publish(&mut ground, "a", 1, Visibility::Public, "one").await;
        // At the same moment: the later row is the later issue.
        let (c, _) = publish(&mut ground, "c", 2, Visibility::Public, "three").await;
        assert_eq!(found(&mut ground, &Query::all(9, 0)).await, ["c", "b", "a"]);
        assert_eq!(found(&mut ground, &Query::all(1, 1)).await, ["b"]);
        let half = Query { from: minute(2), until: minute(3), ..Query::all(9, 0) };
        assert_eq!(found(&mut ground, &half).await, ["c", "b"]);
        assert_eq!(pages::times(&mut ground.tx, ground.week, 9).await.unwrap(), [minute(2), minute(2), minute(1)]);
        for (id, at, before, after) in [(a, 1, None, Some("b")), (b, 2, Some("a"), Some("c")), (c, 2, Some("b"), None)] {
            let slug = |entry: Option<pages::ArchiveEntry>| entry.map(|entry| entry.slug);
            assert_eq!(slug(pages::before(&mut ground.tx, ground.week, minute(at), id).await.unwrap()).as_deref(), before);
            assert_eq!(slug(pages::after(&mut ground.tx, ground.week, minute(at), id).await.unwrap()).as_deref(), after);
        }
    }

    async fn a_search_finds_words_in_any_script_and_no_pattern(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        publish(&mut ground, "a", 1, Visibility::Public, "über den wolken, 100% sicher").await;
        publish(&mut ground, "b", 2, Visibility::Public, "under_scored back\\slash 暦は合意ではない").await;
        for (terms, slugs) in [
            (&["über"][..], &["a"][..]),
            (&["wolk"], &["a"]),
            (&["den", "über"], &["a"]),
            (&["den", "under"], &[]),
            (&["0%"], &["a"]),
            (&["%b"], &[]),
            (&["r_s"], &["b"]),
            (&["u_er"], &[]),
            (&["k\\s"], &["b"]),
            (&["合意"], &["b"]),
            (&["e", "r", "n", "d", "_"], &["b"]),
            (&["'; DROP TABLE pages; --"], &[]),
        ] {
            let query = Query { terms: terms.iter().map(|term| (*term).to_owned()).collect(), ..Query::all(9, 0) };
            assert_eq!(found(&mut ground, &query).await, slugs, "{terms:?}");
        }
    }

    async fn a_correction_is_noted_of_what_went_out(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let draft = ground.issue("draft", IssueState::Draft).await;
        assert!(!issues::mark_corrected(&mut ground.tx, draft, minute(5)).await.unwrap());
        let (id, _) = publish(&mut ground, "a", 1, Visibility::Public, "text").await;
        assert!(issues::mark_corrected(&mut ground.tx, id, minute(5)).await.unwrap());
        let page = pages::find(&mut ground.tx, ground.week, "a").await.unwrap().unwrap();
        assert_eq!((page.published_at, page.corrected_at), (minute(1), Some(minute(5))));
        assert_ne!(page.published_at, Timestamp(0));
    }
}
