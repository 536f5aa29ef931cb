//! The database of a backup into PostgreSQL: its rows are copied and compared in a schema beside the one in use, which takes
//! the place in one transaction. A run that was cut short leaves the old tables in their place, and the next starts over.

use std::path::Path;

use super::BackupError;
use crate::clock::Timestamp;
use crate::store::transfer::schemas;
use crate::store::{Db, migrate};
use crate::upkeep::{self, CopyTrouble};

/// Whether the database may be filled: nothing is in it, or what is there gives way. A server at work there is refused.
pub(super) async fn check(url: &str, replaces: bool, now: Timestamp) -> Result<bool, BackupError> {
    let db = Db::open(url).await?;
    let looked = async {
        if upkeep::has_no_rows(&db).await? {
            return Ok::<_, CopyTrouble>(true);
        }
        refuse_work(&db, now).await?;
        Ok(replaces)
    };
    let looked = looked.await;
    db.close().await;
    Ok(looked?)
}

/// Of a schema that this program does not know nobody can tell.
async fn refuse_work(db: &Db, now: Timestamp) -> Result<(), CopyTrouble> {
    let mut tx = db.read().await?;
    match migrate::is_current(&mut tx).await? {
        true => upkeep::refuse_leases(&mut tx, now).await,
        false => Ok(()),
    }
}

/// Copies the restored file into the database. Returns the schema in which the tables are that were there before.
pub(super) async fn fill(staged: &Path, url: &str, stamp: &str, now: Timestamp) -> Result<Option<String>, BackupError> {
    let source = Db::open(&format!("sqlite://{}", staged.display())).await?;
    let waiting = schemas::open_waiting(url).await?;
    let copied = upkeep::copy_whole(&source, &waiting, "a backup", now, &mut |_| {}).await;
    waiting.close().await;
    source.close().await;
    copied?;
    let aside = format!("before_restore_{}", stamp.replace('-', "_"));
    let db = Db::open(url).await?;
    // Somebody may have started a server meanwhile.
    let placed = match refuse_work_there(&db, now).await {
        Ok(()) => db.write(async |tx| schemas::take_place(tx, &aside).await.map_err(BackupError::from)).await,
        Err(trouble) => Err(trouble.into()),
    };
    db.close().await;
    Ok((placed? > 0).then_some(aside))
}

async fn refuse_work_there(db: &Db, now: Timestamp) -> Result<(), CopyTrouble> {
    match migrate::state(db).await?.is_new() {
        true => Ok(()),
        false => refuse_work(db, now).await,
    }
}
