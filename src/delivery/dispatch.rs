//! Claims due rows and hands them to the relays. Claims little, and no more than they have room for: what waits in memory
//! is bounded, whatever the list's length. Issues take turns and each has its share of the window, so a slow one blocks no
//! other; transactional mail is claimed apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::active_revisions::ActiveRevisions;
use super::allowance::Grant;
use super::ending;
use super::floor::Floor;
use super::held::Held;
use super::job::{Grants, Job, LaneSet, WindowPlace};
use super::providers::{Full, Providers};
use super::queue::{Capacity, ClaimSource};
use super::recorder::{DeliveryOutcome, Recorder};
use super::route::{MailOwner, RelayGroup, Routes};
use super::settings::Timing;
use super::suspended::Suspended;
use super::waiting::Waiting;
use super::way::{Closed, SuspensionView, Way};
use crate::clock::Clock;
use crate::domain::issue::IssueState;
use crate::domain::provider::Provider;
use crate::domain::quota::Claimant;
use crate::domain::{IssueId, RevisionId, WorkerId};
use crate::store::claimed::{self, Claimed};
use crate::store::issues::Issue;
use crate::store::transactional::{self, Kin};
use crate::store::{Db, StoreError, deliveries, issues};

/// An issue's share of the window is claimed in so many parts, so that the next rows are there before the last are gone.
const CLAIMS_PER_SHARE: usize = 4;

/// A mail that would have to wait longer for its provider than this goes back to the ledger.
const WAITS_IN_MEMORY_MAX: Duration = Duration::from_secs(2);
/// Between looks for what waited for its provider; limits let so much through at once.
const LET_GO_EVERY: Duration = Duration::from_millis(20);

/// Claims rows of one source.
pub(super) struct Dispatcher {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) source: ClaimSource,
    pub(super) floor: Arc<Floor>,
    pub(super) routes: Arc<Routes>,
    pub(super) providers: Arc<Providers>,
    pub(super) worker: Arc<AtomicI64>,
    pub(super) recorder: Recorder,
    pub(super) current: Arc<ActiveRevisions>,
    pub(super) suspended: Arc<Suspended>,
    /// Told whenever a relay has room for another row.
    pub(super) room: Arc<Capacity>,
    /// Rows in memory, at most.
    pub(super) window: usize,
    pub(super) timing: Timing,
    pub(super) ways: SuspensionView,
    pub(super) stop: CancellationToken,
}

/// What may be claimed together: an issue, or what is transactional of newsletters that go by the same relays.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Claim {
    issue: Option<IssueId>,
    lanes: LaneSet,
    /// Whose transactional mail; none for everybody's.
    kin: Option<Kin>,
}

struct Candidate {
    claim: Claim,
    /// The issue as of the last look.
    row: Option<Issue>,
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
            let of_issues = self.source == ClaimSource::Issues;
            match self.db.write(async |tx| deliveries::release_claims(tx, worker, of_issues).await).await {
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
            let closed = candidate.row.as_ref().map_or(Closed::No, |row| self.ways.closed(row));
            if matches!(closed, Closed::ForNow | Closed::UntilAPerson) {
                self.settle(candidate.row.as_ref(), closed == Closed::UntilAPerson).await?;
                round.candidates[at].dry_until = Some(now + self.timing.poll);
                continue;
            }
            let worth = match closed {
                Closed::ToAllButOne if self.floor.room(candidate.claim.issue, candidate.claim.lanes).0 == 0 => None,
                Closed::ToAllButOne => Arc::clone(&round.window).try_acquire_owned().ok().map(|permit| (1, permit)),
                _ => self.worth(round, candidate),
            };
            let Some((limit, permits)) = worth else { continue };
            let lanes = candidate.claim.lanes;
            if let Some(batch) = self.claim_from(&candidate.claim, limit).await? {
                let share = Arc::clone(&candidate.share);
                if let (Some(issue), Some(revision)) = (candidate.claim.issue, batch.revision) {
                    self.current.learn(issue, revision);
                }
                round.turn = at + 1;
                self.hand_out(batch, lanes, permits, &share, &mut round.waiting).await;
                return Ok(true);
            }
            round.candidates[at].dry_until = Some(now + self.timing.poll);
            self.settle(round.candidates[at].row.as_ref(), false).await?;
        }
        Ok(false)
    }

    /// What becomes of an issue of which nothing is to be claimed now.
    async fn settle(&self, issue: Option<&Issue>, is_closed: bool) -> Result<(), StoreError> {
        match issue {
            Some(issue) => ending::settle(&self.db, &self.suspended, issue, is_closed, self.clock.now()).await,
            None => Ok(()),
        }
    }

    /// Looks at what goes out.
    async fn look(&self, round: &mut Round) -> Result<(), StoreError> {
        let wanted: Vec<(Claim, Option<Issue>)> = match self.source {
            ClaimSource::Transactional => self.transactional().into_iter().map(|claim| (claim, None)).collect(),
            ClaimSource::Issues => {
                let mut tx = self.db.read().await?;
                let sending = issues::in_state(&mut tx, IssueState::Sending).await?;
                drop(tx);
                self.current.set(sending.iter().map(|issue| (issue.id, issue.revision_id)));
                let claim = |issue: Issue| {
                    let lanes = self.routes.of(Some(issue.newsletter_id));
                    (Claim { issue: Some(issue.id), lanes, kin: None }, Some(issue))
                };
                sending.into_iter().map(claim).collect()
            }
        };
        round.candidates.retain(|candidate| wanted.iter().any(|(claim, _)| *claim == candidate.claim));
        for (claim, row) in wanted {
            match round.candidates.iter_mut().find(|candidate| candidate.claim == claim) {
                Some(known) => (known.dry_until, known.row) = (None, row),
                None => round.candidates.push(Candidate { claim, row, share: Arc::default(), dry_until: None }),
            }
        }
        Ok(())
    }

    /// Transactional mail, by relays: what waits for one newsletter's holds up no other's.
    fn transactional(&self) -> Vec<Claim> {
        let claim = |group: RelayGroup| {
            let kin = match &group.whose {
                MailOwner::All => None,
                MailOwner::Alarms => Some(Kin::alarms()),
                MailOwner::Of(these) => Some(Kin::of(these)),
                MailOwner::AllBut(these) => Some(Kin::all_but(these)),
            };
            Claim { issue: None, lanes: group.lanes, kin }
        };
        self.routes.groups().into_iter().map(claim).collect()
    }

    /// For how many rows it is worth to claim: the relays have room for them and the window has, of which each issue has its
    /// share and one more is kept for the next that begins.
    fn worth(&self, round: &Round, candidate: &Candidate) -> Option<(u32, OwnedSemaphorePermit)> {
        let shares = match self.source {
            ClaimSource::Transactional => round.candidates.len(),
            ClaimSource::Issues => round.candidates.len() + 1,
        };
        let share = (self.window / shares).max(1);
        let part = share.div_ceil(CLAIMS_PER_SHARE);
        let in_memory = Arc::strong_count(&candidate.share) - 1;
        let (room, capacity) = self.floor.room(candidate.claim.issue, candidate.claim.lanes);
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

    async fn claim_from(&self, claim: &Claim, limit: u32) -> Result<Option<Batch>, StoreError> {
        let now = self.clock.now();
        let Claim { issue, kin, .. } = claim;
        let mut tx = self.db.read().await?;
        let any_due = match kin {
            Some(kin) => transactional::any_due_of(&mut tx, kin, now).await?,
            None => deliveries::any_due(&mut tx, *issue, now).await?,
        };
        drop(tx);
        if !any_due {
            return Ok(None);
        }
        let worker = WorkerId(self.worker.load(Ordering::Relaxed));
        self.db
            .write(async |tx| {
                let revision = match issue {
                    None => None,
                    Some(issue) => match issues::get(tx, *issue).await? {
                        Some(issue) if issue.state == IssueState::Sending => Some(issue.revision_id),
                        _ => return Ok(None),
                    },
                };
                let limit = i64::from(limit);
                let ids = match kin {
                    Some(kin) => transactional::claim_of(tx, worker, kin, now, limit).await?,
                    None => deliveries::claim(tx, worker, *issue, now, limit).await?,
                };
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
    async fn hand_out(
        &self,
        batch: Batch,
        lanes: LaneSet,
        mut permits: OwnedSemaphorePermit,
        share: &Arc<()>,
        waiting: &mut Waiting,
    ) {
        let now = self.clock.now();
        for row in batch.rows {
            // Content of a former try goes before the issue's: its fate was unknown, so it must be the same mail.
            let revision = row.revision_id.or(batch.revision);
            let (Some(revision), Some(permit)) = (revision, permits.split(1)) else {
                self.release(&row, batch.worker, self.timing.poll).await;
                continue;
            };
            let provider = provider_of(&row);
            let held = waiting.of(provider);
            let admitted = self.providers.admit(provider, self.claimant(), held, waiting.has_room());
            if let Err(Full::Park(wait)) = admitted {
                self.release(&row, batch.worker, wait).await;
                continue;
            }
            let held = Held::of(&row, batch.worker);
            let (open, is_probe) = match self.ways.of_row(&row, &held, lanes) {
                Way::By(open, is_probe) => (open, is_probe),
                Way::Waits(suspension) => {
                    self.recorder.record(held, DeliveryOutcome::Parked { suspension }).await;
                    continue;
                }
            };
            let place = WindowPlace { _permit: permit, _share: Arc::clone(share) };
            let job = Job {
                date: row.first_at.unwrap_or(now),
                row,
                worker: batch.worker,
                revision,
                lanes: open,
                possible: lanes,
                taken_off: None,
                is_probe,
                ends: 0,
                has_place: false,
                grants: Grants::default(),
                waits_since: Instant::now(),
                place: admitted.is_ok().then_some(place),
            };
            match admitted {
                Ok(grant) => self.hand(job, grant).await,
                Err(_) => waiting.push(provider, job),
            }
        }
    }

    fn claimant(&self) -> Claimant {
        match self.source {
            ClaimSource::Transactional => Claimant::Transactional,
            ClaimSource::Issues => Claimant::Issue,
        }
    }

    async fn hand(&self, mut job: Job, grant: Option<Grant>) {
        job.grants.destination = grant;
        // Its room may have gone since the claim, with a connection that ended; the window has a place for it all the same.
        if let Err(job) = self.floor.hand(job).or_else(|job| self.floor.pass_on(job)) {
            self.release(&job.row, job.worker, Duration::ZERO).await;
        }
    }

    /// Hands out what waited for its provider's rate and has a place now. Says when the next may have one.
    async fn let_go(&self, round: &mut Round) -> Option<Duration> {
        let mut next = None;
        for provider in round.waiting.providers() {
            while let Some(job) = round.waiting.front(provider) {
                // Of transactional mail several candidates may wait here: its share is that of those that go the same way.
                let of_its_issue = || round.candidates.iter().filter(|one| one.claim.issue == job.row.issue_id);
                let known = of_its_issue().find(|one| one.claim.lanes == job.lanes).or_else(|| of_its_issue().next());
                let share = known.filter(|_| self.current.has(job)).map(|candidate| Arc::clone(&candidate.share));
                let wait = match share {
                    None => Some(Duration::ZERO),
                    Some(share) => {
                        let Ok(permit) = Arc::clone(&round.window).try_acquire_owned() else { break };
                        match self.providers.admit_held(provider, self.claimant()) {
                            Ok(grant) => {
                                if let Some(mut job) = round.waiting.pop(provider) {
                                    job.place = Some(WindowPlace { _permit: permit, _share: share });
                                    self.hand(job, grant).await;
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
        self.recorder
            .record(Held::of(row, worker), DeliveryOutcome::Released { due_at: self.clock.now().plus(wait) })
            .await;
    }
}

fn provider_of(row: &Claimed) -> Provider {
    let domain = row.email.as_deref().and_then(|email| email.rsplit_once('@')).map_or("", |(_, domain)| domain);
    Provider::of(domain)
}
