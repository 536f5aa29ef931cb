//! The batch as it nearly always is: acceptances by one relay and take-offs of one revision, by one worker. It is one
//! statement to the database; everything else takes the long way through `recorder`.

use std::sync::Arc;

use super::entry::{DeliveryOutcome, LedgerEntry};
use super::held::Held;
use crate::clock::Timestamp;
use crate::domain::{DeliveryId, RevisionId, WorkerId};
use crate::store::settlement::{self, Settlement};
use crate::store::{Db, StoreError};

#[derive(Debug)]
pub(super) struct FastBatch {
    worker: WorkerId,
    relay: Arc<str>,
    revision: RevisionId,
    date: Timestamp,
    pub(super) sent: Vec<DeliveryId>,
    pub(super) leaving: Vec<Held>,
}

impl FastBatch {
    /// The batch as one statement; `None` when it is not of this kind.
    pub(super) fn of(batch: &[LedgerEntry]) -> Option<Self> {
        let mut accepted: Option<(WorkerId, &Arc<str>)> = None;
        let mut leaves: Option<(WorkerId, RevisionId, Timestamp)> = None;
        let (mut sent, mut leaving) = (Vec::new(), Vec::new());
        for entry in batch {
            match entry {
                LedgerEntry::Outcome(held, DeliveryOutcome::Sent { relay, reply: None }) => {
                    if *accepted.get_or_insert((held.worker, relay)) != (held.worker, relay) {
                        return None;
                    }
                    sent.push(held.id);
                }
                LedgerEntry::TakeOff(one, _) => {
                    let shared = (one.held.worker, one.revision, one.date);
                    if *leaves.get_or_insert(shared) != shared {
                        return None;
                    }
                    leaving.push(one.held.clone());
                }
                _ => return None,
            }
        }
        let (worker, relay) = accepted?;
        let (leaver, revision, date) = leaves?;
        (worker == leaver).then(|| Self { worker, relay: Arc::clone(relay), revision, date, sent, leaving })
    }

    /// Writes it. Returns the rows taken off, and how many were recorded as sent.
    pub(super) async fn write(&self, db: &Db, now: Timestamp) -> Result<(Vec<DeliveryId>, usize), StoreError> {
        let leaving: Vec<DeliveryId> = self.leaving.iter().map(|held| held.id).collect();
        let settlement = Settlement {
            worker: self.worker,
            sent: &self.sent,
            relay: &self.relay,
            reply: None,
            leaving: &leaving,
            revision: self.revision,
            date: self.date,
        };
        settlement::settle(&mut db.single().await?, &settlement, now).await
    }
}
