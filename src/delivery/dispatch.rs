//! Claims due rows and hands them to the lanes. Claims little: what waits in memory is bounded by a window, whatever
//! the list's length. Issues take turns, so a slow one blocks no other; the small kinds have a window of their own.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::connection::Providers;
use super::lane::Lane;
use super::queue::Job;
use super::settings::Timing;
use crate::clock::{Clock, Timestamp};
use crate::domain::issue::IssueState;
use crate::domain::provider::Provider;
use crate::domain::{DeliveryId, IssueId, RevisionId, WorkerId};
use crate::store::deliveries::{self, Claimed};
use crate::store::events::{self, About};
use crate::store::{Db, StoreError, issues, ledger};

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
    pub(super) window: usize,
    pub(super) timing: Timing,
    pub(super) stop: CancellationToken,
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
        let half = u32::try_from(self.window / 2).unwrap_or(u32::MAX).max(1);
        let mut turn = 0_usize;
        loop {
            let permits = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                permits = Arc::clone(&window).acquire_many_owned(half) => permits,
            };
            let Ok(permits) = permits else { return };
            let wait = match self.lanes.iter().map(|lane| lane.down_for()).min().flatten() {
                Some(all_down) => all_down.min(Duration::from_secs(1)),
                None => match self.claim(half, &mut turn).await {
                    Ok(Some(batch)) => {
                        if let Err(error) = self.hand_out(batch, permits).await {
                            tracing::warn!(%error, "rows that must wait could not be put back; they will be when the lease ends");
                        }
                        continue;
                    }
                    Ok(None) => self.timing.poll,
                    Err(error) => {
                        tracing::error!(%error, "the ledger cannot be claimed from");
                        self.timing.poll.max(Duration::from_secs(1))
                    }
                },
            };
            drop(permits);
            tokio::select! { () = self.stop.cancelled() => return, () = tokio::time::sleep(wait) => {} }
        }
    }

    async fn claim(&self, limit: u32, turn: &mut usize) -> Result<Option<Batch>, StoreError> {
        if self.source == Source::Small {
            return self.claim_from(None, limit).await;
        }
        let mut tx = self.db.read().await?;
        let sending = issues::in_state(&mut tx, IssueState::Sending).await?;
        drop(tx);
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

    /// Gives each row to a relay. Rows whose provider must wait, or for which no relay is up, go back.
    async fn hand_out(&self, batch: Batch, mut permits: OwnedSemaphorePermit) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut waiting: Vec<(DeliveryId, Timestamp)> = Vec::new();
        for row in batch.rows {
            let domain = row.email.as_deref().and_then(|email| email.rsplit_once('@')).map_or("", |(_, domain)| domain);
            let admitted = self.providers.admit(Provider::of(domain));
            let lane = self.turns.next(&self.lanes);
            let (Ok(()), Some(lane)) = (admitted, lane) else {
                waiting.push((row.id, now.plus(admitted.err().unwrap_or(self.timing.poll))));
                continue;
            };
            let Some(permit) = permits.split(1) else { break };
            let date = row.first_at.unwrap_or(now);
            // Content of a former try goes before the issue's: its fate was unknown, so it must be the same mail.
            let Some(revision) = row.revision_id.or(batch.revision) else { continue };
            lane.queue.push(Job { row, worker: batch.worker, revision, date, _permit: permit });
        }
        if !waiting.is_empty() {
            self.db
                .write(async |tx| {
                    for (id, due_at) in &waiting {
                        deliveries::release(tx, batch.worker, &[*id], *due_at).await?;
                    }
                    Ok::<_, StoreError>(())
                })
                .await?;
        }
        Ok(())
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
                if issues::finish(tx, issue, now).await? {
                    let totals = ledger::totals(tx, issue).await?;
                    let data = serde_json::to_string(&totals).unwrap_or_default();
                    let about = About { issue: Some(issue), ..About::default() };
                    events::append(tx, now, "issue.sent", "delivery", about, &data).await?;
                    tracing::info!(issue = issue.0, ?totals, "an issue is finished");
                }
                Ok(())
            })
            .await
    }
}

impl Turns {
    /// The relay whose turn it is among those that are up.
    fn next<'a>(&self, lanes: &'a [Arc<Lane>]) -> Option<&'a Arc<Lane>> {
        let mut credit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        credit.resize(lanes.len(), 0);
        let up: Vec<&Arc<Lane>> = lanes.iter().filter(|lane| lane.down_for().is_none()).collect();
        let total: i64 = up.iter().map(|lane| i64::from(lane.relay.weight)).sum();
        for lane in &up {
            credit[lane.index] += i64::from(lane.relay.weight);
        }
        let chosen = up.into_iter().max_by_key(|lane| credit[lane.index])?;
        credit[chosen.index] -= total;
        Some(chosen)
    }
}
