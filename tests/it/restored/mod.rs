//! A copy of the database is put back: by the program, or behind its back. Knows the program from outside.

mod backups;
mod drill;
mod flips;
mod into_postgres;
mod kills;
mod leavings;
mod links;
mod nightly;
mod noticed;
mod places;
pub(crate) mod scene;
mod service;
