//! The keys of `[[inbound.hooks]]`, and whose a relay is.

use super::Absent::{Means, Refused};
use super::ValueKind::{Secret, Text, Texts};
use super::kind::{Key, key};

pub(super) const KEYS: &[Key] = &[
    key(
        "inbound.hooks.name",
        Text,
        Refused,
        "A name for its URL, for reports and for logs: lower-case letters, digits and `-`. Another name is another URL.",
    ),
    key(
        "inbound.hooks.provider",
        Text,
        Refused,
        "Who calls it: `ses`, `sendgrid`, `mailgun`, `postmark`, `resend`, `brevo`, `sparkpost`, `mailjet`, `postal` or \
         `generic`.",
    ),
    key(
        "inbound.hooks.topics",
        Texts,
        Means("none; `ses` needs one"),
        "The ARNs of the Amazon SNS topics that may tell us anything, such as \
         `arn:aws:sns:eu-west-1:123456789012:coranto`.",
    ),
    key(
        "inbound.hooks.public_key",
        Text,
        Means("none; `sendgrid` and `postal` need it"),
        "What the provider signs with: PEM, its base64, or a JWK set.",
    ),
    key(
        "inbound.hooks.secret",
        Secret,
        Means("none; `mailgun`, `resend` and `generic` need it"),
        "What the provider signs with: the HTTP webhook signing key of Mailgun, the signing secret `whsec_...` of Resend.",
    ),
    key(
        "inbound.hooks.username",
        Text,
        Means("the URL alone is the secret"),
        "For `postmark`, `brevo`, `sparkpost` and `mailjet`, which sign nothing: the user in the URL that they call. Without \
         it no complaint suppresses an address, and no address without a token of ours counts.",
    ),
    key(
        "inbound.hooks.password",
        Secret,
        Means("the URL alone is the secret"),
        "The password that belongs to `username`.",
    ),
    key(
        "relays.*.provider",
        Text,
        Means("its mail bears no header of a provider's"),
        "Whose it is: `ses`, `sendgrid`, `mailgun`, `postmark`, `resend`, `brevo`, `sparkpost`, `mailjet`, `postal` or \
         `generic`. Its mail bears the header that this provider hands back, so that what it tells a hook names the email. \
         See [bounces.md](bounces.md#webhooks).",
    ),
];
