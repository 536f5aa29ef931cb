//! Where a database stands that is copied into another, or out of one.

use super::string_enum;

string_enum! {
    CopyState: "state of a copy" {
        /// It is read: nobody else may work on it.
        Moving = "moving",
        /// What was in it is elsewhere and goes on there.
        Moved = "moved",
        /// Rows come in.
        Copying = "copying",
        /// All came in, and it is not what was sent.
        Differs = "differs",
        /// All came in; the other side is to be told before this one begins.
        Equal = "equal",
        /// The other side went on by itself, and this one is worth nothing.
        Abandoned = "abandoned",
    }
}
