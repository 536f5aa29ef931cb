//! What the engine is told. Built by the command line from the configuration; knows nothing of files.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::cause::OperatorRules;
use crate::domain::delivery::{RETRY_FOR, UNCERTAIN_FOR};
use crate::domain::extra_header::ExtraHeaders;
use crate::domain::hook::MailService;
use crate::domain::newsletter::Newsletter;
use crate::domain::provider::Provider;
use crate::domain::quota::Quota;
use crate::domain::standing::SETTLE_AFTER;
use crate::message::dkim::Signer;
use crate::smtp::{Connector, Deadlines};
use crate::token::Keyring;
use crate::witness::Witness;

/// A newsletter and who signs its mail.
#[derive(Clone)]
pub struct NewsletterSettings {
    pub newsletter: Newsletter,
    /// Its DKIM keys; none when the relays sign.
    pub signers: Vec<Arc<Signer>>,
    /// The relays that carry its mail, by name; none means every one there is.
    pub relays: Vec<String>,
    /// Header fields that it adds.
    pub extra_headers: ExtraHeaders,
}

/// A relay and how much may be asked of it.
#[derive(Clone)]
pub struct RelaySettings {
    /// Its name in the configuration; stands in the ledger.
    pub name: String,
    pub connector: Arc<Connector>,
    /// Connections at once, at most. After a crash this many mails may be in doubt.
    pub connections: usize,
    /// Messages before a connection is closed.
    pub messages_per_connection: u32,
    /// How old a connection may get.
    pub connection_age_max: Duration,
    /// Messages a minute, at most; none means no limit.
    pub rate_per_minute: Option<u32>,
    /// Messages an hour and a day, at most.
    pub quota: Quota,
    /// Its share of the mail, relative to the others'.
    pub weight: u32,
    /// Whether it signs itself, so that we need not.
    pub signs: bool,
    /// Whether it is told what to report (RFC 3461), where it offers that.
    pub dsn: bool,
    /// Headers it rewrites, which no signature of ours may cover.
    pub unsigned_headers: Vec<String>,
    /// Header fields that it wants.
    pub extra_headers: ExtraHeaders,
    /// Whose it is, where its provider hands a header field back.
    pub provider: Option<MailService>,
}

/// How often the engine looks, and how long it believes.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Between looks at the ledger when there is nothing to do.
    pub poll: Duration,
    /// How long a worker is believed to live without a sign of it.
    pub lease: Duration,
    pub heartbeat: Duration,
    /// How long a row stays uncertain before it is sent again.
    pub uncertain_for: Duration,
    /// How long an unused connection is kept.
    pub idle: Duration,
    /// How long a relay may take to open a connection while what waits for it waits too.
    pub patience: Duration,
    /// The first wait after a relay failed; it doubles up to `backoff_max`.
    pub backoff: Duration,
    /// The longest wait after a relay failed.
    pub backoff_max: Duration,
    /// How long a mail waits after "slow down".
    pub slow_down: Duration,
    /// How long the engine may have been away and still go on by itself.
    pub grace: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(500),
            lease: Duration::from_secs(60),
            heartbeat: Duration::from_secs(10),
            uncertain_for: UNCERTAIN_FOR,
            idle: Duration::from_secs(15),
            patience: Duration::from_secs(15),
            backoff: Duration::from_secs(5),
            backoff_max: Duration::from_secs(300),
            slow_down: Duration::from_secs(60),
            grace: Duration::from_secs(6 * 3600),
        }
    }
}

/// Everything the engine is told.
#[derive(Clone)]
pub struct EngineSettings {
    pub public_url: String,
    pub keys: Keyring,
    pub newsletters: Vec<NewsletterSettings>,
    pub relays: Vec<RelaySettings>,
    /// The relay that alarms go through, by its name; none means any that is up.
    pub alarm_relay: Option<String>,
    /// How long a temporary refusal is retried.
    pub retry_for: Duration,
    /// How long after a refusal it is settled what follows for the reader.
    pub settle_after: Duration,
    /// What replies mean at this installation, before what they mean everywhere.
    pub rules: OperatorRules,
    /// Where this machine remembers what it saw of the database; none when it cannot.
    pub witness: Option<Arc<Witness>>,
    /// Whether the reply to an accepted mail is kept. It makes the ledger half as large again.
    pub keep_replies: bool,
    /// Messages a minute to the mailboxes of one provider.
    pub provider_rates: BTreeMap<Provider, u32>,
    /// Messages an hour and a day to the mailboxes of one provider.
    pub provider_quotas: BTreeMap<Provider, Quota>,
    pub deadlines: Deadlines,
    pub timing: Timing,
}

impl EngineSettings {
    /// Settings with nobody to mail and nobody to mail through.
    pub fn new(public_url: impl Into<String>, keys: Keyring) -> Self {
        Self {
            public_url: public_url.into(),
            keys,
            newsletters: Vec::new(),
            relays: Vec::new(),
            alarm_relay: None,
            retry_for: RETRY_FOR,
            settle_after: SETTLE_AFTER,
            rules: OperatorRules::default(),
            witness: None,
            keep_replies: false,
            provider_rates: BTreeMap::new(),
            provider_quotas: BTreeMap::new(),
            deadlines: Deadlines::default(),
            timing: Timing::default(),
        }
    }

    /// The same with the relays alone that carry this newsletter's mail.
    #[must_use]
    pub fn only_for(mut self, slug: &str) -> Self {
        let named = self.newsletters.iter().find(|entry| entry.newsletter.slug == slug).map(|entry| &entry.relays);
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            self.relays.retain(|relay| named.contains(&relay.name));
        }
        self
    }

    /// How many mails may be in doubt after a crash: one on each connection.
    pub fn in_doubt_max(&self) -> usize {
        self.relays.iter().map(|relay| relay.connections).sum()
    }
}
