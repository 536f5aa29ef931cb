//! What an installation needs, and whether it is well: files, database, clock, disk, DNS, relays. Looks and changes nothing;
//! knows no terminal and no page.

mod backups;
pub mod bounces;
pub mod certificates;
mod hold;
pub mod hooks;
pub mod local;
mod machines;
pub mod mailboxes;
pub mod names;
mod proxy;
mod questions;
pub mod relays;
mod reports;
pub mod rounds;
pub mod signing;
mod spf;
mod tags;
pub mod way_in;

pub use crate::domain::checkup::{CheckName, Finding, FindingHealth, NamedCheck};
