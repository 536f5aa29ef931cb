//! From a text to a frozen audience: sources, places, the calendar. Never sends.
//!
//! A `Source` is text, the database holds state. `folder` makes sources of files, `render` makes mails of sources, `queue`
//! puts them on slots, `follow` keeps up with files that say themselves when they are to go out, `calendar` starts what
//! is due. Whatever is done to an issue is a verb of `Publisher`.

pub mod calendar;
mod checked;
mod compose;
mod correct;
mod duplicates;
mod error;
pub mod folder;
pub mod follow;
mod followed;
pub mod left;
pub mod links;
pub mod notice;
mod outlook;
mod page;
pub mod pictures;
mod plan;
mod preflight;
mod proof;
mod publisher;
mod queue;
mod render;
pub mod scheduler;
mod sender;
pub mod settings;
mod shift;
mod skip;
mod source;
mod spot;
pub mod standing;

/// What a check finds: faces show it, and know nothing else of content.
pub use crate::content::{Problem, escape};
pub use calendar::{Started, start_due};
pub use checked::Checked;
pub use correct::CorrectError;
pub use error::QueueError;
pub use folder::IssueFolder;
pub use outlook::outlook;
pub use page::folded;
pub use plan::{NoSlot, QueuePlan};
pub use publisher::{Publisher, QueueOptions, Renderer};
pub use queue::{Queued, unschedule};
pub use render::RenderedIssue;
pub use shift::Moved;
pub use skip::SkipError;
pub use source::{Source, SourceError, SourceFault};
pub use spot::When;
pub use standing::{Difference, QueuedFile};
