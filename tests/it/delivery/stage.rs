//! A newsletter with readers, an issue and a sink: where the scenarios play. Time stands still until a scenario moves
//! it; only the engine's polling runs on the machine's clock.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::harness::patience::PATIENCE;
use crate::harness::{acts, newsletters};
use coranto::clock::{Clock, Timestamp};
use coranto::delivery::{Engine, EngineSettings, NewsletterSettings, RelaySettings, Timing};
use coranto::domain::actor::Actor;
use coranto::domain::address::EmailAddress;
use coranto::domain::delivery::{DeliveryKind, DeliveryState, Reason};
use coranto::domain::extra_header::ExtraHeaders;
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::quota::Quota;
use coranto::domain::return_path::ReturnPath;
use coranto::domain::{DeliveryId, IssueId, NewsletterId, RevisionId, SubscriptionId};
use coranto::signup::{self, ActionContext, UnsubscribeOutcome};
use coranto::smtp::{Connector, Endpoint, Sink, SinkHandle, SinkMessage, SinkOptions, TlsMode};
use coranto::store::deliveries::NewDelivery;
use coranto::store::issues::{Issue, NewIssue};
use coranto::store::ledger::{LedgerRow, Totals};
use coranto::store::revisions::NewRevision;
use coranto::store::subscribers::NewSubscriber;
use coranto::store::subscriptions::NewSubscription;
use coranto::store::{Db, StoreError, deliveries, issues, ledger, revisions, subscribers, subscriptions};
use coranto::telemetry::health::Health;
use coranto::token::Keyring;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A Friday, nine in the morning in Prague.
pub(crate) const START: Timestamp = Timestamp(1_795_766_400_000);

pub(crate) struct DeliveryFixture {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) keys: Keyring,
    pub(crate) newsletter: NewsletterId,
    pub(crate) sink: SinkHandle,
    pub(crate) settings: EngineSettings,
}

/// An engine at work; stop it, or it is dropped like a process that is killed.
pub(crate) struct Running {
    pub(crate) health: Arc<Health>,
    stop: CancellationToken,
    tasks: JoinSet<Result<(), StoreError>>,
    db: Db,
    clock: Clock,
}

impl Running {
    /// Soft stop: what is on the wire is finished, and nothing is left over.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = tokio::time::timeout(PATIENCE, self.tasks.join_next()).await.expect("the engine stops")
        {
            ended.unwrap().unwrap();
        }
        let sql = "SELECT COUNT(*) FROM deliveries d JOIN workers w ON w.id = d.claimed_by
                   WHERE d.state IN ('claimed', 'in_flight') AND w.lease_until <= $1";
        let mut tx = self.db.read().await.unwrap();
        let (left,): (i64,) = tx.sql(sql).bind(self.clock.now()).fetch_one().await.unwrap();
        assert_eq!(left, 0, "rows are left with an engine that has stopped");
    }

    /// Ends the engine between two instructions, as `kill -9` would.
    pub(crate) async fn kill(mut self) {
        self.tasks.shutdown().await;
    }
}

impl DeliveryFixture {
    pub(crate) async fn new(db: Db) -> Self {
        Self::with_sink(db, SinkOptions { keep: true, ..SinkOptions::default() }).await
    }

    pub(crate) async fn with_sink(db: Db, options: SinkOptions) -> Self {
        let keys = Keyring::parse(&format!("1:{}", "07".repeat(32))).unwrap();
        let sink = Sink::start(options).await.unwrap();
        let mut settings = EngineSettings::new("https://news.example.org", keys.clone());
        settings.newsletters = vec![sends(newsletter())];
        settings.relays = vec![relay("main", &sink)];
        settings.timing = Timing {
            poll: Duration::from_millis(10),
            heartbeat: Duration::from_millis(50),
            idle: Duration::from_millis(300),
            backoff: Duration::from_millis(50),
            backoff_max: Duration::from_millis(200),
            ..Timing::default()
        };
        let newsletter =
            db.write(async |tx| coranto::store::newsletters::ensure(tx, "week", START).await).await.unwrap();
        Self { db, clock: Clock::fixed(START), keys, newsletter, sink, settings }
    }

    /// Adds active readers, `LOCAL@example.net` each; a name with an `@` is a whole address. All in one commit.
    pub(crate) async fn readers<S: AsRef<str>>(&self, locals: &[S]) {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                for local in locals {
                    let email: EmailAddress = address(local.as_ref()).parse().unwrap();
                    let person = NewSubscriber {
                        address_hash: self.keys.address_hash(&email.key()),
                        former_hash: None,
                        quota_hash: self.keys.address_hash(&email.mailbox_key()),
                        name: None,
                        email,
                    };
                    let subscriber = subscribers::ensure(tx, &person, now).await?.id;
                    let new =
                        NewSubscription { newsletter: self.newsletter, subscriber, language: None, source: "test" };
                    let id = subscriptions::ensure(tx, &new, now).await?.id;
                    assert!(
                        subscriptions::activate(tx, id, &acts::entry(now)).await?,
                        "{} is there already",
                        local.as_ref()
                    );
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
    }

    /// Adds so many readers: `reader0`, `reader1`, ...
    pub(crate) async fn crowd(&self, readers: usize) -> Vec<String> {
        let locals: Vec<String> = (0..readers).map(|number| format!("reader{number}")).collect();
        self.readers(&locals).await;
        locals
    }

    /// The subscription of a reader.
    pub(crate) async fn subscription(&self, local: &str) -> SubscriptionId {
        let mut tx = self.db.read().await.unwrap();
        let found = subscriptions::find(&mut tx, self.newsletter, &address(local)).await.unwrap();
        found.unwrap().id
    }

    /// A reader leaves; when this returns they were told so.
    pub(crate) async fn leaves(&self, local: &str) {
        let id = self.subscription(local).await;
        assert!(
            matches!(signup::leave(&self.db, id, &self.act()).await.unwrap(), UnsubscribeOutcome::Left(_)),
            "{local}"
        );
    }

    /// What no verb of the program does.
    pub(crate) async fn execute(&self, sql: &'static str) -> u64 {
        self.db.write(async |tx| tx.sql(sql).execute().await).await.unwrap()
    }

    pub(crate) fn act(&self) -> ActionContext {
        ActionContext {
            now: self.clock.now(),
            actor: Actor::Reader,
            client: None,
            source: "test".to_owned(),
            wording: "",
        }
    }

    /// An issue that is going out to everybody there is now.
    pub(crate) async fn issue(&self, slug: &str) -> IssueId {
        let now = self.clock.now();
        let revision = self.revision(slug, "first").await;
        self.db
            .write(async |tx| {
                let new = NewIssue {
                    newsletter: self.newsletter,
                    slug,
                    title: slug,
                    state: IssueState::Sending,
                    revision,
                    due_at: Some(now),
                    on_slot: false,
                    beside: false,
                    note: "",
                };
                let issue = issues::insert(tx, &new, acts::by(now)).await?.expect("the slug is new");
                ledger::freeze(tx, issue, self.newsletter, now).await?;
                Ok::<_, StoreError>(issue)
            })
            .await
            .unwrap()
    }

    /// Content of an issue whose text says `word`.
    pub(crate) async fn revision(&self, slug: &str, word: &str) -> RevisionId {
        let link = "\u{E000}unsubscribe_url\u{E001}";
        let new = NewRevision {
            kind: DeliveryKind::Issue,
            slug: Some(slug.to_owned()),
            title: slug.to_owned(),
            subject: format!("An issue about {slug}"),
            preheader: String::new(),
            language: "en".to_owned(),
            html: format!(
                "<!DOCTYPE html><html lang=\"en\"><body><p>{word}</p><a href=\"{link}\">Unsubscribe</a></body></html>"
            ),
            plain: format!("{word}\r\n\r\nUnsubscribe: {link}\r\n"),
            source: String::new(),
        };
        let now = self.clock.now();
        self.db.write(async |tx| revisions::ensure(tx, self.newsletter, &new, now).await).await.unwrap()
    }

    /// A transactional mail is to go to `LOCAL@example.net`.
    pub(crate) async fn add_proof(&self, local: &str) {
        let new = NewRevision {
            kind: DeliveryKind::Test,
            slug: None,
            title: "A proof".to_owned(),
            subject: "A proof".to_owned(),
            preheader: String::new(),
            language: "en".to_owned(),
            html: "<!DOCTYPE html><html lang=\"en\"><body><p>A proof</p></body></html>".to_owned(),
            plain: "A proof\r\n".to_owned(),
            source: String::new(),
        };
        let (now, to) = (self.clock.now(), address(local));
        self.db
            .write(async |tx| {
                let revision = revisions::ensure(tx, self.newsletter, &new, now).await?;
                let new =
                    NewDelivery { subscription: None, recipient: Some(&to), revision, request: None, due_at: now };
                deliveries::add(tx, &new).await
            })
            .await
            .unwrap();
    }

    /// An issue that goes to readers named `prefix0`, `prefix1`, ... alone, who are added for it.
    pub(crate) async fn issue_to(&self, slug: &str, prefix: &str, readers: usize) -> IssueId {
        self.execute("UPDATE subscriptions SET state = 'paused' WHERE state = 'active'").await;
        self.readers(&(0..readers).map(|number| format!("{prefix}{number}")).collect::<Vec<_>>()).await;
        let issue = self.issue(slug).await;
        self.execute("UPDATE subscriptions SET state = 'active' WHERE state = 'paused'").await;
        issue
    }

    /// Runs an engine until an issue is sent, then stops it softly. Nothing is left in its hands, of whatever issue.
    pub(crate) async fn finish(&self, issue: IssueId) -> Totals {
        let running = self.start();
        self.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let mut tx = self.db.read().await.unwrap();
        let sql = "SELECT id, state, claimed_by FROM deliveries WHERE state IN ('claimed', 'in_flight') OR
                   state IN ('pending', 'sent', 'failed', 'skipped') AND claimed_by IS NOT NULL ORDER BY id LIMIT 8";
        let left: Vec<(i64, String, Option<i64>)> = tx.sql(sql).fetch_all().await.unwrap();
        assert_eq!(left, [], "the engine left rows behind");
        drop(tx);
        self.totals(issue).await
    }

    /// For scenarios whose clock goes in leaps: no lease ends by them, and they are no absence.
    pub(crate) fn bear_leaps(&mut self) {
        self.settings.timing.lease = Duration::from_secs(30 * 24 * 3600);
        self.settings.timing.grace = Duration::from_secs(30 * 24 * 3600);
    }

    pub(crate) fn start(&self) -> Running {
        self.start_with(self.settings.clone())
    }

    pub(crate) fn start_with(&self, settings: EngineSettings) -> Running {
        self.start_on(self.db.clone(), settings)
    }

    /// On connections of its own, as another process would be.
    pub(crate) fn start_on(&self, db: Db, settings: EngineSettings) -> Running {
        let engine = Arc::new(Engine::new(db, self.clock.clone(), settings));
        let health = engine.health();
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let token = stop.clone();
        tasks.spawn(async move { engine.run(token).await });
        Running { health, stop, tasks, db: self.db.clone(), clock: self.clock.clone() }
    }

    /// Runs an engine until the totals of `issue` satisfy `enough`, then stops it softly. Returns them as they are then.
    pub(crate) async fn run_until(&self, issue: IssueId, enough: impl Fn(&Totals) -> bool) -> Totals {
        let running = self.start();
        self.wait_until(issue, enough).await;
        running.stop().await;
        self.totals(issue).await
    }

    pub(crate) async fn wait_until(&self, issue: IssueId, enough: impl Fn(&Totals) -> bool) {
        let waiting = async {
            while !enough(&self.totals(issue).await) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("still {:?}", self.totals(issue).await);
        }
    }

    /// Waits until the log has an event of this kind.
    pub(crate) async fn wait_for_event(&self, kind: &str) {
        let waiting = async {
            while !self.events().await.iter().any(|(found, _)| found == kind) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("no {kind} in {:?}", self.events().await);
        }
    }

    /// Kind and data of every event of delivery, oldest first.
    pub(crate) async fn events(&self) -> Vec<(String, String)> {
        let mut tx = self.db.read().await.unwrap();
        let sql = "SELECT kind, data FROM events WHERE actor = 'scheduler' OR actor LIKE 'relay:%' ORDER BY id";
        tx.sql(sql).fetch_all().await.unwrap()
    }

    /// Waits until an issue is in `state`.
    pub(crate) async fn wait_for_state(&self, issue: IssueId, state: IssueState) {
        let waiting = async {
            while self.get(issue).await.state != state {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            let open = self.open_rows(issue).await;
            panic!("still {}: {:?}, {open:?}", self.get(issue).await.state, self.totals(issue).await);
        }
    }

    /// The rows that are not settled, as the ledger has them: what a test says when it has waited in vain.
    async fn open_rows(&self, issue: IssueId) -> Vec<(i64, String, Option<i64>, Option<i64>)> {
        let mut tx = self.db.read().await.unwrap();
        let sql = "SELECT id, state, claimed_by, due_at FROM deliveries
                   WHERE issue_id = $1 AND state IN ('pending', 'claimed', 'in_flight', 'uncertain') ORDER BY id LIMIT 8";
        tx.sql(sql).bind(issue).fetch_all().await.unwrap()
    }

    pub(crate) async fn get(&self, issue: IssueId) -> Issue {
        issues::get(&mut self.db.read().await.unwrap(), issue).await.unwrap().unwrap()
    }

    pub(crate) async fn totals(&self, issue: IssueId) -> Totals {
        ledger::totals(&mut self.db.read().await.unwrap(), issue).await.unwrap()
    }

    /// All rows of an issue.
    pub(crate) async fn rows(&self, issue: IssueId) -> Vec<LedgerRow> {
        let mut tx = self.db.read().await.unwrap();
        ledger::rows(&mut tx, issue, &[], DeliveryId(0), 100_000).await.unwrap()
    }

    /// The one row of a reader.
    pub(crate) async fn row(&self, issue: IssueId, local: &str) -> LedgerRow {
        let wanted = address(local);
        self.rows(issue).await.into_iter().find(|row| row.email.as_deref() == Some(&wanted)).unwrap()
    }

    /// Waits until the row of a reader was tried so often and is in nobody's hands.
    pub(crate) async fn wait_for_tries(&self, issue: IssueId, local: &str, tries: i64) -> LedgerRow {
        let waiting = async {
            loop {
                let row = self.row(issue, local).await;
                if row.attempts >= tries && !matches!(row.state, DeliveryState::Claimed | DeliveryState::InFlight) {
                    return row;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(row) => row,
            Err(_) => panic!("still {:?}", self.row(issue, local).await),
        }
    }

    /// Moves the clock to when the row of a reader is due.
    pub(crate) async fn advance_to(&self, issue: IssueId, local: &str) {
        let due_at = self.row(issue, local).await.due_at.unwrap();
        self.clock.advance(due_at.since(self.clock.now()));
    }

    /// State, tries and reason of one row.
    pub(crate) async fn standing(&self, issue: IssueId, local: &str) -> (DeliveryState, i64, Option<Reason>) {
        let row = self.row(issue, local).await;
        (row.state, row.attempts, row.reason)
    }

    /// What the sink took for a reader.
    pub(crate) fn mails(&self, local: &str) -> Vec<SinkMessage> {
        mails(&self.sink, local)
    }

    /// Every reader of an issue whose row is `sent` has exactly one mail, and nobody else has any.
    pub(crate) async fn assert_once(&self, issue: IssueId) {
        let mut mails: HashMap<String, usize> = HashMap::new();
        for message in self.sink.messages() {
            *mails.entry(message.to[0].clone()).or_default() += 1;
        }
        for row in self.rows(issue).await {
            let got = mails.get(row.email.as_deref().unwrap()).copied().unwrap_or_default();
            assert_eq!(got, usize::from(row.state == DeliveryState::Sent), "{row:?}");
        }
    }
}

/// What a sink took for a reader.
pub(crate) fn mails(sink: &SinkHandle, local: &str) -> Vec<SinkMessage> {
    let wanted = address(local);
    sink.messages().into_iter().filter(|message| message.to == [wanted.clone()]).collect()
}

/// The address of a reader.
fn address(local: &str) -> String {
    if local.contains('@') { local.to_owned() } else { format!("{local}@example.net") }
}

pub(crate) fn newsletter() -> Newsletter {
    Newsletter {
        time_zone: jiff::tz::TimeZone::get("Europe/Prague").unwrap(),
        slots: vec!["Fri 09:00".parse().unwrap()],
        return_path: Some(ReturnPath::at("bounce.news.example.org")),
        ..newsletters::newsletter("week", "The Week", "week@news.example.org")
    }
}

/// A newsletter that every relay carries.
pub(crate) fn sends(newsletter: Newsletter) -> NewsletterSettings {
    let extra_headers = ExtraHeaders::default();
    NewsletterSettings { newsletter, signers: Vec::new(), relays: Vec::new(), extra_headers }
}

/// The way to `sink`.
pub(crate) fn endpoint(sink: &SinkHandle) -> Endpoint {
    endpoint_at(sink.addr())
}

/// The way to whatever listens there.
pub(crate) fn endpoint_at(address: SocketAddr) -> Endpoint {
    Endpoint {
        host: address.ip().to_string(),
        port: address.port(),
        tls: TlsMode::None,
        ca_file: None,
        username: None,
        password: None,
        helo: "news.example.org".to_owned(),
        allow_plaintext: false,
    }
}

/// A relay that leads to `sink`.
pub(crate) fn relay(name: &str, sink: &SinkHandle) -> RelaySettings {
    relay_to(name, endpoint(sink))
}

pub(crate) fn relay_to(name: &str, endpoint: Endpoint) -> RelaySettings {
    RelaySettings {
        name: name.to_owned(),
        connector: Arc::new(Connector::new(endpoint).unwrap()),
        connections: 4,
        messages_per_connection: 100,
        connection_age_max: Duration::from_secs(300),
        rate_per_minute: None,
        quota: Quota::default(),
        weight: 1,
        signs: true,
        dsn: true,
        unsigned_headers: Vec::new(),
        extra_headers: ExtraHeaders::default(),
        provider: None,
    }
}
