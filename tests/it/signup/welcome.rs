//! The welcome mail: one for each confirmation, with the latest issue in it where the newsletter wants that.

use std::sync::Arc;

use coranto::domain::RevisionId;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::design::Welcome;
use coranto::domain::image::{Image, ImageFormat, PlacedImage};
use coranto::domain::issue::{IssueState, Visibility};
use coranto::signup::{self, Confirmation};
use coranto::store::issues::NewIssue;
use coranto::store::pages::NewPage;
use coranto::store::revisions::NewRevision;
use coranto::store::{Db, images, issues, pages, revisions};
use coranto::templates::Templates;

use super::SignupFixture;
use crate::harness::acts;
use crate::harness::database::both_databases;

const URL: &str = "https://news.example.com";
const WELCOMES: &str = "SELECT COUNT(*) FROM deliveries d JOIN revisions r ON r.id = d.revision_id
     WHERE r.kind = 'welcome' AND d.state = 'pending'";

impl SignupFixture {
    async fn greeting(&mut self, wanted: Welcome) -> Option<RevisionId> {
        self.list.newsletter.welcome = wanted;
        let templates = Templates::embedded().unwrap();
        signup::welcome(self.db(), &self.list, &templates, URL, self.now).await.unwrap()
    }

    async fn text_of(&self, id: RevisionId) -> (String, String) {
        let revision = revisions::get(&mut self.db().read().await.unwrap(), id).await.unwrap().unwrap();
        assert_eq!(revision.kind, DeliveryKind::Welcome);
        (revision.html, revision.plain)
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let (count,): (i64,) = self.db().read().await.unwrap().sql(sql).fetch_one().await.unwrap();
        count
    }

    /// An issue that went out, with an image.
    async fn published(&self, slug: &str, title: &str, visibility: Visibility) {
        let image = Arc::new(Image {
            digest: "0123456789".repeat(4),
            format: ImageFormat::Png,
            width: 1120,
            height: 560,
            bytes: vec![1],
        });
        let source = format!(
            "---\ntitle: {title}\n---\nDear {{{{ name | reader }}}}, the text of {slug}.\n\n![Chart](chart.png)\n"
        );
        let revision = NewRevision {
            kind: DeliveryKind::Issue,
            slug: Some(slug.to_owned()),
            title: title.to_owned(),
            subject: title.to_owned(),
            preheader: String::new(),
            language: "en".to_owned(),
            html: slug.to_owned(),
            plain: slug.to_owned(),
            source,
        };
        let page = NewPage {
            visibility,
            html: String::new(),
            summary: String::new(),
            author: String::new(),
            image: String::new(),
            correction: String::new(),
            words: 1,
            search: String::new(),
        };
        let (list, now) = (self.list.id, self.now);
        let write = async |tx: &mut coranto::store::Tx| {
            let id = revisions::ensure(tx, list, &revision, now).await?;
            images::ensure(tx, &image, now).await?;
            images::attach(tx, id, &PlacedImage::new("chart.png", Arc::clone(&image), false)).await?;
            pages::put(tx, id, &page).await?;
            let new = NewIssue {
                newsletter: list,
                slug,
                title,
                state: IssueState::Sent,
                revision: id,
                due_at: Some(now),
                on_slot: false,
                beside: false,
                note: "",
            };
            let issue = issues::insert(tx, &new, acts::by(now)).await?.unwrap();
            acts::started(tx, issue, now).await;
            Ok::<_, coranto::store::StoreError>(())
        };
        self.db().write(write).await.unwrap();
    }
}

both_databases! {
    async fn who_confirms_is_welcomed_once(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        let welcome = ground.greeting(Welcome::Mail).await;
        assert!(welcome.is_some());
        ground.request("anna@example.org").await.unwrap();
        assert_eq!(ground.count(WELCOMES).await, 0, "not before");
        let asked = ground.asked("anna@example.org").await;
        for press in 0..3 {
            let confirmed = signup::confirm(ground.db(), ground.keys(), asked, welcome, &ground.act(None)).await.unwrap();
            assert_eq!(matches!(confirmed, Confirmation::Fresh(_)), press == 0);
        }
        assert_eq!(ground.count(WELCOMES).await, 1);
        let (html, text) = ground.text_of(welcome.unwrap()).await;
        assert!(html.contains("Welcome to The Week") && text.contains("\n\nWelcome to The Week\n==="), "{text}");
        assert!(text.contains("\u{E000}unsubscribe_url\u{E001}") && text.contains("1 Example Street"), "{text}");
        assert_eq!(ground.greeting(Welcome::Mail).await, welcome, "the same email is the same revision");
    }

    async fn presses_at_the_same_moment_make_one_welcome(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        let welcome = ground.greeting(Welcome::Mail).await;
        ground.request("anna@example.org").await.unwrap();
        let asked = ground.asked("anna@example.org").await;
        let mut presses = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (signup, act) = (ground.signup.clone(), ground.act(None));
            presses.spawn(async move { signup::confirm(&signup.db, &signup.keys, asked, welcome, &act).await });
        }
        // A press that the database turned away made nothing either.
        while presses.join_next().await.is_some() {}
        assert_eq!(ground.count(WELCOMES).await, 1);
    }

    async fn who_wants_none_sends_none(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        assert_eq!(ground.greeting(Welcome::None).await, None);
        ground.reader("anna@example.org").await;
        assert_eq!(ground.count(WELCOMES).await, 0);
    }

    async fn the_latest_issue_comes_along(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        let bare = ground.greeting(Welcome::Latest).await.unwrap();
        assert!(!ground.text_of(bare).await.1.contains("latest issue"), "there is none yet");
        ground.published("first", "The first issue", Visibility::Public).await;
        ground.later(24);
        ground.published("second", "The second issue", Visibility::Public).await;
        ground.later(24);
        ground.published("private", "Not for strangers", Visibility::None).await;
        let found = pages::latest_public(&mut ground.db().read().await.unwrap(), ground.list.id).await.unwrap().unwrap();
        assert_eq!((found.slug.as_str(), found.title.as_str()), ("second", "The second issue"));
        let id = ground.greeting(Welcome::Latest).await.unwrap();
        let (html, text) = ground.text_of(id).await;
        assert!(text.contains("The second issue\n----------------\n\nRead online: https://news.example.com/week/second"), "{text}");
        assert!(text.contains("the text of second.") && !text.contains("the text of first."), "{text}");
        assert!(text.contains("Dear \u{E000}name|reader\u{E001}"), "the reader's own name goes in later: {text}");
        assert!(html.contains(&format!("{URL}/i/{}.png", "0123456789".repeat(4))), "{html}");
        assert_eq!(html.matches("<h1").count(), 1);
        let shown = images::of_revision(&mut ground.db().read().await.unwrap(), id).await.unwrap();
        assert_eq!((shown.len(), shown[0].name.as_str(), shown[0].width), (1, "chart.png", 560));
    }
}
