//! What is not moved, and in which words; a move that is undone.

use std::time::Duration;

use coranto::domain::copying::CopyState;
use coranto::domain::issue::IssueState;
use coranto::store::copies::{self, CopySide};
use coranto::store::transfer::{catalogue, counters, rows};
use coranto::store::{Db, installation, leases, migrate};
use coranto::upkeep::{CopyTrouble, Relocation, move_to, reopen, usable};

use super::every_table::execute;
use super::{FROM, NOW, TO, actor, clock, moved};
use crate::harness::database::{SqlitePlace, both_databases};

/// A source with a name and an issue, and where it may go.
async fn ends(db: &Db) -> (SqlitePlace, Db) {
    db.write(async |tx| installation::found(tx, "one", NOW).await).await.unwrap();
    let rows = "INSERT INTO newsletters (id, slug, created_at) VALUES (1, 'week', 0);
        INSERT INTO revisions (id, newsletter_id, kind, digest, title, subject, preheader, language, html, plain, source, created_at)
        VALUES (1, 1, 'issue', 'd', 't', 's', 'p', 'en', 'h', 'p', 's', 0)";
    execute(db, rows.to_owned()).await;
    let is_on_slot = if db.is_sqlite() { "0" } else { "FALSE" };
    let issue = format!(
        "INSERT INTO issues (id, newsletter_id, slug, title, state, revision_id, on_slot, asked, note, created_at)
         VALUES (1, 1, 'calendar', 't', 'sent', 1, {is_on_slot}, '', '', 0)"
    );
    execute(db, issue).await;
    let place = SqlitePlace::new();
    let target = Db::open(&place.url()).await.unwrap();
    (place, target)
}

async fn refused(source: &Db, target: &Db) -> (String, &'static str) {
    let error = moved(source, target).await.0.unwrap_err();
    (error.to_string(), error.hint().unwrap_or_default())
}

both_databases! {
    async fn nothing_is_moved_from_under_somebody_at_work(db: Db) {
        let (_place, target) = ends(&db).await;
        let until = NOW.plus(Duration::from_secs(30));
        let worker = db.write(async |tx| leases::register(tx, "server", true, NOW, until).await).await.unwrap();
        let (said, hint) = refused(&db, &target).await;
        assert_eq!(said, "a server or a command works on the database: its lease runs for 30 seconds more");
        assert!(hint.starts_with("stop every server first"), "{hint}");
        db.write(async |tx| leases::end(tx, worker, NOW).await).await.unwrap();
        for state in [IssueState::Preparing, IssueState::Sending] {
            execute(&db, format!("UPDATE issues SET state = '{state}'")).await;
            let (said, hint) = refused(&db, &target).await;
            assert_eq!(said, format!("the issue calendar is {state}"));
            assert!(hint.contains("coranto issues pause"), "{hint}");
        }
        // Whoever was refused has closed nothing.
        usable(&db).await.unwrap();
        execute(&db, "UPDATE issues SET state = 'paused'".to_owned()).await;
        assert!(moved(&db, &target).await.0.is_ok());
        target.close().await;
    }

    async fn nothing_is_written_over(db: Db) {
        let (_place, target) = ends(&db).await;
        migrate::run(&target).await.unwrap();
        execute(&target, "INSERT INTO newsletters (id, slug, created_at) VALUES (5, 'other', 0)".to_owned()).await;
        let (said, hint) = refused(&db, &target).await;
        assert_eq!(said, "the target is in use: its table newsletters has rows");
        assert!(hint.contains("an empty database"), "{hint}");
        let (kept,): (i64,) =
            target.read().await.unwrap().sql("SELECT COUNT(*) FROM newsletters WHERE id = 5").fetch_one().await.unwrap();
        assert_eq!(kept, 1);
        // A typing error in the address of the target closes nothing.
        usable(&db).await.unwrap();
        execute(&target, "DELETE FROM newsletters".to_owned()).await;
        let (number, state, other) = ("one".to_owned(), CopyState::Moving, TO.to_owned());
        let side = CopySide { number, state, other, trace: String::new(), at: NOW };
        db.write(async |tx| copies::begin(tx, &side).await).await.unwrap();
        let said = usable(&db).await.unwrap_err().to_string();
        assert_eq!(said, format!("this database is being moved to {TO}"));
        let elsewhere = Relocation { source: &db, target: &target, from: FROM, to: "postgres://third" };
        let error = move_to(elsewhere, &clock(), &actor(), &mut |_| {}).await.unwrap_err();
        assert!(matches!(error, CopyTrouble::Moving { .. }), "{error}");
        reopen(&db, Some(&target), (FROM, TO), NOW, &actor()).await.unwrap();
        usable(&db).await.unwrap();
        target.close().await;
    }

    async fn other_schemas_are_not_copied(db: Db) {
        let (_place, target) = ends(&db).await;
        let (nothing, empty) = {
            let place = SqlitePlace::new();
            let db = Db::open(&place.url()).await.unwrap();
            (place, db)
        };
        assert_eq!(refused(&empty, &target).await.0, "there is no database of coranto in the source");
        migrate::run(&target).await.unwrap();
        for (change, words) in [
            ("UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)",
             "the schema of the target is older than this program"),
            ("UPDATE _sqlx_migrations SET version = KNOWN WHERE version = 9999;
              INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time
              FROM _sqlx_migrations WHERE version = KNOWN",
             "the schema of the target is newer than this program"),
            ("DELETE FROM _sqlx_migrations WHERE version = 9999; ALTER TABLE events ADD COLUMN extra INTEGER",
             "the schemas differ: the columns of events and events are not the same"),
            ("ALTER TABLE events DROP COLUMN extra; CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT",
             "the schemas differ: extra is not in the source"),
        ] {
            execute(&target, change.replace("KNOWN", &migrate::known().to_string())).await;
            assert_eq!(refused(&db, &target).await.0, words);
        }
        empty.close().await;
        target.close().await;
        drop(nothing);
    }

    async fn a_source_that_moved_says_where_it_went(db: Db) {
        let (_place, target) = ends(&db).await;
        let copied = moved(&db, &target).await.0.unwrap();
        assert!(copied.iter().any(|table| table.table == "issues" && table.target.rows == 1), "{copied:?}");
        let error = usable(&db).await.unwrap_err();
        assert_eq!(error.to_string(), format!("this database has moved to {TO}"));
        assert!(error.hint().unwrap().contains("--reopen"));
        let held = installation::get(&mut db.read().await.unwrap()).await.unwrap().unwrap();
        assert_eq!(held.held_why, Some(format!("moved to {TO}")));
        // The copy is what the source was: it has its name, and is not held.
        usable(&target).await.unwrap();
        let there = installation::get(&mut target.read().await.unwrap()).await.unwrap().unwrap();
        assert_eq!((there.name.as_str(), there.generation, there.held_at), ("one", held.generation, None));
        let (said, _) = refused(&db, &target).await;
        assert_eq!(said, format!("this database has moved to {TO}"));
        let kinds = "SELECT kind FROM events WHERE kind LIKE 'installation.%' ORDER BY id";
        let events = async |db: &Db| -> Vec<(String,)> { db.read().await.unwrap().sql(kinds).fetch_all().await.unwrap() };
        assert_eq!(events(&db).await, [("installation.moved".to_owned(),)]);
        assert_eq!(events(&target).await, [("installation.arrived".to_owned(),)]);
        target.close().await;
    }

    async fn a_move_is_undone_while_nobody_has_worked_on_the_copy(db: Db) {
        let (_place, target) = ends(&db).await;
        let trouble = reopen(&db, Some(&target), (FROM, TO), NOW, &actor()).await.unwrap_err();
        assert_eq!(trouble.to_string(), "this database has not moved");
        moved(&db, &target).await.0.unwrap();
        // Where it went is asked of the right one.
        let place = SqlitePlace::new();
        let third = Db::open(&place.url()).await.unwrap();
        let trouble = reopen(&db, Some(&third), (FROM, "postgres://third"), NOW, &actor()).await.unwrap_err();
        assert!(matches!(trouble, CopyTrouble::NotTheTarget), "{trouble}");
        migrate::run(&third).await.unwrap();
        let trouble = reopen(&db, Some(&third), (FROM, TO), NOW, &actor()).await.unwrap_err();
        assert!(matches!(trouble, CopyTrouble::NotTheTarget), "{trouble}");
        let trouble = reopen(&db, None, (FROM, "postgres://third"), NOW, &actor()).await.unwrap_err();
        assert!(matches!(trouble, CopyTrouble::NotTheTarget), "{trouble}");

        reopen(&db, Some(&target), (FROM, TO), NOW, &actor()).await.unwrap();
        usable(&db).await.unwrap();
        assert_eq!(installation::get(&mut db.read().await.unwrap()).await.unwrap().unwrap().held_at, None);
        let error = usable(&target).await.unwrap_err();
        assert_eq!(error.to_string(), format!("this database is a copy of {FROM}, which went on by itself"));

        // And it moves again, into the same place.
        let (result, said) = moved(&db, &target).await;
        result.unwrap();
        assert_eq!(said, ["what is in the target is of an earlier move"]);
        let worker = leases::register(&mut target.begin().await.unwrap(), "none", true, NOW, NOW).await.unwrap();
        assert!(worker.0 > 0, "a transaction that is dropped leaves nothing");
        target.write(async |tx| leases::register(tx, "server", true, NOW, NOW).await).await.unwrap();
        let trouble = reopen(&db, Some(&target), (FROM, TO), NOW, &actor()).await.unwrap_err();
        assert_eq!(trouble.to_string(), "a server or a command has worked on the target since the move");
        assert!(trouble.hint().unwrap().contains("restore --adopt"), "{trouble}");
        assert!(usable(&db).await.is_err());
        third.close().await;
        target.close().await;
    }

    /// A hold that a person set before goes along, and stays on both sides.
    async fn a_hold_goes_along(db: Db) {
        let (_place, target) = ends(&db).await;
        db.write(async |tx| installation::hold(tx, "the list looks wrong", NOW).await).await.unwrap();
        moved(&db, &target).await.0.unwrap();
        let why = async |db: &Db| installation::get(&mut db.read().await.unwrap()).await.unwrap().unwrap().held_why;
        assert_eq!(why(&target).await.as_deref(), Some("the list looks wrong"));
        reopen(&db, Some(&target), (FROM, TO), NOW, &actor()).await.unwrap();
        assert_eq!(why(&db).await.as_deref(), Some("the list looks wrong"));
        target.close().await;
    }

    /// The pieces of the engine, on an engine each.
    async fn rows_are_read_written_and_taken_away(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let tables = catalogue::tables(&mut tx).await.unwrap();
        let place = |name: &str| tables.iter().position(|table| table.name == name).unwrap();
        assert!(place("newsletters") < place("subscriptions") && place("subscriptions") < place("consents"));
        assert!(tables.iter().all(|table| !table.name.starts_with("cop") && !table.name.contains("sqlx")));
        let table = &tables[place("newsletters")];
        assert!(rows::is_empty(&mut tx, table).await.unwrap());
        let insert = "INSERT INTO newsletters (id, slug, created_at) VALUES (3, 'a', 1), (1, 'b', 2), (2, 'c', 3)";
        tx.sql(insert).execute().await.unwrap();
        let mut reader = rows::TableReader::new(table, None);
        let slice = reader.next_slice(&mut tx).await.unwrap();
        assert_eq!(slice.len(), 3);
        assert!(reader.next_slice(&mut tx).await.unwrap().is_empty());
        let mut rest = rows::TableReader::new(table, slice.last_key.clone());
        assert!(rest.next_slice(&mut tx).await.unwrap().is_empty());
        assert_eq!(rows::clear(&mut tx, table, 2).await.unwrap(), 2);
        assert_eq!(rows::clear(&mut tx, table, 2).await.unwrap(), 1);
        assert!(rows::is_empty(&mut tx, table).await.unwrap());
        rows::write(&mut tx, table, &slice).await.unwrap();
        let mut reader = rows::TableReader::new(table, None);
        assert_eq!(reader.next_slice(&mut tx).await.unwrap().sum, slice.sum);
        counters::set(&mut tx, &[("subscribers".to_owned(), 41)]).await.unwrap();
        assert!(counters::read(&mut tx).await.unwrap().contains(&("subscribers".to_owned(), 41)));
        // Never back.
        counters::set(&mut tx, &[("subscribers".to_owned(), 41)]).await.unwrap();
        assert!(copies::get(&mut tx).await.unwrap().is_none());
    }
}
