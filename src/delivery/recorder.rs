//! The one writer of the engine's outcomes: everything that came in while the last commit ran goes into the next one.
//!
//! Its order is what bounds duplicates. A connection hands in the outcome of one mail before it asks to take off the
//! next, and both are written in that order; it writes no body before its take-off is committed. So at any instant at
//! most one mail per connection was accepted without the ledger knowing.
//!
//! Nothing is lost while the database cannot be written (a full disk, a lock): the batch is kept and tried again, and
//! meanwhile no connection takes off.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::active_revisions::ActiveRevisions;
pub(super) use super::entry::{DeliveryOutcome, LedgerEntry, TakeOff};
use super::fast_batch::FastBatch;
use super::held::Held;
use super::late;
use super::refusals::Court;
use super::standing::GroupHealth;
use super::suspended::Suspended;
use super::unmade;
use crate::clock::{Clock, Timestamp};
use crate::domain::actor::{Actor, By};
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::delivery::Reason;
use crate::domain::event::Event;
use crate::domain::{DeliveryId, IssueId, RevisionId, SuspensionId, WorkerId};
use crate::store::events::About;
use crate::store::{Db, StoreError, Tx, alarms, deliveries, events, settlement, suspensions};
use crate::telemetry::health::Health;
use crate::telemetry::metrics;
use crate::token::Keyring;
use crate::witness::Witness;

/// Rows in one commit, at most.
const BATCH_ROWS_MAX: usize = 200;
/// Entries that wait, at most; a connection that would add one more waits itself.
const WAITING_MAX: usize = 1024;
/// The longest wait between tries to write.
const RETRY_WAIT_MAX: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub(super) struct Recorder {
    entries: mpsc::Sender<LedgerEntry>,
}

pub(super) struct RecorderTask {
    entries: mpsc::Receiver<LedgerEntry>,
    db: Db,
    clock: Clock,
    keys: Keyring,
    settle_after: Duration,
    health: Arc<Health>,
    current: Arc<ActiveRevisions>,
    suspended: Arc<Suspended>,
    witness: Option<Arc<Witness>>,
    standing: GroupHealth,
}

impl Recorder {
    /// A recorder; the caller runs the task. What is refused is settled `settle_after` later. `health` is told whether the
    /// database can be written, and of relays; `current` of issues that go out no more.
    pub(super) fn new(
        db: Db,
        clock: Clock,
        keys: Keyring,
        settle_after: Duration,
        health: Arc<Health>,
        current: Arc<ActiveRevisions>,
        suspended: Arc<Suspended>,
    ) -> (Self, RecorderTask) {
        let (sender, entries) = mpsc::channel(WAITING_MAX);
        let standing = GroupHealth::default();
        (
            Self { entries: sender },
            RecorderTask {
                entries,
                db,
                clock,
                keys,
                settle_after,
                health,
                current,
                suspended,
                witness: None,
                standing,
            },
        )
    }

    /// Hands in what became of a row.
    pub(super) async fn record(&self, held: Held, outcome: DeliveryOutcome) {
        // The task ends after all who hand in; when it is gone the process is being killed.
        let _ = self.entries.send(LedgerEntry::Outcome(held, outcome)).await;
    }

    /// Commits that a row is on the wire; `false` when it must not be sent (any more).
    pub(super) async fn take_off(&self, take_off: TakeOff) -> bool {
        let (answer, granted) = oneshot::channel();
        self.entries.send(LedgerEntry::TakeOff(take_off, answer)).await.is_ok() && granted.await.unwrap_or(false)
    }

    /// Looks again at a row that was taken off, before its body is written; one that may not go any more goes back.
    pub(super) async fn look_again(&self, held: Held) -> bool {
        let (answer, granted) = oneshot::channel();
        self.entries.send(LedgerEntry::Look(held, answer)).await.is_ok() && granted.await.unwrap_or(false)
    }

    /// Notes something that is about no row.
    pub(super) async fn event(&self, actor: Actor, event: Event) {
        let _ = self.entries.send(LedgerEntry::Event(actor, event)).await;
    }
}

impl RecorderTask {
    /// The same, with a witness of what is committed as sent.
    pub(super) fn seen_by(self, witness: Option<Arc<Witness>>) -> Self {
        Self { witness, ..self }
    }

    /// Writes until every recorder is gone.
    pub(super) async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_ROWS_MAX);
        while self.entries.recv_many(&mut batch, BATCH_ROWS_MAX).await > 0 {
            self.tell_health(&batch);
            let proofs = self.weigh_acceptances(&batch);
            let granted = self.write(&batch, &proofs).await;
            self.remember(&batch);
            self.lift(&batch).await;
            for entry in batch.drain(..) {
                if let LedgerEntry::Outcome(_, outcome) = &entry {
                    metrics::delivery(outcome.name());
                }
                if let LedgerEntry::TakeOff(TakeOff { held, .. }, answer) | LedgerEntry::Look(held, answer) = entry {
                    let _ = answer.send(granted.contains(&held.id));
                }
            }
        }
    }

    /// What is committed as sent, for a machine that finds a copy of the database later.
    fn remember(&self, batch: &[LedgerEntry]) {
        let sent = |entry: &LedgerEntry| match entry {
            LedgerEntry::Outcome(held, DeliveryOutcome::Sent { .. }) => Some(held.id),
            _ => None,
        };
        if let Some(witness) = &self.witness
            && let Some(last) = batch.iter().rev().find_map(sent)
        {
            witness.sent(last.0);
        }
    }

    /// A relay that took a mail is up, whatever was known of it, perhaps from before this process.
    async fn lift(&self, batch: &[LedgerEntry]) {
        let took = |entry: &LedgerEntry| match entry {
            LedgerEntry::Outcome(_, DeliveryOutcome::Sent { relay, .. }) => Some(Arc::clone(relay)),
            _ => None,
        };
        if !self.health.has_trouble() {
            return;
        }
        for relay in batch.iter().filter_map(took).collect::<BTreeSet<_>>() {
            if !self.health.is_down(&relay) {
                continue;
            }
            let now = self.clock.now();
            let cleared = self.db.write(async |tx| alarms::clear(tx, AlarmName::RelayDown, &relay, now).await).await;
            match cleared {
                Ok(_) => self.health.relay_up(&relay),
                Err(error) => tracing::debug!(%error, "an alarm could not be cleared; the next email does it"),
            }
        }
    }

    fn tell_health(&self, batch: &[LedgerEntry]) {
        for entry in batch {
            match entry {
                LedgerEntry::Event(_, Event::RelayDown { relay, error, .. }) => {
                    self.health.relay_down(relay, self.clock.now().0, error);
                }
                LedgerEntry::Event(_, Event::RelayUp { relay }) => self.health.relay_up(relay),
                _ => {}
            }
        }
    }

    /// Counts what was taken. Returns the mails that prove that a suspended group goes again.
    fn weigh_acceptances(&mut self, batch: &[LedgerEntry]) -> Vec<(Held, Arc<str>)> {
        let mut proofs = Vec::new();
        for entry in batch {
            let LedgerEntry::Outcome(held, DeliveryOutcome::Sent { relay, .. }) = entry else { continue };
            self.standing.accepted(relay, held);
            // What was on the wire when a group was suspended proves nothing.
            if held.is_probe && !self.suspended.covering(&held.membership(relay)).is_empty() {
                proofs.push((held.clone(), Arc::clone(relay)));
            }
        }
        proofs
    }

    /// Writes a batch, however often it must be tried.
    async fn write(&mut self, batch: &[LedgerEntry], proofs: &[(Held, Arc<str>)]) -> Vec<DeliveryId> {
        let mut wait = Duration::from_millis(100);
        let mut is_again = false;
        loop {
            match self.write_once(batch, proofs, is_again).await {
                Ok(granted) => {
                    if self.health.wrote() {
                        tracing::info!("the database can be written again; sending goes on");
                    }
                    return granted;
                }
                Err(error) => {
                    is_again = true;
                    let why = if error.is_disk_full() { "the disk is full" } else { "the ledger cannot be written" };
                    self.health.cannot_write(self.clock.now().0, &format!("{why}: {error}"));
                    tracing::error!(%error, "{why}; sending pauses until it can be, nothing is lost");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(RETRY_WAIT_MAX);
                }
            }
        }
    }

    /// One commit, and who may go. It may be done again after an error, even if the commit had succeeded: outcomes that
    /// were written match no row any more, and rows that were taken off are put back, for nothing of them was sent.
    async fn write_once(
        &mut self,
        batch: &[LedgerEntry],
        proofs: &[(Held, Arc<str>)],
        is_again: bool,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let now = self.clock.now();
        // After an error nobody knows whether the commit succeeded: the long way asks row by row.
        let granted = match FastBatch::of(batch).filter(|_| proofs.is_empty() && !is_again) {
            Some(quick) => self.write_quick(&quick, batch, now).await?,
            None => {
                let mut court = Court::new(&mut self.standing, &self.suspended, &self.keys, self.settle_after, now);
                let written = self.db.write(async |tx| {
                    write(tx, &mut court, batch, now).await?;
                    for (held, relay) in proofs {
                        court.release(tx, held, relay).await?;
                    }
                    let mut granted = take_off(tx, batch.iter(), &self.current, is_again, now).await?;
                    granted.extend(late::look(tx, batch, now).await?);
                    Ok::<_, StoreError>(granted)
                });
                let granted = written.await?;
                if court.conclude()
                    && let Err(error) = self.suspended.read().await
                {
                    tracing::warn!(%error, "suspensions could not be read; they are read again soon");
                }
                granted
            }
        };
        if self.db.is_sqlite() || granted.is_empty() {
            return Ok(granted.into_iter().map(|held| held.id).collect());
        }
        self.look_again(granted, now).await
    }

    /// One statement for the batch as it nearly always is. Rows that may not leave take the long way, which asks again
    /// and settles them.
    async fn write_quick(
        &self,
        quick: &FastBatch,
        batch: &[LedgerEntry],
        now: Timestamp,
    ) -> Result<Vec<Held>, StoreError> {
        let (taken, recorded) = quick.write(&self.db, now).await?;
        check_recorded(quick.sent.len(), recorded);
        let mut granted: Vec<Held> = quick.leaving.iter().filter(|held| taken.contains(&held.id)).cloned().collect();
        if granted.len() < quick.leaving.len() {
            let refused =
                |entry: &&LedgerEntry| matches!(entry, LedgerEntry::TakeOff(one, _) if !taken.contains(&one.held.id));
            let refused: Vec<&LedgerEntry> = batch.iter().filter(refused).collect();
            granted.extend(
                self.db
                    .write(async |tx| take_off(tx, refused.iter().copied(), &self.current, false, now).await)
                    .await?,
            );
        }
        Ok(granted)
    }

    /// Puts back those whose readers left, or whose issue was paused, while the commit ran.
    async fn look_again(&self, granted: Vec<Held>, now: Timestamp) -> Result<Vec<DeliveryId>, StoreError> {
        let mut by_worker: BTreeMap<WorkerId, Vec<DeliveryId>> = BTreeMap::new();
        for held in &granted {
            by_worker.entry(held.worker).or_default().push(held.id);
        }
        let mut still = Vec::with_capacity(granted.len());
        let mut tx = self.db.read().await?;
        for (worker, ids) in &by_worker {
            still.extend(deliveries::look_again(&mut tx, *worker, ids, now).await?);
        }
        drop(tx);
        if still.len() < granted.len() {
            let back = granted.iter().filter(|held| !still.contains(&held.id));
            self.db
                .write(async |tx| {
                    for held in back {
                        deliveries::release(tx, held.worker, &[held.id], now, held.pinned).await?;
                    }
                    Ok::<_, StoreError>(())
                })
                .await?;
        }
        Ok(still)
    }
}

/// Says that accepted mails are not recorded as such: it needs an eye, for it should not happen.
fn check_recorded(handed_in: usize, written: usize) {
    if written != handed_in {
        tracing::warn!(handed_in, written, "accepted emails whose rows had changed hands; they may be sent again");
    }
}

/// What acceptances that are written together share: worker, relay, and the reply where it is kept.
type Acceptance<'a> = (WorkerId, Arc<str>, Option<&'a str>);

async fn write(tx: &mut Tx, court: &mut Court<'_>, batch: &[LedgerEntry], now: Timestamp) -> Result<(), StoreError> {
    let mut sent: BTreeMap<Acceptance<'_>, Vec<DeliveryId>> = BTreeMap::new();
    let mut released: BTreeMap<(WorkerId, Timestamp, bool), Vec<DeliveryId>> = BTreeMap::new();
    let mut parked: BTreeMap<(WorkerId, SuspensionId), Vec<&Held>> = BTreeMap::new();
    for entry in batch {
        match entry {
            LedgerEntry::Outcome(held, DeliveryOutcome::Sent { relay, reply }) => {
                sent.entry((held.worker, Arc::clone(relay), reply.as_deref())).or_default().push(held.id);
            }
            LedgerEntry::Outcome(held, DeliveryOutcome::Released { due_at }) => {
                released.entry((held.worker, *due_at, held.pinned)).or_default().push(held.id);
            }
            LedgerEntry::Outcome(held, DeliveryOutcome::Refused(refusal)) => court.settle(tx, held, refusal).await?,
            LedgerEntry::Outcome(held, DeliveryOutcome::Parked { suspension }) => {
                parked.entry((held.worker, *suspension)).or_default().push(held);
            }
            LedgerEntry::Outcome(held, outcome) => write_outcome(tx, court, held, outcome, now).await?,
            LedgerEntry::Event(actor, event) => note(tx, actor.at(now), event).await?,
            LedgerEntry::TakeOff(..) | LedgerEntry::Look(..) => {}
        }
    }
    for ((worker, relay, reply), ids) in &sent {
        check_recorded(ids.len(), settlement::record_sent(tx, *worker, ids, relay, *reply, now).await?);
    }
    for ((worker, due_at, pinned), ids) in &released {
        deliveries::release(tx, *worker, ids, *due_at, *pinned).await?;
    }
    for ((worker, suspension), rows) in &parked {
        let ids: Vec<DeliveryId> = rows.iter().map(|held| held.id).collect();
        if suspensions::lock(tx, *suspension).await? {
            suspensions::park(tx, *worker, &ids, *suspension).await?;
            continue;
        }
        // It ended meanwhile.
        for held in rows {
            deliveries::release(tx, *worker, &[held.id], now, held.pinned).await?;
        }
    }
    Ok(())
}

/// An event that is about no row. A relay that is down is an alarm, until it takes mail.
async fn note(tx: &mut Tx, by: By<'_>, event: &Event) -> Result<(), StoreError> {
    events::append(tx, by, About::default(), event).await?;
    match event {
        Event::RelayDown { relay, error, .. } => {
            alarms::raise(tx, &Alarm::new(AlarmName::RelayDown, relay, error), by).await.map(drop)
        }
        Event::RelayUp { relay } => alarms::clear(tx, AlarmName::RelayDown, relay, by.now).await.map(drop),
        _ => Ok(()),
    }
}

/// A person decides over mails whose fate is unknown.
pub(super) async fn call_for_uncertain(tx: &mut Tx, issue: Option<IssueId>, by: By<'_>) -> Result<(), StoreError> {
    let Some(issue) = issue else { return Ok(()) };
    let Some(scope) = alarms::issue_scope(tx, issue).await? else { return Ok(()) };
    let note = "no answer came to the final dot of some emails; they may have been delivered";
    alarms::raise(tx, &Alarm::new(AlarmName::IssueUncertain, scope, note), by).await.map(drop)
}

async fn write_outcome(
    tx: &mut Tx,
    court: &mut Court<'_>,
    held: &Held,
    outcome: &DeliveryOutcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Held { id, worker, issue, .. } = *held;
    let written = match outcome {
        DeliveryOutcome::Failed { reason, relay, reply } => {
            deliveries::record_failed(tx, worker, id, *reason, relay.as_deref(), reply.as_deref(), now).await?
        }
        DeliveryOutcome::Unmade { revision, kind, fault } => {
            unmade::settle(tx, held, *revision, *kind, fault, now).await?
        }
        DeliveryOutcome::Uncertain { due_at, relay, is_last, fault } => {
            let about = About { issue, ..About::default() };
            let event = Event::DeliveryUncertain { rows: 1, policy: None };
            let by = Actor::Relay(relay.to_string());
            events::append(tx, by.at(now), about, &event).await?;
            if due_at.is_none() {
                call_for_uncertain(tx, issue, by.at(now)).await?;
            }
            court.uncertain(tx, relay, fault).await?;
            match is_last {
                true => {
                    let reply = Some(fault.as_str());
                    deliveries::record_failed(tx, worker, id, Reason::Uncertain, Some(relay), reply, now).await?
                }
                false => deliveries::record_uncertain(tx, worker, id, *due_at, relay).await?,
            }
        }
        _ => true,
    };
    if !written {
        tracing::debug!(delivery = id.0, "an outcome came for a row that had changed hands");
    }
    Ok(())
}

/// Takes off those rows of a batch that may, and settles those that may not. Rows of one claim share revision and
/// date, so there are few statements.
///
/// `is_again` after a commit whose success nobody knows: it may have taken rows off that nobody was told of.
async fn take_off<'a>(
    tx: &mut Tx,
    batch: impl Iterator<Item = &'a LedgerEntry>,
    current: &ActiveRevisions,
    is_again: bool,
    now: Timestamp,
) -> Result<Vec<Held>, StoreError> {
    let mut groups: BTreeMap<(WorkerId, RevisionId, Timestamp), Vec<Held>> = BTreeMap::new();
    for entry in batch {
        if let LedgerEntry::TakeOff(TakeOff { held, revision, date }, _) = entry {
            groups.entry((held.worker, *revision, *date)).or_default().push(held.clone());
        }
    }
    let mut granted = Vec::new();
    for ((worker, revision, date), group) in groups {
        let ids: Vec<DeliveryId> = group.iter().map(|held| held.id).collect();
        let taken = settlement::take_off(tx, worker, &ids, revision, date, now).await?;
        let (taken, refused): (Vec<Held>, Vec<Held>) = group.into_iter().partition(|held| taken.contains(&held.id));
        if !refused.is_empty() {
            let ids: Vec<DeliveryId> = refused.iter().map(|held| held.id).collect();
            deliveries::skip_unmailable(tx, worker, &ids, now).await?;
            if deliveries::refuse(tx, worker, &ids).await? > 0 {
                // Their issue is paused, or has other content: no further envelope goes out for nothing.
                refused.iter().filter_map(|held| held.issue).for_each(|issue| current.forget(issue));
            }
            for held in refused.iter().filter(|_| is_again) {
                deliveries::release(tx, worker, &[held.id], now, held.pinned).await?;
            }
        }
        granted.extend(taken);
    }
    Ok(granted)
}

#[cfg(test)]
mod tests;
