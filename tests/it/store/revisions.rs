//! Revisions: the same content is the same row, and any difference that a reader may see makes another.

use coranto::domain::delivery::{DeliveryKind, DeliveryState};
use coranto::domain::{RevisionId, SubscriptionId};
use coranto::store::revisions::{self, NewRevision};
use coranto::store::{Db, newsletters};

use super::ground::{NOW, StoreFixture, content, minute};
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

    async fn a_text_that_nothing_bears_goes(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (shown, borne) = (ground.revision, ground.older);
        let mut entry = ground.entry(DeliveryState::Sent, ground.live);
        entry.revision_id = Some(borne);
        ground.put(Some(ground.issue), Some(SubscriptionId(1)), &entry).await;
        let tx = &mut ground.tx;
        tx.sql("UPDATE revisions SET slug = 'first'").execute().await.unwrap();
        let had = revisions::count_unborne(tx, minute(600)).await.unwrap();
        let free = content(DeliveryKind::Test, "free");
        let id = revisions::ensure(tx, ground.week, &free, minute(1)).await.unwrap();
        assert_eq!(revisions::count_unborne(tx, minute(0)).await.unwrap(), had, "it is younger");
        assert_eq!(revisions::count_unborne(tx, minute(1)).await.unwrap(), had + 1);
        let unborne = revisions::unborne(tx, minute(1), 100).await.unwrap();
        assert!(unborne.contains(&id) && !unborne.contains(&shown) && !unborne.contains(&borne), "{unborne:?}");
        assert!(!revisions::delete_unborne(tx, id, minute(0)).await.unwrap(), "it is younger");
        revisions::ensure(tx, ground.week, &free, minute(2)).await.unwrap();
        assert!(!revisions::delete_unborne(tx, id, minute(1)).await.unwrap(), "it was asked for again");
        assert!(!revisions::delete_unborne(tx, shown, minute(600)).await.unwrap(), "an issue shows it");
        assert!(revisions::delete_unborne(tx, id, minute(2)).await.unwrap());
        assert!(revisions::get(tx, id).await.unwrap().is_none());
        // What a sign-up is answered with is remembered by servers.
        let answer = revisions::ensure(tx, ground.week, &content(DeliveryKind::Confirmation, "y"), minute(0)).await.unwrap();
        assert!(!revisions::unborne(tx, minute(600), 100).await.unwrap().contains(&answer));
    }
}
