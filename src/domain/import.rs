//! An import's states, and what it did to a reader.

use super::string_enum;

string_enum! {
    /// Where an import stands.
    ImportState: "import state" {
        /// It runs, or it broke off: the same command again goes on with it.
        Running = "running",
        /// Everything is in.
        Done = "done",
        /// It is being taken back, or that broke off.
        Undoing = "undoing",
        /// It is taken back.
        Undone = "undone",
    }
}

string_enum! {
    /// What an import did to a reader.
    ImportDid: "change of an import" {
        /// Brought them in.
        Added = "added",
        /// Made active who had asked.
        Activated = "activated",
        /// Ended their subscription.
        Unsubscribed = "unsubscribed",
        /// Put their address on the suppression list.
        Suppressed = "suppressed",
    }
}
