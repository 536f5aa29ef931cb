//! Tests of `publishing`, and of the slots that it puts issues on.

mod slots;
