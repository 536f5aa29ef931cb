//! What the mailbox providers let through: their rates, and how long one that said "slow down" is left alone.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Limiter;
use super::settings::Settings;
use crate::domain::provider::Provider;

/// How long a provider that said "slow down" is left alone.
const PAUSE: Duration = Duration::from_secs(30);
/// So much of a provider's rate waits in memory, that no place is lost while rows are claimed.
const HELD: Duration = Duration::from_secs(2);

/// The providers' rates and pauses.
#[derive(Debug, Default)]
pub(super) struct Providers {
    limits: HashMap<Provider, Limiter>,
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
    pub(super) fn new(settings: &Settings) -> Self {
        let now = Instant::now();
        let limits =
            settings.provider_rates.iter().map(|(provider, rate)| (*provider, Limiter::per_minute(*rate, now)));
        Self { limits: limits.collect(), paused: Mutex::default() }
    }

    /// Takes a place for one mail to `provider`, of whose mails `held` wait in memory, where another `may_wait` or not; or
    /// says what is to become of it.
    pub(super) fn admit(&self, provider: Provider, held: usize, may_wait: bool) -> Result<(), Full> {
        let now = Instant::now();
        let paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner).get(&provider).copied();
        if let Some(until) = paused.filter(|until| *until > now) {
            return Err(Full::Park(until - now));
        }
        let Some(limiter) = self.limits.get(&provider) else { return Ok(()) };
        // Nobody passes those that wait.
        match if held > 0 { Err(limiter.wait_for(now).unwrap_or_default()) } else { limiter.take(now) } {
            Ok(()) => Ok(()),
            Err(wait) if may_wait && held < limiter.places_in(HELD) => Err(Full::Hold(wait)),
            Err(_) => Err(Full::Park(limiter.park(now, held))),
        }
    }

    /// The same for one that waits in memory.
    pub(super) fn admit_held(&self, provider: Provider) -> Result<(), Duration> {
        match self.admit(provider, 0, true) {
            Ok(()) => Ok(()),
            Err(Full::Hold(wait) | Full::Park(wait)) => Err(wait),
        }
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
