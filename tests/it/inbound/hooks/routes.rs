//! The address of a hook: who may come in, and how much at a time.

use std::sync::Arc;

use axum::Router;
use coranto::domain::hook::MailService;
use coranto::signup::{DomainPolicy, Limits, Signup};
use coranto::store::Db;
use coranto::templates::Templates;
use coranto::web::{self, Hooks, Proxies, Site};
use tokio_util::sync::CancellationToken;

use super::provider::{Hooked, Told, What};
use crate::harness::database::both_databases;
use crate::harness::http::{get, post as post_to};
use crate::inbound::post::Post;

/// The web face in front of the hooks, and the address of one of them.
fn web_of(hooked: Hooked) -> (Router, String, Post) {
    let Hooked { post, door, .. } = hooked;
    let keys = post.stage.keys.clone();
    let signup = Signup::new(post.stage.db.clone(), keys.clone(), Limits::default(), DomainPolicy::none());
    let templates = Arc::new(Templates::embedded().unwrap());
    let (clock, url) = (post.stage.clock.clone(), "https://news.example/".parse().unwrap());
    let mut site =
        Site::new(signup, Vec::new(), templates, clock, url, Proxies::default(), CancellationToken::new()).unwrap();
    site.hooks = Hooks::new(Some(door));
    let address = coranto::inbound::hooks::path("postmark", &keys.hook_seal("postmark"));
    (web::router(Arc::new(site)), address, post)
}

both_databases! {
    async fn a_hook_is_known_by_its_seal(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        let told = Told { what: What::Dead, id: "1", token: &hooked.token("anna"), to: "anna@example.net" };
        let body = told.body(MailService::Postmark);
        let (router, address, post) = web_of(hooked);
        let unknown = get("/hooks/nothing/here/at/all").send(&router).await;
        let wrong = [
            format!("{address}x"),
            address[..address.len() - 1].to_owned(),
            address.replace("postmark", "brevo"),
            address.replace("postmark", "none"),
            "/hooks/postmark/aaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
        ];
        for target in &wrong {
            let seen = get(target).send(&router).await;
            assert_eq!((seen.status, &seen.body), (unknown.status, &unknown.body), "{target}");
            let seen = post_to(target).json(&body).send(&router).await;
            assert_eq!(seen.status.as_u16(), 404, "{target}");
        }
        let seen = get(&address).send(&router).await;
        assert_eq!((seen.status.as_u16(), seen.text().trim()), (200, "coranto"));
        assert_eq!(post_to(&address).json(&body).send(&router).await.status.as_u16(), 401, "no login");
        let login = "Basic aG9vazphIHBhc3N3b3Jk";
        for body_type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
            let ask = post_to(&address).header("authorization", login).body(body_type, body.to_string());
            let seen = ask.send(&router).await;
            assert_eq!(seen.status.as_u16(), 200, "{body_type}");
            assert!(!seen.headers.contains_key("set-cookie") && !seen.headers.contains_key("location"));
        }
        assert_eq!(post.notices().await.len(), 1);
        for (length, status) in [(4 * 1024 * 1024, 200), (4 * 1024 * 1024 + 1, 413)] {
            let padded = format!("{body}{}", " ".repeat(length - body.to_string().len()));
            let ask = post_to(&address).header("authorization", login).body("application/json", padded);
            assert_eq!(ask.send(&router).await.status.as_u16(), status, "{length} bytes");
        }
        let broken = post_to(&address).header("authorization", login).body("application/json", "{");
        assert_eq!(broken.send(&router).await.status.as_u16(), 400);
        assert_eq!(post.notices().await.len(), 1);
    }
}
