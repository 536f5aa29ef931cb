//! The sections of the configuration and what each is about. Knows no key.

/// The sections in the order of the documentation, each with what it is about.
pub const SECTIONS: &[(&str, &str)] = &[
    ("", "The installation as a whole. These keys stand at the top of the file, before any `[section]`."),
    ("server", "The web server: sign-up, confirmation, preferences and unsubscription."),
    (
        "newsletters.*",
        "One table per newsletter, for example `[newsletters.week]`. The name after the dot is its slug: it stands in \
         links and file names, so choose it once. It has lower-case letters, digits and `-`.",
    ),
    (
        "newsletters.*.design",
        "How this newsletter's emails and pages look. Files under `templates` change more than this; see \
         [reference/templates.md](reference/templates.md).",
    ),
    (
        "newsletters.*.dkim",
        "Signs this newsletter's mail (RFC 6376). `coranto dkim new` makes the key and prints this section and the \
         DNS record. With two brackets, `[[newsletters.SLUG.dkim]]`, it may stand once for each key: their signatures \
         stand beside each other, those of RSA keys first. Many receivers do not verify Ed25519, so such a key only \
         stands beside an RSA key.",
    ),
    (
        "relays.*",
        "One `[[relays]]` table per mail server that takes the mail. With several, mail is spread by weight, and one \
         that is down is left aside until it is up again.",
    ),
    ("delivery", "How mail goes out."),
    (
        "delivery.domain_rates",
        "The most messages to each large mailbox provider, over all relays: `gmail = 600` a minute, or `gmail = { \
         per_minute = 600, per_day = 50_000 }`. A minute is counted by each process, an hour and a day by all processes \
         of the installation together.",
    ),
    ("inbound", "Where reports come in, and what follows when mail comes back. See [bounces.md](bounces.md)."),
    (
        "inbound.rules",
        "One `[[inbound.rules]]` table per phrase whose meaning you know better than this program, 200 at most. They are \
         tried first, in this order, for replies of relays as for reports. `coranto bounces explain` says which rule held: \
         `operator:1` is the first. See [bounces.md](bounces.md#rules-of-your-own).",
    ),
    (
        "inbound.hooks",
        "One `[[inbound.hooks]]` table per provider that tells by HTTP what became of mail. `coranto bounces hooks` prints \
         the URL to give it. See [bounces.md](bounces.md#webhooks).",
    ),
    (
        "inbound.mailboxes",
        "One `[[inbound.mailboxes]]` table per mailbox that is read for reports, over IMAP. A person may use the mailbox as \
         well. See [bounces.md](bounces.md#a-mailbox-at-a-provider).",
    ),
    (
        "inbound.policy",
        "How much has to come back before an address is suppressed, and when a brake is on. Numbers that are set anew hold \
         for what is settled from then on. See [bounces.md](bounces.md#what-follows-for-the-reader).",
    ),
    (
        "retention",
        "How long what is kept; 0 means for ever. Rows that have had their time go once a day. See \
         [operations.md](operations.md#retention).",
    ),
    ("backup", "Backups that `coranto serve` makes by itself, once a day. See [backup.md](backup.md)."),
    (
        "alarms",
        "Who is told when something needs a person: an issue that is held or refused, a relay that is down, a slot with \
         nothing for it. See [operations.md](operations.md#alarms).",
    ),
    ("signup", "Limits that keep the sign-up form from being used to flood other people's mailboxes."),
];
