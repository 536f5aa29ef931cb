//! What a transaction promises, on both engines: all or nothing, one moment, and a writer that survives a full disk.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use coranto::domain::delivery::DeliveryState;
use coranto::domain::issue::IssueState;
use coranto::store::{Db, StoreError, issues, ledger, newsletters};

use super::ground::{NOW, StoreFixture, minute};
use crate::harness::acts;
use crate::harness::database::{Fresh, both_databases, on_postgres, on_sqlite};

both_databases! {
    async fn what_fails_leaves_nothing_behind(db: Db) {
        let failed = db
            .write(async |tx| {
                newsletters::ensure(tx, "week", NOW).await?;
                Err::<(), _>(StoreError::Url)
            })
            .await;
        assert!(matches!(failed, Err(StoreError::Url)));
        assert_eq!(newsletters::find(&mut db.read().await.unwrap(), "week").await.unwrap(), None);
        let mut dropped = db.begin().await.unwrap();
        newsletters::ensure(&mut dropped, "week", NOW).await.unwrap();
        drop(dropped);
        assert_eq!(newsletters::find(&mut db.read().await.unwrap(), "week").await.unwrap(), None);
    }

    /// A reader's browser goes away, or a task is aborted: at whatever point that cuts a transaction, the connection that
    /// goes back to the pool is in none, and what is written on it next is durable.
    async fn a_transaction_that_is_cut_short_leaves_its_connection_free(fresh: Fresh) {
        let db = &fresh.db;
        let other = Db::open(&fresh.url).await.unwrap();
        let work = async || {
            db.write(async |tx| newsletters::ensure(tx, "cut", NOW).await).await.unwrap();
        };
        for looks in 0..40 {
            cut_short(work(), looks).await;
            // The connection goes back on its own time.
            while db.connections().0 != db.connections().1 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let writers = if db.is_sqlite() { 1 } else { db.connections().0 };
            let mut singles = Vec::new();
            for _ in 0..writers {
                singles.push(db.single().await.unwrap());
            }
            for (number, single) in singles.iter_mut().enumerate() {
                let slug = format!("after-{looks}-{number}");
                let sql = "INSERT INTO newsletters (slug, created_at) VALUES ($1, 0)";
                single.sql(sql).bind(slug.as_str()).execute().await.unwrap();
                let found = newsletters::find(&mut other.read().await.unwrap(), &slug).await.unwrap();
                assert!(found.is_some(), "cut at look {looks}, the connection was still in a transaction");
            }
        }
        other.close().await;
    }

    async fn a_reader_sees_one_moment_and_cannot_write(db: Db) {
        let mut reader = db.read().await.unwrap();
        assert_eq!(newsletters::find(&mut reader, "week").await.unwrap(), None);
        db.write(async |tx| newsletters::ensure(tx, "week", NOW).await).await.unwrap();
        assert_eq!(newsletters::find(&mut reader, "week").await.unwrap(), None, "a snapshot does not change");
        let error = newsletters::ensure(&mut reader, "month", NOW).await.unwrap_err();
        assert!(matches!(error, StoreError::Database(_)), "{error}");
        drop(reader);
        assert!(newsletters::find(&mut db.read().await.unwrap(), "week").await.unwrap().is_some());
    }
}

/// Polls `work` so many times, with a moment between for what it waits for, and drops it.
async fn cut_short(work: impl Future<Output = ()>, looks: usize) {
    let mut work = pin!(work);
    for _ in 0..looks {
        if poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_ready())).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// SQLite itself rolls back when the disk is full, which the driver does not expect: the next writer must not suffer.
#[test]
fn after_a_full_disk_the_writer_is_fit_again() {
    on_sqlite(async |db: Db| {
        let mut tx = db.begin().await.unwrap();
        // Cannot be fewer than there are: so no page is left.
        let (_,): (i64,) = tx.sql("PRAGMA max_page_count = 1").fetch_one().await.unwrap();
        tx.commit().await.unwrap();
        let fill = async || {
            db.write(async |tx| {
                let sql = "INSERT INTO events (at, kind, actor, data) VALUES (0, 'test.filler', 'test', $1)";
                tx.sql(sql).bind("x".repeat(2000)).execute().await
            })
            .await
        };
        let mut written = 0;
        let error = loop {
            match fill().await {
                Ok(_) => written += 1,
                Err(error) => break error,
            }
            assert!(written < 1000, "the disk is never full");
        };
        assert!(error.is_disk_full() && error.is_transient(), "{error}");
        db.write(async |tx| newsletters::ensure(tx, "week", NOW).await).await.unwrap();
    });
}

/// On PostgreSQL somebody may put a row back while the engine looks whether the issue is finished.
#[test]
fn nobody_finishes_an_issue_that_is_being_retried() {
    on_postgres(async |db: Db| {
        let mut ground = StoreFixture::new(&db).await;
        let (issue, live) = (ground.issue, ground.live);
        ground.row(DeliveryState::Failed, live).await;
        ground.tx.commit().await.unwrap();

        let mut retry = db.begin().await.unwrap();
        assert!(issues::lock(&mut retry, issue).await.unwrap());
        assert_eq!(ledger::retry_failed(&mut retry, issue, NOW).await.unwrap(), 1);
        let mut finish = db.begin().await.unwrap();
        let (finished, ()) = tokio::join!(issues::finish(&mut finish, issue, acts::by(minute(1))), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            retry.commit().await.unwrap();
        });
        assert!(finished.unwrap().is_none(), "it was finished over a row that waits");
        finish.commit().await.unwrap();
        let found = issues::get(&mut db.read().await.unwrap(), issue).await.unwrap().unwrap();
        assert_eq!(found.state, IssueState::Sending);
    });
}
