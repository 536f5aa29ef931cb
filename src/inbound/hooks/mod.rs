//! The door that providers come in by: a request, what proves whose it is, and what it tells of which email. Each provider's
//! file is pure; here they are asked, and what they found is given to the intake. Knows no route.

mod brevo;
mod certificates;
mod event;
mod generic;
mod mailgun;
mod mailjet;
mod postal;
mod postmark;
mod proof;
mod resend;
mod sendgrid;
mod ses;
mod sns;
mod sparkpost;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use hyper::HeaderMap;
use serde_json::Value;

use certificates::Certificates;
use event::HookEvent;
use sns::{Envelope, EnvelopeKind};

use super::receive::{Intake, Receipt};
use super::report::{ReadReport, Teller};
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::hook::{Authenticity, Hook, MailService};
use crate::domain::hook_key::HookKeys;
use crate::domain::notice::{NoticeEvidence, NoticeSource};
use crate::figures::count;
use crate::https::Fetch;
use crate::store::{Result, StoreError, alarms, hooks};
use crate::telemetry::metrics;

/// More events than any provider puts into a request.
const EVENTS_MAX: usize = 10_000;
/// So many share a commit.
const BATCH: usize = 500;
/// So many forged requests in an hour are told to a person.
const FORGED_MAX: i64 = 20;
const HOUR: Duration = Duration::from_secs(3600);
/// How often it is noted that a provider was heard.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// Where a request goes by the path under the public URL.
pub fn path(name: &str, seal: &str) -> String {
    format!("/hooks/{name}/{seal}")
}

/// A hook, and the relays that are its provider's.
#[derive(Clone, Debug)]
pub struct HookSettings {
    pub hook: Hook,
    pub relays: Vec<String>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookOutcome {
    /// Everything that it tells is kept.
    Kept,
    /// Its provider did not send it.
    Forged,
    /// It is no JSON.
    Unreadable,
    /// It has more events than any provider sends.
    TooMany,
    /// Not now: it is to come again.
    Later,
}

impl HookOutcome {
    /// A word for counts.
    fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Forged => "forged",
            Self::Unreadable => "unreadable",
            Self::TooMany => "too_many",
            Self::Later => "later",
        }
    }
}

/// A hook with what was made of its keys.
struct ReadyHook {
    hook: Hook,
    keys: Option<HookKeys>,
    teller: Arc<Teller>,
}

/// Every hook of the configuration.
pub struct HookDoor {
    hooks: Vec<Arc<ReadyHook>>,
    intake: Intake,
    certificates: Certificates,
    noted: Mutex<BTreeMap<String, Timestamp>>,
}

/// What is to be done with a request when its provider sent it.
type Told = std::result::Result<Vec<HookEvent>, HookOutcome>;

impl HookDoor {
    /// `fetch` asks for Amazon's certificates, and confirms subscriptions.
    pub fn new(settings: Vec<HookSettings>, intake: Intake, fetch: Arc<dyn Fetch>) -> Self {
        let ready = |HookSettings { hook, relays }: HookSettings| {
            let keys = hook.public_key.as_deref().and_then(|key| HookKeys::parse(hook.provider, key).ok());
            let (is_verified, once) = (hook.is_verified(), hook.provider == MailService::Mailgun);
            let teller = Arc::new(Teller { hook: hook.name.clone(), is_verified, once, relays });
            Arc::new(ReadyHook { hook, keys, teller })
        };
        let hooks = settings.into_iter().map(ready).collect();
        Self { hooks, intake, certificates: Certificates::new(fetch), noted: Mutex::default() }
    }

    /// Whether there is a hook of this name, and the seal is its.
    pub fn opens(&self, name: &str, seal: &str) -> bool {
        self.hooks.iter().any(|one| one.hook.name == name) && self.intake.keys().is_hook_seal(name, seal)
    }

    /// Takes a request in, of a hook that opens. What it tells is kept when this says so.
    pub async fn take(&self, name: &str, headers: HeaderMap, body: Vec<u8>, now: Timestamp) -> Result<HookOutcome> {
        let Some(ready) = self.hooks.iter().find(|one| one.hook.name == name) else { return Ok(HookOutcome::Forged) };
        let outcome = self.take_of(ready, headers, body, now).await;
        metrics::hook(name, outcome.as_ref().map_or("failed", |outcome| outcome.name()));
        outcome
    }

    async fn take_of(
        &self,
        ready: &Arc<ReadyHook>,
        headers: HeaderMap,
        body: Vec<u8>,
        now: Timestamp,
    ) -> Result<HookOutcome> {
        let told = match ready.hook.provider {
            MailService::Ses => self.amazon(&ready.hook, body, now).await,
            _ => {
                let ready = Arc::clone(ready);
                let read = tokio::task::spawn_blocking(move || read(&ready, &headers, &body, now));
                read.await.unwrap_or(Err(HookOutcome::Unreadable))
            }
        };
        match told {
            Ok(events) if events.len() > EVENTS_MAX => Ok(HookOutcome::TooMany),
            Ok(events) => {
                self.keep(ready, events, now).await?;
                Ok(HookOutcome::Kept)
            }
            Err(HookOutcome::Forged) => {
                self.count_forged(&ready.hook.name, now).await?;
                Ok(HookOutcome::Forged)
            }
            Err(outcome) => Ok(outcome),
        }
    }

    /// What Amazon tells. Its certificate may have to be fetched first.
    async fn amazon(&self, hook: &Hook, body: Vec<u8>, now: Timestamp) -> Told {
        let body: Value = serde_json::from_slice(&body).map_err(|_| HookOutcome::Unreadable)?;
        let forged = |why| {
            tracing::warn!(hook = hook.name, why, "a request to a hook is not its provider's");
            HookOutcome::Forged
        };
        let (kind, envelope) = Envelope::open(&body, &hook.topics, now).map_err(forged)?;
        let url = envelope.certificate_url().ok_or_else(|| forged("its certificate would not be Amazon's"))?;
        let key = self.certificates.key(&url, now).await.ok_or(HookOutcome::Later)?;
        if !envelope.is_signed(&key) {
            return Err(forged("its signature is wrong"));
        }
        match kind {
            EnvelopeKind::Notification => {
                let message = serde_json::from_str(envelope.message()).unwrap_or_default();
                Ok(ses::events(&message, envelope.id()))
            }
            EnvelopeKind::Confirmation => {
                let url = envelope.confirmation_url().ok_or(HookOutcome::Unreadable)?;
                if !self.certificates.confirm(&url).await {
                    return Err(HookOutcome::Later);
                }
                tracing::info!(hook = hook.name, "the subscription to the topic is confirmed");
                Ok(Vec::new())
            }
            EnvelopeKind::End => {
                tracing::warn!(hook = hook.name, "the subscription to the topic has ended; nothing more will come");
                Ok(Vec::new())
            }
        }
    }

    /// Keeps what is told, and when it was.
    async fn keep(&self, ready: &ReadyHook, events: Vec<HookEvent>, now: Timestamp) -> Result<()> {
        let mut held = Vec::new();
        let mut events = events.into_iter().peekable();
        while events.peek().is_some() {
            let batch: Vec<_> = events.by_ref().take(BATCH).collect();
            let why: Vec<_> = batch.iter().map(HookEvent::held_for).collect();
            let reports: Vec<_> = batch.into_iter().map(|event| report(ready, event)).collect();
            let receipts = self.intake.receive(&reports, now).await?;
            // Others may send through the same account.
            let ours = why.into_iter().zip(&receipts).filter(|(_, receipt)| is_ours(receipt));
            held.extend(ours.filter_map(|(why, _)| why));
        }
        if !held.is_empty() {
            self.call_for_held(&ready.hook.name, &held, now).await?;
        }
        if self.is_worth_noting(&ready.hook.name, now) {
            let name = &ready.hook.name;
            self.intake.db().write(async |tx| hooks::heard(tx, name, now).await).await?;
        }
        Ok(())
    }

    /// Calls a person to mail that a provider keeps back: nobody there knows that readers wait.
    async fn call_for_held(&self, name: &str, why: &[String], now: Timestamp) -> Result<()> {
        let said = why.iter().rev().find(|said| !said.is_empty()).map(|said| format!(": {said}")).unwrap_or_default();
        let note = format!("{} held and not sent on{said}", count(why.len() as u64, "email"));
        let alarm = Alarm::new(AlarmName::HooksHeld, name, &note);
        self.intake.db().write(async |tx| alarms::raise(tx, &alarm, Actor::scheduler(now)).await).await?;
        Ok(())
    }

    fn is_worth_noting(&self, name: &str, now: Timestamp) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_old = noted.get(name).is_none_or(|at| now.since(*at) >= NOTED_EVERY);
        if is_old {
            noted.insert(name.to_owned(), now);
        }
        is_old
    }

    /// Counts a forged request, and calls a person when there are many.
    async fn count_forged(&self, name: &str, now: Timestamp) -> Result<()> {
        self.intake
            .db()
            .write(async |tx| {
                let burst = hooks::forged(tx, name, now.minus(HOUR), now).await?;
                if burst >= FORGED_MAX {
                    let note = format!("{burst} requests within an hour bear no signature of the provider");
                    let alarm = Alarm::new(AlarmName::HooksForged, name, &note);
                    alarms::raise(tx, &alarm, Actor::scheduler(now)).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await
    }
}

impl std::fmt::Debug for HookDoor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.hooks.iter().map(|one| &one.hook.name)).finish()
    }
}

/// What a request tells, if its provider sent it. Whoever signs nothing is known by the seal, and by a login where one is set.
fn read(ready: &ReadyHook, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Told {
    let (hook, secret) = (&ready.hook, ready.hook.secret.as_ref());
    let is_let_in = hook.login.as_ref().is_none_or(|login| proof::is_login(login, headers));
    let parsed = || serde_json::from_slice::<Value>(body).map_err(|_| HookOutcome::Unreadable);
    if !is_let_in {
        return Err(HookOutcome::Forged);
    }
    // A body that is signed as a whole is looked at after its signature.
    match (hook.provider, hook.provider.authenticity()) {
        (MailService::SendGrid, _) => {
            let keys = ready.keys.as_ref().filter(|keys| sendgrid::is_authentic(keys, headers, body, now));
            keys.ok_or(HookOutcome::Forged)?;
            Ok(sendgrid::events(&parsed()?))
        }
        (MailService::Postal, _) => {
            let keys = ready.keys.as_ref().filter(|keys| postal::is_authentic(keys, headers, body));
            keys.ok_or(HookOutcome::Forged)?;
            Ok(postal::events(&parsed()?))
        }
        (MailService::Mailgun, _) => {
            let body = parsed()?;
            secret.filter(|secret| mailgun::is_authentic(secret, &body, now)).ok_or(HookOutcome::Forged)?;
            Ok(mailgun::events(&body))
        }
        (provider, Authenticity::Secret) => {
            let id =
                secret.and_then(|secret| proof::standard(secret, headers, body, now)).ok_or(HookOutcome::Forged)?;
            let body = parsed()?;
            Ok(if provider == MailService::Resend { resend::events(&body, id) } else { generic::events(&body) })
        }
        (MailService::Postmark, _) => Ok(postmark::events(&parsed()?)),
        (MailService::Brevo, _) => Ok(brevo::events(&parsed()?)),
        (MailService::SparkPost, _) => Ok(sparkpost::events(&parsed()?)),
        (MailService::Mailjet, _) => Ok(mailjet::events(&parsed()?)),
        // Amazon is asked for its certificate first.
        _ => Err(HookOutcome::Forged),
    }
}

/// Whether an event was about an email of ours.
fn is_ours(receipt: &Receipt) -> bool {
    matches!(receipt.evidence, NoticeEvidence::Sealed | NoticeEvidence::Vouched)
}

/// What the intake takes: its digest tells one event of a hook from every other.
fn report(ready: &ReadyHook, event: HookEvent) -> ReadReport {
    let id = [ready.hook.name.as_bytes(), b"\n", event.id.as_bytes()].concat();
    ReadReport {
        source: NoticeSource::Hook,
        recipient: None,
        automatic: true,
        digest: digest(&SHA256, &id).as_ref().try_into().unwrap_or_default(),
        reading: event.reading(),
        told: Some(Arc::clone(&ready.teller)),
    }
}

#[cfg(test)]
mod tests;
