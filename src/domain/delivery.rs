//! The ledger's state machine and the retry schedule. A delivery is one mail to one recipient.

use std::time::Duration;

use super::string_enum;

string_enum! {
    /// Where one mail to one recipient stands.
    DeliveryState: "delivery state" {
        /// Waits until it is due.
        Pending = "pending",
        /// Taken by a worker; nothing was sent yet.
        Claimed = "claimed",
        /// Committed before the first byte of the body is written; only these are in doubt after a crash.
        InFlight = "in_flight",
        /// The relay took it (250).
        Sent = "sent",
        /// Refused for good, or retried to the end.
        Failed = "failed",
        /// The final dot left and no answer came.
        Uncertain = "uncertain",
        /// Not to be sent; the reason says why.
        Skipped = "skipped",
    }
}

impl DeliveryState {
    /// Whether a row in this state may get into `next`.
    pub fn may_become(self, next: Self) -> bool {
        use DeliveryState::{Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
        matches!(
            (self, next),
            // To uncertain: a copy of the database was put back, and nobody knows what went out since.
            (Pending, Claimed | Skipped | Uncertain)
                | (Claimed, Pending | InFlight | Failed | Skipped | Uncertain)
                | (InFlight, Sent | Pending | Failed | Uncertain)
                | (Uncertain, Pending | Sent | Failed)
                | (Failed | Skipped, Pending) // a person says `retry`; of the skipped, whose suppression was lifted
                | (Failed, Sent) // a report speaks of a mail that was given up as uncertain
        )
    }
}

string_enum! {
    /// What kind of mail a row is. The small kinds go first.
    DeliveryKind: "delivery kind" {
        /// An issue to a reader.
        Issue = "issue",
        Confirmation = "confirmation",
        /// Asks for a button to be pressed, at an address of which nothing is known: nothing there can be unsubscribed from.
        Request = "request",
        /// To who has just confirmed.
        Welcome = "welcome",
        /// Anything else the program says to one person.
        Notice = "notice",
        Test = "test",
        /// To the operator: something needs a person. Nothing holds it up but a relay.
        Alarm = "alarm",
    }
}

string_enum! {
    /// Why a row was skipped or failed without a word from a server.
    Reason: "reason" {
        /// Left before the mail went.
        Unsubscribed = "unsubscribed",
        Suppressed = "suppressed",
        Paused = "paused",
        Stopped = "stopped",
        /// Confirmed already, or asked anew: this mail has no use any more.
        Superseded = "superseded",
        /// The address needs an extension that no relay offers.
        Unsupported = "unsupported",
        /// Larger than the relay takes.
        TooLarge = "too_large",
        Expired = "expired",
        Refused = "refused",
        /// Sent twice, and no answer to the final dot either time.
        Uncertain = "uncertain",
        /// A copy of the database was put back: it may have gone out after the copy was made.
        Restored = "restored",
    }
}

/// The waits between tries; the last repeats. RFC 5321 4.5.4.1 asks for 30 minutes "however, more sophisticated and
/// variable strategies are beneficial": greylisting ends after minutes, a full mailbox after hours.
const WAITS_MINUTES: [u64; 6] = [5, 15, 45, 120, 240, 360];

/// How long a temporary refusal is retried unless the newsletter says otherwise.
pub const RETRY_FOR: Duration = Duration::from_secs(48 * 3600);

/// How long a row stays uncertain before the policy `resend` applies.
pub const UNCERTAIN_FOR: Duration = Duration::from_secs(30 * 60);

/// The wait after the `tries`-th try (from 1), with `jitter` in 0..=1 spreading it over +-20 %.
pub fn retry_wait(tries: u32, jitter: f64) -> Duration {
    let at = (tries.max(1) as usize - 1).min(WAITS_MINUTES.len() - 1);
    spread(Duration::from_secs(WAITS_MINUTES[at] * 60), jitter)
}

fn spread(wait: Duration, jitter: f64) -> Duration {
    wait.mul_f64(0.8 + 0.4 * jitter.clamp(0.0, 1.0))
}

/// The first wait of a mail that was put back without a counted try.
pub const FIRST_UNCOUNTED_WAIT: Duration = Duration::from_secs(5 * 60);

/// The longest wait of a mail that was put back without a counted try.
const UNCOUNTED_WAIT_MAX: Duration = Duration::from_secs(4 * 3600);

/// The wait of a mail that was put back uncounted, after `waits` such waits: `first`, doubled each time.
pub fn uncounted_wait(first: Duration, waits: i64, jitter: f64) -> Duration {
    let doubled = first.saturating_mul(1 << waits.clamp(0, 16));
    spread(doubled.min(UNCOUNTED_WAIT_MAX), jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_within_a_fifth() {
        let minutes = |tries, jitter| retry_wait(tries, jitter).as_secs_f64() / 60.0;
        for (tries, wait) in [(1, 5.0), (2, 15.0), (3, 45.0), (4, 120.0), (5, 240.0), (6, 360.0), (60, 360.0)] {
            assert!((minutes(tries, 0.5) - wait).abs() < 0.01);
            assert!((minutes(tries, 0.0) - wait * 0.8).abs() < 0.01);
            assert!((minutes(tries, 1.0) - wait * 1.2).abs() < 0.01);
        }
    }

    #[test]
    fn uncounted_waits_double() {
        let first = Duration::from_secs(300);
        let minutes: Vec<u64> = (0..8).map(|waits| uncounted_wait(first, waits, 0.5).as_secs() / 60).collect();
        assert_eq!(minutes, [5, 10, 20, 40, 80, 160, 240, 240]);
    }

    #[test]
    fn what_was_sent_stays_sent() {
        for next in DeliveryState::ALL {
            assert!(!DeliveryState::Sent.may_become(*next));
            assert_eq!(DeliveryState::Skipped.may_become(*next), *next == DeliveryState::Pending);
        }
        assert!(!DeliveryState::Pending.may_become(DeliveryState::InFlight), "only a claimed row takes off");
    }
}
