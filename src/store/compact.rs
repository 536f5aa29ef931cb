//! Building an SQLite file anew without its free pages. A server of PostgreSQL sees to its own.

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Db, Result};

/// How long it waits for who writes.
const BUSY: Duration = Duration::from_secs(15);

/// Builds the file anew; all that is in it stays where it is. Nobody writes meanwhile, and others read on. It takes as much
/// room again beside the file, and in the system's folder for temporary files. `false` of a server's.
pub async fn compact(db: &Db) -> Result<bool> {
    let Db::Sqlite { file, .. } = db else { return Ok(false) };
    let options = SqliteConnectOptions::new().filename(file.path()).busy_timeout(BUSY).disable_statement_logging();
    let mut connection = options.connect().await?;
    sqlx::query("PRAGMA secure_delete = ON").execute(&mut connection).await?;
    sqlx::query("VACUUM").execute(&mut connection).await?;
    connection.close().await?;
    Ok(true)
}
