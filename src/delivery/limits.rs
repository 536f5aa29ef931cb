//! How fast mail may go: the generic cell rate algorithm (GCRA, ITU-T I.371), which needs one instant of state.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A burst that lets a connection start at once and still keeps to the rate over any second or so.
const BURST: u32 = 5;

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
        let slack = interval * (BURST.min(per_minute.max(1)) - 1);
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

    /// Waits for one place and takes it.
    pub(super) async fn wait(&self) {
        while let Err(wait) = self.take(Instant::now()) {
            tokio::time::sleep(wait).await;
        }
    }

    /// When one that has no place is to come back: each after the one before, so that they do not all come at once.
    pub(super) fn park(&self, now: Instant) -> Duration {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.parked_until = state.parked_until.max(now) + self.interval;
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
        let waits: Vec<u64> = (0..3).map(|_| limiter.park(start).as_secs()).collect();
        assert_eq!(waits, [1, 2, 3]);
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
