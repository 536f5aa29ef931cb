//! `[inbound.policy]`: the numbers by which what comes back is judged. Their ranges stand in the table of keys.

use super::reader::Section;
use crate::domain::policy::Policy;
use crate::domain::standing::{Bound, Strikes};
use crate::domain::storm::{BrakeBound, Brakes, CallBound, Calls};

pub(super) fn read(section: Section<'_>) -> Option<Policy> {
    let bound = |strikes, days| Some(Bound { strikes: section.small(strikes)?, days: section.small(days)? });
    let allowance = |addresses, percent| {
        Some(BrakeBound { addresses: section.small(addresses)?, percent: section.small(percent)? })
    };
    let call = |emails, share, per_mille: u32| {
        Some(CallBound { emails: section.small(emails)?, per_mille: section.small(share)? * per_mille })
    };
    Some(Policy {
        strikes: Strikes {
            dead: bound("dead_strikes", "dead_days")?,
            disabled: bound("disabled_strikes", "disabled_days")?,
            full: bound("full_strikes", "full_days")?,
            way: bound("way_strikes", "way_days")?,
        },
        brakes: Brakes {
            issue: allowance("issue_brake_addresses", "issue_brake_percent")?,
            list: allowance("list_brake_addresses", "list_brake_percent")?,
        },
        calls: Calls {
            complaints: call("complaint_alarm_emails", "complaint_alarm_per_mille", 1)?,
            ours: call("ours_alarm_emails", "ours_alarm_percent", 10)?,
            pause: call("ours_pause_emails", "ours_pause_percent", 10)?,
            relay: section.small("relay_alarm_emails")?,
        },
    })
}
