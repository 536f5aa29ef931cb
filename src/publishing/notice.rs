//! What following the files brought about, for the log and for tests. Knows neither files nor databases.

use std::fmt;
use std::path::PathBuf;

use crate::clock::Timestamp;

/// One thing that happened to a file or its issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowNotice {
    /// It has a place on the queue, as its file says.
    Queued { slug: String, due_at: Timestamp },
    /// It has its file's new text, at the place it had.
    Revised { slug: String },
    /// It is off the queue, or on hold.
    Off { slug: String, why: String },
    /// Nothing was done with it, and a person should know.
    Ignored {
        /// The file, or the folder.
        path: PathBuf,
        why: String,
    },
}

impl FollowNotice {
    /// Whether a person should do something about it.
    pub fn is_warning(&self) -> bool {
        matches!(self, Self::Off { .. } | Self::Ignored { .. })
    }
}

impl fmt::Display for FollowNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queued { slug, due_at } => write!(f, "{slug} is queued for {due_at}, as its file says"),
            Self::Revised { slug } => write!(f, "{slug} has the new text of its file"),
            Self::Off { slug, why } => write!(f, "{slug} does not go out by itself: {why}"),
            Self::Ignored { path, why } => write!(f, "{}: {why}", path.display()),
        }
    }
}
