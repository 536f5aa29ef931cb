//! Tests of `content`, and of what `publishing::compose` and `signup::mails` make with it.

mod advice;
mod checks;
pub(crate) mod corpus;
mod elements;
mod front_matter;
pub(crate) mod ground;
mod hostile;
mod judge;
mod kinds;
mod mails;
mod merge_fields;
mod properties;
mod raw_html;
mod samples;
mod weeklies;
mod words;
