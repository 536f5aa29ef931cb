//! `[retention]`: how long what is kept.

use super::reader::Section;
use crate::domain::retention::Retention;

/// What a shorter time would break: links that are promised to work, changes that can be taken back, limits that count.
const LEAST: &[(&str, u32, &str)] = &[
    ("unconfirmed_days", 8, "a confirmation link works for 7 days"),
    ("unsubscribed_days", 31, "a change of address can be taken back for 30 days"),
    ("consent_days", 31, "what is said of a subscription is asked for in the days after its end"),
    ("ledger_weeks", 10, "an import is taken back by it, and keys are counted by it, for 60 days"),
    ("system_mail_days", 60, "limits and imports go by it for 30 days, and keys are counted by it for 60"),
    ("notice_days", 180, "what came back counts for 180 days"),
    ("event_days", 31, "reports go by it for a month"),
];

pub(super) fn read(section: Section<'_>) -> Option<Retention> {
    let time = |name: &str| {
        let found = section.small(name)?;
        let least = LEAST.iter().find(|(known, ..)| *known == name);
        match least {
            Some((_, least, why)) if found > 0 && found < *least => {
                let hint = format!("write {least} or more, or 0 for ever");
                section.refuse(name, format!("{found} is too short: {why}"), Some(&hint));
                None
            }
            _ => Some(found),
        }
    };
    let (unconfirmed_days, unsubscribed_days) = (time("unconfirmed_days"), time("unsubscribed_days"));
    let (consent_days, network_days) = (time("consent_days"), time("network_days"));
    let (ledger_weeks, system_mail_days) = (time("ledger_weeks"), time("system_mail_days"));
    let (notice_days, event_days) = (time("notice_days"), time("event_days"));
    Some(Retention {
        unconfirmed_days: unconfirmed_days?,
        unsubscribed_days: unsubscribed_days?,
        consent_days: consent_days?,
        network_days: network_days?,
        ledger_weeks: ledger_weeks?,
        system_mail_days: system_mail_days?,
        notice_days: notice_days?,
        event_days: event_days?,
    })
}
