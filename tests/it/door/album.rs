//! Every page that a reader may come upon, as the router serves it: those behind a button, those of links that are too
//! old, those of mistakes and troubles. For judges and for people who want to look at them. Knows no judge.

use axum::http::StatusCode;
use coranto::domain::newsletter::Newsletter;
use coranto::signup::Limits;
use coranto::store::{Db, Tx, requests};
use coranto::token::Purpose;
use serde_json::{Value, json};

use crate::harness::altcha::solve;
use crate::harness::http::{Request, Response, get, post};
use crate::harness::visitor::{hidden, unescaped};
use crate::signup::newsletter;
use crate::web::ground::WebFixture;
use crate::web::press::{Press, days_ago};

/// The host of the pages; nothing is asked of it, since each answer is at hand.
const SITE: &str = "https://news.example";

/// A site in one language, and its pages so far.
pub(super) struct Album {
    web: WebFixture,
    /// Whether the same pages were judged whole in another language.
    brief: bool,
    pages: Vec<Value>,
    assets: serde_json::Map<String, Value>,
}

/// An answer with its headers, as a browser is to get it.
pub(super) fn answer(response: &Response) -> Value {
    let headers =
        response.headers.iter().map(|(name, value)| (name.as_str().to_owned(), json!(value.to_str().unwrap())));
    let headers: serde_json::Map<String, Value> = headers.collect();
    json!({ "status": response.status.as_u16(), "headers": headers, "body": response.text() })
}

/// The path of a form's address on a page, by what it begins with.
fn action(page: &Response, prefix: &str) -> String {
    let rest = page.text().split_once(&format!("action=\"{prefix}")).expect("the page has that form").1;
    format!("{prefix}{}", rest.split('"').next().unwrap())
}

impl Album {
    /// All pages in a language, the newsletter's name in it.
    pub(super) async fn of(db: Db, language: &str, name: &str) -> Value {
        let limits = Limits {
            // So low that a second reader of one domain gets the challenge, and a network soon has to wait.
            domain_requests_per_hour: 2,
            requests_per_hour: 20,
            confirmations_per_day: 9,
            confirmations_per_month: 99,
            challenge_work: 100,
            ..Limits::default()
        };
        let own = Newsletter {
            language: language.to_owned(),
            name: name.to_owned(),
            slots: vec!["Fri 09:00".parse().unwrap()],
            ..newsletter("week", name)
        };
        let web = WebFixture::with(db, limits, &[]).await.with_newsletter(own).await;
        let mut album = Self { web, brief: language != "en", pages: Vec::new(), assets: serde_json::Map::new() };
        album.public().await;
        album.signup().await;
        album.limits().await;
        album.refusing().await;
        album.leaving().await;
        album.preferences().await;
        album.address().await;
        album.data().await;
        album.mistakes().await;
        album.paint().await;
        json!({ "pages": album.pages, "assets": album.assets })
    }

    /// Keeps an answer under a name.
    fn keep(&mut self, name: &str, path: &str, status: StatusCode, response: Response) -> Response {
        assert_eq!(response.status, status, "{name}: {}", response.text());
        assert_eq!(response.header("content-type"), "text/html; charset=utf-8", "{name}");
        let article = name.starts_with("issue");
        let scripted = response.text().contains("<script");
        self.pages.push(json!({
            "name": name, "url": format!("{SITE}{path}"), "status": status.as_u16(), "article": article,
            "scripted": scripted, "brief": self.brief, "answer": answer(&response),
        }));
        response
    }

    async fn shown(&mut self, name: &str, path: &str) -> Response {
        let response = self.web.get(path).await;
        self.keep(name, path, StatusCode::OK, response)
    }

    async fn wrong(&mut self, name: &str, request: Request, path: &str, status: StatusCode) -> Response {
        let response = self.web.send(request).await;
        self.keep(name, path, status, response)
    }

    /// What is behind a button, or a form with these fields.
    async fn pressed(&mut self, name: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let response = self.web.send(post(path).form(fields)).await;
        self.keep(name, path, StatusCode::OK, response)
    }

    async fn public(&mut self) {
        self.shown("front-empty", "/").await;
        self.shown("archive-empty", "/week/").await;
        let press = Press::new(&self.web);
        let files =
            ["2026-11-06-short-note", "2026-11-20-arabic", "2027-01-15-wide-table", "2027-02-12-everything-small"];
        for (days, (slug, file)) in (1..).zip(["note", "arabic", "table", "small"].into_iter().zip(files)) {
            let (front, text) = fixture(file);
            press.publish(slug, &front, &text, days_ago(days * 100)).await;
        }
        let (front, text) = fixture(files[0]);
        press
            .correct(
                "note",
                &format!("{front}\ncorrection: The ferry leaves at nine."),
                &(text + "\n\nAt nine."),
                days_ago(1),
            )
            .await;
        self.shown("front", "/").await;
        self.shown("archive", "/week/").await;
        self.shown("archive-search", "/week/?q=the").await;
        self.shown("archive-nothing", "/week/?q=zebra").await;
        for slug in ["note", "arabic", "table", "small"] {
            self.shown(&format!("issue-{slug}"), &format!("/week/{slug}")).await;
        }
        self.shown("privacy", "/week/privacy").await;
    }

    async fn signup(&mut self) {
        self.shown("signup", "/week/subscribe").await;
        self.shown("embed", "/week/embed").await;
        let mistake = self.web.form(&[("email", "anna at example")]);
        self.wrong("signup-mistake", mistake, "/week/subscribe", StatusCode::UNPROCESSABLE_ENTITY).await;
        let mistake = self.web.form(&[("email", "anna@example.org"), ("name", "spam.example/x")]);
        self.wrong("signup-name-mistake", mistake, "/week/subscribe", StatusCode::UNPROCESSABLE_ENTITY).await;
        let fields = [("email", "anna@gmial.com")];
        self.pressed("did-you-mean", "/week/subscribe", &fields).await;
        self.pressed("one-step-more", "/week/subscribe", &[("email", "anna@unstamped.example")]).await;
        for (name, path, email) in [
            ("check-your-email", "/week/subscribe", "a.reader.with.a.long.name@anna.example"),
            ("check-gmail", "/week/subscribe", "anna@gmail.com"),
            ("embed-sent", "/week/embed", "anna@framed.example"),
        ] {
            let taken = self.web.send(post(path).form(&[("email", email), ("stamp", &self.web.stamp())])).await;
            let sent = self.shown(name, &format!("/week/{}", taken.header("location"))).await;
            if name == "check-your-email" {
                let token = hidden(sent.text(), "for");
                self.pressed("check-too-early", "/week/subscribe/again", &[("for", &token)]).await;
            }
        }
        let email = "a.reader.with.a.long.name@anna.example";
        let link = self.web.confirm_link(email).await;
        self.shown("confirm", &link).await;
        self.pressed("welcome", &link, &[("action", "confirm")]).await;
        self.pressed("confirmed-already", &link, &[("action", "confirm")]).await;
        self.web.ground.request("old@old.example").await.unwrap();
        let old = self.web.confirm_link("old@old.example").await;
        self.web.later(8 * 24);
        self.shown("confirm-too-old", &old).await;
        for _ in 0..9 {
            self.web.send(post(&old).form(&[("action", "again")])).await;
        }
        self.pressed("no-mail", &old, &[("action", "again")]).await;
    }

    /// One request, the second with its challenge, and one that comes when its network has asked enough.
    async fn limits(&mut self) {
        self.web.ground.request("one@crowd.example").await.unwrap();
        let second = self.web.form(&[("email", "two@crowd.example")]);
        let step = self.wrong("challenge", second, "/week/subscribe", StatusCode::OK).await;
        let work = unescaped(&attribute(&step, "data-challenge=\""));
        let solution = solve(&serde_json::from_str(&work).unwrap());
        let solved = self.web.form(&[("email", "two@crowd.example"), ("altcha", &solution)]);
        assert_eq!(self.web.send(solved).await.status, StatusCode::SEE_OTHER);
        let mut number = 0;
        while self.web.ground.request(&format!("reader@crowd{number}.example")).await.is_ok() {
            number += 1;
        }
        let more = self.web.form(&[("email", "three@crowd.example")]);
        self.wrong("too-many", more, "/week/subscribe", StatusCode::TOO_MANY_REQUESTS).await;
        self.web.later(1);
        let script = attribute(&step, "<script src=\"");
        self.asset(&script).await;
    }

    async fn refusing(&mut self) {
        let tag = self
            .web
            .ground
            .keys()
            .address_tag(&"x@refused.example".parse::<coranto::domain::address::EmailAddress>().unwrap().key());
        let link = format!("/n/{}", self.web.token(Purpose::Refuse, tag.cast_signed()).await);
        self.shown("refuse", &link).await;
        self.pressed("refused", &link, &[("action", "refuse")]).await;
        self.pressed("allowed-again", &link, &[("action", "allow")]).await;
    }

    async fn leaving(&mut self) {
        let id = self.web.ground.reader("anna@leaving.example").await;
        let link = self.web.leave_link(id).await;
        self.shown("leave", &link).await;
        let wrong = post(&link).form(&[("action", "pause-until"), ("until", "soon")]);
        self.wrong("pause-mistake", wrong, &link, StatusCode::UNPROCESSABLE_ENTITY).await;
        self.pressed("paused", &link, &[("action", "pause-4-weeks")]).await;
        let left = self.pressed("left", &link, &[("action", "leave")]).await;
        let back = action(&left, "/g/");
        self.pressed("left-thanks", &back, &[("action", "why"), ("why", "too_long")]).await;
        self.pressed("back-again", &back, &[("action", "back")]).await;
        self.pressed("left-again", &link, &[("action", "leave")]).await;
        self.shown("absent", &link).await;
        self.shown("preferences-left", &self.web.preferences_link(id).await).await;
    }

    async fn preferences(&mut self) {
        let id = self.web.ground.reader("anna@preferring.example").await;
        let link = self.web.preferences_link(id).await;
        self.shown("preferences", &link).await;
        self.pressed("preferences-saved", &link, &[("action", "rename"), ("name", "Anna")]).await;
        let wrong = post(&link).form(&[("action", "move"), ("email", "anna at example")]);
        self.wrong("preferences-mistake", wrong, &link, StatusCode::UNPROCESSABLE_ENTITY).await;
        self.pressed("preferences-paused", &link, &[("action", "pause-3-months")]).await;
        self.web.ground.request("anna@pending.example").await.unwrap();
        let pending = self.web.ground.find("anna@pending.example").await.unwrap().id;
        self.shown("preferences-pending", &self.web.preferences_link(pending).await).await;
        self.shown("send-me-my-link", "/week/link").await;
        let wrong = post("/week/link").form(&[("email", "anna at example")]);
        self.wrong("link-mistake", wrong, "/week/link", StatusCode::UNPROCESSABLE_ENTITY).await;
        self.pressed("link-sent", "/week/link", &[("email", "anna@link.example")]).await;
    }

    /// The latest request that a reader made by a link.
    async fn request(&self, email: &str) -> i64 {
        let id = self.web.ground.find(email).await.unwrap().id;
        requests::of_subscription(&mut self.web.ground.db().read().await.unwrap(), id)
            .await
            .unwrap()
            .last()
            .unwrap()
            .id
            .0
    }

    async fn address(&mut self) {
        let email = "anna@moving.example";
        let id = self.web.ground.reader(email).await;
        let preferences = self.web.preferences_link(id).await;
        self.pressed("address-asked", &preferences, &[("action", "move"), ("email", "anna@moved.example")]).await;
        let number = self.request(email).await;
        let (link, stop) =
            (self.web.token(Purpose::Address, number).await, self.web.token(Purpose::Stop, number).await);
        let (link, stop) = (format!("/a/{link}"), format!("/s/{stop}"));
        self.shown("address", &link).await;
        self.pressed("address-changed", &link, &[("action", "move")]).await;
        self.shown("address-stop", &stop).await;
        self.pressed("address-stopped", &stop, &[("action", "stop")]).await;
        self.shown("address-too-old", &link).await;
    }

    async fn data(&mut self) {
        let email = "anna@data.example";
        let id = self.web.ground.reader(email).await;
        let preferences = self.web.preferences_link(id).await;
        self.pressed("data-asked", &preferences, &[("action", "data")]).await;
        let link = format!("/d/{}", self.web.token(Purpose::Data, self.request(email).await).await);
        self.shown("data", &link).await;
        let unsure = post(&link).form(&[("action", "erase")]);
        self.wrong("erase-unsure", unsure, &link, StatusCode::UNPROCESSABLE_ENTITY).await;
        self.pressed("erased", &link, &[("action", "erase"), ("sure", "yes")]).await;
        self.shown("data-too-old", &link).await;
    }

    async fn mistakes(&mut self) {
        let large = "x".repeat(20_000);
        for (name, request, status) in [
            ("no-such-page", get("/nothing/here"), StatusCode::NOT_FOUND),
            ("no-such-link", get("/u/x"), StatusCode::NOT_FOUND),
            ("no-such-method", post("/week/"), StatusCode::METHOD_NOT_ALLOWED),
            ("not-understood", get("/week/?page=x"), StatusCode::UNPROCESSABLE_ENTITY),
            ("no-host", get("/").header("host", "a b"), StatusCode::BAD_REQUEST),
            ("too-large", post("/week/subscribe").form(&[("email", &large)]), StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            self.wrong(name, request, &format!("/{name}"), status).await;
        }
        // The file may not grow any more, as on a full disk.
        let limit = async |tx: &mut Tx| tx.sql("PRAGMA max_page_count = 1").fetch_one::<(i64,)>().await;
        // Each from a network of its own: none is to be told to wait.
        let full = async |letters: usize, number: u32| {
            let client = format!("10.{}.{}.1", number / 250, number % 250);
            let email = format!("{}@{number}.example", "x".repeat(letters));
            self.web.ground.request_from(&email, &client).await.is_err()
        };
        // The long ones leave gaps that a short one fits into.
        let mut number = 0;
        for letters in [50, 4] {
            // A connection that found the disk full is opened anew, without the limit.
            self.web.ground.db().write(limit).await.unwrap();
            while !full(letters, number).await {
                number += 1;
                assert!(number < 600, "the disk never gets full");
            }
        }
        self.web.ground.db().write(limit).await.unwrap();
        let busy = self.web.form(&[("email", "anna@busy.example")]);
        self.wrong("busy", busy, "/busy", StatusCode::SERVICE_UNAVAILABLE).await;
        self.web.ground.db().close().await;
        self.wrong("broken", get("/week/"), "/broken", StatusCode::INTERNAL_SERVER_ERROR).await;
    }

    async fn asset(&mut self, path: &str) {
        let response = self.web.get(path).await;
        assert_eq!(response.status, StatusCode::OK, "{path}");
        self.assets.insert(path.to_owned(), answer(&response));
    }

    /// The sheets that the pages name.
    async fn paint(&mut self) {
        let named = self.pages.iter().map(|page| {
            let html = page["answer"]["body"].as_str().unwrap();
            html.split_once("<link rel=\"stylesheet\" href=\"").unwrap().1.split('"').next().unwrap().to_owned()
        });
        for path in named.collect::<std::collections::BTreeSet<_>>() {
            self.asset(&path).await;
        }
    }
}

fn attribute(page: &Response, before: &str) -> String {
    page.text().split_once(before).unwrap().1.split('"').next().unwrap().to_owned()
}

/// An issue of the corpus: its front matter and its text.
pub(crate) fn fixture(name: &str) -> (String, String) {
    let path = format!("{}/tests/fixtures/issues/{name}.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let (front, text) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
    (front.to_owned(), text.to_owned())
}
