//! What a former program made still holds: its links, its Message-IDs, its return paths, and who is kept out. The
//! program is known from outside alone, so that these tests outlive whatever is rewritten within. See
//! `tests/fixtures/frozen/README.md`.

mod rotation;
mod upgrade;

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use coranto::store::{Db, migrate};
use coranto::token::{Keyring, Purpose};
use serde::Deserialize;
use tempfile::TempDir;

use crate::harness::database::PostgresPlace;
use crate::harness::http::{Response, get, post};
use crate::harness::program::{Ended, Program, coranto, run};

const PATIENCE: Duration = Duration::from_secs(60);
const HOST: &str = "news.example.com";

#[derive(Deserialize)]
struct Facts {
    tokens: Vec<Token>,
    suppressed: Vec<String>,
    erased: Vec<String>,
    refused: Vec<String>,
    unsubscribed: Vec<String>,
    counts: std::collections::BTreeMap<String, i64>,
}

#[derive(Deserialize)]
struct Token {
    purpose: String,
    token: String,
    row: serde_json::Value,
    reader: Option<String>,
}

/// An installation over the frozen database.
struct Frozen {
    home: TempDir,
    facts: Facts,
    url: String,
    web: SocketAddr,
    _place: Option<PostgresPlace>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/frozen")
}

impl Frozen {
    fn sqlite() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::copy(fixtures().join("sqlite/coranto.db"), home.path().join("coranto.db")).unwrap();
        let url = format!("sqlite://{}", home.path().join("coranto.db").display());
        Self::installed(home, "sqlite", url, None)
    }

    fn postgres() -> Option<Self> {
        let place = PostgresPlace::restored(&fs::read_to_string(fixtures().join("postgres/dump.sql")).unwrap())?;
        let url = place.url();
        Some(Self::installed(tempfile::tempdir().unwrap(), "postgres", url, Some(place)))
    }

    fn installed(home: TempDir, engine: &str, url: String, place: Option<PostgresPlace>) -> Self {
        let facts = fs::read_to_string(fixtures().join(engine).join("facts.json")).unwrap();
        let facts = serde_json::from_str(&facts).unwrap();
        let web = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        fs::copy(fixtures().join("secret.key"), home.path().join("secret.key")).unwrap();
        let mut configuration = format!(
            "public_url = \"https://{HOST}\"\ndatabase = \"{url}\"\nsecret_key_file = \"secret.key\"\n\
             [signup]\nform_seconds_min = 0\nrequests_per_hour = 10000\n\
             domain_requests_per_hour = 10000\n[server]\nlisten = \"{web}\"\n\
             [[relays]]\nname = \"main\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\n"
        );
        for (slug, name, language) in [("week", "The Week", "en"), ("month", "Der Monat", "de")] {
            fs::create_dir(home.path().join(slug)).unwrap();
            configuration.push_str(&format!(
                "[newsletters.{slug}]\nname = \"{name}\"\nfrom = \"{name} <{slug}@news.example.com>\"\n\
                 postal_address = \"1 Example Street, 10000 Example\"\ntime_zone = \"Europe/Prague\"\n\
                 language = \"{language}\"\nissues = \"{slug}\"\nslot = \"Fri 09:00\"\n\
                 bounce_domain = \"bounce.news.example.com\"\n"
            ));
        }
        fs::write(home.path().join("coranto.toml"), configuration).unwrap();
        Self { home, facts, url, web, _place: place }
    }

    fn coranto(&self, arguments: &[&str]) -> Ended {
        let mut command = coranto(self.home.path());
        command.args(arguments);
        run(command, PATIENCE)
    }

    /// The web server alone: nothing that was queued goes out.
    fn serve(&self) -> Program {
        let migrated = self.coranto(&["migrate", "--no-backup"]);
        assert_eq!(migrated.status.code(), Some(0), "{}", migrated.stderr);
        self.serve_as_it_is()
    }

    fn serve_as_it_is(&self) -> Program {
        let mut command = coranto(self.home.path());
        command.args(["serve", "--role", "web"]);
        let mut server = Program::start(command);
        server.wait_for_line("public_url=", PATIENCE);
        server
    }

    async fn get(&self, path: &str) -> Response {
        get(path).header("host", HOST).send_to(self.web).await.unwrap()
    }

    fn state_of(&self, address: &str) -> String {
        let ended = self.coranto(&["subscribers", "show", address, "--newsletter", "week", "--json"]);
        assert!(ended.status.success(), "{address}: {}", ended.stderr);
        let shown = serde_json::from_str::<serde_json::Value>(&ended.stdout).unwrap();
        shown["state"].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned()
    }

    /// How many readers an issue of `week` would go to.
    async fn readers(&self) -> i64 {
        self.number(
            "SELECT COUNT(*) FROM mailable m JOIN newsletters n ON n.id = m.newsletter_id WHERE n.slug = 'week'",
        )
        .await
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let db = Db::open(&self.url).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let (number,) = tx.sql(sql).fetch_one::<(i64,)>().await.unwrap();
        drop(tx);
        db.close().await;
        number
    }
}

/// Each scenario on both databases.
macro_rules! on_both {
    ($($name:ident)+) => {
        $(mod $name {
            #[test]
            fn sqlite() {
                crate::harness::blocking(async || super::scenarios::$name(super::Frozen::sqlite()).await);
            }

            #[test]
            fn postgres() {
                let Some(frozen) = super::Frozen::postgres() else { return };
                crate::harness::blocking(async || super::scenarios::$name(frozen).await);
            }
        })+
    };
}

on_both! {
    every_row_is_there_after_all_migrations
    every_link_opens
    every_mail_leaves
    nobody_comes_back_who_is_kept_out
    what_a_key_opens_is_what_its_line_says
}

#[test]
fn every_message_id_and_return_path_names_its_row() {
    let keys = Keyring::parse(&fs::read_to_string(fixtures().join("secret.key")).unwrap()).unwrap();
    for engine in ["sqlite", "postgres"] {
        let facts = fs::read_to_string(fixtures().join(engine).join("facts.json")).unwrap();
        let facts: Facts = serde_json::from_str(&facts).unwrap();
        let mut seen = 0;
        for token in &facts.tokens {
            let purpose = match token.purpose.as_str() {
                "m" => Purpose::Message,
                "b" => Purpose::Bounce,
                _ => continue,
            };
            seen += 1;
            let row = token.row.as_u64().unwrap();
            assert_eq!(keys.open(purpose, &token.token), Some(row), "{}", token.token);
            assert_eq!(keys.open(purpose, &token.token.to_uppercase()), Some(row), "{}", token.token);
        }
        assert!(seen > 150, "{seen}");
    }
}

mod scenarios {
    pub(super) use super::rotation::what_a_key_opens_is_what_its_line_says;
    use super::*;

    /// No migration loses a row.
    pub(super) async fn every_row_is_there_after_all_migrations(frozen: Frozen) {
        let db = Db::open(&frozen.url).await.unwrap();
        migrate::run(&db).await.unwrap();
        let mut tx = db.read().await.unwrap();
        for (table, &count) in &frozen.facts.counts {
            let text: &'static str = format!("SELECT COUNT(*) FROM {table}").leak();
            let (now,): (i64,) = tx.sql(text).fetch_one().await.unwrap();
            assert_eq!(now, count, "{table}");
        }
        drop(tx);
        db.close().await;
    }

    /// In the case in which it was mailed, and in the other.
    pub(super) async fn every_link_opens(frozen: Frozen) {
        let _server = frozen.serve();
        let mut seen = [0; 26];
        for token in &frozen.facts.tokens {
            let path = match token.purpose.as_str() {
                "m" | "b" => continue,
                letter => format!("/{letter}/"),
            };
            seen[usize::from(token.purpose.as_bytes()[0] - b'a')] += 1;
            for spelling in [token.token.clone(), token.token.to_uppercase()] {
                let page = frozen.get(&format!("{path}{spelling}")).await;
                let (status, text) = (page.status.as_u16(), page.text().to_owned());
                let place = format!("{path}{spelling} of {:?}: {status}\n{text}", token.reader);
                match (&token.reader, token.purpose.as_str()) {
                    // A page that belongs to the newsletter, and not the one for what was never a link.
                    (_, "n") => assert_eq!(status, 200, "{place}"),
                    // It opens for an hour, which is over.
                    (Some(_), "d") => assert!(matches!(status, 200 | 410), "{place}"),
                    (Some(reader), _) => {
                        assert!(matches!(status, 200 | 410), "{place}");
                        let reads = !frozen.facts.unsubscribed.contains(reader);
                        assert!(!reads || text.contains("The Week") || text.contains("Der Monat"), "{place}");
                    }
                    // Whose rows are erased: the link harms nobody, and leaving is still confirmed.
                    (None, _) => assert!(matches!(status, 200 | 404 | 410), "{place}"),
                }
                // Who reads still is shown their own page: the address is hinted at.
                if let (Some(reader), "p") = (&token.reader, token.purpose.as_str())
                    && !frozen.facts.unsubscribed.contains(reader)
                {
                    let domain = reader.rsplit_once('@').unwrap().1;
                    assert!(text.contains(&format!("@{domain}")), "{place}");
                }
            }
        }
        for letter in "cnupgasd".bytes() {
            assert!(seen[usize::from(letter - b'a')] > 0, "no link of the kind {}", char::from(letter));
        }
    }

    /// One click still ends the subscription of the reader whose mail it was in, and no other.
    pub(super) async fn every_mail_leaves(frozen: Frozen) {
        let _server = frozen.serve();
        let before = frozen.readers().await;
        let mut left = Vec::new();
        let readers = ["anna@example.net", "r7@reader0.example", "straße.müller@example.net", "moved@example.org"];
        for (at, reader) in readers.iter().enumerate() {
            let is_theirs = |token: &&Token| {
                token.purpose == "u" && token.reader.as_deref().is_some_and(|email| email.to_lowercase() == *reader)
            };
            let mut gone = 0;
            for token in frozen.facts.tokens.iter().filter(is_theirs) {
                // anna reads both newsletters, each of which has a link of its own.
                let spelling = if at % 2 == 0 { token.token.to_uppercase() } else { token.token.clone() };
                let answer = post(&format!("/u/{spelling}"))
                    .form(&[("List-Unsubscribe", "One-Click")])
                    .header("host", HOST)
                    .send_to(frozen.web)
                    .await
                    .unwrap();
                assert_eq!(answer.status.as_u16(), 200, "{reader}: {}", answer.text());
                gone += 1;
            }
            assert!(gone > 0, "{reader} was mailed no link");
            left.push(*reader);
        }
        assert_eq!(frozen.readers().await, before - i64::try_from(left.len()).unwrap());
        for reader in left {
            assert!(matches!(frozen.state_of(reader).as_str(), "left" | "unsubscribed"), "{reader}");
        }
    }

    /// Whatever the spelling: by hand, by an import, by the form.
    pub(super) async fn nobody_comes_back_who_is_kept_out(frozen: Frozen) {
        let facts = &frozen.facts;
        let migrated = frozen.coranto(&["migrate", "--no-backup"]);
        assert_eq!(migrated.status.code(), Some(0), "{}", migrated.stderr);
        let before = frozen.readers().await;
        let mut kept_out = Vec::new();
        for address in facts.suppressed.iter().chain(&facts.erased) {
            kept_out.push(address.clone());
            // Only the case that the program folds itself: what folding shall be otherwise is not frozen.
            let (local, domain) = address.rsplit_once('@').unwrap();
            kept_out.push(format!("{local}@{}", domain.to_ascii_uppercase()));
            if local.is_ascii() {
                kept_out.push(address.to_ascii_lowercase());
                kept_out.push(format!("{}@{domain}", local.to_ascii_uppercase()));
            }
        }
        for address in kept_out.iter().chain(&facts.unsubscribed) {
            let added = frozen.coranto(&["subscribers", "add", address, "--newsletter", "week"]);
            assert_eq!(added.status.code(), Some(4), "{address}: {}{}", added.stdout, added.stderr);
        }
        let csv = frozen.home.path().join("all.csv");
        let rows: String = kept_out.iter().chain(&facts.unsubscribed).map(|address| format!("{address}\n")).collect();
        fs::write(&csv, format!("email\n{rows}")).unwrap();
        let imported = frozen.coranto(&["subscribers", "import", "all.csv", "--newsletter", "week", "--yes"]);
        assert!(matches!(imported.status.code(), Some(0 | 3)), "{}", imported.stderr);
        assert_eq!(frozen.readers().await, before, "{}", imported.stdout);

        // Who was suppressed, or said "not me", gets no mail that a stranger asks for.
        let _server = frozen.serve();
        for address in facts.suppressed.iter().chain(&facts.refused) {
            let page = frozen.get("/week/subscribe").await;
            let stamp = crate::harness::visitor::hidden(page.text(), "stamp");
            let answer = post("/week/subscribe")
                .form(&[("email", address.as_str()), ("stamp", &stamp)])
                .header("host", HOST)
                .send_to(frozen.web)
                .await
                .unwrap();
            assert!(answer.status.is_redirection(), "{address}: {}", answer.status);
        }
        let mails = frozen.number("SELECT COUNT(*) FROM deliveries").await;
        assert_eq!(mails, facts.counts["deliveries"], "an email waits for somebody who is kept out");
    }
}
