//! The engine: claim, work, record. Knows the ledger and the wire; never plans.
