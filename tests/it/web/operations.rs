//! What operators rely on: readiness, numbers, request ids.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::StatusCode;
use coranto::domain::alarm::{Alarm, AlarmName};
use coranto::domain::delivery::DeliveryKind;
use coranto::signup::{ChallengeWhen, Limits};
use coranto::store::{Db, alarms, leases, migrate};
use coranto::telemetry::health::Health;
use coranto::web;

use super::ground::{WebFixture, start};
use crate::harness::acts;
use crate::harness::database::{Fresh, both_databases};
use crate::harness::http::{get, post};
use crate::harness::patience::until;
use crate::signup::NOW;

async fn lease(db: &Db, until: coranto::clock::Timestamp) {
    let taken = db
        .write(async |tx| {
            let worker = leases::register(tx, "schedule", false, NOW, NOW).await?;
            leases::acquire(tx, "schedule", worker, until, until).await
        })
        .await;
    assert!(taken.unwrap());
}

async fn ready(web: &WebFixture) -> crate::harness::http::Response {
    web.send_from(get("/readyz").header("host", "127.0.0.1:8080"), "127.0.0.1").await
}

both_databases! {
    async fn readiness_knows_schema_and_scheduler(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        assert_eq!(web.get("/readyz").await.json()["scheduler"], "absent");
        lease(&db, NOW).await;
        assert_eq!(leases::until(&mut db.read().await.unwrap(), "schedule").await.unwrap(), Some(NOW));
        assert_eq!(leases::until(&mut db.read().await.unwrap(), "nobody").await.unwrap(), None);
        assert_eq!(web.get("/readyz").await.json()["scheduler"], "on");
        web.clock.advance(std::time::Duration::from_secs(90));
        let late = web.get("/readyz").await;
        assert_eq!((late.status, late.json()["scheduler"].as_str()), (StatusCode::OK, Some("late")), "this process only serves pages");
        assert!(migrate::is_current(&mut db.read().await.unwrap()).await.unwrap());
        let sql = "DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
        db.write(async |tx| tx.sql(sql).execute().await).await.unwrap();
        let old = web.get("/readyz").await;
        assert_eq!(old.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(old.json()["why"].as_str().unwrap().contains("coranto migrate"));
    }

    async fn readiness_is_about_the_ledger_and_nothing_else(db: Db) {
        let health = Arc::new(Health::default());
        health.relay("main");
        let web = WebFixture::new(db.clone()).await.delivering(Arc::clone(&health)).await;
        assert_eq!(ready(&web).await.status, StatusCode::SERVICE_UNAVAILABLE, "delivery has not begun");
        health.alive(NOW.0);
        let well = ready(&web).await;
        assert_eq!((well.status, &well.json()["relays"]["main"]["up"]), (StatusCode::OK, &true.into()));

        health.relay_down("main", NOW.0, "535 5.7.8 no");
        let down = ready(&web).await;
        assert_eq!(down.status, StatusCode::OK, "the pages are served all the same");
        let relay = &down.json()["relays"]["main"];
        assert_eq!((&relay["up"], &relay["why"], &relay["since"]), (&false.into(), &"535 5.7.8 no".into(), &NOW.to_string().into()));

        let alarm = Alarm::new(AlarmName::IssueHeld, "week/calendar", "too late");
        db.write(async |tx| alarms::raise(tx, &alarm, acts::by(NOW)).await).await.unwrap();
        let held = ready(&web).await;
        assert_eq!((held.status, &held.json()["alarms"][0]["name"]), (StatusCode::OK, &"issue.held".into()));
        let numbers = get("/metrics").send_as(&web::metrics_router(web.site.clone()), None).await;
        for line in ["coranto_alarms{name=\"issue.held\",severity=\"person\"} 1", "coranto_relay_up{relay=\"main\"} 0"] {
            assert!(numbers.text().lines().any(|have| have == line), "{line}\n{}", numbers.text());
        }

        health.cannot_write(NOW.0, "the disk is full");
        let full = ready(&web).await;
        assert_eq!((full.status, &full.json()["why"]), (StatusCode::SERVICE_UNAVAILABLE, &"the disk is full".into()));
        health.wrote();
        assert_eq!(ready(&web).await.status, StatusCode::OK);
        web.clock.advance(std::time::Duration::from_secs(120));
        assert_eq!(ready(&web).await.status, StatusCode::SERVICE_UNAVAILABLE, "no sign of life for two minutes");
        db.probe_write().await.unwrap();
        let proxied = get("/readyz").header("host", "127.0.0.1").header("x-forwarded-proto", "https");
        for (asked, client) in [
            (get("/readyz"), "192.0.2.1"),
            // A proxy on this machine that passes on whom readers ask for, and nothing else.
            (get("/readyz").header("host", "news.example"), "127.0.0.1"),
            (proxied, "127.0.0.1"),
        ] {
            let stranger = web.send_from(asked, client).await;
            assert!(stranger.json().get("relays").is_none() && stranger.json().get("alarms").is_none(), "{}", stranger.text());
        }
    }

    async fn a_ledger_that_cannot_be_written_is_not_ready(fresh: Fresh) {
        let web = WebFixture::new(fresh.db.clone()).await;
        assert_eq!(web.get("/readyz").await.status, StatusCode::OK);
        let other = Db::open(&fresh.url).await.unwrap();
        if !fresh.db.is_sqlite() {
            // A server that was made read-only: sessions that begin from now on may not write.
            let sql = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$";
            other.single().await.unwrap().sql(sql).execute().await.unwrap();
            let readonly = Db::open(&fresh.url).await.unwrap();
            assert!(readonly.probe_write().await.is_err());
            readonly.close().await;
            other.close().await;
            return;
        }
        let held = other.begin().await.unwrap();
        let locked = web.get("/readyz").await;
        assert_eq!(locked.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(locked.json()["why"].as_str().unwrap().contains("cannot be written"), "{}", locked.text());
        drop(held);
        until("ready again", async || web.get("/readyz").await.status == StatusCode::OK).await;
        other.close().await;
    }

    async fn numbers_have_an_address_of_their_own(db: Db) {
        let web = WebFixture::new(db).await;
        // Not on the pages' address, whoever asks: a proxy need not say that it is one.
        for client in ["192.0.2.1", "127.0.0.1"] {
            assert_eq!(web.send_from(get("/metrics"), client).await.status, StatusCode::NOT_FOUND, "{client}");
        }
        web.ground.request("anna@example.org").await.unwrap();
        assert_eq!(web.ground.mails(DeliveryKind::Confirmation.as_str()).await, 1);
        web.get("/week/no-such-issue").await;
        // On an address of its own whoever comes may read it, and nothing else is there.
        let router = web::metrics_router(web.site.clone());
        let stranger = Some(SocketAddr::new("192.0.2.1".parse().unwrap(), 1));
        let own = get("/metrics").send_as(&router, stranger).await;
        assert_eq!((own.status, own.header("content-type")), (StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8"));
        for line in ["coranto_queue_depth 1", "coranto_deliveries_open 0", "coranto_scheduler_late_seconds -1"] {
            assert!(own.text().lines().any(|have| have == line), "{line}\n{}", own.text());
        }
        let counted = "coranto_http_requests_total{route=\"/{newsletter}/{slug}\",method=\"GET\",status=\"404\"}";
        assert!(own.text().contains(counted) && own.text().contains("coranto_signups_total{outcome=\"taken\"}"), "{}", own.text());
        assert!(own.text().contains("coranto_database_connections ") && !own.text().contains("anna"));
        assert_eq!(get("/week/").send_as(&router, stranger).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_request_has_an_id_that_no_stranger_chooses(db: Db) {
        let web = WebFixture::new(db).await;
        let (one, two) = (web.get("/").await, web.get("/").await);
        assert_eq!(one.header("x-request-id").len(), 16);
        assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
        let chosen = web.send(get("/").header("x-request-id", "chosen")).await;
        assert_ne!(chosen.header("x-request-id"), "chosen", "a stranger's is not believed");
        let proxied = web.send_from(get("/nothing").header("x-request-id", "7f3c-a.b_1"), "127.0.0.1").await;
        assert_eq!((proxied.status, proxied.header("x-request-id")), (StatusCode::NOT_FOUND, "7f3c-a.b_1"));
        for wrong in ["a b", "\u{e9}", &"x".repeat(65), "", "a\"b"] {
            let own = web.send_from(get("/").header("x-request-id", wrong), "127.0.0.1").await;
            assert_eq!(own.header("x-request-id").len(), 16, "{wrong:?}");
        }
    }

    async fn errors_are_pages_or_json_and_echo_nothing(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        let large = "x".repeat(20_000);
        for (request, status) in [
            (get("/EVIL"), 404),
            (post("/week/EVIL").form(&[("a", "EVIL")]), 405),
            (post("/week/subscribe").form(&[("email", "a@example.org"), ("name", &large), ("EVIL", "EVIL")]), 413),
            (post("/week/subscribe").body("text/EVIL", "EVIL"), 415),
            (get("/week/?page=EVIL"), 422),
        ] {
            let page = web.send(request.clone()).await;
            assert_eq!((page.status.as_u16(), page.header("content-type")), (status, "text/html; charset=utf-8"));
            assert!(page.text().contains("<h1>") && !page.text().contains("EVIL"), "{status}");
            let json = web.send(request.header("accept", "application/json")).await;
            assert_eq!((json.status.as_u16(), json.header("content-type")), (status, "application/json"));
            assert!(json.json()["error"].is_string() && !json.text().contains("EVIL"), "{status}");
        }
        db.close().await;
        let down = web.get("/week/").await;
        assert!(down.status.is_server_error() && !down.text().to_lowercase().contains("pool"), "{}", down.text());
    }

    async fn who_asks_too_often_is_told_when_to_come_again(db: Db) {
        let limits = Limits { requests_per_hour: 1, challenge: ChallengeWhen::Never, ..Limits::default() };
        let web = WebFixture::with(db, limits, &[]).await;
        assert_eq!(web.subscribe("a@example.org").await.status, StatusCode::SEE_OTHER);
        let page = web.subscribe("EVIL@example.org").await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::TOO_MANY_REQUESTS, "text/html; charset=utf-8"));
        assert!(page.text().contains("<h1>Please try again later</h1>") && !page.text().contains("EVIL"));
        let json = web.send(web.json(serde_json::json!({ "email": "EVIL@example.org" }))).await;
        assert_eq!((json.status, json.header("content-type")), (StatusCode::TOO_MANY_REQUESTS, "application/json"));
        assert!(json.json()["error"].as_str().unwrap().contains("try again") && !json.text().contains("EVIL"));
        for answer in [page, json] {
            let seconds: u64 = answer.header("retry-after").parse().unwrap();
            assert!((1..=3600).contains(&seconds), "{seconds}");
        }
    }

    async fn the_stop_ends_idle_connections_and_takes_no_more(db: Db) {
        let web = WebFixture::new(db).await;
        let (address, task) = start(&web).await;
        assert_eq!(get("/readyz").send_to(address).await.unwrap().status, StatusCode::OK);
        web.stop.cancel();
        task.await.unwrap().unwrap();
        assert!(get("/readyz").send_to(address).await.is_err());
    }
}
