//! The engine: claim, work, record. Knows the ledger and the wire; never plans.
//!
//! `dispatch` claims rows and hands them to the lanes, one per relay; in a lane each `connection` fills, takes off and
//! sends; the `recorder` writes what became of it, many rows to a commit; `rescue` takes back what the dead left.

mod active_revisions;
mod allowance;
mod allowances;
mod attempt;
mod connection;
pub mod control;
mod dispatch;
mod ending;
pub mod engine;
mod entry;
mod fast_batch;
mod floor;
mod held;
mod job;
mod late;
mod limits;
mod probes;
mod providers;
mod queue;
mod recorder;
mod refusals;
mod relay_queue;
mod rescue;
mod revision_cache;
mod route;
mod settings;
mod standing;
mod suspended;
pub mod test_send;
mod timekeeper;
mod unmade;
mod waiting;
mod way;

pub use engine::Engine;
pub use probes::words as why_suspended;
pub use settings::{EngineSettings, NewsletterSettings, RelaySettings, Timing};
