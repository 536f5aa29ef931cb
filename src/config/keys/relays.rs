//! The keys of `[[relays]]`.

use super::Absent::{Default, Means, Refused};
use super::RATE_MAX;
use super::ValueKind::{Boolean, Integer, Path, Secret, Text, Texts};
use super::kind::{Key, key};

pub(super) const KEYS: &[Key] = &[
    key("relays.*.name", Text, Refused, "A name for reports and logs."),
    key("relays.*.host", Text, Refused, "The host name, as it stands in its certificate, or an address."),
    key(
        "relays.*.port",
        Integer(1, 65_535),
        Means("465 with `implicit`, 587 with `starttls`, 25 with `none`"),
        "The port.",
    ),
    key(
        "relays.*.tls",
        Text,
        Default("implicit"),
        "`implicit` (TLS from the first byte), `starttls` (required, never skipped), or `none`, which only a loopback \
         host may have.",
    ),
    key(
        "relays.*.plaintext_is_acceptable",
        Boolean,
        Default("false"),
        "Says that with `tls = \"none\"` all mail may be read by anybody on the way to a host that is not loopback. A \
         password is not sent that way in any case.",
    ),
    key(
        "relays.*.ca_file",
        Path,
        Means("the usual public authorities"),
        "A PEM file of certificates to trust instead of the public authorities.",
    ),
    key("relays.*.username", Text, Means("no login"), "The user to log in as."),
    key("relays.*.password", Secret, Means("no login"), "The password that belongs to `username`."),
    key("relays.*.helo", Text, Means("the host of `public_url`"), "The name given in EHLO."),
    key("relays.*.connections", Integer(1, 1000), Default("10"), "The most connections open to it at once."),
    key(
        "relays.*.messages_per_connection",
        Integer(1, 1_000_000),
        Default("1000"),
        "A connection is closed and opened anew after so many messages.",
    ),
    key(
        "relays.*.rate_per_minute",
        Integer(1, RATE_MAX),
        Means("no limit"),
        "The most messages per minute, counted by each process.",
    ),
    key(
        "relays.*.rate_per_hour",
        Integer(1, RATE_MAX),
        Means("no limit"),
        "The most messages in any 60 minutes, counted by all processes of the installation together, across restarts. \
         When they are used up mail waits until places return. Issues leave 2 % (at least 5, at most 4 %) to \
         confirmations and other transactional email.",
    ),
    key("relays.*.rate_per_day", Integer(1, RATE_MAX), Means("no limit"), "The same for any 24 hours."),
    key(
        "relays.*.weight",
        Integer(1, 1000),
        Default("1"),
        "Its share of the mail beside other relays: 2 takes twice as much as 1.",
    ),
    key(
        "relays.*.signs",
        Boolean,
        Default("false"),
        "Whether it adds DKIM signatures itself. Then mail through it is not signed here.",
    ),
    key(
        "relays.*.dsn",
        Boolean,
        Default("true"),
        "Whether it is given an id of each email and asked to report failures alone, where it offers that (RFC 3461).",
    ),
    key(
        "relays.*.only_named",
        Boolean,
        Default("false"),
        "Whether it carries only newsletters that name it in `relays`.",
    ),
    key(
        "relays.*.headers",
        Texts,
        Means("none is added"),
        "Header fields added to every email through this relay, each as `\"Name: value\"`, at most 10 an email. They are \
         the same for every reader and are not signed. `{newsletter}`, `{issue}` and `{kind}` are filled in: letters, \
         digits, `-` and `_`; an email of no issue has `-`. Fields that coranto writes itself are refused. In the \
         environment commas separate fields, so a value cannot have one there.",
    ),
    key(
        "relays.*.headers_issues",
        Texts,
        Means("none is added"),
        "The same for issues and their test emails alone: `[\"X-PM-Message-Stream: broadcast\"]` with Postmark.",
    ),
    key(
        "relays.*.headers_transactional",
        Texts,
        Means("none is added"),
        "The same for everything else alone: confirmations, notices, welcome emails.",
    ),
    key(
        "relays.*.rewrites",
        Texts,
        Means("it changes nothing"),
        "Header fields it changes, such as `[\"Message-ID\", \"Date\"]` with Amazon SES. They are left out of the \
         signature.",
    ),
];
