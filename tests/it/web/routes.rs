//! What holds for every address of the server, asked of every address: the list is what the routes say, so that a new one
//! is asked too.

use axum::http::{Method, StatusCode};
use coranto::store::Db;

use super::ground::WebFixture;
use crate::harness::database::both_databases;
use crate::harness::http::{OUR_HOST, Request};
use crate::tidy::reference::routes;

/// What monitors ask under whatever name they have for the machine.
const PROBES: &[&str] = &["/healthz", "/readyz"];
/// The routes whose address bears a token, which opens somebody's row.
const SEALED: &str = "{token}";
const METHODS: &[Method] = &[Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];

/// Every route, and an address that it answers.
fn addresses() -> Vec<(String, String)> {
    let filled = |route: &str| {
        let named = route
            .replace("{newsletter}", "week")
            .replace("{token}", "x")
            .replace("{name}", "x.png")
            .replace("{seal}", "x");
        named.replace("{slug}", "an-issue")
    };
    let found: Vec<_> = routes().into_iter().map(|route| (filled(&route), route)).collect();
    assert!(found.len() > 30, "{found:?}");
    assert!(found.iter().all(|(path, _)| !path.contains('{')), "{found:?}: how is that filled?");
    found
}

both_databases! {
    async fn every_address_is_ours_alone(db: Db) {
        let web = WebFixture::new(db).await;
        let hosts: &[(&[&str], StatusCode)] = &[
            (&["evil.example"], StatusCode::MISDIRECTED_REQUEST),
            (&["news.example.evil.example"], StatusCode::MISDIRECTED_REQUEST),
            (&["news.example:8443"], StatusCode::MISDIRECTED_REQUEST),
            (&["127.0.0.1"], StatusCode::MISDIRECTED_REQUEST),
            (&[""], StatusCode::BAD_REQUEST),
            (&[OUR_HOST, OUR_HOST], StatusCode::BAD_REQUEST),
            (&[OUR_HOST, "evil.example"], StatusCode::BAD_REQUEST),
        ];
        for (path, _) in addresses() {
            for method in METHODS {
                for (named, expected) in hosts {
                    let request = named.iter().fold(Request::new(method.clone(), &path), |one, host| one.header("host", host));
                    let status = web.send(request).await.status;
                    match PROBES.contains(&path.as_str()) {
                        true => assert_ne!(status, *expected, "{method} {path} as {named:?}: a probe has no name"),
                        false => assert_eq!(status, *expected, "{method} {path} as {named:?}"),
                    }
                }
            }
        }
    }

    async fn every_address_has_the_headers(db: Db) {
        let web = WebFixture::new(db).await;
        for (path, route) in addresses() {
            for method in METHODS {
                let answer = web.send(Request::new(method.clone(), &path)).await;
                let what = format!("{method} {path}: {}", answer.status);
                assert!(!answer.status.is_server_error() || path == "/readyz", "{what}");
                assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{what}");
                assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
                // The desk goes by the origin of a form, which a browser without a referrer does not tell.
                let referrer = if path.starts_with("/admin") { "same-origin" } else { "no-referrer" };
                assert_eq!(answer.header("referrer-policy"), referrer, "{what}");
                assert!(answer.headers.get("set-cookie").is_none(), "{what}");
                assert!(!answer.header("cache-control").is_empty(), "{what}");
                if route.contains(SEALED) {
                    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
                    assert_eq!(answer.header("x-robots-tag"), "noindex", "{what}");
                }
                if method == Method::HEAD {
                    assert!(answer.body.is_empty(), "{what}");
                }
            }
        }
    }

    async fn no_address_changes_anything_unless_it_is_posted_to(db: Db) {
        let web = WebFixture::new(db).await;
        web.ground.request("anna@example.org").await.unwrap();
        let before = web.ground.fingerprint().await;
        for (path, _) in addresses() {
            for method in METHODS.iter().filter(|method| **method != Method::POST) {
                web.send(Request::new(method.clone(), &path)).await;
                assert_eq!(web.ground.fingerprint().await, before, "{method} {path}");
            }
        }
    }
}
