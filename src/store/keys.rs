//! With which keys this database was made: fingerprints alone, from which no key can be told.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::token::Fingerprint;

record! {
    /// A key that was used with this database.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KnownKey {
        /// `address` or `link`.
        pub kind: String,
        /// Its number; 0 for the one that hashes addresses.
        pub number: i64,
        /// What tells it from every other.
        pub fingerprint: Fingerprint,
        /// Since when it is known.
        pub first_at: Timestamp,
        /// When a server last started with it.
        pub last_at: Timestamp,
        /// When it was given up.
        pub retired_at: Option<Timestamp>,
        /// The version of the rules by which addresses were last folded and hashed with it.
        pub folding: Option<i64>,
    }
}

/// Every key that was ever used, the one that hashes addresses first.
pub async fn all(tx: &mut Tx) -> Result<Vec<KnownKey>> {
    tx.sql("SELECT kind, number, fingerprint, first_at, last_at, retired_at, folding FROM keys ORDER BY kind, number")
        .fetch_all()
        .await
}

/// Notes a key, or that one that is known is used at `now`. `false` when another key has its number.
pub async fn note(tx: &mut Tx, kind: &str, number: i64, fingerprint: Fingerprint, now: Timestamp) -> Result<bool> {
    let noted = tx
        .sql(
            "INSERT INTO keys (kind, number, fingerprint, first_at, last_at) VALUES ($1, $2, $3, $4, $4)
             ON CONFLICT (kind, number) DO UPDATE SET last_at = excluded.last_at, retired_at = NULL
             WHERE keys.fingerprint = excluded.fingerprint",
        )
        .bind(kind)
        .bind(number)
        .bind(fingerprint)
        .bind(now)
        .execute()
        .await?;
    Ok(noted == 1)
}

/// Gives up a key that seals and opens links. `false` when it is not known by this fingerprint, or was given up before.
pub async fn retire(tx: &mut Tx, number: i64, fingerprint: Fingerprint, now: Timestamp) -> Result<bool> {
    let retired = tx
        .sql(
            "UPDATE keys SET retired_at = $3
             WHERE kind = 'link' AND number = $1 AND fingerprint = $2 AND retired_at IS NULL",
        )
        .bind(number)
        .bind(fingerprint)
        .bind(now)
        .execute()
        .await?;
    Ok(retired == 1)
}

/// Forgets every key: others are about to take their place.
pub async fn forget(tx: &mut Tx) -> Result<u64> {
    tx.sql("DELETE FROM keys").execute().await
}

/// Notes by which rules the stored addresses are now folded and hashed. `false` when no key of addresses is known.
pub async fn folded(tx: &mut Tx, version: i64) -> Result<bool> {
    Ok(tx.sql("UPDATE keys SET folding = $1 WHERE number = 0").bind(version).execute().await? == 1)
}

record! {
    /// What would be lost with a key.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Stake {
        /// Addresses that are kept out.
        pub suppressed: i64,
        /// People whose address is stored.
        pub readers: i64,
        /// Mails of a time, whose links it sealed.
        pub mails: i64,
    }
}

/// What hangs on the keys, with the mails that were first tried between two times.
pub async fn stake(tx: &mut Tx, since: Timestamp, until: Timestamp) -> Result<Stake> {
    tx.sql(
        "SELECT (SELECT COUNT(*) FROM suppressions) + (SELECT COUNT(*) FROM departed) AS suppressed, (SELECT COUNT(*) FROM subscribers) AS readers,
                (SELECT COUNT(*) FROM deliveries WHERE first_at > $1 AND first_at <= $2) AS mails",
    )
    .bind(since)
    .bind(until)
    .fetch_one()
    .await
}
