//! A newsletter with a folder of issues and readers: where the tests of publishing play. Time is what a test says.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, UNIX_EPOCH};

use coranto::clock::Timestamp;
use coranto::domain::actor::Actor;
use coranto::domain::address::EmailAddress;
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::{IssueId, NewsletterId};
use coranto::images::ImageCache;
use coranto::publishing::follow::FileWatcher;
use coranto::publishing::notice::FollowNotice;
use coranto::publishing::{
    IssueFolder, Publisher, QueueError, QueueOptions, Queued, Renderer, Source, SourceError, Started, When, start_due,
    unschedule,
};
use coranto::signup::{self, ActionContext, Added, NewReader};
use coranto::store::db::Sql;
use coranto::store::issues::Issue;
use coranto::store::ledger::Totals;
use coranto::store::{Db, StoreError, events, issues, ledger, newsletters, revisions};
use coranto::templates::Templates;
use coranto::token::Keyring;
use tempfile::TempDir;

use crate::delivery::stage;

/// A Wednesday; the newsletter's slot is Friday at nine in Prague.
pub(crate) const WEDNESDAY: &str = "2026-11-25T10:00:00Z";
pub(crate) const FRIDAY: &str = "2026-11-27T08:00:00Z";
pub(crate) const FRIDAY_AFTER: &str = "2026-12-04T08:00:00Z";
pub(crate) const THIRD_FRIDAY: &str = "2026-12-11T08:00:00Z";
pub(crate) const PUBLIC_URL: &str = "https://news.example.org";

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::from_jiff(text.parse().unwrap())
}

/// Cheap to clone, so that tasks may have their own.
#[derive(Clone)]
pub(crate) struct PublishingFixture {
    pub(crate) db: Db,
    pub(crate) now: Timestamp,
    pub(crate) newsletter: Newsletter,
    pub(crate) id: NewsletterId,
    pub(crate) templates: Arc<Templates>,
    pub(crate) gallery: Arc<ImageCache>,
    pub(crate) folder: Arc<TempDir>,
}

impl PublishingFixture {
    pub(crate) async fn new(db: Db) -> Self {
        let folder = tempfile::Builder::new().prefix("coranto-issues-").tempdir().unwrap();
        let now = at(WEDNESDAY);
        let mut newsletters = [Newsletter { issues: folder.path().to_owned(), ..stage::newsletter() }];
        db.write(async |tx| newsletters::register(tx, &mut newsletters, now).await).await.unwrap();
        let [newsletter] = newsletters;
        let id = newsletter.id;
        let templates = Arc::new(Templates::embedded().unwrap());
        Self { db, now, newsletter, id, templates, gallery: Arc::default(), folder: Arc::new(folder) }
    }

    /// Another newsletter of the same installation, in the same folder.
    pub(crate) async fn other(&self, slug: &str) -> Self {
        let id = self.db.write(async |tx| newsletters::ensure(tx, slug, self.now).await).await.unwrap();
        let newsletter = Newsletter { id, slug: slug.to_owned(), ..self.newsletter.clone() };
        Self { newsletter, id, ..self.clone() }
    }

    /// The same newsletter, at another time.
    pub(crate) fn at(&self, now: &str) -> Self {
        Self { now: at(now), ..self.clone() }
    }

    pub(crate) fn renderer(&self) -> Renderer<'_> {
        let Self { newsletter, templates, gallery, .. } = self;
        Renderer { newsletter, public_url: PUBLIC_URL, templates, gallery }
    }

    /// What Anna publishes with.
    pub(crate) fn publisher(&self) -> Publisher<'_> {
        static ANNA: LazyLock<Actor> = LazyLock::new(|| Actor::Command("anna".to_owned()));
        Publisher { renderer: self.renderer(), db: &self.db, actor: &ANNA, now: self.now }
    }

    /// What the scheduler publishes with.
    pub(crate) fn scheduler(&self) -> Publisher<'_> {
        Publisher { actor: &Actor::Scheduler, ..self.publisher() }
    }

    /// A file of the folder as an issue.
    pub(crate) fn read(&self, name: &str) -> Result<Source, SourceError> {
        IssueFolder::of(&self.newsletter).read(&self.path(name))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file as it is.
    pub(crate) fn raw(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        // Times of files are no finer than the kernel's tick; a person's edits are further apart.
        std::thread::sleep(Duration::from_millis(12));
        std::fs::write(&path, bytes).unwrap();
        // It is as old as the test says, whatever the machine's clock.
        let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(self.now.0).unwrap());
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        path
    }

    /// Writes an issue's file: `front` is what stands in the front matter beside the title.
    pub(crate) fn file(&self, name: &str, front: &str, text: &str) -> PathBuf {
        let front = front.lines().map(|line| format!("{line}\n")).collect::<String>();
        let source = format!("---\ntitle: About {name}\nsummary: What it says.\n{front}---\n\n{text}\n");
        self.raw(name, source.as_bytes())
    }

    pub(crate) async fn queue(&self, name: &str, when: When) -> Result<Queued, QueueError> {
        self.queue_with(name, when, QueueOptions::default()).await
    }

    pub(crate) async fn dry_run(&self, name: &str, when: When) -> Result<Queued, QueueError> {
        self.queue_with(name, when, QueueOptions { dry_run: true, again: false }).await
    }

    /// The same, though another issue has the text.
    pub(crate) async fn queue_again(&self, name: &str, when: When) -> Result<Queued, QueueError> {
        self.queue_with(name, when, QueueOptions { dry_run: false, again: true }).await
    }

    async fn queue_with(&self, name: &str, when: When, options: QueueOptions) -> Result<Queued, QueueError> {
        self.publisher().queue(&self.read(name)?, when, options).await
    }

    pub(crate) async fn unschedule(&self, slug: &str) -> bool {
        unschedule(&self.db, self.issue(slug).await.id, self.publisher().actor.at(self.now)).await.unwrap()
    }

    pub(crate) fn follower(&self) -> FileWatcher {
        FileWatcher::new(&self.newsletter, std::slice::from_ref(&self.newsletter))
    }

    pub(crate) async fn look(&self, follower: &mut FileWatcher) -> Vec<FollowNotice> {
        let mut notices = Vec::new();
        follower.look(&self.scheduler(), &mut notices).await.unwrap();
        notices
    }

    /// Two looks: a file that changed is read at the second.
    pub(crate) async fn follow(&self, follower: &mut FileWatcher) -> Vec<String> {
        let mut notices = self.look(follower).await;
        notices.extend(self.look(follower).await);
        notices.iter().map(ToString::to_string).collect()
    }

    pub(crate) async fn start_due(&self) -> Vec<Started> {
        start_due(&self.db, std::slice::from_ref(&self.newsletter), self.now).await.unwrap()
    }

    pub(crate) async fn found(&self, slug: &str) -> Option<Issue> {
        issues::find(&mut self.db.read().await.unwrap(), self.id, slug).await.unwrap()
    }

    pub(crate) async fn issue(&self, slug: &str) -> Issue {
        self.found(slug).await.unwrap_or_else(|| panic!("there is no issue {slug}"))
    }

    /// Where an issue stands and when it goes out.
    pub(crate) async fn standing(&self, slug: &str) -> (IssueState, Option<String>) {
        let issue = self.issue(slug).await;
        (issue.state, issue.due_at.map(|at| at.to_string()))
    }

    /// The text part of an issue as it would go out.
    pub(crate) async fn plain(&self, slug: &str) -> String {
        let issue = self.issue(slug).await;
        revisions::get(&mut self.db.read().await.unwrap(), issue.revision_id).await.unwrap().unwrap().plain
    }

    /// Puts an issue into `state` as if it had come there.
    pub(crate) async fn force(&self, slug: &str, state: IssueState) {
        let id = self.issue(slug).await.id;
        let forced = async |tx: &mut coranto::store::Tx| {
            tx.sql("UPDATE issues SET state = $2 WHERE id = $1").bind(id).bind(state).execute().await
        };
        assert_eq!(self.db.write(forced).await.unwrap(), 1);
    }

    /// Kind and actor of every event of an issue.
    pub(crate) async fn events(&self, slug: &str) -> Vec<String> {
        let id = self.issue(slug).await.id;
        let events = events::of_issue(&mut self.db.read().await.unwrap(), id).await.unwrap();
        events.into_iter().map(|event| format!("{} by {}", event.kind, event.actor)).collect()
    }

    pub(crate) async fn totals(&self, issue: IssueId) -> Totals {
        ledger::totals(&mut self.db.read().await.unwrap(), issue).await.unwrap()
    }

    /// Adds active readers, `LOCAL@example.net` each.
    pub(crate) async fn readers(&self, locals: &[&str]) {
        for local in locals {
            let email: EmailAddress = format!("{local}@example.net").parse().unwrap();
            let reader = NewReader { email, name: None, language: None };
            let added = signup::add(&self.db, &keys(), self.id, &reader, &self.act()).await.unwrap();
            assert!(matches!(added, Added::Active(_)), "{local}: {added:?}");
        }
    }

    pub(crate) fn act(&self) -> ActionContext {
        ActionContext { now: self.now, actor: Actor::Reader, client: None, source: "test".to_owned(), wording: "" }
    }

    /// How many rows each table has.
    pub(crate) async fn rows(&self) -> Vec<(String, i64)> {
        let mut tx = self.db.read().await.unwrap();
        let names: Vec<(String,)> = tx
            .sql(Sql::Split {
                sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
                postgres: "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
            })
            .fetch_all()
            .await
            .unwrap();
        let mut rows = Vec::new();
        for (name,) in names {
            // Statements are literals everywhere; a test's may last as long as the test.
            let count: &'static str = format!("SELECT COUNT(*) FROM {name}").leak();
            let (count,): (i64,) = tx.sql(count).fetch_one().await.unwrap();
            rows.push((name, count));
        }
        assert!(rows.len() > 10, "{rows:?}");
        rows
    }

    /// Runs statements that no part of the program has: a test's own doings to the database.
    pub(crate) async fn execute(&self, statements: &[Sql]) {
        self.db
            .write(async |tx| {
                for sql in statements {
                    tx.sql(*sql).execute().await?;
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
    }
}

pub(crate) fn keys() -> Keyring {
    Keyring::parse(&format!("1:{}", "07".repeat(32))).unwrap()
}

/// From now on no event of that kind can be written: the last statement of a transaction fails.
pub(crate) fn no_event(kind: &str) -> [Sql; 2] {
    let sqlite = format!(
        "CREATE TRIGGER forbidden BEFORE INSERT ON events WHEN NEW.kind = '{kind}'
         BEGIN SELECT RAISE(ABORT, 'a test forbids it'); END"
    );
    let function = format!(
        "CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF NEW.kind = '{kind}' THEN RAISE EXCEPTION 'a test forbids it'; END IF; RETURN NEW; END $$"
    );
    [
        Sql::Split { sqlite: sqlite.leak(), postgres: function.leak() },
        Sql::Split {
            sqlite: "SELECT 1",
            postgres: "CREATE TRIGGER forbidden BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION forbid()",
        },
    ]
}

/// Takes back what `no_event` did.
pub(crate) const EVENTS_AGAIN: &[Sql] =
    &[Sql::Split { sqlite: "DROP TRIGGER forbidden", postgres: "DROP TRIGGER forbidden ON events" }];
