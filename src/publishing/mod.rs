//! From files to a frozen audience: the library of issues, the calendar, the plan. Never sends.
//!
//! The file holds text, the database holds state. `library` reads files, `queue` puts them on slots, `follow` keeps up
//! with files that say themselves when they are to go out, `calendar` starts what is due.

mod act;
pub mod calendar;
mod checked;
mod compose;
mod correct;
mod duplicates;
pub mod follow;
mod followed;
pub mod left;
pub mod library;
pub mod links;
pub mod notice;
mod outlook;
mod page;
pub mod pictures;
mod plan;
mod preflight;
mod proof;
pub mod queue;
pub mod scheduler;
pub mod settings;
mod shift;
mod skip;
mod spot;
pub mod standing;

/// What a check finds: faces show it, and know nothing else of content.
pub use crate::content::{Problem, escape};
pub use calendar::{Started, start_due};
pub use checked::Checked;
pub use compose::{compose, preflight};
pub use correct::{CorrectError, correct};
pub use library::{Draft, Library, LibraryError};
pub use outlook::outlook;
pub use page::folded;
pub use plan::{NoSlot, QueuePlan};
pub use proof::proof;
pub use queue::{QueueError, Queued, When};
pub use shift::{Moved, move_issue, swap};
pub use skip::{SkipError, skip, take_back};
pub use standing::{Difference, QueuedFile};
