//! The two schemas are one: tables, columns, nullability, classes of type, unique keys. Knows no table by name.

use std::collections::BTreeSet;

use coranto::store::{Db, migrate};
use sqlx::Row as _;

use crate::harness::database::{PostgresPlace, SqlitePlace};

/// One line per fact, so that a difference reads by itself.
type Facts = BTreeSet<String>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_have_one_schema() {
    let Some(postgres) = PostgresPlace::new() else { return };
    let sqlite = SqlitePlace::new();
    let (on_sqlite, on_postgres) = (facts(&sqlite.url()).await, facts(&postgres.url()).await);
    let only = |one: &Facts, other: &Facts| one.difference(other).map(|fact| format!("  {fact}\n")).collect::<String>();
    assert!(
        on_sqlite == on_postgres,
        "the schemas differ.\nonly on SQLite:\n{}only on PostgreSQL:\n{}",
        only(&on_sqlite, &on_postgres),
        only(&on_postgres, &on_sqlite)
    );
    for part in ["table ", "view ", "column ", "unique ", "index "] {
        assert!(on_sqlite.iter().any(|fact| fact.starts_with(part)), "the comparison sees no {part}at all");
    }
}

async fn facts(url: &str) -> Facts {
    let db = Db::open(url).await.unwrap();
    migrate::run(&db).await.unwrap();
    let facts = match &db {
        Db::Sqlite { writer, .. } => sqlite_facts(writer).await,
        Db::Postgres(pool, _) => postgres_facts(pool).await,
    };
    db.close().await;
    facts
}

async fn sqlite_facts(pool: &sqlx::SqlitePool) -> Facts {
    let mut facts = Facts::new();
    let relations = sqlx::query(
        "SELECT name, type FROM sqlite_schema
         WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations'",
    );
    for relation in relations.fetch_all(pool).await.unwrap() {
        let (name, kind) = (relation.get::<String, _>(0), relation.get::<String, _>(1));
        facts.insert(format!("{kind} {name}"));
        let columns = sqlx::query("SELECT name, type, \"notnull\", pk FROM pragma_table_info($1)").bind(&name);
        let mut primary = Vec::new();
        for column in columns.fetch_all(pool).await.unwrap() {
            let (field, declared) = (column.get::<String, _>(0), column.get::<String, _>(1));
            let (not_null, place) = (column.get::<bool, _>(2), column.get::<i64, _>(3));
            if place > 0 {
                primary.push((place, field.clone()));
            }
            facts.extend(column_fact(&kind, &name, &field, &declared, not_null || place > 0));
        }
        if kind == "table" {
            primary.sort();
            let fields = primary.into_iter().map(|(_, field)| field).collect::<Vec<_>>();
            facts.insert(format!("unique {name} ({})", fields.join(", ")));
            facts.extend(sqlite_indexes(pool, &name).await);
        }
    }
    facts
}

async fn sqlite_indexes(pool: &sqlx::SqlitePool, table: &str) -> Facts {
    let indexes =
        sqlx::query("SELECT name, \"unique\", partial FROM pragma_index_list($1) WHERE origin <> 'pk'").bind(table);
    let mut facts = Facts::new();
    for index in indexes.fetch_all(pool).await.unwrap() {
        let (name, unique, partial) = (index.get::<String, _>(0), index.get::<bool, _>(1), index.get::<bool, _>(2));
        let fields =
            sqlx::query("SELECT coalesce(name, 'expression') FROM pragma_index_info($1) ORDER BY seqno").bind(name);
        let fields = fields.fetch_all(pool).await.unwrap().iter().map(|field| field.get(0)).collect::<Vec<String>>();
        facts.insert(index_fact(table, &fields.join(", "), unique, partial));
    }
    facts
}

async fn postgres_facts(pool: &sqlx::PgPool) -> Facts {
    let mut facts = Facts::new();
    let relations = sqlx::query(
        "SELECT table_name::TEXT, CASE table_type WHEN 'VIEW' THEN 'view' ELSE 'table' END FROM information_schema.tables
         WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
    );
    for relation in relations.fetch_all(pool).await.unwrap() {
        let (name, kind) = (relation.get::<String, _>(0), relation.get::<String, _>(1));
        facts.insert(format!("{kind} {name}"));
        let columns = sqlx::query(
            "SELECT column_name::TEXT, data_type::TEXT, is_nullable = 'NO' FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = $1",
        );
        for column in columns.bind(&name).fetch_all(pool).await.unwrap() {
            let (field, declared) = (column.get::<String, _>(0), column.get::<String, _>(1));
            facts.extend(column_fact(&kind, &name, &field, &declared, column.get(2)));
        }
    }
    let indexes = sqlx::query(
        "SELECT t.relname::TEXT, i.indisunique, i.indpred IS NOT NULL, i.indisprimary,
                (SELECT string_agg(coalesce(a.attname::TEXT, 'expression'), ', ' ORDER BY k.place)
                 FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (field, place)
                 LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.field AND k.field <> 0)
         FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
         WHERE n.nspname = 'public' AND t.relname <> '_sqlx_migrations'",
    );
    for index in indexes.fetch_all(pool).await.unwrap() {
        let (table, fields) = (index.get::<String, _>(0), index.get::<String, _>(4));
        let (unique, partial, primary) = (index.get::<bool, _>(1), index.get::<bool, _>(2), index.get::<bool, _>(3));
        facts.insert(if primary {
            format!("unique {table} ({fields})")
        } else {
            index_fact(&table, &fields, unique, partial)
        });
    }
    facts
}

/// A view's columns have neither nullability nor, on SQLite, always a type.
fn column_fact(kind: &str, relation: &str, field: &str, declared: &str, not_null: bool) -> Option<String> {
    if kind == "view" {
        return Some(format!("column {relation}.{field}"));
    }
    let class = class(declared);
    let null = if not_null { "not null" } else { "null" };
    Some(format!("column {relation}.{field} {class} {null}"))
}

fn index_fact(table: &str, fields: &str, unique: bool, partial: bool) -> String {
    match (unique, partial) {
        (true, false) => format!("unique {table} ({fields})"),
        (true, true) => format!("unique {table} ({fields}) on some rows"),
        (false, false) => format!("index {table} ({fields})"),
        (false, true) => format!("index {table} ({fields}) on some rows"),
    }
}

/// What the drivers read alike. PostgreSQL's booleans are SQLite's integers; both are decoded to `bool`.
fn class(declared: &str) -> &'static str {
    match declared.to_ascii_lowercase().as_str() {
        "integer" | "bigint" | "boolean" => "integer",
        "text" => "text",
        "blob" | "bytea" => "bytes",
        "real" | "double precision" => "real",
        other => panic!("type {other:?} is none of those that both databases have: see docs/two-databases.md"),
    }
}
