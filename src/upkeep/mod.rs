//! What keeps an installation sound over years: that its keys are the database's, that its addresses are hashed by
//! today's rules. Knows no page and no command.

mod folding;
mod keys;

pub use folding::{Refolded, clashes, refold};
pub use keys::{Adopted, KeyTrouble, Listed, Use, admit, adopt, list, look, next_number};
