//! The form on other sites: in a frame, by script, as a plain form with a page of its own behind it.

use axum::http::{Method, StatusCode};
use coranto::store::Db;
use serde_json::json;

use super::ground::WebFixture;
use crate::harness::database::both_databases;
use crate::harness::http::{Request, get, post};
use crate::harness::visitor::hidden;

const FRIEND: &str = "https://www.friend.example";

async fn embedded(db: Db) -> WebFixture {
    WebFixture::embedded(db, &[FRIEND], &["https://www.friend.example/thanks?a=b"]).await
}

both_databases! {
    async fn the_frame_is_for_the_sites_of_the_configuration(db: Db) {
        let web = embedded(db.clone()).await;
        let form = web.get("/week/embed?src=blog").await;
        assert!(form.header("content-security-policy").contains("frame-ancestors https://www.friend.example"));
        assert!(form.headers.get("x-frame-options").is_none(), "it knows no list");
        assert!(form.text().contains("action=\"/week/embed\"") && !form.text().contains("<header"));
        // The whole way stays in the frame.
        let stamp = hidden(form.text(), "stamp");
        let fields = [("email", "a@example.org"), ("stamp", stamp.as_str()), ("src", "blog")];
        let answer = web.send(post("/week/embed").form(&fields)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(web.ground.find("a@example.org").await.unwrap().source, "frame?src=blog");
        let sent = web.get(&format!("/week/{}", answer.header("location"))).await;
        let mistake = web.send(post("/week/embed").form(&[("email", "a@b")])).await;
        let step = web.send(post("/week/embed").form(&[("email", "b@example.org")])).await;
        let meant = web.send(post("/week/embed").form(&[("email", "b@gmial.com")])).await;
        for page in [&sent, &mistake, &step, &meant] {
            assert!(page.header("content-security-policy").contains("frame-ancestors https://www.friend.example"));
            assert!(!page.text().contains("/week/subscribe\"") && page.headers.get("x-frame-options").is_none());
        }
        // Every other page stays out of frames, and without the setting this one too.
        for path in ["/week/subscribe", "/week/subscribe/sent", "/"] {
            assert!(web.get(path).await.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        }
        let closed = WebFixture::new(db).await.get("/week/embed").await;
        assert!(closed.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(closed.header("x-frame-options"), "DENY");
    }

    async fn answers_are_open_to_scripts_of_those_sites_and_never_with_credentials(db: Db) {
        let web = embedded(db).await;
        let preflight = |origin: &str| {
            Request::new(Method::OPTIONS, "/week/subscribe")
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "content-type")
        };
        let allowed = web.send(preflight(FRIEND)).await;
        assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (StatusCode::NO_CONTENT, FRIEND));
        assert_eq!(allowed.header("access-control-allow-headers"), "content-type");
        for stranger in ["https://evil.example", "null", "https://www.friend.example.evil.example", "http://www.friend.example", ""] {
            let refused = web.send(preflight(stranger)).await;
            assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{stranger}");
            assert!(refused.headers.get("access-control-allow-origin").is_none());
        }
        for (value, status) in [
            (json!({ "email": "a@example.org" }), StatusCode::ACCEPTED),
            (json!({ "email": "a@b" }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "role": "admin" }), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            for origin in [FRIEND, "https://evil.example"] {
                let answer = web.send(web.json(value.clone()).header("origin", origin)).await;
                assert_eq!(answer.status, status);
                assert_eq!(answer.header("access-control-allow-origin"), if origin == FRIEND { FRIEND } else { "" });
                assert!(answer.header("vary").contains("origin"));
                assert!(answer.headers.get("access-control-allow-credentials").is_none());
            }
        }
        let challenge = web.send(get("/week/challenge").header("origin", FRIEND)).await;
        assert_eq!((challenge.header("access-control-allow-origin"), challenge.json()["algorithm"].as_str()), (FRIEND, Some("SHA-256")));
        // A reader's pages are nobody's.
        for path in ["/", "/u/x", "/week/subscribe/sent"] {
            assert!(web.send(get(path).header("origin", FRIEND)).await.headers.get("access-control-allow-origin").is_none(), "{path}");
        }
    }

    async fn a_form_elsewhere_may_lead_back_to_a_page_of_the_list_alone(db: Db) {
        let web = embedded(db).await;
        let thanks = "https://www.friend.example/thanks?a=b";
        let posted = async |email: &str, redirect: &str| web.send(web.form(&[("email", email), ("redirect", redirect)])).await;
        assert_eq!(posted("a@example.org", thanks).await.header("location"), thanks);
        for elsewhere in [
            "https://evil.example/",
            "https://www.friend.example/",
            "https://www.friend.example/thanks?a=b#x",
            "https://www.friend.example@evil.example/thanks?a=b",
            "//www.friend.example/thanks?a=b",
            "javascript:alert(1)",
            "",
        ] {
            assert!(posted("b@example.org", elsewhere).await.header("location").starts_with("subscribe/sent?for="), "{elsewhere}");
        }
        // It comes through the step between, whose form the browser lets go there.
        let step = web.send(post("/week/subscribe").form(&[("email", "c@example.org"), ("redirect", thanks)])).await;
        assert_eq!(hidden(step.text(), "redirect"), thanks);
        assert!(step.header("content-security-policy").contains("form-action 'self' https://www.friend.example;"));
        let without = web.send(post("/week/subscribe").form(&[("email", "c@example.org"), ("redirect", "https://evil.example")])).await;
        assert!(!without.text().contains("evil.example") && without.header("content-security-policy").contains("form-action 'self';"));
    }

    async fn where_readers_came_from_is_a_word(db: Db) {
        let web = embedded(db).await;
        for (number, (src, stored)) in [
            ("blog", "form?src=blog"),
            ("spring-2027_a.b", "form?src=spring-2027_a.b"),
            ("", "form"),
            ("two words", "form"),
            ("<script>", "form"),
            (&"x".repeat(65), "form"),
        ].into_iter().enumerate() {
            let email = format!("a{number}@example.org");
            web.send(web.form(&[("email", &email), ("src", src)])).await;
            assert_eq!(web.ground.find(&email).await.unwrap().source, stored);
        }
        assert_eq!(hidden(web.get("/week/subscribe?src=blog&x=y").await.text(), "src"), "blog");
        assert!(!web.get("/week/subscribe?src=%3Cscript%3E").await.text().contains("<script"));
    }

    async fn the_scripts_are_there(db: Db) {
        let web = embedded(db).await;
        let script = web.get("/embed.js").await;
        assert_eq!((script.header("content-type"), script.header("cache-control")), ("text/javascript; charset=utf-8", "public, max-age=3600"));
        assert!(script.body.len() <= 1024);
    }
}
