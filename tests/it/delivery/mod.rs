//! Delivery against the sink, one scenario per file, on both databases.

mod absence;
mod alarms;
mod blame;
mod breaker;
mod connections;
mod control;
mod engines;
mod failover;
mod faults;
mod kill;
mod lapse;
mod leaving;
mod outage;
mod pause_with_a_queue;
mod proof;
mod rates;
pub(crate) mod script;
pub(crate) mod stage;
mod stopping;
mod straight;
mod uncertain;
