//! Who left, who never confirmed and who said "not me" see what is stored and erase it; strangers learn nothing.

use axum::http::StatusCode;
use coranto::domain::subscriber::RequestKind;
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Limits};
use coranto::store::{Db, personal, requests, suppressions};
use coranto::token::Purpose;

use crate::harness::database::both_databases;
use crate::harness::http::{get, post};
use crate::web::ground::WebFixture;

const ANNA: &str = "anna@example.org";

/// How somebody came to be stored without getting an issue.
const STATES: &[&str] = &["left", "removed", "never confirmed", "not me", "bounced and left"];

async fn press(web: &WebFixture, link: &str, fields: &[(&str, &str)]) -> String {
    let answer = web.send(post(link).form(fields)).await;
    assert!(answer.status == StatusCode::OK, "{link} {fields:?}: {}", answer.status);
    answer.text().to_owned()
}

/// Brings a person into such a state.
async fn brought(web: &WebFixture, state: &str, email: &str) {
    let act = web.ground.act(None);
    match state {
        "left" | "bounced and left" => {
            web.ground.reader(email).await;
            web.ground.leave(email).await;
            if state == "bounced and left" {
                let (email, keys) = (email.parse().unwrap(), web.ground.keys());
                signup::suppress(web.ground.db(), keys, &email, SuppressionReason::Bounce, "", &act).await.unwrap();
            }
        }
        "removed" => {
            web.ground.reader(email).await;
            let act = signup::ActionContext { actor: crate::harness::acts::actor(), ..act };
            let email = email.parse().unwrap();
            signup::remove(web.ground.db(), web.ground.list.id, &email, &act).await.unwrap();
        }
        _ => {
            web.ground.request(email).await.unwrap();
            if state == "not me" {
                let tag = web.ground.keys().address_tag(email);
                let of = signup::refuse(web.ground.db(), tag, &act).await.unwrap();
                assert_eq!(of, Some(web.ground.list.id), "the page leads to what is stored");
            }
        }
    }
}

/// The number of the latest request of a kind, if there is one.
async fn request(web: &WebFixture, email: &str, kind: RequestKind) -> Option<i64> {
    let id = web.ground.find(email).await?.id;
    let all = requests::of_subscription(&mut web.ground.db().read().await.unwrap(), id).await.unwrap();
    all.into_iter().rev().find(|one| one.kind == kind).map(|one| one.id.0)
}

/// Whether the latest mail of a request would be let go by the engine.
async fn may_go(web: &WebFixture) -> bool {
    let (any,): (bool,) = web
        .ground
        .db()
        .read()
        .await
        .unwrap()
        .sql(
            "SELECT EXISTS (SELECT 1 FROM deliveries d JOIN requests q ON q.id = d.request_id
                            JOIN answerable a ON a.subscription_id = d.subscription_id WHERE q.kind IN ('data', 'link'))",
        )
        .fetch_one()
        .await
        .unwrap();
    any
}

both_databases! {
    async fn whoever_is_stored_gets_a_link_and_erases_everything(db: Db) {
        let web = WebFixture::with(db, Limits { confirmations_per_day: 9, ..Limits::default() }, &["month"]).await;
        for (number, state) in STATES.iter().enumerate() {
            let email = format!("reader{number}@example.org");
            brought(&web, state, &email).await;
            press(&web, "/week/link", &[("email", &email)]).await;
            assert!(request(&web, &email, RequestKind::Link).await.is_some(), "{state}: no link was sent");
            assert!(may_go(&web).await, "{state}");
            let id = web.ground.find(&email).await.unwrap().id;
            let preferences = web.preferences_link(id).await;
            let page = web.send(get(&preferences)).await;
            let expected = match *state {
                "left" | "bounced and left" => "You unsubscribed from The Week on 15 January 2027",
                "removed" => "Your subscription to The Week ended on",
                "not me" => "We store your address until",
                _ => "not confirmed your subscription yet",
            };
            assert!(page.text().contains(expected), "{state}: {}", page.text());
            assert!(page.text().contains("value=\"data\""), "{state}: {}", page.text());
            assert!(press(&web, &preferences, &[("action", "data")]).await.contains("Check your email for the link"), "{state}");
            let number = request(&web, &email, RequestKind::Data).await.unwrap();
            let data = format!("/d/{}", web.token(Purpose::Data, number).await);
            let copy = web.send(post(&data).form(&[("action", "download")])).await.json();
            assert_eq!(copy["subscriptions"][0]["newsletter"], "week", "{state}: {copy}");
            let done = press(&web, &data, &[("action", "erase"), ("sure", "yes")]).await;
            assert!(done.contains("Your data has been erased") && done.contains("code made from your address"), "{state}: {done}");
            assert!(web.ground.find(&email).await.is_none(), "{state}");
            assert!(press(&web, &preferences, &[("action", "data")]).await.contains("not subscribed"), "{state}");
        }
    }

    async fn the_form_answers_alike_whoever_is_stored(db: Db) {
        let web = WebFixture::with(db, Limits { confirmations_per_day: 9, requests_per_hour: 1000, ..Limits::default() }, &[]).await;
        let mut answers = std::collections::BTreeSet::new();
        for (number, state) in STATES.iter().enumerate() {
            let email = format!("reader{number}@example.org");
            brought(&web, state, &email).await;
            for _ in 0..4 {
                answers.insert(press(&web, "/week/link", &[("email", &email)]).await);
            }
            let id = web.ground.find(&email).await.unwrap().id;
            let all = requests::of_subscription(&mut web.ground.db().read().await.unwrap(), id).await.unwrap();
            let links = all.iter().filter(|one| one.kind == RequestKind::Link).count();
            assert_eq!(links, 1, "{state}: who reads nothing needs one");
        }
        answers.insert(press(&web, "/week/link", &[("email", "nobody@example.org")]).await);
        assert_eq!(answers.len(), 1);
    }

    async fn who_called_our_mail_unwanted_gets_none(db: Db) {
        let web = WebFixture::new(db).await;
        web.ground.reader(ANNA).await;
        let (email, act) = (ANNA.parse().unwrap(), web.ground.act(None));
        signup::suppress(web.ground.db(), web.ground.keys(), &email, SuppressionReason::Complaint, "", &act).await.unwrap();
        let before = web.ground.mails("notice").await;
        press(&web, "/week/link", &[("email", ANNA)]).await;
        assert_eq!(web.ground.mails("notice").await, before);
        let hash = web.ground.keys().address_hash(ANNA);
        let kept = suppressions::reason(&mut web.ground.db().read().await.unwrap(), &hash).await.unwrap();
        assert_eq!(kept, Some(SuppressionReason::Complaint));
    }

    async fn after_not_me_a_stranger_causes_one_mail_in_a_month(db: Db) {
        let mut web = WebFixture::new(db).await;
        brought(&web, "not me", ANNA).await;
        for _ in 0..10 {
            press(&web, "/week/link", &[("email", ANNA)]).await;
            web.later(3 * 24 - 1);
        }
        assert_eq!(web.ground.mails("notice").await, 1);
        let id = web.ground.find(ANNA).await.unwrap().id;
        let log = personal::events(&mut web.ground.db().read().await.unwrap(), id).await.unwrap();
        assert_eq!(log.iter().filter(|entry| entry.kind == "link.asked").count(), 1);
    }

    async fn the_link_to_leave_opens_nothing_that_is_stored(db: Db) {
        let web = WebFixture::with(db, Limits::default(), &["month"]).await;
        let id = web.ground.reader(ANNA).await;
        web.ground.leave(ANNA).await;
        let page = web.send(get(&web.leave_link(id).await)).await;
        assert!(page.text().contains("href=\"/week/link\"") && !page.text().contains("You left"), "{}", page.text());
        assert!(!page.text().contains("/p/") && !page.text().contains("a***"), "{}", page.text());
    }
}
