//! Delivery against the sink, one scenario per file, on both databases.

mod stage;
mod straight;
