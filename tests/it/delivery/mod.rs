//! Delivery against the sink, one scenario per file, on both databases.

pub(crate) mod stage;
mod straight;
