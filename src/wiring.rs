//! From the sections of the configuration to what each part is told. The only place that knows both sides.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::backup::{self, BackupPlan};
use crate::config::{Alarms, Config, Dkim, InboundMailbox, Relay, RelayTls};
use crate::delivery::{EngineSettings, NewsletterSettings, RelaySettings};
use crate::domain::hook::Hook;
use crate::domain::newsletter::Newsletter;
use crate::domain::newsletter::url_base;
use crate::inbound::hooks::HookSettings;
use crate::inbound::mailbox::MailboxSettings;
use crate::message::dkim::Signer;
use crate::signup::{ChallengeWhen, DomainPolicy, Limits, MxLookup};
use crate::smtp::{Connector, Endpoint, TlsClient, TlsMode};
use crate::templates::{TemplateError, Templates};
use crate::upkeep;

/// Connections are renewed after this long, so that a relay behind a load balancer can be taken out of service.
const CONNECTION_AGE_MAX: Duration = Duration::from_secs(5 * 60);

/// How long a mail server may take to answer a command about a mailbox. Fifty mails are one answer.
const MAILBOX_PATIENCE: Duration = Duration::from_secs(120);

/// What the engine is told.
pub fn delivery(config: &Config) -> anyhow::Result<EngineSettings> {
    let newsletter = |newsletter: &Newsletter| {
        let signers = signers(config, &newsletter.slug)?;
        let sending = config.sending.get(&newsletter.slug).cloned().unwrap_or_default();
        let (relays, extra_headers) = (sending.relays, sending.headers);
        Ok(NewsletterSettings { newsletter: newsletter.clone(), signers, relays, extra_headers })
    };
    let mut settings = EngineSettings::new(public_url(config), config.keys.clone());
    settings.newsletters = config.newsletters.iter().map(newsletter).collect::<anyhow::Result<_>>()?;
    settings.relays = config.relays.iter().map(|one| relay(config, one)).collect::<anyhow::Result<_>>()?;
    settings.alarm_relay.clone_from(&config.alarms.relay);
    settings.retry_for = config.delivery.retry_for;
    settings.settle_after = config.inbound.settle_after;
    settings.rules.clone_from(&config.inbound.rules);
    settings.keep_replies = config.delivery.keep_replies;
    let rates = || config.delivery.domain_rates.iter();
    settings.provider_rates = rates().filter_map(|(provider, rates)| Some((*provider, rates.per_minute?))).collect();
    settings.provider_quotas = rates().map(|(provider, rates)| (*provider, rates.quota)).collect();
    Ok(settings)
}

/// How a relay is reached.
pub fn connector(config: &Config, relay: &Relay) -> anyhow::Result<Connector> {
    let endpoint = Endpoint {
        host: relay.host.clone(),
        port: relay.port,
        tls: protection(relay.tls),
        ca_file: relay.ca_file.clone(),
        username: relay.username.clone(),
        password: relay.password.clone(),
        helo: relay.helo.clone().unwrap_or_else(|| own_name(config)),
        allow_plaintext: relay.plaintext_is_acceptable,
    };
    Connector::new(endpoint).with_context(|| format!("relay {}", relay.name))
}

/// The hooks, each with the relays of its provider.
pub fn hooks(config: &Config) -> Vec<HookSettings> {
    let relays = |provider| {
        let its = config.relays.iter().filter(|relay| relay.provider == Some(provider));
        its.map(|relay| relay.name.clone()).collect()
    };
    let settings = |hook: &Hook| HookSettings { hook: hook.clone(), relays: relays(hook.provider) };
    config.inbound.hooks.iter().map(settings).collect()
}

fn protection(tls: RelayTls) -> TlsMode {
    match tls {
        RelayTls::Implicit => TlsMode::Implicit,
        RelayTls::Starttls => TlsMode::StartTls,
        RelayTls::None => TlsMode::None,
    }
}

/// How a mailbox is read.
pub fn mailbox(mailbox: &InboundMailbox) -> anyhow::Result<MailboxSettings> {
    let trust = match mailbox.tls {
        RelayTls::None => None,
        _ => Some(
            TlsClient::new(&mailbox.host, mailbox.ca_file.as_deref())
                .with_context(|| format!("mailbox {}", mailbox.name))?,
        ),
    };
    Ok(MailboxSettings {
        name: mailbox.name.clone(),
        host: mailbox.host.clone(),
        port: mailbox.port,
        tls: protection(mailbox.tls),
        trust,
        username: mailbox.username.clone(),
        password: mailbox.password.clone(),
        folder: mailbox.folder.clone(),
        done_folder: mailbox.done_folder.clone(),
        every: mailbox.every,
        patience: MAILBOX_PATIENCE,
    })
}

/// Who signs a newsletter's mail: its keys, in the order of the file.
pub fn signers(config: &Config, slug: &str) -> anyhow::Result<Vec<Arc<Signer>>> {
    keys_that(config, slug, true)
}

/// The keys of a newsletter that sign nothing yet.
pub fn waiting_signers(config: &Config, slug: &str) -> anyhow::Result<Vec<Arc<Signer>>> {
    keys_that(config, slug, false)
}

fn keys_that(config: &Config, slug: &str, sign: bool) -> anyhow::Result<Vec<Arc<Signer>>> {
    let keys = config.dkim.get(slug).map_or(&[][..], Vec::as_slice);
    let signer = |(at, dkim): (usize, &Dkim)| {
        let number = if keys.len() > 1 { format!(".{at}") } else { String::new() };
        Signer::new(&dkim.domain, &dkim.selector, &dkim.key)
            .map(Arc::new)
            .with_context(|| format!("newsletters.{slug}.dkim{number}.key cannot sign"))
    };
    keys.iter().enumerate().filter(|(_, dkim)| dkim.signs == sign).map(signer).collect()
}

/// The templates, with what the operator put in place of some.
pub fn templates(config: &Config) -> Result<Templates, TemplateError> {
    let slugs = config.newsletters.iter().map(|newsletter| newsletter.slug.as_str());
    Templates::with_overrides(&config.templates, slugs)
}

/// How much strangers may do.
pub fn limits(config: &Config) -> Limits {
    let signup = &config.signup;
    Limits {
        confirmations_per_day: signup.confirmations_per_day,
        confirmations_per_month: signup.confirmations_per_month,
        requests_per_hour: signup.requests_per_hour,
        domain_requests_per_hour: signup.domain_requests_per_hour,
        all_requests_per_hour: signup.all_requests_per_hour,
        challenge: signup.challenge.parse().unwrap_or(ChallengeWhen::Near),
        challenge_work: signup.challenge_work,
        form_age_min: signup.form_age_min,
        answer_after: signup.answer_after,
    }
}

/// What is looked at in the domains of strangers' addresses.
pub fn checks(config: &Config) -> anyhow::Result<DomainPolicy> {
    let mut checks = DomainPolicy::none();
    if let Some(path) = &config.signup.disposable_domains {
        let list = std::fs::read_to_string(path)
            .with_context(|| format!("signup.disposable_domains: {} cannot be read", path.display()))?;
        checks = checks.without_disposable(&list);
    }
    if config.signup.check_mail_servers {
        let servers = MxLookup::new(None).context("signup.check_mail_servers: no name server can be asked")?;
        checks = checks.with_servers(servers);
    }
    Ok(checks)
}

/// Who is told of alarms, and what is watched.
pub fn upkeep(config: &Config) -> upkeep::AlarmSettings {
    let file = config.database.sqlite_file();
    upkeep::AlarmSettings {
        to: config.alarms.to.clone(),
        newsletters: config.newsletters.clone(),
        folder: file.and_then(Path::parent).map(Path::to_owned),
        host: config.public_url.host_str().unwrap_or_default().to_owned(),
        retention: config.retention,
        push: Alarms::url(config.alarms.push.as_ref())
            .map(|url| upkeep::AlarmPush { url, format: config.alarms.push_format }),
        heartbeat: Alarms::url(config.alarms.heartbeat.as_ref()),
        file: Some(alarms_file(config)),
        user_agent: format!("coranto/{} (+{})", env!("CARGO_PKG_VERSION"), public_url(config)),
    }
}

/// The file that has the alarms that stand.
pub fn alarms_file(config: &Config) -> PathBuf {
    config.server.state.join("alarms")
}

/// What belongs to a backup beside the database. `files` are those that the configuration names, each by its key; `text`
/// is the configuration without the secrets in it, with the keys of those.
pub fn backup(config: &Config, files: &[(String, PathBuf)], text: (String, Vec<String>)) -> BackupPlan {
    let (places, unnamed) = backup::named_by(files);
    let (text, mut left_out) = text;
    left_out.extend(unnamed);
    let keys = backup::fingerprints(&config.keys);
    BackupPlan { config: text, places, state: config.server.state.clone(), keys, left_out }
}

/// Where links begin, without a `/` at its end.
pub fn public_url(config: &Config) -> String {
    url_base(config.public_url.as_str()).to_owned()
}

/// The name this installation gives itself in EHLO: an IP address is written as a literal (RFC 5321 4.1.3).
pub fn own_name(config: &Config) -> String {
    match config.public_url.host() {
        Some(url::Host::Domain(name)) => name.to_owned(),
        Some(url::Host::Ipv4(address)) => format!("[{address}]"),
        Some(url::Host::Ipv6(address)) => format!("[IPv6:{address}]"),
        None => "localhost".to_owned(),
    }
}

fn relay(config: &Config, relay: &Relay) -> anyhow::Result<RelaySettings> {
    Ok(RelaySettings {
        name: relay.name.clone(),
        connector: Arc::new(connector(config, relay)?),
        connections: usize::try_from(relay.connections).unwrap_or(usize::MAX),
        messages_per_connection: relay.messages_per_connection,
        connection_age_max: CONNECTION_AGE_MAX,
        rate_per_minute: relay.rate_per_minute,
        quota: relay.quota,
        weight: relay.weight,
        signs: relay.signs,
        dsn: relay.dsn,
        unsigned_headers: relay.rewrites.clone(),
        extra_headers: relay.headers.clone(),
        provider: relay.provider,
    })
}
