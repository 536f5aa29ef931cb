//! What the program tells other programs of its nouns: one shape each, wherever it is told. `--json` writes them.
//! Shapes alone, made of what the store and `publishing` found; docs/reference/values.md explains every key.

mod delivery;
mod event;
mod issue;
mod reader;

/// How many emails of an issue stand where.
pub use crate::store::ledger::Totals;
pub use delivery::DeliveryResource;
pub use event::EventResource;
pub use issue::{IssueResource, ListedIssue, SentRevision, ShownIssue};
pub use reader::{ConsentResource, ReaderResource, ShownReader};
