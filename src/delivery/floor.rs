//! The relays together: whose turn it is, and what waits for one that another could carry at once. Must not know rows, nor
//! why a relay fails.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::job::{Job, LaneSet};
use super::queue::SLOW;
use super::relay_queue::RelayQueue;
use crate::domain::IssueId;

/// Between looks for work that waits for one relay while another has none.
const BALANCE_EVERY: Duration = Duration::from_millis(250);
/// How long an issue's mails wait for a relay that is at work before another that has nothing to do takes them.
const SHARE_WAITS: Duration = Duration::from_secs(5);

pub(super) struct Floor {
    pub(super) lanes: Vec<Arc<RelayQueue>>,
    /// What each is owed: smooth weighted round-robin.
    credit: Mutex<Vec<i64>>,
}

impl Floor {
    pub(super) fn new(lanes: Vec<Arc<RelayQueue>>) -> Self {
        let credit = Mutex::new(vec![0; lanes.len()]);
        Self { lanes, credit }
    }

    /// How many more rows of an issue, or transactional ones, these relays take now, and how many could wait for them.
    pub(super) fn room(&self, issue: Option<IssueId>, lanes: LaneSet) -> (usize, usize) {
        let these = || self.lanes.iter().filter(|lane| lanes.has(lane.index));
        let sum = |of: &dyn Fn(&RelayQueue) -> usize| these().map(|lane| of(lane)).fold(0, usize::saturating_add);
        (sum(&|lane| lane.room(issue)), sum(&|lane| lane.capacity()))
    }

    /// Gives a job to the relay whose turn it is among those that may carry it and have room; or gives it back.
    pub(super) fn hand(&self, job: Job) -> Result<(), Job> {
        let issue = job.row.issue_id;
        let has_room = |lane: &&Arc<RelayQueue>| job.lanes.has(lane.index) && lane.room(issue) > 0;
        let mut open: Vec<&Arc<RelayQueue>> = self.lanes.iter().filter(has_room).collect();
        // A confirmation is no probe: it goes where others go, if there is such a place.
        if issue.is_none() && open.iter().any(|lane| lane.is_open() && !lane.is_failing()) {
            open.retain(|lane| lane.is_open() && !lane.is_failing());
        }
        match self.whose_turn(open) {
            Some(lane) => {
                lane.queue.push(job);
                Ok(())
            }
            None => Err(job),
        }
    }

    /// Gives a job that one relay cannot carry to another that can, also when much waits there; or gives it back when
    /// all of those are down.
    pub(super) fn pass_on(&self, job: Job) -> Result<(), Job> {
        let may = |lane: &&Arc<RelayQueue>| job.lanes.has(lane.index) && !lane.is_closed(job.row.issue_id);
        match self.lanes.iter().filter(may).min_by_key(|lane| (lane.is_failing(), lane.queue.lengths(None).1)) {
            Some(lane) => {
                lane.queue.push(job);
                Ok(())
            }
            None => Err(job),
        }
    }

    /// Looks again and again, until the engine stops.
    pub(super) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut tick = tokio::time::interval(BALANCE_EVERY);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = tick.tick() => self.balance(Instant::now()),
            }
        }
    }

    /// Takes back what waits too long for one relay while another has nothing to do. A relay that hangs, or is slow, holds
    /// nothing that another could carry. One that is at work has more time for an issue's mails: they are its share.
    fn balance(&self, now: Instant) {
        let (Some(since), Some(long_since)) = (now.checked_sub(SLOW), now.checked_sub(SHARE_WAITS)) else { return };
        for to in &self.lanes {
            let mut appetite = to.appetite();
            for from in self.lanes.iter().filter(|from| from.index != to.index) {
                if appetite == 0 {
                    break;
                }
                let is_at_work = from.is_open() && !from.is_failing();
                let is_long = |job: &Job| !is_at_work || job.row.issue_id.is_none() || job.waits_since < long_since;
                let jobs = from.queue.take_older(since, appetite, |job| job.lanes.has(to.index) && is_long(job));
                appetite -= jobs.len();
                jobs.into_iter().for_each(|job| to.queue.push(job));
            }
        }
    }

    /// Among those that have room.
    fn whose_turn<'a>(&self, open: Vec<&'a Arc<RelayQueue>>) -> Option<&'a Arc<RelayQueue>> {
        let mut credit = self.credit.lock().unwrap_or_else(PoisonError::into_inner);
        let total: i64 = open.iter().map(|lane| i64::from(lane.relay.weight)).sum();
        for lane in &open {
            credit[lane.index] += i64::from(lane.relay.weight);
        }
        let chosen = open.into_iter().max_by_key(|lane| credit[lane.index])?;
        credit[chosen.index] -= total;
        Some(chosen)
    }
}
