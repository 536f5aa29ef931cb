//! Tests of `publishing`, and of the slots that it puts issues on.

mod calendar;
mod correct;
mod files;
mod follow;
mod ground;
mod pictures;
mod queue;
mod scheduler;
mod slots;
