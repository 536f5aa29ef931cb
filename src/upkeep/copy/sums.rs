//! What was found on both sides of a copy.

/// How many rows there are of something, and the sum of their sums modulo 2^64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SideSum {
    pub rows: u64,
    pub sum: u64,
}

/// One table on both sides, as read back after the copy.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CopiedTable {
    pub table: String,
    pub source: SideSum,
    pub target: SideSum,
}

impl CopiedTable {
    pub fn is_equal(&self) -> bool {
        self.source == self.target
    }
}
