//! The engine: claim, work, record. Knows the ledger and the wire; never plans.
//!
//! `dispatch` claims rows and hands them to the lanes, one per relay; in a lane each `connection` fills, takes off and
//! sends; the `recorder` writes what became of it, many rows to a commit; `rescue` takes back what the dead left.

mod allowance;
mod allowances;
mod attempt;
mod connection;
pub mod control;
mod active_revisions;
mod dispatch;
mod ending;
pub mod engine;
mod entry;
mod floor;
mod held;
mod job;
mod relay_queue;
mod late;
mod revision_cache;
mod limits;
mod probes;
pub mod test_send;
mod providers;
mod queue;
mod fast_batch;
mod recorder;
mod refusals;
mod rescue;
mod route;
mod settings;
mod standing;
mod suspended;
mod timekeeper;
mod unmade;
mod waiting;
mod way;

pub use engine::Engine;
pub use probes::words as why_suspended;
pub use settings::{NewsletterSettings, RelaySettings, EngineSettings, Timing};
