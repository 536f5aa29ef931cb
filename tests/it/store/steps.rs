//! A step of the schema loses nothing: a database of the former schema, with rows in every table, holds the same rows
//! after it. Knows the state that was called otherwise, and no other value.

use std::collections::BTreeMap;
use std::path::Path;

use coranto::store::{Db, migrate};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use crate::harness::database::{PostgresPlace, SqlitePlace};

/// The last step before `unsubscribed`, which builds a table anew.
const FORMER: i64 = 16;
/// Of a subscription that was stored last and is gone: no other may ever have it.
const GONE: i64 = 99;

/// The rows of each table, each as one text.
type Rows = BTreeMap<String, Vec<String>>;

/// The steps of the former schema, as their files have them.
fn former(engine: &str) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut steps: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    steps.sort();
    let steps = steps.iter().filter_map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (number, name) = name.split_once('_').unwrap();
        let (number, text) = (number.parse().unwrap(), std::fs::read_to_string(path).unwrap());
        let sql = sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(text));
        (number <= FORMER)
            .then(|| Migration::new(number, name.replace('_', " ").into(), MigrationType::Simple, sql, false))
    });
    Migrator::with_migrations(steps.collect())
}

/// Three rows for a table: numbers that fit together, whichever table they point to, and the states of a subscription.
fn inserts(table: &str, columns: &[(String, String)], overriding: &str) -> Vec<String> {
    let names: Vec<_> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let row = |number: i64| {
        let value = |(name, kind): &(String, String)| match (table, name.as_str()) {
            ("subscriptions", "state") => {
                ["'active'", "'left'", "'left'"][usize::try_from(number).unwrap() - 1].to_owned()
            }
            ("subscriptions", "format") => "'plain'".to_owned(),
            ("subscriptions", "ended_by") => {
                ["NULL", "'reader'", "'import'"][usize::try_from(number).unwrap() - 1].to_owned()
            }
            _ => match kind.to_lowercase().as_str() {
                "integer" | "bigint" => number.to_string(),
                "boolean" => (number > 1).to_string(),
                "blob" => format!("x'0{number}'"),
                "bytea" => format!("'\\x0{number}'"),
                "text" => format!("'text {number}'"),
                other => panic!("no value for {table}.{name}, which is {other}"),
            },
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        format!("INSERT INTO {table} ({}) {overriding} VALUES ({})", names.join(", "), values.join(", "))
    };
    (1..=3).map(row).collect()
}

/// Tables that later steps made.
const MADE: [&str; 13] = [
    "accounts", "backups", "copies", "copy_progress", "entries", "hooks", "installation", "mailbox_positions",
    "members", "methods", "quiets", "sessions", "sign_in_tries",
];

fn renamed(mut rows: Rows) -> Rows {
    rows.extend(MADE.map(|table| (table.to_owned(), Vec::new())));
    let workers = rows.get_mut("workers").unwrap();
    let pulse = if workers[0].contains("id '1'") { "'0'" } else { "0" };
    workers.iter_mut().for_each(|row| row.push_str(&format!(" nonce NULL pulse {pulse}")));
    rows.get_mut("notices").unwrap().iter_mut().for_each(|row| row.push_str(" host NULL"));
    let subscriptions = rows.get_mut("subscriptions").unwrap();
    assert_eq!(subscriptions.iter().filter(|row| row.contains("'left'")).count(), 2, "{subscriptions:?}");
    subscriptions.iter_mut().for_each(|row| *row = row.replace("'left'", "'unsubscribed'"));
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_step_loses_a_row_on_sqlite() {
    let place = SqlitePlace::new();
    drop(Db::open(&place.url()).await.unwrap());
    let mut connection = sqlx::SqliteConnection::connect(&place.url()).await.unwrap();
    former("sqlite").run(&mut connection).await.unwrap();
    sqlx::raw_sql("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
        .execute(&mut connection)
        .await
        .unwrap();
    for (table, columns) in sqlite_tables(&mut connection).await {
        for insert in inserts(&table, &columns, "") {
            sqlx::raw_sql(AssertSqlSafe(insert)).execute(&mut connection).await.unwrap();
        }
    }
    let gone = format!(
        "INSERT INTO subscriptions (id, newsletter_id, subscriber_id, state, source, created_at)
                        VALUES ({GONE}, 1, 2, 'active', '', 0); DELETE FROM subscriptions WHERE id = {GONE}"
    );
    sqlx::raw_sql(AssertSqlSafe(gone)).execute(&mut connection).await.unwrap();
    let before = sqlite_rows(&mut connection).await;
    connection.close().await.unwrap();

    let db = Db::open(&place.url()).await.unwrap();
    migrate::run(&db).await.unwrap();
    let Db::Sqlite { writer, .. } = &db else { unreachable!() };
    let mut connection = writer.acquire().await.unwrap();
    assert_eq!(sqlite_rows(&mut connection).await, renamed(before));
    for (asked, answer) in [
        ("SELECT foreign_keys FROM pragma_foreign_keys", 1),
        ("SELECT COUNT(*) FROM pragma_foreign_key_check", 0),
        ("SELECT seq FROM sqlite_sequence WHERE name = 'subscriptions'", GONE),
        ("SELECT COUNT(*) FROM sqlite_schema WHERE name || COALESCE(sql, '') LIKE '%subscriptions_new%'", 0),
        ("SELECT COUNT(*) FROM mailable", 0),
    ] {
        assert_eq!(sqlx::query_scalar::<_, i64>(asked).fetch_one(&mut *connection).await.unwrap(), answer, "{asked}");
    }
    drop(connection);
    db.close().await;
}

async fn sqlite_tables(connection: &mut sqlx::SqliteConnection) -> Vec<(String, Vec<(String, String)>)> {
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                 AND name NOT IN ('_sqlx_migrations', 'schema') ORDER BY name";
    let mut tables = Vec::new();
    for name in sqlx::query_scalar::<_, String>(names).fetch_all(&mut *connection).await.unwrap() {
        let columns = sqlx::query("SELECT name, type FROM pragma_table_info($1)").bind(&name);
        let columns = columns.fetch_all(&mut *connection).await.unwrap();
        tables.push((name, columns.iter().map(|row| (row.get(0), row.get(1))).collect()));
    }
    tables
}

async fn sqlite_rows(connection: &mut sqlx::SqliteConnection) -> Rows {
    let mut rows = Rows::new();
    for (table, columns) in sqlite_tables(connection).await {
        let texts: Vec<_> = columns.iter().map(|(name, _)| format!("'{name} ' || quote(\"{name}\")")).collect();
        let sql = format!("SELECT {} FROM {table} ORDER BY 1", texts.join(" || ' ' || "));
        rows.insert(table, sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *connection).await.unwrap());
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_step_loses_a_row_on_postgres() {
    let Some(place) = PostgresPlace::empty() else { return };
    let mut connection = sqlx::PgConnection::connect(&place.url()).await.unwrap();
    former("postgres").run(&mut connection).await.unwrap();
    // What fills the tables knows no rule, but for the one of a state.
    let checks = "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
                  WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 'subscriptions'::regclass";
    for drop in sqlx::query_scalar::<_, String>(checks).fetch_all(&mut connection).await.unwrap() {
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await.unwrap();
    }
    sqlx::raw_sql("SET session_replication_role = replica").execute(&mut connection).await.unwrap();
    for (table, columns) in postgres_tables(&mut connection).await {
        for insert in inserts(&table, &columns, "OVERRIDING SYSTEM VALUE") {
            sqlx::raw_sql(AssertSqlSafe(insert)).execute(&mut connection).await.unwrap();
        }
    }
    let before = postgres_rows(&mut connection).await;
    let db = Db::open(&place.url()).await.unwrap();
    migrate::run(&db).await.unwrap();
    assert_eq!(postgres_rows(&mut connection).await, renamed(before));
    connection.close().await.unwrap();
    db.close().await;
}

async fn postgres_tables(connection: &mut sqlx::PgConnection) -> Vec<(String, Vec<(String, String)>)> {
    let all = "SELECT t.table_name::text, c.column_name::text, c.data_type::text
               FROM information_schema.tables t
               JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
               WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND t.table_name NOT IN ('_sqlx_migrations', 'schema')
               ORDER BY t.table_name, c.ordinal_position";
    let mut tables: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for row in sqlx::query(all).fetch_all(connection).await.unwrap() {
        let table: String = row.get(0);
        if tables.last().is_none_or(|(last, _)| *last != table) {
            tables.push((table, Vec::new()));
        }
        tables.last_mut().unwrap().1.push((row.get(1), row.get(2)));
    }
    tables
}

async fn postgres_rows(connection: &mut sqlx::PgConnection) -> Rows {
    let mut rows = Rows::new();
    for (table, columns) in postgres_tables(connection).await {
        let texts: Vec<_> =
            columns.iter().map(|(name, _)| format!("'{name} ' || quote_nullable(\"{name}\"::text)")).collect();
        let sql = format!("SELECT {} FROM {table} ORDER BY 1", texts.join(" || ' ' || "));
        rows.insert(table, sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *connection).await.unwrap());
    }
    rows
}
