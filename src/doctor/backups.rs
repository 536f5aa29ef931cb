//! Whether there is a recent backup of what a server has worked on.

use std::time::Duration;

use super::{CheckName, Finding};
use crate::clock::{DAY, Timestamp};
use crate::config::Config;
use crate::store::{Db, StoreError, backups, leases};

/// A backup a day, and half a day for a long issue.
const RECENT: Duration = Duration::from_secs(36 * 3600);

pub(super) async fn look(db: &Db, config: &Config, now: Timestamp) -> Vec<Finding> {
    // That the database cannot be read is said elsewhere.
    one(db, config, now).await.ok().flatten().into_iter().collect()
}

async fn one(db: &Db, config: &Config, now: Timestamp) -> Result<Option<Finding>, StoreError> {
    let mut tx = db.read().await?;
    // Before a server has worked on it there is little to lose; a server of PostgreSQL has means of its own.
    if !db.is_sqlite() || leases::last_engine(&mut tx).await?.is_none() {
        return Ok(None);
    }
    let last = backups::last_verified(&mut tx).await?;
    let hint = match config.backup.folder {
        Some(_) => "`coranto backup` says what stands in the way",
        None => "set `folder` under [backup], and the server makes one each day",
    };
    let check = CheckName::Backup.here();
    Ok(Some(match last {
        None => Finding::warn(&check, "there is no verified backup", hint),
        Some(last) => {
            let age = now.since(last.taken_at);
            let text =
                format!("the latest verified backup is {} days old ({})", age.as_secs() / DAY.as_secs(), last.file);
            if age > RECENT { Finding::warn(&check, text, hint) } else { Finding::ok(&check, text) }
        }
    }))
}
