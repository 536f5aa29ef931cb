//! An import's states, and what it did to a reader.

use super::string_enum;

string_enum! {
    ImportState: "import state" {
        /// It runs, or it broke off: the same command again goes on with it.
        Running = "running",
        Done = "done",
        /// It is being taken back, or that broke off.
        Undoing = "undoing",
        Undone = "undone",
    }
}

string_enum! {
    /// What an import did to a reader.
    ImportDid: "change of an import" {
        Added = "added",
        /// Made active who had asked.
        Activated = "activated",
        Unsubscribed = "unsubscribed",
        /// Put their address on the suppression list.
        Suppressed = "suppressed",
    }
}
