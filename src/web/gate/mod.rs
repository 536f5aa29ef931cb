//! The gate before the desk: where a request comes from, whose it is, and whether they may. A right is bound where a route
//! is mounted, and there is no other way to mount one: a handler is given a [`DeskSeat`] that it cannot make.
//!
//! Knows no page but the two of its own: that somebody may not, and that they are to show again who they are.

mod cookie;
mod origin;
mod routes;
mod seat;
mod strong;

pub(super) use cookie::{forget, keep, kept_device, renew};
pub(super) use origin::stand_before;
pub(super) use routes::DeskRoutes;
pub use routes::{DeskRoute, Need};
pub(super) use seat::{DeskSeat, Visitor};

/// What every address of the desk begins with.
pub(super) const DESK: &str = "/admin";
