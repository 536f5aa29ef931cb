//! Which process looks into a mailbox. Two that did would keep each report once all the same, and read everything twice.

use std::time::Duration;

use crate::clock::{Clock, Timestamp};
use crate::domain::WorkerId;
use crate::store::{Db, StoreError, Tx, leases};

/// Whoever looks into a mailbox has it for so long, and lengthens that when half of it is over.
const LEASE: Duration = Duration::from_secs(120);

/// This process as one of those that may look into a mailbox.
pub(super) struct MailboxTurn {
    db: Db,
    clock: Clock,
    lease: String,
    worker: Option<WorkerId>,
    until: Option<Timestamp>,
}

impl MailboxTurn {
    pub(super) fn new(mailbox: &str, db: Db, clock: Clock) -> Self {
        Self { db, clock, lease: format!("mailbox {mailbox}"), worker: None, until: None }
    }

    /// Whether it is this process's turn: it has the lease, or takes it.
    pub(super) async fn has(&mut self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        // More than there can be: the clock was set back.
        let is_fresh = |until: Timestamp| (LEASE / 2..=LEASE).contains(&until.since(now));
        if self.until.is_some_and(is_fresh) {
            return Ok(true);
        }
        let lease = self.lease.as_str();
        let worker = match self.worker {
            Some(worker) => worker,
            None => {
                let work = async |tx: &mut Tx| leases::register(tx, lease, false, now, now).await;
                *self.worker.insert(self.db.write(work).await?)
            }
        };
        let until = now.plus(LEASE);
        let has = self.db.write(async |tx| leases::acquire(tx, lease, worker, now, until).await).await?;
        self.until = has.then_some(until);
        Ok(has)
    }

    /// Ends it, so that another process takes over at once.
    pub(super) async fn end(&self) -> Result<(), StoreError> {
        let (Some(worker), Some(_)) = (self.worker, self.until) else { return Ok(()) };
        let (now, lease) = (self.clock.now(), self.lease.as_str());
        self.db.write(async |tx| leases::acquire(tx, lease, worker, now, now).await).await.map(drop)
    }
}
