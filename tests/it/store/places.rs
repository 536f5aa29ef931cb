//! Skipped slots, and what the store tells of an issue's text beside its file.

use coranto::domain::delivery::DeliveryKind;
use coranto::domain::issue::IssueState::Queued;
use coranto::domain::issue::Visibility;
use coranto::store::pages::NewPage;
use coranto::store::skips::{self, SkippedSlot};
use coranto::store::{Db, leases, newsletters, pages, revisions};

use super::ground::{NOW, StoreFixture, content, minute};
use crate::harness::database::both_databases;

both_databases! {
    async fn a_slot_is_skipped_once_and_offered_again(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let week = ground.week;
        let tx = &mut ground.tx;
        let month = newsletters::ensure(tx, "month", NOW).await.unwrap();
        assert!(skips::add(tx, week, minute(60), "Christmas", NOW).await.unwrap());
        assert!(!skips::add(tx, week, minute(60), "again", NOW).await.unwrap());
        assert!(skips::add(tx, week, minute(30), "", NOW).await.unwrap());
        assert!(skips::add(tx, month, minute(60), "", NOW).await.unwrap(), "another newsletter's");
        let skip = |minutes, note: &str| SkippedSlot { slot_at: minute(minutes), note: note.to_owned() };
        assert_eq!(skips::of(tx, week, NOW).await.unwrap(), [skip(30, ""), skip(60, "Christmas")]);
        assert_eq!(skips::of(tx, week, minute(30)).await.unwrap(), [skip(60, "Christmas")]);
        assert!(skips::remove(tx, week, minute(60)).await.unwrap());
        assert!(!skips::remove(tx, week, minute(60)).await.unwrap());
        assert_eq!(skips::of(tx, week, NOW).await.unwrap(), [skip(30, "")]);
        assert_eq!(skips::of(tx, month, NOW).await.unwrap().len(), 1);
    }

    async fn a_newsletter_is_known_since_it_was_first_named(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let tx = &mut ground.tx;
        let month = newsletters::ensure(tx, "month", minute(5)).await.unwrap();
        newsletters::ensure(tx, "month", minute(6)).await.unwrap();
        assert_eq!(newsletters::known_since(tx, month).await.unwrap(), minute(5));
    }

    async fn a_revision_tells_what_it_was_made_from(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        ground.issue("other", Queued).await;
        let (id, week) = (ground.revision, ground.week);
        let tx = &mut ground.tx;
        assert_eq!(revisions::source(tx, id).await.unwrap().as_deref(), Some(""));
        let new = revisions::NewRevision { source: "# Text".to_owned(), ..content(DeliveryKind::Issue, "sourced") };
        let sourced = revisions::ensure(tx, week, &new, minute(3)).await.unwrap();
        assert_eq!(revisions::source(tx, sourced).await.unwrap().as_deref(), Some("# Text"));
        assert_eq!(revisions::get(tx, sourced).await.unwrap().unwrap().created_at, minute(3));
        assert_eq!(pages::of_revision(tx, sourced).await.unwrap(), None);
        let page = NewPage {
            visibility: Visibility::Unlisted,
            html: "<p>x</p>".to_owned(),
            summary: "s".to_owned(),
            author: "a".to_owned(),
            image: String::new(),
            correction: String::new(),
            words: 1,
            search: "x".to_owned(),
        };
        pages::put(tx, sourced, &page).await.unwrap();
        assert_eq!(pages::of_revision(tx, sourced).await.unwrap(), Some(page));
    }

    async fn the_settings_of_who_schedules_are_known_while_its_lease_runs(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let tx = &mut ground.tx;
        let worker = leases::register(tx, "schedule", false, NOW, NOW).await.unwrap();
        assert_eq!(leases::settings_of(tx, "schedule", NOW).await.unwrap(), None);
        leases::acquire(tx, "schedule", worker, NOW, minute(1)).await.unwrap();
        assert_eq!(leases::settings_of(tx, "schedule", NOW).await.unwrap(), None, "an older program writes none");
        leases::note_settings(tx, worker, "{}").await.unwrap();
        assert_eq!(leases::settings_of(tx, "schedule", NOW).await.unwrap().as_deref(), Some("{}"));
        assert_eq!(leases::settings_of(tx, "schedule", minute(1)).await.unwrap(), None);
    }
}
