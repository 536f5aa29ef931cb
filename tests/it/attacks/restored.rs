//! A backup is put back, and numbers come again: links that were mailed in between act on nobody else.

use coranto::domain::subscriber::SubscriptionState::{Active, Pending, Unsubscribed};
use coranto::store::{Db, migrate};
use coranto::token::Purpose;

use crate::harness::database::{PostgresPlace, SqlitePlace};
use crate::harness::http::{get, post};
use crate::web::ground::WebFixture;

/// `before` is the database that was at work, `restored` what `copy` makes of it in the night.
async fn scenario(before: &str, restored: &str, copy: impl AsyncFnOnce()) {
    let db = Db::open(before).await.unwrap();
    migrate::run(&db).await.unwrap();
    let web = WebFixture::new(db.clone()).await;
    let olga = web.ground.reader("olga@example.org").await;
    let mailed_before = web.leave_link(olga).await;
    db.close().await;
    copy().await;

    let db = Db::open(before).await.unwrap();
    let web = WebFixture::new(db.clone()).await;
    let xaver = web.ground.reader("xaver@example.org").await;
    web.ground.request("zoe@example.org").await.unwrap();
    let (leave, preferences) = (web.leave_link(xaver).await, web.preferences_link(xaver).await);
    let confirm = web.confirm_link("zoe@example.org").await;
    db.close().await;

    let db = Db::open(restored).await.unwrap();
    let web = WebFixture::new(db.clone()).await;
    let yvonne = web.ground.reader("yvonne@example.org").await;
    assert_eq!(yvonne, xaver, "the number came again");
    web.ground.request("walter@example.org").await.unwrap();
    for link in [&leave, &preferences, &confirm] {
        let page = web.send(get(link)).await.text().to_owned();
        assert!(page.contains("not subscribed") && !page.contains("***"), "{link}: {page}");
    }
    let one_click = web.send(post(&leave).form(&[("List-Unsubscribe", "One-Click")])).await;
    assert_eq!(one_click.text(), "Unsubscribed.\n", "true of who holds it");
    for fields in [[("action", "confirm")], [("action", "leave")], [("action", "again")]] {
        web.send(post(&confirm).form(&fields)).await;
        web.send(post(&preferences).form(&fields)).await;
        web.send(post(&leave).form(&fields)).await;
    }
    assert_eq!(web.ground.state("yvonne@example.org").await, Some(Active));
    assert_eq!(web.ground.state("walter@example.org").await, Some(Pending));
    // What was mailed before the backup, and what is mailed now, works as ever.
    assert_ne!(web.leave_link(yvonne).await, leave);
    for (link, email) in [(mailed_before, "olga@example.org"), (web.leave_link(yvonne).await, "yvonne@example.org")] {
        web.send(post(&link).form(&[("List-Unsubscribe", "One-Click")])).await;
        assert_eq!(web.ground.state(email).await, Some(Unsubscribed), "{email}");
    }
    let forged = web.ground.keys().seal(Purpose::Unsubscribe, yvonne.0.cast_unsigned());
    assert!(
        web.send(get(&format!("/u/{forged}"))).await.text().contains("not subscribed"),
        "a number alone opens nothing"
    );
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_file_makes_no_old_link_open_another_row() {
    let (before, restored) = (SqlitePlace::new(), SqlitePlace::new());
    let file = |place: &SqlitePlace| place.url().strip_prefix("sqlite://").unwrap().to_owned();
    let (from, to) = (file(&before), file(&restored));
    scenario(&before.url(), &restored.url(), async move || {
        std::fs::copy(from, to).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_database_makes_no_old_link_open_another_row() {
    let Some(before) = PostgresPlace::new() else { return };
    let restored = before.place_beside();
    scenario(&before.url(), &restored.url(), async || before.copy_to(&restored)).await;
}
