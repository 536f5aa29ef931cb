//! A relay at work: whether it is up, how many connections it bears, how many mails on each, how fast it may go. Owns who
//! is to blame for a failure of the session; must not know rows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::active_revisions::ActiveRevisions;
use super::allowance::{ASK_AGAIN, Allowance, NoGrant};
use super::job::Job;
use super::limits::Limiter;
use super::queue::{Capacity, Queue};
use super::settings::{RelaySettings, Timing};
use crate::domain::IssueId;
use crate::domain::quota::{Claimant, UsedUp};

/// Connections a relay begins with; it earns more.
const CONNECTIONS_AT_FIRST: usize = 4;
/// For so many first waits after a failure a relay that asked for less is given time to see it.
const SETTLING_BACKOFFS: u32 = 4;
/// For so many it is not asked again to bear what was too many: connections, or messages on one of them.
const REMEMBERED_BACKOFFS: u32 = 12;
/// Rows of an issue that wait for each open connection: enough that none waits for a claim.
const WAITING_PER_CONNECTION: usize = 32;
/// Rows of an issue that wait for one relay, at most.
const WAITING_MAX: usize = 1024;

/// How long a job that a used-up limit holds back is left alone; it is about to be taken from here.
const CLOSED_AGAIN: Duration = Duration::from_millis(250);

/// Who wants a place of the limits: an issue, or transactional mail.
fn claimant(issue: Option<IssueId>) -> Claimant {
    if issue.is_some() { Claimant::Issue } else { Claimant::Transactional }
}

/// A relay, its queue and its state.
pub(super) struct RelayQueue {
    /// Its place among the relays.
    pub(super) index: usize,
    /// What is known of it.
    pub(super) relay: RelaySettings,
    pub(super) queue: Queue,
    rate: Option<Limiter>,
    allowance: Option<Arc<Allowance>>,
    timing: Timing,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    allowed: usize,
    open: usize,
    successes: usize,
    failures: u32,
    down_until: Option<Instant>,
    /// When it last asked for less, and how many connections were too many then.
    slowed: Option<(Instant, usize)>,
    /// After how many messages it ended a connection last, and since when that is taken for its limit.
    ends: Option<(u32, Option<Instant>)>,
}

/// An open connection: it counts as one until it is dropped.
pub(super) struct Seat(Arc<RelayQueue>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.lock().open -= 1;
    }
}

impl RelayQueue {
    /// `room` is told whenever a job is taken from the queue.
    pub(super) fn new(
        index: usize,
        relay: RelaySettings,
        allowance: Option<Arc<Allowance>>,
        timing: Timing,
        room: Arc<Capacity>,
    ) -> Arc<Self> {
        let rate = relay.rate_per_minute.map(|rate| Limiter::per_minute(rate, Instant::now()));
        let connections = relay.connections.max(1);
        let state = State {
            allowed: CONNECTIONS_AT_FIRST.min(connections),
            open: 0,
            successes: 0,
            failures: 0,
            down_until: None,
            slowed: None,
            ends: None,
        };
        let queue = Queue::new(connections, room);
        Arc::new(Self {
            index,
            relay,
            queue,
            rate,
            allowance,
            timing,
            state: Mutex::new(state),
            changed: Notify::new(),
        })
    }

    /// How many rows of an issue may wait for it when all its connections are open.
    pub(super) fn capacity_max(&self) -> usize {
        (self.relay.connections.max(1) * WAITING_PER_CONNECTION).min(WAITING_MAX)
    }

    /// How many rows of an issue may wait for it now: none while it is down; one until it has shown that it works again,
    /// and none for a probe that is on its way; one for each connection that would be opened before one is; then so many
    /// for each that is open.
    pub(super) fn capacity(&self) -> usize {
        let state = self.lock();
        let (open, allowed) = (state.open, state.allowed);
        let is_down = state.down_until.is_some_and(|until| until > Instant::now());
        let is_failing = state.failures > 0;
        drop(state);
        match open {
            _ if is_down => 0,
            0 if is_failing => usize::from(!self.queue.is_opening()),
            _ if is_failing => 1,
            0 => allowed,
            open => (open * WAITING_PER_CONNECTION).min(WAITING_MAX),
        }
    }

    /// How many more rows of an issue, or transactional ones, it takes now. Each issue has its own room, so that one which
    /// is slow leaves none the less for the others.
    pub(super) fn room(&self, issue: Option<IssueId>) -> usize {
        if self.used_up(issue).is_some() {
            return 0;
        }
        let (of_it, all) = self.queue.lengths(issue);
        let capacity = self.capacity();
        let is_alive = self.is_open() && !self.is_failing();
        capacity.saturating_sub(if is_alive { of_it } else { all })
    }

    /// The limit that is used up for mails of an issue, or for transactional ones.
    pub(super) fn used_up(&self, issue: Option<IssueId>) -> Option<UsedUp> {
        self.allowance.as_ref()?.used_up(claimant(issue))
    }

    /// Whether it takes nothing now of an issue, or nothing transactional, however little waits there.
    pub(super) fn is_closed(&self, issue: Option<IssueId>) -> bool {
        self.down_for().is_some() || self.used_up(issue).is_some()
    }

    /// Whether it has a connection open.
    pub(super) fn is_open(&self) -> bool {
        self.lock().open > 0
    }

    /// How many more rows it could begin with at once: some for each connection when nothing waits for any.
    pub(super) fn appetite(&self) -> usize {
        let is_throttled = self.rate.as_ref().is_some_and(|rate| rate.wait_for(Instant::now()).is_some());
        let is_used_up = self.allowance.as_ref().is_some_and(|one| one.used_up(Claimant::Issue).is_some());
        let is_busy = is_used_up || is_throttled || self.queue.lengths(None).1 > 0;
        if self.down_for().is_some() || self.is_failing() || is_busy {
            return 0;
        }
        match self.lock().open {
            0 => usize::from(!self.queue.is_opening()),
            open => open * 8,
        }
    }

    pub(super) fn opened(self: &Arc<Self>) -> Seat {
        self.lock().open += 1;
        self.queue.room.tell();
        Seat(Arc::clone(self))
    }

    /// Waits for a job for an open connection, at the rate the relay allows. Which one is decided at the last moment, so
    /// that a confirmation passes an issue that waits for the rate; what goes out no more takes no place of the rate.
    /// Nothing is lost when this is dropped half-way.
    pub(super) async fn next(&self, connection: usize, current: &ActiveRevisions) -> Job {
        self.queue.rest(connection);
        loop {
            match self.queue.take(connection, self.allowed()) {
                None => self.queue.for_ready().await,
                Some(job) => match self.admit_job(job, current) {
                    Ok(job) => return job,
                    Err(wait) => {
                        self.queue.rest(connection);
                        tokio::time::sleep(wait).await;
                    }
                },
            }
        }
    }

    /// A job of an issue to be prepared while a connection sends another, if the rate allows it.
    pub(super) fn next_ahead(&self, connection: usize, current: &ActiveRevisions) -> Option<Job> {
        self.queue.take_ahead(connection, self.allowed()).and_then(|job| self.admit_job(job, current).ok())
    }

    /// A transactional job that goes before what was prepared, if the rate allows it.
    pub(super) fn next_transactional(&self, current: &ActiveRevisions) -> Option<Job> {
        self.queue.take_transactional().and_then(|job| self.admit_job(job, current).ok())
    }

    /// Takes a place of the rate and of the limits for a job, or puts it back and says how long there is none. What goes
    /// out no more needs none.
    fn admit_job(&self, mut job: Job, current: &ActiveRevisions) -> Result<Job, Duration> {
        if !current.has(&job) {
            return Ok(job);
        }
        match self.places(&mut job) {
            Ok(()) => Ok(job),
            Err(wait) => {
                self.give_back_place(&mut job);
                self.queue.put_back(job);
                Err(wait)
            }
        }
    }

    fn places(&self, job: &mut Job) -> Result<(), Duration> {
        if let Some(rate) = &self.rate {
            rate.take(Instant::now())?;
            job.has_place = true;
        }
        if let Some(allowance) = &self.allowance {
            let grant = allowance.take(claimant(job.row.issue_id)).map_err(|none| match none {
                NoGrant::Soon => ASK_AGAIN,
                NoGrant::UsedUp(_) => CLOSED_AGAIN,
            })?;
            job.grants.relay = Some(grant);
        }
        Ok(())
    }

    /// A job is not sent after all: its places of the rate and of the limits are another's.
    pub(super) fn give_back_place(&self, job: &mut Job) {
        job.grants.relay = None;
        if std::mem::take(&mut job.has_place)
            && let Some(rate) = &self.rate
        {
            rate.give_back();
        }
    }

    /// Waits until there is work for a connection that is not open yet.
    pub(super) async fn wants(&self, connection: usize) {
        self.queue.leave(connection);
        loop {
            let issues = self.allowance.as_ref().and_then(|one| one.used_up(Claimant::Issue));
            let wait = match issues.is_some() && self.queue.lengths(None).0 == 0 {
                true => Some(CLOSED_AGAIN),
                false => self.rate.as_ref().and_then(|rate| rate.wait_for(Instant::now())),
            };
            match (self.queue.wants(connection, self.allowed()), wait) {
                (true, None) => return,
                (true, Some(wait)) => tokio::time::sleep(wait).await,
                (false, _) => self.queue.for_wanted().await,
            }
        }
    }

    /// Waits until the connection of this number may work.
    pub(super) async fn admit(&self, connection: usize) {
        loop {
            let changed = self.changed.notified();
            let (allowed, down_until) = {
                let state = self.lock();
                (state.allowed, state.down_until)
            };
            let now = Instant::now();
            match down_until.filter(|until| *until > now) {
                None if connection < allowed => return,
                None => changed.await,
                Some(until) => {
                    tokio::select! { () = changed => {}, () = tokio::time::sleep_until(until) => {} }
                }
            }
        }
    }

    /// Whether the connection of this number may work now.
    pub(super) fn admits(&self, connection: usize) -> bool {
        self.down_for().is_none() && connection < self.allowed()
    }

    /// How long until the relay may be tried again; `None` while it is up.
    pub(super) fn down_for(&self) -> Option<Duration> {
        let now = Instant::now();
        self.lock().down_until.filter(|until| *until > now).map(|until| until - now)
    }

    /// Whether it has failed since it last took a mail.
    pub(super) fn is_failing(&self) -> bool {
        self.lock().failures > 0
    }

    /// How many connections may work now.
    pub(super) fn allowed(&self) -> usize {
        self.lock().allowed
    }

    /// A mail was taken: after as many as there are connections, one more connection (additive increase), up to what was
    /// too many a short while ago. `true` if the relay had been failing.
    pub(super) fn succeeded(&self) -> bool {
        let mut state = self.lock();
        let was_failing = std::mem::take(&mut state.failures) > 0;
        state.down_until = None;
        state.successes += 1;
        let remembered = state.slowed.filter(|(at, _)| at.elapsed() < self.timing.backoff * REMEMBERED_BACKOFFS);
        let allowed_max = remembered.map_or(self.relay.connections, |(_, too_many)| too_many.saturating_sub(1));
        if state.successes >= state.allowed && state.allowed < allowed_max {
            state.allowed += 1;
            state.successes = 0;
            drop(state);
            self.changed.notify_waiters();
            self.queue.tell();
        }
        was_failing
    }

    /// The relay asked for less: half the connections (multiplicative decrease). Connections that are told so together
    /// count once; the one of this number rests in any case, unless it is the last.
    pub(super) fn slow_down(&self, connection: usize) {
        let settles = self.is_settling();
        let mut state = self.lock();
        if settles {
            state.allowed = state.allowed.min(connection.max(1));
        } else {
            state.slowed = Some((Instant::now(), state.allowed));
            state.allowed = (state.allowed / 2).max(1);
        }
        state.successes = 0;
    }

    /// How many messages may go over one connection: what the settings say, or what the relay has shown to be its limit.
    pub(super) fn messages_max(&self) -> u32 {
        let set = self.relay.messages_per_connection.max(1);
        match self.lock().ends {
            Some((messages, Some(since))) if since.elapsed() < self.timing.backoff * REMEMBERED_BACKOFFS => {
                messages.clamp(1, set)
            }
            _ => set,
        }
    }

    /// The relay ended a connection after so many messages. It is its limit when it says so, or does so twice in a row.
    pub(super) fn ended_after(&self, messages: u32, says_so: bool) {
        if messages == 0 {
            return;
        }
        let mut state = self.lock();
        let is_limit = says_so || state.ends.is_some_and(|(last, _)| last == messages);
        state.ends = Some((messages, is_limit.then(Instant::now)));
    }

    /// Whether it asked for less so lately that it may not have seen the effect.
    pub(super) fn is_settling(&self) -> bool {
        self.lock().slowed.is_some_and(|(at, _)| at.elapsed() < self.timing.backoff * SETTLING_BACKOFFS)
    }

    /// The relay failed: it is left alone for a while that doubles, then tried by one connection. Connections that
    /// fail together count once. Returns the wait if this is news.
    pub(super) fn failed(&self) -> Option<Duration> {
        let mut state = self.lock();
        let now = Instant::now();
        if state.down_until.is_some_and(|until| until > now) {
            return None;
        }
        state.failures = state.failures.saturating_add(1);
        let doubled = self.timing.backoff.saturating_mul(1 << (state.failures - 1).min(16));
        let wait = doubled.min(self.timing.backoff_max);
        state.down_until = Some(now + wait);
        state.allowed = 1;
        state.successes = 0;
        Some(wait)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
