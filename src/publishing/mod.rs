//! From files to a frozen audience: the library of issues, the calendar, the plan. Never sends.

mod compose;

pub use compose::{compose, preflight};
