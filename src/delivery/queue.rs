//! What waits for a relay's connections, and who gets it: transactional mail first, then the issue that has the fewest
//! connections, so that a slow one blocks no other. How much may wait is the dispatcher's to decide.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::job::Job;
use crate::domain::IssueId;

/// A mail that takes longer is slow: nothing is kept waiting behind it.
pub(super) const SLOW: Duration = Duration::from_secs(1);
/// So many quick mails in a row show that an issue does not hold connections; only then may it have the last one.
const QUICK_MAILS: u32 = 8;
/// With fewer connections none is kept for transactional mail: one mail that is stuck would hold up a whole issue.
const RESERVED_FROM: usize = 3;
/// Queues that are kept for issues of which nothing waits.
const STREAMS_MAX: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClaimSource {
    /// Confirmations, notices, tests.
    Transactional,
    Issues,
}

/// Where both dispatchers hear that there is room for another job.
#[derive(Debug, Default)]
pub(super) struct Capacity {
    transactional: Notify,
    issues: Notify,
}

impl Capacity {
    /// Waits until a job was taken since the last time.
    pub(super) async fn wait(&self, source: ClaimSource) {
        match source {
            ClaimSource::Transactional => self.transactional.notified().await,
            ClaimSource::Issues => self.issues.notified().await,
        }
    }

    /// There is room, or something else that a dispatcher waits for.
    pub(super) fn tell(&self) {
        self.transactional.notify_one();
        self.issues.notify_one();
    }
}

/// What a connection has in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Hand {
    /// Nothing, and no connection either.
    #[default]
    Away,
    /// A connection is being opened.
    Opening,
    /// It waits for a job.
    Idle,
    Transactional,
    /// A mail of this issue.
    Issue(IssueId),
}

impl Hand {
    fn of(job: &Job) -> Self {
        job.row.issue_id.map_or(Self::Transactional, Self::Issue)
    }
}

/// What waits of one issue.
#[derive(Debug)]
struct Stream {
    issue: IssueId,
    jobs: VecDeque<Job>,
    /// Quick mails since the last slow one.
    quick: u32,
    /// When it was last served, in jobs: of two that have as many connections the one that waits longer is next.
    served: u64,
}

#[derive(Debug, Default)]
struct State {
    transactional: VecDeque<Job>,
    streams: Vec<Stream>,
    hands: Vec<Hand>,
    turn: u64,
}

/// Transactional mail, a queue for each issue, and what each connection has in hand.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Told when there is a job for an open connection.
    ready: Notify,
    /// Told when there is work for a connection that would have to be opened.
    wanted: Notify,
    /// Told whenever a job is taken, and when there is room for more.
    pub(super) room: Arc<Capacity>,
}

impl Queue {
    pub(super) fn new(connections: usize, room: Arc<Capacity>) -> Self {
        let state = State { hands: vec![Hand::default(); connections], ..State::default() };
        Self { state: Mutex::new(state), ready: Notify::new(), wanted: Notify::new(), room }
    }

    /// Puts a job at the end of its queue.
    pub(super) fn push(&self, mut job: Job) {
        job.waits_since = Instant::now();
        self.lock().place(job, false);
        self.tell();
    }

    /// Puts a job back that was taken: it is the next of its kind.
    pub(super) fn put_back(&self, job: Job) {
        self.lock().place(job, true);
        self.tell();
    }

    /// Waits until there may be something for an open connection; without a place for it that is asked anew.
    pub(super) async fn for_ready(&self) {
        self.ready.notified().await;
    }

    /// Waits until another connection may be wanted.
    pub(super) async fn for_wanted(&self) {
        self.wanted.notified().await;
    }

    /// The next job for a connection, of `allowed` that may work. It has it in hand from now on, so that no other takes the
    /// place that it has.
    pub(super) fn take(&self, connection: usize, allowed: usize) -> Option<Job> {
        let mut state = self.lock();
        let job = state.pop(connection, allowed)?;
        state.hands[connection] = Hand::of(&job);
        let passes_on = state.waiting() > 0 && state.hands.contains(&Hand::Idle);
        drop(state);
        self.room.tell();
        if passes_on {
            // Two jobs may have come before anybody waited: one wake-up is kept of them.
            self.ready.notify_one();
        }
        Some(job)
    }

    pub(super) fn take_transactional(&self) -> Option<Job> {
        let job = self.lock().transactional.pop_front()?;
        self.room.tell();
        Some(job)
    }

    /// The next job of an issue, to be prepared while the connection sends another.
    pub(super) fn take_ahead(&self, connection: usize, allowed: usize) -> Option<Job> {
        let mut state = self.lock();
        let at = state.issue_choice(connection, allowed)?;
        let job = state.pop_from(at)?;
        drop(state);
        self.room.tell();
        Some(job)
    }

    /// Whether another connection than those that are idle or being opened would have something to do.
    pub(super) fn wants(&self, connection: usize, allowed: usize) -> bool {
        let state = self.lock();
        let spare = state.hands.iter().filter(|hand| matches!(hand, Hand::Idle | Hand::Opening)).count();
        state.waiting() > spare && state.has_choice(connection, allowed)
    }

    /// A connection has nothing in hand any more.
    pub(super) fn rest(&self, connection: usize) {
        self.set(connection, Hand::Idle);
    }

    /// A connection is being opened.
    pub(super) fn opening(&self, connection: usize) {
        self.set(connection, Hand::Opening);
    }

    pub(super) fn leave(&self, connection: usize) {
        self.set(connection, Hand::Away);
    }

    /// A connection sends `job` now.
    pub(super) fn begin(&self, connection: usize, job: &Job) {
        self.set(connection, Hand::of(job));
    }

    /// A mail of an issue took so long, or takes longer than what is quick.
    pub(super) fn note(&self, issue: Option<IssueId>, is_quick: bool) {
        let mut state = self.lock();
        if let Some(stream) = state.streams.iter_mut().find(|stream| Some(stream.issue) == issue) {
            let was_trusted = stream.is_trusted();
            stream.quick = if is_quick { stream.quick.saturating_add(1) } else { 0 };
            if !was_trusted && stream.is_trusted() {
                drop(state);
                self.tell();
            }
        }
    }

    /// How many wait: of this issue, or transactional ones when there is none; and in all.
    pub(super) fn lengths(&self, issue: Option<IssueId>) -> (usize, usize) {
        let state = self.lock();
        let of_it = match issue {
            None => state.transactional.len(),
            Some(_) => {
                state.streams.iter().find(|stream| Some(stream.issue) == issue).map_or(0, |stream| stream.jobs.len())
            }
        };
        (of_it, state.waiting())
    }

    /// Whether a connection is being opened.
    pub(super) fn is_opening(&self) -> bool {
        self.lock().hands.contains(&Hand::Opening)
    }

    /// Up to `most` jobs that wait since before `since` and that `fits` another relay.
    pub(super) fn take_older(&self, since: Instant, most: usize, fits: impl Fn(&Job) -> bool) -> Vec<Job> {
        let mut state = self.lock();
        let State { transactional, streams, .. } = &mut *state;
        let queues = std::iter::once(transactional).chain(streams.iter_mut().map(|stream| &mut stream.jobs));
        let mut taken = Vec::new();
        for jobs in queues {
            while taken.len() < most && jobs.front().is_some_and(|job| job.waits_since < since && fits(job)) {
                taken.extend(jobs.pop_front());
            }
        }
        taken
    }

    pub(super) fn drain_issues(&self) -> Vec<Job> {
        let jobs: Vec<Job> = self.lock().streams.iter_mut().flat_map(|stream| stream.jobs.drain(..)).collect();
        if !jobs.is_empty() {
            self.room.tell();
        }
        jobs
    }

    pub(super) fn drain(&self) -> Vec<Job> {
        let mut state = self.lock();
        let mut jobs: Vec<Job> = state.transactional.drain(..).collect();
        for stream in &mut state.streams {
            jobs.extend(stream.jobs.drain(..));
        }
        drop(state);
        self.room.tell();
        jobs
    }

    /// Wakes whoever may have something to do: after a change of how many may work, too.
    pub(super) fn tell(&self) {
        let state = self.lock();
        let idle = state.hands.iter().filter(|hand| **hand == Hand::Idle).count();
        let waiting = state.waiting();
        drop(state);
        if idle > 0 {
            self.ready.notify_one();
        }
        if waiting > idle {
            // All of them look: the first may belong to a connection that is not admitted any more.
            self.wanted.notify_waiters();
            self.wanted.notify_one();
        }
    }

    fn set(&self, connection: usize, hand: Hand) {
        let mut state = self.lock();
        let was = std::mem::replace(&mut state.hands[connection], hand);
        let frees = matches!(was, Hand::Issue(_)) && !matches!(hand, Hand::Issue(_))
            || was == Hand::Opening
            || was == Hand::Idle && hand == Hand::Away;
        let waiting = state.waiting();
        drop(state);
        // A place was left that a waiting issue may have been denied.
        if frees && waiting > 0 {
            self.tell();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn is_trusted(&self) -> bool {
        self.quick >= QUICK_MAILS
    }
}

impl State {
    fn waiting(&self) -> usize {
        self.transactional.len() + self.streams.iter().map(|stream| stream.jobs.len()).sum::<usize>()
    }

    fn place(&mut self, job: Job, in_front: bool) {
        let jobs = match job.row.issue_id {
            None => &mut self.transactional,
            Some(issue) => {
                let at = match self.streams.iter().position(|stream| stream.issue == issue) {
                    Some(at) => at,
                    None => {
                        if self.streams.len() >= STREAMS_MAX {
                            self.streams.retain(|stream| !stream.jobs.is_empty());
                        }
                        let served = self.turn;
                        self.streams.push(Stream { issue, jobs: VecDeque::new(), quick: 0, served });
                        self.streams.len() - 1
                    }
                };
                &mut self.streams[at].jobs
            }
        };
        match in_front {
            true => jobs.push_front(job),
            false => jobs.push_back(job),
        }
    }

    fn pop(&mut self, connection: usize, allowed: usize) -> Option<Job> {
        match self.transactional.pop_front() {
            Some(job) => Some(job),
            None => self.issue_choice(connection, allowed).and_then(|at| self.pop_from(at)),
        }
    }

    fn pop_from(&mut self, at: usize) -> Option<Job> {
        self.turn += 1;
        let stream = &mut self.streams[at];
        stream.served = self.turn;
        stream.jobs.pop_front()
    }

    fn has_choice(&self, connection: usize, allowed: usize) -> bool {
        !self.transactional.is_empty() || self.issue_choice(connection, allowed).is_some()
    }

    /// The issue that has the fewest connections beside this one. One that holds its connections for long leaves the last
    /// for transactional mail.
    fn issue_choice(&self, connection: usize, allowed: usize) -> Option<usize> {
        let others = || self.hands.iter().enumerate().filter(|(number, _)| *number != connection).map(|(_, hand)| hand);
        let busy = others().filter(|hand| matches!(hand, Hand::Issue(_))).count();
        let is_last = allowed >= RESERVED_FROM && busy + 1 >= allowed;
        let waiting = self.streams.iter().enumerate().filter(|(_, stream)| !stream.jobs.is_empty());
        let may = waiting.filter(|(_, stream)| !is_last || stream.is_trusted());
        let share = |stream: &Stream| others().filter(|hand| **hand == Hand::Issue(stream.issue)).count();
        may.min_by_key(|(_, stream)| (share(stream), stream.served)).map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::delivery::job::{Grants, LaneSet, WindowPlace};
    use crate::domain::{DeliveryId, RevisionId, WorkerId};
    use crate::store::claimed::Claimed;

    fn job(issue: i64) -> Job {
        let permits = Arc::new(tokio::sync::Semaphore::new(1));
        let row = Claimed {
            id: DeliveryId(1),
            issue_id: (issue > 0).then_some(IssueId(issue)),
            newsletter_id: None,
            subscription_id: None,
            kind: None,
            consent_id: None,
            consent_mark: None,
            subscription_mark: None,
            request_id: None,
            request_mark: None,
            email: None,
            name: None,
            format: None,
            subscribed_at: None,
            revision_id: None,
            attempts: 0,
            first_at: None,
            waits: None,
            doubts: None,
            relay: None,
        };
        Job {
            row,
            worker: WorkerId(1),
            revision: RevisionId(1),
            date: Timestamp(0),
            lanes: LaneSet::ALL,
            possible: LaneSet::ALL,
            grants: Grants::default(),
            taken_off: None,
            is_probe: false,
            ends: 0,
            has_place: false,
            waits_since: Instant::now(),
            place: Some(WindowPlace { _permit: permits.try_acquire_owned().unwrap(), _share: Arc::default() }),
        }
    }

    fn queue(connections: usize, jobs: &[(i64, usize)]) -> Queue {
        let queue = Queue::new(connections, Arc::default());
        for (issue, count) in jobs {
            (0..*count).for_each(|_| queue.push(job(*issue)));
        }
        queue
    }

    /// The next job for a connection, which begins to send it. Zero is transactional.
    fn begin(queue: &Queue, connection: usize, allowed: usize) -> Option<i64> {
        let job = queue.take(connection, allowed)?;
        queue.begin(connection, &job);
        Some(job.row.issue_id.map_or(0, |issue| issue.0))
    }

    fn trust(queue: &Queue, issue: i64) {
        (0..QUICK_MAILS).for_each(|_| queue.note(Some(IssueId(issue)), true));
    }

    #[test]
    fn an_issue_has_the_last_connection_only_when_its_mails_are_quick() {
        let queue = queue(4, &[(1, 20)]);
        assert_eq!([0, 1, 2, 3].map(|connection| begin(&queue, connection, 4)), [Some(1), Some(1), Some(1), None]);
        let early = self::queue(4, &[(1, 20)]);
        let taken = [0, 1, 2, 3].map(|connection| early.take(connection, 4).is_some());
        assert_eq!(taken, [true, true, true, false], "whoever has a job in hand counts before it is sent");
        queue.push(job(0));
        assert_eq!(begin(&queue, 3, 4), Some(0), "it is kept for this");
        queue.rest(3);
        trust(&queue, 1);
        assert_eq!(begin(&queue, 3, 4), Some(1));
        queue.rest(3);
        queue.note(Some(IssueId(1)), false);
        assert_eq!(begin(&queue, 3, 4), None, "one that is slow is slow");
        // With two connections none is kept: a mail that is stuck would hold up all others.
        let queue = self::queue(2, &[(1, 20)]);
        assert_eq!([0, 1].map(|connection| begin(&queue, connection, 2)), [Some(1), Some(1)]);
    }

    #[test]
    fn issues_share_the_connections_and_not_the_mails() {
        let queue = queue(8, &[(1, 50)]);
        trust(&queue, 1);
        assert!((0..8).all(|connection| begin(&queue, connection, 8) == Some(1)));
        (0..50).for_each(|_| queue.push(job(2)));
        trust(&queue, 2);
        // One after the other ends a mail; the newcomer gets each until both have as many.
        let got: Vec<_> = (0..8).filter_map(|connection| begin(&queue, connection, 8)).collect();
        assert_eq!(got.iter().filter(|issue| **issue == 2).count(), 4, "{got:?}");
        // From then on a connection stays with its issue, however quick the one and slow the other.
        let mine: Vec<usize> = (0..8).filter(|connection| got[*connection] == 2).collect();
        for _ in 0..5 {
            assert!(mine.iter().all(|connection| begin(&queue, *connection, 8) == Some(2)));
        }
    }

    #[test]
    fn what_is_put_back_is_next_and_what_is_prepared_is_never_transactional() {
        let queue = queue(2, &[(1, 3), (0, 1)]);
        let ahead = queue.take_ahead(0, 2).unwrap();
        assert_eq!(ahead.row.issue_id, Some(IssueId(1)));
        let mut ahead = ahead;
        ahead.ends = 7;
        queue.put_back(ahead);
        assert_eq!(queue.take(0, 2).unwrap().row.issue_id, None);
        assert_eq!(queue.take(0, 2).unwrap().ends, 7);
        assert_eq!(queue.lengths(Some(IssueId(1))), (2, 2));
    }

    #[test]
    fn connections_are_opened_for_what_no_open_one_takes() {
        let queue = queue(4, &[(1, 2)]);
        assert!(queue.wants(0, 4));
        queue.opening(0);
        assert!(queue.wants(1, 4));
        queue.opening(1);
        assert!(!queue.wants(2, 4), "two jobs, two connections on their way");
        queue.leave(1);
        queue.rest(0);
        assert!(queue.wants(2, 4), "one is idle, and two wait");
        let since = Instant::now() + Duration::from_secs(1);
        assert_eq!(queue.take_older(since, 1, |_| true).len(), 1);
        assert!(!queue.wants(2, 4));
        assert!(queue.take_older(since, 9, |_| false).is_empty(), "another relay cannot carry it");
        assert_eq!(queue.drain().len(), 1);
    }
}
