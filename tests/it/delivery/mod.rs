//! Delivery against the sink, one scenario per file, on both databases.

mod absence;
mod blame;
mod breaker;
mod capabilities;
mod clocks;
mod connections;
mod control;
mod engines;
mod extra_headers;
mod failover;
mod fairness;
mod faults;
mod hung;
mod kill;
mod lapse;
mod late_look;
mod leaving;
mod outage;
mod pause_with_a_queue;
mod proof;
mod rates;
mod script;
mod session_limits;
pub(crate) mod stage;
mod stopping;
mod straight;
mod uncertain;
