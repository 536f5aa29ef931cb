//! A copy of the database is put back: by the program, or behind its back. Knows the program from outside.

mod backups;
mod drill;
mod flips;
mod kills;
mod leavings;
mod nightly;
mod noticed;
pub(crate) mod scene;
mod service;
