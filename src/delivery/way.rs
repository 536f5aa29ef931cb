//! Where a mail may go: by which relays, or nowhere while a group that it belongs to is suspended. Must not know how rows
//! are claimed.

use std::sync::Arc;

use super::floor::Floor;
use super::held::Held;
use super::job::LaneSet;
use super::relay_queue::RelayQueue;
use super::route::Routes;
use super::suspended::{Admission, Suspended};
use crate::domain::SuspensionId;
use crate::domain::delivery::DeliveryKind;
use crate::store::claimed::Claimed;
use crate::store::issues::Issue;

/// Whether suspensions let an issue's mail go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    No,
    ToAllButOne,
    ForNow,
    UntilAPerson,
}

pub(super) enum Way {
    /// By one of these relays; whether it asks for a suspended group.
    By(LaneSet, bool),
    /// Nowhere before this suspension ends.
    Waits(SuspensionId),
}

pub(super) struct SuspensionView {
    pub(super) floor: Arc<Floor>,
    pub(super) routes: Arc<Routes>,
    pub(super) suspended: Arc<Suspended>,
    /// The relay that alarms go through.
    pub(super) alarm_relay: Option<String>,
}

impl SuspensionView {
    /// Whether an issue's mail may go at all: what may not is not claimed, so that it costs no write.
    pub(super) fn closed(&self, issue: &Issue) -> Closed {
        let (mut is_open, mut is_probed, mut is_for_good) = (false, false, true);
        let lanes = self.routes.of(Some(issue.newsletter_id));
        for lane in self.floor.lanes.iter().filter(|lane| lanes.has(lane.index)) {
            let (relay, newsletter, issue) = (&lane.relay.name, issue.newsletter_id, Some(issue.id));
            match self.suspended.closes(relay, newsletter, issue) {
                Some(for_good) => is_for_good &= for_good,
                None if self.suspended.is_probed(relay, newsletter, issue) => is_probed = true,
                None => is_open = true,
            }
        }
        match (is_open, is_probed, is_for_good) {
            (true, ..) => Closed::No,
            (_, true, _) => Closed::ToAllButOne,
            (_, _, true) => Closed::UntilAPerson,
            _ => Closed::ForNow,
        }
    }

    /// The relays for a row out of `its` newsletter's: those where its groups are not suspended, and not the one that
    /// refused it last, if there is another that is up.
    pub(super) fn of_row(&self, row: &Claimed, held: &Held, its: LaneSet) -> Way {
        let kept = self.kept_for(row, its);
        if self.suspended.is_empty() && held.refused_by.is_none() {
            return Way::By(kept, false);
        }
        let is_alarm = row.kind == Some(DeliveryKind::Alarm);
        let is_up = |lane: &Arc<RelayQueue>| lane.down_for().is_none();
        let refused = |lane: &Arc<RelayQueue>| held.refused_by.as_deref() == Some(lane.relay.name.as_str());
        let (mut open, mut waits_for, mut probes) = (LaneSet::NONE, None, Vec::new());
        for lane in self.floor.lanes.iter().filter(|lane| kept.has(lane.index)) {
            match self.suspended.would_admit(&held.membership(&lane.relay.name)) {
                Admission::Go => open.add(lane.index),
                Admission::Probe => probes.push(lane),
                Admission::Wait(suspension) => waits_for = waits_for.or(Some(suspension)),
            }
        }
        let has_another =
            |last: usize| self.floor.lanes.iter().any(|lane| lane.index != last && open.has(lane.index) && is_up(lane));
        for lane in probes {
            // A mail that this relay refused goes by another that is open, instead of asking here again.
            let goes_elsewhere = refused(lane) && has_another(lane.index);
            let way = held.membership(&lane.relay.name);
            if !is_alarm && !goes_elsewhere && self.suspended.admit(&way) == Admission::Probe {
                return Way::By(LaneSet::only(lane.index), true);
            }
        }
        let last = self.floor.lanes.iter().find(|lane| refused(lane)).map(|lane| lane.index);
        if let Some(last) = last.filter(|last| has_another(*last)) {
            open.remove(last);
        }
        match waits_for {
            // No suspension stops an alarm; it goes by a relay without one, if there is one.
            _ if is_alarm && open == LaneSet::NONE => Way::By(kept, true),
            Some(suspension) if open == LaneSet::NONE => Way::Waits(suspension),
            _ => Way::By(open, false),
        }
    }

    /// For an alarm the relay that is kept for it, while it is up; for others those of `its` newsletter.
    fn kept_for(&self, row: &Claimed, its: LaneSet) -> LaneSet {
        let is_kept = |(_, lane): &(usize, &Arc<RelayQueue>)| {
            Some(&lane.relay.name) == self.alarm_relay.as_ref() && lane.down_for().is_none()
        };
        match (row.kind, self.floor.lanes.iter().enumerate().find(is_kept)) {
            (Some(DeliveryKind::Alarm), Some((index, _))) => LaneSet::only(index),
            _ => its,
        }
    }
}
