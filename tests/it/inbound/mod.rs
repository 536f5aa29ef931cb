//! What comes back, and what follows for readers.

mod hooks;
mod killed;
mod listening;
pub(crate) mod post;
mod postfix;
mod reading;
mod receiving;
mod settling;
mod wire;
