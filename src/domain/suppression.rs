//! Why an address must not be mailed at all, whatever it subscribes to.

use std::time::Duration;

use super::string_enum;
use crate::clock::DAY;

/// A mailbox that was gone may be there again.
pub const BOUNCE_ENDS: Duration = DAY.saturating_mul(30);
/// Whoever called mail unwanted may have changed their mind.
pub const COMPLAINT_ENDS: Duration = DAY.saturating_mul(180);

string_enum! {
    SuppressionReason: "suppression reason" {
        /// The mailbox does not exist.
        Bounce = "bounce",
        /// The reader called the mail unwanted.
        Complaint = "complaint",
        /// An operator, or the reader, said: never.
        Manual = "manual",
        /// The reader had everything about them erased.
        Erased = "erased",
        /// The reader asked for a newsletter again, long after mail came back: one confirmation may go there.
        Probation = "probation",
    }
}

impl SuppressionReason {
    /// Whether a confirmation that its reader asks for may go to the address all the same.
    pub fn lets_ask(self) -> bool {
        matches!(self, Self::Erased | Self::Probation)
    }
}
