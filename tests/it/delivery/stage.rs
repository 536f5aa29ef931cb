//! A newsletter with readers, an issue and a sink: where the scenarios play. Time stands still until a scenario moves
//! it; only the engine's polling runs on the machine's clock.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use coranto::clock::{Clock, Timestamp};
use coranto::delivery::{Engine, NewsletterSettings, RelaySettings, Settings, Timing};
use coranto::domain::address::EmailAddress;
use coranto::domain::delivery::{DeliveryKind, DeliveryState, RETRY_FOR, Reason};
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::{Mailbox, Newsletter, UncertainPolicy};
use coranto::domain::{DeliveryId, IssueId, NewsletterId, RevisionId};
use coranto::signup::{self, Act, Added, NewReader};
use coranto::smtp::{Connector, Endpoint, Sink, SinkHandle, SinkMessage, SinkOptions, TlsMode};
use coranto::store::issues::{Issue, NewIssue};
use coranto::store::ledger::{Row, Totals};
use coranto::store::revisions::NewRevision;
use coranto::store::{Db, StoreError, issues, ledger, newsletters, revisions};
use coranto::token::Keyring;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A Friday, nine in the morning in Prague.
pub(crate) const START: Timestamp = Timestamp(1_795_766_400_000);
/// Longer than any scenario takes; a scenario that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Stage {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) keys: Keyring,
    pub(crate) newsletter: NewsletterId,
    pub(crate) sink: SinkHandle,
    pub(crate) settings: Settings,
}

/// An engine at work; stop it, or it is dropped like a process that is killed.
pub(crate) struct Running {
    stop: CancellationToken,
    tasks: JoinSet<Result<(), StoreError>>,
}

impl Running {
    /// Soft stop: what is on the wire is finished.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap().unwrap();
        }
    }

    /// Ends the engine between two instructions, as `kill -9` would.
    pub(crate) async fn kill(mut self) {
        self.tasks.shutdown().await;
    }
}

impl Stage {
    pub(crate) async fn new(db: Db) -> Self {
        Self::with_sink(db, SinkOptions { keep: true, ..SinkOptions::default() }).await
    }

    pub(crate) async fn with_sink(db: Db, options: SinkOptions) -> Self {
        let keys = Keyring::parse(&format!("1:{}", "07".repeat(32))).unwrap();
        let sink = Sink::start(options).await.unwrap();
        let mut settings = Settings::new("https://news.example.org", keys.clone());
        settings.newsletters = vec![NewsletterSettings { newsletter: newsletter(), signers: Vec::new() }];
        settings.relays = vec![relay("main", &sink)];
        settings.timing = Timing {
            poll: Duration::from_millis(10),
            idle: Duration::from_millis(300),
            backoff: Duration::from_millis(50),
            backoff_max: Duration::from_millis(200),
            ..Timing::default()
        };
        let newsletter = db.write(async |tx| newsletters::ensure(tx, "week", START).await).await.unwrap();
        Self { db, clock: Clock::fixed(START), keys, newsletter, sink, settings }
    }

    /// Adds active readers, `LOCAL@example.net` each.
    pub(crate) async fn readers(&self, locals: &[&str]) {
        for local in locals {
            let email: EmailAddress = format!("{local}@example.net").parse().unwrap();
            let reader = NewReader { email, name: None, language: None };
            let added = signup::add(&self.db, &self.keys, self.newsletter, &reader, &self.act()).await.unwrap();
            assert!(matches!(added, Added::Active(_)), "{local}: {added:?}");
        }
    }

    pub(crate) fn act(&self) -> Act {
        Act { now: self.clock.now(), actor: "test", client: None, source: "test".to_owned(), wording: "" }
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
                    note: "",
                };
                let issue = issues::insert(tx, &new, now).await?.expect("the slug is new");
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

    pub(crate) fn start(&self) -> Running {
        self.start_with(self.settings.clone())
    }

    pub(crate) fn start_with(&self, settings: Settings) -> Running {
        let engine = Arc::new(Engine::new(self.db.clone(), self.clock.clone(), settings));
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let token = stop.clone();
        tasks.spawn(async move { engine.run(token).await });
        Running { stop, tasks }
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
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("still {:?}", self.totals(issue).await);
        }
    }

    /// Waits until an issue is in `state`.
    pub(crate) async fn wait_for_state(&self, issue: IssueId, state: IssueState) {
        let waiting = async {
            while self.get(issue).await.state != state {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("still {}", self.get(issue).await.state);
        }
    }

    pub(crate) async fn get(&self, issue: IssueId) -> Issue {
        issues::get(&mut self.db.read().await.unwrap(), issue).await.unwrap().unwrap()
    }

    pub(crate) async fn totals(&self, issue: IssueId) -> Totals {
        ledger::totals(&mut self.db.read().await.unwrap(), issue).await.unwrap()
    }

    /// The one row of `local@example.net`.
    pub(crate) async fn row(&self, issue: IssueId, local: &str) -> Row {
        let mut tx = self.db.read().await.unwrap();
        let rows = ledger::rows(&mut tx, issue, None, DeliveryId(0), 10_000).await.unwrap();
        let wanted = format!("{local}@example.net");
        rows.into_iter().find(|row| row.email.as_deref() == Some(&wanted)).unwrap()
    }

    /// State, tries and reason of one row.
    pub(crate) async fn standing(&self, issue: IssueId, local: &str) -> (DeliveryState, i64, Option<Reason>) {
        let row = self.row(issue, local).await;
        (row.state, row.attempts, row.reason)
    }

    /// What the sink took for `local@example.net`.
    pub(crate) fn mails(&self, local: &str) -> Vec<SinkMessage> {
        let wanted = format!("{local}@example.net");
        self.sink.messages().into_iter().filter(|message| message.to == [wanted.clone()]).collect()
    }
}

pub(crate) fn newsletter() -> Newsletter {
    Newsletter {
        slug: "week".to_owned(),
        name: "The Week".to_owned(),
        from: Mailbox { name: "The Week".to_owned(), address: "week@news.example.org".parse().unwrap() },
        reply_to: None,
        postal_address: "1 Example Street, 10000 Example".to_owned(),
        language: "en".to_owned(),
        time_zone: jiff::tz::TimeZone::get("Europe/Prague").unwrap(),
        slots: vec!["Fri 09:00".parse().unwrap()],
        grace: Duration::from_secs(6 * 3600),
        issues: PathBuf::from("issues"),
        bounce_domain: Some("bounce.news.example.org".to_owned()),
        list_id: "week.news.example.org".to_owned(),
        allow_html: false,
        uncertain: UncertainPolicy::Resend,
        retry_for: RETRY_FOR,
    }
}

/// A relay that leads to `sink`.
pub(crate) fn relay(name: &str, sink: &SinkHandle) -> RelaySettings {
    let endpoint = Endpoint {
        host: sink.addr().ip().to_string(),
        port: sink.addr().port(),
        tls: TlsMode::None,
        ca_file: None,
        username: None,
        password: None,
        helo: "news.example.org".to_owned(),
        allow_plaintext: false,
    };
    RelaySettings {
        name: name.to_owned(),
        connector: Arc::new(Connector::new(endpoint).unwrap()),
        connections: 4,
        messages_per_connection: 100,
        connection_age_max: Duration::from_secs(300),
        rate_per_minute: None,
        weight: 1,
        signs: true,
        unsigned_headers: Vec::new(),
    }
}
