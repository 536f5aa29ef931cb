//! What the sink counts.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A look at the counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SinkStats {
    /// Messages taken and answered with 250.
    pub accepted: u64,
    pub accepted_bytes: u64,
    /// Messages taken whole and left without an answer (`drop-dot-`).
    pub unanswered: u64,
    /// Connections closed on purpose (`drop-data-`, `drop-dot-`, `421-`).
    pub dropped: u64,
    pub senders_refused: u64,
    /// RCPT answered with 4yz.
    pub recipients_deferred: u64,
    /// RCPT answered with 5yz.
    pub recipients_refused: u64,
    /// Messages refused at the dot: too large, or with line ends that could smuggle.
    pub messages_refused: u64,
    pub logins_refused: u64,
    /// Connections until now.
    pub connections: u64,
    pub connections_now: u64,
    /// The most that were open at once.
    pub connections_peak: u64,
    /// Connections turned away for being too many.
    pub connections_refused: u64,
}

macro_rules! counters {
    ($($name:ident),*) => {
        /// The same, while it counts.
        #[derive(Debug, Default)]
        pub(super) struct Counters { $(pub(super) $name: AtomicU64),* }

        impl Counters {
            pub(super) fn snapshot(&self) -> SinkStats {
                SinkStats { $($name: self.$name.load(Relaxed)),* }
            }
        }
    };
}

counters!(
    accepted, accepted_bytes, unanswered, dropped, senders_refused, recipients_deferred, recipients_refused,
    messages_refused, logins_refused, connections, connections_now, connections_peak, connections_refused
);

/// Counts an open connection until it is dropped.
pub(super) struct OpenConnection<'a>(&'a Counters);

impl Counters {
    pub(super) fn connection(&self) -> OpenConnection<'_> {
        add(&self.connections, 1);
        let now = self.connections_now.fetch_add(1, Relaxed) + 1;
        self.connections_peak.fetch_max(now, Relaxed);
        OpenConnection(self)
    }
}

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.0.connections_now.fetch_sub(1, Relaxed);
    }
}

pub(super) fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Relaxed);
}
