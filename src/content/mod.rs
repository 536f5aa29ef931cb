//! Markdown to the parts of a mail. Pure: no I/O; knows no recipient, no relay, no database.
//!
//! `bytes -> source::read -> Issue -> parse -> tree -> html and plain -> Rendered`; `publishing::compose` puts a layout
//! around what comes out. Everything wrong on the way is a [`Problem`] with its place in the file.

pub mod addresses;
pub mod advice;
mod autolinks;
pub mod fields;
pub mod front_matter;
mod html;
mod links;
mod marks;
pub mod merge;
mod parse;
pub mod parts;
mod pasted;
pub mod pictures;
mod plain;
pub mod problem;
mod prose;
mod rendered;
mod scripts;
mod source;
mod tags;
mod target;
mod tree;
mod typography;
mod wrap;

pub use front_matter::{Cover, FrontMatter, SendAt};
pub use html::{HTML_BYTES_MAX, escape, in_body, in_heading, in_heading_with};
pub use parts::Parts;
pub use problem::{Problem, Severity};
pub use prose::prose;
pub use rendered::{RenderContext, RenderedText, render, render_so_far};
pub use source::{IssueFile, SOURCE_BYTES_MAX, read, read_so_far};
pub use target::Target;
pub use wrap::{filled, heading};
