//! The schema and its steps, embedded: one folder per engine, with the same numbers and names.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};

use super::Result;
use super::db::{Db, Tx};

/// Number, name, and the text for each engine.
const STEPS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "main path",
        include_str!("../../migrations/sqlite/0001_main_path.sql"),
        include_str!("../../migrations/postgres/0001_main_path.sql"),
    ),
    (
        2,
        "images",
        include_str!("../../migrations/sqlite/0002_images.sql"),
        include_str!("../../migrations/postgres/0002_images.sql"),
    ),
    (
        4,
        "door",
        include_str!("../../migrations/sqlite/0004_door.sql"),
        include_str!("../../migrations/postgres/0004_door.sql"),
    ),
    (
        5,
        "archive",
        include_str!("../../migrations/sqlite/0005_archive.sql"),
        include_str!("../../migrations/postgres/0005_archive.sql"),
    ),
    (
        6,
        "limits",
        include_str!("../../migrations/sqlite/0006_limits.sql"),
        include_str!("../../migrations/postgres/0006_limits.sql"),
    ),
    (
        7,
        "notices",
        include_str!("../../migrations/sqlite/0007_notices.sql"),
        include_str!("../../migrations/postgres/0007_notices.sql"),
    ),
    (
        8,
        "suspensions",
        include_str!("../../migrations/sqlite/0008_suspensions.sql"),
        include_str!("../../migrations/postgres/0008_suspensions.sql"),
    ),
    (
        9,
        "alarms",
        include_str!("../../migrations/sqlite/0009_alarms.sql"),
        include_str!("../../migrations/postgres/0009_alarms.sql"),
    ),
    (
        10,
        "relay counts",
        include_str!("../../migrations/sqlite/0010_relay_counts.sql"),
        include_str!("../../migrations/postgres/0010_relay_counts.sql"),
    ),
    (
        11,
        "places",
        include_str!("../../migrations/sqlite/0011_places.sql"),
        include_str!("../../migrations/postgres/0011_places.sql"),
    ),
    (
        13,
        "imports",
        include_str!("../../migrations/sqlite/0013_imports.sql"),
        include_str!("../../migrations/postgres/0013_imports.sql"),
    ),
    (
        14,
        "marks",
        include_str!("../../migrations/sqlite/0014_marks.sql"),
        include_str!("../../migrations/postgres/0014_marks.sql"),
    ),
    (
        15,
        "questions",
        include_str!("../../migrations/sqlite/0015_questions.sql"),
        include_str!("../../migrations/postgres/0015_questions.sql"),
    ),
    (
        16,
        "retention",
        include_str!("../../migrations/sqlite/0016_retention.sql"),
        include_str!("../../migrations/postgres/0016_retention.sql"),
    ),
    (
        17,
        "unsubscribed",
        include_str!("../../migrations/sqlite/0017_unsubscribed.sql"),
        include_str!("../../migrations/postgres/0017_unsubscribed.sql"),
    ),
    (
        18,
        "hooks",
        include_str!("../../migrations/sqlite/0018_hooks.sql"),
        include_str!("../../migrations/postgres/0018_hooks.sql"),
    ),
    (
        19,
        "probation",
        include_str!("../../migrations/sqlite/0019_probation.sql"),
        include_str!("../../migrations/postgres/0019_probation.sql"),
    ),
    (
        20,
        "mailboxes",
        include_str!("../../migrations/sqlite/0020_mailboxes.sql"),
        include_str!("../../migrations/postgres/0020_mailboxes.sql"),
    ),
    (
        21,
        "reports",
        include_str!("../../migrations/sqlite/0021_reports.sql"),
        include_str!("../../migrations/postgres/0021_reports.sql"),
    ),
    (
        22,
        "installation",
        include_str!("../../migrations/sqlite/0022_installation.sql"),
        include_str!("../../migrations/postgres/0022_installation.sql"),
    ),
    (
        23,
        "hosts",
        include_str!("../../migrations/sqlite/0023_hosts.sql"),
        include_str!("../../migrations/postgres/0023_hosts.sql"),
    ),
    (
        24,
        "copies",
        include_str!("../../migrations/sqlite/0024_copies.sql"),
        include_str!("../../migrations/postgres/0024_copies.sql"),
    ),
];

/// What was done to the schema, or is yet to be.
#[derive(Debug, serde::Serialize)]
pub struct MigrationStep {
    pub number: i64,
    pub name: &'static str,
    /// Whether the database has it.
    pub applied: bool,
}

/// Brings the schema up to date. A schema newer than this program is refused.
pub async fn run(db: &Db) -> Result<()> {
    match db {
        Db::Sqlite { writer, .. } => {
            let mut connection = writer.acquire().await?;
            // A table that a step builds anew takes with it what refers to it, where foreign keys are held. They cannot be
            // let go inside a step's transaction; so it is for all steps, and the connection is closed afterwards.
            connection.close_on_drop();
            sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut *connection).await?;
            migrator(true).run(&mut *connection).await?;
        }
        Db::Postgres(pool) => migrator(false).run(pool).await?,
    }
    Ok(())
}

/// Which steps the database has.
pub async fn status(db: &Db) -> Result<Vec<MigrationStep>> {
    const TABLE: &str = "_sqlx_migrations";
    let applied = match db {
        Db::Sqlite { writer, .. } => {
            let mut connection = writer.acquire().await?;
            connection.ensure_migrations_table(TABLE).await?;
            connection.list_applied_migrations(TABLE).await?
        }
        Db::Postgres(pool) => {
            let mut connection = pool.acquire().await?;
            connection.ensure_migrations_table(TABLE).await?;
            connection.list_applied_migrations(TABLE).await?
        }
    };
    let has = |number| applied.iter().any(|step| step.version == number);
    Ok(STEPS.iter().map(|(number, name, ..)| MigrationStep { number: *number, name, applied: has(*number) }).collect())
}

/// Whether the schema has every step, and none that this program does not know. A read alone.
pub async fn is_current(tx: &mut Tx) -> Result<bool> {
    let rows: Vec<(i64,)> =
        tx.sql("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version").fetch_all().await?;
    Ok(rows.iter().map(|(version,)| *version).eq(STEPS.iter().map(|(number, ..)| *number)))
}

fn migrator(sqlite: bool) -> Migrator {
    let steps = STEPS.iter().map(|(number, name, for_sqlite, for_postgres)| {
        let text: &'static str = if sqlite { for_sqlite } else { for_postgres };
        Migration::new(*number, Cow::Borrowed(name), MigrationType::Simple, text.into_sql_str(), false)
    });
    Migrator::with_migrations(steps.collect())
}
