//! `[inbound.policy]`: the numbers by which what comes back is judged. Their ranges stand in the table of keys.

use super::reader::Section;
use crate::domain::policy::Policy;
use crate::domain::standing::{Bound, Strikes};
use crate::domain::storm::{BrakeBound, Brakes};

pub(super) fn read(section: Section<'_>) -> Option<Policy> {
    let bound = |strikes, days| Some(Bound { strikes: section.small(strikes)?, days: section.small(days)? });
    let allowance = |addresses, percent| {
        Some(BrakeBound { addresses: section.small(addresses)?, percent: section.small(percent)? })
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
    })
}
