//! What comes back, and what follows for readers.

mod killed;
mod listening;
mod policy;
pub(crate) mod post;
mod postfix;
mod reading;
mod receiving;
mod settling;
mod wire;
