//! The form and its JSON twin.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use coranto::domain::subscriber::SubscriptionState::{Active, Pending};
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Limits};
use coranto::store::Db;
use serde_json::json;

use super::ground::Web;
use crate::harness::database::both_databases;
use crate::harness::http::{Response, get, post};

/// What a client can see of an answer.
fn visible(response: &Response) -> (StatusCode, Vec<(String, String)>, Vec<u8>) {
    // Of all requests no two have the same id.
    let headers = response
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (response.status, headers.collect(), response.body.clone())
}

both_databases! {
    async fn a_form_becomes_a_request(db: Db) {
        let web = Web::new(db).await;
        let form = web.get("/week/subscribe").await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(form.text().contains("<form method=\"post\" action=\"/week/subscribe\""));
        let fields = [("email", " Anna@Example.org "), ("name", "Anna"), ("website", "")];
        let answer = web.send(post("/week/subscribe").form(&fields)).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "subscribe/sent"));
        let sent = web.get("/week/subscribe/sent").await;
        assert!(sent.text().contains("Check your email") && !sent.text().to_lowercase().contains("anna"));
        let stored = web.ground.find("anna@example.org").await.unwrap();
        assert_eq!((stored.email.as_str(), stored.name.as_deref(), stored.state), ("Anna@example.org", Some("Anna"), Pending));
        assert_eq!((web.ground.mails("confirmation").await, stored.source.as_str()), (1, "form"));
    }

    async fn what_people_paste_is_understood(db: Db) {
        let web = Web::new(db).await;
        for typed in ["mailto:a@example.org", "<b@example.org>", "\u{a0}c@example.org\t"] {
            assert_eq!(web.subscribe(typed).await.status, StatusCode::SEE_OTHER, "{typed:?}");
        }
        assert!(web.ground.find("a@example.org").await.is_some() && web.ground.find("b@example.org").await.is_some());
        let multipart = web.send(post("/week/subscribe").multipart(&[("email", "d@example.org"), ("name", "D")])).await;
        assert_eq!(multipart.status, StatusCode::SEE_OTHER);
        assert_eq!(web.ground.find("d@example.org").await.unwrap().name.as_deref(), Some("D"));
    }

    async fn a_mistake_is_said_and_nothing_is_stored(db: Db) {
        let web = Web::new(db).await;
        let before = web.ground.fingerprint().await;
        for (typed, said) in [
            ("", "Enter your email address"),
            ("a@localhost", "in the correct format"),
            ("a@[127.0.0.1]", "in the correct format"),
            ("\"a b\"@example.org", "in the correct format"),
            ("a@b@example.org", "in the correct format"),
            ("a@example.org\r\nBcc: x@example.net", "in the correct format"),
            ("a\u{202e}@example.org", "in the correct format"),
            ("a\0@example.org", "in the correct format"),
            (&format!("{}@example.org", "x".repeat(65)), "shorter"),
        ] {
            let answer = web.subscribe(typed).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
            assert!(answer.text().contains(said) && answer.text().contains("<title>Error: "), "{typed:?}: {}", answer.text());
            let json = web.send(post("/week/subscribe").json(&json!({ "email": typed }))).await;
            assert_eq!((json.status, json.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("email")));
        }
        let hostile = web.subscribe("\"><script>alert(1)</script>@x").await;
        assert!(!hostile.text().contains("<script") && hostile.text().contains("&lt;script"), "kept, but harmless");
        assert_eq!(web.ground.fingerprint().await, before);
    }

    async fn names_bear_no_mischief(db: Db) {
        let web = Web::new(db).await;
        for (number, (typed, kept)) in [
            ("Anna\r\nBcc: victim@example.net", Some("Anna Bcc: victim@example.net")),
            ("<script>alert(1)</script>", Some("<script>alert(1)</script>")),
            ("Buy at https://spam.example", None),
            ("\u{202e}\0", None),
            (&"é".repeat(2_000), Some("é".repeat(100).as_str())),
        ].into_iter().enumerate() {
            let email = format!("a{number}@example.org");
            let answer = web.send(post("/week/subscribe").form(&[("email", &email), ("name", typed)])).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            assert_eq!(web.ground.find(&email).await.unwrap().name.as_deref(), kept);
        }
        // No mail to be confirmed holds what a stranger typed: it is the same for all.
        let mut tx = web.ground.db().read().await.unwrap();
        let (contents,): (i64,) = tx.sql("SELECT COUNT(DISTINCT revision_id) FROM deliveries").fetch_one().await.unwrap();
        assert_eq!(contents, 1);
    }

    async fn every_address_gets_the_same_answer(db: Db) {
        let mut web = Web::new(db).await;
        web.ground.reader("active@example.org").await;
        web.ground.reader("left@example.org").await;
        web.ground.leave("left@example.org").await;
        web.ground.request("pending@example.org").await.unwrap();
        let never = "never@example.org".parse().unwrap();
        signup::suppress(web.ground.db(), web.ground.keys(), &never, SuppressionReason::Manual, "", &web.ground.act(None)).await.unwrap();
        // Within the quota of the known ones, and after it.
        for hours in [0, 25] {
            web.later(hours);
            let mut forms = BTreeSet::new();
            let mut jsons = BTreeSet::new();
            for kind in ["active", "left", "pending", "never", "new"] {
                let email = format!("{kind}@example.org");
                forms.insert(format!("{:?}", visible(&web.subscribe(&email).await)));
                jsons.insert(format!("{:?}", visible(&web.send(post("/week/subscribe").json(&json!({ "email": email }))).await)));
            }
            assert_eq!((forms.len(), jsons.len()), (1, 1), "{forms:#?} {jsons:#?}");
        }
        assert_eq!(web.ground.state("active@example.org").await, Some(Active));
        assert!(web.ground.find("never@example.org").await.is_none());
    }

    async fn json_takes_what_it_knows_and_nothing_else(db: Db) {
        let web = Web::new(db).await;
        let answer = web.send(post("/week/subscribe").json(&json!({ "email": "a@example.org", "name": "A" }))).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::ACCEPTED, "application/json"));
        let before = web.ground.fingerprint().await;
        for body in [
            r#"{"email":"b@example.org","status":"active"}"#,
            r#"{"email":"b@example.org","confirmed":true}"#,
            r#"{"email":"b@example.org","email":"c@example.org"}"#,
            r#"{"email":["b@example.org"]}"#,
            r#"{"email":"b@example.org","name":1e400}"#,
            r#"{"name":"B"}"#,
            r#"["b@example.org"]"#,
            r#"{"email":"b@example.org""#,
            "\u{feff}{}",
            "",
        ] {
            let answer = web.send(post("/week/subscribe").body("application/json", body)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert!(answer.json()["error"].is_string());
        }
        let deep = format!("{}{}", "[".repeat(8000), "]".repeat(8000));
        assert_eq!(web.send(post("/week/subscribe").body("application/json", deep)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        for (media, status) in [("text/plain", 415), ("application/xml", 415), ("image/png", 415)] {
            let answer = web.send(post("/week/subscribe").body(media, "{\"email\":\"b@example.org\"}")).await;
            assert_eq!(answer.status.as_u16(), status);
        }
        assert_eq!(web.ground.fingerprint().await, before);
    }

    async fn too_large_is_refused(db: Db) {
        let web = Web::new(db).await;
        let large = "x".repeat(20_000);
        for request in [
            post("/week/subscribe").form(&[("email", "a@example.org"), ("name", &large)]),
            post("/week/subscribe").json(&json!({ "email": "a@example.org", "name": large })),
            post("/week/subscribe").multipart(&[("email", "a@example.org"), ("name", &large)]),
        ] {
            assert_eq!(web.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        }
        assert!(web.ground.find("a@example.org").await.is_none());
    }

    async fn a_program_falls_into_the_trap(db: Db) {
        let web = Web::new(db).await;
        let before = web.ground.fingerprint().await;
        let answer = web.send(post("/week/subscribe").form(&[("email", "a@example.org"), ("website", "https://x")])).await;
        let honest = web.subscribe("b@example.org").await;
        assert_eq!(visible(&answer), visible(&honest));
        assert!(web.ground.find("a@example.org").await.is_none());
        assert_ne!(web.ground.fingerprint().await, before);
    }

    async fn a_network_that_asks_too_often_waits(db: Db) {
        let web = Web::with(db, Limits { requests_per_hour: 3, ..Limits::default() }, &[]).await;
        let ask = async |number: u32, peer: &str, forwarded: &str| {
            let request = post("/week/subscribe").form(&[("email", &format!("a{number}@example.org"))]);
            let request = if forwarded.is_empty() { request } else { request.header("x-forwarded-for", forwarded) };
            web.send_from(request, peer).await
        };
        // A stranger may write into the header what they like.
        for number in 0..3 {
            assert_eq!(ask(number, "192.0.2.1", &format!("10.{number}.0.1")).await.status, StatusCode::SEE_OTHER);
        }
        let refused = ask(4, "192.0.2.99", "10.9.0.1").await;
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "3600"));
        assert!(refused.text().contains("Please wait a while"));
        // Our own proxy says who asks.
        for number in 10..13 {
            assert_eq!(ask(number, "127.0.0.1", "1.2.3.4, 203.0.113.7").await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(ask(14, "127.0.0.1", "9.9.9.9, 203.0.113.8").await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(ask(15, "127.0.0.1", "198.51.100.1").await.status, StatusCode::SEE_OTHER);
    }

    async fn the_same_address_at_once_is_one_row(db: Db) {
        let web = std::sync::Arc::new(Web::new(db).await);
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..40 {
            let web = std::sync::Arc::clone(&web);
            tasks.spawn(async move {
                web.send_from(post("/week/subscribe").form(&[("email", "anna@example.org")]), &format!("10.1.{number}.1")).await.status
            });
        }
        assert!(tasks.join_all().await.iter().all(|status| *status == StatusCode::SEE_OTHER));
        let [subscribers, subscriptions, ..] = web.ground.fingerprint().await;
        assert_eq!((subscribers, subscriptions, web.ground.mails("confirmation").await), (1, 1, 1));
    }

    async fn a_dropped_request_is_all_or_nothing(db: Db) {
        let web = Web::with(db, Limits { requests_per_hour: 10_000, ..Limits::default() }, &[]).await;
        for number in 0..100_u64 {
            let email = format!("a{number}@example.org");
            let request = web.send(post("/week/subscribe").form(&[("email", &email)]));
            let _ = tokio::time::timeout(std::time::Duration::from_micros(number * 20), request).await;
        }
        web.site.tasks.close();
        web.site.tasks.wait().await;
        // Each request has left a subscription with its consent, its mail and its event, or no trace.
        let [subscribers, subscriptions, _, consents, mails, events] = web.ground.fingerprint().await;
        assert_eq!([subscriptions, consents, mails, events], [subscribers; 4]);
        assert!(subscribers > 0, "no request got so far as to write");
        assert_eq!(web.get("/readyz").await.status, StatusCode::OK);
    }

    async fn several_newsletters_are_listed(db: Db) {
        let web = Web::with(db, Limits::default(), &["other"]).await;
        let home = web.get("/").await;
        assert!(home.text().contains("href=\"/week/subscribe\"") && home.text().contains("href=\"/other/subscribe\""));
        assert!(home.text().contains(">OTHER</a>"));
        assert_eq!(web.send(post("/other/subscribe").form(&[("email", "a@example.org")])).await.status, StatusCode::SEE_OTHER);
        assert!(web.ground.find("a@example.org").await.is_none(), "subscribed to the other one only");
        for unknown in ["/none/subscribe", "/week/subscribe/", "/Week/subscribe", "/week%2f/subscribe", "/none/subscribe/sent"] {
            assert_eq!(web.send(get(unknown)).await.status, StatusCode::NOT_FOUND, "{unknown}");
        }
        assert_eq!(web.send(post("/none/subscribe").form(&[("email", "a@example.org")])).await.status, StatusCode::NOT_FOUND);
    }
}
