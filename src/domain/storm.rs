//! When nobody is suppressed before a person has looked: too many addresses at once are called dead. Decides over
//! suppression alone; whether mail goes on is `evidence`'s matter. Pure.

use super::evidence::allowance;
use super::string_enum;

/// Readers suppressed for bounces in a day, over all issues, before a person looks.
pub const DAILY_MIN: i64 = 50;
/// The same as a share of all active readers, in hundredths.
const DAILY_HUNDREDTHS: i64 = 2;

string_enum! {
    Brake: "brake" {
        /// One relay calls more of an issue's readers dead than can be believed unseen.
        Issue = "issue",
        /// More readers than usual would be suppressed in one day.
        List = "list",
    }
}

/// What is known where a notice would suppress an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub readers: i64,
    /// Addresses that this relay calls dead in this issue. Not those of which an earlier issue has said so already.
    pub accused: i64,
    /// Addresses that were suppressed for it without a person's word.
    pub suppressed: i64,
    /// Active readers of all newsletters.
    pub active: i64,
    /// Addresses that were suppressed for bounces within a day without a person's word.
    pub suppressed_today: i64,
}

impl Facts {
    /// The brake that is on, if one is. While it is off the number of addresses that one relay has suppressed in one issue
    /// stays within the allowance: 10, or 2 % of the issue's readers.
    pub fn brake(&self) -> Option<Brake> {
        let allowance = allowance(self.readers);
        if self.accused > allowance || self.suppressed >= allowance {
            Some(Brake::Issue)
        } else if self.suppressed_today >= DAILY_MIN.max(self.active * DAILY_HUNDREDTHS / 100) {
            Some(Brake::List)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_allowance_is_exact() {
        for (readers, accused, expected) in [
            (20, 10, None),
            (20, 11, Some(Brake::Issue)),
            (500, 10, None),
            (500, 11, Some(Brake::Issue)),
            (1000, 20, None),
            (1000, 21, Some(Brake::Issue)),
            (1_000_000, 20_000, None),
            (1_000_000, 20_001, Some(Brake::Issue)),
        ] {
            let facts = Facts { readers, accused, active: readers, ..Facts::default() };
            assert_eq!(facts.brake(), expected, "{accused} of {readers}");
        }
    }

    #[test]
    fn a_day_has_its_bound_over_all_issues() {
        let facts = |suppressed_today, active| Facts { readers: 10_000, active, suppressed_today, ..Facts::default() };
        assert_eq!(facts(49, 100).brake(), None);
        assert_eq!(facts(50, 100).brake(), Some(Brake::List));
        assert_eq!(facts(199, 10_000).brake(), None);
        assert_eq!(facts(200, 10_000).brake(), Some(Brake::List));
    }

    proptest! {
        /// However the accusations come in, and whatever was settled between them.
        #[test]
        fn no_order_of_events_suppresses_more_than_the_allowance(
            readers in 1..5000_i64, steps in prop::collection::vec(any::<bool>(), 0..400),
        ) {
            let (mut facts, mut waiting) = (Facts { readers, active: 1_000_000, ..Facts::default() }, 0);
            for is_accusation in steps {
                if is_accusation {
                    facts.accused += 1;
                    waiting += 1;
                } else if waiting > 0 && facts.brake().is_none() {
                    waiting -= 1;
                    facts.suppressed += 1;
                }
            }
            prop_assert!(facts.suppressed <= allowance(readers));
        }
    }
}
