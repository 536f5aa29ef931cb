//! How long what is kept: the rule for each kind of row, and when old rows are taken away. Knows no table.

use std::time::Duration;

use super::string_enum;
use crate::clock::{DAY, Timestamp};

const DAY_MS: i64 = 24 * 3_600_000;

/// When in the day (UTC) old rows are taken away: few mails go out then.
const AT_MS: i64 = (4 * 60 + 40) * 60_000;
/// The first time that anything would go it is announced, so long before.
pub const ANNOUNCED_FOR: Duration = Duration::from_secs(7 * 24 * 3600);
/// A process is remembered for so long after its end.
const WORKER_DAYS: u32 = 100;
/// Within so many days a change of address is taken back by its request.
const REQUEST_DAYS: u32 = 30;
/// Content that nothing bears may be asked for again for so long: a draft goes back and forth.
const REVISION_DAYS: u32 = 90;

string_enum! {
    /// A kind of row that is not kept for ever, in the order in which they go.
    Expiry: "kind of what expires" {
        /// Subscriptions that were asked for and never confirmed.
        Unconfirmed = "unconfirmed",
        Unsubscribed = "unsubscribed",
        /// What was agreed to in subscriptions that are gone.
        Consents = "consents",
        /// The networks that consents came from.
        Networks = "networks",
        /// The rows of the ledger of old issues.
        Ledger = "ledger",
        /// The rows of the ledger that belong to no issue.
        SystemMail = "system_mail",
        Notices = "notices",
        /// What was asked for by links, with its addresses.
        Requests = "requests",
        /// Texts that no issue shows and no email bore.
        Revisions = "revisions",
        Events = "events",
        Workers = "workers",
    }
}

impl Expiry {
    /// Whether installations had begun to delete before this kind went: it has an announcement of its own there.
    pub fn is_later(self) -> bool {
        self == Self::Revisions
    }
}

/// For how many days each is kept; 0 is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// From the latest mail that asked.
    pub unconfirmed_days: u32,
    /// From the end of the subscription.
    pub unsubscribed_days: u32,
    /// From the end of the subscription; before, as long as it is stored.
    pub consent_days: u32,
    pub network_days: u32,
    /// From the end of the issue, in weeks.
    pub ledger_weeks: u32,
    /// From when the mail was settled.
    pub system_mail_days: u32,
    pub notice_days: u32,
    pub event_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            unconfirmed_days: 30,
            unsubscribed_days: 365,
            consent_days: 1095,
            network_days: 365,
            ledger_weeks: 52,
            system_mail_days: 90,
            notice_days: 400,
            event_days: 730,
        }
    }
}

impl Retention {
    /// For how many days a kind is kept; 0 is for ever.
    pub fn days(self, kind: Expiry) -> u32 {
        match kind {
            Expiry::Unconfirmed => self.unconfirmed_days,
            Expiry::Unsubscribed => self.unsubscribed_days,
            Expiry::Consents => self.consent_days,
            Expiry::Networks => self.network_days,
            Expiry::Ledger => self.ledger_weeks.saturating_mul(7),
            Expiry::SystemMail => self.system_mail_days,
            Expiry::Notices => self.notice_days,
            Expiry::Requests => REQUEST_DAYS,
            Expiry::Revisions => REVISION_DAYS,
            Expiry::Events => self.event_days,
            Expiry::Workers => WORKER_DAYS,
        }
    }

    /// What of a kind is from then or earlier has had its time; none when it is kept for ever.
    pub fn before(self, kind: Expiry, now: Timestamp) -> Option<Timestamp> {
        match self.days(kind) {
            0 => None,
            days => Some(now.minus(DAY * days)),
        }
    }
}

/// The last moment, not after `now`, at which old rows were to be taken away.
pub fn latest_run(now: Timestamp) -> Timestamp {
    Timestamp((now.0 - AT_MS).div_euclid(DAY_MS) * DAY_MS + AT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_a_day_too_early_or_too_late() {
        let now = Timestamp(1_800_000_000_000);
        let policy = Retention::default();
        for kind in Expiry::ALL {
            let before = policy.before(*kind, now).unwrap();
            assert_eq!(now.since(before), DAY * policy.days(*kind), "{kind}");
        }
        let for_ever = Retention {
            unconfirmed_days: 0,
            unsubscribed_days: 0,
            consent_days: 0,
            network_days: 0,
            ledger_weeks: 0,
            system_mail_days: 0,
            notice_days: 0,
            event_days: 0,
        };
        let ends: Vec<_> = Expiry::ALL.iter().filter(|kind| for_ever.before(**kind, now).is_some()).collect();
        let fixed = [&Expiry::Requests, &Expiry::Revisions, &Expiry::Workers];
        assert_eq!(ends, fixed, "no promise hangs on a longer time");
    }

    #[test]
    fn the_run_is_once_a_day() {
        let at = Timestamp(1_799_988_000_000 - 1_799_988_000_000 % DAY_MS + AT_MS);
        for (minutes, expected) in [(-1, -1), (0, 0), (1, 0), (24 * 60 - 1, 0), (24 * 60, 1)] {
            let now = Timestamp(at.0 + minutes * 60_000);
            assert_eq!(latest_run(now).0, at.0 + expected * DAY_MS, "{minutes} minutes");
        }
    }
}
