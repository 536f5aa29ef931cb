//! What a stranger types about somebody else, before that person is a reader and after. The mailbox's owner decides what is
//! said in their name.

use axum::http::StatusCode;
use coranto::domain::subscriber::SubscriptionState::Active;
use coranto::signup::{self, Added, NewReader};
use coranto::store::{Db, subscriptions};

use crate::harness::database::both_databases;
use crate::harness::http::post;
use crate::web::ground::WebFixture;

const VICTIM: &str = "victim@example.org";

async fn asks(web: &WebFixture, slug: &str, name: &str, more: &[(&str, &str)]) {
    let stamp = web.stamp();
    let fields: Vec<_> =
        [("email", VICTIM), ("name", name), ("stamp", &*stamp)].into_iter().chain(more.iter().copied()).collect();
    let answer = web.send(post(&format!("/{slug}/subscribe")).form(&fields)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

/// What each newsletter calls the victim, in the order in which they came.
async fn names(web: &WebFixture) -> Vec<Option<String>> {
    let person = web.ground.find(VICTIM).await.unwrap().subscriber_id;
    let all = subscriptions::of_person(&mut web.ground.db().read().await.unwrap(), person).await.unwrap();
    all.into_iter().map(|one| one.name).collect()
}

fn said(names: &[&str]) -> Vec<Option<String>> {
    names.iter().map(|name| (!name.is_empty()).then(|| (*name).to_owned())).collect()
}

async fn person_name(web: &WebFixture) -> Option<String> {
    let mut tx = web.ground.db().read().await.unwrap();
    let (name,) = tx.sql("SELECT name FROM subscribers WHERE email_key = $1").bind(VICTIM).fetch_one().await.unwrap();
    name
}

both_databases! {
    async fn s2_the_first_to_type_is_not_the_one_who_is_believed(db: Db) {
        let mut web = WebFixture::new(db).await;
        asks(&web, "week", "Your account is locked", &[("lang", "ja"), ("src", "evil")]).await;
        assert_eq!((names(&web).await, person_name(&web).await), (said(&[""]), None), "a stranger names nobody");
        web.later(25);
        asks(&web, "week", "Victoria", &[("src", "blog")]).await;
        web.ground.confirm(VICTIM).await;
        let reader = web.ground.find(VICTIM).await.unwrap();
        assert_eq!((reader.name.as_deref(), reader.language, reader.source.as_str()), (Some("Victoria"), None, "form?src=blog"));
        // Nor later.
        web.later(25);
        asks(&web, "week", "Mallory", &[("lang", "ja"), ("src", "evil")]).await;
        let reader = web.ground.find(VICTIM).await.unwrap();
        assert_eq!((reader.name.as_deref(), reader.language, reader.source.as_str()), (Some("Victoria"), None, "form?src=blog"));
        // Left and asked for by a stranger; the reader comes back by her own word, and is who she was.
        web.ground.leave(VICTIM).await;
        web.later(25);
        asks(&web, "week", "Mallory", &[("lang", "ja")]).await;
        web.later(25);
        asks(&web, "week", "", &[]).await;
        web.ground.confirm(VICTIM).await;
        let reader = web.ground.find(VICTIM).await.unwrap();
        assert_eq!((reader.name.as_deref(), reader.language, reader.state), (Some("Victoria"), None, Active));
    }

    async fn s2_each_link_brings_what_was_typed_with_its_own_question(db: Db) {
        let mut web = WebFixture::new(db).await;
        asks(&web, "week", "Victoria", &[("lang", "fr"), ("src", "blog")]).await;
        let mine = web.confirm_link(VICTIM).await;
        assert!(web.get(&mine).await.text().contains("<html lang=\"fr\""), "the page speaks her language");
        web.later(25);
        asks(&web, "week", "Mallory", &[("lang", "ja"), ("src", "evil")]).await;
        web.send(post(&mine)).await;
        let reader = web.ground.find(VICTIM).await.unwrap();
        assert_eq!(
            (reader.name.as_deref(), reader.language.as_deref(), reader.source.as_str()),
            (Some("Victoria"), Some("fr"), "form?src=blog"),
        );
    }

    async fn s2_asking_again_on_the_page_asks_the_same(db: Db) {
        let mut web = WebFixture::new(db).await;
        let stamp = web.stamp();
        let fields = [("email", VICTIM), ("name", "Victoria Berg"), ("lang", "fr"), ("src", "blog"), ("stamp", &*stamp)];
        let taken = web.send(post("/week/subscribe").form(&fields)).await;
        web.ground.db().write(async |tx| tx.sql("UPDATE deliveries SET state = 'failed', due_at = NULL").execute().await).await.unwrap();
        web.seconds(61);
        let token = taken.header("location").split("for=").nth(1).unwrap().to_owned();
        web.send(post("/week/subscribe/again").form(&[("for", &*token)])).await;
        assert_eq!(web.ground.mails("confirmation").await, 2);
        web.ground.confirm(VICTIM).await;
        let reader = web.ground.find(VICTIM).await.unwrap();
        assert_eq!(
            (reader.name.as_deref(), reader.language.as_deref(), reader.source.as_str()),
            (Some("Victoria Berg"), Some("fr"), "form?src=blog"),
        );
    }

    async fn s2_a_forwarded_mail_renames_nobody_elsewhere(db: Db) {
        let web = WebFixture::with(db, signup::Limits::default(), &["month"]).await;
        asks(&web, "week", "Vera", &[]).await;
        web.ground.confirm(VICTIM).await;
        asks(&web, "month", "Mallory", &[]).await;
        let person = web.ground.find(VICTIM).await.unwrap().subscriber_id;
        let month = subscriptions::of_person(&mut web.ground.db().read().await.unwrap(), person).await.unwrap()[1].id;
        let asked = coranto::store::consents::latest(&mut web.ground.db().read().await.unwrap(), month, coranto::domain::consent::ConsentKind::Asked)
            .await.unwrap().unwrap().id;
        signup::confirm(web.ground.db(), web.ground.keys(), asked, None, &web.ground.act(None)).await.unwrap();
        assert_eq!(names(&web).await, said(&["Vera", "Vera"]), "who has proved the mailbox keeps their name");
        let link = web.preferences_link(web.ground.find(VICTIM).await.unwrap().id).await;
        let page = web.send(post(&link).form(&[("action", "rename"), ("name", "Mallory")])).await;
        assert!(page.text().contains("It is used only in emails from The Week."), "{}", page.text());
        assert_eq!(names(&web).await, said(&["Mallory", "Vera"]));
        web.send(post(&link).form(&[("action", "rename"), ("name", "")])).await;
        assert_eq!(names(&web).await, said(&["", "Vera"]));
        for typed in ["pay now at evil.example/x", "anna@example.org", "An\u{3164}na", &"x".repeat(41)] {
            let refused = web.send(post(&link).form(&[("action", "rename"), ("name", typed)])).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        }
        assert_eq!(names(&web).await, said(&["", "Vera"]));
    }

    async fn s2_an_operators_word_counts_where_a_stranger_was_first(db: Db) {
        let web = WebFixture::new(db).await;
        asks(&web, "week", "Mallory", &[("lang", "ja")]).await;
        let new = NewReader { email: VICTIM.parse().unwrap(), name: Some("Vera".to_owned()), language: Some("fr".to_owned()) };
        let added = signup::add(web.ground.db(), web.ground.keys(), web.ground.list.id, &new, &web.ground.act(None)).await.unwrap();
        assert!(matches!(added, Added::Active(_)));
        let reader = web.ground.find(VICTIM).await.unwrap();
        assert_eq!((reader.name.as_deref(), reader.language.as_deref()), (Some("Vera"), Some("fr")));
    }
}
