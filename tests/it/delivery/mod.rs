//! Delivery against the sink, one scenario per file, on both databases.

mod absence;
mod alarms;
mod believed;
mod blame;
mod connections;
mod control;
mod engines;
mod failover;
mod faults;
mod held;
mod histories;
mod kill;
mod lapse;
mod leaving;
mod outage;
mod parties;
mod pause_with_a_queue;
mod proof;
mod rates;
pub(crate) mod script;
mod simulation;
pub(crate) mod stage;
mod stopping;
mod straight;
mod uncertain;
mod uncertain_runs;
mod walk;
