//! What the engine's parts hand to the recorder: rows with who holds them, what became of them, and what is asked.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::held::Held;
use super::refusals::Refusal;
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::delivery::{DeliveryKind, Reason};
use crate::domain::event::Event;
use crate::domain::{RevisionId, SuspensionId};

/// What became of a row.
#[derive(Debug)]
pub(super) enum DeliveryOutcome {
    /// `reply` is kept where the settings say so.
    Sent {
        relay: Arc<str>,
        reply: Option<String>,
    },
    /// What follows is decided where it is written.
    Refused(Box<Refusal>),
    /// It cannot be sent at all.
    Failed {
        reason: Reason,
        relay: Option<Arc<str>>,
        reply: Option<String>,
    },
    /// It cannot be made from `revision`: no reader's fault. `kind` is none for an issue's.
    Unmade {
        revision: RevisionId,
        kind: Option<DeliveryKind>,
        fault: String,
    },
    /// No answer to the final dot. `is_last` when it was sent again for that already, and is not once more.
    Uncertain {
        due_at: Option<Timestamp>,
        relay: Arc<str>,
        is_last: bool,
        fault: String,
    },
    Released {
        due_at: Timestamp,
    },
    /// Waits until a suspended group goes again.
    Parked {
        suspension: SuspensionId,
    },
}

impl DeliveryOutcome {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::Refused(_) => "refused",
            Self::Failed { .. } => "failed",
            Self::Unmade { .. } => "unmade",
            Self::Uncertain { .. } => "uncertain",
            Self::Released { .. } => "released",
            Self::Parked { .. } => "parked",
        }
    }
}

/// Asks to commit that a row is on the wire.
#[derive(Debug)]
pub(super) struct TakeOff {
    pub(super) held: Held,
    pub(super) revision: RevisionId,
    pub(super) date: Timestamp,
}

#[derive(Debug)]
pub(super) enum LedgerEntry {
    Outcome(Held, DeliveryOutcome),
    TakeOff(TakeOff, oneshot::Sender<bool>),
    /// Whether a row that was taken off a while ago may still go.
    Look(Held, oneshot::Sender<bool>),
    Event(Actor, Event),
}
