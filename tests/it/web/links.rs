//! The links in mails: what looking does not do, what the button does, what a wrong link says.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use coranto::domain::consent::ConsentKind as Kind;
use coranto::domain::subscriber::SubscriptionState::{Active, Paused, Pending, Unsubscribed};
use coranto::signup;
use coranto::store::Db;
use coranto::token::{Keyring, Purpose};

use super::ground::WebFixture;
use crate::harness::database::both_databases;
use crate::harness::http::{Request, get, head, post};

const SCANNERS: [&str; 6] = [
    "Mozilla/5.0 (compatible; Barracuda Sentinel)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Safe-Links",
    "GoogleImageProxy",
    "Proofpoint URL Defense",
    "python-requests/2.32",
    "",
];

both_databases! {
    async fn two_thousand_looks_change_nothing(db: Db) {
        let web = WebFixture::new(db).await;
        web.ground.request("pending@example.org").await.unwrap();
        let active = web.ground.reader("active@example.org").await;
        let confirm = web.confirm_link("pending@example.org").await;
        let targets = [
            confirm.clone(),
            format!("{confirm}?confirm=true&action=confirm"),
            web.leave_link(active).await,
            format!("{}?List-Unsubscribe=One-Click&action=leave", web.leave_link(active).await),
            web.preferences_link(active).await,
            format!("{}?action=leave", web.preferences_link(active).await),
        ];
        let before = web.ground.fingerprint().await;
        for number in 0..2_000 {
            let target = &targets[number % targets.len()];
            let request = match number / targets.len() % 3 {
                0 => get(target),
                1 => head(target),
                _ => get(target).header("sec-purpose", "prefetch").header("purpose", "prefetch"),
            };
            let answer = web.send(request.header("user-agent", SCANNERS[number / 7 % SCANNERS.len()])).await;
            assert_eq!(answer.status, StatusCode::OK);
        }
        for method in [Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH] {
            for target in &targets {
                assert_eq!(web.send(Request::new(method.clone(), target)).await.status, StatusCode::METHOD_NOT_ALLOWED);
            }
        }
        assert_eq!(web.ground.fingerprint().await, before);
        assert_eq!(web.ground.state("pending@example.org").await, Some(Pending));
        assert_eq!(web.ground.state("active@example.org").await, Some(Active));
    }

    async fn a_slash_or_a_dot_behind_a_link_is_forgiven(db: Db) {
        let web = WebFixture::new(db).await;
        for (number, tail) in ["", "/", ".", "./", ".."].into_iter().enumerate() {
            let email = format!("reader{number}@example.org");
            let id = web.ground.reader(&email).await;
            let preferences = format!("{}{tail}", web.preferences_link(id).await);
            assert!(web.get(&preferences).await.text().contains("You get every issue."), "{tail:?}");
            let paused = web.send(post(&preferences).form(&[("action", "pause-4-weeks")])).await;
            assert!(paused.status == StatusCode::OK && paused.text().contains("Paused"), "{tail:?}");
            let leave = format!("{}{tail}", web.leave_link(id).await);
            assert_eq!(web.get(&leave).await.status, StatusCode::OK, "{tail:?}");
            let left = web.send(post(&leave).form(&[("List-Unsubscribe", "One-Click")])).await;
            assert_eq!(left.status, StatusCode::OK, "{tail:?}");
            assert_eq!(web.ground.state(&email).await, Some(Unsubscribed), "{tail:?}");
        }
        let id = web.ground.reader("other@example.org").await;
        for tail in ["a", "/x", "/.", ".a", "//"] {
            let link = format!("{}{tail}", web.leave_link(id).await);
            assert_eq!(web.get(&link).await.status, StatusCode::NOT_FOUND, "{tail:?}");
        }
    }

    async fn the_button_confirms_once(db: Db) {
        let mut web = WebFixture::new(db).await;
        web.ground.request("anna@example.org").await.unwrap();
        let link = web.confirm_link("anna@example.org").await;
        let page = web.get(&link).await;
        assert!(page.text().contains("Confirm your subscription to The Week") && page.text().contains("a***@example.org"));
        assert!(!page.text().contains("anna@"), "the link may be forwarded");
        let done = web.send(post(&link).form(&[("action", "confirm")])).await;
        assert!(done.status == StatusCode::OK && done.text().contains("Welcome to The Week"));
        let twice = web.send(post(&link).form(&[("action", "confirm")])).await;
        assert!(twice.status == StatusCode::OK && twice.text().contains("You’re already subscribed"));
        assert_eq!(web.ground.history("anna@example.org").await, [Kind::Asked, Kind::Confirmed]);
        // Leaving, then pressing the old button.
        web.ground.leave("anna@example.org").await;
        let stale = web.send(post(&link).form(&[("action", "confirm")])).await;
        assert!(stale.text().contains("no longer works") && stale.text().contains("Email me a new link"));
        assert_eq!(web.ground.state("anna@example.org").await, Some(Unsubscribed));
        web.later(25);
        let again = web.send(post(&link).form(&[("action", "again")])).await;
        assert!(again.text().contains("Check your email"));
        assert_eq!((web.ground.state("anna@example.org").await, web.ground.mails("confirmation").await), (Some(Pending), 2));
    }

    async fn a_late_link_offers_a_fresh_one(db: Db) {
        let mut web = WebFixture::new(db).await;
        web.ground.request("anna@example.org").await.unwrap();
        let link = web.confirm_link("anna@example.org").await;
        web.later(7 * 24 + 1);
        for _ in 0..3 {
            assert!(web.send(post(&link).form(&[("action", "confirm")])).await.text().contains("no longer works"));
            assert!(web.send(post(&link).form(&[("action", "again")])).await.text().contains("Check your email"));
        }
        assert_eq!(web.ground.mails("confirmation").await, 4, "the link was mailed there: its owner asks");
        assert!(web.send(post(&link).form(&[("action", "again")])).await.text().contains("We cannot send an email now"));
        assert_eq!(web.ground.mails("confirmation").await, 4, "a quota holds here as well, and the page says so");
        let fresh = web.confirm_link("anna@example.org").await;
        assert!(web.send(post(&fresh)).await.text().contains("Welcome"));
    }

    async fn the_button_unsubscribes(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader("anna@example.org").await;
        let link = web.leave_link(id).await;
        let page = web.get(&link).await;
        assert!(page.text().contains("Unsubscribe from The Week?") && page.text().contains("a***@example.org"));
        // A body that is neither ours nor one-click is no order, and no success.
        for request in [post(&link), post(&link).body("text/plain", "x"), post(&link).body("multipart/form-data", "x"), post(&link).form(&[("a", "b")])] {
            let answer = web.send(request).await;
            assert!(answer.status == StatusCode::BAD_REQUEST && answer.text().starts_with("Nothing has changed"), "{}", answer.text());
        }
        assert_eq!(web.ground.state("anna@example.org").await, Some(Active));
        let done = web.send(post(&link).form(&[("action", "leave")])).await;
        assert!(done.status == StatusCode::OK && done.text().contains("You’ve been unsubscribed"));
        assert_eq!(web.ground.state("anna@example.org").await, Some(Unsubscribed));
        assert!(web.get(&link).await.text().contains("You are not subscribed"));
        let twice = web.send(post(&link).form(&[("action", "leave")])).await;
        assert!(twice.status == StatusCode::OK && twice.text().contains("You’ve been unsubscribed"));
        assert_eq!(web.ground.history("anna@example.org").await, [Kind::Asked, Kind::Confirmed, Kind::Withdrawn]);
    }

    async fn one_click_works_as_rfc_8058_says(db: Db) {
        let web = WebFixture::new(db).await;
        let body = [("List-Unsubscribe", "One-Click")];
        for (number, (build, foreign)) in
            [(Request::form as fn(Request, &[(&str, &str)]) -> Request, false), (Request::multipart, false), (Request::form, true)].into_iter().enumerate()
        {
            let email = format!("reader{number}@example.org");
            let link = web.leave_link(web.ground.reader(&email).await).await;
            let ask = || {
                let request = build(post(&link), &body);
                if foreign { request.header("origin", "https://mail.example").header("sec-fetch-site", "cross-site") } else { request }
            };
            for _ in 0..3 {
                let answer = web.send(ask()).await;
                assert_eq!((answer.status, answer.text()), (StatusCode::OK, "Unsubscribed.\n"));
                assert!(answer.headers.get("set-cookie").is_none() && answer.headers.get("location").is_none());
            }
            assert_eq!(web.ground.state(&email).await, Some(Unsubscribed));
            assert_eq!(web.ground.history(&email).await, [Kind::Asked, Kind::Confirmed, Kind::Withdrawn]);
        }
    }

    async fn a_hundred_clicks_at_once_are_one(db: Db) {
        let web = Arc::new(WebFixture::new(db).await);
        let link = web.leave_link(web.ground.reader("anna@example.org").await).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let (web, link) = (Arc::clone(&web), link.clone());
            tasks.spawn(async move { web.send(post(&link).form(&[("List-Unsubscribe", "One-Click")])).await.status });
        }
        assert!(tasks.join_all().await.iter().all(|status| *status == StatusCode::OK));
        assert_eq!(web.ground.history("anna@example.org").await, [Kind::Asked, Kind::Confirmed, Kind::Withdrawn]);
    }

    async fn who_is_gone_is_unsubscribed_all_the_same(db: Db) {
        let web = WebFixture::new(db).await;
        let link = format!("/u/{}", web.token(Purpose::Unsubscribe, 4_711).await);
        let answer = web.send(post(&link).form(&[("List-Unsubscribe", "One-Click")])).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, "Unsubscribed.\n"));
        for request in [get(&link), post(&link).form(&[("action", "leave")]), post(&link).form(&[("action", "pause")])] {
            let answer = web.send(request).await;
            assert!(answer.status == StatusCode::OK && answer.text().contains("You are not subscribed"));
        }
        let preferences = format!("/p/{}", web.token(Purpose::Preferences, 4_711).await);
        assert!(web.get(&preferences).await.text().contains("You are not subscribed"));
    }

    async fn every_wrong_token_gets_the_same_answer(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader("anna@example.org").await;
        let asked = web.ground.asked("anna@example.org").await;
        let before = web.ground.fingerprint().await;
        let good = web.token(Purpose::Unsubscribe, id.0).await;
        let foreign = Keyring::parse(&format!("1:{}", "77".repeat(32))).unwrap();
        let mut flipped = good.clone().into_bytes();
        flipped[20] = if flipped[20] == b'a' { b'b' } else { b'a' };
        let wrong = [
            web.token(Purpose::Confirm, asked.0).await,
            web.token(Purpose::Preferences, id.0).await,
            web.token(Purpose::Message, id.0).await,
            web.token(Purpose::Bounce, id.0).await,
            web.token(Purpose::Unsubscribe, -1).await,
            foreign.seal(Purpose::Unsubscribe, id.0.cast_unsigned()),
            String::from_utf8(flipped).unwrap(),
            good[..33].to_owned(),
            format!("{good}a"),
            format!("%2561{}", &good[1..]),
            format!("{good}%00"),
            "%ff%fe".to_owned(),
            "1".to_owned(),
            "anna@example.org".to_owned(),
            "x".repeat(5_000),
            "%3Cscript%3Ealert(1)%3C%2Fscript%3E".to_owned(),
        ];
        let mut answers = BTreeSet::new();
        for token in &wrong {
            for (prefix, purpose) in [("c", Purpose::Confirm), ("u", Purpose::Unsubscribe), ("p", Purpose::Preferences)] {
                // Some of these are right in their own place.
                if web.ground.keys().open_row(purpose, token).is_some_and(|found| i64::try_from(found.number()).is_ok()) {
                    continue;
                }
                let target = format!("/{prefix}/{token}");
                for request in [get(&target), post(&target).form(&[("List-Unsubscribe", "One-Click"), ("action", "leave")])] {
                    let answer = web.send(request).await;
                    answers.insert((answer.status.as_u16(), answer.text().to_owned()));
                }
            }
        }
        // A path that is no UTF-8 never gets to the token; its page says as little.
        let texts = answers.iter().map(|(status, text)| (*status, text.contains("script"), text.contains("anna"))).collect::<BTreeSet<_>>();
        assert_eq!(texts, BTreeSet::from([(400, false, false), (404, false, false)]), "{answers:#?}");
        assert_eq!(answers.len(), 2);
        assert_eq!(web.ground.fingerprint().await, before);
        // The case of letters does not matter: some programs fold it.
        assert_eq!(web.get(&format!("/u/{}", good.to_uppercase())).await.status, StatusCode::OK);
    }

    async fn links_of_test_mails_work_and_change_nothing(db: Db) {
        let web = WebFixture::new(db).await;
        web.ground.reader("anna@example.org").await;
        let before = web.ground.fingerprint().await;
        for (prefix, purpose, heading) in [
            ("c", Purpose::Confirm, "Confirm your subscription to The Week"),
            ("u", Purpose::Unsubscribe, "Unsubscribe from The Week?"),
            ("p", Purpose::Preferences, "Your subscription to The Week"),
        ] {
            let link = format!("/{prefix}/{}", web.token(purpose, 0).await);
            let page = web.get(&link).await;
            assert!(page.status == StatusCode::OK && page.text().contains(heading) && page.text().contains("test email"));
            for action in ["confirm", "again", "leave", "pause", "pause-4-weeks", "rename", "resume"] {
                let done = web.send(post(&link).form(&[("action", action), ("name", "X")])).await;
                assert!(done.status == StatusCode::OK && done.text().contains("test email"), "{prefix} {action}");
            }
        }
        let one_click = web.send(post(&format!("/u/{}", web.token(Purpose::Unsubscribe, 0).await)).form(&[("List-Unsubscribe", "One-Click")])).await;
        assert_eq!((one_click.status, one_click.text()), (StatusCode::OK, "Unsubscribed.\n"));
        assert_eq!(web.ground.fingerprint().await, before);
    }

    async fn preferences_rest_rename_and_leave(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader("anna@example.org").await;
        let link = web.preferences_link(id).await;
        let press = async |fields: &[(&str, &str)]| web.send(post(&link).form(fields)).await;
        assert!(web.get(&link).await.text().contains("You get every issue."));
        let paused = press(&[("action", "pause-4-weeks")]).await;
        assert!(paused.text().contains("role=\"status\"") && paused.text().contains("Paused until 12 February 2027"), "{}", paused.text());
        assert_eq!(web.ground.state("anna@example.org").await, Some(Paused));
        assert!(press(&[("action", "pause-3-months")]).await.text().contains("Paused until 16 April 2027"));
        assert!(press(&[("action", "resume")]).await.text().contains("Your subscription has resumed."));
        assert_eq!(web.ground.state("anna@example.org").await, Some(Active));
        let saved = press(&[("action", "rename"), ("name", " Anna <b>\r\n")]).await;
        assert!(saved.text().contains("Your name has been saved. It is used only in emails from The Week."), "{}", saved.text());
        let refused = press(&[("action", "rename"), ("name", "pay at evil.example/x")]).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains("does not look like an address"));
        assert!(refused.text().contains("aria-invalid=\"true\"") && refused.text().contains("value=\"pay at evil.example/x\""));
        assert_eq!(web.ground.find("anna@example.org").await.unwrap().name.as_deref(), Some("Anna <b>"));
        let shown = web.get(&link).await;
        assert!(!shown.text().contains("Anna") && !shown.text().contains("anna@"), "who holds a forwarded mail learns neither");
        assert!(press(&[("action", "rename"), ("name", "")]).await.text().contains("Your name has been removed."));
        assert_eq!(web.ground.find("anna@example.org").await.unwrap().name, None);
        // Nothing but what has a button.
        let before = web.ground.find("anna@example.org").await;
        press(&[("status", "left"), ("email", "x@example.org"), ("state", "left"), ("action", "confirm")]).await;
        assert_eq!(format!("{:?}", web.ground.find("anna@example.org").await), format!("{before:?}"));
        assert!(press(&[("action", "leave")]).await.text().contains("You’ve been unsubscribed"));
        assert!(press(&[("action", "resume")]).await.text().contains("You are not subscribed"));
        assert_eq!(web.ground.state("anna@example.org").await, Some(Unsubscribed));
    }

    async fn a_suppressed_reader_can_still_leave(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader("anna@example.org").await;
        let email = "anna@example.org".parse().unwrap();
        let reason = coranto::domain::suppression::SuppressionReason::Bounce;
        signup::suppress(web.ground.db(), web.ground.keys(), &email, reason, "", &web.ground.act(None)).await.unwrap();
        assert!(web.send(post(&web.leave_link(id).await).form(&[("action", "leave")])).await.text().contains("You’ve been unsubscribed"));
        assert_eq!(web.ground.state("anna@example.org").await, Some(Unsubscribed));
    }
}
