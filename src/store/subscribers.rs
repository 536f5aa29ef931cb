//! People: one row per address, whatever they subscribe to. Knows no newsletter.

use super::column::record;
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

/// Takes a lock that has no row. SQLite has one writer and needs none.
pub(super) async fn lock(tx: &mut Tx, number: i64) -> Result<()> {
    if let Tx::Postgres(_) = tx {
        tx.sql("SELECT pg_advisory_xact_lock($1)").bind(number).execute().await?;
    }
    Ok(())
}

/// The row of an address, made when it is new. A known person keeps their name: whoever types an address into a form
/// need not be its owner.
pub async fn ensure(tx: &mut Tx, new: &NewSubscriber, now: Timestamp) -> Result<SubscriberId> {
    let (id,) = tx
        .sql(
            "INSERT INTO subscribers (email, email_key, address_hash, quota_hash, name, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (email_key) DO UPDATE SET email_key = excluded.email_key RETURNING id",
        )
        .bind(&new.email)
        .bind(new.email.key())
        .bind(new.address_hash.as_slice())
        .bind(new.quota_hash.as_slice())
        .bind(new.name.as_deref())
        .bind(now)
        .fetch_one()
        .await?;
    Ok(id)
}

/// Gives a person another name, or none. `false` when nobody has this number.
pub async fn rename(tx: &mut Tx, id: SubscriberId, name: Option<&str>) -> Result<bool> {
    let changed = tx.sql("UPDATE subscribers SET name = $2 WHERE id = $1").bind(id).bind(name).execute().await?;
    Ok(changed == 1)
}

record! {
    /// A person as they are stored.
    #[derive(Clone, Debug)]
    pub struct Subscriber {
        /// The row.
        pub id: SubscriberId,
        /// Where they are reached.
        pub email: EmailAddress,
        /// What they are called.
        pub name: Option<String>,
        /// Since when they are known.
        pub created_at: Timestamp,
    }
}

/// The person behind an address, given as its key.
pub async fn find(tx: &mut Tx, email_key: &str) -> Result<Option<Subscriber>> {
    tx.sql("SELECT id, email, name, created_at FROM subscribers WHERE email_key = $1")
        .bind(email_key)
        .fetch_optional()
        .await
}

/// A person by their number.
pub async fn get(tx: &mut Tx, id: SubscriberId) -> Result<Option<Subscriber>> {
    tx.sql("SELECT id, email, name, created_at FROM subscribers WHERE id = $1").bind(id).fetch_optional().await
}

/// Gives a person another address, if it is still `from` (a key) where they are reached. `false` when it is not. The new
/// address must be nobody's.
pub async fn readdress(tx: &mut Tx, id: SubscriberId, from: &str, new: &NewSubscriber) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE subscribers SET email = $3, email_key = $4, address_hash = $5, quota_hash = $6
             WHERE id = $1 AND email_key = $2",
        )
        .bind(id)
        .bind(from)
        .bind(&new.email)
        .bind(new.email.key())
        .bind(new.address_hash.as_slice())
        .bind(new.quota_hash.as_slice())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Erases a person with their subscriptions, consents and requests. `false` when nobody has this number.
pub async fn erase(tx: &mut Tx, id: SubscriberId) -> Result<bool> {
    let erased = tx.sql("DELETE FROM subscribers WHERE id = $1").bind(id).execute().await?;
    Ok(erased == 1)
}
