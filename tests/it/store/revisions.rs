//! Revisions: the same content is the same row, and any difference that a reader may see makes another.

use coranto::domain::RevisionId;
use coranto::domain::delivery::DeliveryKind;
use coranto::store::revisions::{self, NewRevision};
use coranto::store::{Db, newsletters};

use super::ground::{NOW, content, minute};
use crate::harness::database::both_databases;

both_databases! {
    async fn the_same_content_is_the_same_row(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let month = newsletters::ensure(&mut tx, "month", NOW).await.unwrap();
        let first = NewRevision { slug: Some("first".to_owned()), ..content(DeliveryKind::Issue, "text") };
        let id = revisions::ensure(&mut tx, week, &first, NOW).await.unwrap();
        assert_eq!(revisions::ensure(&mut tx, week, &first, minute(1)).await.unwrap(), id);
        assert_ne!(revisions::ensure(&mut tx, month, &first, NOW).await.unwrap(), id, "another newsletter's");
        // What it was made from is kept, but no reader sees it.
        let source = NewRevision { source: "# text".to_owned(), ..first.clone() };
        assert_eq!(revisions::ensure(&mut tx, week, &source, NOW).await.unwrap(), id);

        let text = || "another".to_owned();
        let differing = [
            NewRevision { kind: DeliveryKind::Test, ..first.clone() },
            NewRevision { slug: Some(text()), ..first.clone() },
            NewRevision { title: text(), ..first.clone() },
            NewRevision { subject: text(), ..first.clone() },
            NewRevision { preheader: text(), ..first.clone() },
            NewRevision { language: text(), ..first.clone() },
            NewRevision { html: text(), ..first.clone() },
            NewRevision { plain: text(), ..first.clone() },
            // The same letters, at another place.
            NewRevision { title: "Titl".to_owned(), subject: "eSubject".to_owned(), ..first.clone() },
        ];
        let mut ids = vec![id];
        for new in &differing {
            let other = revisions::ensure(&mut tx, week, new, NOW).await.unwrap();
            assert!(!ids.contains(&other), "{new:?}");
            ids.push(other);
        }
    }

    async fn a_revision_is_read_as_it_was_stored(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let new = NewRevision {
            slug: Some("über-uns".to_owned()),
            html: "<p>O'Neill \u{E000}name\u{E001} \u{1f4ee}</p>".to_owned(),
            ..content(DeliveryKind::Issue, "text")
        };
        let id = revisions::ensure(&mut tx, week, &new, NOW).await.unwrap();
        let found = revisions::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((found.id, found.newsletter_id, found.kind), (id, week, DeliveryKind::Issue));
        assert_eq!((found.slug, found.title, found.subject), (new.slug.clone(), new.title.clone(), new.subject.clone()));
        assert_eq!((found.preheader, found.language), (new.preheader.clone(), new.language.clone()));
        assert_eq!((&found.html, &found.plain, found.digest), (&new.html, &new.plain, new.digest()));
        assert!(revisions::get(&mut tx, RevisionId(1_000_000)).await.unwrap().is_none());
    }
}
