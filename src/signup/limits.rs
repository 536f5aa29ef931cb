//! How much strangers may do: a form is a way to flood other people's mailboxes. Knows no count.
//!
//! Two kinds of limit. What a mailbox gets is bounded, by what shows who asks: what strangers use up is never what the
//! owner needs. What comes in is bounded for one network alone; for a domain and altogether it only costs more work, since
//! a limit that everybody shares is one that anybody can use up for all.

use std::time::Duration;

use crate::clock::{DAY, MONTH, Timestamp};
use crate::domain::subscriber::AskedBy;
use crate::store::limits::{Asker, MailAllowance, MailRequest};

/// A mailbox gets from all newsletters together so many times what it gets from one.
const IN_ALL: u32 = 3;
/// Mails in a day and in a month to who comes by a link that was mailed to them: the first may be lost, and the second.
const BY_MAIL: (u32, u32) = (3, 10);
/// Mails in a day and in a month with a reader's own link, whoever asks for them.
const BY_LINK: (u32, u32) = (3, 6);
/// The same to somebody who is stored and reads nothing: they need it once, and a stranger may be asking.
const BY_LINK_OF_OTHERS: (u32, u32) = (1, 6);
/// The same after "not me": nobody is to play with that mailbox, but its owner may see what is stored.
const BY_LINK_AFTER_NOT_ME: (u32, u32) = (1, 1);

/// Why no mail goes out, though somebody asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The address must not be mailed.
    Suppressed,
    /// Its owner wants no mail that others ask for.
    Refused,
    /// It got as many as it may.
    Quota,
}

impl WhyNot {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suppressed => "suppressed",
            Self::Refused => "refused",
            Self::Quota => "quota",
        }
    }
}

/// The limits. Each is a setting, so that a large list can raise it and a small one lower it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Mails that strangers may cause from one newsletter to one mailbox in 24 hours, whatever the spelling of its address;
    /// from all together it is three times that.
    pub confirmations_per_day: u32,
    /// The same in 30 days.
    pub confirmations_per_month: u32,
    /// Mails that one network (IPv4 /24, IPv6 /56) may cause in an hour; then it is refused.
    pub requests_per_hour: u32,
    /// The same to addresses at one domain; then it costs more work.
    pub domain_requests_per_hour: u32,
    /// The same altogether; then it costs more work.
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

impl Limits {
    /// In a day and in a month.
    fn allowance(&self, by: AskedBy) -> (u32, u32) {
        let (day, month) = (self.confirmations_per_day, self.confirmations_per_month);
        match by {
            AskedBy::Form => (day, month),
            AskedBy::Mail => (day.max(BY_MAIL.0), month.max(BY_MAIL.1)),
            AskedBy::Link => BY_LINK,
        }
    }

    /// Why no mail goes out, if none does.
    pub(super) fn why_not(&self, by: AskedBy, standing: &MailAllowance) -> Option<WhyNot> {
        match standing {
            MailAllowance { suppressed: true, .. } => Some(WhyNot::Suppressed),
            MailAllowance { refused: true, .. } => Some(WhyNot::Refused),
            _ => is_full(self.allowance(by), standing).then_some(WhyNot::Quota),
        }
    }

    /// Why no mail with a link goes out, if none does. A reader who said "not me" has the link in each issue.
    pub(super) fn why_no_link(&self, is_reader: bool, standing: &MailAllowance) -> Option<WhyNot> {
        let allowance = match (is_reader, standing.refused) {
            (true, true) => return Some(WhyNot::Refused),
            (true, false) => self.allowance(AskedBy::Link),
            (false, false) => BY_LINK_OF_OTHERS,
            (false, true) => BY_LINK_AFTER_NOT_ME,
        };
        is_full(allowance, standing).then_some(WhyNot::Quota)
    }
}

/// Whether the mailbox got as many as it may, from the newsletter or from all together.
fn is_full((day, month): (u32, u32), standing: &MailAllowance) -> bool {
    standing.day >= i64::from(day)
        || standing.month >= i64::from(month)
        || standing.day_in_all >= i64::from(day) * i64::from(IN_ALL)
        || standing.month_in_all >= i64::from(month) * i64::from(IN_ALL)
}

/// What is asked of the ledger about a mailbox.
pub(super) fn asked(by: Asker<'_>, now: Timestamp) -> MailRequest<'_> {
    MailRequest { by, day: now.minus(DAY), month: now.minus(MONTH) }
}

/// When a request must bring a solved challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeWhen {
    /// When half of any limit is used up.
    Near,
    Always,
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
