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
    /// It has stopped the issue once: until something is accepted, nobody is believed to be dead.
    is_doubted: bool,
}

/// A refusal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Refusal {
    /// For who we are or what we send.
    pub(super) for_policy: bool,
    /// The address, when it was called dead.
    pub(super) dead: Option<Hash>,
}

/// What follows from a refusal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Judgement {
    /// The issue is to be paused.
    pub(super) pause: bool,
    /// Addresses that were called dead, by who says so of everybody: they are not to be suppressed for it.
    pub(super) pardoned: Vec<Hash>,
}

impl Breaker {
    /// Something was accepted: the run is over.
    pub(super) fn accepted(&mut self, issue: IssueId) {
        self.runs.remove(&issue);
    }

    /// Something was refused. The count begins anew when the issue is to be paused.
    pub(super) fn refused(&mut self, issue: IssueId, refusal: Refusal) -> Judgement {
        let run = self.runs.entry(issue).or_default();
        run.all += 1;
        run.policy += u32::from(refusal.for_policy);
        run.dead.extend(refusal.dead);
        let pause = run.policy >= POLICY_REFUSALS_MAX || run.all >= REFUSALS_MAX;
        if pause {
            (run.policy, run.all, run.is_doubted) = (0, 0, true);
        }
        let pardoned = if run.is_doubted { std::mem::take(&mut run.dead) } else { Vec::new() };
        Judgement { pause, pardoned }
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
            assert!(!breaker.refused(issue, POLICY).pause);
        }
        breaker.accepted(issue);
        for _ in 0..POLICY_REFUSALS_MAX - 1 {
            assert!(!breaker.refused(issue, POLICY).pause);
        }
        assert!(breaker.refused(issue, POLICY).pause);
        assert!(!breaker.refused(issue, POLICY).pause, "the count begins anew");
    }

    #[test]
    fn dead_addresses_alone_need_a_longer_run_and_are_pardoned_after_it() {
        let (mut breaker, issue) = (Breaker::default(), IssueId(1));
        let dead = |number: u32| Refusal { for_policy: false, dead: Some([u8::try_from(number).unwrap(); 16]) };
        for number in 1..REFUSALS_MAX {
            assert_eq!(breaker.refused(issue, dead(number)), Judgement::default());
            breaker.refused(IssueId(2), Refusal::default());
        }
        let judgement = breaker.refused(issue, dead(REFUSALS_MAX));
        assert!(judgement.pause);
        assert_eq!(judgement.pardoned.len(), REFUSALS_MAX as usize);
        assert_eq!(judgement.pardoned[0], [1; 16]);
        // What was on the wire meanwhile is not believed either, until somebody is accepted.
        assert_eq!(breaker.refused(issue, dead(7)), Judgement { pause: false, pardoned: vec![[7; 16]] });
        breaker.accepted(issue);
        assert_eq!(breaker.refused(issue, dead(8)), Judgement::default());
    }
}
