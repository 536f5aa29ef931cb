//! Which relays carry which newsletter's mail. Pure: knows no relay's state. All kinds of a newsletter's mail go by the
//! same.

use super::job::LaneSet;
use crate::domain::NewsletterId;

/// The relays of every newsletter.
#[derive(Clone, Debug)]
pub(super) struct Routes(Vec<(NewsletterId, LaneSet)>);

/// Newsletters that go by the same relays: what waits for those holds up nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RelayGroup {
    pub(super) lanes: LaneSet,
    pub(super) whose: MailOwner,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MailOwner {
    /// Everybody's: all goes by all relays.
    All,
    /// Alarms: they go by any relay, for those of their newsletter may be the trouble.
    Alarms,
    Of(Vec<NewsletterId>),
    /// All but these, with those that the configuration does not know any more.
    AllBut(Vec<NewsletterId>),
}

impl Routes {
    /// From each newsletter's relays by name, where no name means all of `relays`.
    pub(super) fn new<'a>(
        newsletters: impl IntoIterator<Item = (NewsletterId, &'a [String])>,
        relays: &[&str],
    ) -> Self {
        let lanes = |names: &[String]| match names {
            [] => LaneSet::ALL,
            names => LaneSet::of((0..relays.len()).filter(|lane| names.iter().any(|name| name == relays[*lane]))),
        };
        Self(newsletters.into_iter().map(|(newsletter, names)| (newsletter, lanes(names))).collect())
    }

    pub(super) fn of(&self, newsletter: Option<NewsletterId>) -> LaneSet {
        let known = self.0.iter().find(|(known, _)| Some(*known) == newsletter);
        known.map_or(LaneSet::ALL, |(_, lanes)| *lanes)
    }

    /// Every newsletter there is or was in exactly one group, and alarms in one of their own.
    pub(super) fn groups(&self) -> Vec<RelayGroup> {
        let mut groups: Vec<(LaneSet, Vec<NewsletterId>)> = vec![(LaneSet::ALL, Vec::new())];
        for (newsletter, lanes) in &self.0 {
            match groups.iter_mut().find(|(known, _)| known == lanes) {
                Some((_, newsletters)) => newsletters.push(*newsletter),
                None => groups.push((*lanes, vec![*newsletter])),
            }
        }
        if groups.len() == 1 {
            return vec![RelayGroup { lanes: LaneSet::ALL, whose: MailOwner::All }];
        }
        let others: Vec<NewsletterId> = groups[1..].iter().flat_map(|(_, newsletters)| newsletters.clone()).collect();
        let group = |(at, (lanes, newsletters))| {
            let whose = if at == 0 { MailOwner::AllBut(others.clone()) } else { MailOwner::Of(newsletters) };
            RelayGroup { lanes, whose }
        };
        let alarms = RelayGroup { lanes: LaneSet::ALL, whose: MailOwner::Alarms };
        groups.into_iter().enumerate().map(group).chain([alarms]).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_newsletter_goes_by_the_relays_it_names() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (week, staff) = (names(&["b", "c"]), names(&["a"]));
        let routes = Routes::new(
            [(NewsletterId(1), &week[..]), (NewsletterId(2), &staff[..]), (NewsletterId(3), &[][..])],
            &["a", "b", "c"],
        );
        let lanes = |newsletter| (0..3).filter(|lane| routes.of(newsletter).has(*lane)).collect::<Vec<_>>();
        assert_eq!(lanes(Some(NewsletterId(1))), [1, 2]);
        assert_eq!(lanes(Some(NewsletterId(2))), [0]);
        for any in [Some(NewsletterId(3)), Some(NewsletterId(9)), None] {
            assert_eq!(lanes(any), [0, 1, 2]);
        }
        assert_eq!(routes.groups().len(), 4);
    }

    #[test]
    fn where_all_goes_by_all_relays_there_is_one_group() {
        let none: [(NewsletterId, &[String]); 1] = [(NewsletterId(1), &[])];
        assert_eq!(
            Routes::new(none, &["a", "b"]).groups(),
            [RelayGroup { lanes: LaneSet::ALL, whose: MailOwner::All }]
        );
    }

    proptest! {
        #[test]
        fn every_newsletter_is_in_one_group_with_its_own_relays(
            named in proptest::collection::vec(proptest::collection::btree_set(0_usize..5, 0..5), 0..12),
        ) {
            let relays = ["a", "b", "c", "d", "e"];
            let names: Vec<Vec<String>> =
                named.iter().map(|lanes| lanes.iter().map(|lane| relays[*lane].to_owned()).collect()).collect();
            let ids = (1_i64..).map(NewsletterId);
            let routes = Routes::new(ids.zip(names.iter().map(Vec::as_slice)), &relays);
            let groups = routes.groups();
            for (at, lanes) in named.iter().enumerate() {
                let id = NewsletterId(i64::try_from(at).unwrap() + 1);
                let own: Vec<usize> = (0..5).filter(|lane| routes.of(Some(id)).has(*lane)).collect();
                let wanted: Vec<usize> = if lanes.is_empty() { (0..5).collect() } else { lanes.iter().copied().collect() };
                prop_assert_eq!(own, wanted, "no relay but those it names, and each of them");
                let in_it: Vec<&RelayGroup> = groups.iter().filter(|group| group.whose.has(id)).collect();
                prop_assert_eq!(in_it.len(), 1);
                prop_assert_eq!(in_it[0].lanes, routes.of(Some(id)));
            }
            prop_assert_eq!(groups.iter().filter(|group| group.whose.has(NewsletterId(99))).count(), 1);
            let of_newsletters: Vec<&RelayGroup> = groups.iter().filter(|group| group.whose != MailOwner::Alarms).collect();
            for (at, group) in of_newsletters.iter().enumerate() {
                prop_assert!(of_newsletters[..at].iter().all(|other| other.lanes != group.lanes), "no two for the same");
            }
        }
    }

    impl MailOwner {
        fn has(&self, newsletter: NewsletterId) -> bool {
            match self {
                Self::All => true,
                Self::Alarms => false,
                Self::Of(these) => these.contains(&newsletter),
                Self::AllBut(these) => !these.contains(&newsletter),
            }
        }
    }
}
