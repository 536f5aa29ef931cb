//! What a notice means for a reader, by all that is known of their address. Pure: history in, what follows out.
//!
//! A *strike* is one mail that came back. A *run* is the strikes since the last mail that stayed, newest back. A mail
//! that stayed for five days ends a run: proof of life, not the clock, makes good again.

use std::time::Duration;

use super::cause::{Cause, Certainty, Class};
use crate::clock::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A notice is settled so long after it came, unless the settings say otherwise.
pub const SETTLE_AFTER: Duration = Duration::from_secs(3600);
/// Reports may come for so long after a mail was taken.
pub const STAYED_AFTER: Duration = Duration::from_secs(5 * 24 * 3600);
/// Older strikes do not exist.
pub const FORGOTTEN_AFTER: Duration = Duration::from_secs(180 * 24 * 3600);

/// A mail to an address and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailFate {
    /// It was taken then, and nothing came back.
    Stayed(Timestamp),
    Strike {
        at: Timestamp,
        cause: Cause,
    },
}

impl MailFate {
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Stayed(at) | Self::Strike { at, .. } => *at,
        }
    }
}

/// What follows from a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// It is no fault of the reader.
    Nothing,
    /// It is a strike, and not the last one.
    Strike,
    /// The address is to be mailed no more.
    Suppress,
}

/// So many strikes in a run, the first and the last so many days apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    pub strikes: u32,
    pub days: u32,
}

/// The bounds of a run, by cause. A cause that has none never costs a reader anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strikes {
    /// Class `dead`, where it is only likely: one that is certain needs no second strike.
    pub dead: Bound,
    /// `disabled` and `suppressed`.
    pub disabled: Bound,
    /// `full` and `filtered`.
    pub full: Bound,
    /// Class `way`.
    pub way: Bound,
}

impl Default for Strikes {
    fn default() -> Self {
        Self {
            dead: Bound { strikes: 2, days: 5 },
            disabled: Bound { strikes: 3, days: 14 },
            full: Bound { strikes: 5, days: 28 },
            way: Bound { strikes: 8, days: 56 },
        }
    }
}

impl Strikes {
    /// The bound for a cause, if it has one.
    fn bound(&self, cause: Cause) -> Option<Bound> {
        rank(cause).map(|rank| match rank {
            Rank::Dead => self.dead,
            Rank::Disabled => self.disabled,
            Rank::Full => self.full,
            Rank::Way => self.way,
        })
    }

    /// What follows from a notice of `cause`. `history` are the mails to this address, the noticed one among them.
    pub fn follows(&self, cause: Cause, certainty: Certainty, history: &[MailFate], now: Timestamp) -> Follows {
        let Some(bound) = self.bound(cause) else { return Follows::Nothing };
        if cause.class() == Class::Dead && certainty == Certainty::Certain {
            return Follows::Suppress;
        }
        let run = run(rank(cause), history, now);
        let apart = match (run.iter().min(), run.iter().max()) {
            (Some(first), Some(last)) => last.since(*first),
            _ => Duration::ZERO,
        };
        match run.len() >= bound.strikes as usize && apart >= DAY * bound.days {
            true => Follows::Suppress,
            false => Follows::Strike,
        }
    }
}

/// How bad a cause is, the worst first: a strike counts in the runs of everything that is no worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Dead,
    Disabled,
    Full,
    Way,
}

fn rank(cause: Cause) -> Option<Rank> {
    match cause {
        Cause::Disabled | Cause::Suppressed => Some(Rank::Disabled),
        Cause::Full | Cause::Filtered => Some(Rank::Full),
        _ => match cause.class() {
            Class::Dead => Some(Rank::Dead),
            Class::Way => Some(Rank::Way),
            Class::Reader | Class::Ours | Class::Unknown => None,
        },
    }
}

/// When the strikes were that count for causes of this rank.
fn run(rank: Option<Rank>, history: &[MailFate], now: Timestamp) -> Vec<Timestamp> {
    let since = now.minus(FORGOTTEN_AFTER);
    let settled = now.minus(STAYED_AFTER);
    let stayed = history.iter().filter(|one| matches!(one, MailFate::Stayed(at) if *at <= settled));
    let last_stayed = stayed.map(MailFate::at).max();
    let run = history.iter().filter_map(|one| match one {
        MailFate::Strike { at, cause } => {
            let counts = self::rank(*cause).is_some_and(|other| Some(other) <= rank);
            (counts && *at > since && last_stayed.is_none_or(|stayed| *at > stayed)).then_some(*at)
        }
        MailFate::Stayed(_) => None,
    });
    run.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn ago(days: u32) -> Timestamp {
        NOW.minus(DAY * days)
    }

    fn strikes(cause: Cause, days: &[u32]) -> Vec<MailFate> {
        days.iter().map(|days| MailFate::Strike { at: ago(*days), cause }).collect()
    }

    fn likely(cause: Cause, history: &[MailFate]) -> Follows {
        Strikes::default().follows(cause, Certainty::Likely, history, NOW)
    }

    #[test]
    fn each_row_of_the_table_holds_at_its_threshold() {
        for (cause, days, expected) in [
            (Cause::NoMailbox, &[0][..], Follows::Strike),
            (Cause::NoMailbox, &[0, 4], Follows::Strike),
            (Cause::NoMailbox, &[0, 5], Follows::Suppress),
            (Cause::Disabled, &[0, 7], Follows::Strike),
            (Cause::Disabled, &[0, 7, 13], Follows::Strike),
            (Cause::Disabled, &[0, 7, 14], Follows::Suppress),
            (Cause::Suppressed, &[0, 7, 14], Follows::Suppress),
            (Cause::Full, &[0, 7, 14, 28], Follows::Strike),
            (Cause::Full, &[0, 7, 14, 21, 27], Follows::Strike),
            (Cause::Full, &[0, 7, 14, 21, 28], Follows::Suppress),
            (Cause::Filtered, &[0, 7, 14, 21, 28], Follows::Suppress),
            (Cause::Network, &[0, 7, 14, 21, 28, 35, 56], Follows::Strike),
            (Cause::Network, &[0, 7, 14, 21, 28, 35, 42, 55], Follows::Strike),
            (Cause::Network, &[0, 7, 14, 21, 28, 35, 42, 56], Follows::Suppress),
            (Cause::Full, &[0, 7, 14, 21, 181], Follows::Strike),
        ] {
            assert_eq!(likely(cause, &strikes(cause, days)), expected, "{cause} {days:?}");
        }
        let certain = |cause| Strikes::default().follows(cause, Certainty::Certain, &[], NOW);
        assert_eq!(certain(Cause::NoMailbox), Follows::Suppress);
        assert_eq!(certain(Cause::Disabled), Follows::Strike);
    }

    /// `count` strikes, the first and the last `days` apart.
    fn run_of(cause: Cause, count: u32, days: u32) -> Vec<MailFate> {
        let between = (0..count).map(|at| if at + 1 == count { days } else { at.min(days) });
        strikes(cause, &between.collect::<Vec<u32>>())
    }

    /// The bound that a cause has, written down apart from the program's own table.
    fn bound_of(policy: &Strikes, cause: Cause) -> Option<Bound> {
        match cause {
            Cause::NoMailbox | Cause::NoDomain | Cause::NoMail | Cause::Moved => Some(policy.dead),
            Cause::Disabled | Cause::Suppressed => Some(policy.disabled),
            Cause::Full | Cause::Filtered => Some(policy.full),
            Cause::Expired | Cause::Network | Cause::Remote => Some(policy.way),
            _ => None,
        }
    }

    #[test]
    fn every_cause_holds_below_at_and_above_its_bound() {
        for cause in Cause::ALL.iter().copied() {
            let Some(Bound { strikes, days }) = bound_of(&Strikes::default(), cause) else { continue };
            for more in -1..=1 {
                for later in -1..=1 {
                    let (count, apart) = (strikes.strict_add_signed(more), days.strict_add_signed(later));
                    // One strike is no time apart from itself.
                    let is_reached = more >= 0 && later >= 0;
                    let expected = if is_reached { Follows::Suppress } else { Follows::Strike };
                    assert_eq!(
                        likely(cause, &run_of(cause, count, apart)),
                        expected,
                        "{cause}: {count} over {apart} days"
                    );
                }
            }
        }
    }

    #[test]
    fn a_mail_that_stayed_ends_the_run() {
        let mut history = strikes(Cause::Full, &[0, 7, 14, 28, 35]);
        assert_eq!(likely(Cause::Full, &history), Follows::Suppress);
        history.push(MailFate::Stayed(ago(21)));
        assert_eq!(likely(Cause::Full, &history), Follows::Strike);
        let mut recent = strikes(Cause::Full, &[0, 7, 14, 28, 35]);
        recent.push(MailFate::Stayed(ago(4)));
        assert_eq!(likely(Cause::Full, &recent), Follows::Suppress, "it may still come back");
    }

    #[test]
    fn worse_strikes_count_and_milder_ones_do_not() {
        let mut history = strikes(Cause::NoMailbox, &[7]);
        history.extend(strikes(Cause::Disabled, &[0, 14]));
        assert_eq!(likely(Cause::Disabled, &history), Follows::Suppress);
        let mut history = strikes(Cause::Full, &[7]);
        history.extend(strikes(Cause::Disabled, &[0, 14]));
        assert_eq!(likely(Cause::Disabled, &history), Follows::Strike);
    }

    fn any_history() -> impl Strategy<Value = Vec<MailFate>> {
        let cause = prop::sample::select(Cause::ALL);
        let one = (0..400_u32, prop::option::of(cause)).prop_map(|(days, cause)| match cause {
            Some(cause) => MailFate::Strike { at: ago(days), cause },
            None => MailFate::Stayed(ago(days)),
        });
        prop::collection::vec(one, 0..20)
    }

    /// So many histories are tried of what never costs a reader anything.
    const HARMLESS: u32 = 100_000;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(HARMLESS))]

        #[test]
        fn a_history_of_our_own_faults_never_suppresses(
            history in prop::collection::vec((0..400_u32, prop::sample::select(harmless())), 0..20),
            certainty in prop::sample::select(Certainty::ALL), next in prop::sample::select(Cause::ALL),
        ) {
            let history: Vec<_> =
                history.into_iter().map(|(days, cause)| MailFate::Strike { at: ago(days), cause }).collect();
            for fate in &history {
                let MailFate::Strike { cause, .. } = fate else { continue };
                prop_assert_eq!(Strikes::default().follows(*cause, certainty, &history, NOW), Follows::Nothing);
            }
            // Nor do they bring nearer what is the reader's: alone, it is one strike at most.
            prop_assert_ne!(likely(next, &history), Follows::Suppress);
        }
    }

    fn harmless() -> Vec<Cause> {
        Cause::ALL.iter().copied().filter(|cause| matches!(cause.class(), Class::Ours | Class::Unknown)).collect()
    }

    proptest! {
        #[test]
        fn what_is_ours_or_unknown_never_costs_a_reader_anything(
            history in any_history(), cause in prop::sample::select(Cause::ALL),
            certainty in prop::sample::select(Certainty::ALL),
        ) {
            if matches!(cause.class(), Class::Ours | Class::Unknown) {
                prop_assert_eq!(Strikes::default().follows(cause, certainty, &history, NOW), Follows::Nothing);
            }
        }

        #[test]
        fn any_numbers_hold_at_their_bound(
            cause in prop::sample::select(Cause::ALL), strikes in 2..=50_u32, days in 1..=150_u32,
        ) {
            let bound = Bound { strikes, days };
            let policy = Strikes { dead: bound, disabled: bound, full: bound, way: bound };
            prop_assume!(bound_of(&policy, cause).is_some());
            let follows = |count, apart| policy.follows(cause, Certainty::Likely, &run_of(cause, count, apart), NOW);
            prop_assert_eq!(follows(strikes, days), Follows::Suppress);
            prop_assert_eq!(follows(strikes - 1, days), Follows::Strike);
            prop_assert_eq!(follows(strikes, days - 1), Follows::Strike);
        }

        #[test]
        fn one_more_strike_never_takes_a_suppression_back_and_one_that_stayed_never_makes_one(
            history in any_history(), cause in prop::sample::select(Cause::ALL), days in 0..400_u32,
            other in prop::sample::select(Cause::ALL),
        ) {
            let before = likely(cause, &history);
            let mut more = history.clone();
            more.push(MailFate::Strike { at: ago(days), cause: other });
            prop_assert!(before != Follows::Suppress || likely(cause, &more) == Follows::Suppress);
            let mut stayed = history;
            stayed.push(MailFate::Stayed(ago(days)));
            prop_assert!(before == Follows::Suppress || likely(cause, &stayed) != Follows::Suppress);
        }

        #[test]
        fn the_order_of_a_history_does_not_matter(mut history in any_history(), cause in prop::sample::select(Cause::ALL)) {
            let forward = likely(cause, &history);
            history.reverse();
            prop_assert_eq!(forward, likely(cause, &history));
        }
    }
}
