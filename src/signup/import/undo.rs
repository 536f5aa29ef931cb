//! An import is taken back: whoever acted since stays as they are; everybody else is as before.

use std::time::Duration;

use super::commit::source;
use crate::clock::Timestamp;
use crate::domain::consent::ConsentKind;
use crate::domain::import::{ImportDid, ImportState};
use crate::domain::subscriber::{EndedBy, SubscriptionState};
use crate::domain::{ImportId, NewsletterId, SubscriptionId};
use crate::store::consents::NewConsent;
use crate::store::events::About;
use crate::store::imports::Change;
use crate::store::{Db, Result, StoreError, Tx, consents, events, imports, subscriptions};

/// How long an import can be taken back.
pub const UNDO_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// Changes in one transaction.
const BATCH: i64 = 512;

/// What became of an import that is to be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// It is taken back.
    Done(Undone),
    /// It was before.
    Already,
    /// It is too old: what it changed is not known any more.
    TooOld,
    /// There is no such import into this newsletter.
    Unknown,
}

/// What taking back did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// Taken out: they had never been mailed.
    pub taken_out: u64,
    /// Had been mailed, and are unsubscribed instead, so that the links in their mails go on working.
    pub unsubscribed: u64,
    /// As they were before the import.
    pub restored: u64,
    /// Off the suppression list again.
    pub unsuppressed: u64,
    /// Had done something themselves since, and stay as they are.
    pub stayed: u64,
}

/// Takes an import back, in batches. Broken off, the same again goes on.
pub async fn undo_import(
    db: &Db,
    newsletter: NewsletterId,
    id: ImportId,
    actor: &str,
    now: Timestamp,
    mut tell: impl FnMut(u64) + Send,
) -> Result<Undo> {
    let found = imports::get(&mut db.read().await?, id).await?.filter(|found| found.newsletter_id == newsletter);
    let Some(found) = found else { return Ok(Undo::Unknown) };
    if found.state == ImportState::Undone {
        return Ok(Undo::Already);
    }
    if now.since(found.created_at) > UNDO_FOR {
        return Ok(Undo::TooOld);
    }
    if !db.write(async |tx| imports::begin_undo(tx, id).await).await? {
        return Ok(Undo::Already);
    }
    let mut total = Undone::default();
    let mut told = 0;
    loop {
        let changes = imports::changes(&mut db.read().await?, id, BATCH).await?;
        if changes.is_empty() {
            break;
        }
        let before = total;
        total = db
            .write(async |tx| {
                let mut done = before;
                take_back(tx, id, &changes, now, &mut done).await?;
                Ok::<_, StoreError>(done)
            })
            .await?;
        told += changes.len() as u64;
        tell(told);
    }
    db.write(async |tx| {
        if !imports::end_undo(tx, id, now).await? {
            return Ok(Undo::Already);
        }
        let about = About { newsletter: Some(newsletter), ..About::default() };
        let data = serde_json::json!({ "import": id.0, "counts": total }).to_string();
        events::append(tx, now, "subscribers.import_undone", actor, about, &data).await?;
        Ok(Undo::Done(total))
    })
    .await
}

async fn take_back(tx: &mut Tx, id: ImportId, changes: &[Change], now: Timestamp, done: &mut Undone) -> Result<()> {
    let source = source(id);
    let added = changes.iter().filter(|change| change.did == ImportDid::Added).filter_map(|change| change.subscription);
    done.taken_out += imports::take_out(tx, added, &source).await?;
    for change in changes {
        match (change.did, change.subscription) {
            (ImportDid::Suppressed, _) => {
                let lifted = imports::lift(tx, change.id, &source).await?;
                *(if lifted { &mut done.unsuppressed } else { &mut done.stayed }) += 1;
            }
            (did, Some(subscription)) => restore(tx, did, subscription, &source, now, done).await?,
            (_, None) => {}
        }
        imports::strike(tx, change.id).await?;
    }
    Ok(())
}

/// One subscription back to what it was, unless somebody has acted since.
async fn restore(
    tx: &mut Tx,
    did: ImportDid,
    id: SubscriptionId,
    source: &str,
    now: Timestamp,
    done: &mut Undone,
) -> Result<()> {
    // Gone: it was taken out, or erased.
    let Some(found) = imports::changed(tx, id, source).await? else { return Ok(()) };
    let is_back = match did {
        _ if found.has_acted => false,
        ImportDid::Added if found.state == SubscriptionState::Left => false,
        ImportDid::Added => subscriptions::end(tx, id, EndedBy::Import, now).await?,
        ImportDid::Activated => subscriptions::deactivate(tx, id).await?,
        ImportDid::Unsubscribed => subscriptions::restore(tx, id).await?,
        ImportDid::Suppressed => false,
    };
    if !is_back {
        done.stayed += 1;
        return Ok(());
    }
    let (kind, counter) = match did {
        ImportDid::Added => (ConsentKind::Withdrawn, &mut done.unsubscribed),
        _ => (ConsentKind::Undone, &mut done.restored),
    };
    *counter += 1;
    let said = NewConsent { subscription: id, kind, wording: "import undone", client: None, source };
    consents::append(tx, &said, now).await.map(|_| ())
}

/// Forgets what imports changed that cannot be taken back any more.
pub async fn forget_imports(db: &Db, now: Timestamp) -> Result<u64> {
    let mut forgotten = 0;
    loop {
        let dropped = db.write(async |tx| imports::forget_changes(tx, now.minus(UNDO_FOR), BATCH).await).await?;
        forgotten += dropped;
        if dropped < BATCH.unsigned_abs() {
            return Ok(forgotten);
        }
    }
}
