//! An import is taken back: whoever acted since stays as they are; everybody else is as before.

use std::time::Duration;

use super::commit::source;
use crate::clock::{MONTH, Timestamp};
use crate::domain::actor::{Actor, By};
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::domain::import::{ImportDid, ImportState};
use crate::domain::subscriber::SubscriptionState;
use crate::domain::{ImportId, NewsletterId, SubscriptionId};
use crate::store::consents::ConsentDetails;
use crate::store::events::About;
use crate::store::imports::Change;
use crate::store::subscriptions::ConsentEntry;
use crate::store::{Db, Result, StoreError, Tx, events, imports, subscriptions};

/// How long an import can be taken back.
pub const UNDO_FOR: Duration = MONTH;

const BATCH: i64 = 512;

/// What became of an import that is to be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    Done(Undone),
    Already,
    /// It is too old: what it changed is not known any more.
    TooOld,
    /// There is no such import into this newsletter.
    Unknown,
}

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
    by: By<'_>,
    mut tell: impl FnMut(u64) + Send,
) -> Result<Undo> {
    let now = by.now;
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
                take_back(tx, id, &changes, by, &mut done).await?;
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
        let Undone { taken_out, unsubscribed, restored, unsuppressed, stayed } = total;
        let event = Event::ImportUndone { import: id.0, taken_out, unsubscribed, restored, unsuppressed, stayed };
        events::append(tx, by, about, &event).await?;
        Ok(Undo::Done(total))
    })
    .await
}

async fn take_back(tx: &mut Tx, id: ImportId, changes: &[Change], by: By<'_>, done: &mut Undone) -> Result<()> {
    let source = source(id);
    let added = changes.iter().filter(|change| change.did == ImportDid::Added).filter_map(|change| change.subscription);
    done.taken_out += imports::take_out(tx, added, &source).await?;
    for change in changes {
        match (change.did, change.subscription) {
            (ImportDid::Suppressed, _) => {
                let lifted = imports::lift(tx, change.id, &source).await?;
                *(if lifted { &mut done.unsuppressed } else { &mut done.stayed }) += 1;
            }
            (did, Some(subscription)) => restore(tx, id, did, subscription, &source, by, done).await?,
            (_, None) => {}
        }
        imports::strike(tx, change.id).await?;
    }
    Ok(())
}

/// One subscription back to what it was, unless somebody has acted since.
async fn restore(
    tx: &mut Tx,
    import: ImportId,
    did: ImportDid,
    id: SubscriptionId,
    source: &str,
    by: By<'_>,
    done: &mut Undone,
) -> Result<()> {
    // Gone: it was taken out, or erased.
    let Some(found) = imports::changed(tx, id, source).await? else { return Ok(()) };
    // Whoever takes it back, what it does to a reader is the import's act: it may be taken back in turn.
    let actor = Actor::Import(import.0);
    let import = actor.at(by.now);
    let (consent, wording) = (ConsentKind::Undone, "import undone");
    let entry = ConsentEntry {
        by: import,
        consent,
        event: None,
        wording,
        client: None,
        source,
        typed: ConsentDetails::default(),
    };
    let withdrawn = ConsentEntry { consent: ConsentKind::Withdrawn, ..entry };
    let (is_back, counter) = match did {
        _ if found.has_acted => (false, &mut done.stayed),
        ImportDid::Added if found.state == SubscriptionState::Unsubscribed => (false, &mut done.stayed),
        ImportDid::Added => (subscriptions::unsubscribe(tx, id, &withdrawn).await?, &mut done.unsubscribed),
        ImportDid::Activated => (subscriptions::deactivate(tx, id, &entry).await?, &mut done.restored),
        ImportDid::Unsubscribed => (subscriptions::restore(tx, id, &entry).await?, &mut done.restored),
        ImportDid::Suppressed => (false, &mut done.stayed),
    };
    match is_back {
        true => *counter += 1,
        false => done.stayed += 1,
    }
    Ok(())
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
