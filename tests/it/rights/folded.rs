//! What may be done with an issue whose rows are folded: nobody gets it twice, its links and its page open, and what comes
//! back of it late finds nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use coranto::clock::Timestamp;
use coranto::delivery::control::{self, RetryScope};
use coranto::domain::actor::Actor;
use coranto::domain::image::{Image, ImageFormat, PlacedImage};
use coranto::domain::issue::{IssueState, Visibility};
use coranto::domain::notice::Effect;
use coranto::domain::retention::Retention;
use coranto::inbound::issue_report;
use coranto::store::issues::{NewIssue, QueuePlace};
use coranto::store::pages::NewPage;
use coranto::store::{Db, StoreError, images, issues, ledger, pages};
use coranto::upkeep::{self, RetentionOutcome};

use super::expiry::issue;
use crate::delivery::stage::DeliveryFixture;
use crate::harness::acts;
use crate::harness::database::both_databases;
use crate::inbound::post::{Post, dead};
use crate::web::ground::WebFixture;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn expire(db: &Db, now: Timestamp) {
    let by = acts::actor();
    let (_, ended) = upkeep::expire(db, Retention::default(), by.at(now), u32::MAX).await.unwrap();
    assert_eq!(ended, RetentionOutcome::Whole);
}

async fn rows(db: &Db) -> i64 {
    db.read().await.unwrap().sql("SELECT COUNT(*) FROM deliveries").fetch_one::<(i64,)>().await.unwrap().0
}

both_databases! {
    async fn nobody_gets_it_twice(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let (issue, revision) = issue(&stage, 40).await;
        let before = stage.totals(issue).await;
        assert!(before.failed > 0, "{before:?}");
        stage.clock.advance(DAY * 365);
        expire(&stage.db, stage.clock.now()).await;
        assert_eq!(rows(&stage.db).await, 0);
        let by = Actor::scheduler(stage.clock.now());
        for what in [RetryScope::Failed, RetryScope::Uncertain, RetryScope::GiveUpUncertain] {
            assert_eq!(control::retry(&stage.db, issue, what, by).await.unwrap(), 0, "{what:?}");
        }
        // Neither by its number nor by its name does it go out once more.
        let place = QueuePlace { due_at: stage.clock.now(), on_slot: false, beside: false };
        let new = NewIssue {
            newsletter: stage.newsletter, slug: "old", title: "old", state: IssueState::Queued, revision,
            due_at: Some(stage.clock.now()), on_slot: false, beside: false, note: "",
        };
        let (queued, inserted) = stage.db.write(async |tx| {
            let queued = issues::queue(tx, issue, IssueState::Sent, place, by).await?;
            Ok::<_, StoreError>((queued, issues::insert(tx, &new, by).await?))
        }).await.unwrap();
        assert!(!queued && inserted.is_none());
        assert_eq!(stage.get(issue).await.state, IssueState::Sent);
        let running = stage.start();
        running.stop().await;
        assert_eq!((stage.totals(issue).await, rows(&stage.db).await), (before, 0));
        assert!(stage.sink.messages().is_empty());
    }

    async fn a_half_folded_issue_tries_again_only_who_is_still_a_row(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let (issue, _) = issue(&stage, 40).await;
        let before = stage.totals(issue).await;
        stage.clock.advance(DAY * 365);
        let now = stage.clock.now();
        stage.db.write(async |tx| coranto::store::folded::fold(tx, issue, now, 25).await).await.unwrap();
        assert_eq!(stage.totals(issue).await, before);
        let by = Actor::scheduler(now);
        let put_back = control::retry(&stage.db, issue, RetryScope::Failed, by).await.unwrap();
        assert!(put_back > 0 && put_back < before.failed.unsigned_abs(), "{put_back}");
        let after = stage.finish(issue).await;
        assert_eq!((after.readers, after.sent), (before.readers, before.sent + put_back.cast_signed()));
        assert_eq!(stage.sink.messages().len() as u64, put_back);
        expire(&stage.db, now.plus(DAY * 365)).await;
        assert_eq!((stage.totals(issue).await.sent, rows(&stage.db).await), (after.sent, 0));
    }

    async fn its_picture_its_page_and_links_of_its_readers_open(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        let reader = web.ground.reader("anna@example.org").await;
        let stage = DeliveryFixture::new(db).await;
        let (issue, revision) = issue(&stage, 3).await;
        let image = Image { digest: "ab".repeat(20), format: ImageFormat::Png, width: 2, height: 2, bytes: vec![1, 2, 3] };
        let page = NewPage {
            visibility: Visibility::Public, html: "<p>Of old</p>".to_owned(), summary: String::new(), author: String::new(),
            image: String::new(), correction: String::new(), words: 2, search: String::new(),
        };
        let now = stage.clock.now();
        stage.db.write(async |tx| {
            images::ensure(tx, &image, now).await?;
            let shown = PlacedImage { name: "a.png".to_owned(), image: Arc::new(image.clone()), width: 2, height: 2, embedded: false };
            images::attach(tx, revision, &shown).await?;
            tx.sql("UPDATE issues SET revision_id = $2 WHERE id = $1").bind(issue).bind(revision).execute().await?;
            pages::put(tx, revision, &page).await
        }).await.unwrap();
        expire(&stage.db, now.plus(DAY * 800)).await;
        let folded = ledger::readers(&mut stage.db.read().await.unwrap(), issue).await.unwrap();
        assert!(folded >= 3);
        let rows = "SELECT COUNT(*) FROM deliveries WHERE issue_id IS NOT NULL";
        assert_eq!(stage.db.read().await.unwrap().sql(rows).fetch_one::<(i64,)>().await.unwrap().0, 0);
        let taken = stage.db.write(async |tx| images::remove_unused(tx, now.plus(DAY * 800)).await).await.unwrap();
        assert_eq!(taken, 0);
        for address in [format!("/i/{}.png", image.digest), "/week/old".to_owned(), web.preferences_link(reader).await] {
            assert_eq!(web.get(&address).await.status, StatusCode::OK, "{address}");
        }
    }

    async fn what_comes_back_late_finds_nothing(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let got = post.letter("anna");
        let told = async || {
            let mut tx = post.stage.db.read().await.unwrap();
            let stored = issues::get(&mut tx, post.issue).await.unwrap().unwrap();
            serde_json::to_string(&issue_report::report(&mut tx, "week", &stored, post.stage.clock.now()).await.unwrap()).unwrap()
        };
        post.stage.clock.advance(DAY * 366);
        let before = told().await;
        expire(&post.stage.db, post.stage.clock.now()).await;
        assert_eq!((told().await, rows(&post.stage.db).await), (before.clone(), 0));
        let receipt = post.bring_one(Some(&got.from), &dead(&got.from, "anna@example.net", "")).await;
        assert!(matches!(receipt.effect, None | Some(Effect::None | Effect::Stale)), "{receipt:?}");
        post.stage.clock.advance(DAY);
        assert_eq!((post.settle().await.suppressed, post.suppressed().await), (0, 0));
        assert_eq!(told().await, before, "it counts for nothing");
    }
}
