//! The keys of Amazon's certificates, kept for a day.

use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

use super::proof::DAY;
use crate::clock::Timestamp;
use crate::https::{Fetch, public_key};

/// Amazon has one a region at a time.
const KEPT_MAX: usize = 16;
const BYTES_MAX: usize = 64 * 1024;
/// What confirms a subscription answers a few lines.
const CONFIRMATION_BYTES_MAX: usize = 64 * 1024;

pub(super) struct Certificates {
    fetch: Arc<dyn Fetch>,
    kept: Mutex<Vec<KnownKey>>,
}

struct KnownKey {
    url: Url,
    key: Vec<u8>,
    since: Timestamp,
}

impl Certificates {
    pub(super) fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self { fetch, kept: Mutex::default() }
    }

    /// The key of the certificate at `url`, which was found to be Amazon's; none when it cannot be had now.
    pub(super) async fn key(&self, url: &Url, now: Timestamp) -> Option<Vec<u8>> {
        let known = |kept: &Vec<KnownKey>| kept.iter().find(|one| one.url == *url).map(|one| one.key.clone());
        let found = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.retain(|one| one.since > now.minus(DAY));
            known(&kept)
        };
        if found.is_some() {
            return found;
        }
        let answer = self.fetch.fetch(url, BYTES_MAX).await;
        let pem =
            answer.inspect_err(|error| tracing::warn!(%url, %error, "a certificate of SNS cannot be had")).ok()?;
        let key = public_key(&pem)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push(KnownKey { url: url.clone(), key: key.clone(), since: now });
        Some(key)
    }

    /// Asks for `url`, which was built here, to confirm a subscription.
    pub(super) async fn confirm(&self, url: &Url) -> bool {
        let answer = self.fetch.fetch(url, CONFIRMATION_BYTES_MAX).await;
        let host = url.host_str().unwrap_or_default();
        answer.inspect_err(|error| tracing::warn!(host, %error, "a subscription to SNS cannot be confirmed")).is_ok()
    }
}
