//! Exports of services that send for their customers.

use super::super::meaning::Meaning::{
    self, Complained, Confirmed, Email, FirstName, Ignored, LastName, Name, OptInNetwork, Status, Subscribed,
    SubscribedAt, Suppressed, Unsubscribed,
};
use super::super::standing::Standing::{
    Active, Blocked, Bounced, Complained as SaidSpam, NotAgreed, Pending, Unsubscribed as Gone,
};
use super::super::times::DayOrder::{DayFirst, MonthFirst};
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

pub(super) static VENDORS: &[Vendor] = &[
    Vendor {
        key: "substack",
        name: "Substack",
        all: &["email", "active_subscription", "email_disabled"],
        any: &[],
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
            "This list of Substack does not say whose mail is switched off. The export under Settings, Import and \
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
        words: &[
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
        ],
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
            "unsubscribed_from_all_email",
            "lifecycle_stage",
            "lead_status",
            "marketing_contact_status",
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
            ("marketing_emails_bounced", Ignored),
        ],
        is_address_book: true,
        ..UNKNOWN
    },
    Vendor {
        key: "sendgrid",
        name: "SendGrid's suppressions",
        all: &["status", "reason", "email", "created"],
        columns: &[("status", Ignored), ("reason", Ignored), ("created", Ignored)],
        everyone: Some(Bounced),
        ..UNKNOWN
    },
    Vendor {
        key: "sendgrid",
        name: "SendGrid",
        all: &["email", "first_name", "last_name", "created_at"],
        any: &[
            "contact_id",
            "address_line_1",
            "state_province_region",
            "alternate_emails",
            "phone_number_id",
            "unique_name",
        ],
        columns: &[("state_province_region", Ignored), ("created_at", SubscribedAt), ("alternate_emails", Ignored)],
        missing: Some(
            "SendGrid keeps those who unsubscribed in its suppression lists (global unsubscribes, group unsubscribes, \
             bounces, spam reports). Export these too, and import all files together.",
        ),
        ..UNKNOWN
    },
    Vendor {
        key: "mailgun",
        name: "Mailgun's bounces",
        all: &["address", "code", "error"],
        columns: &[("address", Email), ("code", Ignored), ("error", Ignored)],
        everyone: Some(Bounced),
        ..UNKNOWN
    },
    Vendor {
        key: "mailgun",
        name: "Mailgun's unsubscribes",
        all: &["address", "tags", "created_at"],
        columns: &[("address", Email), ("created_at", Ignored)],
        everyone: Some(Gone),
        ..UNKNOWN
    },
    Vendor {
        key: "mailgun",
        name: "Mailgun",
        all: &["address", "subscribed"],
        any: &["vars", "name"],
        columns: &[("address", Email), ("subscribed", Subscribed), ("name", Name)],
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
        key: "resend",
        name: "Resend",
        all: &["id", "created_at", "first_name", "last_name", "email", "unsubscribed"],
        columns: &[("created_at", SubscribedAt), ("unsubscribed", Unsubscribed)],
        ..UNKNOWN
    },
    Vendor {
        key: "squarespace",
        name: "Squarespace",
        all: &["email_address", "subscriber_since"],
        columns: &[("subscriber_since", SubscribedAt), ("accepts_marketing", Subscribed)],
        ..UNKNOWN
    },
    Vendor {
        key: "google-contacts",
        name: "Google Contacts",
        all: &["e_mail_1_value"],
        columns: &[("given_name", FirstName), ("family_name", LastName), ("name", Name)],
        is_address_book: true,
        ..UNKNOWN
    },
    Vendor {
        key: "outlook",
        name: "Outlook's contacts",
        all: &["e_mail_address"],
        any: &["e_mail_2_address", "e_mail_type", "e_mail_display_name", "middle_name"],
        columns: &[
            ("business_state", Ignored),
            ("home_state", Ignored),
            ("other_state", Ignored),
            ("e_mail_display_name", Ignored),
        ],
        is_address_book: true,
        ..UNKNOWN
    },
    Vendor {
        key: "postmark",
        name: "Postmark's suppressions",
        all: &["emailaddress", "suppressionreason"],
        columns: &[("emailaddress", Email), ("suppressionreason", Status), ("origin", Ignored), ("createdat", Ignored)],
        words: &[("hardbounce", Bounced), ("spamcomplaint", SaidSpam), ("manualsuppression", Gone)],
        ..UNKNOWN
    },
    Vendor {
        key: "amazon-ses",
        name: "Amazon SES",
        all: &["emailaddress", "reason", "lastupdatetime"],
        columns: &[("emailaddress", Email), ("reason", Status), ("lastupdatetime", Ignored)],
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
