//! Tests of `store`: each is written once and run on both databases.

mod commits;
mod deliveries;
mod door;
mod events;
mod ground;
mod images;
mod issues;
mod leases;
mod ledger;
mod limits;
mod lock;
mod migrate;
mod newsletters;
mod pages;
mod quotas;
mod readers;
mod records;
mod rescue;
mod revisions;
mod schema;
mod settlement;
mod time;
mod transactional;
mod transitions;
mod walks;
mod words;
