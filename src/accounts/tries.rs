//! Whose tries to sign in are counted together, and whether another is allowed. How many are too many is a rule of
//! `domain::sign_in`.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::domain::AccountId;
use crate::domain::address::EmailAddress;
use crate::domain::sign_in::{SESSION_MAX, TRIES_FOR, TryBucket, UNUSED_MAX};
use crate::store::sign_in_tries::{self, Bucket};
use crate::store::{Result, Tx, entries, sessions};
use crate::token::{Keyring, Purpose, random_bytes};

/// Used links are kept for so long, to say that they were used.
const LINKS_FOR: Duration = Duration::from_secs(7 * 24 * 3600);

/// What one try counts for.
#[derive(Clone, Debug)]
pub(super) struct TryKeys(Vec<(TryBucket, Bucket)>);

impl TryKeys {
    /// Of a browser that names an address. One that signed in to the account before is counted by itself alone, so that
    /// nobody else's tries keep its owner out.
    pub(super) fn of(keys: &Keyring, email: &EmailAddress, device: Option<&str>, network: &str) -> Self {
        let hashed = |what: &str, who: &str| keys.address_hash(&format!("sign-in {what}: {who}"));
        if let Some(device) = device {
            return Self(vec![(TryBucket::Account, hashed("device", device))]);
        }
        Self(vec![
            (TryBucket::Account, hashed("address", &email.key())),
            (TryBucket::Network, hashed("network", network)),
            (TryBucket::World, hashed("world", "")),
        ])
    }

    /// Of somebody who is signed in, and shows again who they are.
    pub(super) fn of_session(keys: &Keyring, session: i64) -> Self {
        Self(vec![(TryBucket::Account, keys.address_hash(&format!("sign-in session: {session}")))])
    }

    /// How long the next try has to wait, and whether it would be the first of its kind within the hour.
    pub(super) async fn wait(&self, tx: &mut Tx, now: Timestamp) -> Result<(Option<Duration>, bool)> {
        let (mut longest, mut is_first) = (None, true);
        for (bucket, key) in &self.0 {
            let tries = sign_in_tries::of(tx, key, now.minus(TRIES_FOR)).await?;
            longest = longest.max(bucket.wait(&tries, now));
            is_first &= *bucket != TryBucket::Account || tries.is_empty();
        }
        Ok((longest, is_first))
    }

    /// Counts a try, before it is known how it ends: so that tries at the same time see each other.
    pub(super) async fn count(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        for (_, key) in &self.0 {
            sign_in_tries::add(tx, key, now).await?;
        }
        Ok(())
    }

    /// Forgets the tries of who has shown who they are. Those of a network stay: it has others in it.
    pub(super) async fn forgive(&self, tx: &mut Tx) -> Result<()> {
        for (bucket, key) in &self.0 {
            if *bucket == TryBucket::Account {
                sign_in_tries::forget(tx, key).await?;
            }
        }
        Ok(())
    }
}

/// Drops what has had its time: whoever signs in does it for all.
pub(super) async fn tidy_up(tx: &mut Tx, now: Timestamp) -> Result<()> {
    sign_in_tries::purge(tx, now.minus(TRIES_FOR)).await?;
    sessions::purge(tx, now.minus(UNUSED_MAX), now.minus(SESSION_MAX)).await?;
    entries::purge(tx, now.minus(LINKS_FOR)).await?;
    Ok(())
}

/// What a browser keeps that has signed in to an account.
pub(super) fn new_device(keys: &Keyring, account: AccountId) -> String {
    let nonce = data_encoding::HEXLOWER.encode(&random_bytes::<16>());
    keys.seal_text(Purpose::Device, &format!("{}:{nonce}", account.0))
}

/// Whether a browser's token says that it has signed in to this account.
pub(super) fn is_device_of(keys: &Keyring, token: &str, account: AccountId) -> bool {
    let text = keys.open_text(Purpose::Device, token);
    text.is_some_and(|text| text.split_once(':').is_some_and(|(id, _)| id == account.0.to_string()))
}
