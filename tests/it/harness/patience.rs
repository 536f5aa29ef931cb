//! Waiting for what must come. A test says what it waits for, never how long that may take: a busy machine is no fault.
//! Knows no scenario.

use std::time::{Duration, Instant};

/// Longer than anything takes that comes at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Waits until it holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "it never came: {what}");
}

/// The same where nothing else is to run meanwhile.
pub(crate) fn until_blocking(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "it never came: {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// What this thread has had of a processor: it grows with the work alone, however busy the machine is. `None` where the
/// system does not tell.
pub(crate) fn processor_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Does `work`, which takes this thread no more than `most` of a processor.
#[track_caller]
pub(crate) fn within<T>(most: Duration, what: &str, work: impl FnOnce() -> T) -> T {
    let before = processor_time();
    let done = work();
    if let (Some(before), Some(after)) = (before, processor_time()) {
        assert!(after - before <= most, "{what} took {:?} of a processor", after - before);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_measured_and_sleep_is_not() {
        within(Duration::from_millis(500), "sleep", || std::thread::sleep(Duration::from_millis(600)));
        let Some(before) = processor_time() else { return };
        let mut sum = 0_u64;
        while processor_time().unwrap() - before < Duration::from_millis(20) {
            sum = (0..100_000).fold(sum, u64::wrapping_add);
        }
        assert!(std::hint::black_box(sum) > 0);
    }
}
