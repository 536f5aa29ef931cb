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
    pub email: EmailAddress,
    pub address_hash: Hash,
    /// Of the key that former versions made of the address, where it is another: what outlives the address may be kept
    /// by it.
    pub former_hash: Option<Hash>,
    pub quota_hash: Hash,
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
    if let Tx::Postgres(..) = tx {
        tx.sql("SELECT pg_advisory_xact_lock($1)").bind(number).execute().await?;
    }
    Ok(())
}

record! {
    /// The row of an address.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Ensured {
        pub id: SubscriberId,
        /// The address as it is stored, which may be another spelling.
        pub email: EmailAddress,
    }
}

/// The row of an address, made when it is new. A known person keeps their name. What a stranger typed is none: it waits
/// with the question.
pub async fn ensure(tx: &mut Tx, new: &NewSubscriber, now: Timestamp) -> Result<Ensured> {
    tx.sql(
        "INSERT INTO subscribers (email, email_key, address_hash, quota_hash, name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (email_key) DO UPDATE SET name = COALESCE(subscribers.name, excluded.name) RETURNING id, email",
    )
    .bind(&new.email)
    .bind(new.email.key())
    .bind(new.address_hash.as_slice())
    .bind(new.quota_hash.as_slice())
    .bind(new.name.as_deref())
    .bind(now)
    .fetch_one()
    .await
}

/// Gives a name to a person who has none. `false` when they have one, or nobody has this number.
pub async fn name_first(tx: &mut Tx, id: SubscriberId, name: &str) -> Result<bool> {
    let changed =
        tx.sql("UPDATE subscribers SET name = $2 WHERE id = $1 AND name IS NULL").bind(id).bind(name).execute().await?;
    Ok(changed == 1)
}

record! {
    /// A person as they are stored.
    #[derive(Clone, Debug)]
    pub struct Subscriber {
        pub id: SubscriberId,
        pub email: EmailAddress,
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

/// Gives a person another spelling of the address they have. `false` when it is not the same address, or is written so
/// already.
pub async fn respell(tx: &mut Tx, id: SubscriberId, email: &EmailAddress) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscribers SET email = $2 WHERE id = $1 AND email_key = $3 AND email <> $2")
        .bind(id)
        .bind(email)
        .bind(email.key())
        .execute()
        .await?;
    Ok(changed == 1)
}

record! {
    /// A person, and what was made of their address when it was stored.
    #[derive(Clone, Debug)]
    pub struct Folded {
        pub id: SubscriberId,
        pub email: EmailAddress,
        /// What was made of it.
        pub email_key: String,
        pub address_hash: Vec<u8>,
        pub quota_hash: Vec<u8>,
    }
}

/// Up to `limit` people behind `after`, with what was made of their addresses.
pub async fn folded(tx: &mut Tx, after: SubscriberId, limit: i64) -> Result<Vec<Folded>> {
    tx.sql("SELECT id, email, email_key, address_hash, quota_hash FROM subscribers WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after)
        .bind(limit)
        .fetch_all()
        .await
}

/// Up to `limit` people who have been known for longest, and as many of the newest.
pub async fn ends(tx: &mut Tx, limit: i64) -> Result<Vec<Folded>> {
    tx.sql(
        "SELECT id, email, email_key, address_hash, quota_hash FROM subscribers
         WHERE id IN (SELECT id FROM subscribers ORDER BY id LIMIT $1)
            OR id IN (SELECT id FROM subscribers ORDER BY id DESC LIMIT $1) ORDER BY id",
    )
    .bind(limit)
    .fetch_all()
    .await
}

/// Those of them whose address is not ASCII alone: only there may a rule have changed.
pub async fn folded_beyond_ascii(tx: &mut Tx, after: SubscriberId, limit: i64) -> Result<Vec<Folded>> {
    tx.sql(
        "SELECT id, email, email_key, address_hash, quota_hash FROM subscribers
         WHERE id > $1 AND OCTET_LENGTH(email) > LENGTH(email) ORDER BY id LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all()
    .await
}

/// Stores what the address's key is now. `false` when somebody else has that key: both rows stay.
pub async fn refold(tx: &mut Tx, id: SubscriberId, email_key: &str) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE subscribers SET email_key = $2 WHERE id = $1
               AND NOT EXISTS (SELECT 1 FROM subscribers o WHERE o.email_key = $2 AND o.id <> $1)",
        )
        .bind(id)
        .bind(email_key)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Stores what an address and its mailbox are hashed to now. `false` when nobody has this number.
pub async fn rehash(tx: &mut Tx, id: SubscriberId, address_hash: &Hash, quota_hash: &Hash) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscribers SET address_hash = $2, quota_hash = $3 WHERE id = $1")
        .bind(id)
        .bind(address_hash.as_slice())
        .bind(quota_hash.as_slice())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Takes away a person who subscribes to nothing and never did. `false` when they do, or nobody has this number.
pub async fn drop_if_alone(tx: &mut Tx, id: SubscriberId) -> Result<bool> {
    let dropped = tx
        .sql("DELETE FROM subscribers WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.subscriber_id = $1)")
        .bind(id)
        .execute()
        .await?;
    Ok(dropped == 1)
}
