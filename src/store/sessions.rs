//! Browsers that are signed in. A session that ended has no row.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::account::SignInMethod;
use crate::domain::{AccountId, SessionId};

record! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AccountSession {
        pub id: SessionId,
        pub account_id: AccountId,
        /// What was shown to open it.
        pub method: SignInMethod,
        /// When the person last showed who they are.
        pub strong_at: Timestamp,
        pub created_at: Timestamp,
        /// When it was used, to the hour.
        pub seen_at: Timestamp,
        /// From where: `192.0.2.0/24`; may be empty.
        pub network: String,
        /// What the browser calls itself; may be empty.
        pub agent: String,
    }
}

/// A session to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    pub account: AccountId,
    /// SHA-256 of the secret that the browser keeps.
    pub hash: &'a [u8; 32],
    pub method: SignInMethod,
    pub network: &'a str,
    pub agent: &'a str,
}

pub async fn add(tx: &mut Tx, new: &NewSession<'_>, now: Timestamp) -> Result<SessionId> {
    let (id,) = tx
        .sql(
            "INSERT INTO sessions (account_id, hash, method, strong_at, created_at, seen_at, network, agent)
             VALUES ($1, $2, $3, $4, $4, $4, $5, $6) RETURNING id",
        )
        .bind(new.account)
        .bind(new.hash.as_slice())
        .bind(new.method)
        .bind(now)
        .bind(new.network)
        .bind(new.agent)
        .fetch_one()
        .await?;
    Ok(id)
}

/// The session of a secret, by the secret's SHA-256.
pub async fn find(tx: &mut Tx, hash: &[u8; 32]) -> Result<Option<AccountSession>> {
    tx.sql(
        "SELECT id, account_id, method, strong_at, created_at, seen_at, network, agent FROM sessions WHERE hash = $1",
    )
    .bind(hash.as_slice())
    .fetch_optional()
    .await
}

/// The sessions of an account, the one that was used last first.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<AccountSession>> {
    tx.sql(
        "SELECT id, account_id, method, strong_at, created_at, seen_at, network, agent FROM sessions
         WHERE account_id = $1 ORDER BY seen_at DESC, id DESC",
    )
    .bind(account)
    .fetch_all()
    .await
}

/// Notes that a session was used; `false` when it has ended, or was noted since `before`.
pub async fn see(tx: &mut Tx, id: SessionId, before: Timestamp, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE sessions SET seen_at = $3 WHERE id = $1 AND seen_at <= $2")
        .bind(id)
        .bind(before)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Gives a session another secret, and notes that its person has shown who they are; `false` when it has ended.
pub async fn renew(tx: &mut Tx, id: SessionId, hash: &[u8; 32], now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE sessions SET hash = $2, strong_at = $3 WHERE id = $1")
        .bind(id)
        .bind(hash.as_slice())
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Ends one session of an account; `false` when it has ended, or is another's.
pub async fn end(tx: &mut Tx, account: AccountId, id: SessionId) -> Result<bool> {
    let ended =
        tx.sql("DELETE FROM sessions WHERE id = $1 AND account_id = $2").bind(id).bind(account).execute().await?;
    Ok(ended == 1)
}

/// Ends all sessions of an account, but for one. Returns how many.
pub async fn end_all_of(tx: &mut Tx, account: AccountId, but: Option<SessionId>) -> Result<u64> {
    tx.sql("DELETE FROM sessions WHERE account_id = $1 AND id <> $2")
        .bind(account)
        .bind(but.unwrap_or(SessionId(0)))
        .execute()
        .await
}

/// Ends every session there is. Returns how many.
pub async fn end_all(tx: &mut Tx) -> Result<u64> {
    tx.sql("DELETE FROM sessions").execute().await
}

/// Drops those that were not used since `unused`, or began before `began`. Returns how many.
pub async fn purge(tx: &mut Tx, unused: Timestamp, began: Timestamp) -> Result<u64> {
    tx.sql("DELETE FROM sessions WHERE seen_at <= $1 OR created_at <= $2").bind(unused).bind(began).execute().await
}
