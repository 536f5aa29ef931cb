//! The keys of `[inbound]`.

use super::Absent::{Default, Means, Refused};
use super::ValueKind::{Boolean, Integer, Path, Text};
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
];
