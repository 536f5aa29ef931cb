//! The database cannot be written for a while: a full disk, a lock, a server that ends connections. Sending pauses, nothing
//! leaves whose take-off is not on disk, and afterwards everybody gets the issue once.

use std::str::FromStr as _;
use std::time::Duration;

use coranto::domain::delivery::DeliveryState::Sent;
use coranto::domain::issue::IssueState;
use coranto::smtp::SinkOptions;
use coranto::store::lock::{SqliteFile, sqlite_path};
use coranto::store::{Db, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::stage::DeliveryFixture;
use crate::harness::database::{Fresh, on_postgres, on_sqlite};
use crate::harness::patience::until;

fn slow() -> SinkOptions {
    SinkOptions { keep: true, reply_delay: Duration::from_millis(5), ..SinkOptions::default() }
}

/// Rows that may have reached the sink, as the ledger has it on disk.
async fn taken_off(stage: &DeliveryFixture, issue: coranto::domain::IssueId) -> i64 {
    let totals = stage.totals(issue).await;
    totals.sent + totals.in_flight + totals.uncertain
}

async fn assert_all_once(stage: &DeliveryFixture, issue: coranto::domain::IssueId, locals: &[String]) {
    stage.assert_once(issue).await;
    for local in locals {
        assert_eq!(stage.standing(issue, local).await, (Sent, 1, None), "{local}");
    }
}

/// The same file on a disk that has room for `pages`: every write that needs one more fails with SQLITE_FULL.
async fn on_a_small_disk(url: &str, pages: i64) -> Db {
    let options = SqliteConnectOptions::from_str(url).unwrap().journal_mode(SqliteJournalMode::Wal).foreign_keys(true);
    let options = options.synchronous(SqliteSynchronous::Full).busy_timeout(Duration::from_secs(15));
    let readers = SqlitePoolOptions::new().max_connections(4).connect_lazy_with(options.clone());
    let options = options.pragma("max_page_count", pages.to_string());
    let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let file = SqliteFile::at(&sqlite_path(url).unwrap());
    Db::Sqlite { writer, readers, file, journal: None }
}

async fn pragma(db: &Db, sql: &'static str) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let (value,) = tx.sql(sql).fetch_one().await.unwrap();
    tx.commit().await.unwrap();
    value
}

#[test]
fn a_full_disk_pauses_sending() {
    on_sqlite(async |fresh: Fresh| {
        let stage = DeliveryFixture::with_sink(fresh.db, slow()).await;
        let locals = stage.crowd(400).await;
        let issue = stage.issue("full").await;
        let small = on_a_small_disk(&fresh.url, pragma(&stage.db, "PRAGMA page_count").await).await;
        let running = stage.start_on(small.clone(), stage.settings.clone());
        let minute = Duration::from_secs(60);
        // It needs a page at some time, and notices.
        until("the disk is full", async || !running.health.is_well(stage.clock.now().0, minute)).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let (seen, known) = (stage.sink.messages().len() as i64, taken_off(&stage, issue).await);
        assert!(seen <= known, "{seen} emails left and the ledger knows of {known}");
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(stage.sink.messages().len() as i64, seen, "it goes on sending with a full disk");
        assert!(seen < 400);

        pragma(&small, "PRAGMA max_page_count = 1000000").await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        assert!(running.health.is_well(stage.clock.now().0, minute));
        running.stop().await;
        small.close().await;
        assert_all_once(&stage, issue, &locals).await;
    });
}

#[test]
fn a_lock_of_another_process_is_waited_for() {
    on_sqlite(async |fresh: Fresh| {
        let stage = DeliveryFixture::with_sink(fresh.db, slow()).await;
        let locals = stage.crowd(150).await;
        let issue = stage.issue("locked").await;
        let running = stage.start();
        let other = Db::open(&fresh.url).await.unwrap();
        for sent in [10, 40, 80] {
            stage.wait_until(issue, |totals| totals.sent >= sent).await;
            let lock = other.begin().await.unwrap();
            tokio::time::sleep(Duration::from_millis(150)).await;
            let (seen, known) = (stage.sink.messages().len() as i64, taken_off(&stage, issue).await);
            assert!(seen <= known, "{seen} emails left and the ledger knows of {known}");
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(stage.sink.messages().len() as i64, seen, "something left while nothing could be written");
            drop(lock);
        }
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        other.close().await;
        assert_all_once(&stage, issue, &locals).await;
    });
}

/// The server ends every connection of the engine, in the middle of whatever it does, many times.
#[test]
fn a_server_that_ends_connections_loses_nothing() {
    on_postgres(async |fresh: Fresh| {
        let mut stage = DeliveryFixture::with_sink(fresh.db, slow()).await;
        stage.settings.timing.poll = Duration::from_millis(20);
        let locals = stage.crowd(400).await;
        let issue = stage.issue("ended").await;
        let engine = Db::open(&fresh.url).await.unwrap();
        let running = stage.start_on(engine.clone(), stage.settings.clone());
        // An engine that cannot even begin ends with an error, which is not what this is about.
        stage.wait_until(issue, |totals| totals.sent > 0).await;
        for _ in 0..12 {
            tokio::time::sleep(Duration::from_millis(60)).await;
            end_others(&stage.db).await.unwrap();
        }
        // A row whose connection could not say what became of it waits for a moment of the clock, which here stands still.
        let ticking = async {
            loop {
                tokio::time::sleep(Duration::from_millis(10)).await;
                stage.clock.advance(Duration::from_millis(10));
            }
        };
        tokio::select! { () = stage.wait_for_state(issue, IssueState::Sent) => {}, () = ticking => {} }
        running.stop().await;
        engine.close().await;
        assert_all_once(&stage, issue, &locals).await;
    });
}

async fn end_others(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.read().await?;
    let sql = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let _: (i64,) = tx.sql(sql).fetch_one().await?;
    Ok(())
}
