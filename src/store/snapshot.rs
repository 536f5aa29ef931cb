//! A copy of an SQLite database as one file, made while it is in use, and what such a file has in it. A server's database
//! becomes such a file by a copy of its rows: see `upkeep`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::transfer::codec::EncodedRow;
use super::{Db, Result, StoreError};
use crate::private;

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

/// How many bytes the file would be without its free pages; none of a server's.
pub async fn bytes(db: &Db) -> Result<Option<u64>> {
    let Db::Sqlite { readers, .. } = db else { return Ok(None) };
    let sql = "SELECT (page_count - freelist_count) * page_size
               FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
    let bytes: i64 = sqlx::query_scalar(sql).fetch_one(readers).await?;
    Ok(Some(u64::try_from(bytes).unwrap_or_default()))
}

/// About how many bytes a copy of the database takes: the file with its log; of a server's its tables without their
/// indexes, which are larger there than a file with both.
pub async fn size(db: &Db) -> Result<u64> {
    let Db::Postgres(pool, _) = db else { return Ok(db.file_bytes()) };
    let sql = "SELECT CAST(COALESCE(SUM(pg_table_size(CAST(c.oid AS REGCLASS))), 0) AS BIGINT) FROM pg_class c
               WHERE c.relkind IN ('r', 'p')
                 AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";
    let bytes: i64 = sqlx::query_scalar(sql).fetch_one(pool).await?;
    Ok(u64::try_from(bytes).unwrap_or_default())
}

/// Copies an SQLite database into a new file that its owner alone can read, and waits until the disk has it. Others go on
/// reading and writing; what they commit meanwhile is not in it. `false` of a server's.
pub async fn make(db: &Db, path: &Path) -> Result<bool> {
    let Db::Sqlite { file, .. } = db else { return Ok(false) };
    let failed = |source| StoreError::File { path: path.display().to_string(), source };
    // SQLite takes an empty file; one that it made itself would have the mode of the umask.
    let made = private::create(path).map_err(failed)?;
    let options = SqliteConnectOptions::new().filename(file.path()).busy_timeout(BUSY).disable_statement_logging();
    let mut connection = options.connect().await?;
    sqlx::query("VACUUM INTO $1").bind(path.to_string_lossy().into_owned()).execute(&mut connection).await?;
    connection.close().await?;
    made.sync_all().map_err(failed)?;
    Ok(true)
}

/// How SQLite's own check looks at a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotCheck {
    /// Every page and every row.
    Quick,
    /// Whether every index has its rows, too. It takes some seven times as long.
    Full,
}

/// Looks at everything in the SQLite file at `path`, which nobody writes.
pub async fn examine(path: &Path, how: SnapshotCheck) -> Result<SnapshotFacts> {
    let options =
        SqliteConnectOptions::new().filename(path).read_only(true).immutable(true).disable_statement_logging();
    let mut connection = options.connect().await?;
    // Nothing that a strange file brings along is run.
    sqlx::query("PRAGMA trusted_schema = OFF").execute(&mut connection).await?;
    let check = match how {
        SnapshotCheck::Quick => "PRAGMA quick_check(1)",
        SnapshotCheck::Full => "PRAGMA integrity_check(1)",
    };
    let check: String = sqlx::query_scalar(check).fetch_one(&mut connection).await?;
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
    let mut rows = sqlx::query_as::<_, EncodedRow>(AssertSqlSafe(sql)).fetch(connection);
    let (mut count, mut sum) = (0, 0_u64);
    while let Some(row) = rows.next().await {
        count += 1;
        sum = sum.wrapping_add(row?.sum());
    }
    Ok(TableSum { rows: count, sum: format!("{sum:016x}") })
}
