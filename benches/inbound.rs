//! What it costs to read an email that came back, to keep what a provider tells, to settle it, and to list it. Run with
//! `cargo bench --bench inbound`; `items` are emails, events or notices a second on one core.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coranto::clock::Timestamp;
use coranto::domain::IssueId;
use coranto::domain::cause::Cause;
use coranto::domain::hook::{Hook, MailService};
use coranto::domain::notice::Effect;
use coranto::domain::policy::Policy;
use coranto::domain::storm::{BrakeBound, Brakes};
use coranto::https::{Fetch, Fetching, Unheard};
use coranto::inbound::Intake;
use coranto::inbound::hooks::{HookDoor, HookOutcome, HookSettings};
use coranto::inbound::read::read;
use coranto::secret::Secret;
use coranto::store::notices::{self, NoticeFilter};
use coranto::store::{Db, StoreError, migrate};
use coranto::token::{Keyring, Mark, Purpose};
use divan::counter::ItemsCount;
use hyper::HeaderMap;
use serde_json::json;
use tokio::runtime::Runtime;

const HOUR: Duration = Duration::from_secs(3600);
const SYSTEMS: &str = include_str!("../tests/fixtures/returned/systems.txt");

fn main() {
    divan::main();
}

/// One report of each system, with a copy of 4 KB.
fn reports() -> Vec<Vec<u8>> {
    let copy = format!(
        "Message-ID: <1@example.com>\nFrom: news@example.com\nTo: anna@example.org\nSubject: A week\n\n{}",
        "A line of text, as letters have them.\n".repeat(100)
    );
    let forms = SYSTEMS.split("\n== ").skip(1).filter_map(|system| system.split_once('\n'));
    let filled = forms.map(|(_, form)| {
        form.replace("{to}", "anna@example.org")
            .replace("{reply}", "550 5.1.1 Recipient address rejected: User unknown")
            .replace("{code}", "550")
            .replace("{status}", "5.1.1")
            .replace("{text}", "User unknown")
            .replace("{copy}", &copy)
            .replace('\n', "\r\n")
            .into_bytes()
    });
    filled.collect()
}

#[divan::bench]
fn read_reports(bencher: divan::Bencher<'_, '_>) {
    let reports = reports();
    bencher.counter(ItemsCount::new(reports.len())).bench_local(|| {
        for report in &reports {
            divan::black_box(read(divan::black_box(report)));
        }
    });
}

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const SECRET: &str = "a secret of a provider";
const EVENTS: usize = 10_000;
const IN_A_REQUEST: usize = 500;

/// Asks nobody.
struct Nowhere;

impl Fetch for Nowhere {
    fn fetch<'a>(&'a self, _url: &'a url::Url, _bytes_max: usize) -> Fetching<'a> {
        Box::pin(async { Err(Unheard::Late) })
    }
}

/// A hook, and requests that tell of every email of an issue.
struct Told {
    db: Db,
    door: HookDoor,
    requests: Vec<(HeaderMap, Vec<u8>)>,
    _folder: tempfile::TempDir,
}

/// An issue that was sent to as many readers as there are events.
const ISSUE: [&str; 4] = [
    "INSERT INTO newsletters (id, slug, created_at) VALUES (1, 'week', 0)",
    "INSERT INTO subscribers (id, email, email_key, address_hash, quota_hash, created_at)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
     SELECT i, 'r' || i || '@example.net', 'r' || i || '@example.net', CAST(i AS BLOB), CAST(i AS BLOB), 0 FROM n",
    "INSERT INTO subscriptions (id, newsletter_id, subscriber_id, state, source, created_at, mark)
     SELECT id, 1, id, 'active', 'bench', 0, id FROM subscribers",
    "INSERT INTO deliveries (id, issue_id, subscription_id, state, attempts, first_at, final_at, relay)
     SELECT id, 1, id, 'sent', 1, 1794999999000, 1794999999000, 'main' FROM subscriptions",
];

/// A database with these rows, and the folder that it is in.
fn database(runtime: &Runtime, rows: &[&'static str]) -> (Db, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("there is room for a database");
    let url = format!("sqlite://{}", folder.path().join("coranto.db").display());
    let db = runtime.block_on(async {
        let db = Db::open(&url).await.expect("the database opens");
        migrate::run(&db).await.expect("the schema is made");
        db.write(async |tx| {
            for sql in rows {
                tx.sql(*sql).execute().await?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .expect("the rows are written");
        db
    });
    (db, folder)
}

fn told(runtime: &Runtime) -> Told {
    let keys = Keyring::parse(&Keyring::generate()).expect("the keys are well-formed");
    let (db, folder) = database(runtime, &ISSUE);
    let event = |number: i64| {
        let mark = Mark::of_mail(number, Some(Mark(number)), Some(1));
        json!({
            "id": number.to_string(),
            "type": "bounce",
            "recipient": format!("r{number}@example.net"),
            "token": keys.seal_row(Purpose::Message, number.cast_unsigned(), Some(mark)),
            "status": "5.1.1",
            "diagnostic": "550 5.1.1 Recipient address rejected: User unknown",
        })
    };
    let numbers: Vec<i64> = (1..).take(EVENTS).collect();
    let requests = numbers.chunks(IN_A_REQUEST).map(|some| signed(&some.iter().map(|number| event(*number)).collect()));
    let requests = requests.collect();
    let hook = Hook {
        name: "bench".to_owned(),
        provider: MailService::Generic,
        topics: Vec::new(),
        public_key: None,
        secret: Some(Secret::new(SECRET)),
        login: None,
    };
    let intake = Intake::new(db.clone(), keys, HOUR);
    let settings = vec![HookSettings { hook, relays: Vec::new() }];
    Told { db, door: HookDoor::new(settings, intake, Arc::new(Nowhere)), requests, _folder: folder }
}

impl Told {
    async fn tell(&self) {
        for (headers, body) in &self.requests {
            let outcome = self.door.take("bench", headers.clone(), body.clone(), NOW).await;
            assert_eq!(outcome.expect("the database answers"), HookOutcome::Kept);
        }
    }
}

fn signed(events: &serde_json::Value) -> (HeaderMap, Vec<u8>) {
    let (body, seconds) = (events.to_string(), (NOW.0 / 1000).to_string());
    let message = format!("1.{seconds}.{body}");
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), message.as_bytes());
    let mut headers = HeaderMap::new();
    for (name, value) in
        [("id", "1"), ("timestamp", &seconds), ("signature", &format!("v1,{}", STANDARD.encode(signature)))]
    {
        let name: hyper::header::HeaderName = format!("webhook-{name}").parse().expect("it is a name");
        headers.insert(name, value.parse().expect("it is a value"));
    }
    (headers, body.into_bytes())
}

/// Ten thousand bounces, five hundred in a request, from the body of the request to the commit.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn hooks(bencher: divan::Bencher<'_, '_>) {
    let runtime = Runtime::new().expect("a runtime starts");
    bencher.counter(ItemsCount::new(EVENTS)).with_inputs(|| told(&runtime)).bench_local_values(|told| {
        runtime.block_on(told.tell());
        told
    });
}

/// Ten thousand bounces are settled, and each address is suppressed: the dearest thing that can follow.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn settlement(bencher: divan::Bencher<'_, '_>) {
    let runtime = Runtime::new().expect("a runtime starts");
    let all = BrakeBound { addresses: u32::MAX, percent: 100 };
    let policy = Policy { brakes: Brakes { issue: all, list: all }, ..Policy::default() };
    let waiting = || {
        let told = told(&runtime);
        runtime.block_on(told.tell());
        told
    };
    bencher.counter(ItemsCount::new(EVENTS)).with_inputs(waiting).bench_local_values(|told| {
        let settled = runtime.block_on(coranto::inbound::settle(&told.db, None, &policy, NOW.plus(HOUR)));
        assert_eq!(settled.expect("the database answers").suppressed, EVENTS as u64);
        told
    });
}

/// A million notices of a hundred issues, every hundredth of which suppressed somebody.
const NOTICES: &str = "INSERT INTO notices (received_at, source, fingerprint, kind, cause, certainty, evidence, delivery_id,
         issue_id, newsletter_id, subscription_id, address_hash, relay, destination, status, diagnostic, rule, effect)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
     SELECT 1794000000000 + i, 'listener', CAST('f' || i AS BLOB), 'bounce', CASE WHEN i % 7 = 0 THEN 'no_mailbox' ELSE 'full' END,
         'certain', 'sealed', i, 1 + i / 10000, 1, 1 + i % 10000, CAST(1 + i % 10000 AS BLOB), 'main', 'other', '5.1.1',
         '550 5.1.1 Recipient address rejected: User unknown', 'words', CASE WHEN i % 100 = 0 THEN 'suppressed' ELSE 'counted' END
     FROM n";

/// The first page of `coranto bounces list`, as it is and by each of its filters.
#[divan::bench(sample_count = 100, sample_size = 1, args = ["all", "issue", "cause", "effect", "nothing"])]
fn list_of_a_million(bencher: divan::Bencher<'_, '_>, by: &str) {
    let runtime = Runtime::new().expect("a runtime starts");
    let (db, _folder) = database(&runtime, &[ISSUE[0], ISSUE[1], ISSUE[2], NOTICES]);
    let filter = match by {
        "issue" => NoticeFilter { issue: Some(IssueId(3)), ..NoticeFilter::default() },
        "cause" => NoticeFilter { cause: Some(Cause::NoMailbox), ..NoticeFilter::default() },
        "effect" => NoticeFilter { effect: Some(Effect::Suppressed), ..NoticeFilter::default() },
        // No page is filled by what is not there.
        "nothing" => NoticeFilter { effect: Some(Effect::Odd), ..NoticeFilter::default() },
        _ => NoticeFilter::default(),
    };
    bencher.bench_local(|| {
        let page = async { notices::page(&mut db.read().await.expect("a reader is free"), &filter, 50).await };
        runtime.block_on(page).expect("the database answers")
    });
}
