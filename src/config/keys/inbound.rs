//! The keys of `[inbound]`.

use super::Absent::{Default, Means, Refused};
use super::ValueKind::{Boolean, Integer, Path, Secret, Text};
use super::kind::{Key, key};

pub(super) const KEYS: &[Key] = &[
    key(
        "inbound.smtp_listen",
        Text,
        Means("nobody listens"),
        "Where `coranto serve` takes reports in SMTP, such as `0.0.0.0:25`. The MX of the bounce domains leads there. See \
         [bounces.md](bounces.md#doors).",
    ),
    key(
        "inbound.lmtp_listen",
        Text,
        Means("nobody listens"),
        "Where it takes them in LMTP from a mail server of yours, such as `127.0.0.1:2424` or `unix:/run/coranto/lmtp`. \
         Whoever reaches it is not limited: let nobody else.",
    ),
    key("inbound.host", Text, Means("the host of `public_url`"), "The name that the listener greets with."),
    key(
        "inbound.certificate_file",
        Path,
        Means("STARTTLS is not offered"),
        "The listener's certificate with its chain, in PEM. It is read when the server starts.",
    ),
    key("inbound.certificate_key_file", Path, Means("STARTTLS is not offered"), "The key of that certificate, in PEM."),
    key(
        "inbound.pipe",
        Boolean,
        Default("false"),
        "Whether a mail server hands what comes to the bounce addresses to `coranto bounces receive`. Readers may then \
         unsubscribe by email, as with `smtp_listen` and `lmtp_listen`.",
    ),
    key(
        "inbound.settle_minutes",
        Integer(0, 10_080),
        Default("60"),
        "How long after a refusal it is decided what follows for the reader. Until then a relay that calls everybody dead \
         can be told from a reader who is gone, and a person can object.",
    ),
    key(
        "inbound.rules.contains",
        Text,
        Refused,
        "Words that stand in the reply, whatever their case. Addresses, hosts and punctuation are not looked at.",
    ),
    key(
        "inbound.rules.cause",
        Text,
        Refused,
        "What they mean: one of the causes in [bounces.md](bounces.md#what-a-reply-means).",
    ),
    key(
        "inbound.rules.destination",
        Text,
        Means("it holds for every destination"),
        "The provider (`gmail`, `yahoo`, `microsoft`, `apple`) or the domain whose replies it is about.",
    ),
    key("inbound.mailboxes.name", Text, Refused, "A name for logs and alarms; any, but each only once."),
    key("inbound.mailboxes.host", Text, Refused, "The IMAP server's host name; its certificate must name it."),
    key("inbound.mailboxes.port", Integer(1, 65_535), Means("`993` for `implicit`, otherwise `143`"), "The port."),
    key(
        "inbound.mailboxes.tls",
        Text,
        Default("implicit"),
        "`implicit` (TLS from the first byte), `starttls` (and never without it) or `none`, for a server on this machine.",
    ),
    key("inbound.mailboxes.username", Text, Refused, "Who logs in."),
    key(
        "inbound.mailboxes.password",
        Secret,
        Refused,
        "The password. Where the provider wants one for each program, an app password.",
    ),
    key(
        "inbound.mailboxes.ca_file",
        Path,
        Means("the public authorities"),
        "A PEM file with the certificates trusted for this server instead of the public authorities.",
    ),
    key("inbound.mailboxes.folder", Text, Default("INBOX"), "The folder that is read."),
    key(
        "inbound.mailboxes.done_folder",
        Text,
        Default("Coranto"),
        "Where reports about our emails are moved when they are kept. Nothing else is moved or marked read. `\"\"` leaves \
         them where they are.",
    ),
    key("inbound.mailboxes.every_seconds", Integer(10, 86_400), Default("60"), "How often it is looked into."),
];
