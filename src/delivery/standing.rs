//! The scores of what is refused for who we are or what we send, and the acceptances that have not been told to the
//! ledger's evidence yet. In memory alone: such refusals cost no reader anything, so a restart may forget them.

use std::collections::HashMap;
use std::sync::Arc;

use super::held::Held;
use crate::domain::cause::{Party, Stage};
use crate::domain::evidence::Trouble;
use crate::domain::{IssueId, NewsletterId};

/// More scores than this are of a trouble that is everywhere: it begins anew.
const SCORES_MAX: usize = 20_000;

/// A group of mail, as wide as what is named in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct MailGroup {
    pub(super) relay: Arc<str>,
    pub(super) newsletter: Option<NewsletterId>,
    pub(super) destination: Option<Arc<str>>,
    pub(super) issue: Option<IssueId>,
}

impl MailGroup {
    /// All that a relay carries.
    pub(super) fn relay(relay: &Arc<str>) -> Self {
        Self { relay: Arc::clone(relay), newsletter: None, destination: None, issue: None }
    }

    /// One newsletter's mail by it.
    pub(super) fn sender(relay: &Arc<str>, held: &Held) -> Self {
        Self { newsletter: Some(held.newsletter), ..Self::relay(relay) }
    }

    pub(super) fn issue(relay: &Arc<str>, held: &Held) -> Self {
        Self { issue: held.issue, ..Self::relay(relay) }
    }

    /// The part that goes where this mail goes.
    pub(super) fn at(self, held: &Held) -> Self {
        Self { destination: Some(Arc::clone(&held.destination)), ..self }
    }

    /// The groups for which a refusal about `party` is evidence, the narrowest first.
    pub(super) fn of(party: Party, stage: Stage, relay: &Arc<str>, held: &Held) -> Vec<Self> {
        let is_early = matches!(stage, Stage::Session | Stage::Mail);
        match party {
            Party::Relay | Party::Session => vec![Self::relay(relay)],
            Party::Message if held.issue.is_some() && is_early => vec![Self::issue(relay, held)],
            Party::Message if held.issue.is_some() => {
                vec![Self::issue(relay, held).at(held), Self::issue(relay, held)]
            }
            Party::Message => Vec::new(),
            Party::Sender if is_early => vec![Self::sender(relay, held)],
            Party::Sender | Party::Destination | Party::Recipient => {
                vec![Self::sender(relay, held).at(held), Self::sender(relay, held)]
            }
        }
    }

    /// Every group that a mail belongs to.
    fn all(relay: &Arc<str>, held: &Held) -> Vec<Self> {
        let mut groups = vec![Self::relay(relay), Self::sender(relay, held), Self::sender(relay, held).at(held)];
        if held.issue.is_some() {
            groups.extend([Self::issue(relay, held), Self::issue(relay, held).at(held)]);
        }
        groups
    }
}

/// Issue, relay, and destination or nothing for all of them.
pub(super) type EvidenceKey = (IssueId, Arc<str>, Arc<str>);

/// What is known of every group with trouble.
#[derive(Debug, Default)]
pub(super) struct GroupHealth {
    scores: HashMap<(Trouble, MailGroup), i64>,
    accepted: HashMap<EvidenceKey, i64>,
    /// How many readers issues have.
    pub(super) readers: HashMap<IssueId, i64>,
}

impl GroupHealth {
    pub(super) fn accepted(&mut self, relay: &Arc<str>, held: &Held) {
        if !self.scores.is_empty() {
            for group in MailGroup::all(relay, held) {
                for trouble in [Trouble::Refusal, Trouble::Delay, Trouble::Uncertain, Trouble::Fault] {
                    let key = (trouble, group.clone());
                    if let Some(score) = self.scores.get_mut(&key) {
                        *score = trouble.rule().score(*score, 1, 0);
                        if *score == 0 {
                            self.scores.remove(&key);
                        }
                    }
                }
            }
        }
        if let Some(issue) = held.issue.filter(|_| held.is_first && !self.accepted.is_empty()) {
            for destination in [Arc::from(""), Arc::clone(&held.destination)] {
                if let Some(accepted) = self.accepted.get_mut(&(issue, Arc::clone(relay), destination)) {
                    *accepted += 1;
                }
            }
        }
    }

    /// A refusal that is evidence for `groups`, the narrowest first, as heavy as `weight` of them. Returns the group that
    /// is to be suspended now: what a narrow one explains is not the wide one's.
    pub(super) fn refused(&mut self, trouble: Trouble, groups: &[MailGroup], weight: i64) -> Option<MailGroup> {
        if self.scores.len() > SCORES_MAX {
            self.scores.clear();
        }
        let rule = trouble.rule();
        let mut alarmed: Option<(MailGroup, i64)> = None;
        for group in groups {
            let score = self.scores.entry((trouble, group.clone())).or_default();
            *score = rule.score(*score, 0, weight);
            match &alarmed {
                Some((_, explained)) => *score = (*score - explained).max(0),
                None if *score >= rule.alarm => {
                    alarmed = Some((group.clone(), *score));
                    // The first refusal after the suspension suspends it again.
                    *score = rule.alarm - rule.refusal;
                }
                None => {}
            }
        }
        alarmed.map(|(group, _)| group)
    }

    /// The points of a group.
    pub(super) fn score(&self, trouble: Trouble, group: &MailGroup) -> i64 {
        self.scores.get(&(trouble, group.clone())).copied().unwrap_or(0)
    }

    /// Acceptances since the ledger was told last, and from now on they are counted.
    pub(super) fn untold(&mut self, key: &EvidenceKey) -> i64 {
        *self.accepted.entry(key.clone()).or_default()
    }

    /// The ledger has been told of so many.
    pub(super) fn told(&mut self, key: &EvidenceKey, accepted: i64) {
        if let Some(count) = self.accepted.get_mut(key) {
            *count -= accepted;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DeliveryId, WorkerId};

    fn held(destination: &str) -> Held {
        Held {
            id: DeliveryId(1),
            worker: WorkerId(1),
            issue: Some(IssueId(1)),
            pinned: false,
            newsletter: NewsletterId(1),
            destination: destination.into(),
            waits: 0,
            refused_by: None,
            is_first: true,
            is_probe: false,
        }
    }

    #[test]
    fn an_angry_provider_is_suspended_and_the_sender_is_not() {
        let relay: Arc<str> = "main".into();
        let mut standing = GroupHealth::default();
        let mut suspended = Vec::new();
        for _ in 0..3 {
            let groups = MailGroup::of(Party::Destination, Stage::Dot, &relay, &held("gmail"));
            suspended.extend(standing.refused(Trouble::Refusal, &groups, 1));
            standing.accepted(&relay, &held("example.org"));
        }
        assert_eq!(suspended.len(), 1);
        assert_eq!(suspended[0].destination.as_deref(), Some("gmail"));
        assert_eq!(standing.score(Trouble::Refusal, &MailGroup::sender(&relay, &held("gmail"))), 0);
    }

    #[test]
    fn refusals_everywhere_are_the_senders() {
        let relay: Arc<str> = "main".into();
        let mut standing = GroupHealth::default();
        let suspended: Vec<MailGroup> = ["a.example", "b.example", "c.example"]
            .into_iter()
            .filter_map(|to| {
                let groups = MailGroup::of(Party::Sender, Stage::Dot, &relay, &held(to));
                standing.refused(Trouble::Refusal, &groups, 1)
            })
            .collect();
        assert_eq!(suspended, [MailGroup::sender(&relay, &held("a.example"))]);
    }

    #[test]
    fn acceptances_are_counted_where_something_was_refused() {
        let (relay, held) = (Arc::<str>::from("main"), held("example.org"));
        let mut standing = GroupHealth::default();
        standing.accepted(&relay, &held);
        let key = (IssueId(1), Arc::clone(&relay), Arc::clone(&held.destination));
        assert_eq!(standing.untold(&key), 0);
        standing.accepted(&relay, &held);
        assert_eq!(standing.untold(&key), 1);
        standing.told(&key, 1);
        assert_eq!(standing.untold(&key), 0);
    }
}
