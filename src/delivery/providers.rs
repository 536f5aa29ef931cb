//! What the mailbox providers let through: their rates, and how long one that said "slow down" is left alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::allowance::{ASK_AGAIN, Grant, NoGrant};
use super::allowances::Allowances;
use super::limits::Limiter;
use super::settings::EngineSettings;
use crate::domain::provider::Provider;
use crate::domain::quota::Claimant;

/// How long a provider that said "slow down" is left alone.
const PAUSE: Duration = Duration::from_secs(30);
/// So much of a provider's rate waits in memory, that no place is lost while rows are claimed.
const HELD: Duration = Duration::from_secs(2);

/// The providers' rates and pauses.
#[derive(Debug, Default)]
pub(super) struct Providers {
    limits: HashMap<Provider, Limiter>,
    allowances: Arc<Allowances>,
    paused: Mutex<HashMap<Provider, Instant>>,
}

/// What becomes of a mail whose provider has no place for it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// It waits in memory: there will be a place after this.
    Hold(Duration),
    /// It goes back and comes due again after this.
    Park(Duration),
}

impl Providers {
    pub(super) fn new(settings: &EngineSettings, allowances: Arc<Allowances>) -> Self {
        let now = Instant::now();
        let limits =
            settings.provider_rates.iter().map(|(provider, rate)| (*provider, Limiter::per_minute(*rate, now)));
        Self { limits: limits.collect(), allowances, paused: Mutex::default() }
    }

    /// Takes a place for one mail to `provider`, of whose mails `held` wait in memory, where another `may_wait` or not; or
    /// says what is to become of it. The grant is its place of the limits per hour and day, where there are any.
    pub(super) fn admit(
        &self,
        provider: Provider,
        claimant: Claimant,
        held: usize,
        may_wait: bool,
    ) -> Result<Option<Grant>, Full> {
        let now = Instant::now();
        let paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner).get(&provider).copied();
        if let Some(until) = paused.filter(|until| *until > now) {
            return Err(Full::Park(until - now));
        }
        let grant = self.grant(provider, claimant, may_wait)?;
        let Some(limiter) = self.limits.get(&provider) else { return Ok(grant) };
        // Nobody passes those that wait.
        match if held > 0 { Err(limiter.wait_for(now).unwrap_or_default()) } else { limiter.take(now) } {
            Ok(()) => Ok(grant),
            Err(wait) if may_wait && held < limiter.places_in(HELD) => Err(Full::Hold(wait)),
            Err(_) => Err(Full::Park(limiter.park(now, held))),
        }
    }

    fn grant(&self, provider: Provider, claimant: Claimant, may_wait: bool) -> Result<Option<Grant>, Full> {
        let Some(allowance) = self.allowances.destination(provider) else { return Ok(None) };
        allowance.take(claimant).map(Some).map_err(|none| match none {
            NoGrant::Soon if may_wait => Full::Hold(ASK_AGAIN),
            NoGrant::Soon => Full::Park(ASK_AGAIN),
            NoGrant::UsedUp(used_up) => Full::Park(allowance.park(used_up)),
        })
    }

    /// The same for one that waits in memory.
    pub(super) fn admit_held(&self, provider: Provider, claimant: Claimant) -> Result<Option<Grant>, Duration> {
        self.admit(provider, claimant, 0, true).map_err(|full| match full {
            Full::Hold(wait) | Full::Park(wait) => wait,
        })
    }

    /// A provider said "slow down". `Other` is not one provider: pausing it would pause everybody.
    pub(super) fn slow_down(&self, provider: Provider) {
        let now = Instant::now();
        if provider != Provider::Other {
            self.paused.lock().unwrap_or_else(PoisonError::into_inner).insert(provider, now + PAUSE);
        }
        if let Some(limiter) = self.limits.get(&provider) {
            limiter.hold(now, PAUSE);
        }
    }
}
