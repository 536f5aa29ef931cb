//! The language that a reader chooses on the form: of the pages behind it, of the mail, of the subscription.

use axum::http::StatusCode;
use coranto::domain::newsletter::Newsletter;
use coranto::store::Db;
use serde_json::json;

use super::ground::WebFixture;
use crate::harness::database::both_databases;
use crate::harness::http::{get, post};
use crate::harness::visitor::hidden;
use crate::signup::newsletter;

const ANNA: &str = "anna@example.org";

/// Languages of the mails in the ledger, in their order.
async fn mails(web: &WebFixture) -> Vec<String> {
    let mut tx = web.ground.db().read().await.unwrap();
    let sql = "SELECT r.language FROM deliveries d JOIN revisions r ON r.id = d.revision_id ORDER BY d.id";
    tx.sql(sql).fetch_all::<(String,)>().await.unwrap().into_iter().map(|(language,)| language).collect()
}

/// What a page's title is.
fn title(page: &str) -> &str {
    page.split_once("<title>").unwrap().1.split("</title>").next().unwrap()
}

both_databases! {
    async fn a_newsletter_that_is_gone_is_called_by_its_slug(db: Db) {
        let mut web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        let (leave, preferences) = (web.leave_link(id).await, web.preferences_link(id).await);
        for (language, asked, own) in [
            ("en", "Unsubscribe from “week”?", "Your subscription to “week”"),
            ("de", "„week“ abbestellen?", "Ihre Einstellungen für „week“"),
            ("fr", "Se désinscrire de «\u{a0}week\u{a0}»\u{a0}?", "«\u{a0}week\u{a0}»"),
            ("ru", "Отписаться от рассылки «week»?", "Подписка на рассылку «week»"),
            ("ja", "「week」の配信を停止しますか？", "「week」の配信設定"),
        ] {
            let other = Newsletter { language: language.to_owned(), ..newsletter("month", "The Month") };
            web = web.with_newsletter(other).await;
            let page = web.get(&leave).await;
            assert!(page.text().contains(&format!("<h1>{asked}</h1>")), "{}", page.text());
            let page = web.get(&preferences).await;
            assert!(page.text().contains(own) && !page.text().contains("The Month"), "{}", page.text());
        }
        let left = web.send(post(&leave).form(&[("action", "leave")])).await;
        assert!(left.text().contains("「week」は届きません"), "{}", left.text());
        let absent = web.get(&leave).await;
        assert!(absent.text().contains(">トップページへ</a>"), "{}", absent.text());
    }

    async fn the_title_of_a_page_with_a_mistake_is_joined_as_the_language_does(db: Db) {
        let web = WebFixture::new(db).await;
        for (language, joined) in [("en", "Error: The Week"), ("fr", "Erreur\u{a0}: The Week"), ("ja", "エラー：The Week")] {
            let mistake = web.send(web.form(&[("email", "anna"), ("lang", language)])).await;
            assert_eq!(title(mistake.text()), joined);
        }
        let id = web.ground.reader(ANNA).await;
        let link = web.leave_link(id).await;
        let mistake = web.send(post(&link).form(&[("action", "pause-until"), ("until", "soon")])).await;
        assert_eq!(title(mistake.text()), "Error: Unsubscribe from The Week? – The Week");
    }

    async fn the_mail_follows_the_page(db: Db) {
        let mut web = WebFixture::new(db).await;
        let page = web.get("/week/subscribe?lang=de&src=blog").await;
        assert!(page.text().contains("<html lang=\"de\"") && page.text().contains("Abonnieren"));
        assert!(page.text().contains("href=\"/week/subscribe?lang=uk&amp;src=blog\"") || page.text().contains("?lang=uk&src=blog"));
        let lang = hidden(page.text(), "lang");
        // Through a mistake, through the step between, to the mail and the confirmation.
        let mistake = web.send(web.form(&[("email", "anna"), ("lang", &lang)])).await;
        assert!(mistake.status == StatusCode::UNPROCESSABLE_ENTITY && mistake.text().contains("<html lang=\"de\""));
        let step = web.send(post("/week/subscribe").form(&[("email", ANNA), ("lang", &lang)])).await;
        assert!(step.text().contains("<html lang=\"de\"") && hidden(step.text(), "lang") == "de");
        let taken = web.send(web.form(&[("email", ANNA), ("lang", &lang)])).await;
        let sent = format!("/week/{}", taken.header("location"));
        let check = web.get(&sent).await;
        assert!(check.text().contains("<html lang=\"de\"") && check.text().contains("höchstens eine solche E-Mail"));
        assert!(check.text().contains("/week/subscribe?lang=de"), "the way to another address");
        assert_eq!(web.ground.find(ANNA).await.unwrap().language, None, "it waits with the question");
        assert_eq!(web.ground.question(ANNA).await.language.as_deref(), Some("de"));
        assert_eq!(mails(&web).await, ["de"]);
        assert!(web.get(&web.confirm_link(ANNA).await).await.text().contains("<html lang=\"de\""));
        let record = web.ground.history(ANNA).await;
        assert_eq!(record.len(), 1);
        web.ground.confirm(ANNA).await;
        // Who reads already is told in the language of the page, and keeps what they chose.
        web.later(25);
        web.send(web.form(&[("email", ANNA), ("lang", "ja")])).await;
        assert_eq!(mails(&web).await.last().unwrap(), "ja");
        assert_eq!(web.ground.find(ANNA).await.unwrap().language.as_deref(), Some("de"));
        // Who left and comes back by another page speaks as that page does.
        web.ground.leave(ANNA).await;
        web.later(25);
        let json = web.json(json!({ "email": ANNA, "lang": "fr" }));
        assert!(web.send(json).await.text().contains("boîte de réception"));
        assert_eq!(web.ground.find(ANNA).await.unwrap().language.as_deref(), Some("de"), "until it is confirmed");
        web.ground.confirm(ANNA).await;
        assert_eq!(web.ground.find(ANNA).await.unwrap().language.as_deref(), Some("fr"));
    }

    async fn nothing_but_our_own_tags_is_a_choice(db: Db) {
        let web = WebFixture::new(db).await;
        for (number, tag) in ["", "xx", "DE", "en-XA", "de-AT", "de\r\nBcc: x@example.org"].into_iter().enumerate() {
            let email = format!("a{number}@example.org");
            assert_eq!(web.send(web.form(&[("email", &email), ("lang", tag)])).await.status, StatusCode::SEE_OTHER);
            assert_eq!(web.ground.find(&email).await.unwrap().language, None, "{tag:?}");
        }
        let asked = get("/week/subscribe").header("accept-language", "de");
        assert!(web.send(asked).await.text().contains("<html lang=\"en\""), "the newsletter's language decides");
        assert!(mails(&web).await.iter().all(|language| language == "en"));
        assert!(!web.get("/week/embed").await.text().contains("lang=de"), "a frame has no list of languages");
        assert!(web.get("/week/embed?lang=de").await.text().contains("<html lang=\"de\""));
    }

    async fn the_page_says_how_many_mails_a_day_there_are(db: Db) {
        let limits = coranto::signup::Limits { confirmations_per_day: 3, ..coranto::signup::Limits::default() };
        let web = WebFixture::with(db, limits, &[]).await;
        assert!(web.get("/week/subscribe/sent").await.text().contains("no more than 3 emails like this a day"));
    }
}
