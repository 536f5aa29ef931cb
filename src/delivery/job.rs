//! A claimed row on its way to a connection, and which relays may carry it. Knows no queue.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::clock::{Moment, Timestamp};
use crate::domain::{RevisionId, WorkerId};
use crate::store::claimed::Claimed;

/// A claimed row on its way to a connection. Dropping it makes room for another claim.
#[derive(Debug)]
pub(super) struct Job {
    /// The row.
    pub(super) row: Claimed,
    /// Who claimed it.
    pub(super) worker: WorkerId,
    /// What it bears.
    pub(super) revision: RevisionId,
    /// Its `Date`: the first try's.
    pub(super) date: Timestamp,
    /// The relays that may carry it.
    pub(super) lanes: LaneSet,
    /// When its take-off was asked for, if that is committed and no byte of the body was written since.
    pub(super) taken_off: Option<Moment>,
    /// How many connections ended before it could be sent.
    pub(super) ends: u8,
    /// Whether it has taken a place of its relay's rate.
    pub(super) has_place: bool,
    /// Since when it waits where it waits.
    pub(super) waits_since: Instant,
    /// Its place in the window of claimed rows; none while it waits for its provider's rate.
    pub(super) place: Option<Place>,
}

/// A place in the window of claimed rows.
#[derive(Debug)]
pub(super) struct Place {
    /// One of the window's.
    pub(super) _permit: OwnedSemaphorePermit,
    /// One of its issue's: a copy for each row in memory.
    pub(super) _share: Arc<()>,
}

/// Relays by their place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LaneSet(u64);

impl LaneSet {
    /// Every relay there can be.
    pub(super) const ALL: Self = Self(u64::MAX);
    /// As many as a set can tell apart.
    pub(super) const LANES_MAX: usize = 64;

    /// One relay alone.
    pub(super) fn only(lane: usize) -> Self {
        Self(u32::try_from(lane).ok().and_then(|lane| 1_u64.checked_shl(lane)).unwrap_or(0))
    }

    pub(super) fn has(self, lane: usize) -> bool {
        u32::try_from(lane).ok().and_then(|lane| 1_u64.checked_shl(lane)).is_some_and(|bit| self.0 & bit != 0)
    }

    pub(super) fn remove(&mut self, lane: usize) {
        if let Some(bit) = u32::try_from(lane).ok().and_then(|lane| 1_u64.checked_shl(lane)) {
            self.0 &= !bit;
        }
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
