//! A stranger with a forwarded mail moves the reader to an address of theirs, and goes on from there (GHSA-style takeover
//! of an account by a change of its address). Everything that cannot be undone stays with the mailbox that was there.

use std::time::Duration;

use axum::http::StatusCode;
use coranto::domain::SubscriptionId;
use coranto::domain::retention::Retention;
use coranto::domain::subscriber::RequestKind;
use coranto::domain::subscriber::SubscriptionState::{Active, Unsubscribed};
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Limits};
use coranto::store::{Db, requests, subscriptions};
use coranto::token::Purpose;
use coranto::upkeep;

use crate::harness::acts;
use crate::harness::database::both_databases;
use crate::harness::http::post;
use crate::web::ground::WebFixture;

const VICTIM: &str = "victim@example.org";
const THIEF: &str = "thief@evil.example";

async fn press(web: &WebFixture, link: &str, fields: &[(&str, &str)]) -> String {
    let answer = web.send(post(link).form(fields)).await;
    assert!(answer.status == StatusCode::OK, "{link} {fields:?}: {}", answer.status);
    answer.text().to_owned()
}

async fn request(web: &WebFixture, id: SubscriptionId, kind: RequestKind) -> i64 {
    let all = requests::of_subscription(&mut web.ground.db().read().await.unwrap(), id).await.unwrap();
    all.into_iter().rev().find(|one| one.kind == kind).expect("it was asked for").id.0
}

/// To whom mails of a subject went, in order.
async fn mailed(web: &WebFixture, subject: &str) -> Vec<String> {
    let mut tx = web.ground.db().read().await.unwrap();
    let rows: Vec<(String,)> = tx
        .sql(
            "SELECT COALESCE(d.recipient, u.email) FROM deliveries d JOIN revisions r ON r.id = d.revision_id
             LEFT JOIN subscriptions s ON s.id = d.subscription_id LEFT JOIN subscribers u ON u.id = s.subscriber_id
             WHERE r.subject LIKE $1 ORDER BY d.id",
        )
        .bind(format!("%{subject}%"))
        .fetch_all()
        .await
        .unwrap();
    rows.into_iter().map(|(email,)| email).collect()
}

/// The thief's part: a forwarded mail's preferences link, and the mail to their own address.
async fn steal(web: &WebFixture, id: SubscriptionId) -> String {
    let preferences = web.preferences_link(id).await;
    press(web, &preferences, &[("action", "move"), ("email", THIEF)]).await;
    let number = request(web, id, RequestKind::Address).await;
    let stop = format!("/s/{}", web.token(Purpose::Stop, number).await);
    let link = format!("/a/{}", web.token(Purpose::Address, number).await);
    assert!(press(web, &link, &[("action", "move")]).await.contains("Your address has been changed"));
    stop
}

both_databases! {
    async fn data_and_the_end_of_them_go_to_the_mailbox_that_was_there(db: Db) {
        let mut web = WebFixture::new(db).await;
        let id = web.ground.reader(VICTIM).await;
        let stop = steal(&web, id).await;
        let preferences = web.preferences_link(id).await;
        assert!(press(&web, &preferences, &[("action", "data")]).await.contains("the previous address"));
        assert_eq!(mailed(&web, "Your data").await, [VICTIM], "never to the thief");
        // No second change hides the first.
        let page = press(&web, &preferences, &[("action", "move"), ("email", "second@evil.example")]).await;
        assert!(page.contains("the previous address can undo that"), "{page}");
        assert!(mailed(&web, "Confirm this address").await.iter().all(|to| to == THIEF));
        // The victim takes it back at any time within the month, and then the data are hers as before.
        web.later(29 * 24);
        assert!(press(&web, &stop, &[("action", "stop")]).await.contains("Your address stays the same"));
        assert_eq!(web.ground.find(VICTIM).await.unwrap().id, id);
        assert!(web.ground.find(THIEF).await.is_none());
        press(&web, &web.preferences_link(id).await, &[("action", "data")]).await;
        assert_eq!(mailed(&web, "Your data").await, [VICTIM, VICTIM]);
        assert!(press(&web, &stop, &[("action", "stop")]).await.contains("Your address stays the same"), "pressed twice");
    }

    async fn after_a_month_the_new_mailbox_stands_for_the_reader(db: Db) {
        let mut web = WebFixture::new(db).await;
        let id = web.ground.reader(VICTIM).await;
        let stop = steal(&web, id).await;
        web.later(30 * 24 + 1);
        press(&web, &web.preferences_link(id).await, &[("action", "data")]).await;
        assert_eq!(mailed(&web, "Your data").await, [THIEF]);
        assert!(press(&web, &stop, &[("action", "stop")]).await.contains("no longer works"));
        let by = acts::actor();
        upkeep::expire(web.ground.db(), Retention::default(), by.at(web.ground.now), u32::MAX).await.unwrap();
        assert!(press(&web, &stop, &[("action", "stop")]).await.contains("no longer works"), "the request is gone");
        assert_eq!(web.ground.find(THIEF).await.unwrap().id, id);
    }

    async fn one_who_reads_already_takes_nothing_that_cannot_be_taken_back(db: Db) {
        let mut web = WebFixture::new(db).await;
        let id = web.ground.reader(VICTIM).await;
        let theirs = web.ground.reader(THIEF).await;
        web.later(25);
        let stop = steal(&web, id).await;
        assert_eq!((web.ground.state(VICTIM).await, web.ground.state(THIEF).await), (Some(Unsubscribed), Some(Active)));
        // By the thief's own link: nothing of the victim's is in it.
        press(&web, &web.preferences_link(theirs).await, &[("action", "data")]).await;
        let link = format!("/d/{}", web.token(Purpose::Data, request(&web, theirs, RequestKind::Data).await).await);
        let copy = web.send(post(&link).form(&[("action", "download")])).await.text().to_owned();
        assert!(copy.contains(THIEF) && !copy.contains(VICTIM), "{copy}");
        press(&web, &link, &[("action", "erase"), ("sure", "yes")]).await;
        assert!(web.ground.find(THIEF).await.is_none());
        assert!(press(&web, &stop, &[("action", "stop")]).await.contains("Your address stays the same"));
        assert_eq!((web.ground.state(VICTIM).await, web.ground.find(VICTIM).await.unwrap().id), (Some(Active), id));
    }

    async fn the_thiefs_own_subscriptions_stay_apart_from_what_was_moved(db: Db) {
        let mut web = WebFixture::with(db, Limits { answer_after: Duration::ZERO, ..Limits::default() }, &["month"]).await;
        let id = web.ground.reader(VICTIM).await;
        let month = web.site.lists[1].id;
        let new = signup::NewReader { email: THIEF.parse().unwrap(), name: None, language: None };
        let act = web.ground.act(None);
        signup::add(web.ground.db(), web.ground.keys(), month, &new, &act).await.unwrap();
        web.later(25);
        let stop = steal(&web, id).await;
        let own = subscriptions::find(&mut web.ground.db().read().await.unwrap(), month, THIEF).await.unwrap().unwrap().id;
        let list = web.site.lists[1].clone();
        signup::ask_data(&web.ground.signup, &list, own, &web.ground.act(None)).await.unwrap();
        let link = format!("/d/{}", web.token(Purpose::Data, request(&web, own, RequestKind::Data).await).await);
        let copy = web.send(post(&link).form(&[("action", "download")])).await.json();
        let newsletters: Vec<_> = copy["subscriptions"].as_array().unwrap().iter().map(|one| one["newsletter"].as_str().unwrap().to_owned()).collect();
        assert_eq!(newsletters, ["month"], "what can still be taken back is not the thief's to see");
        press(&web, &link, &[("action", "erase"), ("sure", "yes")]).await;
        assert_eq!(web.ground.find(THIEF).await.unwrap().id, id, "nor to erase");
        press(&web, &stop, &[("action", "stop")]).await;
        assert_eq!(web.ground.find(VICTIM).await.unwrap().id, id);
    }

    async fn a_change_of_one_newsletter_leaves_the_others_alone(db: Db) {
        let web = WebFixture::with(db, Limits { answer_after: Duration::ZERO, ..Limits::default() }, &["month"]).await;
        let id = web.ground.reader(VICTIM).await;
        let month = web.site.lists[1].id;
        let new = signup::NewReader { email: VICTIM.parse().unwrap(), name: None, language: None };
        signup::add(web.ground.db(), web.ground.keys(), month, &new, &web.ground.act(None)).await.unwrap();
        steal(&web, id).await;
        let mut tx = web.ground.db().read().await.unwrap();
        assert!(subscriptions::find(&mut tx, month, VICTIM).await.unwrap().is_some(), "a link of one newsletter moves that one");
        assert!(subscriptions::find(&mut tx, month, THIEF).await.unwrap().is_none());
    }

    async fn the_old_mailbox_erases_what_was_moved_away_and_its_link_says_so(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(VICTIM).await;
        let stop = steal(&web, id).await;
        press(&web, &web.preferences_link(id).await, &[("action", "data")]).await;
        let link = format!("/d/{}", web.token(Purpose::Data, request(&web, id, RequestKind::Data).await).await);
        assert!(press(&web, &link, &[("action", "erase"), ("sure", "yes")]).await.contains("Your data has been erased"));
        assert!(web.ground.find(THIEF).await.is_none() && web.ground.find(VICTIM).await.is_none());
        for fields in [&[][..], &[("action", "stop")]] {
            let page = press(&web, &stop, fields).await;
            assert!(page.contains("Your data has been erased") && page.contains("nothing left to stop"), "{page}");
        }
        let new = signup::NewReader { email: VICTIM.parse().unwrap(), name: None, language: None };
        let added = signup::add(web.ground.db(), web.ground.keys(), web.ground.list.id, &new, &web.ground.act(None)).await.unwrap();
        assert_eq!(added, signup::Added::Suppressed(SuppressionReason::Erased));
    }
}
