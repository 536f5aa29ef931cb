//! One-time links that people with a login sign in by. Knows no link: each is its row's number and mark, sealed elsewhere.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::account::LinkKind;
use crate::domain::{AccountId, EntryId};
use crate::token::Mark;

record! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AccountEntry {
        pub id: EntryId,
        pub account_id: AccountId,
        pub kind: LinkKind,
        pub until: Timestamp,
        /// When it was used, or a newer one took its place.
        pub closed_at: Option<Timestamp>,
        pub mark: Option<Mark>,
    }
}

pub async fn add(tx: &mut Tx, account: AccountId, kind: LinkKind, until: Timestamp, now: Timestamp) -> Result<EntryId> {
    let (id,) = tx
        .sql("INSERT INTO entries (account_id, kind, created_at, until) VALUES ($1, $2, $3, $4) RETURNING id")
        .bind(account)
        .bind(kind)
        .bind(now)
        .bind(until)
        .fetch_one()
        .await?;
    Ok(id)
}

pub async fn get(tx: &mut Tx, id: EntryId) -> Result<Option<AccountEntry>> {
    tx.sql("SELECT id, account_id, kind, until, closed_at, mark FROM entries WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await
}

/// Uses a link up; `false` when it was used, closed or too old.
pub async fn use_up(tx: &mut Tx, id: EntryId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE entries SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL AND until > $2")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Closes the open links of an account. Returns how many.
pub async fn close(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<u64> {
    tx.sql("UPDATE entries SET closed_at = $2 WHERE account_id = $1 AND closed_at IS NULL")
        .bind(account)
        .bind(now)
        .execute()
        .await
}

/// Closes every open link there is. Returns how many.
pub async fn close_all(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.sql("UPDATE entries SET closed_at = $1 WHERE closed_at IS NULL").bind(now).execute().await
}

/// Drops links that were to be used before `before`. Returns how many.
pub async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.sql("DELETE FROM entries WHERE until < $1").bind(before).execute().await
}
