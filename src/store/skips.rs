//! Slots on which a newsletter sends nothing, on purpose. Whether a time is a slot is `domain`'s to say.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::NewsletterId;

record! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SkippedSlot {
        pub slot_at: Timestamp,
        /// Why, for whoever wonders; may be empty.
        pub note: String,
    }
}

/// Skips a slot; `false` if it was skipped already.
pub async fn add(
    tx: &mut Tx,
    newsletter: NewsletterId,
    slot_at: Timestamp,
    note: &str,
    now: Timestamp,
) -> Result<bool> {
    let added = tx
        .sql(
            "INSERT INTO skips (newsletter_id, slot_at, note, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (newsletter_id, slot_at) DO NOTHING",
        )
        .bind(newsletter)
        .bind(slot_at)
        .bind(note)
        .bind(now)
        .execute()
        .await?;
    Ok(added == 1)
}

/// Offers a slot again; `false` if it was not skipped.
pub async fn remove(tx: &mut Tx, newsletter: NewsletterId, slot_at: Timestamp) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM skips WHERE newsletter_id = $1 AND slot_at = $2")
        .bind(newsletter)
        .bind(slot_at)
        .execute()
        .await?;
    Ok(removed == 1)
}

/// The slots after `after` that are skipped, in their order.
pub async fn of(tx: &mut Tx, newsletter: NewsletterId, after: Timestamp) -> Result<Vec<SkippedSlot>> {
    tx.sql("SELECT slot_at, note FROM skips WHERE newsletter_id = $1 AND slot_at > $2 ORDER BY slot_at")
        .bind(newsletter)
        .bind(after)
        .fetch_all()
        .await
}
