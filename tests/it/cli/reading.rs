//! Commands that look: they write nothing, and answer while another process holds the database's write lock.

use std::path::Path;

use coranto::domain::NewsletterId;
use coranto::domain::actor::Actor;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::issue::IssueState;
use coranto::store::issues::{self, NewIssue};
use coranto::store::revisions::{self, NewRevision};
use coranto::store::{Db, StoreError, newsletters};

use super::{cli, first_issue, installation, json, ok};
use crate::harness::blocking;
use crate::signup::NOW;

async fn open(folder: &Path) -> Db {
    let file = folder.join("coranto.db");
    Db::open(&format!("sqlite://{}", file.display())).await.unwrap()
}

/// Runs `look` while the write lock is held.
fn while_locked(folder: &Path, look: impl FnOnce() + Send) {
    blocking(async || {
        let db = open(folder).await;
        let held = db.begin().await.unwrap();
        std::thread::scope(|scope| scope.spawn(look).join()).unwrap();
        drop(held);
        db.close().await;
    });
}

const LOOKS: &[&[&str]] = &[
    &["status"],
    &["status", "--json"],
    &["status", "--watch"],
    &["issues", "list"],
    &["issues", "list", "--state", "queued", "--json"],
    &["issues", "show", "first-things"],
    &["issues", "deliveries", "first-things"],
    &["subscribers", "list"],
    &["subscribers", "list", "--json"],
    &["subscribers", "show", "anna@example.org"],
    &["subscribers", "stats"],
    &["subscribers", "export", "-"],
    &["check"],
    &["new", "Second things"],
    &["doctor", "--offline"],
];

#[test]
fn looks_answer_while_the_write_lock_is_held() {
    let folder = installation();
    let folder = folder.path();
    let issue = first_issue(folder);
    let text = std::fs::read_to_string(folder.join(&issue)).unwrap();
    std::fs::write(folder.join(&issue), text.replace("draft: true", "# ready")).unwrap();
    ok(folder, &["subscribers", "add", "anna@example.org", "--yes"]);
    ok(folder, &["queue", &issue, "--yes"]);
    while_locked(folder, || {
        for args in LOOKS {
            let ended = cli(folder, args);
            assert_eq!(ended.status.code(), Some(0), "{args:?}: {ended:?}");
        }
        let preview = cli(folder, &["preview", &issue, "--text"]);
        assert_eq!(preview.status.code(), Some(0), "{preview:?}");
    });
}

#[test]
fn a_newsletter_that_nobody_wrote_to_reads_as_empty_and_gets_no_row() {
    let folder = installation();
    let folder = folder.path();
    let looks = || LOOKS.iter().filter(|args| !args.contains(&"show") && !args.contains(&"deliveries"));
    for args in looks() {
        ok(folder, args);
    }
    assert!(!folder.join("coranto.db").exists(), "a look made a database");
    ok(folder, &["subscribers", "suppress", "never@example.org"]);
    for args in looks().filter(|args| !matches!(args[0], "new" | "check")) {
        ok(folder, args);
    }
    assert_eq!(json(folder, &["subscribers", "stats"])[0]["mailable"], 0);
    assert!(json(folder, &["issues", "list"]).is_empty());
    let rows = blocking(async || {
        let db = open(folder).await;
        let (rows,): (i64,) =
            db.read().await.unwrap().sql("SELECT COUNT(*) FROM newsletters").fetch_one().await.unwrap();
        db.close().await;
        rows
    });
    assert_eq!(rows, 0);
}

async fn add_issue(
    tx: &mut coranto::store::Tx,
    newsletter: NewsletterId,
    slug: &str,
    state: IssueState,
    hours: u64,
) -> Result<(), StoreError> {
    let new = NewRevision {
        kind: DeliveryKind::Issue,
        slug: Some(slug.to_owned()),
        title: slug.to_owned(),
        subject: slug.to_owned(),
        preheader: String::new(),
        language: "en".to_owned(),
        html: String::new(),
        plain: slug.to_owned(),
        source: String::new(),
    };
    let revision = revisions::ensure(tx, newsletter, &new, NOW).await?;
    let due_at = Some(NOW.plus(std::time::Duration::from_secs(hours * 3600)));
    let issue = NewIssue {
        newsletter,
        slug,
        title: slug,
        state,
        revision,
        due_at,
        on_slot: false,
        beside: false,
        note: "too late",
    };
    issues::insert(tx, &issue, Actor::scheduler(NOW)).await.map(drop)
}

#[test]
fn a_list_is_filtered_before_it_is_cut_and_status_finds_what_is_old() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "suppress", "never@example.org"]);
    blocking(async || {
        let db = open(folder).await;
        db.write(async |tx| {
            let week = newsletters::ensure(tx, "week", NOW).await?;
            add_issue(tx, week, "forgotten", IssueState::Held, 0).await?;
            for number in 0..21 {
                add_issue(tx, week, &format!("queued{number}"), IssueState::Queued, 1 + number).await?;
            }
            for number in 0..250 {
                add_issue(tx, week, &format!("sent{number}"), IssueState::Sent, 100 + number).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
        db.close().await;
    });
    let slugs = |args: &[&str]| -> Vec<String> {
        json(folder, args).iter().map(|issue| issue["slug"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(slugs(&["issues", "list", "--state", "held"]), ["forgotten"]);
    assert_eq!(slugs(&["issues", "list", "--state", "queued", "--limit", "2"]), ["queued20", "queued19"]);
    let status = &json(folder, &["status"])[0];
    assert_eq!(status["waiting_for_a_person"][0]["slug"], "forgotten");
    assert_eq!(status["queued"].as_array().unwrap().len(), 21);
    assert_eq!(status["last"]["slug"], "sent249");
}
