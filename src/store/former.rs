//! The database as it was before its schema changed: a copy of the file, made while it is in use.

use std::path::Path;

use super::{Db, Result, StoreError};
use crate::private;

/// How many bytes the file would be without its free pages; none of a server's.
pub async fn bytes(db: &Db) -> Result<Option<u64>> {
    let Db::Sqlite { readers, .. } = db else { return Ok(None) };
    let sql = "SELECT (page_count - freelist_count) * page_size
               FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
    let bytes: i64 = sqlx::query_scalar(sql).fetch_one(readers).await?;
    Ok(Some(u64::try_from(bytes).unwrap_or_default()))
}

/// Writes the whole of it into a new file that its owner alone can read, and waits until the disk has it. `false` of a
/// server's.
pub async fn write(db: &Db, to: &Path) -> Result<bool> {
    let Db::Sqlite { writer, .. } = db else { return Ok(false) };
    let failed = |source| StoreError::File { path: to.display().to_string(), source };
    // SQLite takes an empty file; one that it made itself would have the mode of the umask.
    let file = private::create(to).map_err(failed)?;
    let mut connection = writer.acquire().await?;
    sqlx::query("VACUUM INTO $1").bind(to.display().to_string()).execute(&mut *connection).await?;
    file.sync_all().map_err(failed)?;
    Ok(true)
}
