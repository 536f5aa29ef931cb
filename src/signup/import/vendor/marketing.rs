//! Exports of services for marketing.

use super::super::meaning::Meaning::{
    Confirmed, FirstName, Ignored, LastName, OptInNetwork, Status, Subscribed, SubscribedAt, Suppressed, Unsubscribed,
};
use super::super::standing::Standing::{NotAgreed, Unsubscribed as Gone};
use super::super::times::DayOrder::{DayFirst, MonthFirst};
use super::{UNKNOWN, Vendor};

pub(super) static VENDORS: &[Vendor] = &[
    Vendor {
        key: "brevo",
        name: "Brevo (Sendinblue)",
        all: &["email"],
        any: &["email_blacklisted", "email_blocklisted", "blacklisted_email", "blocklisted_email"],
        columns: &[
            ("email_blacklisted", Unsubscribed),
            ("email_blocklisted", Unsubscribed),
            ("blacklisted_email", Unsubscribed),
            ("blocklisted_email", Unsubscribed),
            ("sms_blacklisted", Ignored),
            ("sms_blocklisted", Ignored),
            ("whatsapp_blacklisted", Ignored),
            ("whatsapp_blocklisted", Ignored),
            ("lastname", LastName),
            ("firstname", FirstName),
            ("nom", LastName),
            ("prenom", FirstName),
            ("added_time", SubscribedAt),
            ("opt_in", Subscribed),
            ("double_opt_in", Ignored),
        ],
        days: Some(DayFirst),
        ..UNKNOWN
    },
    Vendor {
        key: "campaign-monitor",
        name: "Campaign Monitor",
        all: &["email_address"],
        any: &["unsubscribe_date", "date_unsubscribed", "bounce_date", "date_joined"],
        columns: &[
            ("unsubscribe_date", Unsubscribed),
            ("date_unsubscribed", Unsubscribed),
            ("bounce_date", Suppressed),
            ("date_joined", SubscribedAt),
            ("date_subscribed", SubscribedAt),
            ("unsubscribe_reason", Ignored),
            ("bounce_type", Ignored),
            ("bounce_count", Ignored),
            ("status", Status),
        ],
        missing: Some(
            "Campaign Monitor exports the active, the unsubscribed and the bounced one by one: add all three.",
        ),
        ..UNKNOWN
    },
    Vendor {
        key: "constant-contact",
        name: "Constant Contact",
        all: &["email_address"],
        any: &["email_permission_status", "confirmed_opt_out_date", "email_update_source", "confirmed_opt_out_source"],
        columns: &[
            ("email_status", Status),
            ("email_permission_status", Ignored),
            ("email_update_source", Ignored),
            ("confirmed_opt_out_date", Unsubscribed),
            ("confirmed_opt_out_source", Ignored),
            ("confirmed_opt_out_reason", Ignored),
            ("confirmed_opt_in_date", Ignored),
            ("created_at", SubscribedAt),
        ],
        words: &[("removed", Gone), ("non_subscriber", NotAgreed)],
        days: Some(MonthFirst),
        ..UNKNOWN
    },
    Vendor {
        key: "cleverreach",
        name: "CleverReach",
        all: &["email", "registered", "activated", "deactivated"],
        any: &[],
        columns: &[
            ("registered", SubscribedAt),
            ("activated", Confirmed),
            ("deactivated", Unsubscribed),
            ("bounced", Suppressed),
            ("active", Ignored),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "hubspot",
        name: "HubSpot",
        all: &["record_id", "email"],
        any: &[
            "unsubscribed_from_all_email", "lifecycle_stage", "lead_status", "marketing_contact_status",
            "contact_owner",
        ],
        columns: &[
            ("unsubscribed_from_all_email", Unsubscribed),
            ("email_hard_bounce_reason", Ignored),
            ("invalid_email_address", Suppressed),
            ("lead_status", Ignored),
            ("marketing_contact_status", Ignored),
            ("membership_status", Ignored),
            ("state_region", Ignored),
            ("state", Ignored),
            ("last_activity_date", Ignored),
            ("create_date", SubscribedAt),
            ("create_date_gmt", SubscribedAt),
            ("marketing_emails_bounced", Ignored),
        ],
        is_address_book: true,
        ..UNKNOWN
    },
    Vendor {
        key: "activecampaign",
        name: "ActiveCampaign",
        all: &["email", "date_created", "status"],
        any: &["ip", "tags", "subscriber_id", "ip4", "customer_account"],
        columns: &[("date_created", SubscribedAt), ("status", Status), ("ip", OptInNetwork), ("ip4", OptInNetwork)],
        ..UNKNOWN
    },
    Vendor {
        key: "emailoctopus",
        name: "EmailOctopus",
        all: &["email_address", "status"],
        any: &["created_at", "last_updated_at", "tags"],
        columns: &[("status", Status), ("created_at", SubscribedAt), ("unsubscribed_at", Unsubscribed)],
        ..UNKNOWN
    },
    Vendor {
        key: "aweber",
        name: "AWeber",
        all: &["email", "name", "ad_tracking"],
        any: &["stop_time", "stop_status", "subscribed", "verified", "last_followup"],
        columns: &[
            ("stop_time", Unsubscribed),
            ("stop_status", Status),
            ("subscribed", Subscribed),
            ("verified", Ignored),
            ("ip_address", OptInNetwork),
        ],
        days: Some(MonthFirst),
        ..UNKNOWN
    },
    Vendor {
        key: "moosend",
        name: "Moosend",
        all: &["email", "subscribe_type"],
        any: &["subscribe_method", "status", "created_on"],
        columns: &[
            ("subscribe_type", Status),
            ("status", Status),
            ("subscribe_method", Ignored),
            ("created_on", SubscribedAt),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "klaviyo",
        name: "Klaviyo",
        all: &["email", "email_marketing_consent"],
        columns: &[
            ("email_marketing_consent", Status),
            ("email_marketing_consent_timestamp", SubscribedAt),
            ("sms_marketing_consent", Ignored),
            ("email_suppressions", Suppressed),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "squarespace",
        name: "Squarespace",
        all: &["email_address", "subscriber_since"],
        columns: &[("subscriber_since", SubscribedAt), ("accepts_marketing", Subscribed)],
        ..UNKNOWN
    },
];
