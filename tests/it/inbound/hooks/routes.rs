//! The address of a hook: who may come in, and how much at a time.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use coranto::domain::hook::MailService;
use coranto::domain::notice::Effect;
use coranto::domain::policy::Policy;
use coranto::domain::subscriber::SubscriptionState;
use coranto::inbound;
use coranto::signup::{DomainPolicy, Limits, Signup};
use coranto::store::{Db, mailboxes, notices};
use coranto::templates::Templates;
use coranto::web::{self, Hooks, Proxies, Site};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::provider::{Hooked, Told, What};
use crate::harness::database::both_databases;
use crate::harness::http::{Response, get, post as post_to};
use crate::inbound::post::{HOUR, Post};

const LOGIN: &str = "Basic aG9vazphIHBhc3N3b3Jk";

/// The web face in front of the hooks, with the address of one of them.
struct Face {
    site: Arc<Site>,
    router: Router,
    address: String,
    post: Post,
}

impl Face {
    /// Tells the hook something, as its provider does.
    async fn tell(&self, body: &Value) -> Response {
        let ask = post_to(&self.address).header("authorization", LOGIN).body("application/json", body.to_string());
        ask.send(&self.router).await
    }

    /// What Prometheus is told.
    async fn numbers(&self) -> String {
        get("/metrics").send(&web::metrics_router(Arc::clone(&self.site))).await.text().to_owned()
    }

    /// The number after `line` in it.
    async fn number(&self, line: &str) -> f64 {
        let numbers = self.numbers().await;
        let found = numbers.lines().find_map(|have| have.strip_prefix(line)?.strip_prefix(' '));
        found.map_or(0.0, |number| number.parse().unwrap())
    }
}

fn web_of(hooked: Hooked) -> Face {
    let Hooked { post, door, .. } = hooked;
    let keys = post.stage.keys.clone();
    let signup = Signup::new(post.stage.db.clone(), keys.clone(), Limits::default(), DomainPolicy::none());
    let templates = Arc::new(Templates::embedded().unwrap());
    let (clock, url) = (post.stage.clock.clone(), "https://news.example/".parse().unwrap());
    let mut site =
        Site::new(signup, Vec::new(), templates, clock, url, Proxies::default(), CancellationToken::new()).unwrap();
    site.hooks = Hooks::new(Some(door));
    let address = coranto::inbound::hooks::path("postmark", &keys.hook_seal("postmark"));
    let site = Arc::new(site);
    Face { router: web::router(Arc::clone(&site)), site, address, post }
}

both_databases! {
    async fn a_hook_is_known_by_its_seal(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        let told = Told { what: What::Dead, id: "1", token: &hooked.token("anna"), to: "anna@example.net" };
        let body = told.body(MailService::Postmark);
        let Face { router, address, post, .. } = web_of(hooked);
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
        for body_type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
            let ask = post_to(&address).header("authorization", LOGIN).body(body_type, body.to_string());
            let seen = ask.send(&router).await;
            assert_eq!(seen.status.as_u16(), 200, "{body_type}");
            assert!(!seen.headers.contains_key("set-cookie") && !seen.headers.contains_key("location"));
        }
        assert_eq!(post.notices().await.len(), 1);
        for (length, status) in [(4 * 1024 * 1024, 200), (4 * 1024 * 1024 + 1, 413)] {
            let padded = format!("{body}{}", " ".repeat(length - body.to_string().len()));
            let ask = post_to(&address).header("authorization", LOGIN).body("application/json", padded);
            assert_eq!(ask.send(&router).await.status.as_u16(), status, "{length} bytes");
        }
        let broken = post_to(&address).header("authorization", LOGIN).body("application/json", "{");
        assert_eq!(broken.send(&router).await.status.as_u16(), 400);
        assert_eq!(post.notices().await.len(), 1);
    }

    async fn what_cannot_be_kept_is_asked_for_again_and_taken_once(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna", "ben"]).await);
        let told = |local: &str, what| {
            let (token, to) = (hooked.token(local), format!("{local}@example.net"));
            Told { what, id: local, token: &token, to: &to }.body(MailService::Postmark)
        };
        let (dead, complaint) = (told("anna", What::Dead), told("ben", What::Complaint));
        let face = web_of(hooked);
        let failed = "coranto_hooks_total{hook=\"postmark\",outcome=\"failed\"}";
        let before = face.number(failed).await;
        face.post.stage.execute("ALTER TABLE notices RENAME TO notices_away").await;
        for body in [&dead, &complaint] {
            let seen = face.tell(body).await;
            assert_eq!((seen.status.as_u16(), seen.headers.contains_key("location")), (503, false), "{}", seen.text());
        }
        face.post.stage.execute("ALTER TABLE notices_away RENAME TO notices").await;
        assert!(face.number(failed).await >= before + 2.0);
        assert_eq!(face.post.standing("ben").await.0, SubscriptionState::Active, "nothing is done by halves");
        // The provider comes again, and once more because it missed the answer.
        for _ in 0..2 {
            for body in [&dead, &complaint] {
                assert_eq!(face.tell(body).await.status.as_u16(), 200);
            }
        }
        let effects: Vec<_> = face.post.notices().await.iter().map(|one| one.effect).collect();
        assert_eq!(effects, [Effect::Suppressed, Effect::Waiting]);
        assert_eq!(face.post.standing("ben").await.0, SubscriptionState::Unsubscribed);
        assert_eq!((face.post.suppressed().await, face.post.events("subscription.unsubscribed").await), (1, 1));
    }

    async fn what_comes_back_is_counted(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna", "ben"]).await);
        let told = |local: &str, what| {
            let (token, to) = (hooked.token(local), format!("{local}@example.net"));
            Told { what, id: local, token: &token, to: &to }.body(MailService::Postmark)
        };
        let (dead, complaint) = (told("anna", What::Dead), told("ben", What::Complaint));
        let face = web_of(hooked);
        let counted = [
            ("coranto_hooks_total{hook=\"postmark\",outcome=\"kept\"}", 3.0),
            ("coranto_hooks_total{hook=\"postmark\",outcome=\"forged\"}", 1.0),
            ("coranto_reports_total{source=\"hook\",kind=\"bounce\"}", 2.0),
            ("coranto_reports_total{source=\"hook\",kind=\"complaint\"}", 1.0),
            ("coranto_returns_total{class=\"dead\",destination=\"other\"}", 1.0),
        ];
        let mut before = Vec::new();
        for (line, _) in counted {
            before.push(face.number(line).await);
        }
        assert_eq!(post_to(&face.address).json(&dead).send(&face.router).await.status.as_u16(), 401);
        for body in [&dead, &dead, &complaint] {
            assert_eq!(face.tell(body).await.status.as_u16(), 200);
        }
        // One registry counts for the whole process, so tests beside this one may add to it.
        for ((line, number), before) in counted.into_iter().zip(before) {
            assert!(face.number(line).await >= before + number, "{line}");
        }
        for (line, number) in [
            ("coranto_inbound_waiting", 1.0),
            ("coranto_settlement_late_seconds", 0.0),
        ] {
            assert_eq!(face.number(line).await, number, "{line}");
        }
        assert!(!face.numbers().await.contains("example.net"), "no label names a domain");
        let now = face.post.stage.clock.now();
        let db = &face.post.stage.db;
        db.write(async |tx| mailboxes::looked(tx, "office", None, now).await).await.unwrap();
        face.post.stage.clock.advance(HOUR + Duration::from_secs(90));
        // A look that fails does not make it younger.
        let now = face.post.stage.clock.now();
        db.write(async |tx| mailboxes::looked(tx, "office", Some("no"), now).await).await.unwrap();
        assert_eq!(face.number("coranto_settlement_late_seconds").await, 90.0);
        assert_eq!(face.number("coranto_mailbox_age_seconds{mailbox=\"office\"}").await, 3690.0);
        inbound::settle(db, None, &Policy::default(), now).await.unwrap();
        assert_eq!(notices::waiting(&mut db.read().await.unwrap()).await.unwrap(), (0, None));
        assert_eq!(face.number("coranto_inbound_waiting").await, 0.0);
        assert_eq!(face.number("coranto_settlement_late_seconds").await, 0.0);
    }
}
