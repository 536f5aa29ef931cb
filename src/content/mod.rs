//! Markdown to the parts of a mail. Pure: no I/O; knows no recipient, no relay, no database.

pub mod fields;
