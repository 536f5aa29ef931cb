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
/// For so many first waits after a failure a relay that asked for less is given time to see it.
const SETTLING_BACKOFFS: u32 = 4;
/// For so many it is not asked again to bear what was too many.
const REMEMBERED_BACKOFFS: u32 = 12;
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
    /// When it last asked for less, and how many connections were too many then.
    slowed: Option<(Instant, usize)>,
}

impl Lane {
    /// `room` is told whenever a job is taken from the queue.
    pub(super) fn new(index: usize, relay: RelaySettings, timing: Timing, room: Arc<Room>) -> Arc<Self> {
        let rate = relay.rate_per_minute.map(|rate| Limiter::per_minute(rate, Instant::now()));
        let allowed = CONNECTIONS_AT_FIRST.min(relay.connections.max(1));
        let state = State { allowed, successes: 0, failures: 0, down_until: None, slowed: None };
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
mod tests {
    use super::*;
    use crate::domain::extra_header::ExtraHeaders;
    use crate::smtp::{Connector, Endpoint, TlsMode};

    fn lane(connections: usize, backoff: Duration) -> Arc<Lane> {
        let endpoint = Endpoint {
            host: "127.0.0.1".to_owned(),
            port: 25,
            tls: TlsMode::None,
            ca_file: None,
            username: None,
            password: None,
            helo: "news.example.org".to_owned(),
            allow_plaintext: false,
        };
        let relay = RelaySettings {
            name: "main".to_owned(),
            connector: Arc::new(Connector::new(endpoint).unwrap()),
            connections,
            messages_per_connection: 100,
            connection_age_max: Duration::from_secs(300),
            rate_per_minute: None,
            weight: 1,
            signs: true,
            unsigned_headers: Vec::new(),
            extra_headers: ExtraHeaders::default(),
        };
        Lane::new(0, relay, Timing { backoff, ..Timing::default() }, Arc::new(Room::default()))
    }

    fn succeed(lane: &Lane, times: usize) {
        for _ in 0..times {
            lane.succeeded();
        }
    }

    #[test]
    fn connections_are_earned_one_by_one() {
        let lane = lane(6, Duration::from_secs(5));
        assert_eq!(lane.allowed(), 4);
        succeed(&lane, 3);
        assert_eq!(lane.allowed(), 4);
        succeed(&lane, 1);
        assert_eq!(lane.allowed(), 5);
        succeed(&lane, 100);
        assert_eq!(lane.allowed(), 6, "never more than the settings say");
    }

    #[test]
    fn slow_down_halves_once_and_what_was_too_many_is_remembered() {
        let lane = lane(8, Duration::from_secs(5));
        succeed(&lane, 100);
        lane.slow_down(7);
        assert_eq!(lane.allowed(), 4);
        lane.slow_down(6);
        lane.slow_down(5);
        assert_eq!(lane.allowed(), 4, "they were told together");
        lane.slow_down(3);
        assert_eq!(lane.allowed(), 3, "one of those that were left is told too");
        lane.slow_down(0);
        assert_eq!(lane.allowed(), 1, "one always goes on");
        succeed(&lane, 1000);
        assert_eq!(lane.allowed(), 7, "eight were too many a moment ago");
    }

    #[test]
    fn what_was_too_many_is_tried_again_after_a_while() {
        let lane = lane(8, Duration::ZERO);
        succeed(&lane, 100);
        lane.slow_down(7);
        succeed(&lane, 1000);
        assert_eq!(lane.allowed(), 8);
    }

    #[test]
    fn a_failing_relay_gets_one_row_at_a_time() {
        let lane = lane(8, Duration::ZERO);
        assert_eq!(lane.room(Source::Issues), 8 * WAITING_PER_CONNECTION);
        assert!(lane.failed().is_some());
        assert_eq!((lane.allowed(), lane.room(Source::Issues), lane.room(Source::Small)), (1, 1, 1));
        assert!(lane.succeeded());
        assert_eq!(lane.room(Source::Issues), 8 * WAITING_PER_CONNECTION);
    }
}
