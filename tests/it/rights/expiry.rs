//! How long what is kept: nobody a day too long, nothing a day too early; announced before the first time; never while an
//! issue goes out; and an old issue's totals stay what they were.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::alarm::AlarmName;
use coranto::domain::delivery::{DeliveryState, Reason};
use coranto::domain::retention::{Expiry, Retention};
use coranto::domain::{DeliveryId, IssueId, RevisionId};
use coranto::signup::{self, NewReader};
use coranto::store::{Db, StoreError, alarms, departed, ledger, retention, suspensions};
use coranto::upkeep::{self, AlarmSettings, RetentionOutcome, Upkeep};

use crate::delivery::stage::DeliveryFixture;
use crate::harness::acts;
use crate::harness::database::both_databases;
use crate::signup::SignupFixture;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn expire(ground: &SignupFixture, policy: Retention) -> Vec<(Expiry, u64)> {
    let by = acts::actor();
    let (gone, ended) = upkeep::expire(ground.db(), policy, by.at(ground.now), u32::MAX).await.unwrap();
    assert_eq!(ended, RetentionOutcome::Whole);
    gone.0
}

async fn number(db: &Db, sql: &'static str) -> i64 {
    let mut tx = db.read().await.unwrap();
    tx.sql(sql).fetch_one::<(i64,)>().await.unwrap().0
}

/// Of a process that schedules.
fn on_shift() -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(i64::MAX))
}

/// Rows of every kind that has a time, made at `now`.
async fn furnished(ground: &SignupFixture) {
    ground.request("pending@example.org").await.unwrap();
    ground.reader("left@example.org").await;
    ground.leave("left@example.org").await;
    ground.reader("reads@example.org").await;
    let now = ground.now;
    ground
        .db()
        .write(async |tx| {
            tx.sql("UPDATE deliveries SET state = 'sent', final_at = $1, due_at = NULL").bind(now).execute().await?;
            tx.sql(
                "INSERT INTO notices (received_at, source, fingerprint, kind, cause, certainty, evidence, destination,
                     diagnostic, rule, effect)
                 VALUES ($1, 'relay', $2, 'failed', 'full', 'sure', 'dialogue', 'other', '', 'r', 'nothing')",
            )
            .bind(now)
            .bind([7_u8; 16].as_slice())
            .execute()
            .await?;
            tx.sql("INSERT INTO requests (subscription_id, kind, created_at) SELECT MAX(id), 'link', $1 FROM subscriptions")
                .bind(now)
                .execute()
                .await?;
            tx.sql(
                "INSERT INTO revisions (newsletter_id, kind, digest, slug, title, subject, preheader, language, html, plain,
                     source, created_at)
                 SELECT MAX(id), 'issue', 'd', 'draft', '', '', '', 'en', '', '', '', $1 FROM newsletters",
            )
            .bind(now)
            .execute()
            .await?;
            for worker in ["old", "newest"] {
                tx.sql("INSERT INTO workers (name, engine, started_at, lease_until) VALUES ($1, $2, $3, $3)")
                    .bind(worker)
                    .bind(true)
                    .bind(now)
                    .execute()
                    .await?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

/// What of each kind is there, as `expire` would find it with no time at all.
async fn there(db: &Db, kind: Expiry) -> i64 {
    match kind {
        Expiry::Unconfirmed => number(db, "SELECT COUNT(*) FROM subscriptions WHERE state = 'pending'").await,
        Expiry::Unsubscribed => number(db, "SELECT COUNT(*) FROM subscriptions WHERE state = 'unsubscribed'").await,
        Expiry::Consents => number(db, "SELECT COUNT(*) FROM past_consents").await,
        Expiry::Networks => number(db, "SELECT COUNT(*) FROM consents WHERE client IS NOT NULL").await,
        Expiry::Ledger => number(db, "SELECT COUNT(*) FROM deliveries WHERE issue_id IS NOT NULL").await,
        Expiry::SystemMail => number(db, "SELECT COUNT(*) FROM deliveries WHERE issue_id IS NULL").await,
        Expiry::Notices => number(db, "SELECT COUNT(*) FROM notices").await,
        Expiry::Requests => number(db, "SELECT COUNT(*) FROM requests").await,
        Expiry::Revisions => number(db, "SELECT COUNT(*) FROM revisions WHERE kind = 'issue'").await,
        Expiry::Events => number(db, "SELECT COUNT(*) FROM events WHERE kind <> 'data.expired'").await,
        Expiry::Workers => number(db, "SELECT COUNT(*) FROM workers WHERE name = 'old'").await,
    }
}

/// A policy by which one kind alone has a time.
fn alone(kind: Expiry) -> Retention {
    let all = Retention::default();
    let of = |wanted: Expiry, days: u32| if wanted == kind { days } else { 0 };
    Retention {
        unconfirmed_days: of(Expiry::Unconfirmed, all.unconfirmed_days),
        unsubscribed_days: of(Expiry::Unsubscribed, all.unsubscribed_days),
        consent_days: of(Expiry::Consents, all.consent_days),
        network_days: of(Expiry::Networks, all.network_days),
        ledger_weeks: of(Expiry::Ledger, all.ledger_weeks),
        system_mail_days: of(Expiry::SystemMail, all.system_mail_days),
        notice_days: of(Expiry::Notices, all.notice_days),
        event_days: of(Expiry::Events, all.event_days),
    }
}

/// An issue that went out, with a picture, and rows in every state that a settled issue has.
pub(super) async fn issue(stage: &DeliveryFixture, rows: usize) -> (IssueId, RevisionId) {
    stage.crowd(rows).await;
    let issue = stage.issue("old").await;
    let revision = stage.revision("old", "first").await;
    let now = stage.clock.now();
    stage
        .db
        .write(async |tx| {
            tx.sql(
                "UPDATE deliveries SET due_at = NULL, attempts = 1, first_at = $2, final_at = $2, revision_id = $3,
                     relay = CASE WHEN id % 3 = 0 THEN 'main' ELSE 'other' END,
                     state = CASE WHEN id % 10 = 0 THEN 'failed' WHEN id % 17 = 0 THEN 'skipped' ELSE 'sent' END,
                     reason = CASE WHEN id % 10 = 0 THEN 'refused' WHEN id % 17 = 0 THEN 'unsubscribed' END,
                     reply = CASE WHEN id % 10 = 0 THEN '550 5.1.1 no such mailbox' END
                 WHERE issue_id = $1",
            )
            .bind(issue)
            .bind(now)
            .bind(revision)
            .execute()
            .await?;
            tx.sql("UPDATE issues SET state = 'sent', started_at = $2, finished_at = $2 WHERE id = $1")
                .bind(issue)
                .bind(now)
                .execute()
                .await?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    (issue, revision)
}

both_databases! {
    async fn each_kind_goes_on_its_day_and_not_the_day_before(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        furnished(&ground).await;
        let start = ground.now;
        // These have a time whatever is set.
        for kind in [Expiry::Requests, Expiry::Revisions, Expiry::Workers] {
            let days = Retention::default().days(kind);
            ground.now = Timestamp(start.plus(DAY * days).0 - 1);
            assert_eq!(expire(&ground, alone(kind)).await, [], "{kind}: too early");
            ground.now = start.plus(DAY * days);
            assert_eq!(expire(&ground, alone(kind)).await, [(kind, 1)], "{kind}: too late");
            assert_eq!(there(ground.db(), kind).await, 0, "{kind}");
        }
        let others = [Expiry::Ledger, Expiry::Consents, Expiry::Requests, Expiry::Revisions, Expiry::Workers];
        for kind in Expiry::ALL.iter().filter(|kind| !others.contains(kind)) {
            let days = Retention::default().days(*kind);
            let had = there(ground.db(), *kind).await;
            assert!(had > 0, "{kind}");
            ground.now = Timestamp(start.plus(DAY * days).0 - 1);
            assert_eq!(expire(&ground, alone(*kind)).await, [], "{kind}: too early");
            assert_eq!(there(ground.db(), *kind).await, had, "{kind}: too early");
            ground.now = start.plus(DAY * days);
            let gone = expire(&ground, alone(*kind)).await;
            assert!(gone.iter().all(|(gone, rows)| gone == kind && *rows > 0) && gone.len() == 1, "{kind}: {gone:?}");
            assert_eq!(there(ground.db(), *kind).await, 0, "{kind}: too late");
        }
        assert_eq!(number(ground.db(), "SELECT COUNT(*) FROM workers WHERE name = 'newest'").await, 1, "since when none ran");
        assert_eq!(number(ground.db(), "SELECT COUNT(*) FROM subscribers").await, 1, "who reads stays");
        // What was agreed to stays as proof by the hash, and goes in its time.
        let left = person(&ground, "left@example.org");
        let proofs = departed::consents_of_person(&mut ground.db().read().await.unwrap(), &left).await.unwrap();
        assert_eq!(proofs.len(), 3, "{proofs:?}");
        ground.now = Timestamp(start.plus(DAY * 1095).0 - 1);
        expire(&ground, alone(Expiry::Consents)).await;
        assert_eq!(there(ground.db(), Expiry::Consents).await, 3);
        ground.now = start.plus(DAY * 1095);
        expire(&ground, alone(Expiry::Consents)).await;
        assert_eq!(there(ground.db(), Expiry::Consents).await, 0);
        let gone = departed::of_person(&mut ground.db().read().await.unwrap(), &left).await.unwrap();
        assert_eq!(gone.len(), 1, "that they had left is known for ever");
    }

    async fn every_slice_leaves_an_event_with_its_number(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        furnished(&ground).await;
        ground.now = ground.now.plus(DAY * 2000);
        let gone = expire(&ground, Retention::default()).await;
        for (kind, rows) in gone {
            let mut tx = ground.db().read().await.unwrap();
            let all: Vec<(String,)> =
                tx.sql("SELECT data FROM events WHERE kind = 'data.expired' AND data LIKE $1").bind(format!("%\"{kind}\"%")).fetch_all().await.unwrap();
            let counted: u64 = all.iter().map(|(data,)| serde_json::from_str::<serde_json::Value>(data).unwrap()["rows"].as_u64().unwrap()).sum();
            assert_eq!(counted, rows, "{kind}: {all:?}");
        }
    }

    async fn who_asks_again_has_a_new_month(db: Db) {
        let limits = signup::Limits { confirmations_per_day: 9, confirmations_per_month: 9, ..signup::Limits::default() };
        let mut ground = SignupFixture::with_limits(db, limits).await;
        ground.request("pending@example.org").await.unwrap();
        ground.later(24 * 29);
        ground.request("pending@example.org").await.unwrap();
        ground.later(24 * 29);
        expire(&ground, Retention::default()).await;
        assert!(ground.find("pending@example.org").await.is_some());
        ground.later(24);
        expire(&ground, Retention::default()).await;
        assert!(ground.find("pending@example.org").await.is_none());
    }

    async fn a_person_goes_only_with_the_last_of_what_is_theirs(db: Db) {
        let mut ground = SignupFixture::new(db.clone()).await;
        ground.reader("anna@example.org").await;
        ground.leave("anna@example.org").await;
        let month = crate::signup::list(&db, crate::signup::newsletter("month", "The Month")).await;
        let new = NewReader { email: "anna@example.org".parse().unwrap(), name: Some("Anna".to_owned()), language: None };
        signup::add(&db, ground.keys(), month.id, &new, &ground.act(None)).await.unwrap();
        ground.later(24 * 400);
        expire(&ground, Retention::default()).await;
        assert_eq!(number(&db, "SELECT COUNT(*) FROM subscriptions").await, 1);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM subscribers").await, 1);
    }

    async fn the_first_time_is_announced_and_begins_a_week_later(db: Db) {
        let ground = SignupFixture::new(db).await;
        furnished(&ground).await;
        let mut now = ground.now.plus(DAY * 31);
        let settings = AlarmSettings {
            to: Vec::new(), newsletters: Vec::new(), folder: None, host: "news.example.org".to_owned(),
            retention: Retention::default(), ..AlarmSettings::default()
        };
        let upkeep = Upkeep::new(ground.db().clone(), Clock::fixed(now), settings, on_shift());
        let stands = async || {
            let all = alarms::all(&mut ground.db().read().await.unwrap()).await.unwrap();
            all.into_iter().find(|one| one.name == AlarmName::RetentionFirst && one.cleared_at.is_none())
        };
        upkeep.look(now).await.unwrap();
        let alarm = stands().await.expect("a person is told");
        assert!(alarm.note.contains("unconfirmed 1"), "{}", alarm.note);
        for _ in 0..6 {
            now = now.plus(DAY);
            upkeep.look(now).await.unwrap();
            assert_eq!(there(ground.db(), Expiry::Unconfirmed).await, 1);
        }
        now = now.plus(DAY);
        upkeep.look(now).await.unwrap();
        assert_eq!(there(ground.db(), Expiry::Unconfirmed).await, 0);
        assert!(stands().await.is_none(), "and it is over");
        let progress = retention::progress(&mut ground.db().read().await.unwrap()).await.unwrap().unwrap();
        assert_eq!(progress.ran_at, Some(now), "once a day");
    }

    async fn a_kind_that_came_later_is_announced_by_itself(db: Db) {
        let ground = SignupFixture::new(db.clone()).await;
        furnished(&ground).await;
        let mut now = ground.now.plus(DAY * 91);
        // As a program left it that knew the others alone: it has begun, and today's run is over.
        db.write(async |tx| { retention::begin(tx, ground.now).await?; retention::finish(tx, now).await }).await.unwrap();
        let settings = AlarmSettings { host: "news.example.org".to_owned(), ..AlarmSettings::default() };
        let upkeep = Upkeep::new(db.clone(), Clock::fixed(now), settings, on_shift());
        let stands = async || {
            let all = alarms::all(&mut db.read().await.unwrap()).await.unwrap();
            all.into_iter().find(|one| one.name == AlarmName::RetentionFirst && one.cleared_at.is_none())
        };
        upkeep.look(now).await.unwrap();
        let alarm = stands().await.expect("a person is told");
        assert!(alarm.note.contains("revisions 1") && !alarm.note.contains("unconfirmed"), "{}", alarm.note);
        for day in 1..=7 {
            now = now.plus(DAY);
            assert_eq!(there(&db, Expiry::Revisions).await, 1, "day {day}");
            upkeep.look(now).await.unwrap();
            assert_eq!(there(&db, Expiry::Unconfirmed).await, 0, "the others go meanwhile");
        }
        assert_eq!(there(&db, Expiry::Revisions).await, 0);
        assert!(stands().await.is_none(), "and it is over");
    }

    async fn a_new_installation_announces_nothing(db: Db) {
        let ground = SignupFixture::new(db).await;
        let settings = AlarmSettings {
            to: Vec::new(), newsletters: Vec::new(), folder: None, host: "news.example.org".to_owned(),
            retention: Retention::default(), ..AlarmSettings::default()
        };
        let upkeep = Upkeep::new(ground.db().clone(), Clock::fixed(ground.now), settings, on_shift());
        upkeep.look(ground.now).await.unwrap();
        assert!(alarms::all(&mut ground.db().read().await.unwrap()).await.unwrap().is_empty());
        ground.request("pending@example.org").await.unwrap();
        upkeep.look(ground.now.plus(DAY * 31)).await.unwrap();
        assert!(ground.find("pending@example.org").await.is_none());
    }

    async fn who_schedules_no_more_deletes_no_more(db: Db) {
        let ground = SignupFixture::new(db).await;
        let settings = AlarmSettings { host: "news.example.org".to_owned(), ..AlarmSettings::default() };
        let shift = on_shift();
        let upkeep = Upkeep::new(ground.db().clone(), Clock::fixed(ground.now), settings, Arc::clone(&shift));
        upkeep.look(ground.now).await.unwrap();
        ground.request("pending@example.org").await.unwrap();
        shift.store(ground.now.0 - 1, std::sync::atomic::Ordering::Relaxed);
        upkeep.look(ground.now.plus(DAY * 31)).await.unwrap();
        assert!(ground.find("pending@example.org").await.is_some(), "another process does it");
        shift.store(i64::MAX, std::sync::atomic::Ordering::Relaxed);
        upkeep.look(ground.now.plus(DAY * 31)).await.unwrap();
        assert!(ground.find("pending@example.org").await.is_none());
    }

    async fn nothing_goes_while_an_issue_goes_out(db: Db) {
        let stage = DeliveryFixture::new(db.clone()).await;
        stage.readers(&["anna"]).await;
        stage.issue("going").await;
        let ground = SignupFixture::new(db).await;
        ground.request("pending@example.org").await.unwrap();
        let by = acts::actor();
        let at = by.at(ground.now.plus(DAY * 40));
        let (gone, ended) = upkeep::expire(ground.db(), Retention::default(), at, u32::MAX).await.unwrap();
        assert_eq!((gone.rows(), ended), (0, RetentionOutcome::Sending));
    }

    async fn an_old_issue_is_folded_and_its_totals_stay_to_the_row(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let (issue, revision) = issue(&stage, 2_345).await;
        let read = async || {
            let mut tx = stage.db.read().await.unwrap();
            let missed = ledger::missed(&mut tx, issue, DeliveryId(0), 10_000).await.unwrap();
            let missed: Vec<_> = missed.into_iter().map(|row| (row.id, row.email, row.state, row.reason, row.reply)).collect();
            let shares = suspensions::shares(&mut tx, issue).await.unwrap();
            let shares: Vec<_> = shares.into_iter().map(|one| (one.relay, one.sent, one.refused)).collect();
            (
                ledger::totals(&mut tx, issue).await.unwrap(),
                ledger::readers(&mut tx, issue).await.unwrap(),
                ledger::sent_by_revision(&mut tx, issue).await.unwrap(),
                missed,
                shares,
            )
        };
        let before = read().await;
        assert_eq!((before.0.readers, before.2[0].0), (2_345, revision));
        let by = acts::actor();
        let almost = by.at(Timestamp(stage.clock.now().plus(DAY * 364).0 - 1));
        upkeep::expire(&stage.db, Retention::default(), almost, u32::MAX).await.unwrap();
        assert_eq!(number(&stage.db, "SELECT COUNT(*) FROM deliveries").await, 2_345, "too early");
        let due = by.at(stage.clock.now().plus(DAY * 364));
        // Broken off in the middle, every look in between says the same.
        for slices in [1, 1, 1, u32::MAX] {
            upkeep::expire(&stage.db, alone(Expiry::Ledger), due, slices).await.unwrap();
            let after = read().await;
            assert_eq!((after.0, after.1, &after.2), (before.0, before.1, &before.2));
            assert_eq!(after.3, before.3);
            assert_eq!(after.4, before.4);
        }
        assert_eq!(number(&stage.db, "SELECT COUNT(*) FROM deliveries").await, 0);
        let only_failed = {
            let mut tx = stage.db.read().await.unwrap();
            ledger::rows(&mut tx, issue, &[DeliveryState::Failed], DeliveryId(0), 10_000).await.unwrap()
        };
        assert!(only_failed.iter().all(|row| row.reason == Some(Reason::Refused)) && only_failed.len() as i64 == before.0.failed);
    }

    async fn a_text_goes_when_nothing_bears_it_and_not_when_it_is_asked_for_again(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(5).await;
        let issue = stage.issue("old").await;
        let (second, third) = (stage.revision("old", "second").await, stage.revision("old", "third").await);
        let first = stage.get(issue).await.revision_id;
        stage.db.write(async |tx| {
            tx.sql("UPDATE deliveries SET state = 'sent', due_at = NULL, final_at = $2, revision_id = $1").bind(first).bind(stage.clock.now()).execute().await?;
            tx.sql("UPDATE issues SET state = 'sent', started_at = $2, finished_at = $2, revision_id = $1").bind(third).bind(stage.clock.now()).execute().await
        }).await.unwrap();
        let texts = async || -> Vec<(RevisionId,)> {
            stage.db.read().await.unwrap().sql("SELECT id FROM revisions ORDER BY id").fetch_all().await.unwrap()
        };
        let by = acts::actor();
        let expire = async |days: u32, policy: Retention| {
            let at = by.at(stage.clock.now().plus(DAY * days));
            let (_, ended) = upkeep::expire(&stage.db, policy, at, u32::MAX).await.unwrap();
            assert_eq!(ended, RetentionOutcome::Whole);
        };
        expire(89, Retention::default()).await;
        assert_eq!(texts().await.len(), 3, "it may be asked for again");
        stage.clock.advance(DAY);
        assert_eq!(stage.revision("old", "second").await, second, "and is");
        expire(89, Retention::default()).await;
        assert_eq!(texts().await.len(), 3);
        expire(90, Retention::default()).await;
        assert_eq!(texts().await, [(first,), (third,)], "what is mailed and what is shown stay");
        expire(800, Retention::default()).await;
        assert_eq!(number(&stage.db, "SELECT COUNT(*) FROM deliveries").await, 0);
        assert_eq!(texts().await, [(first,), (third,)], "when rows are folded, too");
    }
}

pub(super) fn person(ground: &SignupFixture, email: &str) -> coranto::store::subscribers::NewSubscriber {
    let email: coranto::domain::address::EmailAddress = email.parse().unwrap();
    coranto::store::subscribers::NewSubscriber {
        address_hash: ground.keys().address_hash(&email.key()),
        former_hash: None,
        quota_hash: ground.keys().address_hash(&email.mailbox_key()),
        name: None,
        email,
    }
}
