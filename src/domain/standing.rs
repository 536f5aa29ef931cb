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

/// So many strikes in a run, the first and the last so far apart.
#[derive(Clone, Copy, Debug)]
struct Bound {
    strikes: usize,
    apart: Duration,
}

/// The bound for a cause, and how bad the cause is: a strike counts in the runs of everything that is no worse.
fn bound(cause: Cause) -> Option<(u8, Bound)> {
    let bound = |rank, strikes, days: u32| Some((rank, Bound { strikes, apart: DAY * days }));
    match cause {
        Cause::Disabled | Cause::Suppressed => bound(1, 3, 14),
        Cause::Full | Cause::Filtered => bound(2, 5, 28),
        _ => match cause.class() {
            Class::Dead => bound(0, 2, 5),
            Class::Way => bound(3, 8, 56),
            Class::Reader | Class::Ours | Class::Unknown => None,
        },
    }
}

/// What follows from a notice of `cause`. `history` are the mails to this address, the noticed one among them.
pub fn follows(cause: Cause, certainty: Certainty, history: &[MailFate], now: Timestamp) -> Follows {
    let Some((rank, bound)) = bound(cause) else { return Follows::Nothing };
    if cause.class() == Class::Dead && certainty == Certainty::Certain {
        return Follows::Suppress;
    }
    let since = now.minus(FORGOTTEN_AFTER);
    let settled = now.minus(STAYED_AFTER);
    let stayed = history.iter().filter(|one| matches!(one, MailFate::Stayed(at) if *at <= settled));
    let last_stayed = stayed.map(MailFate::at).max();
    let run = history.iter().filter_map(|one| match one {
        MailFate::Strike { at, cause } => {
            let counts = self::bound(*cause).is_some_and(|(other, _)| other <= rank);
            (counts && *at > since && last_stayed.is_none_or(|stayed| *at > stayed)).then_some(*at)
        }
        MailFate::Stayed(_) => None,
    });
    let run: Vec<Timestamp> = run.collect();
    let apart = match (run.iter().min(), run.iter().max()) {
        (Some(first), Some(last)) => last.since(*first),
        _ => Duration::ZERO,
    };
    match run.len() >= bound.strikes && apart >= bound.apart {
        true => Follows::Suppress,
        false => Follows::Strike,
    }
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
        follows(cause, Certainty::Likely, history, NOW)
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
        assert_eq!(follows(Cause::NoMailbox, Certainty::Certain, &[], NOW), Follows::Suppress);
        assert_eq!(follows(Cause::Disabled, Certainty::Certain, &[], NOW), Follows::Strike);
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

    proptest! {
        #[test]
        fn what_is_ours_or_unknown_never_costs_a_reader_anything(
            history in any_history(), cause in prop::sample::select(Cause::ALL),
            certainty in prop::sample::select(Certainty::ALL),
        ) {
            if matches!(cause.class(), Class::Ours | Class::Unknown) {
                prop_assert_eq!(follows(cause, certainty, &history, NOW), Follows::Nothing);
            }
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
