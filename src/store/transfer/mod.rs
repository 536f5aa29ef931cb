//! Every row of a database as it is, whatever the table: read in the order of the keys, written into a database of either
//! engine, and summed. Knows no table and no column: both come from the catalogue of the schema.
//!
//! It is the second place, after `db.rs`, that knows that there are two databases: their catalogues and their ways to take
//! many rows at once are different.

pub mod catalogue;
pub mod codec;
pub mod counters;
pub mod rows;
pub mod schemas;
