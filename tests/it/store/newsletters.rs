//! Newsletters: one row per slug.

use coranto::store::{Db, newsletters};

use super::ground::{NOW, minute};
use crate::harness::database::both_databases;

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
}
