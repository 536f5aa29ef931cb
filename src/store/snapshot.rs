//! A copy of the whole database as one SQLite file, and what such a file has in it. The only place that makes one.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use futures_util::StreamExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _, TypeInfo as _, ValueRef as _};

use super::{Db, Result, StoreError};

/// How long the copy waits for a lock; a reader of a WAL needs none.
const BUSY: Duration = Duration::from_secs(15);

/// What is in a table.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TableSum {
    pub rows: u64,
    /// The sum modulo 2^64 of the first 8 bytes of SHA-256 over each row, in hexadecimal: it does not depend on the order
    /// of the rows.
    pub sum: String,
}

/// What is in a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotFacts {
    /// The newest step of its schema.
    pub schema: i64,
    /// Its name and generation, if it has any.
    pub installation: Option<(String, i64)>,
    pub tables: BTreeMap<String, TableSum>,
    /// What SQLite's own check says, if not that it is well.
    pub fault: Option<String>,
}

/// Makes an SQLite file of the database at `path`, where an empty file is or nothing. Others go on reading and writing; what
/// they commit meanwhile is not in it.
pub async fn make(db: &Db, path: &Path) -> Result<()> {
    match db {
        Db::Sqlite { file, .. } => {
            let options =
                SqliteConnectOptions::new().filename(file.path()).busy_timeout(BUSY).disable_statement_logging();
            let mut connection = options.connect().await?;
            sqlx::query("VACUUM INTO $1").bind(path.to_string_lossy().into_owned()).execute(&mut connection).await?;
            connection.close().await?;
            Ok(())
        }
        Db::Postgres(..) => Err(StoreError::NoSnapshot),
    }
}

/// Looks at everything in the SQLite file at `path`, which nobody writes.
pub async fn examine(path: &Path) -> Result<SnapshotFacts> {
    let options =
        SqliteConnectOptions::new().filename(path).read_only(true).immutable(true).disable_statement_logging();
    let mut connection = options.connect().await?;
    // Nothing that a strange file brings along is run.
    sqlx::query("PRAGMA trusted_schema = OFF").execute(&mut connection).await?;
    let check: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    let mut facts = SnapshotFacts { fault: (check != "ok").then_some(check), ..SnapshotFacts::default() };
    if facts.fault.is_some() {
        return Ok(facts);
    }
    let names =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    for name in sqlx::query_scalar::<_, String>(names).fetch_all(&mut connection).await? {
        let sum = sum(&mut connection, &name).await?;
        facts.tables.insert(name, sum);
    }
    if facts.tables.contains_key("_sqlx_migrations") {
        facts.schema = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success")
            .fetch_one(&mut connection)
            .await?;
    }
    if facts.tables.contains_key("installation") {
        facts.installation =
            sqlx::query_as("SELECT name, generation FROM installation").fetch_optional(&mut connection).await?;
    }
    connection.close().await?;
    Ok(facts)
}

async fn sum(connection: &mut SqliteConnection, table: &str) -> Result<TableSum> {
    let sql = format!("SELECT * FROM \"{}\"", table.replace('"', "\"\""));
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(connection);
    let (mut count, mut sum) = (0, 0_u64);
    while let Some(row) = rows.next().await {
        count += 1;
        sum = sum.wrapping_add(of_row(&row?)?);
    }
    Ok(TableSum { rows: count, sum: format!("{sum:016x}") })
}

/// The first 8 bytes of SHA-256 over a row: each value as a byte for its kind, then integers and floats as 8 bytes,
/// big-endian; texts and blobs as their length and their bytes.
fn of_row(row: &SqliteRow) -> Result<u64> {
    let mut digest = Context::new(&SHA256);
    for at in 0..row.len() {
        let value = row.try_get_raw(at)?;
        if value.is_null() {
            digest.update(&[0]);
            continue;
        }
        let kind = value.type_info().name().to_owned();
        match kind.as_str() {
            "INTEGER" => {
                digest.update(&[1]);
                digest.update(&row.try_get_unchecked::<i64, _>(at)?.to_be_bytes());
            }
            "REAL" => {
                digest.update(&[2]);
                digest.update(&row.try_get_unchecked::<f64, _>(at)?.to_bits().to_be_bytes());
            }
            _ => {
                let bytes = row.try_get_unchecked::<&[u8], _>(at)?;
                digest.update(&[if kind == "TEXT" { 3 } else { 4 }]);
                digest.update(&(bytes.len() as u64).to_be_bytes());
                digest.update(bytes);
            }
        }
    }
    let bytes = digest.finish();
    Ok(bytes.as_ref().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}
