//! The form and its JSON twin.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;
use coranto::domain::subscriber::SubscriptionState::{Active, Pending};
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, ChallengeWhen, Limits};
use coranto::store::Db;
use serde_json::json;

use super::ground::WebFixture;
use crate::harness::altcha::solve;
use crate::harness::database::both_databases;
use crate::harness::http::{Request, Response, get, post};
use crate::harness::visitor::hidden;

/// What a client can see of an answer, without the seal in the link that follows it.
fn visible(response: &Response) -> (StatusCode, Vec<(String, String)>, Vec<u8>) {
    let unsealed = |value: &str| value.split("for=").next().unwrap().to_owned();
    // Of all requests no two have the same id.
    let headers = response
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), unsealed(value.to_str().unwrap())));
    (response.status, headers.collect(), response.body.clone())
}

both_databases! {
    async fn a_form_becomes_a_request(db: Db) {
        let web = WebFixture::new(db).await;
        let form = web.get("/week/subscribe").await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(form.text().contains("<form method=\"post\" action=\"/week/subscribe\""));
        let stamp = hidden(form.text(), "stamp");
        let fields = [("email", " Anna@Example.org "), ("name", "Anna"), ("website", ""), ("stamp", &stamp)];
        let answer = web.send(post("/week/subscribe").form(&fields)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let stored = web.ground.find("anna@example.org").await.unwrap();
        assert_eq!((stored.email.as_str(), stored.name.as_deref(), stored.state), ("Anna@example.org", None, Pending));
        assert_eq!(web.ground.question("anna@example.org").await.name.as_deref(), Some("Anna"), "it waits with the question");
        assert_eq!((web.ground.mails("confirmation").await, stored.source.as_str()), (1, "form"));
        // The address is in the page behind it, and not in the page's own address.
        let location = answer.header("location").to_owned();
        assert!(location.starts_with("subscribe/sent?for=") && !location.to_lowercase().contains("anna"));
        let sent = web.get(&format!("/week/{location}")).await;
        assert!(sent.text().contains("Check your email") && sent.text().contains("Anna@example.org"));
        assert!(!web.get("/week/subscribe/sent").await.text().contains("example.org"));
        assert!(!web.get("/week/subscribe/sent?for=AQAA").await.text().contains("example.org"));
    }

    async fn what_people_paste_is_understood(db: Db) {
        let web = WebFixture::new(db).await;
        for typed in ["mailto:a@example.org", "<b@example.org>", "\u{a0}c@example.org\t"] {
            assert_eq!(web.subscribe(typed).await.status, StatusCode::SEE_OTHER, "{typed:?}");
        }
        assert!(web.ground.find("a@example.org").await.is_some() && web.ground.find("b@example.org").await.is_some());
        let stamp = web.stamp();
        let fields = [("email", "d@example.org"), ("name", "D"), ("stamp", stamp.as_str())];
        let multipart = web.send(post("/week/subscribe").multipart(&fields)).await;
        assert_eq!(multipart.status, StatusCode::SEE_OTHER);
        assert_eq!(web.ground.question("d@example.org").await.name.as_deref(), Some("D"));
    }

    async fn a_mistake_is_said_and_nothing_is_stored(db: Db) {
        let web = WebFixture::new(db).await;
        let before = web.ground.fingerprint().await;
        let format = "in the correct format";
        for (typed, said) in [
            ("", "Enter your email address"),
            ("a@b", format),
            ("a@localhost", format),
            ("a@[127.0.0.1]", format),
            ("\"a b\"@example.org", format),
            ("a@b@example.org", format),
            ("a%b@c@example.org", format),
            ("a!b@example.org", format),
            ("a%b@example.org", format),
            (&format!("{}@example.org", "x".repeat(65)), "shorter"),
            (&format!("a@{}.example.org", "x".repeat(64)), format),
            (&format!("a@{}org", "example.".repeat(40)), "shorter"),
            ("a@example.org\r\nBcc: x@example.net", format),
            ("a\u{200b}@example.org", format),
            ("a\u{202e}@example.org", format),
            ("a\u{85}@example.org", format),
            ("a\0@example.org", format),
            ("a\tb@example.org", format),
            ("a@exam\u{200b}ple.\u{202e}org", format),
        ] {
            let answer = web.subscribe(typed).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
            assert!(answer.text().contains(said) && answer.text().contains("<title>Error: "), "{typed:?}: {}", answer.text());
            assert!(answer.text().contains("aria-invalid=\"true\"") && answer.text().contains("href=\"#email\""));
            let json = web.send(web.json(json!({ "email": typed }))).await;
            assert_eq!((json.status, json.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("email")));
        }
        let hostile = web.subscribe("\"><script>alert(1)</script>@x").await;
        assert!(!hostile.text().contains("<script") && hostile.text().contains("&lt;script"), "kept, but harmless");
        assert_eq!(web.ground.fingerprint().await, before);
    }

    async fn addresses_of_any_script_and_case(db: Db) {
        let web = WebFixture::new(db).await;
        for (typed, stored) in [
            // With a Cyrillic letter it is another domain, and seen as one.
            ("user@ex\u{430}mple.com", "user@xn--exmple-4nf.com"),
            ("user@example.com", "user@example.com"),
            ("x@b\u{fc}cher.example", "x@xn--bcher-kva.example"),
            ("\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}@example.org", "\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}@example.org"),
            ("Anna.Berg@EXAMPLE.org", "Anna.Berg@example.org"),
        ] {
            assert_eq!(web.subscribe(typed).await.status, StatusCode::SEE_OTHER, "{typed}");
            assert_eq!(web.ground.find(typed).await.unwrap().email.as_str(), stored);
        }
        let before = web.ground.fingerprint().await[0];
        web.subscribe("anna.berg@example.org").await;
        assert_eq!(web.ground.fingerprint().await[0], before, "one person, however it is spelt");
    }

    async fn names_bear_no_mischief(db: Db) {
        let web = WebFixture::new(db).await;
        for (number, (typed, kept)) in [
            ("Anna\r\nBerg\t", Some("Anna Berg")),
            ("<script>alert(1)</script>", Some("<script>alert(1)</script>")),
            ("=HYPERLINK(\"x\")", Some("=HYPERLINK(\"x\")")),
            ("\u{202e}\0", None),
        ].into_iter().enumerate() {
            let email = format!("a{number}@example.org");
            let answer = web.send(web.form(&[("email", &email), ("name", typed)])).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            assert_eq!(web.ground.question(&email).await.name.as_deref(), kept);
            web.ground.confirm(&email).await;
            assert_eq!(web.ground.find(&email).await.unwrap().name.as_deref(), kept);
        }
        let before = web.ground.fingerprint().await;
        for (typed, said) in [
            ("Anna\r\nBcc: victim@example.net", "does not look like an address"),
            ("Buy at https://spam.example", "does not look like an address"),
            ("pay now at evil.example/x", "does not look like an address"),
            ("An\u{3164}na", "without invisible characters"),
            (&"é".repeat(41), "at most 40 characters"),
        ] {
            let answer = web.send(web.form(&[("email", "b@example.org"), ("name", typed)])).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
            assert!(answer.text().contains(said) && answer.text().contains("href=\"#name\""), "{typed}: {}", answer.text());
            assert!(answer.text().contains("value=\"b@example.org\""), "nothing typed is lost");
            let json = web.send(web.json(json!({ "email": "b@example.org", "name": typed }))).await;
            assert_eq!((json.status, json.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("name")));
        }
        assert_eq!(web.ground.fingerprint().await, before);
        // No mail to be confirmed holds what a stranger typed: it is the same for all.
        let mut tx = web.ground.db().read().await.unwrap();
        let (contents,): (i64,) = tx.sql("SELECT COUNT(DISTINCT revision_id) FROM deliveries").fetch_one().await.unwrap();
        assert_eq!(contents, 1);
    }

    async fn every_address_gets_the_same_answer(db: Db) {
        let mut web = WebFixture::new(db).await;
        web.ground.reader("active@example.org").await;
        web.ground.reader("left@example.org").await;
        web.ground.leave("left@example.org").await;
        web.ground.request("pending@example.org").await.unwrap();
        let never = "never@example.org".parse().unwrap();
        signup::suppress(web.ground.db(), web.ground.keys(), &never, SuppressionReason::Manual, "", &web.ground.act(None)).await.unwrap();
        signup::refuse(web.ground.db(), web.ground.keys().address_tag("refused@example.org"), &web.ground.act(None)).await.unwrap();
        // Within the quota of the known ones, and after it.
        for hours in [0, 25] {
            web.later(hours);
            let mut forms = BTreeSet::new();
            let mut jsons = BTreeSet::new();
            let mut pages = BTreeSet::new();
            for kind in ["active", "left", "pending", "never", "refused", "new"] {
                let email = format!("{kind}@example.org");
                let answer = web.subscribe(&email).await;
                let page = web.get(&format!("/week/{}", answer.header("location"))).await;
                let token = answer.header("location").split("for=").nth(1).unwrap().to_owned();
                pages.insert(page.text().replace(&email, "ADDRESS").replace(&token, "TOKEN"));
                forms.insert(format!("{:?}", visible(&answer)));
                jsons.insert(format!("{:?}", visible(&web.send(web.json(json!({ "email": email }))).await)));
            }
            assert_eq!((forms.len(), jsons.len(), pages.len()), (1, 1, 1), "{forms:#?} {jsons:#?} {pages:#?}");
        }
        assert_eq!(web.ground.state("active@example.org").await, Some(Active));
        assert!(web.ground.find("never@example.org").await.is_none());
        assert!(web.ground.find("refused@example.org").await.is_none());
    }

    async fn json_takes_what_it_knows_and_nothing_else(db: Db) {
        let web = WebFixture::new(db).await;
        let answer = web.send(web.json(json!({ "email": "a@example.org", "name": "A" }))).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::ACCEPTED, "application/json"));
        let before = web.ground.fingerprint().await;
        for body in [
            r#"{"email":"b@example.org","status":"active"}"#,
            r#"{"email":"b@example.org","confirmed":true}"#,
            r#"{"email":"b@example.org","role":"admin"}"#,
            r#"{"email":"b@example.org","skip_challenge":true}"#,
            r#"{"email":"b@example.org","redirect":"https://evil.example"}"#,
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

    async fn too_large_or_packed_is_refused(db: Db) {
        let web = WebFixture::new(db).await;
        let large = "x".repeat(20_000);
        for request in [
            web.form(&[("email", "a@example.org"), ("name", &large)]),
            web.json(json!({ "email": "a@example.org", "name": large })),
            post("/week/subscribe").multipart(&[("email", "a@example.org"), ("name", &large)]),
            post("/week/subscribe").body("application/json", vec![b' '; 2 * 1024 * 1024 + 1]),
        ] {
            assert_eq!(web.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        }
        for encoding in ["gzip", "br", "deflate, gzip"] {
            for request in [web.form(&[("email", "a@example.org")]), web.json(json!({ "email": "a@example.org" }))] {
                let packed = request.header("content-encoding", encoding);
                assert_eq!(web.send(packed).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
            }
        }
        assert!(web.ground.find("a@example.org").await.is_none());
    }

    async fn a_program_falls_into_the_trap(db: Db) {
        let web = WebFixture::new(db).await;
        let before = web.ground.fingerprint().await;
        let answer = web.send(web.form(&[("email", "a@example.org"), ("website", "https://x")])).await;
        let by_script = web.send(web.json(json!({ "email": "a@example.org", "website": "x" }))).await;
        assert_eq!(web.ground.fingerprint().await, before);
        assert_eq!(visible(&answer), visible(&web.subscribe("b@example.org").await));
        assert_eq!(visible(&by_script), visible(&web.send(web.json(json!({ "email": "c@example.org" }))).await));
        assert!(web.ground.find("a@example.org").await.is_none());
    }

    async fn a_form_without_its_stamp_takes_one_button_more(db: Db) {
        let limits = Limits { form_age_min: Duration::from_secs(2), ..Limits::default() };
        let web = WebFixture::with(db, limits, &[]).await;
        // A plain form on another site has no stamp.
        let bare = post("/week/subscribe").form(&[("email", "anna@example.org"), ("name", "Anna"), ("src", "blog")]);
        let page = web.send(bare).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("One more step") && page.text().contains("anna@example.org"));
        assert!(!page.text().contains("<script"), "nothing is to be computed");
        assert!(web.ground.find("anna@example.org").await.is_none());
        let again = |page: &Response| {
            let names = ["email", "name", "website", "stamp", "as_typed", "src"];
            let fields = names.map(|name| (name, hidden(page.text(), name)));
            post("/week/subscribe").form(&fields.each_ref().map(|(name, value)| (*name, value.as_str())))
        };
        let hasty = web.send(again(&page)).await;
        assert_eq!(hasty.status, StatusCode::SEE_OTHER, "one step is one step, however fast it is taken");
        let stored = web.ground.question("anna@example.org").await;
        assert_eq!((stored.name.as_deref(), stored.source.as_str()), (Some("Anna"), "form?src=blog"));
        let json = web.send(post("/week/subscribe").json(&json!({ "email": "b@example.org" }))).await;
        assert_eq!(json.status, StatusCode::PRECONDITION_REQUIRED);
        assert!(json.json()["step"]["stamp"].is_string() && json.json()["step"]["challenge"].is_null());
    }

    async fn every_way_in_takes_the_same_checks(db: Db) {
        let limits = Limits { challenge: ChallengeWhen::Always, challenge_work: 300, requests_per_hour: 12, ..Limits::default() };
        let mut web = WebFixture::with(db, limits, &[]).await;
        for (number, way) in ["form", "frame", "json"].into_iter().enumerate() {
            let request = |email: &str, more: &[(&str, &str)]| -> Request {
                let fields: Vec<_> = [("email", email)].into_iter().chain(more.iter().copied()).collect();
                let object = || fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
                match way {
                    "form" => post("/week/subscribe").form(&fields),
                    "frame" => post("/week/embed").form(&fields),
                    _ => post("/week/subscribe").json(&serde_json::Value::Object(object())),
                }
            };
            let taken = |answer: &Response| matches!(answer.status, StatusCode::SEE_OTHER | StatusCode::ACCEPTED);
            let (solver, waiter) = (format!("s{number}@example.org"), format!("w{number}@example.org"));
            let stamp = web.stamp();
            let asked = web.send(request(&solver, &[("stamp", &stamp)])).await;
            assert!(!taken(&asked), "{way}: a stamp is not enough");
            let challenge = match way {
                "json" => asked.json()["step"]["challenge"].clone(),
                _ => {
                    assert!(asked.header("content-security-policy").ends_with("script-src 'self'"));
                    let rest = asked.text().split_once("data-challenge=\"").unwrap().1;
                    serde_json::from_str(&rest.split('"').next().unwrap().replace("&quot;", "\"").replace("&amp;", "&")).unwrap()
                }
            };
            let solution = solve(&challenge);
            assert!(taken(&web.send(request(&solver, &[("altcha", &solution)])).await), "{way}");
            assert!(!taken(&web.send(request("x@example.org", &[("altcha", &solution)])).await), "{way}: a replay");
            // Without a script: the wait that the page names.
            let asked = web.send(request(&waiter, &[])).await;
            let wait = match way {
                "json" => asked.json()["step"]["wait"].as_str().unwrap().to_owned(),
                _ => hidden(asked.text(), "wait"),
            };
            web.seconds(19);
            // Who presses early is let through as well, at the time when they would have been.
            let pressed = std::time::Instant::now();
            assert!(taken(&web.send(request(&waiter, &[("wait", &wait)])).await), "{way}");
            assert!(pressed.elapsed() > Duration::from_millis(900), "{way}: not before");
            for email in [&solver, &waiter] {
                assert!(web.ground.find(email).await.is_some(), "{way} {email}");
            }
        }
        assert!(web.ground.find("x@example.org").await.is_none());
        // Three were solved and three waited for; three replays are no new mails.
        for number in 0..5 {
            let solution = solve(&web.get("/week/challenge").await.json());
            let fields = [("email", &*format!("y{number}@example.org")), ("altcha", &solution)];
            assert_eq!(web.send(post("/week/subscribe").form(&fields)).await.status, StatusCode::SEE_OTHER);
        }
        for request in [
            post("/week/subscribe").form(&[("email", "v@example.org")]),
            post("/week/embed").form(&[("email", "v@example.org")]),
            post("/week/subscribe").json(&json!({ "email": "v@example.org" })),
        ] {
            assert_eq!(web.send(request).await.status, StatusCode::TOO_MANY_REQUESTS);
        }
    }

    async fn a_network_that_asks_too_often_waits(db: Db) {
        let web = WebFixture::with(db, Limits { requests_per_hour: 3, challenge: ChallengeWhen::Never, ..Limits::default() }, &[]).await;
        let ask = async |number: u32, peer: &str, forwarded: &str| {
            let request = web.form(&[("email", &format!("a{number}@example.org"))]);
            let request = if forwarded.is_empty() { request } else { request.header("x-forwarded-for", forwarded) };
            web.send_from(request, peer).await
        };
        // A stranger may write into the header what they like.
        for number in 0..3 {
            assert_eq!(ask(number, "192.0.2.1", &format!("10.{number}.0.1")).await.status, StatusCode::SEE_OTHER);
        }
        let refused = ask(4, "192.0.2.99", "10.9.0.1").await;
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "3600"));
        assert!(refused.text().contains("Please try again later"));
        // Our own proxy says who asks.
        for number in 10..13 {
            assert_eq!(ask(number, "127.0.0.1", "1.2.3.4, 203.0.113.7").await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(ask(14, "127.0.0.1", "9.9.9.9, 203.0.113.8").await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(ask(15, "127.0.0.1", "198.51.100.1").await.status, StatusCode::SEE_OTHER);
        // What is no address is not believed: then the proxy itself asks.
        for number in 20..23 {
            assert_eq!(ask(number, "127.0.0.1", &format!("nonsense-{number}")).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(ask(24, "127.0.0.1", "nonsense").await.status, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn the_same_address_at_once_is_one_row(db: Db) {
        let web = std::sync::Arc::new(WebFixture::new(db).await);
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..40 {
            let web = std::sync::Arc::clone(&web);
            tasks.spawn(async move {
                web.send_from(web.form(&[("email", "anna@example.org")]), &format!("10.1.{number}.1")).await.status
            });
        }
        assert!(tasks.join_all().await.iter().all(|status| *status == StatusCode::SEE_OTHER));
        let [subscribers, subscriptions, ..] = web.ground.fingerprint().await;
        assert_eq!((subscribers, subscriptions, web.ground.mails("confirmation").await), (1, 1, 1));
    }

    async fn a_dropped_request_is_all_or_nothing(db: Db) {
        let limits = Limits { requests_per_hour: 10_000, challenge: ChallengeWhen::Never, ..Limits::default() };
        let web = WebFixture::with(db, limits, &[]).await;
        for number in 0..500_u64 {
            let email = format!("a{number}@example.org");
            let request = web.send(web.form(&[("email", &email)]));
            let answer = tokio::time::timeout(Duration::from_micros(number * 5), request).await;
            if answer.is_ok_and(|answer| answer.status == StatusCode::SEE_OTHER) {
                assert!(web.ground.find(&email).await.is_some(), "{email} was acknowledged and is not there");
            }
        }
        web.site.tasks.close();
        web.site.tasks.wait().await;
        // Each request has left a subscription with its consent, its mail and its event, or no trace.
        let [subscribers, subscriptions, _, consents, mails, events] = web.ground.fingerprint().await;
        assert_eq!([subscriptions, consents, mails, events], [subscribers; 4]);
        assert!(subscribers > 0, "no request got so far as to write");
        assert_eq!(web.get("/readyz").await.status, StatusCode::OK);
    }

    async fn newsletters_that_are_not_there_cannot_be_asked_for(db: Db) {
        let web = WebFixture::with(db, Limits::default(), &["other"]).await;
        let home = web.get("/").await;
        assert!(home.text().contains("/week/") && home.text().contains("/other/"));
        let stamp = web.stamp();
        let other = web.send(post("/other/subscribe").form(&[("email", "a@example.org"), ("stamp", &stamp)])).await;
        assert_eq!(other.status, StatusCode::SEE_OTHER);
        assert!(web.ground.find("a@example.org").await.is_none(), "subscribed to the other one only");
        for unknown in ["/none/subscribe", "/week/subscribe/", "/Week/subscribe", "/week%2f/subscribe", "/none/subscribe/sent", "/none/embed", "/none/challenge"] {
            assert_eq!(web.send(get(unknown)).await.status, StatusCode::NOT_FOUND, "{unknown}");
        }
        assert_eq!(web.send(post("/none/subscribe").form(&[("email", "a@example.org")])).await.status, StatusCode::NOT_FOUND);
    }

    async fn the_form_on_the_front_page_needs_no_step_more(db: Db) {
        let limits = Limits { form_age_min: Duration::from_secs(2), ..Limits::default() };
        let mut web = WebFixture::with(db, limits, &[]).await;
        web.seconds(2);
        let stamp = hidden(web.get("/").await.text(), "stamp");
        let answer = web.send(post("/week/subscribe").form(&[("email", "a@example.org"), ("stamp", &stamp)])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        web.seconds(3600);
        assert_ne!(hidden(web.get("/").await.text(), "stamp"), stamp);
    }

    async fn a_slip_is_asked_about_and_never_refused(db: Db) {
        let web = WebFixture::new(db).await;
        let page = web.send(web.form(&[("email", "anna@gmial.com"), ("name", "Anna")])).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("Did you mean anna@gmail.com?") && page.text().contains("Keep anna@gmial.com"));
        assert!(web.ground.find("anna@gmial.com").await.is_none());
        let stamp = hidden(page.text(), "stamp");
        for choice in ["anna@gmail.com", "anna@gmial.com"] {
            assert!(page.text().contains(&format!("<button type=\"submit\" name=\"email\" value=\"{choice}\"")), "{choice}");
            let fields = [("email", choice), ("name", "Anna"), ("stamp", &stamp), ("as_typed", "yes")];
            assert_eq!(web.send(post("/week/subscribe").form(&fields)).await.status, StatusCode::SEE_OTHER);
            assert_eq!(web.ground.question(choice).await.name.as_deref(), Some("Anna"));
        }
        let json = web.send(web.json(json!({ "email": "b@gmial.com" }))).await;
        assert_eq!((json.status, json.json()["suggestion"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("b@gmail.com")));
        assert_eq!(web.send(web.json(json!({ "email": "b@gmial.com", "as_typed": true }))).await.status, StatusCode::ACCEPTED);
    }

    async fn the_mail_can_be_asked_for_again(db: Db) {
        let mut web = WebFixture::new(db).await;
        let location = web.subscribe("anna@gmail.com").await.header("location").to_owned();
        let page = web.get(&format!("/week/{location}")).await;
        assert!(page.text().contains("Open Gmail") && page.text().contains("https://mail.google.com/"));
        assert!(page.text().contains("rel=\"noopener noreferrer\"") && page.text().contains("Use a different address"));
        let token = hidden(page.text(), "for");
        let again = |token: &str| post("/week/subscribe/again").form(&[("for", token)]);
        let early = web.send(again(&token)).await;
        assert!(early.status.is_success() && early.text().contains("wait a minute"));
        web.ground.db().write(async |tx| tx.sql("UPDATE deliveries SET state = 'failed', due_at = NULL").execute().await).await.unwrap();
        web.seconds(61);
        let asked = web.send(again(&token)).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        assert_eq!(web.ground.mails("confirmation").await, 2, "the first was not taken by its server");
        let noted = web.get(&format!("/week/subscribe/{}", asked.header("location"))).await;
        assert!(noted.text().contains("We’ve noted your request") && noted.text().contains("anna@gmail.com"));
        for _ in 0..3 {
            web.seconds(61);
            assert_eq!(web.send(again(&token)).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(web.ground.mails("confirmation").await, 2, "the quota holds");
        for forged in ["", "x", &web.token(coranto::token::Purpose::Confirm, 1).await] {
            assert_eq!(web.send(again(forged)).await.header("location"), "/week/subscribe");
        }
        web.later(2);
        assert_eq!(web.send(again(&token)).await.header("location"), "/week/subscribe", "the page has forgotten the address");
    }

    async fn not_me_is_a_page_with_a_button(db: Db) {
        let web = WebFixture::new(db).await;
        web.subscribe("anna@example.org").await;
        let tag = web.ground.keys().address_tag("anna@example.org").cast_signed();
        let link = format!("/n/{}", web.token(coranto::token::Purpose::Refuse, tag).await);
        let before = web.ground.fingerprint().await;
        let page = web.get(&link).await;
        assert!(page.text().contains("Stop these emails?") && !page.text().contains("anna"));
        assert_eq!(web.ground.fingerprint().await, before, "looking changes nothing");
        let done = web.send(post(&link).form(&[("action", "refuse")])).await;
        assert!(done.text().contains("We’ve stopped these emails"));
        assert_eq!(web.ground.waiting().await, 0);
        web.subscribe("anna@example.org").await;
        assert_eq!(web.ground.mails("confirmation").await, 1);
        let undone = web.send(post(&link).form(&[("action", "allow")])).await;
        assert!(undone.text().contains("These emails are allowed again"));
        for (purpose, number) in [(coranto::token::Purpose::Unsubscribe, tag), (coranto::token::Purpose::Confirm, 1)] {
            let wrong = format!("/n/{}", web.token(purpose, number).await);
            assert_eq!(web.get(&wrong).await.status, StatusCode::NOT_FOUND);
        }
        let test = format!("/n/{}", web.token(coranto::token::Purpose::Refuse, 0).await);
        let before = web.ground.fingerprint().await;
        assert!(web.send(post(&test)).await.status.is_success());
        assert_eq!(web.ground.fingerprint().await, before, "a test email's link changes nothing");
    }
}
