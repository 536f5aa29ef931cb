//! What every page of the desk has: headers, landmarks, labels, and no script.

use axum::http::StatusCode;
use coranto::domain::account::MemberRole;
use coranto::store::Db;

use super::ground::{DeskFixture, Place};
use crate::harness::database::both_databases;

both_databases! {
    async fn every_page_of_the_desk_is_whole(db: Db) {
        let mut desk = DeskFixture::new(db).await;
        let link = desk.people.invite("new@example.org", Some(MemberRole::Editor), false).await;
        let owner = desk.cookie(Place::Has(MemberRole::Owner), 1).await;
        let mut pages = vec![
            ("enter", desk.get("/admin/enter?done=left", "").await),
            ("refused", desk.act("/admin/enter", "", &[("email", "a@example.org"), ("password", "x")]).await),
            ("welcome", desk.get(&format!("/{}", link.path), "").await),
            ("short", desk.act(&format!("/{}", link.path), "", &[("password", "x")]).await),
            ("closed", desk.get("/admin/welcome/x", "").await),
            ("start", desk.get("/admin", &desk.cookie(Place::Operator, 2).await).await),
            ("home", desk.get("/admin/n/week", &owner).await),
            ("people", desk.get("/admin/n/week/people", &owner).await),
            ("invited", desk.act("/admin/n/week/people", &owner, &[("email", "cy@example.org"), ("role", "writer")]).await),
            ("you", desk.get("/admin/you", &owner).await),
            ("not allowed", desk.get("/admin/n/week/people", &desk.cookie(Place::Has(MemberRole::Editor), 3).await).await),
            ("not there", desk.get("/admin/n/month", &owner).await),
            ("not from here", desk.send(crate::harness::http::post("/admin/leave"), &owner).await),
        ];
        desk.web.seconds(15 * 60);
        pages.push(("again", desk.act("/admin/you/password", &owner, &[("password", "x")]).await));
        for (name, page) in pages {
            let html = page.text();
            assert!(page.status != StatusCode::SEE_OTHER && !page.status.is_server_error(), "{name}: {}", page.status);
            assert_eq!(page.header("cache-control"), "no-store", "{name}");
            assert_eq!(page.header("referrer-policy"), "same-origin", "{name}");
            assert_eq!(page.header("x-frame-options"), "DENY", "{name}");
            assert_eq!(page.header("x-robots-tag"), "noindex", "{name}");
            assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{name}");
            let policy = page.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{name}: {policy}");
            assert!(!policy.contains("script-src"), "{name}: {policy}");
            for once in ["<h1>", "<main id=\"main\">", "</html>", "<title>", "rel=\"stylesheet\""] {
                assert_eq!(html.matches(once).count(), 1, "{name}: {once}");
            }
            for never in ["<script", "style=", "onclick", "{{", "{%", "desk_"] {
                assert!(!html.contains(never), "{name}: {never}");
            }
            for input in html.split("<input ").skip(1).filter(|input| !input.starts_with("type=\"hidden\"")) {
                let id = input.split("id=\"").nth(1).unwrap().split('"').next().unwrap();
                assert!(html.contains(&format!("<label for=\"{id}\">")), "{name}: {id} has no label");
            }
        }
    }
}
