//! A disk that is full: nothing is acknowledged that is not stored, and reading goes on.

use axum::http::StatusCode;
use coranto::domain::subscriber::SubscriptionState::Unsubscribed;
use coranto::store::Db;

use super::ground::WebFixture;
use crate::harness::database::on_sqlite;
use crate::harness::http::post;

/// How large the file may become, in pages. SQLite then says what it says when the disk is full (SQLITE_FULL), on the
/// one connection that writes.
async fn limit_pages(db: &Db, pragma: &'static str) {
    let set = async |tx: &mut coranto::store::Tx| tx.sql(pragma).fetch_one::<(i64,)>().await;
    db.write(set).await.unwrap();
}

#[test]
fn nothing_is_acknowledged_that_is_not_stored() {
    on_sqlite(async |db: Db| {
        let web = WebFixture::new(db.clone()).await;
        let id = web.ground.reader("anna@example.org").await;
        // No more pages than there are.
        limit_pages(&db, "PRAGMA max_page_count = 1").await;
        let mut stored = 0;
        let refused = loop {
            let email = format!("{}{stored}@example.org", "x".repeat(50));
            let answer = web.send_from(web.form(&[("email", &email)]), &format!("10.0.{stored}.1")).await;
            if answer.status != StatusCode::SEE_OTHER {
                assert!(web.ground.find(&email).await.is_none());
                break answer;
            }
            assert!(web.ground.find(&email).await.is_some());
            stored += 1;
            assert!(stored < 250, "the disk never gets full");
        };
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "30"));
        assert!(refused.text().contains("Nothing has changed"));
        // It goes on without a restart as soon as there is space, and a reader who leaves is told the truth.
        let link = web.leave_link(id).await;
        assert!(web.get(&link).await.text().contains("Unsubscribe from The Week?"));
        limit_pages(&db, "PRAGMA max_page_count = 1000000").await;
        let click = web.send(post(&link).form(&[("List-Unsubscribe", "One-Click")])).await;
        assert_eq!((click.status, web.ground.state("anna@example.org").await), (StatusCode::OK, Some(Unsubscribed)));
        assert_eq!(web.subscribe("last@example.org").await.status, StatusCode::SEE_OTHER);
    });
}
