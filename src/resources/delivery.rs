//! One email of an issue to one reader.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::domain::delivery::{DeliveryState, Reason};
use crate::store::ledger::LedgerRow;

#[derive(Clone, Debug, Serialize)]
pub struct DeliveryResource<'a> {
    /// None once the reader was erased.
    pub email: Option<&'a str>,
    pub state: DeliveryState,
    pub due_at: Option<Timestamp>,
    pub attempts: i64,
    pub first_at: Option<Timestamp>,
    pub final_at: Option<Timestamp>,
    pub relay: Option<&'a str>,
    pub reply: Option<&'a str>,
    pub reason: Option<Reason>,
    pub revision: Option<i64>,
}

impl<'a> From<&'a LedgerRow> for DeliveryResource<'a> {
    fn from(row: &'a LedgerRow) -> Self {
        let LedgerRow { state, due_at, attempts, first_at, final_at, reason, .. } = *row;
        Self {
            email: row.email.as_deref(),
            state,
            due_at,
            attempts,
            first_at,
            final_at,
            relay: row.relay.as_deref(),
            reply: row.reply.as_deref(),
            reason,
            revision: row.revision_id.map(|id| id.0),
        }
    }
}
