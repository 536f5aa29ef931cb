//! What a reader agreed to or took back: the append-only record that shows why someone is mailed.

use super::string_enum;

string_enum! {
    /// One event in the history of a subscription.
    ConsentKind: "consent" {
        /// The form was sent; nothing is agreed until it is confirmed.
        Asked = "asked",
        /// The link in the confirmation mail was used.
        Confirmed = "confirmed",
        /// Brought in from elsewhere by an operator, who answers for it.
        Imported = "imported",
        Added = "added",
        /// What an import had done was taken back by an operator.
        Undone = "undone",
        Paused = "paused",
        Resumed = "resumed",
        /// Took back, within a day, that they had left.
        Returned = "returned",
        /// Gets it at another address, confirmed there.
        Moved = "moved",
        Withdrawn = "withdrawn",
    }
}
