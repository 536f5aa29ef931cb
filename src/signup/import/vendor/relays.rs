//! Suppressions and contacts of services that deliver mail, and address books.

use super::super::meaning::Meaning::{
    Email, FirstName, Ignored, LastName, Name, Status, Subscribed, SubscribedAt, Unsubscribed,
};
use super::super::standing::Standing::{Bounced, Complained as SaidSpam, Unsubscribed as Gone};
use super::{UNKNOWN, Vendor};

pub(super) static VENDORS: &[Vendor] = &[
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
            "contact_id", "address_line_1", "state_province_region", "alternate_emails", "phone_number_id",
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
        key: "resend",
        name: "Resend",
        all: &["id", "created_at", "first_name", "last_name", "email", "unsubscribed"],
        columns: &[("created_at", SubscribedAt), ("unsubscribed", Unsubscribed)],
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
];
