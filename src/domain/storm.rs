//! When nobody is suppressed before a person has looked: too many addresses at once are called dead. And when a person is
//! called for what comes back. What relays refuse at once is `evidence`'s matter. Pure.

use super::string_enum;

/// So many addresses, or so large a share where that is more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrakeBound {
    pub addresses: u32,
    pub percent: u32,
}

impl BrakeBound {
    fn of(self, readers: i64) -> i64 {
        i64::from(self.addresses).max(readers * i64::from(self.percent) / 100)
    }
}

/// What is believed unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brakes {
    /// What one relay may suppress in one issue, of its readers.
    pub issue: BrakeBound,
    /// What bounces may suppress in a day over all issues, of all active readers.
    pub list: BrakeBound,
}

impl Default for Brakes {
    fn default() -> Self {
        Self { issue: BrakeBound { addresses: 10, percent: 2 }, list: BrakeBound { addresses: 50, percent: 2 } }
    }
}

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

impl Brakes {
    /// The brake that is on, if one is. While it is off the number of addresses that one relay has suppressed in one issue
    /// stays within the allowance.
    pub fn on(&self, facts: &Facts) -> Option<Brake> {
        let allowance = self.issue.of(facts.readers);
        if facts.accused > allowance || facts.suppressed >= allowance {
            Some(Brake::Issue)
        } else if facts.suppressed_today >= self.list.of(facts.active) {
            Some(Brake::List)
        } else {
            None
        }
    }
}

/// So many emails, and so large a share of those that it may be said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallBound {
    pub emails: u32,
    pub per_mille: u32,
}

impl CallBound {
    /// Whether `emails` of `all` reach both numbers.
    pub fn is_reached(self, emails: i64, all: i64) -> bool {
        emails >= i64::from(self.emails) && emails.saturating_mul(1000) >= all.saturating_mul(self.per_mille.into())
    }
}

/// When a person is called for what comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calls {
    /// Complaints about an issue, of its emails that one provider accepted.
    pub complaints: CallBound,
    /// Emails of an issue that come back within an hour because of us, of those that one destination accepted.
    pub ours: CallBound,
    /// The same where the issue is paused.
    pub pause: CallBound,
    /// Emails that a relay returns within an hour because of us, while it returns none for another cause.
    pub relay: u32,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            complaints: CallBound { emails: 5, per_mille: 3 },
            ours: CallBound { emails: 10, per_mille: 20 },
            pause: CallBound { emails: 50, per_mille: 50 },
            relay: 5,
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
            assert_eq!(Brakes::default().on(&facts), expected, "{accused} of {readers}");
        }
    }

    #[test]
    fn a_day_has_its_bound_over_all_issues() {
        let on = |suppressed_today, active| {
            Brakes::default().on(&Facts { readers: 10_000, active, suppressed_today, ..Facts::default() })
        };
        assert_eq!(on(49, 100), None);
        assert_eq!(on(50, 100), Some(Brake::List));
        assert_eq!(on(199, 10_000), None);
        assert_eq!(on(200, 10_000), Some(Brake::List));
    }

    #[test]
    fn a_person_is_called_at_both_numbers() {
        let calls = Calls::default();
        for (bound, emails, all, expected) in [
            (calls.complaints, 4, 4, false),
            (calls.complaints, 5, 1666, true),
            (calls.complaints, 5, 1667, false),
            (calls.complaints, 6, 2000, true),
            (calls.ours, 9, 10, false),
            (calls.ours, 10, 500, true),
            (calls.ours, 10, 501, false),
            (calls.pause, 49, 49, false),
            (calls.pause, 50, 1000, true),
            (calls.pause, 50, 1001, false),
        ] {
            assert_eq!(bound.is_reached(emails, all), expected, "{emails} of {all}: {bound:?}");
        }
    }

    proptest! {
        /// However the accusations come in, and whatever was settled between them.
        #[test]
        fn no_order_of_events_suppresses_more_than_the_allowance(
            readers in 1..5000_i64, steps in prop::collection::vec(any::<bool>(), 0..400),
            addresses in 1..=100_u32, percent in 0..=10_u32,
        ) {
            let allowance = BrakeBound { addresses, percent };
            let brakes = Brakes { issue: allowance, ..Brakes::default() };
            let (mut facts, mut waiting) = (Facts { readers, active: 1_000_000, ..Facts::default() }, 0);
            for is_accusation in steps {
                if is_accusation {
                    facts.accused += 1;
                    waiting += 1;
                } else if waiting > 0 && brakes.on(&facts).is_none() {
                    waiting -= 1;
                    facts.suppressed += 1;
                }
            }
            prop_assert!(facts.suppressed <= allowance.of(readers));
        }
    }
}
