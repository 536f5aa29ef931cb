//! A slot on which nothing goes out, on purpose: no issue gets it by itself, and nobody is told that it is empty. It
//! moves nothing that is queued.

use super::queue::QueueContext;
use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::domain::event::Event;
use crate::domain::moment::moment;
use crate::domain::newsletter::Newsletter;
use crate::domain::slot::next_of;
use crate::store::events::{self, About};
use crate::store::{Db, StoreError, issues, skips};

/// Why a slot was not skipped. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SkipError {
    /// There is none then.
    #[error("{newsletter} has no slot on {shown}")]
    NoSlot {
        newsletter: String,
        /// The time that was named.
        shown: String,
    },
    #[error("{0} is past")]
    Past(String),
    /// An issue goes out on it.
    #[error("{slug:?} goes out then, on {shown}; move it or take it off first")]
    Taken { slug: String, shown: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Skips the slot at `at`; `false` if it was skipped already.
pub async fn skip(
    db: &Db,
    newsletter: &Newsletter,
    id: NewsletterId,
    at: Timestamp,
    note: &str,
    act: &QueueContext<'_>,
) -> Result<bool, SkipError> {
    let shown = moment(at, &newsletter.time_zone);
    if next_of(&newsletter.slots, &newsletter.time_zone, Timestamp(at.0 - 1)) != Some(at) {
        return Err(SkipError::NoSlot { newsletter: newsletter.slug.clone(), shown });
    }
    if at <= act.now {
        return Err(SkipError::Past(shown));
    }
    db.write(async |tx| {
        let queued = issues::queued(tx, id).await?;
        if let Some(issue) = queued.into_iter().find(|issue| issue.due_at == Some(at)) {
            return Err(SkipError::Taken { slug: issue.slug, shown });
        }
        let skipped = skips::add(tx, id, at, note, act.now).await?;
        if skipped {
            let about = About { newsletter: Some(id), ..About::default() };
            events::append(tx, act.by(), about, &Event::SlotSkipped { slot_at: at }).await?;
        }
        Ok(skipped)
    })
    .await
}

/// Offers a slot again; `false` if it was not skipped.
pub async fn take_back(db: &Db, id: NewsletterId, at: Timestamp, act: &QueueContext<'_>) -> Result<bool, StoreError> {
    db.write(async |tx| {
        let offered = skips::remove(tx, id, at).await?;
        if offered {
            let about = About { newsletter: Some(id), ..About::default() };
            events::append(tx, act.by(), about, &Event::SlotOffered { slot_at: at }).await?;
        }
        Ok(offered)
    })
    .await
}
