//! What the program of 27 November 2026 made opens in this one: every link that was mailed, whatever the case of its
//! letters, opens its row; everybody who was kept out stays out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::address::EmailAddress;
use coranto::domain::{ConsentId, DeliveryId, RequestId, SubscriptionId};
use coranto::message::verp::{self, Returned};
use coranto::signup::{self, ActionContext, Added, Ask, DomainPolicy, Limits, NewReader, Signup};
use coranto::store::{Db, marks, migrate, subscriptions};
use coranto::templates::Templates;
use coranto::token::{Keyring, Purpose};
use coranto::upkeep;
use coranto::web::{self, Proxies, Site};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::harness::acts;
use crate::harness::database::{PostgresPlace, SqlitePlace};
use crate::harness::http::get;
use crate::signup::{list, newsletter};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/frozen")
}

struct Frozen {
    db: Db,
    keys: Keyring,
    facts: Value,
    now: Timestamp,
}

impl Frozen {
    /// The database as the next program finds it: brought up to date, its addresses folded by today's rules.
    async fn open(url: &str, engine: &str) -> Self {
        let keys = Keyring::parse(&std::fs::read_to_string(folder().join("secret.key")).unwrap()).unwrap();
        let facts = std::fs::read_to_string(folder().join(engine).join("facts.json")).unwrap();
        let facts: Value = serde_json::from_str(&facts).unwrap();
        let now = Timestamp(facts["taken_at"].as_i64().unwrap()).plus(Duration::from_secs(600));
        let db = Db::open(url).await.unwrap();
        migrate::run(&db).await.unwrap();
        upkeep::admit(&db, &keys, &acts::actor(), now).await.unwrap();
        assert!(upkeep::clashes(&db).await.unwrap().is_empty());
        Self { db, keys, facts, now }
    }

    fn list(&self, name: &str) -> Vec<&str> {
        self.facts[name].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
    }

    async fn every_token_opens_its_row(&self) {
        let tokens = self.facts["tokens"].as_array().unwrap();
        assert!(tokens.len() > 400);
        for fact in tokens {
            let (purpose, token) = (fact["purpose"].as_str().unwrap(), fact["token"].as_str().unwrap());
            let row = fact["row"].as_u64().unwrap_or_else(|| fact["row"].as_str().unwrap().parse().unwrap());
            for spelling in [token.to_owned(), token.to_uppercase()] {
                assert!(self.opens(purpose, &spelling, row).await, "{purpose} {spelling} does not open {row}");
            }
        }
    }

    async fn opens(&self, purpose: &str, token: &str, row: u64) -> bool {
        let open = |purpose| self.keys.open_row(purpose, token).filter(|found| found.number() == row);
        let id = row.cast_signed();
        let mut tx = self.db.read().await.unwrap();
        let (found, marked) = match purpose {
            "n" => return self.keys.open(Purpose::Refuse, token) == Some(row),
            "b" | "m" => {
                let found = match purpose {
                    "b" => match verp::open(&self.keys, &format!("b+{token}")) {
                        Some(Returned::Bounce(found)) if found.number() == row => found,
                        _ => return false,
                    },
                    _ => match open(Purpose::Message) {
                        Some(found) => found,
                        None => return false,
                    },
                };
                let Some(born) = marks::of_mail(&mut tx, DeliveryId(id)).await.unwrap() else {
                    // Of somebody who was erased: the number is read, and there is nobody.
                    return true;
                };
                let Some(subscription) = born.subscription_id else { return self.keys.proves(&found, None) };
                return self.keys.proves_mail(&found, subscription.0, born.mark, born.issue_id.map(|id| id.0));
            }
            "u" => (open(Purpose::Unsubscribe), marks::of_subscription(&mut tx, SubscriptionId(id)).await.unwrap()),
            "p" => (open(Purpose::Preferences), marks::of_subscription(&mut tx, SubscriptionId(id)).await.unwrap()),
            "c" => (open(Purpose::Confirm), marks::of_consent(&mut tx, ConsentId(id)).await.unwrap()),
            "g" => (open(Purpose::Gone), marks::of_consent(&mut tx, ConsentId(id)).await.unwrap()),
            "a" => (open(Purpose::Address), marks::of_request(&mut tx, RequestId(id)).await.unwrap()),
            "s" => (open(Purpose::Stop), marks::of_request(&mut tx, RequestId(id)).await.unwrap()),
            "d" => (open(Purpose::Data), marks::of_request(&mut tx, RequestId(id)).await.unwrap()),
            other => panic!("a token for {other}"),
        };
        let Some(found) = found else { return false };
        marked.is_none_or(|marked| self.keys.proves(&found, marked.mark))
    }

    async fn every_page_opens(&self) {
        let signup = Signup::new(self.db.clone(), self.keys.clone(), Limits::default(), DomainPolicy::none());
        let mut signup_lists = Vec::new();
        for (slug, name) in [("week", "The Week"), ("month", "Der Monat")] {
            signup_lists.push(list(&self.db, newsletter(slug, name)).await);
        }
        let templates = Arc::new(Templates::embedded().unwrap());
        let url = "https://news.example/".parse().unwrap();
        let clock = Clock::fixed(self.now);
        let site = Site::new(signup, signup_lists, templates, clock, url, Proxies::default(), CancellationToken::new())
            .unwrap();
        let router = web::router(Arc::new(site));
        for fact in self.facts["tokens"].as_array().unwrap() {
            let (purpose, token) = (fact["purpose"].as_str().unwrap(), fact["token"].as_str().unwrap());
            if matches!(purpose, "b" | "m") {
                continue;
            }
            for spelling in [token.to_owned(), token.to_uppercase()] {
                let page = get(&format!("/{purpose}/{spelling}")).send_as(&router, None).await;
                assert!(page.status.is_success(), "{purpose} {spelling}: {}", page.status);
                let reader = fact["reader"].as_str().filter(|_| matches!(purpose, "u" | "p"));
                let Some(reader) = reader.filter(|_| !page.text().contains("not subscribed")) else { continue };
                let masked = EmailAddress::stored(reader).unwrap().masked();
                assert!(page.text().contains(&masked), "{purpose} {spelling} is {reader}'s");
            }
        }
    }

    async fn everybody_who_was_kept_out_stays_out(&self) {
        let act =
            ActionContext { actor: acts::actor(), source: "test".to_owned(), wording: "", client: None, now: self.now };
        let slug = |slug: &'static str| async move { list(&self.db, newsletter(slug, slug)).await };
        let week = slug("week").await;
        let signup = Signup::new(
            self.db.clone(),
            self.keys.clone(),
            Limits { answer_after: Duration::ZERO, ..Limits::default() },
            DomainPolicy::none(),
        );
        for name in ["suppressed", "erased", "refused", "unsubscribed"] {
            for spelling in self.list(name) {
                for typed in [spelling.to_owned(), spelling.to_ascii_lowercase(), spelling.to_ascii_uppercase()] {
                    let email: EmailAddress = typed.parse().unwrap();
                    let new = NewReader { email: email.clone(), name: None, language: None };
                    let before = self.mails().await;
                    if name != "refused" {
                        let added = signup::add(&self.db, &self.keys, week.id, &new, &act).await.unwrap();
                        assert!(!matches!(added, Added::Active(_)), "{name} {typed}: {added:?}");
                    }
                    if matches!(name, "suppressed" | "refused") {
                        let ask = Ask { skip_challenge: true, ..Ask::new(email) };
                        signup::request(&signup, &week, &ask, &act).await.unwrap();
                        assert_eq!(self.mails().await, before, "{name} {typed} was mailed");
                    }
                }
            }
        }
        let mut tx = self.db.read().await.unwrap();
        let (mailable,): (i64,) = tx
            .sql(
                "SELECT COUNT(*) FROM mailable m JOIN subscribers u ON u.id = m.subscriber_id
                 JOIN suppressions x ON x.address_hash = u.address_hash",
            )
            .fetch_one()
            .await
            .unwrap();
        assert_eq!(mailable, 0);
        for spelling in self.list("suppressed") {
            let key = EmailAddress::stored(spelling).unwrap().key();
            let Some(found) = subscriptions::find(&mut tx, week.id, &key).await.unwrap() else { continue };
            assert!(found.suppressed.is_some(), "{spelling}");
        }
    }

    async fn mails(&self) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        tx.sql("SELECT COUNT(*) FROM deliveries").fetch_one::<(i64,)>().await.unwrap().0
    }

    async fn all(self) {
        self.every_token_opens_its_row().await;
        self.every_page_opens().await;
        self.everybody_who_was_kept_out_stays_out().await;
        // A second start finds nothing to do.
        assert_eq!(upkeep::refold(&self.db, &self.keys).await.unwrap(), upkeep::Refolded::default());
        let foreign = Keyring::parse(&Keyring::generate()).unwrap();
        assert!(upkeep::look(&self.db, &foreign, self.now).await.is_err());
        self.db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_the_first_program_mailed_opens_on_sqlite() {
    let place = SqlitePlace::new();
    let file = place.url().strip_prefix("sqlite://").unwrap().to_owned();
    std::fs::copy(folder().join("sqlite/coranto.db"), file).unwrap();
    Frozen::open(&place.url(), "sqlite").await.all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_the_first_program_mailed_opens_on_postgres() {
    let dump = std::fs::read_to_string(folder().join("postgres/dump.sql")).unwrap();
    let Some(place) = PostgresPlace::restored(&dump) else { return };
    Frozen::open(&place.url(), "postgres").await.all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_key_is_found_before_any_fingerprint_is_known() {
    let place = SqlitePlace::new();
    let file = place.url().strip_prefix("sqlite://").unwrap().to_owned();
    std::fs::copy(folder().join("sqlite/coranto.db"), file).unwrap();
    let db = Db::open(&place.url()).await.unwrap();
    migrate::run(&db).await.unwrap();
    let whole = std::fs::read_to_string(folder().join("secret.key")).unwrap();
    let now = Timestamp(1_795_755_092_370);
    // As SECURITY.md once said: the new key on top, and the old one out.
    let on_top: String = whole.lines().filter(|line| !line.starts_with("1:")).map(|line| format!("{line}\n")).collect();
    let trouble = upkeep::admit(&db, &Keyring::parse(&on_top).unwrap(), &acts::actor(), now).await.unwrap_err();
    assert!(trouble.to_string().contains("suppressed addresses"), "{trouble}");
    upkeep::admit(&db, &Keyring::parse(&whole).unwrap(), &acts::actor(), now).await.unwrap();
    db.close().await;
}
