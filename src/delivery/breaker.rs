//! When an issue must stop and call a person: a run of refusals that are not the readers' fault would burn the list.

use std::collections::HashMap;

use crate::domain::IssueId;

/// Refusals for policy or authentication in a row, with nothing accepted between them.
const POLICY_REFUSALS_MAX: u32 = 20;
/// Refusals of any kind in a row: a relay that takes every address for dead is a broken relay.
const REFUSALS_MAX: u32 = 100;

/// Counts refusals per issue since its last acceptance.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    runs: HashMap<IssueId, Run>,
}

#[derive(Debug, Default)]
struct Run {
    policy: u32,
    all: u32,
}

impl Breaker {
    /// Something was accepted: the run is over.
    pub(super) fn accepted(&mut self, issue: IssueId) {
        self.runs.remove(&issue);
    }

    /// Something was refused. `true` if the issue is to be paused; the count begins anew then.
    pub(super) fn refused(&mut self, issue: IssueId, for_policy: bool) -> bool {
        let run = self.runs.entry(issue).or_default();
        run.all += 1;
        run.policy += u32::from(for_policy);
        let trips = run.policy >= POLICY_REFUSALS_MAX || run.all >= REFUSALS_MAX;
        if trips {
            self.runs.remove(&issue);
        }
        trips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acceptance_ends_the_run() {
        let (mut breaker, issue) = (Breaker::default(), IssueId(1));
        for _ in 0..POLICY_REFUSALS_MAX - 1 {
            assert!(!breaker.refused(issue, true));
        }
        breaker.accepted(issue);
        for _ in 0..POLICY_REFUSALS_MAX - 1 {
            assert!(!breaker.refused(issue, true));
        }
        assert!(breaker.refused(issue, true));
        assert!(!breaker.refused(issue, true), "the count begins anew");
    }

    #[test]
    fn dead_addresses_alone_need_a_longer_run() {
        let (mut breaker, issue) = (Breaker::default(), IssueId(1));
        let before = (1..).take_while(|_| !breaker.refused(issue, false)).count();
        assert_eq!(before + 1, REFUSALS_MAX as usize);
    }
}
