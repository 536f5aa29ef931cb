//! The schema and its steps, embedded: one folder per engine, with the same numbers and names.

use std::borrow::Cow;

use StepClass::{Exclusive, Instant};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::db::{Db, Tx};
use super::{Result, StoreError};
use crate::clock::Timestamp;

/// A step's number, its name, how long it keeps a database, the oldest program that works with what it leaves (by the
/// newest step that program knows), and the text for each engine.
type Step = (i64, &'static str, StepClass, i64, &'static str, &'static str);

/// No program before step 24 asks what a schema bears, so no step up to there bears one.
const STEPS: &[Step] = &[
    (
        1,
        "main path",
        Instant,
        1,
        include_str!("../../migrations/sqlite/0001_main_path.sql"),
        include_str!("../../migrations/postgres/0001_main_path.sql"),
    ),
    (
        2,
        "images",
        Instant,
        2,
        include_str!("../../migrations/sqlite/0002_images.sql"),
        include_str!("../../migrations/postgres/0002_images.sql"),
    ),
    (
        4,
        "door",
        Exclusive,
        4,
        include_str!("../../migrations/sqlite/0004_door.sql"),
        include_str!("../../migrations/postgres/0004_door.sql"),
    ),
    (
        5,
        "archive",
        Instant,
        5,
        include_str!("../../migrations/sqlite/0005_archive.sql"),
        include_str!("../../migrations/postgres/0005_archive.sql"),
    ),
    (
        6,
        "limits",
        Exclusive,
        6,
        include_str!("../../migrations/sqlite/0006_limits.sql"),
        include_str!("../../migrations/postgres/0006_limits.sql"),
    ),
    (
        7,
        "notices",
        Exclusive,
        7,
        include_str!("../../migrations/sqlite/0007_notices.sql"),
        include_str!("../../migrations/postgres/0007_notices.sql"),
    ),
    (
        8,
        "suspensions",
        Exclusive,
        8,
        include_str!("../../migrations/sqlite/0008_suspensions.sql"),
        include_str!("../../migrations/postgres/0008_suspensions.sql"),
    ),
    (
        9,
        "alarms",
        Instant,
        9,
        include_str!("../../migrations/sqlite/0009_alarms.sql"),
        include_str!("../../migrations/postgres/0009_alarms.sql"),
    ),
    (
        10,
        "relay counts",
        Instant,
        10,
        include_str!("../../migrations/sqlite/0010_relay_counts.sql"),
        include_str!("../../migrations/postgres/0010_relay_counts.sql"),
    ),
    (
        11,
        "places",
        Exclusive,
        11,
        include_str!("../../migrations/sqlite/0011_places.sql"),
        include_str!("../../migrations/postgres/0011_places.sql"),
    ),
    (
        13,
        "imports",
        Instant,
        13,
        include_str!("../../migrations/sqlite/0013_imports.sql"),
        include_str!("../../migrations/postgres/0013_imports.sql"),
    ),
    (
        14,
        "marks",
        Exclusive,
        14,
        include_str!("../../migrations/sqlite/0014_marks.sql"),
        include_str!("../../migrations/postgres/0014_marks.sql"),
    ),
    (
        15,
        "questions",
        Exclusive,
        15,
        include_str!("../../migrations/sqlite/0015_questions.sql"),
        include_str!("../../migrations/postgres/0015_questions.sql"),
    ),
    (
        16,
        "retention",
        Exclusive,
        16,
        include_str!("../../migrations/sqlite/0016_retention.sql"),
        include_str!("../../migrations/postgres/0016_retention.sql"),
    ),
    (
        17,
        "unsubscribed",
        Exclusive,
        17,
        include_str!("../../migrations/sqlite/0017_unsubscribed.sql"),
        include_str!("../../migrations/postgres/0017_unsubscribed.sql"),
    ),
    (
        18,
        "hooks",
        Instant,
        18,
        include_str!("../../migrations/sqlite/0018_hooks.sql"),
        include_str!("../../migrations/postgres/0018_hooks.sql"),
    ),
    (
        19,
        "probation",
        Instant,
        19,
        include_str!("../../migrations/sqlite/0019_probation.sql"),
        include_str!("../../migrations/postgres/0019_probation.sql"),
    ),
    (
        20,
        "mailboxes",
        Instant,
        20,
        include_str!("../../migrations/sqlite/0020_mailboxes.sql"),
        include_str!("../../migrations/postgres/0020_mailboxes.sql"),
    ),
    (
        21,
        "reports",
        Exclusive,
        21,
        include_str!("../../migrations/sqlite/0021_reports.sql"),
        include_str!("../../migrations/postgres/0021_reports.sql"),
    ),
    (
        22,
        "installation",
        Instant,
        22,
        include_str!("../../migrations/sqlite/0022_installation.sql"),
        include_str!("../../migrations/postgres/0022_installation.sql"),
    ),
    (
        23,
        "hosts",
        Instant,
        23,
        include_str!("../../migrations/sqlite/0023_hosts.sql"),
        include_str!("../../migrations/postgres/0023_hosts.sql"),
    ),
    (
        24,
        "schema",
        Instant,
        24,
        include_str!("../../migrations/sqlite/0024_schema.sql"),
        include_str!("../../migrations/postgres/0024_schema.sql"),
    ),
    (
        25,
        "quiets",
        Instant,
        24,
        include_str!("../../migrations/sqlite/0025_quiets.sql"),
        include_str!("../../migrations/postgres/0025_quiets.sql"),
    ),
    (
        26,
        "backups",
        Instant,
        24,
        include_str!("../../migrations/sqlite/0026_backups.sql"),
        include_str!("../../migrations/postgres/0026_backups.sql"),
    ),
    (
        27,
        "copies",
        Instant,
        24,
        include_str!("../../migrations/sqlite/0027_copies.sql"),
        include_str!("../../migrations/postgres/0027_copies.sql"),
    ),
    (
        28,
        "checkups",
        Instant,
        24,
        include_str!("../../migrations/sqlite/0028_checkups.sql"),
        include_str!("../../migrations/postgres/0028_checkups.sql"),
    ),
    (
        29,
        "key holders",
        Instant,
        24,
        include_str!("../../migrations/sqlite/0029_key_holders.sql"),
        include_str!("../../migrations/postgres/0029_key_holders.sql"),
    ),
    (
        30,
        "folding",
        Instant,
        27,
        include_str!("../../migrations/sqlite/0030_folding.sql"),
        include_str!("../../migrations/postgres/0030_folding.sql"),
    ),
    (
        31,
        "accounts",
        Instant,
        27,
        include_str!("../../migrations/sqlite/0031_accounts.sql"),
        include_str!("../../migrations/postgres/0031_accounts.sql"),
    ),
];

/// From this step on the row `schema` is there, and each step writes it.
const SCHEMA_ROW_SINCE: i64 = 24;

/// How a step treats a database at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StepClass {
    /// It takes the same moment, however many rows there are.
    Instant,
    /// It reads or writes tables whole, in one transaction that nobody writes beside.
    Exclusive,
}

impl StepClass {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Exclusive => "exclusive",
        }
    }
}

/// What was done to the schema, or is yet to be.
#[derive(Debug, serde::Serialize)]
pub struct MigrationStep {
    pub number: i64,
    pub name: &'static str,
    pub class: StepClass,
    /// Whether the database has it.
    pub applied: bool,
    /// When it got it.
    pub applied_at: Option<Timestamp>,
}

/// What a database says of its schema.
#[derive(Debug)]
pub struct SchemaState {
    /// The steps that this program knows, oldest first.
    pub steps: Vec<MigrationStep>,
    /// The number of the newest step that the database has; 0 when it has none.
    pub newest: i64,
    /// The oldest program that works with it, by the newest step it knows; none of a schema from before that was written.
    pub oldest_program: Option<i64>,
    /// The version of the program that made the newest step.
    pub made_by: Option<String>,
}

impl SchemaState {
    pub fn to_do(&self) -> impl Iterator<Item = &MigrationStep> {
        self.steps.iter().filter(|step| !step.applied)
    }

    /// Whether nothing was ever done to the database.
    pub fn is_new(&self) -> bool {
        self.newest == 0
    }

    /// Refuses a schema that a newer program made, unless it bears this one.
    pub fn check(&self) -> Result<()> {
        if bears(self.newest, self.oldest_program) {
            return Ok(());
        }
        Err(StoreError::Newer { schema: self.newest, made_by: self.made_by.clone(), knows: known() })
    }
}

/// The newest step that this program knows.
pub fn known() -> i64 {
    STEPS.iter().map(|(number, ..)| *number).max().unwrap_or(0)
}

/// Whether this program works with a schema whose newest step is `newest`.
fn bears(newest: i64, oldest_program: Option<i64>) -> bool {
    newest <= known() || oldest_program.is_some_and(|oldest| oldest <= known())
}

/// Brings the schema up to date. One that is newer than this program stays as it is, or is refused: [`SchemaState::check`].
pub async fn run(db: &Db) -> Result<()> {
    state(db).await?.check()?;
    match db {
        Db::Sqlite { writer, .. } => {
            let mut connection = writer.acquire().await?;
            // A table that a step builds anew takes with it what refers to it, where foreign keys are held. They cannot be
            // let go inside a step's transaction; so it is for all steps, and the connection is closed afterwards.
            connection.close_on_drop();
            sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut *connection).await?;
            migrator(true).run(&mut *connection).await?;
        }
        Db::Postgres(pool, _) => migrator(false).run(pool).await?,
    }
    Ok(())
}

/// What the database says of its schema. Changes nothing, also where there is none.
pub async fn state(db: &Db) -> Result<SchemaState> {
    let applied: Vec<(i64, i64)> = match db {
        Db::Sqlite { readers, .. } => {
            let there = "SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
            match sqlx::query_scalar::<_, i64>(there).fetch_one(readers).await? {
                0 => Vec::new(),
                _ => {
                    let sql = "SELECT version, CAST(strftime('%s', installed_on) AS INTEGER) * 1000
                               FROM _sqlx_migrations WHERE success ORDER BY version";
                    sqlx::query_as(sql).fetch_all(readers).await?
                }
            }
        }
        Db::Postgres(pool, _) => {
            let there = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
            match sqlx::query_scalar::<_, bool>(there).fetch_one(pool).await? {
                false => Vec::new(),
                true => {
                    let sql = "SELECT version, CAST(EXTRACT(EPOCH FROM installed_on) * 1000 AS BIGINT)
                               FROM _sqlx_migrations WHERE success ORDER BY version";
                    sqlx::query_as(sql).fetch_all(pool).await?
                }
            }
        }
    };
    let at = |number| applied.iter().find(|(version, _)| *version == number).map(|(_, at)| Timestamp(*at));
    let steps = STEPS.iter().map(|(number, name, class, ..)| MigrationStep {
        number: *number,
        name,
        class: *class,
        applied: at(*number).is_some(),
        applied_at: at(*number),
    });
    let has_row = at(SCHEMA_ROW_SINCE).is_some();
    let newest = applied.last().map_or(0, |(version, _)| *version);
    let row = if has_row { row(&mut db.read().await?, newest).await? } else { None };
    let (oldest_program, made_by) = row.unzip();
    Ok(SchemaState { steps: steps.collect(), newest, oldest_program, made_by })
}

/// Whether this program works with the schema: it has every step, and what newer programs did to it bears this one. A read
/// alone.
pub async fn is_current(tx: &mut Tx) -> Result<bool> {
    let rows: Vec<(i64,)> =
        tx.sql("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version").fetch_all().await?;
    let has = |number: i64| rows.iter().any(|(version,)| *version == number);
    if !STEPS.iter().all(|(number, ..)| has(*number)) {
        return Ok(false);
    }
    let newest = rows.last().map_or(0, |(version,)| *version);
    Ok(newest <= known() || bears(newest, row(tx, newest).await?.map(|(oldest, _)| oldest)))
}

/// The oldest program that works with the schema, and the version of the one that made its newest step; none where that
/// step wrote no row.
async fn row(tx: &mut Tx, newest: i64) -> Result<Option<(i64, String)>> {
    tx.sql("SELECT oldest_program, program FROM schema WHERE version = $1").bind(newest).fetch_optional().await
}

fn migrator(sqlite: bool) -> Migrator {
    let mut oldest = 0;
    let steps = STEPS.iter().map(|(number, name, _, bears, for_sqlite, for_postgres)| {
        let text: &'static str = if sqlite { for_sqlite } else { for_postgres };
        let mut step = Migration::new(*number, Cow::Borrowed(name), MigrationType::Simple, text.into_sql_str(), false);
        oldest = oldest.max(*bears);
        if *number >= SCHEMA_ROW_SINCE {
            // In the step's own transaction, and no part of what its checksum is over.
            step.sql = AssertSqlSafe(format!("{text}\n{}", noted(*number, oldest))).into_sql_str();
        }
        step
    });
    let mut migrator = Migrator::with_migrations(steps.collect());
    // What a newer program did was judged before.
    migrator.set_ignore_missing(true);
    migrator
}

/// Writes what the schema is now.
fn noted(number: i64, oldest: i64) -> String {
    let program = env!("CARGO_PKG_VERSION");
    format!(
        "INSERT INTO schema (id, version, oldest_program, program) VALUES (1, {number}, {oldest}, '{program}')
         ON CONFLICT (id) DO UPDATE SET
             version = excluded.version, oldest_program = excluded.oldest_program, program = excluded.program;"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read whole, or written row by row, in a text; an index on a table of the same step is on an empty one.
    fn heavy(text: &str) -> Option<String> {
        let bare: String =
            text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join(" ");
        let made: Vec<_> =
            bare.split("CREATE TABLE ").skip(1).filter_map(|rest| rest.split([' ', '(']).next()).collect();
        bare.split(';').map(str::trim).find_map(|statement| {
            let indexed = statement.split(" ON ").nth(1).and_then(|rest| rest.split([' ', '(']).next());
            let is_heavy = match statement.split(' ').next().unwrap_or_default() {
                "UPDATE" | "DELETE" | "DROP" if !statement.starts_with("DROP VIEW") => true,
                "INSERT" => statement.contains("SELECT"),
                "CREATE" => {
                    statement.contains(" INDEX ")
                        && indexed.is_some_and(|table| !made.contains(&table) && !SMALL.contains(&table))
                }
                _ => false,
            };
            is_heavy.then(|| statement.to_owned())
        })
    }

    /// One row for an issue, not for a reader.
    const SMALL: &[&str] = &["issues"];

    #[test]
    fn an_instant_step_reads_and_writes_no_table_whole() {
        let mut exclusive = 0;
        for (number, name, class, _, for_sqlite, for_postgres) in STEPS {
            let found = heavy(for_sqlite).or_else(|| heavy(for_postgres));
            match class {
                Instant => assert_eq!(found, None, "step {number}, {name}"),
                Exclusive => {
                    assert!(found.is_some(), "step {number}, {name}, is instant");
                    exclusive += 1;
                }
            }
        }
        assert!(exclusive > 5, "{exclusive}");
    }

    #[test]
    fn no_step_bears_a_program_that_is_newer_than_itself() {
        assert!(STEPS.is_sorted_by_key(|(number, ..)| *number));
        for (number, name, _, bears, ..) in STEPS {
            assert!(bears <= number && *bears > 0, "step {number}, {name}");
        }
    }

    #[test]
    fn a_newer_schema_is_borne_when_it_says_so() {
        let mine = known();
        for (newest, oldest, fits) in [
            (0, None, true),
            (mine, None, true),
            (mine, Some(mine), true),
            (mine + 1, None, false),
            (mine + 1, Some(mine), true),
            (mine + 9, Some(mine - 1), true),
            (mine + 1, Some(mine + 1), false),
        ] {
            assert_eq!(bears(newest, oldest), fits, "{newest} {oldest:?}");
        }
    }
}
