//! `[delivery]`: how mail goes out.

use std::collections::BTreeMap;
use std::time::Duration;

use super::rates;
use super::reader::Section;
use crate::domain::provider::Provider;
use crate::domain::quota::Rates;

/// The settings of delivery that do not belong to a newsletter or a relay.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// How long temporary refusals are retried.
    pub retry_for: Duration,
    /// Whether answers to accepted mail are kept.
    pub keep_replies: bool,
    /// Limits of each provider; absent means none.
    pub domain_rates: BTreeMap<Provider, Rates>,
}

pub(super) fn read(section: Section<'_>, limits: Section<'_>) -> Option<Delivery> {
    let retry_for = section.integer("retry_hours").map(|hours| Duration::from_secs(hours * 3600));
    let keep_replies = section.boolean("keep_replies");
    let rate = |provider: &Provider| Some((*provider, rates::read(&limits, provider.as_str())?));
    let domain_rates = Provider::ALL.iter().filter_map(rate).collect();
    Some(Delivery { retry_for: retry_for?, keep_replies: keep_replies?, domain_rates })
}
