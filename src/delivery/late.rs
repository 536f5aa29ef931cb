//! The look at rows whose take-off was a while ago, before their bodies are written.

use super::entry::LedgerEntry;
use super::held::Held;
use crate::clock::Timestamp;
use crate::store::{StoreError, Tx, deliveries, settlement};

/// Of the rows that were taken off a while ago, those that may still go. The others go back: nothing of them was sent.
pub(super) async fn look(tx: &mut Tx, batch: &[LedgerEntry], now: Timestamp) -> Result<Vec<Held>, StoreError> {
    let mut granted = Vec::new();
    for entry in batch {
        let LedgerEntry::Look(held, _) = entry else { continue };
        if settlement::may_still_go(tx, held.worker, held.id, held.pinned, now).await? {
            granted.push(held.clone());
        } else {
            deliveries::release(tx, held.worker, &[held.id], now, held.pinned).await?;
        }
    }
    Ok(granted)
}
