//! The numbers by which what comes back is judged. An operator may set each of them.

use super::standing::Strikes;
use super::storm::{Brakes, Calls};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub strikes: Strikes,
    pub brakes: Brakes,
    pub calls: Calls,
}
