//! Exports of programs that people run themselves, this one among them.

use super::super::meaning::Meaning::{
    Confirmed, Email, FirstName, Ignored, Language, LastName, Name, OptInNetwork, Status, Subscribed, SubscribedAt,
    Suppressed, Unsubscribed,
};
use super::super::standing::Standing::{Active, Blocked, Bounced, Complained, Paused, Pending, Unsubscribed as Gone};
use super::{UNKNOWN, Vendor};

pub(super) static VENDORS: &[Vendor] = &[
    Vendor {
        key: "coranto",
        name: "Coranto",
        all: &["email", "name", "status", "language", "subscribed_at", "left_at", "source"],
        columns: &[
            ("status", Status),
            ("language", Language),
            ("subscribed_at", SubscribedAt),
            ("left_at", Ignored),
            ("source", Ignored),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "ghost",
        name: "Ghost",
        all: &["email"],
        any: &["subscribed_to_emails", "complimentary_plan"],
        columns: &[
            ("subscribed_to_emails", Subscribed),
            ("deleted_at", Unsubscribed),
            ("email_disabled", Suppressed),
            ("complimentary_plan", Ignored),
            ("stripe_customer_id", Ignored),
            ("tiers", Ignored),
            ("products", Ignored),
            ("created_at", SubscribedAt),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "listmonk",
        name: "listmonk",
        all: &["uuid", "email", "status"],
        any: &["attributes", "attribs"],
        columns: &[("status", Status), ("created_at", SubscribedAt), ("updated_at", Ignored)],
        words: &[("enabled", Active), ("disabled", Gone), ("blocklisted", Blocked), ("blacklisted", Blocked)],
        missing: Some(
            "listmonk's export says who is blocked everywhere, and nothing of single lists: whoever left one list is \
             `enabled` in it. Export the list's unsubscribed members too (filter by subscription status), and import \
             them with --standing unsubscribed.",
        ),
        ..UNKNOWN
    },
    Vendor {
        key: "keila",
        name: "Keila",
        all: &["email", "data", "status"],
        any: &["external_id", "first_name"],
        columns: &[("status", Status), ("external_id", Ignored)],
        words: &[("unreachable", Bounced)],
        ..UNKNOWN
    },
    Vendor {
        key: "phplist",
        name: "phpList",
        all: &["email", "confirmed", "blacklisted"],
        columns: &[
            ("confirmed", Confirmed),
            ("is_this_subscriber_confirmed", Confirmed),
            ("blacklisted", Unsubscribed),
            ("disabled", Unsubscribed),
            ("bouncecount", Ignored),
            ("bounce_count", Ignored),
            ("optedin", Ignored),
            ("createdat", SubscribedAt),
            ("entered", SubscribedAt),
            ("htmlemail", Ignored),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "phplist",
        name: "phpList",
        all: &["email", "is_this_subscriber_confirmed"],
        columns: &[
            ("is_this_subscriber_confirmed", Confirmed),
            ("is_this_user_blacklisted", Unsubscribed),
            ("is_this_subscriber_blacklisted", Unsubscribed),
            ("did_this_subscriber_manually_confirm", Ignored),
            ("number_of_bounces_on_this_subscriber", Ignored),
            ("is_this_account_disabled", Unsubscribed),
            ("entered", SubscribedAt),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "mailpoet",
        name: "MailPoet",
        all: &["email"],
        any: &["global_status", "list_status", "subscriber_status"],
        columns: &[
            ("global_status", Status),
            ("list_status", Status),
            ("subscriber_status", Status),
            ("subscribed_ip", OptInNetwork),
            ("subscription_ip", OptInNetwork),
            ("confirmed_ip", OptInNetwork),
            ("ip_address", OptInNetwork),
            ("signup_date", SubscribedAt),
            ("subscribed_at", SubscribedAt),
            ("confirmed_at", Ignored),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "newsletter-plugin",
        name: "the Newsletter plugin of WordPress",
        all: &["email", "name", "surname", "status"],
        any: &["sex", "gender", "token", "list_1", "profile_1", "date"],
        columns: &[
            ("surname", LastName),
            ("status", Status),
            ("date", SubscribedAt),
            ("ip", OptInNetwork),
            ("language", Language),
        ],
        words: &[("c", Active), ("s", Pending), ("u", Gone), ("b", Bounced), ("p", Complained)],
        ..UNKNOWN
    },
    Vendor {
        key: "jetpack",
        name: "Jetpack",
        all: &["email_subscriber"],
        columns: &[
            ("email_address", Email),
            ("user_email", Email),
            ("email", Email),
            ("email_subscriber", Subscribed),
            ("display_name", Name),
            ("date_subscribed", SubscribedAt),
            ("subscription_status", Status),
            ("wpcom_follower", Ignored),
            ("wordpress_com_subscriber", Ignored),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "mailman",
        name: "Mailman 3",
        all: &["email", "delivery_mode"],
        any: &["display_name", "delivery_status", "role", "list_id"],
        columns: &[
            ("delivery_status", Status),
            ("delivery_mode", Ignored),
            ("display_name", Name),
            ("address", Ignored),
            ("role", Ignored),
            ("bounce_score", Ignored),
            ("last_bounce_received", Ignored),
            ("subscription_mode", Ignored),
            ("moderation_action", Ignored),
            ("total_warnings_sent", Ignored),
        ],
        words: &[
            ("enabled", Active),
            ("by_user", Paused),
            ("by_moderator", Paused),
            ("unknown", Paused),
            ("by_bounces", Bounced),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "mailtrain",
        name: "Mailtrain",
        all: &["cid", "email", "status"],
        columns: &[
            ("status", Status),
            ("cid", Ignored),
            ("opt_in_ip", OptInNetwork),
            ("opt_in_country", Ignored),
            ("first_name", FirstName),
            ("created", SubscribedAt),
            ("is_test", Ignored),
            ("latest_open", Ignored),
            ("unsubscribed", Unsubscribed),
        ],
        words: &[("1", Active), ("2", Gone), ("3", Bounced), ("4", Complained)],
        ..UNKNOWN
    },
    Vendor {
        key: "mautic",
        name: "Mautic",
        all: &["email"],
        any: &["dnc", "donotcontact", "do_not_contact"],
        columns: &[
            ("dnc", Unsubscribed),
            ("donotcontact", Unsubscribed),
            ("do_not_contact", Unsubscribed),
            ("date_added", SubscribedAt),
            ("last_active", Ignored),
            ("state", Ignored),
        ],
        ..UNKNOWN
    },
    Vendor {
        key: "sendy",
        name: "Sendy",
        all: &["name", "email", "status"],
        any: &["last_activity", "signup_method", "joined", "added_via"],
        columns: &[("status", Status), ("last_activity", Ignored), ("joined", SubscribedAt), ("added_via", Ignored)],
        words: &[("soft_bounced", Active), ("marked_as_spam", Complained)],
        ..UNKNOWN
    },
];
