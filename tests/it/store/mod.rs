//! Tests of `store`: each is written once and run on both databases.

mod claims;
mod ground;
mod issues;
mod leases;
mod ledger;
mod readers;
mod schema;
mod settlement;
mod transitions;
