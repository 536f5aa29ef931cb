//! What the engine's parts hand to the recorder: rows with who holds them, what became of them, and what is asked.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::refusals::Refusal;
use super::suspended::Way;
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::delivery::{DeliveryKind, Reason};
use crate::domain::event::Event;
use crate::domain::provider;
use crate::domain::{DeliveryId, IssueId, NewsletterId, RevisionId, SuspensionId, WorkerId};
use crate::store::claimed::Claimed;

/// A row, who holds it, and what groups of mail it belongs to.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) id: DeliveryId,
    pub(super) worker: WorkerId,
    pub(super) issue: Option<IssueId>,
    /// What it bears was decided by a former try.
    pub(super) pinned: bool,
    /// Whose mail it is; number 0 when nobody knows.
    pub(super) newsletter: NewsletterId,
    /// Where it goes: a provider or a domain.
    pub(super) destination: Arc<str>,
    /// How often it was put back without a counted try.
    pub(super) waits: i64,
    /// Who refused it then.
    pub(super) refused_by: Option<Arc<str>>,
    /// It was never refused before: such mails are a fair sample of the list.
    pub(super) is_first: bool,
    /// It asks whether a suspended group goes again.
    pub(super) is_probe: bool,
}

impl Held {
    /// A claimed row.
    pub(super) fn of(row: &Claimed, worker: WorkerId) -> Self {
        let domain = row.email.as_deref().and_then(|email| email.rsplit_once('@')).map_or("", |(_, domain)| domain);
        let waits = row.waits.unwrap_or(0);
        Self {
            id: row.id,
            worker,
            issue: row.issue_id,
            pinned: row.revision_id.is_some(),
            newsletter: row.newsletter_id.unwrap_or(NewsletterId(0)),
            destination: provider::destination(domain).into(),
            waits,
            refused_by: row.relay.as_deref().filter(|_| waits > 0).map(Arc::from),
            is_first: waits == 0 && row.attempts == 0,
            is_probe: false,
        }
    }

    /// The way of this mail by a relay.
    pub(super) fn way<'a>(&'a self, relay: &'a str) -> Way<'a> {
        Way { relay, newsletter: self.newsletter, destination: &self.destination, issue: self.issue }
    }
}

/// What became of a row.
#[derive(Debug)]
pub(super) enum Outcome {
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

impl Outcome {
    /// As it is counted.
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
pub(super) enum Entry {
    Outcome(Held, Outcome),
    TakeOff(TakeOff, oneshot::Sender<bool>),
    /// Whether a row that was taken off a while ago may still go.
    Look(Held, oneshot::Sender<bool>),
    Event(Actor, Event),
}
