//! What comes back, and what follows for readers.

mod post;
mod receiving;
mod settling;
