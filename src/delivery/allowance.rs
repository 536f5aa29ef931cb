//! What is left of a limit per hour or day, of a relay or a destination. Places are reserved in the ledger in blocks, so
//! that engines share a limit and a restart forgets nothing; whoever sends takes one of those at hand and never waits for
//! the database.
//!
//! A place is counted when it is reserved, in the bucket of that moment. What is not used moves along: when its bucket is
//! over it is booked in the next, and an orderly stop gives it back. A crash loses at most a block and what was under way:
//! too few are sent then, never too many.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::{Clock, Timestamp};
use crate::domain::quota::{Claimant, Quota, UsedUp};
use crate::store::{Db, StoreError, Tx, quotas};

/// How long whoever wants a place waits for the ledger's answer before it asks again.
pub(super) const ASK_AGAIN: Duration = Duration::from_millis(20);

/// A limit that is used up is looked at again after this, however long it is to last.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Allowance {
    /// As it stands in the ledger: `relay NAME`, `destination PROVIDER`.
    party: String,
    quota: Quota,
    clock: Clock,
    state: Mutex<State>,
    /// Told when somebody wants a place and there is none at hand.
    wanted: Arc<Notify>,
}

#[derive(Debug, Default)]
struct State {
    free: u32,
    /// Reserved from what issues may not have.
    kept: u32,
    out: u32,
    /// When all these were booked last.
    booked_at: Timestamp,
    /// Somebody wanted one since the last look at the ledger: an issue, a transactional mail.
    wants: [bool; 2],
    /// What the ledger had to say last, and when it was asked.
    used_up: [Option<UsedUp>; 2],
    looked_at: Timestamp,
    /// Rows that were told to come back when places return.
    parked: u32,
}

/// One mail's place. Dropped without being spent it is another's.
#[derive(Debug)]
pub(super) struct Grant {
    of: Arc<Allowance>,
    spent: AtomicBool,
}

/// Why there is no place now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoGrant {
    /// The ledger is being asked.
    Soon,
    /// The limit is used up.
    UsedUp(UsedUp),
}

/// What a look at the ledger found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Issues have used up the limit.
    UsedUp(UsedUp),
    /// There are places for issues again.
    Returned,
}

fn index(claimant: Claimant) -> usize {
    match claimant {
        Claimant::Issue => 0,
        Claimant::Transactional => 1,
    }
}

impl Allowance {
    /// The limits of `party`; `None` when it has none. `wanted` is told when [`Self::tend`] has something to do.
    pub(super) fn new(party: String, quota: Quota, clock: Clock, wanted: Arc<Notify>) -> Option<Arc<Self>> {
        quota.is_limited().then(|| Arc::new(Self { party, quota, clock, state: Mutex::default(), wanted }))
    }

    pub(super) fn take(self: &Arc<Self>, claimant: Claimant) -> Result<Grant, NoGrant> {
        let mut state = self.lock();
        let at_hand = match claimant {
            Claimant::Transactional if state.kept > 0 => &mut state.kept,
            _ => &mut state.free,
        };
        if *at_hand > 0 {
            *at_hand -= 1;
            state.out += 1;
            let is_low = state.free <= self.quota.block() / 2 && !state.wants[0] && state.used_up[0].is_none();
            if is_low && self.quota.block() > 1 {
                state.wants[0] = true;
                self.wanted.notify_one();
            }
            return Ok(Grant { of: Arc::clone(self), spent: AtomicBool::new(false) });
        }
        if let Some(used_up) = self.used_up_in(&state, claimant) {
            return Err(NoGrant::UsedUp(used_up));
        }
        if !std::mem::replace(&mut state.wants[index(claimant)], true) {
            self.wanted.notify_one();
        }
        Err(NoGrant::Soon)
    }

    /// The limit that is used up for this claimant, as far as is known.
    pub(super) fn used_up(&self, claimant: Claimant) -> Option<UsedUp> {
        self.used_up_in(&self.lock(), claimant)
    }

    fn used_up_in(&self, state: &State, claimant: Claimant) -> Option<UsedUp> {
        let has_one = state.free > 0 || (claimant == Claimant::Transactional && state.kept > 0);
        state.used_up[index(claimant)].filter(|used_up| !has_one && used_up.until > self.clock.now())
    }

    /// How long a mail waits that has no place: until places return, and those after as many as there are then for another
    /// span, so that they do not all come at once again and again.
    pub(super) fn park(&self, used_up: UsedUp) -> Duration {
        let mut state = self.lock();
        let spans = state.parked / used_up.limit.max(1);
        state.parked += 1;
        used_up.until.since(self.clock.now()) + used_up.span.length() * spans
    }

    /// Reserves what is wanted, and books what is held in the present bucket. To be called again and again, and whenever
    /// somebody wants a place.
    pub(super) async fn tend(&self, db: &Db) -> Result<Option<News>, StoreError> {
        let now = self.clock.now();
        let wants = {
            let mut state = self.lock();
            if state.used_up.iter().flatten().any(|used_up| used_up.until <= now) {
                // Places have returned, and somebody surely waits for them.
                state.wants[0] = true;
                state.parked = 0;
            }
            // Another engine may have given some back.
            state.wants[0] |= state.used_up[0].is_some() && now.since(state.looked_at) >= LOOK_AGAIN_AFTER;
            state.wants
        };
        self.book(db, now).await?;
        if wants == [false; 2] {
            return Ok(None);
        }
        let found = db.write(async |tx| self.reserve(tx, wants[1], now).await).await?;
        let mut state = self.lock();
        (state.booked_at, state.looked_at) = (now, now);
        state.wants = [false; 2];
        state.free += found.free;
        state.kept += found.kept;
        let before = std::mem::replace(&mut state.used_up, found.used_up);
        Ok(match (before[0], found.used_up[0]) {
            (None, Some(used_up)) => Some(News::UsedUp(used_up)),
            (Some(_), None) => Some(News::Returned),
            _ => None,
        })
    }

    /// When a bucket is over: books what is in somebody's hands in the present one, and gives back what is in nobody's.
    async fn book(&self, db: &Db, now: Timestamp) -> Result<(), StoreError> {
        let (then, out, idle) = {
            let mut state = self.lock();
            let is_over = self.quota.limits().any(|(span, _)| span.bucket(state.booked_at) != span.bucket(now));
            if !is_over || state.free + state.kept + state.out == 0 {
                return Ok(());
            }
            let idle = std::mem::take(&mut state.free) + std::mem::take(&mut state.kept);
            (state.booked_at, i64::from(state.out), i64::from(idle))
        };
        let moved = db.write(async |tx| {
            quotas::lock(tx, &self.party).await?;
            for (span, _) in self.quota.limits() {
                let (from, to) = (span.bucket(then), span.bucket(now));
                let moves = if from == to { 0 } else { out };
                // What was taken so long ago that nobody counts it any more is not there to be given back.
                quotas::give_back(tx, &self.party, span, from, idle + moves).await?;
                if moves > 0 {
                    quotas::take(tx, &self.party, span, to, moves).await?;
                }
            }
            Ok::<_, StoreError>(())
        });
        moved.await?;
        self.lock().booked_at = now;
        Ok(())
    }

    async fn reserve(&self, tx: &mut Tx, is_urgent: bool, now: Timestamp) -> Result<Found, StoreError> {
        quotas::lock(tx, &self.party).await?;
        for (span, _) in self.quota.limits() {
            quotas::forget(tx, &self.party, span, span.oldest(now)).await?;
        }
        let counts = quotas::counts(tx, &self.party).await?;
        let mut found = Found::default();
        match self.quota.free(&counts, Claimant::Issue, now) {
            Ok(free) => found.free = free.min(self.quota.block()),
            Err(used_up) => found.used_up[0] = Some(used_up),
        }
        if is_urgent && found.free == 0 {
            match self.quota.free(&counts, Claimant::Transactional, now) {
                Ok(_) => found.kept = 1,
                Err(used_up) => found.used_up[1] = Some(used_up),
            }
        }
        let places = i64::from(found.free + found.kept);
        if places > 0 {
            for (span, _) in self.quota.limits() {
                quotas::take(tx, &self.party, span, span.bucket(now), places).await?;
            }
        }
        Ok(found)
    }

    /// Gives back what was reserved and not used, when all who send have ended.
    pub(super) async fn close(&self, db: &Db) -> Result<(), StoreError> {
        let (then, places) = {
            let mut state = self.lock();
            let places =
                std::mem::take(&mut state.free) + std::mem::take(&mut state.kept) + std::mem::take(&mut state.out);
            (state.booked_at, i64::from(places))
        };
        if places == 0 {
            return Ok(());
        }
        db.write(async |tx| {
            for (span, _) in self.quota.limits() {
                quotas::give_back(tx, &self.party, span, span.bucket(then), places).await?;
            }
            Ok(())
        })
        .await
    }

    /// As it stands in the ledger.
    pub(super) fn party(&self) -> &str {
        &self.party
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a look at the ledger gave.
#[derive(Debug, Default)]
struct Found {
    free: u32,
    kept: u32,
    used_up: [Option<UsedUp>; 2],
}

impl Grant {
    /// The mail goes out: its place is used.
    pub(super) fn spend(&self) {
        if !self.spent.swap(true, Ordering::Relaxed) {
            self.of.lock().out -= 1;
        }
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        if !self.spent.load(Ordering::Relaxed) {
            let mut state = self.of.lock();
            state.out = state.out.saturating_sub(1);
            state.free += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_leaves_what_is_kept_for_transactional_mail() {
        let quota = Quota { per_hour: Some(10), per_day: None };
        let clock = Clock::fixed(Timestamp(0));
        let allowance = Allowance::new("relay".to_owned(), quota, clock, Arc::default()).unwrap();
        allowance.lock().kept = 1;
        assert_eq!(allowance.take(Claimant::Issue).err(), Some(NoGrant::Soon));
        let grant = allowance.take(Claimant::Transactional).ok();
        assert!(grant.is_some());
        assert_eq!(allowance.take(Claimant::Transactional).err(), Some(NoGrant::Soon));
    }
}
