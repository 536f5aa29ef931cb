//! Limits per hour and day as an editor meets them: which is used up and until when, and when an issue ends by them.

use super::text::count;
use super::when::when;
use crate::clock::Timestamp;
use crate::config::{Config, Relay};
use crate::domain::newsletter::Newsletter;
use crate::domain::quota::{Claimant, Count, Quota, Rates, Span, UsedUp, destination_party, ends_after, relay_party};
use crate::store::{StoreError, Tx, quotas};

/// An end that is nearer is not worth a word.
const SOON_SECONDS: u64 = 3600;

/// A limit of a relay or a destination that is used up.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    /// `relay ses`, `destination gmail`.
    pub(super) party: String,
    pub(super) used_up: UsedUp,
}

/// The limits in the way of a newsletter's mail now.
pub(super) async fn used_up(
    tx: &mut Tx,
    config: &Config,
    newsletter: &Newsletter,
    now: Timestamp,
) -> Result<Vec<Limit>, StoreError> {
    let relays = carriers(config, newsletter).into_iter().map(|relay| (relay_party(&relay.name), relay.quota));
    let destinations = config.delivery.domain_rates.iter();
    let destinations = destinations.map(|(provider, rates)| (destination_party(*provider), rates.quota));
    let parties: Vec<(String, Quota)> = relays.chain(destinations).filter(|(_, quota)| quota.is_limited()).collect();
    if parties.is_empty() {
        return Ok(Vec::new());
    }
    let taken = quotas::all(tx).await?;
    let of = |party: &str| -> Vec<Count> {
        let own = taken.iter().filter(|one| one.party == party);
        own.map(|one| Count { span: one.span, bucket: one.bucket, taken: one.taken }).collect()
    };
    let limit = |(party, quota): (String, Quota)| {
        let used_up = quota.free(&of(&party), Claimant::Issue, now).err()?;
        Some(Limit { party, used_up })
    };
    Ok(parties.into_iter().filter_map(limit).collect())
}

impl Limit {
    /// `relay ses has sent its 10,000 for the day; resumes Sat 2026-11-28 10:20 Europe/Prague`.
    pub(super) fn in_words(&self, newsletter: &Newsletter) -> String {
        let UsedUp { span, limit, until } = self.used_up;
        let number = count(u64::from(limit), "");
        format!("{} has sent its {} for the {span}; resumes {}", self.party, number.trim(), when(until, newsletter))
    }

    pub(super) fn as_json(&self) -> serde_json::Value {
        let UsedUp { span, limit, until } = self.used_up;
        serde_json::json!({ "party": self.party, "span": span, "limit": limit, "resumes_at": until })
    }
}

/// When an issue to `readers` that begins at `start` is out, and why not sooner; nothing when that is soon, as far as
/// limits go.
pub(super) fn end(
    config: &Config,
    newsletter: &Newsletter,
    readers: i64,
    start: Timestamp,
) -> Option<(Timestamp, String)> {
    let relays = carriers(config, newsletter);
    let rates = |relay: &&Relay| Rates { per_minute: relay.rate_per_minute, quota: relay.quota };
    let rates: Vec<Rates> = relays.iter().map(rates).collect();
    let readers = u64::try_from(readers).ok()?;
    let takes = ends_after(readers, &rates).filter(|takes| takes.as_secs() >= SOON_SECONDS)?;
    let ends = start.plus(takes);
    let rate = match relays.as_slice() {
        [relay] => rate_in_words(relay),
        several => {
            let names: Vec<&str> = several.iter().map(|relay| relay.name.as_str()).collect();
            format!("the rates of {}", names.join(" and "))
        }
    };
    Some((ends, format!("{} at {rate}: ends {}", count(readers, "reader"), when(ends, newsletter))))
}

/// The limit by which mail through this relay takes longest.
fn rate_in_words(relay: &Relay) -> String {
    let number = |limit: u32| count(u64::from(limit), "").trim().to_owned();
    let per_hour = |limit: u32, span: Span| f64::from(limit) / (span.length().as_secs_f64() / 3600.0);
    let spans = relay.quota.limits().map(|(span, limit)| {
        let a = if span == Span::Hour { "an" } else { "a" };
        (per_hour(limit, span), format!("{} {a} {span}", number(limit)))
    });
    let minute = relay.rate_per_minute.map(|limit| (f64::from(limit) * 60.0, format!("{} a minute", number(limit))));
    spans.chain(minute).min_by(|one, other| one.0.total_cmp(&other.0)).map_or_else(String::new, |(_, words)| words)
}

/// The relays that carry a newsletter's mail.
fn carriers<'a>(config: &'a Config, newsletter: &Newsletter) -> Vec<&'a Relay> {
    let Some(sending) = config.sending.get(&newsletter.slug) else { return Vec::new() };
    config.relays.iter().filter(|relay| sending.relays.contains(&relay.name)).collect()
}
