//! What comes back, and what follows for readers.

mod faults;
mod hooks;
mod killed;
mod listening;
pub(crate) mod post;
mod postfix;
mod reading;
mod receiving;
mod rules;
mod settling;
mod wire;
