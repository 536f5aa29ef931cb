//! What is due goes out once, to whom it should, whole or not at all; what is too late waits for a person.

use coranto::clock::Timestamp;
use coranto::domain::SubscriptionId;
use coranto::domain::delivery::DeliveryState;
use coranto::domain::issue::IssueState::{self, Held, Queued, Sending};
use coranto::domain::suppression::SuppressionReason;
use coranto::publishing::{Started, When, start_due};
use coranto::store::db::Sql;
use coranto::store::ledger::{self, LedgerRow};
use coranto::store::{Db, StoreError, issues, subscriptions};
use coranto::{domain, signup};
use tokio::task::JoinSet;

use super::ground::{EVENTS_AGAIN, FRIDAY, FRIDAY_AFTER, PublishingFixture, at, keys, no_event};
use crate::harness::acts;
use crate::harness::database::{Fresh, both_databases};

const A: &str = "2026-11-27-a.md";
const B: &str = "2026-12-04-b.md";

/// A desk with one issue on Friday's slot.
async fn with_issue(db: Db) -> PublishingFixture {
    let desk = PublishingFixture::new(db).await;
    desk.file(A, "", "Text.");
    desk.queue(A, When::NextSlot).await.unwrap();
    desk
}

async fn rows(desk: &PublishingFixture, slug: &str) -> Vec<LedgerRow> {
    let id = desk.issue(slug).await.id;
    ledger::rows(&mut desk.db.read().await.unwrap(), id, &[], domain::DeliveryId(0), 1_000_000).await.unwrap()
}

fn sending(slug: &str, readers: u64) -> Started {
    Started::Sending { slug: slug.to_owned(), readers }
}

both_databases! {
    async fn what_is_due_goes_out_and_nothing_else(db: Db) {
        let desk = with_issue(db).await;
        desk.readers(&["one", "two"]).await;
        desk.file(B, "", "Text.");
        desk.queue(B, When::NextSlot).await.unwrap();
        assert!(desk.at("2026-11-27T07:59:59.999Z").start_due().await.is_empty());
        let friday = desk.at(FRIDAY);
        assert_eq!(friday.start_due().await, [sending("a", 2)]);
        assert!(friday.start_due().await.is_empty());
        let issue = desk.issue("a").await;
        assert_eq!((issue.state, issue.started_at, issue.finished_at), (Sending, Some(at(FRIDAY)), None));
        assert_eq!(desk.issue("b").await.state, Queued);
        for row in rows(&desk, "a").await {
            assert_eq!((row.state, row.due_at, row.attempts), (DeliveryState::Pending, Some(at(FRIDAY)), 0));
        }
        assert_eq!(desk.events("a").await, ["issue.queued by command:anna", "issue.started by scheduler"]);
    }

    async fn the_audience_is_who_may_be_mailed_at_that_moment(db: Db) {
        let desk = with_issue(db).await;
        let other = desk.other("month").await;
        desk.readers(&["stays", "leaves", "pauses", "suppressed", "bounced", "left-before"]).await;
        other.readers(&["others", "stays"]).await;
        let mut ids = Vec::new();
        for local in ["leaves", "pauses", "suppressed", "bounced", "left-before"] {
            ids.push(subscription(&desk, local).await);
        }
        let act = desk.act();
        signup::leave(&desk.db, ids[4], &act).await.unwrap();
        // Asked, but never confirmed.
        signup_pending(&desk, "never-confirmed").await;
        let friday = desk.at(FRIDAY);
        signup::leave(&desk.db, ids[0], &friday.act()).await.unwrap();
        desk.db.write(async |tx| subscriptions::pause(tx, ids[1], None, &acts::entry(at(FRIDAY))).await).await.unwrap();
        for (local, reason) in [("suppressed", SuppressionReason::Manual), ("bounced", SuppressionReason::Bounce)] {
            suppress(&desk, local, reason).await;
        }
        assert_eq!(friday.start_due().await, [sending("a", 1)]);
        // Who joins or comes back after that gets the next one.
        friday.readers(&["joins-later"]).await;
        let audience: Vec<_> = rows(&desk, "a").await.into_iter().map(|row| row.email.unwrap()).collect();
        assert_eq!(audience, ["stays@example.net"]);
        assert!(friday.start_due().await.is_empty());
        assert_eq!(desk.totals(desk.issue("a").await.id).await.readers, 1);
    }

    async fn a_pause_that_ends_with_the_slot_misses_no_issue(db: Db) {
        let desk = with_issue(db).await;
        let other = desk.other("month").await;
        let ends = [("long-over", -3_600_000), ("just-over", -1000), ("with-it", 0), ("after-it", 1), ("much-later", 86_400_000)];
        for (local, ms) in ends {
            desk.readers(&[local]).await;
            let until = signup::Rest::Until(Timestamp(at(FRIDAY).0 + ms));
            signup::pause(&desk.db, subscription(&desk, local).await, until, &desk.act()).await.unwrap().unwrap();
        }
        desk.readers(&["open"]).await;
        signup::pause(&desk.db, subscription(&desk, "open").await, signup::Rest::Open, &desk.act()).await.unwrap().unwrap();
        // Of another newsletter nothing begins.
        other.readers(&["theirs"]).await;
        let theirs = subscription(&other, "theirs").await;
        signup::pause(&desk.db, theirs, signup::Rest::Until(at(FRIDAY)), &desk.act()).await.unwrap().unwrap();
        assert_eq!(desk.at(FRIDAY).start_due().await, [sending("a", 3)]);
        let audience: Vec<_> = rows(&desk, "a").await.into_iter().map(|row| row.email.unwrap()).collect();
        assert_eq!(audience, ["long-over@example.net", "just-over@example.net", "with-it@example.net"]);
        let state = subscriptions::get(&mut desk.db.read().await.unwrap(), theirs).await.unwrap().unwrap().state;
        assert_eq!(state, domain::subscriber::SubscriptionState::Paused);
    }

    async fn late_within_the_grace_it_goes_out_and_beyond_it_is_held(db: Db) {
        let desk = with_issue(db).await;
        desk.readers(&["one"]).await;
        desk.file(B, "", "Text.");
        desk.queue(B, When::NextSlot).await.unwrap();
        // Six hours are the newsletter's grace; to the millisecond.
        assert_eq!(desk.at("2026-11-27T14:00:00Z").start_due().await, [sending("a", 1)]);
        let late = desk.at("2026-12-04T14:00:00.001Z");
        assert_eq!(late.start_due().await, [Started::Held { slug: "b".to_owned() }]);
        assert!(late.start_due().await.is_empty());
        let held = desk.issue("b").await;
        assert_eq!((held.state, held.started_at), (Held, None));
        assert_eq!(held.note, "it was due 6 hours ago and nothing could send it; queue it again if it is wanted");
        assert_eq!(rows(&desk, "b").await.len(), 0);
        assert_eq!(desk.events("b").await, ["issue.queued by command:anna", "issue.held by scheduler"]);
        // A person queues it again.
        late.queue(B, When::NextSlot).await.unwrap();
        assert_eq!(desk.standing("b").await, (Queued, Some("2026-12-11T08:00:00Z".to_owned())));
        assert_eq!(desk.issue("b").await.note, "");
    }

    async fn years_later_nothing_fires_by_itself(db: Db) {
        let desk = PublishingFixture::new(db).await;
        for number in 0..30 {
            let name = format!("issue-{number}.md");
            desk.file(&name, "", "Text.");
            desk.queue(&name, When::NextSlot).await.unwrap();
        }
        let started = desk.at("2036-01-01T00:00:00Z").start_due().await;
        assert_eq!(started.len(), 30);
        assert!(started.iter().all(|one| matches!(one, Started::Held { .. })), "{started:?}");
        // And when the clock is set back, what waits still waits.
        assert!(desk.start_due().await.is_empty());
    }

    async fn a_start_that_breaks_off_leaves_nothing_behind(db: Db) {
        let desk = with_issue(db).await;
        desk.readers(&["one", "two", "three"]).await;
        let before = desk.rows().await;
        // The last statement of the transaction fails, after the audience was written.
        desk.execute(&no_event("issue.started")).await;
        let friday = desk.at(FRIDAY);
        let error = start_due(&desk.db, std::slice::from_ref(&desk.newsletter), friday.now).await.unwrap_err();
        assert!(error.to_string().contains("a test forbids it"), "{error}");
        assert_eq!(desk.rows().await, before);
        let issue = desk.issue("a").await;
        assert_eq!((issue.state, issue.started_at), (Queued, None));
        // Tried again, it is whole.
        desk.execute(EVENTS_AGAIN).await;
        assert_eq!(friday.start_due().await, [sending("a", 3)]);
        assert_eq!(rows(&desk, "a").await.len(), 3);
    }

    async fn several_schedulers_start_an_issue_once(fresh: Fresh) {
        let desk = with_issue(fresh.db.clone()).await;
        let locals: Vec<_> = (0..100).map(|number| format!("reader{number}")).collect();
        desk.readers(&locals.iter().map(String::as_str).collect::<Vec<_>>()).await;
        // An issue every week, each started by six processes' tasks at once.
        for week in 0..10_i64 {
            let now = coranto::clock::Timestamp(at(FRIDAY).0 + week * 7 * 86_400_000);
            let name = format!("week-{week}.md");
            desk.file(&name, "", "Text.");
            PublishingFixture { now, ..desk.clone() }.queue(&name, When::Beside(now)).await.unwrap();
            let mut tasks = JoinSet::new();
            for _ in 0..3 {
                let db = Db::open(&fresh.url).await.unwrap();
                for _ in 0..2 {
                    let desk = PublishingFixture { db: db.clone(), now, ..desk.clone() };
                    tasks.spawn(async move { desk.start_due().await });
                }
            }
            let mut started = Vec::new();
            while let Some(ended) = tasks.join_next().await {
                started.extend(ended.unwrap());
            }
            let mut wanted = vec![sending(&format!("week-{week}"), 100)];
            if week == 0 {
                wanted.insert(0, sending("a", 100));
            }
            started.sort_by_key(|one| format!("{one:?}"));
            assert_eq!(started, wanted);
        }
        let mut tx = desk.db.read().await.unwrap();
        let twice: Vec<(i64,)> = tx
            .sql("SELECT COUNT(*) FROM deliveries GROUP BY issue_id, subscription_id HAVING COUNT(*) > 1")
            .fetch_all()
            .await
            .unwrap();
        let (all,): (i64,) = tx.sql("SELECT COUNT(*) FROM deliveries").fetch_one().await.unwrap();
        let (events,): (i64,) =
            tx.sql("SELECT COUNT(*) FROM events WHERE kind = 'issue.started'").fetch_one().await.unwrap();
        assert_eq!((twice.len(), all, events), (0, 1100, 11));
    }

    async fn an_issue_is_started_for_the_time_that_was_read_or_not_at_all(db: Db) {
        let desk = with_issue(db).await;
        let id = desk.issue("a").await.id;
        for (due_at, moves) in [(at(FRIDAY_AFTER), false), (at(FRIDAY), true), (at(FRIDAY), false)] {
            let moved = desk.db.write(async |tx| issues::prepare(tx, id, due_at).await).await;
            assert_eq!(moved.unwrap(), moves);
        }
    }

    async fn an_issue_that_is_moved_while_it_is_started_goes_where_it_was_moved(fresh: Fresh) {
        let desk = with_issue(fresh.db.clone()).await;
        desk.readers(&["one"]).await;
        let friday = desk.at(FRIDAY);
        // The scheduler against a person, again and again: whoever is first, nothing is half done.
        let (mut went, mut moved) = (0, 0);
        for round in 0..20 {
            let name = format!("round-{round}.md");
            desk.file(&name, "", "Text.");
            friday.queue(&name, When::Beside(friday.now)).await.unwrap();
            let mut tasks = JoinSet::new();
            let (scheduler, person) = (friday.clone(), PublishingFixture { db: Db::open(&fresh.url).await.unwrap(), ..friday.clone() });
            tasks.spawn(async move { drop(scheduler.start_due().await) });
            tasks.spawn(async move { drop(person.queue(&name, When::Beside(at(FRIDAY_AFTER))).await) });
            while let Some(ended) = tasks.join_next().await {
                ended.unwrap();
            }
            let issue = desk.issue(&format!("round-{round}")).await;
            match issue.state {
                IssueState::Sending => assert_eq!(issue.due_at, Some(at(FRIDAY))),
                IssueState::Queued => assert_eq!((issue.due_at, issue.started_at), (Some(at(FRIDAY_AFTER)), None)),
                other => panic!("{other}"),
            }
            went += i32::from(issue.state == Sending);
            moved += i32::from(issue.state == Queued);
        }
        assert_eq!(went + moved, 20);
    }

    async fn with_nobody_to_send_to_it_is_held_and_its_slug_is_not_spent(db: Db) {
        let desk = with_issue(db).await;
        let friday = desk.at(FRIDAY);
        assert_eq!(friday.start_due().await, [Started::Held { slug: "a".to_owned() }]);
        assert!(friday.start_due().await.is_empty());
        let held = desk.issue("a").await;
        assert_eq!((held.state, held.started_at), (Held, None));
        assert!(held.note.starts_with("there is nobody to send to"), "{}", held.note);
        assert_eq!(desk.events("a").await.last().unwrap().split(' ').next(), Some("issue.held"));
        // Once there are readers the same file goes out, under the same name.
        friday.readers(&["one"]).await;
        friday.queue(A, When::Now).await.unwrap();
        assert_eq!(friday.start_due().await, [sending("a", 1)]);
        // Who is suppressed or has left is nobody.
        desk.file(B, "", "Text.");
        let after = desk.at(FRIDAY_AFTER);
        desk.queue(B, When::NextSlot).await.unwrap();
        suppress(&desk, "one", SuppressionReason::Manual).await;
        assert_eq!(after.start_due().await, [Started::Held { slug: "b".to_owned() }]);
    }

    async fn a_hundred_thousand_readers_are_frozen_at_once(db: Db) {
        let desk = with_issue(db).await;
        crowd(&desk, 100_000).await;
        let friday = desk.at(FRIDAY);
        assert_eq!(friday.start_due().await, [sending("a", 100_000)]);
        assert_eq!(desk.totals(desk.issue("a").await.id).await.pending, 100_000);
    }

    async fn an_issue_of_a_newsletter_that_is_not_configured_waits(db: Db) {
        let desk = with_issue(db).await;
        let started = start_due(&desk.db, &[], at(FRIDAY)).await.unwrap();
        assert!(started.is_empty());
        assert_eq!(desk.issue("a").await.state, Queued);
    }
}

async fn subscription(desk: &PublishingFixture, local: &str) -> SubscriptionId {
    let email = format!("{local}@example.net");
    let mut tx = desk.db.read().await.unwrap();
    let (id,) = tx
        .sql(
            "SELECT s.id FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id
             WHERE s.newsletter_id = $1 AND u.email = $2",
        )
        .bind(desk.id)
        .bind(email)
        .fetch_one()
        .await
        .unwrap();
    id
}

async fn suppress(desk: &PublishingFixture, local: &str, reason: SuppressionReason) {
    let email: domain::address::EmailAddress = format!("{local}@example.net").parse().unwrap();
    signup::suppress(&desk.db, &keys(), &email, reason, "", &desk.act()).await.unwrap();
}

/// A reader who asked and has not confirmed.
async fn signup_pending(desk: &PublishingFixture, local: &str) {
    desk.readers(&[local]).await;
    let id = subscription(desk, local).await;
    let changed = desk
        .db
        .write(async |tx| {
            tx.sql("UPDATE subscriptions SET state = 'pending', confirmed_at = NULL WHERE id = $1")
                .bind(id)
                .execute()
                .await
        })
        .await
        .unwrap();
    assert_eq!(changed, 1);
}

/// Many active readers at once, past the use cases.
async fn crowd(desk: &PublishingFixture, count: i64) {
    let (id, now) = (desk.id, desk.now);
    desk.db
        .write(async |tx| {
            tx.sql(Sql::Split {
                sqlite: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
                         INSERT INTO subscribers (email, email_key, address_hash, quota_hash, created_at)
                         SELECT 'r' || i || '@example.net', 'r' || i || '@example.net', CAST(i AS BLOB), CAST(i AS BLOB), $2 FROM n",
                postgres: "INSERT INTO subscribers (email, email_key, address_hash, quota_hash, created_at)
                           SELECT 'r' || i || '@example.net', 'r' || i || '@example.net',
                                  decode(lpad(to_hex(i), 16, '0'), 'hex'), decode(lpad(to_hex(i), 16, '0'), 'hex'), $2
                           FROM generate_series(1, $1) AS i",
            })
            .bind(count)
            .bind(now)
            .execute()
            .await?;
            tx.sql(
                "INSERT INTO subscriptions (newsletter_id, subscriber_id, state, source, created_at, confirmed_at)
                 SELECT $1, id, 'active', 'test', $2, $2 FROM subscribers",
            )
            .bind(id)
            .bind(now)
            .execute()
            .await?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}
