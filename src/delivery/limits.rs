//! How fast mail may go: the generic cell rate algorithm (GCRA, ITU-T I.371), which needs one instant of state.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A burst that lets a connection start at once and still keeps to the rate over any second or so.
const BURST: u32 = 5;
/// At high rates the burst is what is due in so many milliseconds: a machine that is busy looks no more often than that.
const BURST_MS: u32 = 250;

/// Lets through so many a minute.
#[derive(Debug)]
pub(super) struct Limiter {
    interval: Duration,
    slack: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the next one would be due if all came evenly (GCRA's theoretical arrival time).
    arrival: Instant,
    /// When the last of those that were sent away is to come back.
    parked_until: Instant,
}

impl Limiter {
    /// `per_minute` a minute; not fewer than one.
    pub(super) fn per_minute(per_minute: u32, now: Instant) -> Self {
        let interval = Duration::from_secs(60) / per_minute.max(1);
        let burst = BURST.max(per_minute / 60 * BURST_MS / 1000).min(per_minute.max(1));
        let slack = interval * (burst - 1);
        Self { interval, slack, state: Mutex::new(State { arrival: now, parked_until: now }) }
    }

    /// Takes one place, or says how long to wait for it.
    pub(super) fn take(&self, now: Instant) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let arrival = state.arrival.max(now);
        let wait = (arrival - now).saturating_sub(self.slack);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        state.arrival = arrival + self.interval;
        Ok(())
    }

    /// How long until there is a place; `None` when there is one.
    pub(super) fn wait_for(&self, now: Instant) -> Option<Duration> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Some(state.arrival.saturating_duration_since(now).saturating_sub(self.slack)).filter(|wait| !wait.is_zero())
    }

    /// Gives back the place that was taken last.
    pub(super) fn give_back(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.arrival = state.arrival.checked_sub(self.interval).unwrap_or(state.arrival);
    }

    /// How many it lets through in `span`.
    pub(super) fn places_in(&self, span: Duration) -> usize {
        usize::try_from(span.as_nanos() / self.interval.as_nanos().max(1)).unwrap_or(usize::MAX)
    }

    /// When one that has no place is to come back: each after the one before and behind the `ahead` that wait nearer by,
    /// so that they do not all come at once.
    pub(super) fn park(&self, now: Instant, ahead: usize) -> Duration {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = now + self.interval * u32::try_from(ahead).unwrap_or(u32::MAX);
        state.parked_until = state.parked_until.max(behind) + self.interval;
        state.parked_until - now
    }

    /// Lets nothing through for `pause`: somebody said "slow down".
    pub(super) fn hold(&self, now: Instant, pause: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.arrival = state.arrival.max(now + pause + self.slack);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let start = Instant::now();
        let limiter = Limiter::per_minute(60, start);
        let passed = |at| (0..1000).filter(|_| limiter.take(start + at).is_ok()).count();
        assert_eq!(passed(Duration::ZERO), BURST as usize);
        assert_eq!(passed(Duration::from_millis(900)), 0);
        assert_eq!(passed(Duration::from_millis(1000)), 1);
        assert_eq!(passed(Duration::from_secs(60)), BURST as usize);
    }

    #[test]
    fn the_parked_come_back_one_by_one() {
        let start = Instant::now();
        let limiter = Limiter::per_minute(60, start);
        let waits: Vec<u64> = (0..3).map(|_| limiter.park(start, 0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 3]);
        let limiter = Limiter::per_minute(60, start);
        assert_eq!(limiter.park(start, 2), Duration::from_secs(3), "two wait nearer by");
    }

    #[test]
    fn a_high_rate_is_reached_by_who_looks_four_times_a_second() {
        let start = Instant::now();
        for per_minute in [600, 6_000, 12_000, 60_000] {
            let limiter = Limiter::per_minute(per_minute, start);
            let looks = (0..240_u64).map(|look| start + Duration::from_millis(250 * look));
            let passed: u32 = looks.map(|at| (0..).take_while(|_| limiter.take(at).is_ok()).count() as u32).sum();
            assert!(passed.abs_diff(per_minute) * 20 <= per_minute, "{passed} of {per_minute}");
        }
    }

    #[test]
    fn a_place_that_was_not_needed_is_anothers() {
        let start = Instant::now();
        let limiter = Limiter::per_minute(6, start);
        while limiter.take(start).is_ok() {}
        assert_eq!(limiter.wait_for(start), Some(Duration::from_secs(10)));
        limiter.give_back();
        assert_eq!(limiter.wait_for(start), None);
        assert_eq!((limiter.take(start), limiter.places_in(Duration::from_secs(60))), (Ok(()), 6));
    }

    #[test]
    fn a_hold_stops_everything_for_its_time() {
        let start = Instant::now();
        let limiter = Limiter::per_minute(6000, start);
        limiter.hold(start, Duration::from_secs(10));
        assert!(limiter.take(start + Duration::from_secs(9)).is_err());
        assert!(limiter.take(start + Duration::from_secs(11)).is_ok());
    }
}
