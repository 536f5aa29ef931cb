//! The limits per hour and day of every relay and destination: looks after them, and says when one is used up.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::allowance::{Allowance, News};
use super::settings::Settings;
use crate::clock::Clock;
use crate::domain::provider::Provider;
use crate::domain::quota::{UsedUp, destination_party, relay_party};
use crate::store::Db;

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Allowances {
    /// By a relay's place in the settings.
    relays: Vec<Option<Arc<Allowance>>>,
    destinations: BTreeMap<Provider, Arc<Allowance>>,
    wanted: Arc<Notify>,
}

/// Whose limit is used up, or has places again.
pub(super) struct Told {
    /// The relay's place in the settings; none when it is a destination's limit.
    pub(super) lane: Option<usize>,
    /// `relay NAME`, `destination PROVIDER`.
    pub(super) party: String,
    /// The limit that is used up; none when there are places again.
    pub(super) used_up: Option<UsedUp>,
}

impl Allowances {
    pub(super) fn new(settings: &Settings, clock: &Clock) -> Self {
        let wanted = Arc::new(Notify::new());
        let new = |party, quota| Allowance::new(party, quota, clock.clone(), Arc::clone(&wanted));
        let relays = settings.relays.iter().map(|relay| new(relay_party(&relay.name), relay.quota)).collect();
        let destinations = settings.provider_quotas.iter();
        let destinations =
            destinations.filter_map(|(provider, quota)| Some((*provider, new(destination_party(*provider), *quota)?)));
        Self { relays, destinations: destinations.collect(), wanted: Arc::clone(&wanted) }
    }

    /// A relay's.
    pub(super) fn relay(&self, lane: usize) -> Option<&Arc<Allowance>> {
        self.relays.get(lane)?.as_ref()
    }

    /// A destination's.
    pub(super) fn destination(&self, provider: Provider) -> Option<&Arc<Allowance>> {
        self.destinations.get(&provider)
    }

    /// Whether there is any.
    pub(super) fn is_empty(&self) -> bool {
        self.destinations.is_empty() && self.relays.iter().all(Option::is_none)
    }

    /// Looks after them until the engine stops; `tell` hears of every change.
    pub(super) async fn run(
        &self,
        db: &Db,
        every: std::time::Duration,
        stop: &CancellationToken,
        tell: impl AsyncFn(Told),
    ) {
        let lanes = self.relays.iter().enumerate().filter_map(|(lane, one)| Some((Some(lane), one.as_ref()?)));
        let all: Vec<_> = lanes.chain(self.destinations.values().map(|one| (None, one))).collect();
        if all.is_empty() {
            return;
        }
        loop {
            for (lane, allowance) in &all {
                let told = |used_up| Told { lane: *lane, party: allowance.party().to_owned(), used_up };
                match allowance.tend(db).await {
                    Ok(Some(News::UsedUp(used_up))) => tell(told(Some(used_up))).await,
                    Ok(Some(News::Returned)) => tell(told(None)).await,
                    Ok(None) => {}
                    Err(error) => tracing::error!(%error, "the ledger of limits cannot be written; mail waits"),
                }
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.wanted.notified() => {}
                () = tokio::time::sleep(every) => {}
            }
        }
    }

    /// Gives back what was reserved and not used. An error costs places, and nothing else.
    pub(super) async fn close(&self, db: &Db) {
        for allowance in self.relays.iter().flatten().chain(self.destinations.values()) {
            if let Err(error) = allowance.close(db).await {
                tracing::warn!(%error, party = allowance.party(), "places of a limit could not be given back");
            }
        }
    }
}
