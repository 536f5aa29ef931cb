//! A server looks after itself: what is on this machine hourly, what others must be asked for daily, at a minute that is
//! each installation's own, and hourly while something of it fails. One process does it: the one that schedules.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::way_in::{self, Reach};
use super::{Finding, certificates, hooks, local, mailboxes, names, relays};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::domain::checkup::CheckName;
use crate::store::{Db, StoreError, installation};
use crate::upkeep;

/// Between looks whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const MINUTE_MS: i64 = 60_000;
const MINUTES_A_DAY: i64 = 24 * 60;

/// Looks after an installation while it is served.
pub struct Rounds {
    db: Db,
    clock: Clock,
    config: Config,
    /// The folder that relative paths of the configuration count from.
    home: PathBuf,
    shift_until: Arc<AtomicI64>,
    /// The name server to ask, if not the system's.
    resolver: Option<SocketAddr>,
}

/// When what was looked at, by one process.
#[derive(Clone, Copy, Debug)]
pub struct PastRounds {
    begun_at: Timestamp,
    here_at: Option<Timestamp>,
    others_at: Option<Timestamp>,
}

impl PastRounds {
    /// Those of a process that begins at `now`.
    pub fn since(now: Timestamp) -> Self {
        Self { begun_at: now, here_at: None, others_at: None }
    }
}

impl Rounds {
    /// For a process whose scheduler says in `shift_until` until when it is the one that schedules.
    pub fn new(db: Db, clock: Clock, config: Config, home: PathBuf, shift_until: Arc<AtomicI64>) -> Self {
        Self { db, clock, config, home, shift_until, resolver: None }
    }

    /// Asks the name server at `resolver`.
    pub fn asking(self, resolver: SocketAddr) -> Self {
        Self { resolver: Some(resolver), ..self }
    }

    /// Looks until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut past = PastRounds::since(self.clock.now());
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            let now = self.clock.now();
            if Timestamp(self.shift_until.load(Ordering::Relaxed)) <= now {
                continue;
            }
            let looked = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                looked = self.look(&mut past, now) => looked,
            };
            if let Err(error) = looked {
                tracing::debug!(%error, "what was found cannot be remembered; it is looked at again in a minute");
            }
        }
    }

    /// One look at what is due.
    pub async fn look(&self, past: &mut PastRounds, now: Timestamp) -> Result<(), StoreError> {
        if past.here_at.is_none_or(|at| now.since(at) >= HOUR) {
            let found = self.here(now).await;
            upkeep::remember_findings(&self.db, &found, |name| !name.asks_others(), now).await?;
            past.here_at = Some(now);
        }
        if self.asks_others(*past, now).await? {
            let found = self.others(now).await;
            upkeep::remember_findings(&self.db, &found, CheckName::asks_others, now).await?;
            past.others_at = Some(now);
        }
        Ok(())
    }

    async fn asks_others(&self, past: PastRounds, now: Timestamp) -> Result<bool, StoreError> {
        let Some(known) = installation::get(&mut self.db.read().await?).await? else { return Ok(false) };
        let last = past.others_at.unwrap_or(past.begun_at);
        if last < moment(&known.name, now) {
            return Ok(true);
        }
        Ok(now.since(last) >= HOUR && upkeep::is_failing(&self.db, CheckName::asks_others).await?)
    }

    async fn here(&self, now: Timestamp) -> Vec<Finding> {
        let config = &self.config;
        let mut all = local::files(config);
        all.extend(local::addresses(config));
        all.push(local::alarms(config));
        all.extend(hooks::look(config));
        all.extend(certificates::listener(config, now));
        all.extend(local::database(config, now).await);
        all.push(local::disk(config, &self.home));
        all
    }

    async fn others(&self, now: Timestamp) -> Vec<Finding> {
        let config = &self.config;
        let mut all = names::look(config, self.resolver).await;
        all.extend(way_in::look(config, &Reach::default(), now).await);
        all.extend(relays::look(config, now).await);
        all.extend(mailboxes::look(config).await);
        all
    }
}

/// The latest moment up to `now` at which an installation asks others: the same minute each day, and another for each
/// installation, so that name servers are not asked by all at once.
fn moment(installation: &str, now: Timestamp) -> Timestamp {
    let number = installation.bytes().fold(0_i64, |number, byte| (number * 31 + i64::from(byte)) % MINUTES_A_DAY);
    let day = MINUTES_A_DAY * MINUTE_MS;
    let today = now.0.div_euclid(day) * day + number * MINUTE_MS;
    Timestamp(if today <= now.0 { today } else { today - day })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::DAY;

    #[test]
    fn others_are_asked_at_a_minute_of_each_installations_own() {
        let now = Timestamp(1_800_000_000_000);
        let of = |name: &str| moment(name, now);
        assert!(of("one") <= now && now.since(of("one")) < DAY);
        assert_eq!(moment("one", now.plus(DAY)), of("one").plus(DAY), "daily");
        assert_eq!(moment("one", of("one")), of("one"));
        assert_eq!(moment("one", Timestamp(of("one").0 - 1)), of("one").minus(DAY));
        let minutes: std::collections::BTreeSet<_> = (0..100).map(|at| of(&format!("installation {at}"))).collect();
        assert!(minutes.len() > 50, "{}", minutes.len());
    }
}
