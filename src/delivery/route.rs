//! Which relays carry which newsletter's mail. Pure: knows no relay's state. All kinds of a newsletter's mail go by the
//! same.

use super::queue::LaneSet;
use crate::domain::NewsletterId;

/// The relays of every newsletter.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes(Vec<(NewsletterId, LaneSet)>);

/// Newsletters that go by the same relays: what waits for those holds up nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) lanes: LaneSet,
    pub(super) newsletters: Newsletters,
}

/// Some newsletters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Newsletters {
    /// These.
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

    /// A newsletter's.
    pub(super) fn of(&self, newsletter: Option<NewsletterId>) -> LaneSet {
        let known = self.0.iter().find(|(known, _)| Some(*known) == newsletter);
        known.map_or(LaneSet::ALL, |(_, lanes)| *lanes)
    }

    /// Every newsletter there is or was in exactly one group.
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<(LaneSet, Vec<NewsletterId>)> = vec![(LaneSet::ALL, Vec::new())];
        for (newsletter, lanes) in &self.0 {
            match groups.iter_mut().find(|(known, _)| known == lanes) {
                Some((_, newsletters)) => newsletters.push(*newsletter),
                None => groups.push((*lanes, vec![*newsletter])),
            }
        }
        let others: Vec<NewsletterId> = groups[1..].iter().flat_map(|(_, newsletters)| newsletters.clone()).collect();
        let group = |(at, (lanes, newsletters))| {
            let newsletters = if at == 0 { Newsletters::AllBut(others.clone()) } else { Newsletters::Of(newsletters) };
            Group { lanes, newsletters }
        };
        groups.into_iter().enumerate().map(group).collect()
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
        assert_eq!(routes.groups().len(), 3);
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
                let in_it: Vec<&Group> = groups.iter().filter(|group| group.newsletters.has(id)).collect();
                prop_assert_eq!(in_it.len(), 1);
                prop_assert_eq!(in_it[0].lanes, routes.of(Some(id)));
            }
            prop_assert_eq!(groups.iter().filter(|group| group.newsletters.has(NewsletterId(99))).count(), 1);
            for (at, group) in groups.iter().enumerate() {
                prop_assert!(groups[..at].iter().all(|other| other.lanes != group.lanes), "no two for the same relays");
            }
        }
    }

    impl Newsletters {
        fn has(&self, newsletter: NewsletterId) -> bool {
            match self {
                Self::Of(these) => these.contains(&newsletter),
                Self::AllBut(these) => !these.contains(&newsletter),
            }
        }
    }
}
