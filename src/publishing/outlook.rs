//! What `coranto queue` would do with a file, by the same rule, for whoever only looks. Writes nothing.

use super::library::{Draft, Library};
use super::plan::QueuePlan;
use super::queue::QueueError;
use super::spot::{Spot, When, spot};
use crate::clock::Timestamp;
use crate::store::{Db, issues, newsletters};

/// When the issue of `draft` would go out if it were queued now, or why that would be refused. Without a database, files
/// alone say it.
pub async fn outlook(
    db: Option<&Db>,
    library: &Library<'_>,
    draft: &Draft,
    now: Timestamp,
) -> Result<Option<Timestamp>, QueueError> {
    if draft.issue.front.draft {
        return Err(QueueError::Draft);
    }
    let wanted = draft.issue.front.send_at.as_ref().and_then(|send_at| library.wanted(send_at));
    let when = wanted.map_or(When::NextSlot, When::At);
    let (mut found, mut plan) = (None, None);
    if let Some(db) = db {
        let mut tx = db.read().await?;
        if let Some(id) = newsletters::find(&mut tx, &library.newsletter.slug).await? {
            found = issues::find(&mut tx, id, &draft.slug).await?;
            plan = Some(QueuePlan::load(&mut tx, library, id, &draft.slug, now).await?);
        }
    }
    let plan = plan.unwrap_or_else(|| QueuePlan::of_files(library, &draft.slug, now));
    let Spot { place, .. } = spot(found.as_ref(), library, &plan, draft, when, now)?;
    Ok(place.map(|place| place.due_at))
}
