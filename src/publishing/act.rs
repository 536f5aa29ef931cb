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
    /// Who.
    pub actor: &'a Actor,
    /// Now.
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
    /// Its file.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// It says itself that it is not finished.
    #[error("it is a draft: its front matter says `draft: true`; take that line out first")]
    Draft,
    /// It went out.
    #[error("{slug:?} {state} already; give the file another name to send it as a new issue")]
    Done {
        /// The issue.
        slug: String,
        /// How it ended.
        state: &'static str,
    },
    /// It is going out.
    #[error(
        "{slug:?} is going out; `coranto issues pause {slug}` first, then queue it again to serve the rest with the new text"
    )]
    GoingOut {
        /// The issue.
        slug: String,
    },
    /// Another issue has the same text.
    #[error("{other:?} has the same text ({state}); --again sends it once more")]
    Twin {
        /// That issue.
        other: String,
        /// Where it stands.
        state: IssueState,
    },
    /// There is no slot for it.
    #[error(transparent)]
    NoSlot(#[from] NoSlot),
    /// There is none of that slug.
    #[error("there is no issue {0:?}; `coranto queue FILE` brings one in")]
    Unknown(String),
    /// It is not on the queue, so that it has no place to leave.
    #[error("{slug:?} is {state}; only an issue that is queued has a place to leave")]
    NotQueued {
        /// The issue.
        slug: String,
        /// Where it stands.
        state: IssueState,
    },
    /// Another issue goes out at that time.
    #[error("{slug:?} goes out then, on {shown}")]
    Taken {
        /// That issue.
        slug: String,
        /// When, on the newsletter's clock.
        shown: String,
    },
    /// The time is gone.
    #[error("{0} is in the past; say a later time, or --now")]
    Past(Timestamp),
    /// Another command got in between.
    #[error("another command changed the issue at the same moment; look at `coranto status` and try again")]
    Raced,
    /// Anything the database says.
    #[error(transparent)]
    Store(#[from] StoreError),
}
