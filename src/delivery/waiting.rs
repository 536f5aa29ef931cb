//! Claimed rows that wait in memory for their provider's rate. Few: what is more than a moment's worth goes back to the
//! ledger.

use std::collections::{BTreeMap, VecDeque};

use super::job::Job;
use crate::domain::provider::Provider;

/// Rows that wait so, at most.
const ROWS_MAX: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Waiting(BTreeMap<Provider, VecDeque<Job>>);

impl Waiting {
    pub(super) fn push(&mut self, provider: Provider, job: Job) {
        self.0.entry(provider).or_default().push_back(job);
    }

    pub(super) fn front(&self, provider: Provider) -> Option<&Job> {
        self.0.get(&provider)?.front()
    }

    pub(super) fn pop(&mut self, provider: Provider) -> Option<Job> {
        self.0.get_mut(&provider)?.pop_front()
    }

    /// How many there are of one provider.
    pub(super) fn of(&self, provider: Provider) -> usize {
        self.0.get(&provider).map_or(0, VecDeque::len)
    }

    /// Whether there is room for one more.
    pub(super) fn has_room(&self) -> bool {
        self.0.values().map(VecDeque::len).sum::<usize>() < ROWS_MAX
    }

    pub(super) fn providers(&self) -> Vec<Provider> {
        self.0.keys().copied().collect()
    }

    pub(super) fn drain(&mut self) -> Vec<Job> {
        std::mem::take(&mut self.0).into_values().flatten().collect()
    }
}
