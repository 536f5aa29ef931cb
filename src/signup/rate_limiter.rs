//! Counts in memory what was asked for: by each network, for each domain, altogether. Knows no address.
//!
//! What counts is the mail that a request may cause, whatever is known of its address: the moment at which a limit is
//! reached must not tell a stranger which of the addresses they tried are known. So a mailbox counts once, however often it
//! is asked for within the hour; that it gets no second mail everybody knows.
//!
//! Each process counts for itself; what the last hour's record of consents knows of networks is read at the start, so
//! that a restart forgets little.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{ClientNetwork, Limits};
use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::store::subscribers;

/// Over how long requests are counted.
pub(super) const WINDOW: Duration = Duration::from_secs(3600);
/// Entries of networks, of domains and of mails, each: some 40 bytes, so that the tables never have more than 9 MB.
const ENTRIES_MAX: usize = 1 << 16;
/// How often a full table is looked through for what is old.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// From this share of a limit on (one half), it is near.
const NEAR: u32 = 2;
/// A network may send so many requests for each mail that it may cause: each costs a write, if it causes none.
const REQUESTS_PER_MAIL: u32 = 10;
/// Work is asked for in multiples of the setting, at most so many: a telephone takes half a minute then.
const WORK_MAX: u32 = 4;

/// The requests of the last hour.
#[derive(Debug)]
pub(super) struct RateLimiter {
    limits: Limits,
    hasher: RandomState,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    networks: Table,
    domains: Table,
    /// Which network asked for which mailbox, by which newsletter.
    mails: Table,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LimitScope {
    Network,
    /// Of one domain of addresses.
    Domain,
    All,
}

impl LimitScope {
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LimitUsage {
    /// How much work it costs, in multiples of the setting; none far from every limit. When so many are counted that no
    /// more can be told apart, it is one.
    pub(super) work: u32,
    /// The network has asked for as much as it may: when it may ask again.
    pub(super) refused: Option<Duration>,
    /// Limits that are reached for the first time in their hour.
    pub(super) reached: Vec<LimitScope>,
}

/// Whose mail is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct MailTarget<'a> {
    pub(super) client: Option<&'a ClientNetwork>,
    pub(super) domain: &'a str,
    pub(super) mailbox: &'a subscribers::Hash,
    pub(super) newsletter: NewsletterId,
}

impl RateLimiter {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, hasher: RandomState::new(), counts: Mutex::default() }
    }

    /// How close to its limits a request is.
    pub(super) fn pressure(&self, wanted: &MailTarget<'_>, now: Timestamp) -> LimitUsage {
        let mut counts = self.counts();
        let Counts { networks, domains, all, .. } = &mut *counts;
        let mut pressure = LimitUsage::default();
        if let Some(client) = wanted.client {
            let mails = self.limits.requests_per_hour;
            for (key, limit) in
                [(self.key(client), mails), (self.key((client, "requests")), mails.saturating_mul(REQUESTS_PER_MAIL))]
            {
                let window = networks.lookup(key, now);
                if let Some(window) = window.as_deref().filter(|window| window.count_at(now) >= limit) {
                    pressure.refused = pressure.refused.max(Some(WINDOW.saturating_sub(now.since(window.start))));
                }
                pressure.add(LimitScope::Network, limit, window, now);
            }
        }
        let domain = domains.lookup(self.key(wanted.domain), now);
        pressure.add(LimitScope::Domain, self.limits.domain_requests_per_hour, domain, now);
        pressure.add(LimitScope::All, self.limits.all_requests_per_hour, Some(all), now);
        pressure
    }

    /// How much work everybody is asked for, in multiples of the setting; one at least.
    pub(super) fn work_of_all(&self, now: Timestamp) -> u32 {
        work(self.counts().all.count_at(now), self.limits.all_requests_per_hour).max(1)
    }

    /// Counts a request that was taken.
    pub(super) fn count(&self, wanted: &MailTarget<'_>, now: Timestamp) {
        let mut counts = self.counts();
        if let Some(client) = wanted.client {
            counts.networks.add(self.key((client, "requests")), 1, now);
        }
        let mail = self.key((wanted.client, wanted.mailbox, wanted.newsletter));
        if let Some(window) = counts.mails.lookup(mail, now) {
            if window.count_at(now) > 0 {
                return;
            }
            window.add(1, now);
        }
        if let Some(client) = wanted.client {
            counts.networks.add(self.key(client), 1, now);
        }
        counts.domains.add(self.key(wanted.domain), 1, now);
        counts.all.add(1, now);
    }

    /// Counts what a network asked in the last hour, before this process began.
    pub(super) fn remember(&self, network: &ClientNetwork, count: u32, first: Timestamp) {
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

impl LimitUsage {
    fn add(&mut self, bound: LimitScope, limit: u32, window: Option<&mut Window>, now: Timestamp) {
        // One that cannot be told apart from others is treated as near, never as reached.
        let Some(window) = window else {
            self.work = self.work.max(1);
            return;
        };
        let count = window.count_at(now);
        self.work = self.work.max(work(count, limit));
        if count >= limit && !std::mem::replace(&mut window.told, true) {
            self.reached.push(bound);
        }
    }
}

/// How much work a request costs after so many others.
fn work(count: u32, limit: u32) -> u32 {
    match count.checked_div(limit) {
        Some(0) if count < limit.div_ceil(NEAR) => 0,
        Some(times) => times.saturating_add(1).min(WORK_MAX),
        None => WORK_MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: fn() -> Limits =
        || Limits { requests_per_hour: 4, domain_requests_per_hour: 6, all_requests_per_hour: 8, ..Limits::default() };
    const WEEK: NewsletterId = NewsletterId(1);

    fn client(net: u8) -> ClientNetwork {
        ClientNetwork::of([10, 0, net, 1].into())
    }

    /// Asks, and counts what is taken. The mailbox is another each time.
    fn ask(limiter: &RateLimiter, net: u8, domain: &str, now: Timestamp) -> LimitUsage {
        let (client, mailbox) = (client(net), limiter.counts().mails.windows.len().to_be_bytes().repeat(2));
        let mailbox = mailbox.try_into().unwrap();
        let wanted = MailTarget { client: Some(&client), domain, mailbox: &mailbox, newsletter: WEEK };
        let pressure = limiter.pressure(&wanted, now);
        if pressure.refused.is_none() {
            limiter.count(&wanted, now);
        }
        pressure
    }

    #[test]
    fn only_the_network_is_refused_and_the_others_cost_work() {
        let limiter = RateLimiter::new(LIMITS());
        let at = |seconds| Timestamp(1_000).plus(Duration::from_secs(seconds));
        let works = |seconds, domain| ask(&limiter, 1, domain, at(seconds)).work;
        assert_eq!([works(0, "a.org"), works(60, "a.org"), works(120, "b.org"), works(180, "c.org")], [0, 0, 1, 1]);
        let refused = ask(&limiter, 1, "d.org", at(600));
        assert_eq!((refused.refused, refused.reached), (Some(Duration::from_secs(3000)), vec![LimitScope::Network]));
        let again = ask(&limiter, 1, "d.org", at(601));
        assert_eq!((again.refused, again.reached), (Some(Duration::from_secs(2999)), vec![]), "told once");
        // Strangers from everywhere fill the limits that all share.
        let pressures: Vec<LimitUsage> = (2..42).map(|net| ask(&limiter, net, "a.org", at(700))).collect();
        assert!(pressures.iter().all(|pressure| pressure.refused.is_none()), "nobody pays for them with a refusal");
        let works: Vec<u32> = pressures.iter().map(|pressure| pressure.work).collect();
        assert!(works.is_sorted() && works[0] == 1 && works[39] == WORK_MAX, "{works:?}");
        let reached: Vec<LimitScope> = pressures.iter().flat_map(|pressure| pressure.reached.clone()).collect();
        assert_eq!(reached, [LimitScope::Domain, LimitScope::All], "each is told once");
        assert_eq!(limiter.work_of_all(at(700)), WORK_MAX);
        // The hour of the first network's window and that of all are over.
        assert_eq!(ask(&limiter, 1, "z.org", at(3600)).work, 0);
        assert_eq!(limiter.work_of_all(at(3600)), 1);
    }

    #[test]
    fn a_mailbox_counts_once_and_requests_have_a_limit_of_their_own() {
        let limiter = RateLimiter::new(LIMITS());
        let (here, mailbox, now) = (client(1), [7; 16], Timestamp(0));
        let wanted = |newsletter| MailTarget { client: Some(&here), domain: "a.org", mailbox: &mailbox, newsletter };
        for _ in 0..4 * REQUESTS_PER_MAIL - 1 {
            assert_eq!(limiter.pressure(&wanted(WEEK), now).refused, None);
            limiter.count(&wanted(WEEK), now);
        }
        assert_eq!(limiter.counts().all.count, 1, "all of them are one email");
        limiter.count(&wanted(NewsletterId(2)), now);
        assert_eq!(limiter.counts().all.count, 2, "another newsletter's is another");
        assert!(limiter.pressure(&wanted(WEEK), now).refused.is_some(), "but nobody knocks without end");
    }

    #[test]
    fn work_grows_with_what_was_asked_for() {
        for (count, limit, expected) in [
            (0, 8, 0),
            (3, 8, 0),
            (4, 8, 1),
            (7, 8, 1),
            (8, 8, 2),
            (16, 8, 3),
            (24, 8, 4),
            (u32::MAX, 8, 4),
            (0, 1, 0),
            (1, 1, 2),
        ] {
            assert_eq!(work(count, limit), expected, "{count} of {limit}");
        }
    }

    #[test]
    fn the_tables_do_not_grow_without_end() {
        let limiter = RateLimiter::new(Limits { all_requests_per_hour: u32::MAX, ..LIMITS() });
        let wanted = |number: u32, now, act: &dyn Fn(&MailTarget<'_>, Timestamp)| {
            let client = ClientNetwork::of(std::net::Ipv4Addr::from_bits(number << 8).into());
            let mut mailbox = [0; 16];
            mailbox[..4].copy_from_slice(&number.to_be_bytes());
            let domain = format!("{number}.example");
            act(&MailTarget { client: Some(&client), domain: &domain, mailbox: &mailbox, newsletter: WEEK }, now);
        };
        for number in 0..u32::try_from(ENTRIES_MAX).unwrap() * 2 {
            wanted(number, Timestamp(0), &|wanted, now| limiter.count(wanted, now));
        }
        let counts = limiter.counts();
        let full = [&counts.networks, &counts.domains, &counts.mails].map(|table| table.windows.len());
        assert!(full.iter().all(|entries| *entries <= ENTRIES_MAX), "{full:?}");
        drop(counts);
        for (now, work) in [(Timestamp(0), 1), (Timestamp(0).plus(WINDOW), 0)] {
            wanted(u32::MAX >> 8, now, &|wanted, now| {
                let pressure = limiter.pressure(wanted, now);
                assert_eq!((pressure.work, pressure.refused), (work, None), "not told apart");
            });
        }
    }

    #[test]
    fn what_was_asked_before_the_start_counts() {
        let limiter = RateLimiter::new(LIMITS());
        limiter.remember(&client(1), 4, Timestamp(0));
        assert!(ask(&limiter, 1, "a.org", Timestamp(1)).refused.is_some());
    }
}
