//! What a request of a stranger needs.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::client::ClientNetwork;
use super::domain_policy::DomainPolicy;
use super::group_commit::GroupCommit;
use super::limits::Limits;
use super::rate_limiter::{self, RateLimiter};
use crate::clock::Timestamp;
use crate::store::{Db, Result, consents};
use crate::token::Keyring;

/// Requests that are held until their wait is over, at most. Later visitors press once more.
const PATIENT_MAX: usize = 256;

/// What a request of a stranger needs: the rest of the verbs take a [`Db`] alone.
#[derive(Clone)]
pub struct Signup {
    pub db: Db,
    pub keys: Arc<Keyring>,
    /// How much strangers may do.
    pub limits: Limits,
    /// What is looked at in a domain.
    pub checks: DomainPolicy,
    pub(super) limiter: Arc<RateLimiter>,
    /// Of requests for one's own link: they shut no other door.
    pub(super) links: Arc<RateLimiter>,
    /// Seats for those who wait instead of computing.
    pub(super) patience: Arc<Semaphore>,
    pub(super) commits: Arc<GroupCommit>,
}

impl Signup {
    /// The verbs of a stranger over `db`.
    pub fn new(db: Db, keys: Keyring, limits: Limits, checks: DomainPolicy) -> Self {
        let [limiter, links] = [(); 2].map(|()| Arc::new(RateLimiter::new(limits)));
        let patience = Arc::new(Semaphore::new(PATIENT_MAX));
        Self { db, keys: Arc::new(keys), limits, checks, limiter, links, patience, commits: Arc::default() }
    }

    /// Counts what networks asked in the last hour, before this process began: a restart opens no door.
    pub async fn remember(&self, now: Timestamp) -> Result<()> {
        let asked = consents::asked_by_network(&mut self.db.read().await?, now.minus(rate_limiter::WINDOW)).await?;
        for (network, count, first) in asked {
            self.limiter.remember(&ClientNetwork::stored(network), u32::try_from(count).unwrap_or(u32::MAX), first);
        }
        Ok(())
    }
}
