//! How much strangers may do: a form is a way to flood other people's mailboxes. Knows no count.

use std::time::Duration;

/// The limits. Each is a setting, so that a large list can raise it and a small one lower it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Mails to one mailbox in 24 hours, whatever the spelling of its address.
    pub confirmations_per_day: u32,
    /// The same in 30 days.
    pub confirmations_per_month: u32,
    /// Requests from one network (IPv4 /24, IPv6 /56) in an hour.
    pub requests_per_hour: u32,
    /// Requests for addresses at one domain in an hour.
    pub domain_requests_per_hour: u32,
    /// Requests altogether in an hour.
    pub all_requests_per_hour: u32,
    /// When a machine's work is asked for.
    pub challenge: ChallengeWhen,
    /// How many hashes that work takes at most; half of them on average.
    pub challenge_work: u32,
    /// The shortest time in which a person fills in a form that was shown to them.
    pub form_age_min: Duration,
    /// The earliest answer after a request: longer than any of them takes, so that the time tells nothing of an address.
    pub answer_after: Duration,
}

/// When a request must bring a solved challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeWhen {
    /// When half of any limit is used up.
    Near,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ChallengeWhen {
    /// As the configuration spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Near => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

impl std::str::FromStr for ChallengeWhen {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Near, Self::Always, Self::Never].into_iter().find(|when| when.as_str() == text).ok_or(())
    }
}

/// The configuration's defaults, but for the two waits: those are for strangers, not for tests.
impl Default for Limits {
    fn default() -> Self {
        Self {
            confirmations_per_day: 1,
            confirmations_per_month: 3,
            requests_per_hour: 60,
            domain_requests_per_hour: 1_000,
            all_requests_per_hour: 5_000,
            challenge: ChallengeWhen::Near,
            challenge_work: 50_000,
            form_age_min: Duration::ZERO,
            answer_after: Duration::ZERO,
        }
    }
}
