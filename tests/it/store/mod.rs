//! Tests of `store`: each is written once and run on both databases.

mod alarms;
mod commits;
mod deliveries;
mod door;
mod events;
mod ground;
mod images;
mod imports;
mod issues;
mod leases;
mod ledger;
mod limits;
mod lock;
mod migrate;
mod newsletters;
mod pages;
mod readers;
mod records;
mod rescue;
mod revisions;
mod schema;
mod settlement;
mod transitions;
mod walks;
mod words;
