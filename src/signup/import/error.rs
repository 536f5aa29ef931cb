//! Why a list cannot be imported, and why a row was not taken.

use std::io;

use super::lines;
use crate::domain::address::AddressError;
use crate::domain::suppression::SuppressionReason;
use crate::store::StoreError;

/// Why a row was not taken, or a cell of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Longer than a row can be.
    #[error("the line is longer than {} KiB", lines::LINE_BYTES_MAX / 1024)]
    TooLong,
    #[error("there is a NUL byte in it")]
    Nul,
    #[error("it is written in two encodings; save the file as UTF-8")]
    Mixed,
    #[error("it has characters that cannot be read; save the file as UTF-8")]
    Undecodable,
    #[error("a quotation mark is opened and never closed")]
    OpenQuote,
    #[error("it has more columns than any list")]
    TooManyFields,
    /// A delimiter that nobody quoted, or a row that was cut.
    #[error("it has {found} cells, and the header has {expected}")]
    Cells {
        found: usize,
        /// And not so many.
        expected: usize,
    },
    #[error("the address: {0}")]
    Address(AddressError),
    #[error("there is more than one address in it")]
    TwoAddresses,
    #[error(
        "{column} holds {value:?}, which is not known; write active, unconfirmed, paused, unsubscribed, bounced, complained or suppressed"
    )]
    Status { column: String, value: String },
    /// Another row of the same person.
    #[error("another row of this address cannot be understood; correct that one")]
    Contradicted,
    /// A cell that is left out.
    #[error("{0:?} is not a time and is left out; write 2026-11-27 or 2026-11-27T09:00:00Z")]
    Date(String),
    /// A cell that is left out.
    #[error("{0:?} may be either of two days and is left out; --dates says which")]
    EitherDay(String),
    /// A cell that is left out.
    #[error("{0:?} is in the future and is left out")]
    Future(String),
    /// A cell that is left out.
    #[error("{0:?} is not a language and is left out; write en or pt-BR")]
    Language(String),
    /// Never brought in.
    #[error("the list does not say that they agreed")]
    NotAgreed,
    /// Never brought back.
    #[error("left here; only they themselves can come back")]
    Left,
    /// Never brought back.
    #[error("said \"not me\"; only they themselves can take that back")]
    Refused,
    /// Never brought back.
    #[error("is on the suppression list ({0})")]
    Suppressed(SuppressionReason),
}

/// Why an import cannot begin, or breaks off. What was committed stays; it may be repeated.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the list is empty")]
    Empty,
    /// The first line cannot be read.
    #[error("the first line, which names the columns: {0}")]
    Header(Reason),
    #[error("no column is called email; the first line has: {}", found.join(", "))]
    NoEmailColumn { found: Vec<String> },
    #[error("two columns hold addresses, {one:?} and {other:?}, and they differ")]
    TwoEmailColumns { one: String, other: String },
    /// Not to be read as JSON.
    #[error("this is JSON, and cannot be read: {0}")]
    Json(String),
    /// JSON is read as a whole.
    #[error("this is JSON of more than 64 MiB; write one object to a line, in files of less")]
    JsonTooLong,
    /// An archive that is broken, or made to fill a disk.
    #[error("the archive {name} cannot be read: {why}")]
    Archive { name: String, why: String },
    #[error("{name} is {what}, not a list; {how}")]
    Packed { name: String, what: &'static str, how: &'static str },
    /// Something about one of the files.
    #[error("{name}: {error}")]
    OfFile { name: String, error: Box<Self> },
    /// A column was named that is in no file.
    #[error("no file has a column {name:?}")]
    NoSuchColumn { name: String },
    #[error("{0} of the columns may say who wants mail, and nobody has said what they mean")]
    Questions(usize),
    /// Nobody said where the readers agreed.
    #[error("{readers} people would begin to get mail, and nobody has said where they agreed to that")]
    NotAgreed { readers: u64 },
    /// More people than an import can hold.
    #[error("there are more than {0} addresses in the list; import it in parts")]
    TooMany(usize),
    /// Another command imports the same list.
    #[error("another command is importing this list")]
    Elsewhere,
    /// A file cannot be read.
    #[error("{name} cannot be read: {error}")]
    Open { name: String, error: io::Error },
    /// A file cannot be read.
    #[error("the list cannot be read: {0}")]
    Read(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    /// Whether a file is no list, rather than that something failed.
    pub(super) fn is_of_the_file(&self) -> bool {
        matches!(self, Self::Empty | Self::Header(_) | Self::NoEmailColumn { .. } | Self::Json(_) | Self::JsonTooLong)
    }

    /// The same with the name of the file, unless it has it.
    pub(super) fn of_file(self, name: &str) -> Self {
        match self {
            Self::Open { .. } | Self::Packed { .. } | Self::Archive { .. } | Self::Store(_) | Self::OfFile { .. } => {
                self
            }
            error => Self::OfFile { name: name.to_owned(), error: Box::new(error) },
        }
    }
}
