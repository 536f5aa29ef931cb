//! Markdown to the parts of a mail. Pure: no I/O; knows no recipient, no relay, no database.

pub mod fields;
pub mod merge;
pub mod parts;
pub mod problem;

pub use parts::Parts;
pub use problem::{Problem, Severity};
