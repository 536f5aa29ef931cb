//! Claims due rows and hands them to the lanes. Claims little, and no more than the lanes have room for: what waits in
//! memory is bounded, whatever the list's length. Issues take turns, so a slow one blocks no other; the small kinds are
//! claimed apart.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::connection::Providers;
use super::lane::Lane;
use super::queue::{Job, Room};
use super::recorder::{Held, Outcome, Recorder};
use super::settings::Timing;
use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::domain::issue::IssueState;
use crate::domain::provider::Provider;
use crate::domain::{IssueId, RevisionId, WorkerId};
use crate::store::deliveries::{self, Claimed};
use crate::store::{Db, StoreError, issues, ledger};

/// A window is claimed in so many parts, so that the next rows are there before the last are gone.
const CLAIMS_PER_WINDOW: usize = 4;

/// What a dispatcher claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Confirmations, notices, tests.
    Small,
    /// Issues, in turn.
    Issues,
}

/// Claims rows of one source.
pub(super) struct Dispatcher {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) source: Source,
    pub(super) lanes: Vec<Arc<Lane>>,
    pub(super) providers: Arc<Providers>,
    pub(super) worker: Arc<AtomicI64>,
    pub(super) turns: Arc<Turns>,
    pub(super) recorder: Recorder,
    pub(super) current: Arc<Current>,
    /// Told whenever a lane has room for another row.
    pub(super) room: Arc<Room>,
    /// Rows in memory, at most.
    pub(super) window: usize,
    pub(super) timing: Timing,
    pub(super) stop: CancellationToken,
}

/// What goes out, as of the last look: with it a connection spares the relay an envelope that nothing would follow. What
/// counts is the look of the take-off.
#[derive(Debug, Default)]
pub(super) struct Current(Mutex<HashMap<IssueId, RevisionId>>);

impl Current {
    fn set(&self, issues: impl Iterator<Item = (IssueId, RevisionId)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = issues.collect();
    }

    /// Whether a job's issue goes out, and with what the job bears.
    pub(super) fn has(&self, job: &Job) -> bool {
        let Some(issue) = job.row.issue_id else { return true };
        let revision = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&issue).copied();
        revision.is_some_and(|revision| job.row.revision_id.is_some() || revision == job.revision)
    }
}

/// Whose turn it is among the relays: smooth weighted round-robin.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<Vec<i64>>);

/// Rows claimed together, all of one source.
struct Batch {
    worker: WorkerId,
    rows: Vec<Claimed>,
    /// The issue's content now; the small kinds bear their own.
    revision: Option<RevisionId>,
}

impl Dispatcher {
    /// Claims until the engine stops.
    pub(super) async fn run(self) {
        let window = Arc::new(Semaphore::new(self.window));
        let mut turn = 0_usize;
        let mut lost_count = false;
        loop {
            let Some(limit) = self.wait_for_room().await else { return };
            let all = u32::try_from(self.window).unwrap_or(u32::MAX);
            let permits = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                permits = Arc::clone(&window).acquire_many_owned(if lost_count { all } else { limit }) => permits,
            };
            let Ok(permits) = permits else { return };
            let claimed = match lost_count {
                true => self.count_anew().await.map(|()| None),
                false => self.claim(limit, &mut turn).await,
            };
            let wait = match claimed {
                Ok(Some(batch)) => {
                    self.hand_out(batch, permits).await;
                    continue;
                }
                Ok(None) if std::mem::take(&mut lost_count) => continue,
                Ok(None) => self.timing.poll,
                Err(error) => {
                    // A commit whose answer was lost may have claimed rows that nobody knows of.
                    lost_count = true;
                    tracing::error!(%error, "the ledger cannot be claimed from");
                    self.timing.poll.max(Duration::from_secs(1))
                }
            };
            drop(permits);
            tokio::select! { () = self.stop.cancelled() => return, () = tokio::time::sleep(wait) => {} }
        }
    }

    /// Waits until the lanes have room, and says for how many rows it is worth to claim. `None` when the engine stops.
    async fn wait_for_room(&self) -> Option<u32> {
        let chunk = (self.window / CLAIMS_PER_WINDOW).max(1);
        loop {
            let room = self.lanes.iter().fold(0_usize, |sum, lane| sum.saturating_add(lane.room(self.source)));
            let is_probed = self.lanes.iter().any(|lane| lane.is_failing() && lane.room(self.source) > 0);
            if room >= chunk.div_ceil(2) || is_probed {
                return Some(u32::try_from(room.min(chunk)).unwrap_or(u32::MAX));
            }
            let all_down = self.lanes.iter().map(|lane| lane.down_for()).min().flatten();
            let wait = all_down.unwrap_or(self.timing.poll).min(Duration::from_secs(1));
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                () = self.room.wait(self.source) => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Puts back whatever the ledger says this worker has claimed. Nothing of this source is in memory now.
    async fn count_anew(&self) -> Result<(), StoreError> {
        let worker = WorkerId(self.worker.load(Ordering::Relaxed));
        let of_issues = self.source == Source::Issues;
        let rows = self.db.write(async |tx| deliveries::unclaim(tx, worker, of_issues).await).await?;
        tracing::info!(rows, "the ledger can be claimed from again; claimed rows that were lost count of went back");
        Ok(())
    }

    async fn claim(&self, limit: u32, turn: &mut usize) -> Result<Option<Batch>, StoreError> {
        if self.source == Source::Small {
            return self.claim_from(None, limit).await;
        }
        let mut tx = self.db.read().await?;
        let sending = issues::in_state(&mut tx, IssueState::Sending).await?;
        drop(tx);
        self.current.set(sending.iter().map(|issue| (issue.id, issue.revision_id)));
        for step in 0..sending.len() {
            let issue = &sending[(*turn + step) % sending.len()];
            if let Some(batch) = self.claim_from(Some(issue.id), limit).await? {
                *turn = turn.wrapping_add(step + 1);
                return Ok(Some(batch));
            }
            self.finish(issue.id).await?;
        }
        Ok(None)
    }

    async fn claim_from(&self, issue: Option<IssueId>, limit: u32) -> Result<Option<Batch>, StoreError> {
        let now = self.clock.now();
        let mut tx = self.db.read().await?;
        if !deliveries::any_due(&mut tx, issue, now).await? {
            return Ok(None);
        }
        drop(tx);
        let worker = WorkerId(self.worker.load(Ordering::Relaxed));
        self.db
            .write(async |tx| {
                let revision = match issue {
                    None => None,
                    Some(issue) => match issues::get(tx, issue).await? {
                        Some(issue) if issue.state == IssueState::Sending => Some(issue.revision_id),
                        _ => return Ok(None),
                    },
                };
                let ids = deliveries::claim(tx, worker, issue, now, i64::from(limit)).await?;
                if ids.is_empty() {
                    return Ok(None);
                }
                deliveries::skip_unmailable(tx, worker, &ids, now).await?;
                let rows = deliveries::claimed(tx, worker, &ids).await?;
                Ok(Some(Batch { worker, rows, revision }))
            })
            .await
    }

    /// Gives each row to a relay. Rows whose provider must wait, or for which no relay has room any more, go back.
    async fn hand_out(&self, batch: Batch, mut permits: OwnedSemaphorePermit) {
        let now = self.clock.now();
        for row in batch.rows {
            let domain = row.email.as_deref().and_then(|email| email.rsplit_once('@')).map_or("", |(_, domain)| domain);
            let lane = self.turns.next(&self.lanes, self.source);
            let admitted = match lane {
                Some(_) => self.providers.admit(Provider::of(domain)),
                None => Err(Duration::ZERO),
            };
            // Content of a former try goes before the issue's: its fate was unknown, so it must be the same mail.
            let revision = row.revision_id.or(batch.revision);
            let (Ok(()), Some(lane), Some(revision), Some(permit)) = (admitted, lane, revision, permits.split(1))
            else {
                let pinned = row.revision_id.is_some();
                let held = Held { id: row.id, worker: batch.worker, issue: row.issue_id, pinned };
                let due_at = now.plus(admitted.err().unwrap_or(self.timing.poll));
                self.recorder.record(held, Outcome::Released { due_at }).await;
                continue;
            };
            let date = row.first_at.unwrap_or(now);
            lane.queue.push(Job { row, worker: batch.worker, revision, date, _permit: permit });
        }
    }

    /// Moves an issue to `sent`, if nothing of it is open any more.
    async fn finish(&self, issue: IssueId) -> Result<(), StoreError> {
        let mut tx = self.db.read().await?;
        if ledger::is_open(&mut tx, issue).await? {
            return Ok(());
        }
        drop(tx);
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                if let Some(totals) = issues::finish(tx, issue, Actor::scheduler(now)).await? {
                    tracing::info!(issue = issue.0, ?totals, "an issue is finished");
                }
                Ok(())
            })
            .await
    }
}

impl Turns {
    /// The relay whose turn it is among those that have room.
    fn next<'a>(&self, lanes: &'a [Arc<Lane>], source: Source) -> Option<&'a Arc<Lane>> {
        let mut credit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        credit.resize(lanes.len(), 0);
        let open: Vec<&Arc<Lane>> = lanes.iter().filter(|lane| lane.room(source) > 0).collect();
        let total: i64 = open.iter().map(|lane| i64::from(lane.relay.weight)).sum();
        for lane in &open {
            credit[lane.index] += i64::from(lane.relay.weight);
        }
        let chosen = open.into_iter().max_by_key(|lane| credit[lane.index])?;
        credit[chosen.index] -= total;
        Some(chosen)
    }
}
