//! Tests of `store`: each is written once and run on both databases.

mod readers;
mod schema;
