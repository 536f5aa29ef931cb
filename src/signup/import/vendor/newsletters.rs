//! Exports of services for newsletters.

use super::super::meaning::Meaning::{
    self, Complained, Email, FirstName, Ignored, OptInNetwork, Status, Subscribed, SubscribedAt, Suppressed,
    Unsubscribed,
};
use super::super::standing::Standing::{
    self, Active, Blocked, Bounced, Complained as SaidSpam, Pending, Unsubscribed as Gone,
};
use super::{UNKNOWN, Vendor};

/// The columns of Mailchimp that say when somebody went, whichever file they stand in.
const MAILCHIMP: &[(&str, Meaning)] = &[
    ("email_address", Email),
    ("email", Email),
    ("optin_time", SubscribedAt),
    ("confirm_time", SubscribedAt),
    ("optin_ip", OptInNetwork),
    ("confirm_ip", OptInNetwork),
    ("unsub_time", Unsubscribed),
    ("unsub", Unsubscribed),
    ("clean_time", Suppressed),
    ("bounce", Suppressed),
    ("address", Ignored),
    ("unsub_campaign_title", Ignored),
    ("unsub_campaign_id", Ignored),
    ("unsub_reason", Ignored),
    ("unsub_reason_other", Ignored),
    ("clean_campaign_title", Ignored),
    ("clean_campaign_id", Ignored),
];

/// What Buttondown calls its subscribers.
const BUTTONDOWN: &[(&str, Standing)] = &[
    ("regular", Active),
    ("premium", Active),
    ("gifted", Active),
    ("trialed", Active),
    ("unpaid", Active),
    ("past_due", Active),
    ("churned", Active),
    ("churning", Active),
    ("unactivated", Pending),
    ("upcoming", Pending),
    ("removed", Blocked),
    ("blocked", Blocked),
    ("disabled", Blocked),
    ("spammy", SaidSpam),
    ("complained", SaidSpam),
    ("undeliverable", Bounced),
];

pub(super) static VENDORS: &[Vendor] = &[
    Vendor {
        key: "substack",
        name: "Substack",
        all: &["email", "active_subscription", "email_disabled"],
        deleted_at: Some("deletion-request.substack.com"),
        columns: &[
            ("email_disabled", Unsubscribed),
            ("active_subscription", Ignored),
            ("expiry", Ignored),
            ("plan", Ignored),
            ("first_payment_at", Ignored),
            ("created_at", SubscribedAt),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "substack",
        name: "Substack's dashboard",
        all: &["email", "stripe_plan", "start_date"],
        any: &["type", "cancel_date", "activity", "subscription_source_free"],
        columns: &[
            ("start_date", SubscribedAt),
            ("cancel_date", Ignored),
            ("type", Ignored),
            ("activity", Ignored),
            ("subscription_source_free", Ignored),
            ("subscription_source_paid", Ignored),
            ("stripe_plan", Ignored),
            ("paid_upgrade_date", Ignored),
            ("days_active_last_30d", Ignored),
        ],
        missing: Some(
            "This list of Substack does not say whose email is switched off. The export under Settings, Import and \
             export does, in its column email_disabled.",
        ),
        ..UNKNOWN
    },
    Vendor {
        key: "mailchimp",
        name: "Mailchimp",
        all: &["leid", "euid"],
        any: &["member_rating", "optin_time", "unsub_time", "clean_time", "confirm_time"],
        columns: MAILCHIMP,
        missing: Some(
            "Mailchimp keeps those who unsubscribed and those whose address is dead in files of their own \
             (unsubscribed_…csv, cleaned_…csv). Import all files of the export together.",
        ),
        ..UNKNOWN
    },
    Vendor {
        key: "mailchimp",
        name: "Mailchimp",
        all: &["member_rating", "optin_time"],
        columns: MAILCHIMP,
        ..UNKNOWN
    },
    Vendor {
        key: "buttondown",
        name: "Buttondown",
        all: &["subscriber_type"],
        any: &["creation_date", "subscription_date", "unsubscription_date"],
        columns: &[
            ("email_address", Email),
            ("subscriber_type", Status),
            ("type", Ignored),
            ("creation_date", SubscribedAt),
            ("subscription_date", SubscribedAt),
            ("unsubscription_date", Unsubscribed),
            ("unsubscription_reason", Ignored),
            ("undeliverability_date", Suppressed),
            ("undeliverability_reason", Ignored),
            ("churn_date", Ignored),
            ("ip_address", OptInNetwork),
        ],
        words: BUTTONDOWN,
        ..UNKNOWN
    },
    Vendor {
        key: "buttondown",
        name: "Buttondown",
        all: &["type", "creation_date"],
        any: &["email_address", "email"],
        columns: &[
            ("email_address", Email),
            ("type", Status),
            ("creation_date", SubscribedAt),
            ("unsubscription_date", Unsubscribed),
            ("unsubscription_reason", Ignored),
            ("undeliverability_date", Suppressed),
            ("undeliverability_reason", Ignored),
            ("churn_date", Ignored),
            ("ip_address", OptInNetwork),
        ],
        words: BUTTONDOWN,
        ..UNKNOWN
    },
    Vendor {
        key: "beehiiv",
        name: "beehiiv",
        all: &["email", "status"],
        any: &["subscription_tier", "tier", "subscription_premium_tier_names", "referral_code", "acquisition_source"],
        columns: &[
            ("status", Status),
            ("tier", Ignored),
            ("subscription_tier", Ignored),
            ("subscription_premium_tier_names", Ignored),
            ("acquisition_source", Ignored),
            ("created_at", SubscribedAt),
            ("created", SubscribedAt),
            ("unsubscribed_at", Unsubscribed),
            ("deleted_at", Unsubscribed),
            ("last_activity", Ignored),
        ],
        words: &[
            ("inactive", Gone),
            ("invalid", Bounced),
            ("validating", Pending),
            ("needs_attention", Pending),
            ("pending", Pending),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "kit",
        name: "Kit (ConvertKit)",
        all: &["first_name", "email", "created_at"],
        any: &["state", "status"],
        none: &["last_name", "lastname", "uuid"],
        columns: &[("state", Status), ("status", Status), ("created_at", SubscribedAt)],
        // Kit calls inactive who has not confirmed, and cold who has not opened for long.
        words: &[
            ("inactive", Pending),
            ("unconfirmed", Pending),
            ("cold", Active),
            ("cold_subscriber", Active),
            ("cancelled", Gone),
            ("canceled", Gone),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "mailerlite",
        name: "MailerLite",
        all: &["subscriber", "subscribed"],
        any: &["unsubscribed", "opt_in_ip", "opens", "sent", "location", "last_name", "status"],
        columns: &[
            ("subscriber", Email),
            ("name", FirstName),
            ("subscribed", SubscribedAt),
            ("unsubscribed", Unsubscribed),
            ("status", Status),
            ("opt_in", Ignored),
            ("opt_in_ip", OptInNetwork),
            ("signup_ip", OptInNetwork),
            ("opted_in_at", Ignored),
        ],
        missing: Some(
            "MailerLite exports by state: add the lists of the unsubscribed, bounced and junk, or the column Status.",
        ),
        ..UNKNOWN
    },
    Vendor {
        key: "mailerlite",
        name: "MailerLite",
        all: &["email", "name", "last_name", "subscribed"],
        any: &["unsubscribed", "status"],
        columns: &[
            ("name", FirstName),
            ("subscribed", Subscribed),
            ("unsubscribed", Unsubscribed),
            ("status", Status),
            ("opt_in", Ignored),
            ("opted_in_at", Ignored),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "mailerlite",
        name: "MailerLite",
        all: &["subscriber", "name", "last_name"],
        columns: &[("subscriber", Email), ("name", FirstName)],
        missing: Some(
            "MailerLite exports by state: add the lists of the unsubscribed, bounced and junk, or the column Status.",
        ),
        ..UNKNOWN
    },
    Vendor {
        key: "revue",
        name: "Revue",
        all: &["email", "first_name", "last_name", "created_at", "unsubscribed_at"],
        columns: &[("created_at", SubscribedAt), ("unsubscribed_at", Unsubscribed)],
        ..UNKNOWN
    },
    Vendor {
        key: "tinyletter",
        name: "TinyLetter",
        all: &["email_address", "date_subscribed"],
        any: &["first_name", "last_name", "total_opens", "opens"],
        columns: &[("date_subscribed", SubscribedAt)],
        ..UNKNOWN
    },
    Vendor {
        key: "mailchimp",
        name: "Mailchimp's abuse reports",
        all: &["email_address", "abuse_time"],
        columns: &[("abuse_time", Complained)],
        ..UNKNOWN
    },
];
