//! What an import is of, and a row on its way.

use std::sync::Arc;

use super::standing::Standing;
use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::domain::actor::Actor;
use crate::store::arrivals::Arrival;

#[derive(Clone, Debug)]
pub struct Import {
    /// To which newsletter the readers subscribe.
    pub newsletter: NewsletterId,
    /// Where they agreed to get it: the record of consents keeps it.
    pub agreed: Option<String>,
    /// Changes nothing, and says what would be.
    pub dry_run: bool,
    pub actor: Actor,
    pub now: Timestamp,
}

/// A row on its way from the file to the database.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) file: Arc<str>,
    pub(super) line: u64,
    pub(super) standing: Standing,
    pub(super) arrival: Arrival,
}

/// What is to be done about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImportAction {
    Add,
    Activate,
    Unsubscribe,
    Suppress,
    Nothing,
    KeepOut,
}
