//! Issues that went out, from their files and through the calendar, for the tests of what the public sees of them.

use coranto::clock::Timestamp;
use coranto::domain::actor::Actor;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::issue::{IssueState, Visibility};
use coranto::domain::newsletter::Newsletter;
use coranto::images::ImageCache;
use coranto::publishing::{IssueFolder, Publisher, QueueOptions, Renderer, Source, When};
use coranto::store::issues::NewIssue;
use coranto::store::pages::NewPage;
use coranto::store::revisions::NewRevision;
use coranto::store::{Db, StoreError, issues, ledger, pages, revisions};
use coranto::templates::Templates;
use tempfile::TempDir;

use super::ground::WebFixture;
use crate::harness::acts;
use crate::signup::NOW;

pub(crate) const DAY_MS: i64 = 86_400_000;

/// So many days before `NOW`.
pub(crate) fn days_ago(days: i64) -> Timestamp {
    Timestamp(NOW.0 - days * DAY_MS)
}

/// Where issues are written.
pub(crate) struct Press {
    db: Db,
    newsletter: Newsletter,
    id: coranto::domain::NewsletterId,
    templates: Templates,
    gallery: ImageCache,
    folder: TempDir,
}

impl Press {
    pub(crate) fn new(web: &WebFixture) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (db, id) = (web.ground.db().clone(), web.ground.list.id);
        let newsletter =
            Newsletter { id, issues: folder.path().to_owned(), allow_html: true, ..web.ground.list.newsletter.clone() };
        Self { db, newsletter, id, templates: Templates::embedded().unwrap(), gallery: ImageCache::default(), folder }
    }

    fn publisher(&self, now: Timestamp) -> Publisher<'_> {
        let Self { db, newsletter, templates, gallery, .. } = self;
        let renderer = Renderer { newsletter, public_url: "https://news.example", templates, gallery };
        Publisher { renderer, db, actor: &Actor::Scheduler, now }
    }

    fn write(&self, slug: &str, front: &str, text: &str) -> Source {
        let path = self.folder.path().join(format!("{slug}.md"));
        std::fs::write(&path, format!("---\n{front}\n---\n\n{text}\n")).unwrap();
        IssueFolder::of(&self.newsletter).read(&path).unwrap()
    }

    /// Queued for a moment, and not out.
    pub(crate) async fn queue(&self, slug: &str, front: &str, text: &str, at: Timestamp) {
        let source = self.write(slug, front, text);
        let options = QueueOptions { dry_run: false, again: true };
        self.publisher(at).queue(&source, When::Beside(at), options).await.unwrap();
    }

    /// Sent at a moment.
    pub(crate) async fn publish(&self, slug: &str, front: &str, text: &str, at: Timestamp) {
        self.queue(slug, front, text, at).await;
        let issue = issues::find(&mut self.db.read().await.unwrap(), self.id, slug).await.unwrap().unwrap();
        let sent = self.db.write(async |tx| {
            // As it is sent to a list whose readers all have it: who they are is none of these pages' business.
            let began =
                issues::prepare(tx, issue.id, at).await? && issues::start(tx, issue.id, 1, acts::by(at)).await?;
            Ok::<_, StoreError>(began && issues::finish(tx, issue.id, acts::by(at)).await?.is_some())
        });
        assert!(sent.await.unwrap(), "{slug} was not sent");
    }

    /// An issue that begins to go out: its audience is frozen, and nothing of it was sent yet.
    pub(crate) async fn begin(&self, slug: &str, front: &str, text: &str, at: Timestamp) {
        self.queue(slug, front, text, at).await;
        let issue = issues::find(&mut self.db.read().await.unwrap(), self.id, slug).await.unwrap().unwrap();
        let begun = self.db.write(async |tx| {
            let is_prepared = issues::prepare(tx, issue.id, at).await?;
            let readers = ledger::freeze(tx, issue.id, self.id, at).await?;
            Ok::<_, StoreError>(is_prepared && issues::start(tx, issue.id, readers, acts::by(at)).await?)
        });
        assert!(begun.await.unwrap(), "{slug} did not begin");
    }

    /// The mended text, put on the page of what was sent.
    pub(crate) async fn correct(&self, slug: &str, front: &str, text: &str, at: Timestamp) {
        let source = self.write(slug, front, text);
        assert!(self.publisher(at).correct(&source).await.unwrap());
    }

    /// Many at once, one a day, past the files.
    pub(crate) async fn print(&self, count: i64) {
        let db = self.db.clone();
        db.write(async |tx| {
            for number in 0..count {
                let at = days_ago(count - number);
                let title = format!("Number {number}");
                let new = NewRevision {
                    kind: DeliveryKind::Issue,
                    slug: Some(format!("number-{number}")),
                    title: title.clone(),
                    subject: title.clone(),
                    preheader: String::new(),
                    language: "en".to_owned(),
                    html: String::new(),
                    plain: String::new(),
                    source: String::new(),
                };
                let revision = revisions::ensure(tx, self.id, &new, at).await?;
                let page = NewPage {
                    visibility: Visibility::Public,
                    html: format!("<p>{}</p>", "All of it. ".repeat(300)),
                    summary: "暦は合意ではない。".repeat(20),
                    author: String::new(),
                    image: String::new(),
                    correction: String::new(),
                    words: 900,
                    search: format!("number {number} 暦"),
                };
                pages::put(tx, revision, &page).await?;
                let slug = format!("number-{number}");
                let state = IssueState::Sent;
                let issue = NewIssue {
                    newsletter: self.id,
                    slug: &slug,
                    title: &title,
                    state,
                    revision,
                    due_at: Some(at),
                    on_slot: false,
                    beside: false,
                    note: "",
                };
                let id = issues::insert(tx, &issue, acts::by(at)).await?.unwrap();
                acts::started(tx, id, at).await;
            }
            Ok::<_, coranto::store::StoreError>(())
        })
        .await
        .unwrap();
    }
}
