//! The numbers that are given out next: a row that is gone has had one that stands in links, and no other may have it.

use super::catalogue::quoted;
use crate::store::{Result, Tx};

/// The highest number that each table has given out. Tables that give out none, or have not yet, are missing.
pub async fn read(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    let text = match tx.is_sqlite() {
        true => "SELECT name, seq FROM sqlite_sequence WHERE seq > 0 ORDER BY name",
        false => {
            "SELECT s.name, s.last FROM (
                 SELECT CAST(c.table_name AS TEXT) AS name, pg_sequence_last_value(CAST(pg_get_serial_sequence(
                     quote_ident(c.table_name), CAST(c.column_name AS TEXT)) AS REGCLASS)) AS last
                 FROM information_schema.columns c WHERE c.is_identity = 'YES' AND c.table_schema = current_schema()) s
             WHERE s.last IS NOT NULL ORDER BY s.name"
        }
    };
    tx.sql(text).fetch_all().await
}

/// Lets each table go on so many numbers later than it would: those in between were perhaps given out by a database that is
/// lost. A table that has given out none yet is one of them.
pub async fn raise(tx: &mut Tx, by: i64) -> Result<()> {
    let known = read(tx).await?;
    let names: Vec<(String,)> = match tx.is_sqlite() {
        true => tx.sql(SQLITE_NUMBERED).fetch_all().await?,
        false => postgres_numbered(tx).await?.into_iter().map(|(table, _)| (table,)).collect(),
    };
    let last_of = |table: &str| known.iter().find(|(name, _)| name == table).map_or(0, |(_, last)| *last);
    let raised: Vec<_> = names
        .into_iter()
        .map(|(table,)| {
            let last = last_of(&table).saturating_add(by);
            (table, last)
        })
        .collect();
    set(tx, &raised).await
}

const SQLITE_NUMBERED: &str =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' ORDER BY name";

/// Tables that give out numbers, with the column that gets them.
async fn postgres_numbered(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    tx.sql(
        "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT) FROM information_schema.columns c
         WHERE c.is_identity = 'YES' AND c.table_schema = current_schema()",
    )
    .fetch_all()
    .await
}

/// Lets each table go on after the highest number in `known` and in its rows. What gives out numbers by itself is left to
/// do so: on SQLite a table without AUTOINCREMENT.
pub async fn set(tx: &mut Tx, known: &[(String, i64)]) -> Result<()> {
    let last_of = |table: &str| known.iter().find(|(name, _)| name == table).map_or(0, |(_, last)| *last);
    if tx.is_sqlite() {
        let tables: Vec<(String,)> = tx.sql(SQLITE_NUMBERED).fetch_all().await?;
        for (table,) in tables {
            let last = last_of(&table);
            let changed = tx
                .sql("UPDATE sqlite_sequence SET seq = CASE WHEN seq < $2 THEN $2 ELSE seq END WHERE name = $1")
                .bind(table.as_str())
                .bind(last)
                .execute()
                .await?;
            if changed == 0 && last > 0 {
                tx.sql("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)")
                    .bind(table.as_str())
                    .bind(last)
                    .execute()
                    .await?;
            }
        }
        return Ok(());
    }
    let tables = postgres_numbered(tx).await?;
    for (table, column) in tables {
        let (name, field) = (quoted(&table), quoted(&column));
        let (largest,): (i64,) =
            tx.composed(format!("SELECT COALESCE(MAX({field}), 0) FROM {name}")).fetch_one().await?;
        let last = last_of(&table).max(largest);
        if last > 0 {
            tx.sql("SELECT setval(CAST(pg_get_serial_sequence($1, $2) AS REGCLASS), $3)")
                .bind(name)
                .bind(column)
                .bind(last)
                .fetch_one::<(i64,)>()
                .await?;
        }
    }
    Ok(())
}
