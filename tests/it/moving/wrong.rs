//! A copy that is not what was sent is found, and never used.

use coranto::clock::Timestamp;
use coranto::domain::copying::CopyState;
use coranto::store::copies::{self, CopySide};
use coranto::store::{Db, StoreError, migrate};
use coranto::upkeep::{CopyTrouble, usable};

use super::every_table::{Schema, execute, fill};
use super::{FROM, NOW, moved};
use crate::harness::database::{PostgresPlace, SqlitePlace};

/// A source with rows of the kinds that `kinds` has, or of its own.
async fn filled(kinds: Option<&Db>) -> (SqlitePlace, Db) {
    let place = SqlitePlace::new();
    let db = Db::open(&place.url()).await.unwrap();
    migrate::run(&db).await.unwrap();
    let kinds = Schema::of(kinds.unwrap_or(&db)).await;
    fill(&db, &kinds, 15, 3).await;
    // Nobody works on it, whatever the dice say.
    execute(&db, "UPDATE workers SET lease_until = 0, pulse = 0; UPDATE leases SET lease_until = 0".to_owned()).await;
    execute(&db, "UPDATE issues SET state = 'sent'".to_owned()).await;
    (place, db)
}

/// Each fault is put into the target by a trigger, as a bad disk or a bug might.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_came_in_otherwise_is_found() {
    for (what, fault) in [
        ("a value", "UPDATE events SET kind = kind || 'x' WHERE id = (SELECT MIN(id) FROM events)"),
        ("NULL for nothing", "UPDATE subscribers SET name = NULL WHERE name = ''"),
        ("a row that is missing", "DELETE FROM events WHERE id = (SELECT MIN(id) FROM events)"),
    ] {
        let (_home, source) = filled(None).await;
        execute(&source, "UPDATE subscribers SET name = ''".to_owned()).await;
        let place = SqlitePlace::new();
        let target = Db::open(&place.url()).await.unwrap();
        migrate::run(&target).await.unwrap();
        // The last table's rows come in after all others.
        let last = coranto::store::transfer::catalogue::tables(&mut target.read().await.unwrap()).await.unwrap();
        let last = last.last().unwrap().name.clone();
        let trigger =
            format!("CREATE TRIGGER fault AFTER INSERT ON copy_progress WHEN NEW.name = '{last}' BEGIN {fault}; END");
        let Db::Sqlite { writer, .. } = &target else { unreachable!() };
        sqlx::raw_sql(sqlx::AssertSqlSafe(trigger)).execute(writer).await.unwrap();
        let (result, _) = moved(&source, &target).await;
        let Err(CopyTrouble::Differs(tables)) = result else { panic!("{what}: {result:?}") };
        assert_eq!(tables.iter().filter(|table| !table.is_equal()).count(), 1, "{what}: {tables:?}");
        assert!(matches!(usable(&target).await, Err(CopyTrouble::Unfinished { .. })), "{what}");
        assert!(matches!(usable(&source).await, Err(CopyTrouble::Moving { .. })), "{what}");

        // The same command starts over, and without the fault it is well.
        sqlx::raw_sql("DROP TRIGGER fault").execute(writer).await.unwrap();
        let (result, said) = moved(&source, &target).await;
        assert!(result.unwrap().iter().all(|table| table.is_equal()), "{what}");
        assert_eq!(said, ["the copy differed from the source"], "{what}");
        usable(&target).await.unwrap();
        source.close().await;
        target.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_postgresql_cannot_keep_is_named() {
    let (Some(server), Some(kinds)) = (PostgresPlace::empty(), PostgresPlace::new()) else { return };
    let kinds_db = Db::open(&kinds.url()).await.unwrap();
    let (_home, source) = filled(Some(&kinds_db)).await;
    kinds_db.close().await;
    let nul = "UPDATE subscribers SET name = 'a' || char(0) || 'b' WHERE id = (SELECT MAX(id) FROM subscribers)";
    execute(&source, nul.to_owned()).await;
    let target = Db::open(&server.url()).await.unwrap();
    let (result, _) = moved(&source, &target).await;
    let error = result.unwrap_err();
    assert!(matches!(&error, CopyTrouble::Store(StoreError::Unstorable { .. })), "{error}");
    let said = error.to_string();
    assert_eq!(said, "subscribers.name has a value that PostgreSQL cannot keep: the text has a NUL character");
    assert!(matches!(usable(&target).await, Err(CopyTrouble::Unfinished { .. })));

    // Mended by the operator; events say nothing of it, and the rows that were in are in.
    execute(&source, "UPDATE subscribers SET name = 'ab' WHERE instr(name, char(0)) > 0".to_owned()).await;
    let (result, said) = moved(&source, &target).await;
    assert!(result.unwrap().iter().all(|table| table.is_equal()));
    assert_eq!(said, ["resumed"]);
    source.close().await;
    target.close().await;
}

/// Between two steps of the end, both sides are closed or one is open, and the same call goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_ends_between_its_last_steps_is_gone_on_with() {
    for stop in ["the copy is equal", "the source has moved"] {
        let (_home, source) = filled(None).await;
        let place = SqlitePlace::new();
        let target = Db::open(&place.url()).await.unwrap();
        migrate::run(&target).await.unwrap();
        let Db::Sqlite { writer: there, .. } = &target else { unreachable!() };
        let Db::Sqlite { writer: here, .. } = &source else { unreachable!() };
        // The step after the one named is refused.
        let fault = match stop {
            "the copy is equal" => (here, "UPDATE ON copies WHEN NEW.state = 'moved'"),
            _ => (there, "DELETE ON copies"),
        };
        let text = format!("CREATE TRIGGER fault BEFORE {} BEGIN SELECT RAISE(ABORT, 'cut short'); END", fault.1);
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(fault.0).await.unwrap();
        let (result, _) = moved(&source, &target).await;
        assert!(result.unwrap_err().to_string().contains("cut short"), "{stop}");
        assert!(usable(&source).await.is_err(), "{stop}");
        assert!(matches!(usable(&target).await, Err(CopyTrouble::Unfinished { .. })), "{stop}");
        sqlx::raw_sql("DROP TRIGGER fault").execute(fault.0).await.unwrap();
        let (result, said) = moved(&source, &target).await;
        assert_eq!((result.unwrap().len(), said), (0, vec!["resumed".to_owned()]), "{stop}: it was compared");
        usable(&target).await.unwrap();
        assert!(matches!(usable(&source).await, Err(CopyTrouble::Moved { .. })), "{stop}");
        source.close().await;
        target.close().await;
    }
}

/// Whatever was written to the source meanwhile would be lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_goes_on_by_itself_is_not_left_behind() {
    let (_home, source) = filled(None).await;
    let place = SqlitePlace::new();
    let target = Db::open(&place.url()).await.unwrap();
    migrate::run(&target).await.unwrap();
    let Db::Sqlite { writer, .. } = &target else { unreachable!() };
    let refuse = "CREATE TRIGGER fault BEFORE UPDATE ON copies BEGIN SELECT RAISE(ABORT, 'cut short'); END";
    sqlx::raw_sql(refuse).execute(writer).await.unwrap();
    moved(&source, &target).await.0.unwrap_err();
    sqlx::raw_sql("DROP TRIGGER fault").execute(writer).await.unwrap();
    execute(&source, "DELETE FROM events WHERE id = (SELECT MAX(id) FROM events)".to_owned()).await;
    let (result, said) = moved(&source, &target).await;
    assert!(result.unwrap().iter().all(|table| table.is_equal()));
    assert_eq!(said, ["the source was changed since"]);
    source.close().await;
    target.close().await;
}

/// What the store says of a side, statement by statement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_side_is_where_it_says() {
    let mut dbs = vec![filled(None).await];
    let server = PostgresPlace::new();
    let on_server = match &server {
        Some(place) => Some(Db::open(&place.url()).await.unwrap()),
        None => None,
    };
    let (home, file) = dbs.pop().unwrap();
    for db in std::iter::once(&file).chain(&on_server) {
        let mut tx = db.begin().await.unwrap();
        let side = CopySide {
            number: "one".into(),
            state: CopyState::Moving,
            other: FROM.into(),
            trace: String::new(),
            at: NOW,
        };
        assert!(copies::begin(&mut tx, &side).await.unwrap());
        assert!(!copies::begin(&mut tx, &CopySide { number: "two".into(), ..side.clone() }).await.unwrap());
        assert_eq!(copies::get(&mut tx).await.unwrap(), Some(side));
        let (from, to) = (CopyState::Moving, CopyState::Moved);
        assert!(!copies::advance(&mut tx, "two", from, to, "t", NOW).await.unwrap());
        assert!(copies::advance(&mut tx, "one", from, to, "t", NOW).await.unwrap());
        assert!(!copies::advance(&mut tx, "one", from, to, "t", NOW).await.unwrap());
        assert!(!copies::end(&mut tx, "two").await.unwrap());
        assert!(copies::take_back(&mut tx).await.unwrap());
        assert!(!copies::take_back(&mut tx).await.unwrap());
        let table = copies::TableProgress { name: "events".into(), rows: 5, last_key: Some(vec![1]), complete: false };
        copies::note_progress(&mut tx, &table).await.unwrap();
        let done = copies::TableProgress { rows: 9, complete: true, ..table };
        copies::note_progress(&mut tx, &done).await.unwrap();
        assert_eq!(copies::progress(&mut tx).await.unwrap(), [done]);
        copies::forget_progress(&mut tx).await.unwrap();
        assert!(copies::progress(&mut tx).await.unwrap().is_empty());
        assert!(copies::trace(&mut tx).await.unwrap().split('.').count() == 3);
        assert_eq!(copies::lease_runs_until(&mut tx, Timestamp(i64::MAX)).await.unwrap(), None);
        drop(tx);
        db.close().await;
    }
    drop(home);
}
