//! A claimed row on its way to a connection, and which relays may carry it. Knows no queue.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::allowance::Grant;
use crate::clock::{Moment, Timestamp};
use crate::domain::{RevisionId, WorkerId};
use crate::store::claimed::Claimed;

/// A claimed row on its way to a connection. Dropping it makes room for another claim.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) row: Claimed,
    pub(super) worker: WorkerId,
    pub(super) revision: RevisionId,
    /// Its `Date`: the first try's.
    pub(super) date: Timestamp,
    /// The relays that may carry it.
    pub(super) lanes: LaneSet,
    /// The relays of its newsletter that have not shown that they cannot carry it, whether they may now or not.
    pub(super) possible: LaneSet,
    /// When its take-off was asked for, if that is committed and no byte of the body was written since.
    pub(super) taken_off: Option<Moment>,
    /// It asks whether a suspended group goes again.
    pub(super) is_probe: bool,
    /// How many connections ended before it could be sent.
    pub(super) ends: u8,
    /// Whether it has taken a place of its relay's rate.
    pub(super) has_place: bool,
    /// Its places of limits per hour and day.
    pub(super) grants: Grants,
    /// Since when it waits where it waits.
    pub(super) waits_since: Instant,
    /// Its place in the window of claimed rows; none while it waits for its provider's rate.
    pub(super) place: Option<WindowPlace>,
}

/// A place in the window of claimed rows.
#[derive(Debug)]
pub(super) struct WindowPlace {
    pub(super) _permit: OwnedSemaphorePermit,
    /// One of its issue's: a copy for each row in memory.
    pub(super) _share: Arc<()>,
}

/// What a mail has of the limits per hour and day.
#[derive(Debug, Default)]
pub(super) struct Grants {
    pub(super) relay: Option<Grant>,
    pub(super) destination: Option<Grant>,
}

impl Grants {
    pub(super) fn spend(&self) {
        self.relay.iter().chain(&self.destination).for_each(Grant::spend);
    }
}

/// Relays by their place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LaneSet(u64);

impl LaneSet {
    /// Every relay there can be.
    pub(super) const ALL: Self = Self(u64::MAX);
    /// As many as a set can tell apart.
    pub(super) const LANES_MAX: usize = 64;

    pub(super) const NONE: Self = Self(0);

    pub(super) fn only(lane: usize) -> Self {
        Self(u32::try_from(lane).ok().and_then(|lane| 1_u64.checked_shl(lane)).unwrap_or(0))
    }

    pub(super) fn has(self, lane: usize) -> bool {
        u32::try_from(lane).ok().and_then(|lane| 1_u64.checked_shl(lane)).is_some_and(|bit| self.0 & bit != 0)
    }

    pub(super) fn add(&mut self, lane: usize) {
        self.0 |= Self::only(lane).0;
    }

    pub(super) fn remove(&mut self, lane: usize) {
        if let Some(bit) = u32::try_from(lane).ok().and_then(|lane| 1_u64.checked_shl(lane)) {
            self.0 &= !bit;
        }
    }

    pub(super) fn of(lanes: impl IntoIterator<Item = usize>) -> Self {
        let bit = |lane| u32::try_from(lane).ok().and_then(|lane| 1_u64.checked_shl(lane)).unwrap_or(0);
        Self(lanes.into_iter().map(bit).fold(0, |all, one| all | one))
    }

    /// Whether none of the first `lanes` is in it.
    pub(super) fn is_empty(self, lanes: usize) -> bool {
        !(0..lanes).any(|lane| self.has(lane))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_are_told_apart_up_to_a_number() {
        let mut lanes = LaneSet::ALL;
        assert!(lanes.has(0) && lanes.has(63) && !lanes.has(64));
        lanes.remove(0);
        lanes.remove(1000);
        assert!(!lanes.has(0) && !lanes.is_empty(2) && lanes.is_empty(1));
    }
}
