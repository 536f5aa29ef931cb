//! A backup straight into PostgreSQL: into an empty database, or in the place of what is there, which is kept.

use std::time::Duration;

use coranto::store::transfer::{counters, schemas};
use coranto::store::{Db, StoreError, events};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::harness::database::{Fresh, PostgresPlace, both_databases, on_postgres};
use crate::harness::program::{Program, coranto};

use super::kills::times;
use super::scene::Scene;

/// How many rows a query of the tests counts.
async fn count(url: &str, sql: &'static str) -> i64 {
    let db = Db::open(url).await.unwrap();
    let (found,): (i64,) = db.read().await.unwrap().sql(sql).fetch_one().await.unwrap();
    db.close().await;
    found
}

const SUBSCRIPTIONS: &str = "SELECT COUNT(*) FROM subscriptions";
const LAST_EVENT: &str = "SELECT MAX(id) FROM events";
const ASIDE: &str = "SELECT COUNT(*) FROM pg_namespace WHERE nspname LIKE 'before\\_restore\\_%'";
const WAITING: &str = "SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'coranto_restoring'";

#[test]
fn what_is_there_gives_way_only_when_asked() {
    on_postgres(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 20).await;
        scene.command(&["backup", "b.tar.gz"]);
        scene.command(&["subscribers", "add", "late@example.org"]);
        let refused = scene.run(&["restore", "b.tar.gz"]);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        assert!(refused.stderr.contains("--replace"), "{refused:?}");
        let trial = scene.json(&["restore", "b.tar.gz", "--check"]);
        assert_eq!(trial["before"], Value::Null, "{trial}");
        assert_eq!(count(&scene.url, SUBSCRIPTIONS).await, 21, "neither changed anything");

        let done = scene.json(&["restore", "b.tar.gz", "--replace"]);
        let aside = done["before"].as_str().unwrap().to_owned();
        assert!(aside.starts_with("before_restore_2"), "{done}");
        assert_eq!((count(&scene.url, SUBSCRIPTIONS).await, count(&scene.url, ASIDE).await), (20, 1));
        let mut connection = PgConnection::connect(&scene.url).await.unwrap();
        let kept = AssertSqlSafe(format!("SELECT COUNT(*) FROM {aside}.subscriptions"));
        let kept: i64 = sqlx::query_scalar(kept).fetch_one(&mut connection).await.unwrap();
        assert_eq!(kept, 21, "the old rows are in {aside}");
        connection.close().await.unwrap();
        assert_eq!(count(&scene.url, WAITING).await, 0);
        assert!(scene.json(&["status"])["on_hold"].is_object());
        assert!(count(&scene.url, LAST_EVENT).await > 1 << 20, "events go on far ahead");
        // The tables work on as they are: numbers are given out, the mark of a row comes by itself.
        scene.command(&["subscribers", "add", "after@example.org"]);
        scene.command(&["release"]);
        scene.kill(scene.serve()).await;

        let Some(empty) = PostgresPlace::empty() else { return };
        let done = scene.json(&["restore", "b.tar.gz", "--database", &empty.url()]);
        assert_eq!(done["before"], Value::Null, "{done}");
        assert_eq!((count(&empty.url(), SUBSCRIPTIONS).await, count(&empty.url(), ASIDE).await), (20, 0));
        scene.command(&["restore", "b.tar.gz", "--database", "sqlite://other.db"]);
        assert!(scene.home.path().join("other.db").exists());
    });
}

#[test]
fn a_server_at_work_keeps_its_tables() {
    on_postgres(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 5).await;
        scene.command(&["backup", "b.tar.gz"]);
        let server = scene.serve();
        let refused = scene.run(&["restore", "b.tar.gz", "--replace"]);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        assert!(refused.stderr.contains("works on the database"), "{refused:?}");
        assert_eq!(count(&scene.url, ASIDE).await, 0);
        scene.kill(server).await;
        scene.command(&["restore", "b.tar.gz", "--replace"]);
    });
}

#[test]
fn whenever_it_is_killed_the_old_tables_are_there_or_the_new() {
    on_postgres(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 200).await;
        scene.command(&["backup", "b.tar.gz"]);
        scene.command(&["subscribers", "add", "late@example.org"]);
        let (mut old, mut new) = (0, 0);
        for round in 0..times(12) {
            let mut command = coranto(scene.home.path());
            command.args(["--yes", "restore", "b.tar.gz", "--replace"]);
            let program = Program::start(command);
            tokio::time::sleep(Duration::from_millis(97 * round as u64 % 1500)).await;
            let ended = program.kill();
            match count(&scene.url, SUBSCRIPTIONS).await {
                201 => old += 1,
                200 => {
                    new += 1;
                    assert!(scene.json(&["status"])["on_hold"].is_object(), "{ended:?}");
                    scene.command(&["subscribers", "add", "late@example.org"]);
                }
                other => panic!("{other} rows after {ended:?}"),
            }
        }
        assert!(old > 0, "no kill came early enough: {old} {new}");
        scene.command(&["restore", "b.tar.gz", "--replace"]);
        assert_eq!((count(&scene.url, SUBSCRIPTIONS).await, count(&scene.url, WAITING).await), (200, 0));
    });
}

#[test]
fn what_waits_is_apart_from_what_is_in_use() {
    on_postgres(async |fresh: Fresh| {
        let waiting = schemas::open_waiting(&fresh.url).await.unwrap();
        waiting.close().await;
        assert_eq!(count(&fresh.url, WAITING).await, 1);
        fresh.db.write(async |tx| schemas::drop_waiting(tx).await).await.unwrap();
        assert_eq!(count(&fresh.url, WAITING).await, 0);
        let moved = fresh.db.write(async |tx| schemas::take_place(tx, "aside").await).await.unwrap();
        assert_eq!(moved, 0, "nothing waits, so nothing gives way");
    });
}

both_databases! {
    /// Also of a table that has never given one out.
    async fn numbers_go_on_far_ahead(fresh: Fresh) {
        let db = fresh.db;
        let insert = async |key: &'static str| -> i64 {
            db.write(async |tx| {
                let sql = "INSERT INTO subscribers (email, email_key, address_hash, quota_hash, created_at)
                           VALUES ($1, $1, $2, $2, 1) RETURNING id";
                let (id,): (i64,) = tx.sql(sql).bind(key).bind(key.as_bytes()).fetch_one().await?;
                Ok::<_, StoreError>(id)
            })
            .await
            .unwrap()
        };
        let first = insert("one").await;
        db.write(async |tx| counters::raise(tx, 1 << 20).await).await.unwrap();
        assert_eq!(insert("two").await, first + (1 << 20) + 1);
        let numbers = counters::read(&mut db.read().await.unwrap()).await.unwrap();
        let of = |name: &str| numbers.iter().find(|(table, _)| table == name).map(|(_, last)| *last);
        assert_eq!(of("consents"), Some(1 << 20), "{numbers:?}");
        assert!(numbers.len() > 5, "{numbers:?}");
        assert!(!db.write(async |tx| events::move_ahead(tx, 5).await).await.unwrap(), "there is none");
    }
}
