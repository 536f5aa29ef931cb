//! The limits per hour and day of every relay and destination: looks after them, and says when one is used up.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::allowance::{Allowance, News};
use super::floor::Floor;
use super::queue::Capacity;
use super::recorder::{DeliveryOutcome, Recorder};
use super::route::Routes;
use super::settings::EngineSettings;
use crate::clock::{Clock, Timestamp};
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::issue::IssueState;
use crate::domain::provider::Provider;
use crate::domain::quota::{Claimant, UsedUp, destination_party, relay_party};
use crate::store::{Db, StoreError, alarms, issues, ledger};

#[derive(Debug, Default)]
pub(super) struct Allowances {
    /// By a relay's place in the settings.
    relays: Vec<Option<Arc<Allowance>>>,
    destinations: BTreeMap<Provider, Arc<Allowance>>,
    /// Told when one of them wants places.
    wanted: Arc<Notify>,
}

impl Allowances {
    pub(super) fn new(settings: &EngineSettings, clock: &Clock) -> Self {
        let wanted = Arc::new(Notify::new());
        let new = |party, quota| Allowance::new(party, quota, clock.clone(), Arc::clone(&wanted));
        let relays = settings.relays.iter().map(|relay| new(relay_party(&relay.name), relay.quota)).collect();
        let destinations = settings.provider_quotas.iter();
        let destinations = destinations
            .filter_map(|(provider, quota)| Some((*provider, new(destination_party(*provider), *quota)?)))
            .collect();
        Self { relays, destinations, wanted }
    }

    pub(super) fn relay(&self, lane: usize) -> Option<&Arc<Allowance>> {
        self.relays.get(lane)?.as_ref()
    }

    pub(super) fn destination(&self, provider: Provider) -> Option<&Arc<Allowance>> {
        self.destinations.get(&provider)
    }

    fn all(&self) -> impl Iterator<Item = &Arc<Allowance>> {
        self.relays.iter().flatten().chain(self.destinations.values())
    }

    /// Gives back what was reserved and not used. An error costs places, and nothing else.
    pub(super) async fn close(&self, db: &Db) {
        for allowance in self.all() {
            if let Err(error) = allowance.close(db).await {
                tracing::warn!(%error, party = allowance.party(), "places of a limit could not be given back");
            }
        }
    }
}

/// Looks after the allowances while the engine works.
pub(super) struct Keeper {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) allowances: Arc<Allowances>,
    pub(super) floor: Arc<Floor>,
    pub(super) routes: Arc<Routes>,
    pub(super) recorder: Recorder,
    /// Told when places have returned.
    pub(super) room: Arc<Capacity>,
    pub(super) every: Duration,
    pub(super) stop: CancellationToken,
}

impl Keeper {
    /// Works until the engine stops; not at all where nothing is limited.
    pub(super) async fn run(self) {
        let mut told = BTreeMap::new();
        while self.allowances.all().next().is_some() && !self.stop.is_cancelled() {
            for allowance in self.allowances.all() {
                if let Err(error) = self.tend(allowance, &mut told).await {
                    tracing::error!(%error, "the counts of limits cannot be written; mail waits");
                }
            }
            self.sweep().await;
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                () = self.allowances.wanted.notified() => {}
                () = tokio::time::sleep(self.every) => {}
            }
        }
    }

    async fn tend(&self, allowance: &Allowance, told: &mut BTreeMap<String, Timestamp>) -> Result<(), StoreError> {
        let news = allowance.tend(&self.db).await?;
        match news {
            Some(News::UsedUp(used_up)) => {
                let now = self.clock.now();
                // Places return bit by bit, and are used up again each time.
                let is_news = |at: &Timestamp| now.since(*at) >= used_up.span.length() / 2;
                if told.get(allowance.party()).is_none_or(is_news) && self.tell(allowance, used_up).await? {
                    told.insert(allowance.party().to_owned(), now);
                }
            }
            Some(News::Returned) => {
                tracing::debug!(party = allowance.party(), "a limit has places again; its mail resumes");
                self.room.tell();
                let scope = scope(allowance.party());
                self.db
                    .write(async |tx| alarms::clear(tx, AlarmName::RelayQuota, scope, self.clock.now()).await)
                    .await?;
            }
            None => {}
        }
        Ok(())
    }

    /// Says that a limit is used up, if anybody waits for it.
    async fn tell(&self, allowance: &Allowance, used_up: UsedUp) -> Result<bool, StoreError> {
        let lane = self.floor.lanes.iter().find(|lane| relay_party(&lane.relay.name) == allowance.party());
        let mut tx = self.db.read().await?;
        let mut waiting = 0;
        for issue in issues::in_state(&mut tx, IssueState::Sending).await? {
            if lane.is_none_or(|lane| self.routes.of(Some(issue.newsletter_id)).has(lane.index)) {
                let totals = ledger::totals(&mut tx, issue.id).await?;
                waiting += totals.pending + totals.deferred + totals.claimed;
            }
        }
        drop(tx);
        if waiting == 0 {
            return Ok(false);
        }
        let UsedUp { span, limit, until } = used_up;
        let party = allowance.party();
        let text = format!("it has sent its {limit} for the {span}; {waiting} wait; resumes {until}");
        tracing::warn!("{party}: {text}");
        let alarm = Alarm::new(AlarmName::RelayQuota, scope(party), &text);
        let actor = lane.map_or(Actor::Scheduler, |lane| Actor::Relay(lane.relay.name.clone()));
        self.db.write(async |tx| alarms::raise(tx, &alarm, actor.at(self.clock.now())).await).await?;
        Ok(true)
    }

    /// What waits in memory for a relay whose limit is used up goes to another, or back to the ledger.
    async fn sweep(&self) {
        let is_used_up = |allowance: &Arc<Allowance>| allowance.used_up(Claimant::Issue).is_some();
        for lane in &self.floor.lanes {
            if !self.allowances.relay(lane.index).is_some_and(is_used_up) {
                continue;
            }
            for job in lane.queue.drain_issues() {
                if let Err(job) = self.floor.hand(job) {
                    self.recorder.record(job.held(), DeliveryOutcome::Released { due_at: self.clock.now() }).await;
                }
            }
        }
    }
}

/// A party as an alarm names it: a relay by its name.
fn scope(party: &str) -> &str {
    party.strip_prefix("relay ").unwrap_or(party)
}
