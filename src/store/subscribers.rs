//! People: one row per address, whatever they subscribe to. Knows no newsletter.

use super::db::Sql;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::SubscriberId;
use crate::domain::address::EmailAddress;

/// A keyed hash of an address, as `token::Keyring::address_hash` makes it.
pub type Hash = [u8; 16];

/// A person to be stored.
#[derive(Clone, Debug)]
pub struct NewSubscriber {
    /// Where they are reached.
    pub email: EmailAddress,
    /// Of the address's key.
    pub address_hash: Hash,
    /// Of the address's quota key.
    pub quota_hash: Hash,
    /// What they are called.
    pub name: Option<String>,
}

/// Lets one transaction at a time deal with a mailbox, until it ends: two requests for the same one that run side by
/// side would each see that no mail was sent yet.
pub async fn lock_mailbox(tx: &mut Tx, quota_hash: &Hash) -> Result<()> {
    let mut number = [0; 8];
    number.copy_from_slice(&quota_hash[..8]);
    lock(tx, i64::from_be_bytes(number)).await
}

/// Takes a lock that has no row. A lawful split: SQLite has one writer and needs none.
pub(super) async fn lock(tx: &mut Tx, number: i64) -> Result<()> {
    let sql = Sql::Split { sqlite: "SELECT $1", postgres: "SELECT pg_advisory_xact_lock($1)" };
    tx.sql(sql).bind(number).execute().await?;
    Ok(())
}

/// The row of an address, made when it is new. A known person keeps their name: whoever types an address into a form
/// need not be its owner.
pub async fn ensure(tx: &mut Tx, new: &NewSubscriber, now: Timestamp) -> Result<SubscriberId> {
    tx.sql(
        "INSERT INTO subscribers (email, email_key, address_hash, quota_hash, name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email_key) DO NOTHING",
    )
    .bind(&new.email)
    .bind(new.email.key())
    .bind(new.address_hash.as_slice())
    .bind(new.quota_hash.as_slice())
    .bind(new.name.as_deref())
    .bind(now)
    .execute()
    .await?;
    let (id,) = tx.sql("SELECT id FROM subscribers WHERE email_key = $1").bind(new.email.key()).fetch_one().await?;
    Ok(id)
}

/// Gives a person another name, or none. `false` when nobody has this number.
pub async fn rename(tx: &mut Tx, id: SubscriberId, name: Option<&str>) -> Result<bool> {
    let changed = tx.sql("UPDATE subscribers SET name = $2 WHERE id = $1").bind(id).bind(name).execute().await?;
    Ok(changed == 1)
}
