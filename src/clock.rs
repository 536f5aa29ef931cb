//! The only caller of "now". Owns `Timestamp` (milliseconds since 1970, UTC) and `Clock`; knows nothing of newsletters.
//!
//! Time is an argument everywhere else, so that tests decide what time it is and a state change can be repeated.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Twenty-four hours, whatever the clocks do.
pub const DAY: Duration = Duration::from_secs(24 * 3600);
/// Thirty of them.
pub const MONTH: Duration = DAY.saturating_mul(30);

/// An instant: milliseconds since 1970-01-01T00:00:00Z, as the databases store it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This instant and `duration` more.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This instant less `duration`.
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The same instant for calendar arithmetic; the calendar's last instant when this lies outside it.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }

    /// The instant on a calendar, cut to milliseconds.
    pub fn from_jiff(instant: jiff::Timestamp) -> Self {
        Self(instant.as_millisecond())
    }
}

/// RFC 3339, in UTC, to the second.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_jiff().strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock, corrected by how much the database's differs from it. Copies share the correction.
    System {
        /// By how many milliseconds the machine's clock is wrong: zero, but for tests.
        wrong_by: i64,
        /// Milliseconds to be added to it.
        correction: Arc<AtomicI64>,
    },
    /// A clock that stands still until a test moves it.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Self {
        Self::wrong_by(0)
    }

    /// The clock of a machine that is so many milliseconds ahead of the true time: for tests.
    pub fn wrong_by(milliseconds: i64) -> Self {
        Self::System { wrong_by: milliseconds, correction: Arc::default() }
    }

    /// A clock that stands at `at`.
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Self::System { wrong_by, correction } => {
                Timestamp(machine_time().0 + wrong_by + correction.load(Ordering::Relaxed))
            }
            Self::Fixed(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Sets the clock by another that says `there` in the moment `here`. Returns by how many milliseconds it moved. A
    /// fixed clock is left alone.
    pub fn set_by(&self, here: Timestamp, there: Timestamp) -> i64 {
        let Self::System { correction, .. } = self else { return 0 };
        let moved = there.0.saturating_sub(here.0);
        correction.fetch_add(moved, Ordering::Relaxed);
        moved
    }

    /// This moment, to measure from.
    pub fn moment(&self) -> Moment {
        Moment { machine: machine_uptime(), wall: self.now() }
    }

    /// How long ago a moment was, at least. Sees a suspended machine, and one that was paused from outside and whose
    /// clock was put right afterwards.
    pub fn passed(&self, since: Moment) -> Duration {
        let machine = machine_uptime().saturating_sub(since.machine);
        let wall = Duration::from_millis(self.now().0.abs_diff(since.wall.0));
        machine.max(wall)
    }

    /// By how many milliseconds the clock was moved since a moment: what it says has passed, less what has.
    pub fn moved(&self, since: Moment) -> i64 {
        // A fixed clock has nothing to be compared with.
        let Self::System { .. } = self else { return 0 };
        let machine = machine_uptime().saturating_sub(since.machine);
        let wall = self.now().0.saturating_sub(since.wall.0);
        wall.saturating_sub(i64::try_from(machine.as_millis()).unwrap_or(i64::MAX))
    }

    /// Moves a fixed clock; the machine's own clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(at) = self {
            at.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

/// A moment on two clocks: one that nobody sets and that a suspended machine does not stop, and the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    machine: Duration,
    wall: Timestamp,
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
fn machine_time() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// Since the machine was started, with the time for which it was suspended. std's `Instant` leaves that out on Linux.
fn machine_uptime() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(CLOCK);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_set_by_another_and_its_copies_with_it() {
        let hour = 3_600_000;
        let (wrong, right) = (Clock::wrong_by(3 * hour), Clock::system());
        let copy = wrong.clone();
        let moment = copy.moment();
        assert!(wrong.now().since(right.now()) > Duration::from_secs(2 * 3600));
        assert!(wrong.set_by(wrong.now(), right.now()).abs_diff(-3 * hour) < 60_000);
        assert!(copy.now().0.abs_diff(right.now().0) < 60_000);
        assert!(copy.moved(moment).abs_diff(-3 * hour) < 60_000, "it was set back in between");
        assert!(copy.passed(moment) > Duration::from_secs(2 * 3600), "a jump back is a passage that nobody knows");
    }

    #[test]
    fn a_fixed_clock_is_moved_by_tests_alone() {
        let clock = Clock::fixed(Timestamp(5));
        let moment = clock.moment();
        assert_eq!(clock.set_by(Timestamp(5), Timestamp(500)), 0);
        clock.advance(Duration::from_secs(7));
        assert_eq!((clock.now(), clock.moved(moment)), (Timestamp(7005), 0));
        assert!(clock.passed(moment) >= Duration::from_secs(7));
    }
}
