//! Signals, soft and hard stop, readiness.
