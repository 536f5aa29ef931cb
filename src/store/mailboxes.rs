//! How far each mailbox was read for reports, and how the last look into it ended.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;

record! {
    /// A mailbox, and the last of its mails that was taken in.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MailboxPosition {
        pub name: String,
        /// Which folder of which account. Another one has other numbers.
        pub place: String,
        pub uid_validity: i64,
        pub last_uid: i64,
        /// When the last look that did not fail was; the first try where each failed.
        pub looked_at: Timestamp,
        /// Why the last look failed.
        pub error: Option<String>,
    }
}

pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<MailboxPosition>> {
    tx.sql("SELECT name, place, uid_validity, last_uid, looked_at, error FROM mailbox_positions WHERE name = $1")
        .bind(name)
        .fetch_optional()
        .await
}

/// Every mailbox, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<MailboxPosition>> {
    tx.sql("SELECT name, place, uid_validity, last_uid, looked_at, error FROM mailbox_positions ORDER BY name")
        .fetch_all()
        .await
}

/// Begins a folder anew: none of its mails was taken in.
pub async fn begin(tx: &mut Tx, name: &str, place: &str, uid_validity: i64, now: Timestamp) -> Result<()> {
    tx.sql(
        "INSERT INTO mailbox_positions (name, place, uid_validity, last_uid, looked_at) VALUES ($1, $2, $3, 0, $4)
         ON CONFLICT (name) DO UPDATE SET
             place = excluded.place, uid_validity = excluded.uid_validity, last_uid = 0, looked_at = excluded.looked_at",
    )
    .bind(name)
    .bind(place)
    .bind(uid_validity)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Everything up to mail `to` is taken in. `false` when the position is not `from` any more: another process moved it.
pub async fn advance(tx: &mut Tx, from: &MailboxPosition, to: i64) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE mailbox_positions SET last_uid = $5
             WHERE name = $1 AND place = $2 AND uid_validity = $3 AND last_uid = $4",
        )
        .bind(from.name.as_str())
        .bind(from.place.as_str())
        .bind(from.uid_validity)
        .bind(from.last_uid)
        .bind(to)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// How a look into a mailbox ended.
pub async fn looked(tx: &mut Tx, name: &str, error: Option<&str>, now: Timestamp) -> Result<()> {
    tx.sql(
        "INSERT INTO mailbox_positions (name, place, uid_validity, last_uid, looked_at, error)
         VALUES ($1, '', 0, 0, $3, $2)
         ON CONFLICT (name) DO UPDATE SET error = excluded.error,
             looked_at = CASE WHEN excluded.error IS NULL THEN excluded.looked_at ELSE mailbox_positions.looked_at END",
    )
    .bind(name)
    .bind(error)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Forgets a mailbox that the configuration does not have any more. `false` when it is not there.
pub async fn forget(tx: &mut Tx, name: &str) -> Result<bool> {
    Ok(tx.sql("DELETE FROM mailbox_positions WHERE name = $1").bind(name).execute().await? == 1)
}
