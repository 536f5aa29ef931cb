//! Limits that a provider sets per hour and per day: over which time they are counted, how much is free, and when the
//! rest returns. Pure; who counts is `delivery/allowance`.
//!
//! Places that were taken are counted in buckets much shorter than the span. A bucket counts until all of it is older
//! than the span, so no span of that length, wherever it begins, ever sees more than the limit.

use std::time::Duration;

use super::provider::Provider;
use super::string_enum;
use crate::clock::Timestamp;

/// The most places that are taken from the ledger together.
const BLOCK_MAX: u32 = 500;
/// A limit is shared out in at least so many blocks.
const BLOCKS: u32 = 20;
/// Below this an engine takes place by place.
const SMALL: u32 = 200;

string_enum! {
    /// How long a limit counts.
    Span: "span" {
        /// Sixty minutes, wherever they begin.
        Hour = "hour",
        /// Twenty-four hours, wherever they begin.
        Day = "day",
    }
}

impl Span {
    pub fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Hour => 3600,
            Self::Day => 24 * 3600,
        })
    }

    /// How long a bucket is: a sixtieth of an hour, a hundred and forty-fourth of a day.
    fn bucket_ms(self) -> i64 {
        match self {
            Self::Hour => 60_000,
            Self::Day => 600_000,
        }
    }

    pub fn bucket(self, at: Timestamp) -> i64 {
        at.0.max(0) / self.bucket_ms()
    }

    /// The oldest bucket that still counts at `now`.
    pub fn oldest(self, now: Timestamp) -> i64 {
        self.bucket(now.minus(self.length()))
    }

    /// When a bucket counts no more.
    fn free_at(self, bucket: i64) -> Timestamp {
        Timestamp((bucket + 1).saturating_mul(self.bucket_ms())).plus(self.length())
    }
}

/// The most mails per hour and per day; none means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// In any hour.
    pub per_hour: Option<u32>,
    /// In any day.
    pub per_day: Option<u32>,
}

/// The most mails to one destination, or through one relay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// In a minute, evenly.
    pub per_minute: Option<u32>,
    /// In hours and days.
    pub quota: Quota,
}

/// Places taken in one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub span: Span,
    pub bucket: i64,
    pub taken: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimant {
    /// An issue: it leaves the reserve to others.
    Issue,
    /// A transactional mail: it may have all.
    Transactional,
}

/// A limit that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedUp {
    pub span: Span,
    pub limit: u32,
    /// When the first places return.
    pub until: Timestamp,
}

/// What a relay's places are counted under.
pub fn relay_party(name: &str) -> String {
    format!("relay {name}")
}

/// What a destination's places are counted under.
pub fn destination_party(provider: Provider) -> String {
    format!("destination {provider}")
}

/// What issues leave to transactional mails: 5 places or 2 %, but never more than 4 % of the limit.
pub fn reserve(limit: u32) -> u32 {
    (limit / 25).min((limit / 50).max(5))
}

impl Quota {
    /// Each limit that is set.
    pub fn limits(self) -> impl Iterator<Item = (Span, u32)> {
        [(Span::Hour, self.per_hour), (Span::Day, self.per_day)]
            .into_iter()
            .filter_map(|(span, limit)| Some((span, limit?)))
    }

    pub fn is_limited(self) -> bool {
        self.limits().next().is_some()
    }

    /// How many places are taken together.
    pub fn block(self) -> u32 {
        let smallest = self.limits().map(|(_, limit)| limit).min().unwrap_or(BLOCK_MAX * BLOCKS);
        if smallest < SMALL { 1 } else { (smallest / BLOCKS).min(BLOCK_MAX) }
    }

    /// How many places are free at `now`, or which limit leaves none. Of several the one that lasts longest is told.
    pub fn free(self, counts: &[Count], claimant: Claimant, now: Timestamp) -> Result<u32, UsedUp> {
        let mut free = u32::MAX;
        let mut used_up: Option<UsedUp> = None;
        for (span, limit) in self.limits() {
            let allowed = match claimant {
                Claimant::Issue => limit - reserve(limit),
                Claimant::Transactional => limit,
            };
            let mut counted: Vec<(i64, i64)> = counts
                .iter()
                .filter(|count| count.span == span && count.bucket >= span.oldest(now))
                .map(|count| (count.bucket, count.taken))
                .collect();
            counted.sort_unstable();
            let taken: i64 = counted.iter().map(|(_, taken)| taken).sum();
            match u32::try_from(i64::from(allowed) - taken).ok().filter(|left| *left > 0) {
                Some(left) => free = free.min(left),
                None => {
                    let until = returns(span, &counted, taken - i64::from(allowed), now);
                    if used_up.is_none_or(|known| known.until < until) {
                        used_up = Some(UsedUp { span, limit, until });
                    }
                }
            }
        }
        used_up.map_or(Ok(free), Err)
    }
}

/// When more than `excess` of what was taken counts no more: then one place is free. With nothing to wait for (a limit
/// of which the reserve is all) it is a bucket later.
fn returns(span: Span, counted: &[(i64, i64)], excess: i64, now: Timestamp) -> Timestamp {
    let mut returned = 0;
    for (bucket, taken) in counted {
        returned += taken;
        if returned > excess {
            return span.free_at(*bucket);
        }
    }
    span.free_at(span.bucket(now))
}

impl Rates {
    /// How many mails of an issue it takes in the first `seconds`, when it has sent nothing before.
    fn within(self, seconds: u64) -> u64 {
        let minute = self.per_minute.map(|limit| u64::from(limit).saturating_mul(seconds) / 60);
        let spans = self.quota.limits().map(|(span, limit)| {
            // Places return when the bucket is over in which they were taken.
            let cycle = span.length().as_secs() + span.bucket_ms().unsigned_abs() / 1000;
            (seconds / cycle + 1).saturating_mul(u64::from(limit - reserve(limit)))
        });
        spans.chain(minute).min().unwrap_or(u64::MAX)
    }
}

/// How long `mails` take at these relays by what the configuration says; `None` when no limit is in the way. How fast a
/// relay is within its limits nobody knows before.
pub fn ends_after(mails: u64, relays: &[Rates]) -> Option<Duration> {
    const YEARS: u64 = 10 * 365 * 24 * 3600;
    let sent = |seconds: u64| relays.iter().fold(0_u64, |sum, relay| sum.saturating_add(relay.within(seconds)));
    if relays.is_empty() || sent(0) >= mails {
        return None;
    }
    let (mut too_short, mut enough) = (0, YEARS);
    while enough - too_short > 1 {
        let middle = too_short + (enough - too_short) / 2;
        if sent(middle) >= mails { enough = middle } else { too_short = middle }
    }
    Some(Duration::from_secs(enough))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp(1_795_766_400_000);

    fn count(span: Span, at: Timestamp, taken: i64) -> Count {
        Count { span, bucket: span.bucket(at), taken }
    }

    #[test]
    fn the_reserve_is_small_beside_its_limit() {
        let reserves: Vec<u32> = [1, 24, 25, 60, 100, 124, 125, 250, 1000, 10_000].map(reserve).to_vec();
        assert_eq!(reserves, [0, 0, 1, 2, 4, 4, 5, 5, 20, 200]);
    }

    #[test]
    fn a_block_is_a_twentieth_and_small_limits_go_one_by_one() {
        let block = |per_hour, per_day| Quota { per_hour, per_day }.block();
        assert_eq!(block(Some(100), None), 1);
        assert_eq!(block(Some(200), Some(10_000)), 10);
        assert_eq!(block(None, Some(10_000)), 500);
        assert_eq!(block(None, Some(1_000_000)), 500);
    }

    #[test]
    fn what_is_used_up_says_when_it_returns() {
        let quota = Quota { per_hour: Some(100), per_day: Some(1000) };
        let ago = |minutes: u64| NOW.minus(Duration::from_secs(60 * minutes));
        assert_eq!(quota.free(&[], Claimant::Issue, NOW), Ok(96));
        assert_eq!(quota.free(&[], Claimant::Transactional, NOW), Ok(100));
        let hour = [count(Span::Hour, ago(30), 50), count(Span::Hour, ago(10), 46), count(Span::Day, ago(30), 96)];
        let until = NOW.plus(Duration::from_secs(60 * 31));
        assert_eq!(quota.free(&hour, Claimant::Issue, NOW), Err(UsedUp { span: Span::Hour, limit: 100, until }));
        assert_eq!(quota.free(&hour, Claimant::Transactional, NOW), Ok(4));
        assert_eq!(quota.free(&hour, Claimant::Issue, until), Ok(50));
        // The day's end comes later than the hour's, and is what counts.
        let day = [count(Span::Hour, ago(30), 100), count(Span::Day, ago(60 * 3), 1000)];
        let until = NOW.plus(Duration::from_secs(21 * 3600 + 600));
        assert_eq!(quota.free(&day, Claimant::Issue, NOW), Err(UsedUp { span: Span::Day, limit: 1000, until }));
        // A limit that was lowered since.
        let more = [count(Span::Hour, ago(30), 90), count(Span::Hour, ago(20), 90), count(Span::Hour, ago(10), 50)];
        let lowered = quota.free(&more, Claimant::Transactional, NOW).unwrap_err();
        assert_eq!(lowered.until, NOW.plus(Duration::from_secs(60 * 41)), "two buckets must go");
        assert_eq!(Quota::default().free(&more, Claimant::Issue, NOW), Ok(u32::MAX));
    }

    #[test]
    fn an_issue_that_takes_days_is_known_to() {
        let day = Rates { per_minute: None, quota: Quota { per_hour: None, per_day: Some(10_000) } };
        let days = |mails, relays: &[Rates]| ends_after(mails, relays).map(|time| time.as_secs() / 86_400);
        assert_eq!(days(9_800, &[day]), None);
        assert_eq!(days(9_801, &[day]), Some(1));
        assert_eq!(days(48_213, &[day]), Some(4));
        assert_eq!(days(48_213, &[day, day]), Some(2));
        assert_eq!(days(48_213, &[day, Rates::default()]), None, "the other takes all");
        assert_eq!(ends_after(48_213, &[]), None);
        let minute = Rates { per_minute: Some(600), quota: Quota::default() };
        assert_eq!(ends_after(6000, &[minute]), Some(Duration::from_secs(600)));
    }

    proptest! {
        /// Taking all that is free, always, never exceeds the limit in any span of that length, and comes near it in the
        /// long run.
        #[test]
        fn no_span_ever_sees_more_than_its_limit(
            per_hour in 20_u32..400,
            steps in proptest::collection::vec((1_u64..1200, 1_u32..200), 50..400),
        ) {
            let quota = Quota { per_hour: Some(per_hour), per_day: None };
            let mut now = NOW;
            let mut sent: Vec<(Timestamp, u32)> = Vec::new();
            let mut counts: Vec<Count> = Vec::new();
            for (seconds, wanted) in steps {
                now = now.plus(Duration::from_secs(seconds));
                let took = quota.free(&counts, Claimant::Transactional, now).map_or(0, |free| free.min(wanted));
                if took > 0 {
                    counts.push(count(Span::Hour, now, i64::from(took)));
                    sent.push((now, took));
                }
                let hour: u32 = sent.iter().filter(|(at, _)| now.since(*at) < Span::Hour.length()).map(|(_, took)| took).sum();
                prop_assert!(hour <= per_hour);
            }
        }

        #[test]
        fn when_places_return_there_is_one(
            limit in 1_u32..300,
            taken in proptest::collection::vec((0_u64..3600, 1_i64..80), 1..40),
        ) {
            let quota = Quota { per_hour: Some(limit), per_day: None };
            let counts: Vec<Count> =
                taken.iter().map(|(ago, taken)| count(Span::Hour, NOW.minus(Duration::from_secs(*ago)), *taken)).collect();
            for claimant in [Claimant::Issue, Claimant::Transactional] {
                if let Err(used_up) = quota.free(&counts, claimant, NOW) {
                    prop_assert!(used_up.until > NOW);
                    prop_assert!(quota.free(&counts, claimant, used_up.until).is_ok());
                    let before = Timestamp(used_up.until.0 - 1);
                    prop_assert!(quota.free(&counts, claimant, before).is_err());
                }
            }
        }
    }
}
