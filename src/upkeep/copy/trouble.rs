//! Why a database is not copied, or not worked on.

use super::sums::CopiedTable;
use crate::clock::Timestamp;
use crate::domain::issue::IssueState;
use crate::store::StoreError;

/// Each with what is wrong; [`hint`](Self::hint) says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CopyTrouble {
    #[error("there is no database of coranto in the {which}")]
    Nothing { which: &'static str },
    #[error("the schema of the {which} is older than this program")]
    Older { which: &'static str },
    #[error("the schema of the {which} is newer than this program")]
    Newer { which: &'static str },
    #[error("the schemas differ: {0}")]
    Shapes(String),
    #[error("the target is in use: its table {table} has rows")]
    NotEmpty { table: String },
    #[error("the target has an unfinished copy of {other}")]
    OtherCopy { other: String },
    #[error("what was in the target has moved to {other}")]
    TargetLeft { other: String },
    #[error("another copy into the target has just begun")]
    Taken,
    #[error("a server or a command works on the database: its lease runs for {} seconds more", .for_ms.div_ceil(1000))]
    Leased { until: Timestamp, for_ms: u64 },
    #[error("the issue {slug} is {state}")]
    Sending { slug: String, state: IssueState },
    #[error("this database has moved to {to}")]
    Moved { to: String },
    #[error("this database is being moved to {to}")]
    Moving { to: String },
    #[error("this database is an unfinished copy of {from}")]
    Unfinished { from: String },
    #[error("this database is a copy of {from}, which went on by itself")]
    Abandoned { from: String },
    #[error("the source was changed while it was copied")]
    Changed,
    #[error("a server or a command has worked on the target since the move")]
    Begun,
    #[error("this is not the database that the source moved to")]
    NotTheTarget,
    #[error("this database has not moved")]
    NotMoved,
    #[error("the copy differs from the source")]
    Differs(Vec<CopiedTable>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CopyTrouble {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Older { .. } => "run `coranto migrate` with that database in the configuration, then this again",
            Self::Newer { .. } => "use the version of coranto that last worked on it",
            Self::NotEmpty { .. } | Self::OtherCopy { .. } | Self::TargetLeft { .. } => {
                "copy into an empty database: a new file, or one made by `createdb`"
            }
            Self::Leased { .. } => "stop every server first; a lease ends by itself within a minute",
            Self::Sending { .. } => {
                "pause it first: `coranto issues pause`; it resumes where it stopped, on the other side"
            }
            Self::Moved { .. } => {
                "set `database` to that one; `coranto migrate --reopen` undoes the move while nothing runs there"
            }
            Self::Moving { .. } => {
                "the same `coranto migrate --from --to` resumes it; `coranto migrate --reopen` gives it up"
            }
            Self::Unfinished { .. } => "the same command as before resumes it, or begins again",
            Self::Abandoned { .. } => "set `database` to that one, or move again",
            Self::Changed => "stop whatever works on it, then run this again: it starts over",
            Self::Begun => {
                "what was sent from there is not known here; `coranto restore --adopt` makes this one usable all the same"
            }
            Self::NotTheTarget => "name the database that it moved to by --to",
            Self::Differs(_) => "run the same command again: it starts over; if it differs again, report it",
            Self::Nothing { .. } | Self::Shapes(_) | Self::Taken | Self::NotMoved | Self::Store(_) => return None,
        })
    }
}
