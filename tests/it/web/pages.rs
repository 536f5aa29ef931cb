//! What every page has: headers, landmarks, labels; and that error pages echo nothing.

use axum::http::{Method, StatusCode};
use coranto::store::Db;

use super::ground::WebFixture;
use crate::harness::database::both_databases;
use crate::harness::http::{Request, Response, get, head, post};

fn has_the_headers(response: &Response) {
    assert!(response.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    for part in ["img-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(response.header("content-security-policy").contains(part), "{part}");
    }
    assert_eq!(response.header("x-content-type-options"), "nosniff");
    assert_eq!(response.header("referrer-policy"), "no-referrer");
    assert_eq!(response.header("x-frame-options"), "DENY");
    assert!(response.headers.get("set-cookie").is_none());
}

/// Each of the pages, by name.
async fn pages(web: &WebFixture) -> Vec<(&'static str, Response)> {
    web.ground.request("pending@example.org").await.unwrap();
    let active = web.ground.reader("active@example.org").await;
    let confirm = web.confirm_link("pending@example.org").await;
    vec![
        ("home", web.get("/").await),
        ("signup", web.get("/week/subscribe").await),
        ("mistake", web.subscribe("a@b").await),
        ("check", web.get("/week/subscribe/sent").await),
        ("confirm", web.get(&confirm).await),
        ("confirmed", web.send(post(&confirm)).await),
        ("already", web.send(post(&confirm)).await),
        ("unsubscribe", web.get(&web.leave_link(active).await).await),
        ("preferences", web.get(&web.preferences_link(active).await).await),
        ("paused", web.send(post(&web.preferences_link(active).await).form(&[("action", "pause-4-weeks")])).await),
        ("unsubscribed", web.send(post(&web.leave_link(active).await).form(&[("action", "leave")])).await),
        ("absent", web.get(&web.leave_link(active).await).await),
        ("no such page", web.get("/nothing/here").await),
        ("no such link", web.get("/u/x").await),
    ]
}

both_databases! {
    async fn every_page_is_whole(db: Db) {
        let web = WebFixture::new(db).await;
        for (name, page) in pages(&web).await {
            has_the_headers(&page);
            let html = page.text();
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{name}");
            assert_eq!(page.header("cache-control"), if name == "home" { "public, max-age=60" } else { "no-store" }, "{name}");
            assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">"), "{name}");
            for once in ["<h1>", "<main id=\"main\">", "<a class=\"skip\" href=\"#main\">", "</html>", "<title>", "rel=\"stylesheet\""] {
                assert_eq!(html.matches(once).count(), 1, "{name}: {once}");
            }
            let elsewhere = html.replace("https://news.example/", "");
            for never in ["<script", "style=", "http://", "https://", "onclick", "<img", "{{", "{%"] {
                assert!(!elsewhere.contains(never), "{name}: {never}");
            }
            for input in html.split("<input ").skip(1).filter(|input| !input.starts_with("type=\"hidden\"")) {
                let id = input.split("id=\"").nth(1).unwrap().split('"').next().unwrap();
                assert!(html.contains(&format!("<label for=\"{id}\">")), "{name}: {id} has no label");
            }
            assert!(html.len() < 15_000, "{name}: {} bytes", html.len());
            let private = html.contains("<meta name=\"robots\" content=\"noindex\">");
            assert_eq!(private, !matches!(name, "home" | "signup"), "{name}");
            assert_eq!(page.header("x-robots-tag"), if private { "noindex" } else { "" }, "{name}");
            assert_eq!(html.contains("<link rel=\"canonical\" href=\"https://news.example/"), !private, "{name}");
            assert_eq!(html.contains("<meta property=\"og:title\""), !private, "{name}");
        }
    }

    async fn the_style_sheet_is_kept_for_ever(db: Db) {
        let web = WebFixture::new(db).await;
        let home = web.get("/").await;
        let href = home.text().split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let style = web.get(&href).await;
        has_the_headers(&style);
        assert_eq!((style.status, style.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
        assert!(style.header("cache-control").contains("immutable"));
        assert!(style.text().contains("prefers-color-scheme: dark") && style.body.len() < 15_000);
        assert!(href.starts_with("/assets/style-") && href.ends_with(".css"), "{href}");
        assert_eq!(web.get("/assets/style-000000000000.css").await.status, StatusCode::NOT_FOUND);
    }

    async fn an_error_page_echoes_nothing(db: Db) {
        let web = WebFixture::new(db).await;
        for target in [
            "/Call-0800-EVIL-now",
            "/week/Call-0800-EVIL-now",
            "/?q=Call-0800-EVIL-now",
            "/c/Call-0800-EVIL-now",
            "/Call-0800-EVIL-now/subscribe",
            "/.env",
            "/..%2f..%2fEVIL",
            "/%00EVIL",
            "/%ffEVIL",
            "/admin/EVIL",
            "//EVIL",
        ] {
            for request in [get(target), Request::new(Method::POST, target), get(target).header("accept", "application/json")] {
                let answer = web.send(request.header("referer", "https://EVIL.example").header("host", "EVIL.example")).await;
                assert!(!answer.text().contains("EVIL"), "{target}: {}", answer.text());
                assert!(!answer.status.is_server_error(), "{target}");
                has_the_headers(&answer);
            }
        }
        let json = web.send(get("/nothing/here").header("accept", "application/json")).await;
        assert_eq!((json.status, json.json()["error"].is_string()), (StatusCode::NOT_FOUND, true));
    }

    async fn links_are_made_from_the_configuration_and_other_hosts_are_refused(db: Db) {
        let web = WebFixture::new(db).await;
        for (name, value) in [("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example"), ("x-host", "evil.example")] {
            let page = web.send(get("/week/subscribe").header(name, value)).await;
            assert!(page.status.is_success() && !page.text().contains("evil.example"), "{name}");
            let form = web.form(&[("email", "anna@example.org")]).header(name, value);
            assert!(web.send(form).await.header("location").starts_with("subscribe/sent?for="));
        }
        let before = web.ground.fingerprint().await;
        for request in [
            web.form(&[("email", "b@example.org")]).header("host", "evil.example"),
            web.form(&[("email", "b@example.org")]).header("host", "news.example.evil.example"),
            get("/").header("host", "127.0.0.1:8080"),
            get("https://evil.example/").header("host", "news.example"),
        ] {
            let refused = web.send(request).await;
            assert_eq!(refused.status, StatusCode::MISDIRECTED_REQUEST);
            assert!(!refused.text().contains("evil"));
            has_the_headers(&refused);
        }
        assert_eq!(web.send(get("/").header("host", "news.example").header("host", "x")).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(web.send(get("/healthz").header("host", "10.0.0.7:8080")).await.text(), "ok\n");
        assert_eq!(web.ground.fingerprint().await, before);
    }

    async fn a_head_is_answered_without_a_body(db: Db) {
        let web = WebFixture::new(db).await;
        for target in ["/", "/week/subscribe", "/u/x", "/healthz", "/nothing"] {
            let (page, bare) = (web.get(target).await, web.send(head(target)).await);
            assert_eq!((bare.status, bare.body.len()), (page.status, 0), "{target}");
            has_the_headers(&bare);
        }
        let wrong = web.send(Request::new(Method::DELETE, "/week/subscribe")).await;
        assert_eq!((wrong.status, wrong.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD,POST"));
    }

    async fn health_says_what_is_so(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        assert_eq!(web.get("/healthz").await.text(), "ok\n");
        assert_eq!(web.get("/readyz").await.json(), serde_json::json!({ "ready": true, "why": null, "scheduler": "absent" }));
        web.stop.cancel();
        let stopping = web.get("/readyz").await;
        assert_eq!((stopping.status, stopping.json()["why"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("stopping")));
        let gone = WebFixture::new(db.clone()).await;
        db.close().await;
        let down = gone.get("/readyz").await;
        assert_eq!((down.status, down.json()["ready"].as_bool()), (StatusCode::SERVICE_UNAVAILABLE, Some(false)));
        assert_eq!(gone.get("/healthz").await.status, StatusCode::OK);
        let answer = gone.subscribe("anna@example.org").await;
        assert!(answer.status.is_server_error(), "nothing is acknowledged that is not stored: {}", answer.status);
        has_the_headers(&answer);
    }
}
