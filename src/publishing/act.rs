//! Who puts an issue in its place, and why that may fail.

use super::library::LibraryError;
use super::plan::NoSlot;
use crate::clock::Timestamp;
use crate::domain::actor::{Actor, By};
use crate::domain::issue::IssueState;
use crate::store::StoreError;

/// Who queues, when and how.
#[derive(Clone, Copy, Debug)]
pub struct QueueContext<'a> {
    pub actor: &'a Actor,
    pub now: Timestamp,
    /// Only look.
    pub dry_run: bool,
    /// Whether a text that another issue has may go out again.
    pub again: bool,
}

impl<'a> QueueContext<'a> {
    pub(super) fn by(&self) -> By<'a> {
        self.actor.at(self.now)
    }
}

/// Why an issue was not queued. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// It says itself that it is not finished.
    #[error("it is a draft: its front matter says `draft: true`; take that line out first")]
    Draft,
    #[error("{slug:?} {state} already; give the file another name to send it as a new issue")]
    Done { slug: String, state: &'static str },
    #[error(
        "{slug:?} is going out; `coranto issues pause {slug}` first, then queue it again to serve the rest with the new text"
    )]
    GoingOut { slug: String },
    /// Another issue has the same text.
    #[error("{other:?} has the same text ({state}); --again sends it once more")]
    Twin { other: String, state: IssueState },
    /// There is no slot for it.
    #[error(transparent)]
    NoSlot(#[from] NoSlot),
    /// There is none of that slug.
    #[error("there is no issue {0:?}; `coranto queue FILE` brings one in")]
    Unknown(String),
    /// It is not on the queue, so that it has no place to leave.
    #[error("{slug:?} is {state}; only an issue that is queued has a place to leave")]
    NotQueued { slug: String, state: IssueState },
    /// Another issue goes out at that time.
    #[error("{slug:?} goes out then, on {shown}")]
    Taken {
        slug: String,
        /// When, on the newsletter's clock.
        shown: String,
    },
    #[error("{0} is in the past; say a later time, or --now")]
    Past(Timestamp),
    /// Another command got in between.
    #[error("another command changed the issue at the same moment; look at `coranto status` and try again")]
    Raced,
    #[error(transparent)]
    Store(#[from] StoreError),
}
