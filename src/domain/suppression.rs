//! Why an address must not be mailed at all, whatever it subscribes to.

use super::string_enum;

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
    }
}
