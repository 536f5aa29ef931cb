//! Parts and a recipient to bytes. Pure: no I/O; knows no Markdown, no relay, no database.
//!
//! [`Skeleton::build`] does once per revision all that is the same for every reader; [`Skeleton::fill`] puts one
//! reader's values into it, which is mostly copying, and signs. The same recipient always gives the same bytes: a
//! mail that is sent again is the same mail, with the same Message-ID.

mod content;
mod correlate;
pub mod dkim;
mod embed;
mod error;
mod fill;
mod headers;
mod mime;
mod skeleton;
mod splice;
mod values;
pub mod verp;

pub use crate::content::fields::Template;
pub use content::{Content, Profile};
pub use error::{FillError, SkeletonError};
pub use fill::Filled;
pub use skeleton::Skeleton;
pub use values::{Marks, Recipient};
