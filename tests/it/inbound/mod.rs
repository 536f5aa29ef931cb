//! What comes back after mail was sent, and what follows for the readers.

mod reading;
mod settling;
