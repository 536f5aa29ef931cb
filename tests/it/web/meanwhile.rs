//! Readers' links while something else goes on: an issue on its way, a database that takes no writes.

use axum::http::StatusCode;
use coranto::domain::SubscriptionId;
use coranto::domain::subscriber::SubscriptionState::{Active, Pending, Unsubscribed};
use coranto::store::{Db, Tx};

use super::ground::WebFixture;
use super::press::Press;
use crate::harness::database::{both_databases, on_sqlite};
use crate::harness::http::post;

const ANNA: &str = "anna@example.org";

/// How many issues wait for a reader or went to them.
async fn issues(web: &WebFixture, id: SubscriptionId) -> i64 {
    let mut tx = web.ground.db().read().await.unwrap();
    let sql = "SELECT COUNT(*) FROM deliveries WHERE issue_id IS NOT NULL AND subscription_id = $1";
    tx.sql(sql).bind(id).fetch_one::<(i64,)>().await.unwrap().0
}

both_databases! {
    async fn who_confirms_after_the_audience_was_frozen_gets_the_next_issue(db: Db) {
        let mut web = WebFixture::new(db).await;
        let press = Press::new(&web);
        let early = web.ground.reader("early@example.org").await;
        web.ground.request(ANNA).await.unwrap();
        let late = web.ground.find(ANNA).await.unwrap().id;
        press.begin("first", "title: The first", "Good morning.", web.ground.now).await;
        // The issue is on its way: nothing of it was sent yet.
        let confirmed = web.send(post(&web.confirm_link(ANNA).await).form(&[("action", "confirm")])).await;
        assert_eq!((confirmed.status, web.ground.state(ANNA).await), (StatusCode::OK, Some(Active)));
        assert_eq!((issues(&web, early).await, issues(&web, late).await), (1, 0));
        web.later(1);
        press.begin("second", "title: The second", "Good evening.", web.ground.now).await;
        assert_eq!((issues(&web, early).await, issues(&web, late).await), (2, 1));
    }
}

/// SQLite's own way to take no writes, on its one connection that writes: as after a disk was mounted anew.
async fn read_only(db: &Db) {
    let set = async |tx: &mut Tx| tx.sql("PRAGMA query_only = ON").execute().await;
    db.write(set).await.unwrap();
}

#[test]
fn nobody_is_told_to_be_gone_when_nothing_can_be_written() {
    on_sqlite(async |db: Db| {
        let web = WebFixture::new(db.clone()).await;
        let anna = web.ground.reader(ANNA).await;
        web.ground.request("pending@example.org").await.unwrap();
        let confirm = web.confirm_link("pending@example.org").await;
        read_only(&db).await;
        for (link, fields) in [
            (web.leave_link(anna).await, ("List-Unsubscribe", "One-Click")),
            (web.leave_link(anna).await, ("action", "leave")),
            (web.preferences_link(anna).await, ("action", "leave")),
            (web.preferences_link(anna).await, ("action", "pause-4-weeks")),
            (confirm, ("action", "confirm")),
        ] {
            let answer = web.send(post(&link).form(&[fields])).await;
            assert_eq!(
                (answer.status, answer.header("retry-after")),
                (StatusCode::SERVICE_UNAVAILABLE, "30"),
                "{fields:?}"
            );
            assert!(answer.text().contains("<h1>Please try again in a minute</h1>"), "{}", answer.text());
            assert!(answer.text().contains("Nothing has changed") && !answer.text().contains("unsubscribed"));
        }
        assert_ne!(web.ground.state(ANNA).await, Some(Unsubscribed));
        assert_eq!(web.ground.state("pending@example.org").await, Some(Pending));
        assert_eq!(web.get(&web.leave_link(anna).await).await.status, StatusCode::OK, "reading goes on");
    });
}
