//! What `coranto queue` would do with a text, by the same rule, for whoever only looks. Writes nothing.

use super::error::QueueError;
use super::plan::QueuePlan;
use super::source::Source;
use super::spot::{Spot, When, spot};
use crate::clock::Timestamp;
use crate::domain::newsletter::Newsletter;
use crate::store::{Db, issues};

/// When the issue of `source` would go out if it were queued now, or why that would be refused. Without a database, files
/// alone say it.
pub async fn outlook(
    db: Option<&Db>,
    newsletter: &Newsletter,
    source: &Source,
    now: Timestamp,
) -> Result<Option<Timestamp>, QueueError> {
    if source.issue.front.draft {
        return Err(QueueError::Draft);
    }
    let when = source.wanted.map_or(When::NextSlot, When::At);
    let (found, plan) = match db {
        Some(db) => {
            let mut tx = db.read().await?;
            let found = issues::find(&mut tx, newsletter.id, &source.slug).await?;
            (found, QueuePlan::load(&mut tx, newsletter, &source.slug, now).await?)
        }
        None => (None, QueuePlan::of_files(newsletter, &source.slug, now)),
    };
    let Spot { place, .. } = spot(found.as_ref(), &plan, source, when, now)?;
    Ok(place.map(|place| place.due_at))
}
