//! How this process does, kept in memory: it can be told even when the ledger cannot be asked. Times are milliseconds
//! since 1970.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Debug, Default)]
pub struct Health {
    /// When delivery last gave a sign of life; zero before the first.
    alive_at: AtomicI64,
    unwritable: Mutex<Option<HealthProblem>>,
    relays: Mutex<BTreeMap<String, Option<HealthProblem>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthProblem {
    pub since: i64,
    /// What is wrong, in the words of whoever knows.
    pub why: String,
}

impl Health {
    /// Delivery gives a sign of life.
    pub fn alive(&self, now: i64) {
        self.alive_at.store(now, Ordering::Relaxed);
    }

    /// Whether delivery can write and gave a sign of life within `within`.
    pub fn is_well(&self, now: i64, within: Duration) -> bool {
        let within = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
        let alive_at = self.alive_at.load(Ordering::Relaxed);
        self.unwritable().is_none() && now.saturating_sub(alive_at) <= within
    }

    /// The ledger cannot be written. `true` when that is news.
    pub fn cannot_write(&self, now: i64, why: &str) -> bool {
        let mut unwritable = lock(&self.unwritable);
        let is_news = unwritable.is_none();
        let since = unwritable.as_ref().map_or(now, |trouble| trouble.since);
        *unwritable = Some(HealthProblem { since, why: why.to_owned() });
        is_news
    }

    /// The ledger was written. `true` when it could not be before.
    pub fn wrote(&self) -> bool {
        lock(&self.unwritable).take().is_some()
    }

    /// Why the ledger cannot be written, while it cannot.
    pub fn unwritable(&self) -> Option<HealthProblem> {
        lock(&self.unwritable).clone()
    }

    /// A relay is known, and nothing is wrong with it so far.
    pub fn relay(&self, name: &str) {
        lock(&self.relays).entry(name.to_owned()).or_default();
    }

    pub fn relay_down(&self, name: &str, now: i64, why: &str) {
        let mut relays = lock(&self.relays);
        let trouble = relays.entry(name.to_owned()).or_default();
        let since = trouble.as_ref().map_or(now, |trouble| trouble.since);
        *trouble = Some(HealthProblem { since, why: why.to_owned() });
    }

    pub fn relay_up(&self, name: &str) {
        lock(&self.relays).insert(name.to_owned(), None);
    }

    /// Whether anything is wrong with any relay.
    pub fn has_trouble(&self) -> bool {
        lock(&self.relays).values().any(Option::is_some)
    }

    /// Whether a relay is down.
    pub fn is_down(&self, name: &str) -> bool {
        lock(&self.relays).get(name).is_some_and(Option::is_some)
    }

    /// The relays of this process, and what is wrong with each.
    pub fn relays(&self) -> BTreeMap<String, Option<HealthProblem>> {
        lock(&self.relays).clone()
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_process_is_well_while_it_writes_and_lives() {
        let health = Health::default();
        assert!(!health.is_well(1_000_000, MINUTE), "it never gave a sign of life");
        health.alive(1_000_000);
        assert!(health.is_well(1_060_000, MINUTE) && !health.is_well(1_060_001, MINUTE));
        assert!(health.cannot_write(1_000_500, "the disk is full"));
        assert!(!health.cannot_write(1_001_000, "the disk is full"), "that is known");
        assert!(!health.is_well(1_000_500, MINUTE));
        let told = HealthProblem { since: 1_000_500, why: "the disk is full".to_owned() };
        assert_eq!(health.unwritable(), Some(told));
        assert!(health.wrote() && !health.wrote());
        assert!(health.is_well(1_000_500, MINUTE));
    }

    #[test]
    fn a_relay_is_down_since_it_first_failed() {
        let health = Health::default();
        health.relay("main");
        health.relay_down("main", 5, "connection refused");
        health.relay_down("main", 9, "535 no");
        health.relay("main");
        let down = Some(HealthProblem { since: 5, why: "535 no".to_owned() });
        assert_eq!(health.relays(), BTreeMap::from([("main".to_owned(), down)]));
        assert!(health.has_trouble() && health.is_down("main") && !health.is_down("other"));
        health.relay_up("main");
        assert!(!health.has_trouble());
        assert_eq!(health.relays(), BTreeMap::from([("main".to_owned(), None)]));
    }
}
