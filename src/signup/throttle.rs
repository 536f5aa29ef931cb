//! Counts requests in memory: of each network, for each domain, altogether. Knows no address and no newsletter.
//!
//! Every request that is taken counts, whatever is known of its address: the moment at which a limit is reached must not
//! tell a stranger which of the addresses they tried are known. Each process counts for itself; what the last hour's
//! record of consents knows of networks is read at the start, so that a restart forgets little.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Client, Limits};
use crate::clock::Timestamp;

/// Over how long requests are counted.
pub(super) const WINDOW: Duration = Duration::from_secs(3600);
/// Entries of networks and of domains, each: some 40 bytes, so that both tables never have more than 6 MB.
const ENTRIES_MAX: usize = 1 << 16;
/// How often a full table is looked through for what is old.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// From this share of a limit on (one half), it is near.
const NEAR: u32 = 2;

/// The requests of the last hour.
#[derive(Debug)]
pub(super) struct Throttle {
    limits: Limits,
    hasher: RandomState,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    networks: Table,
    domains: Table,
    all: Window,
}

#[derive(Debug, Default)]
struct Table {
    windows: HashMap<u64, Window>,
    /// When old windows may be looked for again: in a flood not with every request.
    sweep_at: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    start: Timestamp,
    count: u32,
    /// Whether it was told that the limit is reached.
    told: bool,
}

impl Default for Window {
    fn default() -> Self {
        Self { start: Timestamp(i64::MIN), count: 0, told: false }
    }
}

/// Which limit is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// Of one network.
    Network,
    /// Of one domain of addresses.
    Domain,
    /// Of all.
    All,
}

impl Bound {
    /// As logs and events spell it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Domain => "domain",
            Self::All => "all",
        }
    }
}

/// How close a request is to the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressure {
    /// Far.
    Low,
    /// At least half of one is used up, or so many are counted that no more can be told apart.
    Near,
    /// One is reached.
    Reached {
        bound: Bound,
        retry_after: Duration,
        /// Whether this is the first to be refused in this hour.
        first: bool,
    },
}

impl Throttle {
    /// Nothing was counted yet.
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, hasher: RandomState::new(), counts: Mutex::default() }
    }

    /// How close to its limits a request from `client` for an address at `domain` is.
    pub(super) fn pressure(&self, client: Option<&Client>, domain: &str, now: Timestamp) -> Pressure {
        let mut counts = self.counts();
        let Counts { networks, domains, all } = &mut *counts;
        let mut near = false;
        let network = client.map(|client| networks.lookup(self.key(client), now));
        for (bound, limit, window) in [
            (Bound::Network, self.limits.requests_per_hour, network),
            (Bound::Domain, self.limits.domain_requests_per_hour, Some(domains.lookup(self.key(domain), now))),
            (Bound::All, self.limits.all_requests_per_hour, Some(Some(all))),
        ] {
            let Some(window) = window else { continue };
            // One that cannot be told apart from others is treated as near, never as reached.
            let Some(window) = window else {
                near = true;
                continue;
            };
            let count = window.count_at(now);
            if count >= limit {
                let retry_after = WINDOW.saturating_sub(now.since(window.start));
                return Pressure::Reached { bound, retry_after, first: !std::mem::replace(&mut window.told, true) };
            }
            near |= count >= limit.div_ceil(NEAR);
        }
        if near { Pressure::Near } else { Pressure::Low }
    }

    /// Counts a request.
    pub(super) fn count(&self, client: Option<&Client>, domain: &str, now: Timestamp) {
        let mut counts = self.counts();
        if let Some(client) = client {
            counts.networks.add(self.key(client), 1, now);
        }
        counts.domains.add(self.key(domain), 1, now);
        counts.all.add(1, now);
    }

    /// Counts what a network asked in the last hour, before this process began.
    pub(super) fn remember(&self, network: &Client, count: u32, first: Timestamp) {
        let mut counts = self.counts();
        counts.networks.add(self.key(network), count, first);
        counts.all.add(count, first);
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With a secret that is new in each process: nobody can choose names that collide.
    fn key(&self, name: impl Hash) -> u64 {
        self.hasher.hash_one(name)
    }
}

impl Table {
    /// The window of a key; none when the table is full of others.
    fn lookup(&mut self, key: u64, now: Timestamp) -> Option<&mut Window> {
        if self.windows.len() >= ENTRIES_MAX && !self.windows.contains_key(&key) {
            if now < self.sweep_at {
                return None;
            }
            self.sweep_at = now.plus(SWEEP_EVERY);
            self.windows.retain(|_, window| window.is_open(now));
            if self.windows.len() >= ENTRIES_MAX {
                return None;
            }
        }
        Some(self.windows.entry(key).or_default())
    }

    fn add(&mut self, key: u64, count: u32, now: Timestamp) {
        if let Some(window) = self.lookup(key, now) {
            window.add(count, now);
        }
    }
}

impl Window {
    fn is_open(&self, now: Timestamp) -> bool {
        self.start <= now && now.since(self.start) < WINDOW
    }

    fn count_at(&self, now: Timestamp) -> u32 {
        if self.is_open(now) { self.count } else { 0 }
    }

    fn add(&mut self, count: u32, now: Timestamp) {
        if !self.is_open(now) {
            *self = Self { start: now, count: 0, told: false };
        }
        self.count = self.count.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: fn() -> Limits =
        || Limits { requests_per_hour: 4, domain_requests_per_hour: 6, all_requests_per_hour: 8, ..Limits::default() };

    fn reached(pressure: Pressure) -> Option<(Bound, Duration, bool)> {
        match pressure {
            Pressure::Reached { bound, retry_after, first } => Some((bound, retry_after, first)),
            Pressure::Low | Pressure::Near => None,
        }
    }

    #[test]
    fn each_limit_is_neared_and_then_reached() {
        let throttle = Throttle::new(LIMITS());
        let at = |seconds| Timestamp(1_000).plus(Duration::from_secs(seconds));
        let client = |net: u8| Client::of([10, 0, net, 1].into());
        let ask = |net: u8, domain: &str, seconds| {
            let pressure = throttle.pressure(Some(&client(net)), domain, at(seconds));
            if reached(pressure).is_none() {
                throttle.count(Some(&client(net)), domain, at(seconds));
            }
            pressure
        };
        assert_eq!([ask(1, "a.org", 0), ask(1, "a.org", 60)], [Pressure::Low; 2]);
        assert_eq!([ask(1, "b.org", 120), ask(1, "c.org", 180)], [Pressure::Near; 2]);
        assert_eq!(reached(ask(1, "d.org", 600)), Some((Bound::Network, Duration::from_secs(3000), true)));
        assert_eq!(reached(ask(1, "d.org", 601)), Some((Bound::Network, Duration::from_secs(2999), false)));
        for net in 2..6 {
            assert_eq!(ask(net, "a.org", 700), Pressure::Near, "half of all are counted");
        }
        assert_eq!(reached(ask(7, "a.org", 700)), Some((Bound::Domain, Duration::from_secs(2900), true)));
        assert_eq!(reached(ask(7, "z.org", 700)), Some((Bound::All, Duration::from_secs(2900), true)));
        // The hour of the first network's window and that of all are over.
        assert_eq!(ask(1, "z.org", 3600), Pressure::Low);
    }

    #[test]
    fn the_tables_do_not_grow_without_end() {
        let throttle = Throttle::new(Limits { all_requests_per_hour: u32::MAX, ..LIMITS() });
        for number in 0..u32::try_from(ENTRIES_MAX).unwrap() * 2 {
            let client = Client::of(std::net::Ipv4Addr::from_bits(number << 8).into());
            throttle.count(Some(&client), &format!("{number}.example"), Timestamp(0));
        }
        let counts = throttle.counts();
        assert!(counts.networks.windows.len() <= ENTRIES_MAX && counts.domains.windows.len() <= ENTRIES_MAX);
        drop(counts);
        let new = Client::of([250, 0, 0, 1].into());
        assert_eq!(throttle.pressure(Some(&new), "new.example", Timestamp(0)), Pressure::Near, "not told apart");
        assert_eq!(throttle.pressure(Some(&new), "new.example", Timestamp(0).plus(WINDOW)), Pressure::Low);
    }

    #[test]
    fn what_was_asked_before_the_start_counts() {
        let throttle = Throttle::new(LIMITS());
        let here = Client::of([192, 0, 2, 1].into());
        throttle.remember(&here, 4, Timestamp(0));
        assert!(reached(throttle.pressure(Some(&here), "a.org", Timestamp(1))).is_some());
    }
}
