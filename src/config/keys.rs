//! Every key there is: its kind, its default and what it means. The reader, the environment, the refusal of unknown
//! keys, `config show` and docs/configuration.md all go by this one table.

mod hooks;
mod inbound;
mod kind;
mod lookup;
mod policy;
mod relays;
mod sections;

pub use kind::{Absent, Key, ValueKind};
use kind::{join, key};
pub(super) use lookup::{below, find, is_repeatable, is_section, suggest};
pub use sections::SECTIONS;

/// More mails than any relay takes in a minute, an hour or a day.
const RATE_MAX: u64 = 100_000_000;

/// What each number of a rate may be.
pub(super) const RATE: ValueKind = ValueKind::Integer(1, RATE_MAX);

const DAYS_MAX: u64 = 36_500;

use Absent::{Default, Means, Refused};
use ValueKind::{Boolean, Integer, Path, Rates, Secret, SecretUrl, Text, Texts};

/// Every key. The documentation has them by section, in this order within each.
pub const KEYS: &[Key] = &join::<{ OF_SENDING.len() + OF_INBOUND.len() }>(OF_SENDING, OF_INBOUND);
const OF_SENDING: &[Key] = &join::<{ MOST.len() + relays::KEYS.len() }>(MOST, relays::KEYS);
const OF_INBOUND: &[Key] = &join::<{ OF_DOORS.len() + policy::KEYS.len() }>(OF_DOORS, policy::KEYS);
const OF_DOORS: &[Key] = &join::<{ inbound::KEYS.len() + hooks::KEYS.len() }>(inbound::KEYS, hooks::KEYS);

const MOST: &[Key] = &[
    key(
        "public_url",
        Text,
        Refused,
        "Where readers reach the web server. Links in emails begin with it. It must be `https`, which one-click \
         unsubscription needs (RFC 8058), except on a loopback host.",
    ),
    key(
        "database",
        SecretUrl,
        Default("sqlite://coranto.db"),
        "`sqlite://FILE`, or `postgres://USER@HOST/NAME` (15 or later). A relative SQLite file counts from the folder \
         of the configuration file. To a PostgreSQL on another machine TLS is spoken and its certificate verified; \
         `?sslmode=` and `sslrootcert=` say otherwise, as in libpq: see [operations](operations.md#the-wire-to-the-database).",
    ),
    key(
        "secret_key",
        Secret,
        Default("secret.key"),
        "The keys that seal links, one to a line as `number:hex`, newest first, and the one that hashes addresses, as \
         `address:hex`. `coranto init` makes the file, `coranto keys rotate` puts a new key on top. Keep it in your \
         backup: links in emails already sent and the suppression list hang on it. See \
         [operations](operations.md#keys).",
    ),
    key(
        "templates",
        Path,
        Default("templates"),
        "A folder whose files replace the built-in templates of the same name. It may be absent or empty.",
    ),
    key("server.listen", Text, Default("127.0.0.1:8080"), "The address and port to listen on."),
    key("server.metrics_listen", Text, Means("there is no `/metrics`"), "An address for `/metrics` alone."),
    key(
        "server.trusted_proxies",
        Texts,
        Means("none is trusted"),
        "Addresses or networks (`10.0.0.0/8`) of reverse proxies whose `X-Forwarded-For` is believed. A network larger \
         than `/8`, or `/16` of IPv6, is refused: everybody in it could pretend to be anybody.",
    ),
    key(
        "server.connections",
        Integer(16, 100_000),
        Default("12000"),
        "The most connections open at once; each costs some 10 KB. Who comes then waits in the system's queue. The \
         system must allow as many open files.",
    ),
    key(
        "server.state",
        Path,
        Default("state"),
        "A folder in which a server notes what it has seen of its database, so that a copy that is put back is noticed. \
         Keep it apart from the database, and out of its backups.",
    ),
    key("newsletters.*.name", Text, Refused, "The name readers know it by."),
    key(
        "newsletters.*.description",
        Text,
        Means("the pages say its name alone"),
        "What it is, in one line of at most 200 characters. It stands on the sign-up page, in the list of newsletters, in \
         feeds, in previews of shared links and in the welcome email.",
    ),
    key(
        "newsletters.*.about",
        Text,
        Means("no such text"),
        "What it is and who writes it, in Markdown, on its front page and its sign-up page. A name such as `about.md` \
         stands for the text in that file beside the configuration. `coranto serve` reads it when it starts.",
    ),
    key("newsletters.*.author", Text, Means("issues name whom they name"), "Who wrote an issue without `author`."),
    key(
        "newsletters.*.publisher",
        Text,
        Means("the name in `from`, or the newsletter's, with `postal_address`"),
        "Who answers for readers' data, as the privacy page names it: the name of a person or body and its place.",
    ),
    key(
        "newsletters.*.privacy",
        Text,
        Means("no such text"),
        "What you add to the privacy page, in Markdown, or the name of a file such as `privacy.md`.",
    ),
    key(
        "newsletters.*.from",
        Text,
        Refused,
        "The sender, as `Name <address>` or an address alone; then the newsletter's name is shown.",
    ),
    key("newsletters.*.reply_to", Text, Means("answers go to `from`"), "The address that answers go to."),
    key(
        "newsletters.*.postal_address",
        Text,
        Refused,
        "A postal address at which the sender can be reached. It stands at the foot of every issue: the law of several \
         countries wants it there.",
    ),
    key(
        "newsletters.*.language",
        Text,
        Default("en"),
        "The language of its issues and pages, as in BCP 47: `en`, `pt-BR`.",
    ),
    key(
        "newsletters.*.time_zone",
        Text,
        Default("UTC"),
        "The zone its slots and `send_at` are in, such as `Europe/Prague`.",
    ),
    key(
        "newsletters.*.slot",
        Texts,
        Means("issues go out only at the times they name"),
        "When issues go out each week: `\"Fri 09:00\"`, or a list of such slots.",
    ),
    key("newsletters.*.issues", Path, Default("issues"), "The folder with its issues."),
    key(
        "newsletters.*.grace_hours",
        Integer(0, 168),
        Default("6"),
        "How late an issue may still go out by itself, for instance after the machine was down. Later than that it is \
         held until a person decides.",
    ),
    key(
        "newsletters.*.uncertain",
        Text,
        Default("resend"),
        "What is done with an email whose fate is unknown, because the connection broke after its last byte: `resend` it \
         after half an hour with the same Message-ID, or `hold` it for a person.",
    ),
    key(
        "newsletters.*.allow_html",
        Boolean,
        Default("false"),
        "Whether HTML inside Markdown is kept. It is sanitised in any case.",
    ),
    key(
        "newsletters.*.html_kb_max",
        Integer(102, 1024),
        Default("102"),
        "The largest HTML part of an issue, in KB (1,024 bytes); a larger one is stopped. Gmail shows 102 KB and a link to \
         the rest, so that the footer is behind that link. Other mailboxes show all of it.",
    ),
    key("newsletters.*.indexed", Boolean, Default("true"), "Whether search engines may list its pages."),
    key(
        "newsletters.*.bounce_domain",
        Text,
        Means("bounces go to `from`"),
        "A domain of its own for envelope senders, one address per email (VERP), so that every bounce finds its reader. \
         It is short for `bounce_address = \"b+{token}@DOMAIN\"`. Its MX must lead to a server that takes them all: see \
         [bounces.md](bounces.md#doors).",
    ),
    key(
        "newsletters.*.bounce_address",
        Text,
        Means("as `bounce_domain` says"),
        "The same with an address of your choice, such as `week-{token}@lists.example.com`. `{token}` stands once before \
         the `@`, which may have at most 30 other characters before it.",
    ),
    key(
        "newsletters.*.list_id",
        Text,
        Means("the slug at the domain of `from`"),
        "The `List-Id` of its emails (RFC 2919), such as `week.news.example.com`. Readers' filters go by it.",
    ),
    key(
        "newsletters.*.images",
        Text,
        Default("link"),
        "How an issue's own images reach its readers: `link` names their addresses at `public_url`, where mailboxes \
         fetch them; `embed` puts them into every email, which makes it larger but needs no fetching.",
    ),
    key(
        "newsletters.*.welcome",
        Boolean,
        Default("false"),
        "Whether a reader who has confirmed gets an email that says welcome.",
    ),
    key(
        "newsletters.*.welcome_latest",
        Boolean,
        Default("false"),
        "Whether the welcome email has the latest issue in it.",
    ),
    key(
        "newsletters.*.relays",
        Texts,
        Means("all relays without `only_named`"),
        "The names of the relays that carry its mail: issues, confirmations and all the rest.",
    ),
    key(
        "newsletters.*.headers",
        Texts,
        Means("none is added"),
        "Header fields added to all its mail, as with a relay's `headers`. A field that one of its relays adds as well \
         is refused.",
    ),
    key("newsletters.*.headers_issues", Texts, Means("none is added"), "The same for issues and their test emails."),
    key("newsletters.*.headers_transactional", Texts, Means("none is added"), "The same for everything else."),
    key(
        "newsletters.*.design.accent",
        Text,
        Means("a blue, `#0b57a4`"),
        "The colour of links and buttons, as `#` and six hexadecimal digits. Where it could not be read on white it is \
         darkened until it can (a contrast of 4.5:1); a lighter shade of it stands in dark mode.",
    ),
    key(
        "newsletters.*.design.logo",
        Path,
        Means("no logo"),
        "A picture (PNG, JPEG, GIF or WebP) to stand on top of emails and pages, at most 280 pixels wide and 80 high \
         there; a file of twice that size is sharp on every screen. The newsletter's name is its text. Give it a \
         margin or a ground of its own, so that it can be seen in dark mode.",
    ),
    key(
        "newsletters.*.design.font",
        Text,
        Default("georgia"),
        "What the text is set in: `georgia`, `palatino`, `times`, `system`, `arial`, `verdana` or `trebuchet`. Mailboxes \
         fetch no others.",
    ),
    key("newsletters.*.design.heading_font", Text, Default("system"), "What headings are set in; the same names."),
    key(
        "newsletters.*.design.header",
        Text,
        Means("no such line"),
        "A line of plain text below the name or logo on top of every email, such as a motto.",
    ),
    key(
        "newsletters.*.design.footer",
        Text,
        Means("no such line"),
        "A line of plain text at the foot of every email, above the postal address.",
    ),
    key(
        "newsletters.*.design.closing",
        Boolean,
        Default("true"),
        "Whether an issue's email ends with a line on what a reader may do: reply, forward it, see all issues.",
    ),
    key("newsletters.*.dkim.domain", Text, Means("the domain of `from`"), "The signing domain (`d=`)."),
    key(
        "newsletters.*.dkim.selector",
        Text,
        Refused,
        "The selector (`s=`): the key stands in DNS at `SELECTOR._domainkey.DOMAIN`.",
    ),
    key(
        "newsletters.*.dkim.key",
        Secret,
        Refused,
        "The private key in PEM (PKCS #8): RSA of 2048 bits or more, or Ed25519 beside such a key.",
    ),
    key(
        "newsletters.*.dkim.signs",
        Boolean,
        Default("true"),
        "Whether this key signs. One that does not is looked for in the DNS by `coranto doctor`: see `coranto dkim rotate`.",
    ),
    key(
        "delivery.retry_hours",
        Integer(1, 240),
        Default("48"),
        "How long an email is tried again after temporary refusals before it counts as failed.",
    ),
    key(
        "delivery.keep_replies",
        Boolean,
        Default("false"),
        "Whether the relay's answer to every accepted mail is kept as well, not only refusals. It often names the \
         relay's own number of the email. Costs about 100 bytes per email.",
    ),
    key("delivery.domain_rates.gmail", Rates, Means("no limit"), "Gmail."),
    key("delivery.domain_rates.yahoo", Rates, Means("no limit"), "Yahoo and AOL."),
    key("delivery.domain_rates.microsoft", Rates, Means("no limit"), "Outlook, Hotmail, Live and MSN."),
    key("delivery.domain_rates.apple", Rates, Means("no limit"), "iCloud."),
    key("delivery.domain_rates.other", Rates, Means("no limit"), "Every other domain, together."),
    key(
        "retention.unconfirmed_days",
        Integer(0, DAYS_MAX),
        Default("30"),
        "How long a subscription that nobody confirms is kept after the latest email that asked. The person goes with it \
         if nothing else is stored about them. At least 8.",
    ),
    key(
        "retention.unsubscribed_days",
        Integer(0, DAYS_MAX),
        Default("365"),
        "How long the address and name of a reader who left are kept. A keyed hash stays, so that no list brings them back \
         to that newsletter. At least 31.",
    ),
    key(
        "retention.consent_days",
        Integer(0, DAYS_MAX),
        Default("1095"),
        "How long the proof of consent is kept after a subscription ends, in the end under the hash alone. At least 31.",
    ),
    key(
        "retention.network_days",
        Integer(0, DAYS_MAX),
        Default("365"),
        "How long the network that a consent came from is kept.",
    ),
    key(
        "retention.ledger_weeks",
        Integer(0, DAYS_MAX / 7),
        Default("52"),
        "After how long the rows of an issue, one for each reader, become numbers. Totals stay as they are, and so does the \
         list of readers who did not get it. At least 10.",
    ),
    key(
        "retention.system_mail_days",
        Integer(0, DAYS_MAX),
        Default("90"),
        "How long confirmations, notices and other emails of no issue stay in the ledger after they are settled. At least 60.",
    ),
    key(
        "retention.notice_days",
        Integer(0, DAYS_MAX),
        Default("400"),
        "How long a bounce is kept. One that proves a suppression stays as long as the suppression. At least 180.",
    ),
    key(
        "retention.event_days",
        Integer(0, DAYS_MAX),
        Default("730"),
        "How long the log of events is kept. At least 31.",
    ),
    key(
        "backup.folder",
        Path,
        Means("no backup is made by itself"),
        "The folder that backups go into. Only `coranto serve` with the role `schedule` makes them. Use another disk than the \
         database's, and copy them to another machine.",
    ),
    key(
        "backup.at",
        Text,
        Default("03:20"),
        "When in the day one is made, UTC. One that was missed is made at the next start.",
    ),
    key(
        "backup.keep_days",
        Integer(1, DAYS_MAX),
        Default("7"),
        "For how many days the newest backup of each day is kept.",
    ),
    key(
        "backup.keep_weeks",
        Integer(0, DAYS_MAX / 7),
        Default("8"),
        "For how many weeks the newest backup of each week is kept.",
    ),
    key(
        "alarms.to",
        Texts,
        Means("alarms stand in the log, in `/metrics` and in `coranto status` alone"),
        "The addresses that get alarms by email.",
    ),
    key(
        "alarms.relay",
        Text,
        Means("any relay that is up"),
        "The name of the relay that alarms go through: one that is up when the usual ones are not.",
    ),
    key(
        "alarms.push",
        Secret,
        Means("alarms are not pushed"),
        "The `https` address that alarms are posted to, at once and without a relay: ntfy, Gotify, a chat program's \
         incoming webhook. It is never printed.",
    ),
    key(
        "alarms.push_format",
        Text,
        Default("text"),
        "`text` posts the words of the email, `json` an object with `text`, `content`, `host` and `alarms`.",
    ),
    key(
        "alarms.heartbeat",
        Secret,
        Means("no sign of life is given"),
        "The `https` address that is asked every five minutes while the database can be written. Whoever waits there \
         notices when the process, the machine or its network is gone. It is never printed.",
    ),
    key(
        "signup.confirmations_per_day",
        Integer(1, 100),
        Default("1"),
        "The most confirmation emails from one newsletter to one mailbox in a day; from all together three times that.",
    ),
    key(
        "signup.confirmations_per_month",
        Integer(1, 1000),
        Default("3"),
        "The most confirmation emails from one newsletter to one mailbox in 30 days; from all together three times that.",
    ),
    key(
        "signup.requests_per_hour",
        Integer(1, 1_000_000),
        Default("60"),
        "The most mailboxes that one network (IPv4 /24, IPv6 /56) may sign up in an hour. More are refused.",
    ),
    key(
        "signup.domain_requests_per_hour",
        Integer(1, 10_000_000),
        Default("1000"),
        "So many sign-ups in an hour for addresses at one domain, such as gmail.com, cost no more than others. More of them \
         cost more work; none is refused.",
    ),
    key(
        "signup.all_requests_per_hour",
        Integer(1, 100_000_000),
        Default("5000"),
        "The same for sign-ups altogether. Each process counts for itself.",
    ),
    key(
        "signup.challenge",
        Text,
        Default("auto"),
        "When a sign-up must bring some seconds of a machine's work, or of its reader's patience: `auto` (when half of \
         one of the three limits per hour is used up), `always` or `never`. With `never` the limits of a domain and of all \
         do nothing.",
    ),
    key(
        "signup.challenge_work",
        Integer(1, 10_000_000),
        Default("50000"),
        "The most hashes (SHA-256) that this work takes; half of them on average. Beyond a limit it is up to four times as \
         many.",
    ),
    key(
        "signup.form_seconds_min",
        Integer(0, 60),
        Default("2"),
        "The shortest time in which a person fills in the form. Who is faster is asked to press one button more.",
    ),
    key(
        "signup.answer_after_ms",
        Integer(0, 2_000),
        Default("60"),
        "A sign-up is not answered earlier than this, so that the time of the answer tells nothing of the address. It \
         should be longer than a write to the database takes.",
    ),
    key(
        "signup.disposable_domains",
        Path,
        Means("no domain is refused"),
        "A file of domains whose addresses are not taken, one per line: those that hand out mailboxes to be thrown away.",
    ),
    key(
        "signup.check_mail_servers",
        Boolean,
        Default("false"),
        "Whether the name servers of this machine are asked if any server takes mail for the domain. Readers are then \
         told of a mistyped domain at once. A name server that does not answer refuses nobody.",
    ),
    key(
        "signup.embed_origins",
        Texts,
        Means("no other site"),
        "The sites, such as `https://www.example.com`, that may show the form in a frame or send it by script.",
    ),
    key(
        "signup.redirects",
        Texts,
        Means("readers see the page of this server"),
        "The pages to which a form on another site may send its reader afterwards, each in full. The form names one of \
         them in its field `redirect`.",
    ),
];

impl Key {
    /// The last part of its path.
    pub fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// Its path without the name; empty at the top of the file.
    pub fn section(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(section, _)| section)
    }
}
