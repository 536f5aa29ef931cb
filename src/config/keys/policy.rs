//! The keys of `[inbound.policy]`. No range lets one strike that is only likely suppress, or a bound that is never reached:
//! strikes count for 180 days.

use super::Absent::Default;
use super::ValueKind::Integer;
use super::kind::{Key, key};

pub(super) const KEYS: &[Key] = &[
    key(
        "inbound.policy.dead_strikes",
        Integer(2, 50),
        Default("2"),
        "How many strikes suppress the address of a mailbox that is only likely dead.",
    ),
    key(
        "inbound.policy.dead_days",
        Integer(1, 150),
        Default("5"),
        "How many days lie between the first and the last of them, at least.",
    ),
    key(
        "inbound.policy.disabled_strikes",
        Integer(2, 50),
        Default("3"),
        "How many strikes suppress the address of a mailbox that is disabled, or on a suppression list of the relay.",
    ),
    key(
        "inbound.policy.disabled_days",
        Integer(1, 150),
        Default("14"),
        "How many days lie between the first and the last of them, at least.",
    ),
    key(
        "inbound.policy.full_strikes",
        Integer(2, 50),
        Default("5"),
        "How many strikes suppress the address of a mailbox that is full or filters the email.",
    ),
    key(
        "inbound.policy.full_days",
        Integer(1, 150),
        Default("28"),
        "How many days lie between the first and the last of them, at least.",
    ),
    key(
        "inbound.policy.way_strikes",
        Integer(2, 50),
        Default("8"),
        "How many strikes suppress the address of a way that fails.",
    ),
    key(
        "inbound.policy.way_days",
        Integer(1, 150),
        Default("56"),
        "How many days lie between the first and the last of them, at least.",
    ),
    key(
        "inbound.policy.issue_brake_addresses",
        Integer(1, 1000),
        Default("10"),
        "How many addresses one relay may call dead in an issue before all that it would suppress is held.",
    ),
    key(
        "inbound.policy.issue_brake_percent",
        Integer(0, 10),
        Default("2"),
        "The same in percent of the readers of the issue, where that is more.",
    ),
    key(
        "inbound.policy.list_brake_addresses",
        Integer(1, 10000),
        Default("50"),
        "How many addresses bounces may suppress within 24 hours before what comes next is held.",
    ),
    key(
        "inbound.policy.list_brake_percent",
        Integer(0, 10),
        Default("2"),
        "The same in percent of all active readers, where that is more.",
    ),
    key(
        "inbound.policy.complaint_alarm_emails",
        Integer(1, 1000),
        Default("5"),
        "How many complaints about an issue at one mailbox provider call a person.",
    ),
    key(
        "inbound.policy.complaint_alarm_per_mille",
        Integer(0, 100),
        Default("3"),
        "How many they are, at least, of a thousand emails that this provider accepted.",
    ),
    key(
        "inbound.policy.ours_alarm_emails",
        Integer(1, 1000),
        Default("10"),
        "How many emails of an issue to one destination call a person when they come back within an hour because of us.",
    ),
    key(
        "inbound.policy.ours_alarm_percent",
        Integer(0, 100),
        Default("2"),
        "How many they are, at least, in percent of those that this destination accepted.",
    ),
    key(
        "inbound.policy.ours_pause_emails",
        Integer(1, 10000),
        Default("50"),
        "How many of them pause the issue while it goes out.",
    ),
    key(
        "inbound.policy.ours_pause_percent",
        Integer(0, 100),
        Default("5"),
        "The same in percent. Both numbers must be reached.",
    ),
    key(
        "inbound.policy.relay_alarm_emails",
        Integer(2, 1000),
        Default("5"),
        "How many emails a relay returns within an hour because it refuses us, and none for another cause, before a person is called.",
    ),
];
