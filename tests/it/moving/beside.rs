//! The source stays in use while it is copied: what comes out is one moment of it.

use std::sync::atomic::{AtomicU64, Ordering};

use coranto::store::{Db, StoreError, Tx};
use coranto::upkeep::{CopyStep, copy_whole};

use super::NOW;
use super::every_table::execute;
use crate::harness::database::{Fresh, SqlitePlace, both_databases};

/// Readers before the copy begins: enough that each table takes a while.
const READERS: u64 = 1500;

/// Adds readers with what belongs to them, each in one transaction, for as long as it is polled.
async fn write_on(db: &Db, from: u64, written: &AtomicU64) {
    for number in i64::try_from(from).unwrap().. {
        db.write(async |tx| {
            let address = format!("a{number}@example.org");
            tx.sql(
                "INSERT INTO subscribers (id, email, email_key, address_hash, quota_hash, created_at)
                 VALUES ($1, $2, $2, $3, $3, 0)",
            )
            .bind(number)
            .bind(address)
            .bind(&b"x"[..])
            .execute()
            .await?;
            for text in [
                "INSERT INTO subscriptions (id, newsletter_id, subscriber_id, state, source, created_at)
                 VALUES ($1, 1, $1, 'active', 'x', 0)",
                "INSERT INTO consents (id, subscription_id, kind, at, wording, source) VALUES ($1, $1, 'asked', 0, '', '')",
                "UPDATE subscriptions SET language = 'cs' WHERE id = $1 - 1000",
                "DELETE FROM subscribers WHERE id = $1 - 1200",
            ] {
                tx.sql(text).bind(number).execute().await?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
        written.fetch_add(1, Ordering::Relaxed);
    }
}

both_databases! {
    async fn a_copy_beside_writers_is_one_moment_of_its_source(fresh: Fresh) {
        let db = &fresh.db;
        execute(db, "INSERT INTO newsletters (id, slug, created_at) VALUES (1, 'week', 0)".to_owned()).await;
        let written = AtomicU64::new(0);
        tokio::select! {
            () = write_on(db, 1, &written) => {}
            () = async {
                while written.load(Ordering::Relaxed) < READERS {
                    tokio::task::yield_now().await;
                }
            } => {}
        }
        let place = SqlitePlace::new();
        let target = Db::open(&place.url()).await.unwrap();
        let before = written.load(Ordering::Relaxed);
        // A transaction that was cut short is in the way of nobody: it has been rolled back.
        let start = before + 1000;
        let mut slices = 0;
        let mut told = |step: CopyStep<'_>| slices += u64::from(matches!(step, CopyStep::Copied { .. }));
        let copied = tokio::select! {
            () = write_on(db, start, &written) => unreachable!(),
            copied = copy_whole(db, &target, "the source", NOW, &mut told) => copied.unwrap(),
        };
        let after = written.load(Ordering::Relaxed);
        assert!(after > before, "nobody wrote beside the copy");
        assert!(slices >= 4, "every table with rows was told of");
        let rows = |name: &str| copied.iter().find(|table| table.table == name).unwrap().target.rows;
        assert_eq!(rows("subscribers"), rows("subscriptions"));
        assert_eq!(rows("subscriptions"), rows("consents"));
        let Db::Sqlite { writer, .. } = &target else { unreachable!() };
        let broken: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM pragma_foreign_key_check").fetch_one(writer).await.unwrap();
        assert_eq!(broken, 0);
        let check: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(writer).await.unwrap();
        assert_eq!(check, "ok");
        // The next number is none that the source has given out by then.
        let (next, last): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'subscribers'), (SELECT MAX(id) FROM subscribers)",
        )
        .fetch_one(writer)
        .await
        .unwrap();
        assert!(next >= last, "{next} {last}");
        // The source is as it was: it was only read.
        coranto::upkeep::usable(db).await.unwrap();
        target.close().await;
    }

    /// What reads for long sees one moment, and is not cut off while what it read is written elsewhere.
    async fn a_snapshot_is_one_moment_and_may_rest(db: Db) {
        let count = async |tx: &mut Tx| {
            let (rows,): (i64,) = tx.sql("SELECT COUNT(*) FROM newsletters").fetch_one().await.unwrap();
            rows
        };
        let mut snapshot = db.snapshot().await.unwrap();
        assert_eq!(count(&mut snapshot).await, 0);
        execute(&db, "INSERT INTO newsletters (id, slug, created_at) VALUES (1, 'week', 0)".to_owned()).await;
        assert_eq!(count(&mut snapshot).await, 0);
        if !db.is_sqlite() {
            let (most,): (String,) =
                snapshot.sql("SHOW idle_in_transaction_session_timeout").fetch_one().await.unwrap();
            assert_eq!(most, "0");
            let (most,): (String,) =
                db.read().await.unwrap().sql("SHOW idle_in_transaction_session_timeout").fetch_one().await.unwrap();
            assert_eq!(most, "10s", "any other transaction is ended");
        }
        let refused = snapshot.sql("DELETE FROM newsletters").execute().await;
        assert!(refused.is_err(), "a snapshot writes nothing");
    }
}
