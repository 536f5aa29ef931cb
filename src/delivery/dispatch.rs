//! Claims due rows and hands them to the relays. Claims little, and no more than they have room for: what waits in memory
//! is bounded, whatever the list's length. Issues take turns and each has its share of the window, so a slow one blocks no
//! other; transactional mail is claimed apart.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::floor::Floor;
use super::job::{Job, LaneSet, Place};
use super::lane::Lane;
use super::providers::{Full, Providers};
use super::queue::Room;
use super::recorder::{Held, Outcome, Recorder};
use super::settings::Timing;
use super::waiting::Waiting;
use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::domain::delivery::DeliveryKind;
use crate::domain::issue::IssueState;
use crate::domain::provider::Provider;
use crate::domain::{IssueId, RevisionId, WorkerId};
use crate::store::claimed::{self, Claimed};
use crate::store::{Db, StoreError, deliveries, issues, ledger};

/// An issue's share of the window is claimed in so many parts, so that the next rows are there before the last are gone.
const CLAIMS_PER_SHARE: usize = 4;

/// A mail that would have to wait longer for its provider than this goes back to the ledger.
const WAITS_IN_MEMORY_MAX: Duration = Duration::from_secs(2);
/// Between looks for what waited for its provider; limits let so much through at once.
const LET_GO_EVERY: Duration = Duration::from_millis(20);

/// What a dispatcher claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Confirmations, notices, tests.
    Transactional,
    /// Issues, in turn.
    Issues,
}

/// Claims rows of one source.
pub(super) struct Dispatcher {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) source: Source,
    pub(super) floor: Arc<Floor>,
    pub(super) providers: Arc<Providers>,
    pub(super) worker: Arc<AtomicI64>,
    pub(super) recorder: Recorder,
    pub(super) current: Arc<Current>,
    /// Told whenever a relay has room for another row.
    pub(super) room: Arc<Room>,
    /// Rows in memory, at most.
    pub(super) window: usize,
    pub(super) timing: Timing,
    /// The relay that alarms go through.
    pub(super) alarm_relay: Option<String>,
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

    /// An issue was paused, or has other content: until the next look nothing of it begins.
    pub(super) fn forget(&self, issue: IssueId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&issue);
    }

    /// Whether a job's issue goes out, and with what the job bears.
    pub(super) fn has(&self, job: &Job) -> bool {
        let Some(issue) = job.row.issue_id else { return true };
        let revision = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&issue).copied();
        revision.is_some_and(|revision| job.row.revision_id.is_some() || revision == job.revision)
    }
}

/// What may be claimed: an issue, or all that is transactional.
struct Candidate {
    issue: Option<IssueId>,
    /// A copy of it is with each row in memory.
    share: Arc<()>,
    /// Nothing is due before this.
    dry_until: Option<Instant>,
}

/// What a dispatcher remembers between its rounds.
struct Round {
    window: Arc<Semaphore>,
    candidates: Vec<Candidate>,
    waiting: Waiting,
    turn: usize,
    looked_at: Option<Instant>,
}

/// Rows claimed together, all of one source.
struct Batch {
    worker: WorkerId,
    rows: Vec<Claimed>,
    /// The issue's content now; transactional mail bears its own.
    revision: Option<RevisionId>,
}

impl Dispatcher {
    /// Claims until the engine stops.
    pub(super) async fn run(self) {
        let mut round = Round {
            window: Arc::new(Semaphore::new(self.window)),
            candidates: Vec::new(),
            waiting: Waiting::default(),
            turn: 0,
            looked_at: None,
        };
        loop {
            let next = self.let_go(&mut round).await;
            let wait = match self.claim(&mut round).await {
                Ok(true) => Duration::ZERO,
                Ok(false) => self.timing.poll.min(Duration::from_secs(1)).min(next.unwrap_or(Duration::MAX)),
                Err(error) => {
                    tracing::error!(%error, "the ledger cannot be claimed from");
                    match self.count_anew(&mut round).await {
                        Some(()) => continue,
                        None => return,
                    }
                }
            };
            tokio::select! {
                biased;
                () = self.stop.cancelled() => break,
                () = self.room.wait(self.source), if !wait.is_zero() => {}
                () = tokio::time::sleep(wait), if !wait.is_zero() => {}
                () = std::future::ready(()), if wait.is_zero() => {}
            }
        }
        for job in round.waiting.drain() {
            self.release(&job.row, job.worker, Duration::ZERO).await;
        }
    }

    /// A commit whose answer was lost may have claimed rows that nobody knows of: once nothing of this source is in memory,
    /// whatever the ledger says this worker has claimed goes back. `None` when the engine stops.
    async fn count_anew(&self, round: &mut Round) -> Option<()> {
        drop(round.waiting.drain());
        let all = u32::try_from(self.window).unwrap_or(u32::MAX);
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                () = tokio::time::sleep(self.timing.poll.max(Duration::from_secs(1))) => {}
            }
            let _all = tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                all = round.window.acquire_many(all) => all,
            };
            let worker = WorkerId(self.worker.load(Ordering::Relaxed));
            let of_issues = self.source == Source::Issues;
            match self.db.write(async |tx| deliveries::unclaim(tx, worker, of_issues).await).await {
                Ok(rows) => {
                    let what = "the ledger can be claimed from again; claimed rows that were lost count of went back";
                    tracing::info!(rows, "{what}");
                    return Some(());
                }
                Err(error) => tracing::error!(%error, "the ledger cannot be claimed from"),
            }
        }
    }

    /// Claims for one candidate, and hands out; `false` when there was none for which that is worth it.
    async fn claim(&self, round: &mut Round) -> Result<bool, StoreError> {
        let now = Instant::now();
        // Whoever pauses an issue, or begins one, may be another process: look, whether there is room or not.
        let is_time = round.looked_at.is_none_or(|at| now.duration_since(at) >= self.timing.poll);
        if is_time {
            self.look(round).await?;
            round.looked_at = Some(now);
        }
        for step in 0..round.candidates.len() {
            let at = (round.turn + step) % round.candidates.len();
            let candidate = &round.candidates[at];
            if candidate.dry_until.is_some_and(|until| until > now) {
                continue;
            }
            let Some((limit, permits)) = self.worth(round, candidate) else { continue };
            let issue = candidate.issue;
            if let Some(batch) = self.claim_from(issue, limit).await? {
                let share = Arc::clone(&candidate.share);
                round.turn = at + 1;
                self.hand_out(batch, permits, &share, &mut round.waiting).await;
                return Ok(true);
            }
            round.candidates[at].dry_until = Some(now + self.timing.poll);
            if let Some(issue) = issue {
                self.finish(issue).await?;
            }
        }
        Ok(false)
    }

    /// Looks at what goes out.
    async fn look(&self, round: &mut Round) -> Result<(), StoreError> {
        let mut wanted = vec![None];
        if self.source == Source::Issues {
            let mut tx = self.db.read().await?;
            let sending = issues::in_state(&mut tx, IssueState::Sending).await?;
            drop(tx);
            self.current.set(sending.iter().map(|issue| (issue.id, issue.revision_id)));
            wanted = sending.iter().map(|issue| Some(issue.id)).collect();
        }
        round.candidates.retain(|candidate| wanted.contains(&candidate.issue));
        for issue in wanted {
            match round.candidates.iter_mut().find(|candidate| candidate.issue == issue) {
                Some(known) => known.dry_until = None,
                None => round.candidates.push(Candidate { issue, share: Arc::default(), dry_until: None }),
            }
        }
        Ok(())
    }

    /// For how many rows it is worth to claim: the relays have room for them and the window has, of which each issue has its
    /// share and one more is kept for the next that begins.
    fn worth(&self, round: &Round, candidate: &Candidate) -> Option<(u32, OwnedSemaphorePermit)> {
        let shares = match self.source {
            Source::Transactional => 1,
            Source::Issues => round.candidates.len() + 1,
        };
        let share = (self.window / shares).max(1);
        let part = share.div_ceil(CLAIMS_PER_SHARE);
        let in_memory = Arc::strong_count(&candidate.share) - 1;
        let (room, capacity) = self.floor.room(candidate.issue);
        let left = share.saturating_sub(in_memory).min(round.window.available_permits());
        let limit = room.min(left).min(part);
        // Few at a time are worth it only where more than a few are never wanted.
        if limit == 0 || limit < part.min(capacity.div_ceil(CLAIMS_PER_SHARE)).div_ceil(2) {
            return None;
        }
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let permits = Arc::clone(&round.window).try_acquire_many_owned(limit).ok()?;
        Some((limit, permits))
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
                let rows = claimed::of(tx, worker, &ids).await?;
                Ok(Some(Batch { worker, rows, revision }))
            })
            .await
    }

    /// Gives each row to a relay. Rows whose provider has no place for them wait or go back; rows for which no relay has
    /// room any more go back.
    async fn hand_out(&self, batch: Batch, mut permits: OwnedSemaphorePermit, share: &Arc<()>, waiting: &mut Waiting) {
        let now = self.clock.now();
        for row in batch.rows {
            // Content of a former try goes before the issue's: its fate was unknown, so it must be the same mail.
            let revision = row.revision_id.or(batch.revision);
            let (Some(revision), Some(permit)) = (revision, permits.split(1)) else {
                self.release(&row, batch.worker, self.timing.poll).await;
                continue;
            };
            let provider = provider_of(&row);
            let admitted = self.providers.admit(provider, waiting.of(provider), waiting.has_room());
            if let Err(Full::Park(wait)) = admitted {
                self.release(&row, batch.worker, wait).await;
                continue;
            }
            let lanes = self.lanes_for(&row);
            let place = Place { _permit: permit, _share: Arc::clone(share) };
            let job = Job {
                date: row.first_at.unwrap_or(now),
                row,
                worker: batch.worker,
                revision,
                lanes,
                taken_off: None,
                ends: 0,
                has_place: false,
                waits_since: Instant::now(),
                place: admitted.is_ok().then_some(place),
            };
            match admitted {
                Ok(()) => self.hand(job).await,
                Err(_) => waiting.push(provider, job),
            }
        }
    }

    /// The relays for a row: for an alarm the one that is kept for it, while it is up; for others all of them.
    fn lanes_for(&self, row: &Claimed) -> LaneSet {
        let is_kept = |(_, lane): &(usize, &Arc<Lane>)| {
            Some(&lane.relay.name) == self.alarm_relay.as_ref() && lane.down_for().is_none()
        };
        match (row.kind, self.floor.lanes.iter().enumerate().find(is_kept)) {
            (Some(DeliveryKind::Alarm), Some((index, _))) => LaneSet::only(index),
            _ => LaneSet::ALL,
        }
    }

    async fn hand(&self, job: Job) {
        if let Err(job) = self.floor.hand(job) {
            self.release(&job.row, job.worker, self.timing.poll).await;
        }
    }

    /// Hands out what waited for its provider's rate and has a place now. Says when the next may have one.
    async fn let_go(&self, round: &mut Round) -> Option<Duration> {
        let mut next = None;
        for provider in round.waiting.providers() {
            while let Some(job) = round.waiting.front(provider) {
                let known = round.candidates.iter().find(|candidate| candidate.issue == job.row.issue_id);
                let share = known.filter(|_| self.current.has(job)).map(|candidate| Arc::clone(&candidate.share));
                let wait = match share {
                    None => Some(Duration::ZERO),
                    Some(share) => {
                        let Ok(permit) = Arc::clone(&round.window).try_acquire_owned() else { break };
                        match self.providers.admit_held(provider) {
                            Ok(()) => {
                                if let Some(mut job) = round.waiting.pop(provider) {
                                    job.place = Some(Place { _permit: permit, _share: share });
                                    self.hand(job).await;
                                }
                                continue;
                            }
                            Err(wait) if wait <= self.timing.poll.max(WAITS_IN_MEMORY_MAX) => {
                                next = Some(next.map_or(wait, |next: Duration| next.min(wait)));
                                break;
                            }
                            Err(wait) => Some(wait),
                        }
                    }
                };
                if let (Some(job), Some(wait)) = (round.waiting.pop(provider), wait) {
                    self.release(&job.row, job.worker, wait).await;
                }
            }
        }
        next.map(|wait| wait.max(LET_GO_EVERY))
    }

    async fn release(&self, row: &Claimed, worker: WorkerId, wait: Duration) {
        let held = Held { id: row.id, worker, issue: row.issue_id, pinned: row.revision_id.is_some() };
        self.recorder.record(held, Outcome::Released { due_at: self.clock.now().plus(wait) }).await;
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

fn provider_of(row: &Claimed) -> Provider {
    let domain = row.email.as_deref().and_then(|email| email.rsplit_once('@')).map_or("", |(_, domain)| domain);
    Provider::of(domain)
}
