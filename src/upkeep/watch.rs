//! What nobody else notices: a slot that comes with nothing queued for it, a disk that fills up.

use std::path::Path;
use std::time::Duration;

use super::AlarmSettings;
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::newsletter::Newsletter;
use crate::domain::slot::offered;
use crate::store::{Db, StoreError, Tx, alarms, issues, newsletters, skips, subscriptions};

/// So long before a slot a person is told that nothing is queued for it: the evening before a morning's.
const EMPTY_BEFORE: Duration = Duration::from_secs(18 * 3600);
/// Below this a busy evening may fill the disk.
const FREE_BYTES_MIN: u64 = 500 << 20;

pub(super) async fn look(db: &Db, settings: &AlarmSettings, now: Timestamp) -> Result<(), StoreError> {
    let mut found = Vec::new();
    let mut tx = db.read().await?;
    for newsletter in &settings.newsletters {
        let empty = empty_slot(&mut tx, newsletter, now).await?;
        found.push((AlarmName::SlotEmpty, newsletter.slug.clone(), empty));
    }
    // The process that looks is the one that schedules.
    found.push((AlarmName::ScheduleLate, String::new(), None));
    let low = settings.folder.as_deref().and_then(room).filter(|free| *free < FREE_BYTES_MIN);
    found.push((AlarmName::DiskLow, String::new(), low.map(|free| format!("{} MiB are free", free >> 20))));
    let standing = alarms::all(&mut tx).await?;
    drop(tx);
    for (name, scope, note) in found {
        let known = standing.iter().find(|one| one.name == name && one.scope == scope);
        let is_raised = known.is_some_and(|one| one.cleared_at.is_none());
        match note {
            Some(note) if !is_raised => {
                let alarm = Alarm::new(name, scope, &note);
                db.write(async |tx| alarms::raise(tx, &alarm, Actor::scheduler(now)).await).await?;
            }
            None if is_raised => {
                db.write(async |tx| alarms::clear(tx, name, &scope, now).await).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// What there is to say of the next slot, when it is near, somebody waits for it and nothing is queued for it.
async fn empty_slot(tx: &mut Tx, newsletter: &Newsletter, now: Timestamp) -> Result<Option<String>, StoreError> {
    let Some(id) = newsletters::find(tx, &newsletter.slug).await? else { return Ok(None) };
    // A slot that is skipped is empty on purpose.
    let skipped: Vec<_> = skips::of(tx, id, now).await?.into_iter().map(|skip| skip.slot_at).collect();
    let next = offered(&newsletter.slots, &newsletter.time_zone, &skipped, now).next();
    let Some(at) = next.filter(|at| at.since(now) <= EMPTY_BEFORE) else { return Ok(None) };
    if issues::taken_times(tx, id).await?.contains(&at) || !subscriptions::any_mailable(tx, id).await? {
        return Ok(None);
    }
    let local = at.to_jiff().to_zoned(newsletter.time_zone.clone());
    Ok(Some(format!("nothing is queued for {}", local.strftime("%a %Y-%m-%d %H:%M %Q"))))
}

/// How many bytes are free where a folder lies.
pub fn room(folder: &Path) -> Option<u64> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    rustix::fs::statvfs(folder).ok().map(|found| found.f_bavail.saturating_mul(found.f_frsize))
}
