//! What is looked at when an installation is checked, and what is found: a name for each thing that does not change, so that
//! programs and people can hold on to it; how it stands; which alarm calls a person to it. Looks at nothing itself.

use super::alarm::AlarmName;
use super::string_enum;

string_enum! {
    /// What is looked at. The word before the dot is its group.
    CheckName: "check" {
        Configuration = "installation.configuration",
        Hold = "installation.hold",
        State = "installation.state",
        Disk = "installation.disk",
        Clock = "installation.clock",
        Server = "installation.server",
        Alarms = "installation.alarms",
        Database = "database.schema",
        DatabaseFile = "database.file",
        DatabaseWire = "database.wire",
        KeyFile = "keys.file",
        Keys = "keys.match",
        Addresses = "readers.addresses",
        Backup = "backup.age",
        Templates = "content.templates",
        Issues = "content.issues",
        Relays = "relay.any",
        Relay = "relay.session",
        RelaySender = "relay.sender",
        RelayCertificate = "relay.certificate",
        RelayHook = "relay.hook",
        Dns = "dns.answers",
        SenderDomain = "dns.sender",
        Mx = "dns.mx",
        ReplyTo = "dns.reply_to",
        Spf = "dns.spf",
        Dkim = "dns.dkim",
        Dmarc = "dns.dmarc",
        DmarcReports = "dns.dmarc_reports",
        PagesName = "dns.pages",
        Links = "dns.links",
        Ptr = "dns.ptr",
        Helo = "dns.helo",
        Signature = "signing.key",
        SignatureDomain = "signing.domain",
        BounceDomain = "signing.bounce_domain",
        PublicUrl = "way_in.address",
        Listen = "way_in.listen",
        Pages = "way_in.pages",
        Proxy = "way_in.proxy",
        PagesCertificate = "way_in.certificate",
        PlainHttp = "way_in.http",
        Metrics = "way_in.metrics",
        Bounces = "inbound.bounces",
        Listener = "inbound.listener",
        ListenerCertificate = "inbound.certificate",
        MailServer = "inbound.mail_server",
        Mailbox = "inbound.mailbox",
        MailboxRead = "inbound.mailbox_read",
        Reports = "inbound.reports",
        Hooks = "hooks.reach",
        Hook = "hooks.provider",
        HookUrl = "hooks.url",
    }
}

/// A check, and of what it is: a domain, a relay, a newsletter; of nothing for the installation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedCheck {
    pub name: CheckName,
    /// Two parts are set apart by `/`.
    pub scope: String,
}

impl CheckName {
    /// The check of the installation.
    pub fn here(self) -> NamedCheck {
        self.of("")
    }

    /// The check of one thing.
    pub fn of(self, scope: impl Into<String>) -> NamedCheck {
        NamedCheck { name: self, scope: scope.into() }
    }

    /// What belongs together.
    pub fn group(self) -> &'static str {
        self.as_str().split_once('.').map_or("", |(group, _)| group)
    }

    /// The page under `docs` that says more, with its heading.
    pub fn docs(self) -> &'static str {
        match self {
            Self::Configuration => "configuration.md",
            Self::Hold | Self::State => "operations.md#a-copy-that-is-put-back",
            Self::Alarms => "monitoring.md#alarms",
            Self::Database => "operations.md#upgrades",
            Self::DatabaseWire => "operations.md#the-wire-to-the-database",
            Self::DatabaseFile | Self::KeyFile => "operations.md#files",
            Self::Keys | Self::Addresses => "operations.md#keys",
            Self::Backup => "backup.md#set-it-up",
            Self::Templates => "reference/templates.md",
            Self::Issues => "writing.md",
            Self::RelayCertificate => "relays.md#certificates",
            Self::RelayHook | Self::Hooks | Self::Hook | Self::HookUrl => "bounces.md#webhooks",
            Self::Relays | Self::Relay | Self::RelaySender => "relays.md#set-ups",
            Self::Signature | Self::SignatureDomain | Self::BounceDomain => "relays.md#senders-and-signatures",
            Self::PublicUrl | Self::Listen | Self::Pages | Self::Proxy | Self::PlainHttp | Self::Metrics => {
                "proxy.md#what-doctor-says"
            }
            Self::PagesCertificate => "tls.md#readers-pages",
            Self::ListenerCertificate => "tls.md#reports-on-port-25",
            Self::Bounces | Self::Listener | Self::MailServer | Self::Mailbox | Self::MailboxRead | Self::Reports => {
                "bounces.md#whether-reports-find-their-way-in"
            }
            Self::Disk | Self::Clock | Self::Server => "operations.md#is-it-well",
            _ => "dns.md#what-doctor-says",
        }
    }

    /// The alarm that calls a person when the check does not end well; none where whoever notices it at work calls them.
    pub fn alarm(self) -> Option<AlarmName> {
        match self {
            Self::PagesCertificate | Self::RelayCertificate | Self::ListenerCertificate => {
                Some(AlarmName::CertificateEnding)
            }
            Self::Hold
            | Self::Disk
            | Self::Server
            | Self::Backup
            | Self::Relays
            | Self::Relay
            | Self::RelaySender
            | Self::Mailbox
            | Self::MailboxRead
            | Self::Database
            | Self::Dns => None,
            Self::Keys => Some(AlarmName::KeyForeign),
            Self::SignatureDomain | Self::BounceDomain => Some(AlarmName::DnsChanged),
            _ if self.group() == "dns" => Some(AlarmName::DnsChanged),
            _ => Some(AlarmName::CheckFailed),
        }
    }

    /// The alarm that stands while it stands so with the check. A certificate calls a person before it fails.
    pub fn alarm_at(self, health: FindingHealth) -> Option<AlarmName> {
        let name = self.alarm()?;
        let is_early = name == AlarmName::CertificateEnding && health == FindingHealth::Warn;
        (health == FindingHealth::Fail || is_early).then_some(name)
    }

    /// Whether receivers refuse a newsletter whose check of this name fails.
    pub fn is_of_sender(self) -> bool {
        matches!(
            self,
            Self::Spf | Self::Dkim | Self::Dmarc | Self::Signature | Self::SignatureDomain | Self::BounceDomain
        )
    }

    /// Whether other machines are asked for it.
    pub fn asks_others(self) -> bool {
        match self {
            Self::PublicUrl | Self::Listen | Self::RelayHook => false,
            Self::SignatureDomain | Self::BounceDomain | Self::Mailbox => true,
            _ => matches!(self.group(), "dns" | "way_in" | "relay"),
        }
    }

    /// What it is called where people read; `{}` stands for what it is of, twice where that has two parts.
    fn pattern(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Hold => "hold",
            Self::State => "state",
            Self::Disk => "disk",
            Self::Clock => "clock",
            Self::Server => "server",
            Self::Alarms => "alarms",
            Self::Database => "database",
            Self::DatabaseFile => "database file",
            Self::DatabaseWire => "database wire",
            Self::KeyFile => "key file",
            Self::Keys => "keys",
            Self::Addresses => "addresses",
            Self::Backup => "backup",
            Self::Templates => "templates",
            Self::Issues => "issues of {}",
            Self::Relays => "relays",
            Self::Relay | Self::RelayHook => "relay {}",
            Self::RelaySender => "relay {}, sender of {}",
            Self::RelayCertificate => "certificate of relay {}",
            Self::Dns => "DNS",
            Self::SenderDomain => "domain of {}",
            Self::Mx => "MX of {}",
            Self::ReplyTo => "reply_to of {}",
            Self::Spf => "SPF of {}",
            Self::Dkim => "DKIM at {}",
            Self::Dmarc => "DMARC of {}",
            Self::DmarcReports => "DMARC reports of {}",
            Self::PagesName => "name of the pages",
            Self::Links => "links of {}",
            Self::Ptr => "PTR of {}",
            Self::Helo => "HELO name of {}",
            Self::Signature => "DKIM of {}",
            Self::SignatureDomain => "signature of {}",
            Self::BounceDomain => "bounce domain of {}",
            Self::PublicUrl => "public address",
            Self::Listen => "web server",
            Self::Pages => "pages from outside",
            Self::Proxy => "proxy",
            Self::PagesCertificate => "certificate of the pages",
            Self::PlainHttp => "pages by http",
            Self::Metrics => "metrics from outside",
            Self::Bounces => "bounces",
            Self::Listener => "listener, {}",
            Self::ListenerCertificate => "certificate of the listener",
            Self::MailServer => "mail server {} of {}",
            Self::Mailbox => "mailbox {}",
            Self::MailboxRead => "last look into mailbox {}",
            Self::Reports => "reports {}",
            Self::Hooks => "hooks",
            Self::Hook => "hook {}",
            Self::HookUrl => "hook {}, URL",
        }
    }
}

impl NamedCheck {
    /// What it is called where programs read, such as `dns.spf/news.example.org`.
    pub fn id(&self) -> String {
        match self.scope.as_str() {
            "" => self.name.to_string(),
            scope => format!("{}/{}", self.name, scope.replace(' ', "_")),
        }
    }

    /// Whether `wanted` asks for it: by its id, by its name, or by its group.
    pub fn is_meant_by(&self, wanted: &str) -> bool {
        wanted == self.name.group() || wanted == self.name.as_str() || wanted == self.id()
    }
}

string_enum! {
    /// How it stands with one thing.
    FindingHealth: "state" {
        Ok = "ok",
        /// Nobody could be asked, so nothing is known.
        Unknown = "unknown",
        Warn = "warn",
        Fail = "fail",
    }
}

/// What was found of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub check: NamedCheck,
    pub health: FindingHealth,
    pub text: String,
    pub hint: Option<String>,
}

impl Finding {
    pub fn new(check: &NamedCheck, health: FindingHealth, text: impl Into<String>) -> Self {
        Self { check: check.clone(), health, text: text.into(), hint: None }
    }

    pub fn ok(check: &NamedCheck, text: impl Into<String>) -> Self {
        Self::new(check, FindingHealth::Ok, text)
    }

    /// Nothing is known of it, because nobody answered.
    pub fn unknown(check: &NamedCheck, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(check, FindingHealth::Unknown, text) }
    }

    pub fn warn(check: &NamedCheck, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(check, FindingHealth::Warn, text) }
    }

    pub fn fail(check: &NamedCheck, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(check, FindingHealth::Fail, text) }
    }

    /// The alarm that it raises, if any.
    pub fn alarm(&self) -> Option<AlarmName> {
        self.check.name.alarm_at(self.health)
    }
}

impl serde::Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let name = self.check.name;
        let mut fields = serializer.serialize_struct("Finding", 7)?;
        fields.serialize_field("id", &self.check.id())?;
        fields.serialize_field("group", name.group())?;
        fields.serialize_field("check", &self.check.to_string())?;
        fields.serialize_field("state", &self.health)?;
        fields.serialize_field("text", &self.text)?;
        fields.serialize_field("hint", &self.hint)?;
        fields.serialize_field("docs", name.docs())?;
        fields.end()
    }
}

impl std::fmt::Display for NamedCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pattern = self.name.pattern();
        if pattern.matches("{}").count() < 2 {
            return f.write_str(&pattern.replace("{}", &self.scope));
        }
        let (first, second) = self.scope.split_once('/').unwrap_or((&self.scope, ""));
        f.write_str(&pattern.replacen("{}", first, 1).replacen("{}", second, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_named_by_its_group_its_name_or_its_id() {
        let spf = CheckName::Spf.of("news.example.org");
        assert_eq!(
            (spf.id().as_str(), spf.to_string().as_str()),
            ("dns.spf/news.example.org", "SPF of news.example.org")
        );
        for (wanted, is) in
            [("dns", true), ("dns.spf", true), ("dns.spf/news.example.org", true), ("dns.sp", false), ("spf", false)]
        {
            assert_eq!(spf.is_meant_by(wanted), is, "{wanted}");
        }
        assert_eq!(CheckName::RelaySender.of("main/week").to_string(), "relay main, sender of week");
        assert_eq!(CheckName::Disk.here().id(), "installation.disk");
    }
}
