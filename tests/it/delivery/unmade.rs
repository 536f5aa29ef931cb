//! A mail that cannot be made is the fault of what was to be sent: the issue waits for a person, no reader fails for it,
//! and what goes to single readers holds up nobody.

use std::time::Duration;

use coranto::delivery::control;
use coranto::delivery::test_send::{self, ProofError};
use coranto::domain::RevisionId;
use coranto::domain::address::EmailAddress;
use coranto::domain::alarm::AlarmName;
use coranto::domain::delivery::{DeliveryKind, DeliveryState, Reason};
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::Newsletter;
use coranto::store::deliveries::NewDelivery;
use coranto::store::revisions::NewRevision;
use coranto::store::{Db, alarms, deliveries, issues, ledger, revisions};

use super::stage::{DeliveryFixture, newsletter, sends};
use crate::harness::acts;
use crate::harness::database::both_databases;

const READERS: usize = 12;

/// What is wrong with an installation.
type Setting = fn(&mut DeliveryFixture);
/// What is wrong with a text.
type Text = fn(&mut NewRevision);

/// Each with what the note says of it.
const SETTINGS: &[(&str, Setting, &str)] = &[
    ("reply-to", |stage| of(stage, |one| one.reply_to = Some("почта@example.org".parse().unwrap())), "8-bit"),
    (
        "sender",
        |stage| {
            of(stage, |one| {
                one.return_path = None;
                one.from.address = "почта@example.org".parse().unwrap()
            })
        },
        "envelope sender",
    ),
    ("name", |stage| of(stage, |one| one.name = "n".repeat(1200)), "longer than 998"),
    ("sender-name", |stage| of(stage, |one| one.from.name = "n".repeat(1200)), "longer than 998"),
    ("list-id", |stage| of(stage, |one| one.list_id = "week news".to_owned()), "List-Id"),
    ("line-end", |stage| of(stage, |one| one.from.name = "A\r\nBcc: b@example.org".to_owned()), "control character"),
    ("public-url", |stage| stage.settings.public_url = "news.example.org".to_owned(), "public address"),
    ("newsletter", |stage| stage.settings.newsletters.clear(), "not in the configuration"),
];

const TEXTS: &[(&str, Text, &str)] = &[
    ("subject", |text| text.subject = "News\r\nBcc: b@example.org".to_owned(), "Subject"),
    ("language", |text| text.language = "e n".to_owned(), "Content-Language"),
    ("slug", |text| text.slug = Some("A b".to_owned()), "Feedback-ID"),
    (
        "html-link",
        |text| text.html += &format!("<a href=\"https://news.example.org/u/{}\">x</a>", "a".repeat(34)),
        "one reader's own link",
    ),
    (
        "text-link",
        |text| text.plain += &format!("https://news.example.org/p/{}\r\n", "a".repeat(34)),
        "one reader's own link",
    ),
];

fn of(stage: &mut DeliveryFixture, change: impl Fn(&mut Newsletter)) {
    let mut one = newsletter();
    change(&mut one);
    stage.settings.newsletters = vec![sends(one)];
}

fn text(kind: DeliveryKind, slug: Option<&str>) -> NewRevision {
    let word = slug.unwrap_or("news");
    NewRevision {
        kind,
        slug: slug.map(str::to_owned),
        title: word.to_owned(),
        subject: format!("About {word}"),
        preheader: String::new(),
        language: "en".to_owned(),
        html: format!("<!DOCTYPE html><html lang=\"en\"><body><p>{word}</p></body></html>"),
        plain: format!("{word}\r\n"),
        source: String::new(),
    }
}

async fn store(stage: &DeliveryFixture, text: &NewRevision) -> RevisionId {
    let now = stage.clock.now();
    stage.db.write(async |tx| revisions::ensure(tx, stage.newsletter, text, now).await).await.unwrap()
}

/// The issue stands, with everybody's row as it was, and a person is called.
async fn assert_halted(stage: &DeliveryFixture, issue: coranto::domain::IssueId, slug: &str, word: &str) {
    let row = stage.get(issue).await;
    assert_eq!(row.state, IssueState::Paused);
    assert!(row.note.contains(word) && row.note.contains("resume"), "{slug}: {}", row.note);
    for row in stage.rows(issue).await {
        assert_eq!((row.state, row.attempts, row.reason), (DeliveryState::Pending, 0, None), "{slug}: {row:?}");
        assert_eq!((row.revision_id, row.due_at), (None, Some(stage.clock.now())), "{slug}: {row:?}");
    }
    let all = alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap();
    let scope = format!("week/{slug}");
    let called: Vec<_> = all.iter().filter(|one| one.scope == scope && one.cleared_at.is_none()).collect();
    assert_eq!(called.iter().map(|one| one.name).collect::<Vec<_>>(), [AlarmName::IssuePaused], "{slug}");
    assert!(called[0].note.contains(word), "{slug}: {}", called[0].note);
    assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"), "{slug}: no relay is to blame");
}

both_databases! {
    async fn a_setting_that_makes_no_mail_halts_the_issue_and_fails_nobody(db: Db) {
        for (number, (slug, break_it, word)) in SETTINGS.iter().enumerate() {
            let mut stage = DeliveryFixture::new(db.clone()).await;
            if number == 0 {
                stage.crowd(READERS).await;
            }
            let well = stage.settings.clone();
            break_it(&mut stage);
            let issue = stage.issue(slug).await;
            let (one, other) = (stage.start(), stage.start());
            stage.wait_for_state(issue, IssueState::Paused).await;
            one.stop().await;
            other.stop().await;
            assert_halted(&stage, issue, slug, word).await;
            assert!(stage.sink.messages().is_empty(), "{slug}");
            let events = stage.events().await;
            assert_eq!(events.iter().filter(|(kind, _)| kind == "issue.paused").count(), number + 1, "{slug}: once each");

            stage.settings = well;
            control::resume(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
            assert_eq!(stage.finish(issue).await.sent, i64::try_from(READERS).unwrap(), "{slug}");
            stage.assert_once(issue).await;
        }
    }

    async fn a_text_that_makes_no_mail_halts_the_issue_until_it_is_corrected(db: Db) {
        for (number, (slug, break_it, word)) in TEXTS.iter().enumerate() {
            let stage = DeliveryFixture::new(db.clone()).await;
            if number == 0 {
                stage.crowd(READERS).await;
            }
            let issue = stage.issue(slug).await;
            let by = acts::by(stage.clock.now());
            let mut wrong = text(DeliveryKind::Issue, Some(slug));
            break_it(&mut wrong);
            let (wrong, right) = (store(&stage, &wrong).await, stage.revision(slug, "corrected").await);
            let put = async |state, revision| {
                let put = stage.db.write(async |tx| issues::revise(tx, issue, state, slug, revision, by).await);
                assert!(put.await.unwrap(), "{slug}");
            };
            put(IssueState::Sending, wrong).await;
            let running = stage.start();
            stage.wait_for_state(issue, IssueState::Paused).await;
            running.stop().await;
            assert_halted(&stage, issue, slug, word).await;
            assert!(stage.sink.messages().is_empty(), "{slug}");
            put(IssueState::Paused, right).await;
            control::resume(&stage.db, issue, by).await.unwrap();
            assert_eq!(stage.finish(issue).await.sent, i64::try_from(READERS).unwrap(), "{slug}");
            stage.assert_once(issue).await;
        }
    }

    async fn a_test_that_cannot_be_made_says_so_and_is_over(db: Db) {
        let (mut rows, to) = (0_i64, ["editor@example.net".parse::<EmailAddress>().unwrap()]);
        for (slug, break_it, word) in SETTINGS.iter().filter(|(slug, ..)| *slug != "newsletter") {
            let mut stage = DeliveryFixture::new(db.clone()).await;
            break_it(&mut stage);
            let revision = store(&stage, &text(DeliveryKind::Test, Some(slug))).await;
            let sent = test_send::send(&stage.db, &stage.clock, stage.settings.clone(), revision, &to).await;
            let Err(ProofError::Mail(fault)) = sent else { panic!("{slug}: {sent:?}") };
            assert!(fault.contains(word), "{slug}: {fault}");
            assert!(stage.sink.messages().is_empty(), "{slug}");
            let sql = "SELECT COUNT(*), COUNT(CASE WHEN state = 'failed' AND reason = $1 THEN 1 END) FROM deliveries";
            let mut tx = stage.db.read().await.unwrap();
            let (all, failed): (i64, i64) = tx.sql(sql).bind(Reason::Unsupported).fetch_one().await.unwrap();
            assert!(all == failed && all - rows <= 1, "{slug}: nothing of it is sent later");
            rows = all;
            assert!(alarms::all(&mut tx).await.unwrap().is_empty(), "{slug}: who asked was told");
        }
        assert!(rows > 0);
    }

    async fn a_notice_that_cannot_be_made_fails_alone_and_is_told_once(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let kinds = [DeliveryKind::Notice, DeliveryKind::Request, DeliveryKind::Notice, DeliveryKind::Alarm];
        let mut rows = Vec::new();
        for (number, kind) in kinds.into_iter().enumerate() {
            let wrong = NewRevision { subject: "a\nb".to_owned(), title: number.to_string(), ..text(kind, None) };
            rows.push(add(&stage, &wrong, "wrong").await);
        }
        let right = add(&stage, &text(DeliveryKind::Notice, None), "right").await;
        let running = stage.start();
        for row in rows.iter().chain([&right]) {
            wait_for_end(&stage, *row).await;
        }
        running.stop().await;
        for row in rows {
            let outcome = ledger::outcome(&mut stage.db.read().await.unwrap(), row).await.unwrap().unwrap();
            assert_eq!(outcome.0, DeliveryState::Failed);
        }
        let sql = "SELECT COUNT(*) FROM deliveries WHERE state = 'failed' AND reason = $1 AND attempts = 0";
        let mut tx = stage.db.read().await.unwrap();
        let (failed,): (i64,) = tx.sql(sql).bind(Reason::Unsupported).fetch_one().await.unwrap();
        assert_eq!(failed, 4);
        assert_eq!((stage.mails("right").len(), stage.mails("wrong").len()), (1, 0));
        // An alarm that cannot be made raises none.
        let all = alarms::all(&mut tx).await.unwrap();
        let told: Vec<_> = all.iter().map(|one| (one.name, one.scope.as_str(), one.count)).collect();
        assert_eq!(told, [(AlarmName::EmailUnmade, "week", 3)]);
        assert!(all[0].note.contains("Subject"), "{}", all[0].note);
    }
}

async fn add(stage: &DeliveryFixture, text: &NewRevision, local: &str) -> coranto::domain::DeliveryId {
    let revision = store(stage, text).await;
    let (due_at, to) = (stage.clock.now(), format!("{local}@example.net"));
    let new = NewDelivery { subscription: None, recipient: Some(&to), revision, request: None, due_at };
    stage.db.write(async |tx| deliveries::add(tx, &new).await).await.unwrap()
}

async fn wait_for_end(stage: &DeliveryFixture, row: coranto::domain::DeliveryId) {
    let waiting = async {
        loop {
            let outcome = ledger::outcome(&mut stage.db.read().await.unwrap(), row).await.unwrap();
            if outcome.is_some_and(|(state, _)| matches!(state, DeliveryState::Sent | DeliveryState::Failed)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("the row comes to no end");
}
