//! Newsletters: one row per slug.

use coranto::domain::NewsletterId;
use coranto::store::{Db, newsletters};

use super::ground::{NOW, minute};
use crate::harness::database::both_databases;
use crate::harness::newsletters::newsletter;

both_databases! {
    async fn a_slug_is_one_row_whenever_it_is_asked_for(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(newsletters::find(&mut tx, "week").await.unwrap(), None);
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let month = newsletters::ensure(&mut tx, "month", NOW).await.unwrap();
        assert_ne!(week, month);
        assert_eq!(newsletters::ensure(&mut tx, "week", minute(1)).await.unwrap(), week);
        assert_eq!(newsletters::find(&mut tx, "week").await.unwrap(), Some(week));
        assert_eq!(newsletters::find(&mut tx, "month").await.unwrap(), Some(month));
        assert_eq!(newsletters::slug(&mut tx, month).await.unwrap().as_deref(), Some("month"));
        assert_eq!(newsletters::slug(&mut tx, coranto::domain::NewsletterId(99)).await.unwrap(), None);
        let (since,): (i64,) = tx.sql("SELECT created_at FROM newsletters WHERE slug = 'week'").fetch_one().await.unwrap();
        assert_eq!(since, NOW.0, "the first time counts");
    }

    async fn a_newsletter_bears_the_number_of_its_row(db: Db) {
        let named = |slug: &str| newsletter(slug, "A name", "a@news.example.org");
        let mut both = [named("week"), named("month")];
        let mut tx = db.begin().await.unwrap();
        newsletters::identify(&mut tx, &mut both).await.unwrap();
        assert_eq!(both.each_ref().map(|one| one.id), [NewsletterId::NONE; 2], "whoever looks makes no row");
        assert_eq!(newsletters::find(&mut tx, "week").await.unwrap(), None);
        newsletters::register(&mut tx, &mut both[..1], NOW).await.unwrap();
        let week = newsletters::find(&mut tx, "week").await.unwrap().unwrap();
        newsletters::identify(&mut tx, &mut both).await.unwrap();
        assert_eq!(both.each_ref().map(|one| one.id), [week, NewsletterId::NONE]);
        newsletters::register(&mut tx, &mut both, minute(1)).await.unwrap();
        assert_eq!(both[0].id, week);
        assert_eq!(newsletters::find(&mut tx, "month").await.unwrap(), Some(both[1].id));
    }
}
