//! With which key several servers seal: the newest that all of them can open. A new key file comes to one machine after the
//! other, and a link that one of them sealed is pressed at another.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::key_holders::{self, KeyHolder};
use crate::store::{Db, StoreError};
use crate::token::{Fingerprint, KeyKind, Keyring, random_bytes};

/// A process that gave no sign of life for so long is believed to be gone. It gives one every ten seconds.
const BELIEVED_FOR: Duration = Duration::from_secs(120);

/// A process that opens links.
#[derive(Clone, Debug)]
pub struct KeyAgreement {
    holder: String,
    place: String,
}

/// A key that seals nothing yet.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WaitingKey {
    pub number: u8,
    /// The machines whose servers cannot open what it would seal.
    pub lacking: Vec<String>,
}

impl KeyAgreement {
    /// Of this process, on the machine of this name.
    pub fn new(place: String) -> Self {
        Self { holder: random_bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect(), place }
    }

    /// Says which keys are in `ring`, and lets it seal with the newest that every server at work has. Returns the newest of
    /// all when it must wait.
    pub async fn keep(&self, db: &Db, ring: &Keyring, now: Timestamp) -> Result<Option<WaitingKey>, StoreError> {
        let keys: Vec<_> = links(ring).map(|(_, print)| word(print)).collect();
        let one = KeyHolder {
            holder: self.holder.clone(),
            place: self.place.clone(),
            keys: keys.join(" "),
            until: now.plus(BELIEVED_FOR),
        };
        db.write(async |tx| key_holders::announce(tx, &one, now).await).await?;
        follow(db, ring, now).await
    }

    /// The process ends: nobody waits for it any more.
    pub async fn end(&self, db: &Db) -> Result<(), StoreError> {
        db.write(async |tx| key_holders::leave(tx, &self.holder).await).await?;
        Ok(())
    }
}

/// Lets `ring` seal with the newest key that every server at work has: for a command, which opens no link. Changes nothing
/// in the database.
pub async fn follow(db: &Db, ring: &Keyring, now: Timestamp) -> Result<Option<WaitingKey>, StoreError> {
    let servers = key_holders::at_work(&mut db.read().await?, now).await?;
    let has = |server: &KeyHolder, print: Fingerprint| server.keys.split(' ').any(|key| key == word(print));
    let sealing = ring.seal_with(|print| servers.iter().all(|server| has(server, print)));
    let Some((number, print)) = links(ring).find(|(number, _)| !ring.is_leaked(*number)) else { return Ok(None) };
    if number == sealing {
        return Ok(None);
    }
    let mut lacking: Vec<_> =
        servers.iter().filter(|server| !has(server, print)).map(|one| one.place.clone()).collect();
    lacking.sort();
    lacking.dedup();
    Ok(Some(WaitingKey { number, lacking }))
}

/// The keys that open links, the newest first.
fn links(ring: &Keyring) -> impl Iterator<Item = (u8, Fingerprint)> {
    ring.fingerprints().into_iter().filter_map(|(kind, print)| match kind {
        KeyKind::Link(number) => Some((number, print)),
        KeyKind::Address => None,
    })
}

fn word(print: Fingerprint) -> String {
    format!("{:016x}", print.0)
}
