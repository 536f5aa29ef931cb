//! A slot on which nothing goes out, on purpose: no issue gets it by itself, and nobody is told that it is empty. It
//! moves nothing that is queued.

use super::publisher::Publisher;
use crate::clock::Timestamp;
use crate::domain::event::Event;
use crate::domain::moment::moment;
use crate::domain::slot::next_of;
use crate::store::events::{self, About};
use crate::store::{StoreError, issues, skips};

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

impl Publisher<'_> {
    /// Skips the slot at `at`; `false` if it was skipped already.
    pub async fn skip(&self, at: Timestamp, note: &str) -> Result<bool, SkipError> {
        let newsletter = self.newsletter();
        let shown = moment(at, &newsletter.time_zone);
        if next_of(&newsletter.slots, &newsletter.time_zone, Timestamp(at.0 - 1)) != Some(at) {
            return Err(SkipError::NoSlot { newsletter: newsletter.slug.clone(), shown });
        }
        if at <= self.now {
            return Err(SkipError::Past(shown));
        }
        let about = About { newsletter: Some(newsletter.id), ..About::default() };
        self.db
            .write(async |tx| {
                let queued = issues::queued(tx, newsletter.id).await?;
                if let Some(issue) = queued.into_iter().find(|issue| issue.due_at == Some(at)) {
                    return Err(SkipError::Taken { slug: issue.slug, shown });
                }
                let skipped = skips::add(tx, newsletter.id, at, note, self.now).await?;
                if skipped {
                    events::append(tx, self.by(), about, &Event::SlotSkipped { slot_at: at }).await?;
                }
                Ok(skipped)
            })
            .await
    }

    /// Offers a slot again; `false` if it was not skipped.
    pub async fn take_back(&self, at: Timestamp) -> Result<bool, StoreError> {
        let newsletter = self.newsletter().id;
        let about = About { newsletter: Some(newsletter), ..About::default() };
        self.db
            .write(async |tx| {
                let offered = skips::remove(tx, newsletter, at).await?;
                if offered {
                    events::append(tx, self.by(), about, &Event::SlotOffered { slot_at: at }).await?;
                }
                Ok(offered)
            })
            .await
    }
}
