//! When an issue must stop and call a person: a run of refusals that are not the readers' fault would burn the list.

use std::collections::HashMap;

use crate::domain::IssueId;
use crate::store::subscribers::Hash;

/// Refusals for policy or authentication in a row, with nothing accepted between them.
const POLICY_REFUSALS_MAX: u32 = 20;
/// Refusals of any kind in a row: a relay that takes every address for dead is a broken relay.
const REFUSALS_MAX: u32 = 100;

/// Counts refusals per issue since its last acceptance.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    runs: HashMap<IssueId, Run>,
}

/// One issue's refusals since its last acceptance.
#[derive(Debug, Default)]
struct Run {
    policy: u32,
    all: u32,
    dead: Vec<Hash>,
}

/// A refusal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Refusal {
    /// For who we are or what we send.
    pub(super) for_policy: bool,
    /// The address, when it was called dead.
    pub(super) dead: Option<Hash>,
}

impl Breaker {
    /// Something was accepted: the run is over.
    pub(super) fn accepted(&mut self, issue: IssueId) {
        self.runs.remove(&issue);
    }

    /// Something was refused. If the issue is to be paused, the addresses that were called dead in this run: who says
    /// so of everybody is not to be believed. The count begins anew then.
    pub(super) fn refused(&mut self, issue: IssueId, refusal: Refusal) -> Option<Vec<Hash>> {
        let run = self.runs.entry(issue).or_default();
        run.all += 1;
        run.policy += u32::from(refusal.for_policy);
        run.dead.extend(refusal.dead);
        let trips = run.policy >= POLICY_REFUSALS_MAX || run.all >= REFUSALS_MAX;
        if trips { self.runs.remove(&issue).map(|run| run.dead) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Refusal = Refusal { for_policy: true, dead: None };

    #[test]
    fn an_acceptance_ends_the_run() {
        let (mut breaker, issue) = (Breaker::default(), IssueId(1));
        for _ in 0..POLICY_REFUSALS_MAX - 1 {
            assert!(breaker.refused(issue, POLICY).is_none());
        }
        breaker.accepted(issue);
        for _ in 0..POLICY_REFUSALS_MAX - 1 {
            assert!(breaker.refused(issue, POLICY).is_none());
        }
        assert!(breaker.refused(issue, POLICY).is_some());
        assert!(breaker.refused(issue, POLICY).is_none(), "the count begins anew");
    }

    #[test]
    fn dead_addresses_alone_need_a_longer_run_and_are_named() {
        let (mut breaker, issue) = (Breaker::default(), IssueId(1));
        let dead = |number: u32| Refusal { for_policy: false, dead: Some([u8::try_from(number).unwrap(); 16]) };
        for number in 1..REFUSALS_MAX {
            assert!(breaker.refused(issue, dead(number)).is_none());
            assert!(breaker.refused(IssueId(2), Refusal::default()).is_none(), "another issue has a count of its own");
        }
        let named = breaker.refused(issue, dead(REFUSALS_MAX)).unwrap();
        assert_eq!(named.len(), REFUSALS_MAX as usize);
        assert_eq!(named[0], [1; 16]);
    }
}
