//! A relay at work: whether it is up, how many connections it bears, how fast it may go. Owns who is to blame for a
//! failure of the session; must not know rows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::dispatch::Source;
use super::limits::Limiter;
use super::queue::{Queue, Room};
use super::settings::{RelaySettings, Timing};

/// Connections a relay begins with; it earns more.
const CONNECTIONS_AT_FIRST: usize = 4;
/// Rows that wait for each connection: enough that none waits for a claim.
const WAITING_PER_CONNECTION: usize = 32;
/// Rows that wait for one relay, at most.
const WAITING_MAX: usize = 1024;

/// A relay, its queue and its state.
pub(super) struct Lane {
    /// Its place among the relays.
    pub(super) index: usize,
    /// What is known of it.
    pub(super) relay: RelaySettings,
    /// What waits for it.
    pub(super) queue: Queue,
    timing: Timing,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    allowed: usize,
    successes: usize,
    failures: u32,
    down_until: Option<Instant>,
}

impl Lane {
    /// `room` is told whenever a job is taken from the queue.
    pub(super) fn new(index: usize, relay: RelaySettings, timing: Timing, room: Arc<Room>) -> Arc<Self> {
        let rate = relay.rate_per_minute.map(|rate| Limiter::per_minute(rate, Instant::now()));
        let allowed = CONNECTIONS_AT_FIRST.min(relay.connections.max(1));
        let state = State { allowed, successes: 0, failures: 0, down_until: None };
        let queue = Queue::new(rate, room);
        Arc::new(Self { index, relay, queue, timing, state: Mutex::new(state), changed: Notify::new() })
    }

    /// How many rows may wait for it.
    pub(super) fn capacity(&self) -> usize {
        (self.relay.connections.max(1) * WAITING_PER_CONNECTION).min(WAITING_MAX)
    }

    /// How many more rows it takes now: none while it is down, one at a time until it has shown that it works again, and
    /// never so many that a slow relay takes the work of a fast one. Small kinds pass what waits there.
    pub(super) fn room(&self, source: Source) -> usize {
        let is_failing = {
            let state = self.lock();
            if state.down_until.is_some_and(|until| until > Instant::now()) {
                return 0;
            }
            state.failures > 0
        };
        let (small, issues) = self.queue.lengths();
        match source {
            _ if is_failing => usize::from(small + issues == 0),
            Source::Small => self.capacity().saturating_sub(small),
            Source::Issues => self.capacity().saturating_sub(issues),
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

    /// A mail was taken: after as many as there are connections, one more connection (additive increase). `true` if
    /// the relay had been failing.
    pub(super) fn succeeded(&self) -> bool {
        let mut state = self.lock();
        let was_failing = std::mem::take(&mut state.failures) > 0;
        state.down_until = None;
        state.successes += 1;
        if state.successes >= state.allowed && state.allowed < self.relay.connections {
            state.allowed += 1;
            state.successes = 0;
            drop(state);
            self.changed.notify_waiters();
        }
        was_failing
    }

    /// The relay asked for less: half the connections (multiplicative decrease).
    pub(super) fn slow_down(&self) {
        let mut state = self.lock();
        state.allowed = (state.allowed / 2).max(1);
        state.successes = 0;
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
