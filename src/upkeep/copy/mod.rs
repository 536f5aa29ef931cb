//! A database into another of either engine, row by row and compared afterwards: for a move between the engines, for the
//! backup of PostgreSQL, which is an SQLite file, and for the way back.

mod moving;
mod sums;
mod trouble;
mod whole;

pub use moving::{Relocation, move_to, refuse_leases, reopen, usable};
pub use sums::{CopiedTable, SideSum};
pub use trouble::CopyTrouble;
pub use whole::{CopyListener, CopyStep, copy_whole, has_no_rows};
