//! A schema of a PostgreSQL database beside the one in use: what is put back is made ready there, and takes the place in one
//! transaction. So whatever happens meanwhile, the place has the old tables or the new ones.

use url::Url;

use super::catalogue::quoted;
use crate::store::{Db, Result, StoreError, Tx};

/// Where tables wait that are about to take the place of those in use.
const WAITING: &str = "coranto_restoring";

/// The empty schema beside the one in use, as a database of its own. What an earlier run left there goes.
pub async fn open_waiting(url: &str) -> Result<Db> {
    let db = Db::open(url).await?;
    let made = db
        .write(async |tx| {
            drop_waiting(tx).await?;
            tx.composed(format!("CREATE SCHEMA {WAITING}")).execute().await
        })
        .await;
    db.close().await;
    made?;
    let mut url = Url::parse(url).map_err(|_| StoreError::Url)?;
    url.query_pairs_mut().append_pair("options[search_path]", WAITING);
    Db::open(url.as_str()).await
}

/// Drops what waits.
pub async fn drop_waiting(tx: &mut Tx) -> Result<()> {
    tx.composed(format!("DROP SCHEMA IF EXISTS {WAITING} CASCADE")).execute().await?;
    Ok(())
}

/// Gives what waits the place of the tables in use, which move to a schema called `aside`. Returns how many did; without
/// any there is no such schema. On an SQLite file it does nothing.
pub async fn take_place(tx: &mut Tx, aside: &str) -> Result<u64> {
    if tx.is_sqlite() {
        return Ok(0);
    }
    let (current,): (Option<String>,) = tx.sql("SELECT CAST(current_schema() AS TEXT)").fetch_one().await?;
    let Some(current) = current.filter(|current| current != WAITING) else {
        return Err(StoreError::Schema("the database has no schema that tables are made in".to_owned()));
    };
    let new = relations(tx, WAITING).await?;
    let mut old = relations(tx, &current).await?;
    old.retain(|name| new.contains(name));
    if !old.is_empty() {
        tx.composed(format!("CREATE SCHEMA {}", quoted(aside))).execute().await?;
    }
    for (names, from, to) in [(&old, &*current, aside), (&new, WAITING, &*current)] {
        for name in names {
            // Also of a view, as PostgreSQL has it; indexes and sequences go with their table.
            let text = format!("ALTER TABLE {}.{} SET SCHEMA {}", quoted(from), quoted(name), quoted(to));
            tx.composed(text).execute().await?;
        }
    }
    drop_waiting(tx).await?;
    Ok(old.len() as u64)
}

async fn relations(tx: &mut Tx, schema: &str) -> Result<Vec<String>> {
    let found: Vec<(String,)> = tx
        .sql(
            "SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v') ORDER BY c.relname",
        )
        .bind(schema)
        .fetch_all()
        .await?;
    Ok(found.into_iter().map(|(name,)| name).collect())
}
