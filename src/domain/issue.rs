//! An issue's states and which may become which.

use super::spelled;

spelled! {
    /// Where an issue stands.
    IssueState: "issue state" {
        /// Known, not to be sent yet.
        Draft = "draft",
        /// On a slot, or at an explicit time.
        Queued = "queued",
        /// Its audience is being frozen.
        Preparing = "preparing",
        /// Going out.
        Sending = "sending",
        /// Halted by a person or by a run of refusals; goes on from where it stopped.
        Paused = "paused",
        /// Every row of its ledger is final.
        Sent = "sent",
        /// Ended by a person; who had not got it will not.
        Stopped = "stopped",
        /// Its time passed without it, or a backup was restored: a person decides.
        Held = "held",
    }
}

impl IssueState {
    /// Whether an issue in this state may get into `next`.
    pub fn may_become(self, next: Self) -> bool {
        use IssueState::{Draft, Held, Paused, Preparing, Queued, Sending, Sent, Stopped};
        matches!(
            (self, next),
            (Draft, Queued | Held)
                | (Queued, Draft | Preparing | Held)
                | (Preparing, Sending | Queued | Held)
                | (Sending, Paused | Sent | Stopped)
                | (Paused, Sending | Stopped)
                | (Held, Queued | Draft)
                | (Sent, Sending) // `retry` puts failed rows back
        )
    }

    /// Whether its content may still change without anyone having got it.
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Queued | Self::Held)
    }
}
