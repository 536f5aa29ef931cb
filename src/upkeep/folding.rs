//! Folds and hashes the stored addresses anew, after the rules of folding or the key have changed. What keeps an address
//! out goes along: no suppression and no refusal is lost.
//!
//! Each slice is a transaction of its own and done twice it does nothing, so a process that dies half-way is no harm.

use std::collections::HashSet;

use crate::domain::SubscriberId;
use crate::domain::address::EmailAddress;
use crate::store::subscribers::{Folded, Hash};
use crate::store::{Db, Result, Tx, departed, limits, subscribers, suppressions};
use crate::token::Keyring;

/// Counts the rules: 1 is that nothing outside ASCII folds into it, and that a mailbox is its provider's.
pub(super) const RULES: i64 = 1;

/// People to a transaction: short beside a server that works.
const SLICE: i64 = 1_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refolded {
    /// People whose address has another key or hash now.
    pub changed: u64,
    /// People whose address is the same as another's now: both rows stay, the second by its old key.
    pub clashes: u64,
}

/// What keeps somebody out and names no mailbox.
struct Kept {
    suppressed: HashSet<Vec<u8>>,
    refused: HashSet<i64>,
}

/// Folds and hashes every stored address by today's rules and keys.
pub async fn refold(db: &Db, keys: &Keyring) -> Result<Refolded> {
    let kept = {
        let mut tx = db.read().await?;
        Kept {
            suppressed: suppressions::without_mailbox(&mut tx).await?.into_iter().collect(),
            refused: limits::refusals_without_mailbox(&mut tx).await?.into_iter().collect(),
        }
    };
    let mut done = Refolded::default();
    let mut after = SubscriberId(0);
    loop {
        let rows = subscribers::folded(&mut db.read().await?, after, SLICE).await?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = last.id;
        let wanting: Vec<_> = rows.into_iter().filter_map(|row| Anew::of(row, keys, &kept)).collect();
        if wanting.is_empty() {
            continue;
        }
        let slice = db
            .write(async |tx| {
                let mut slice = Refolded::default();
                for one in &wanting {
                    one.store(tx, &mut slice).await?;
                }
                Ok::<_, crate::store::StoreError>(slice)
            })
            .await?;
        done.changed += slice.changed;
        done.clashes += slice.clashes;
    }
}

/// One person's address by today's rules.
struct Anew {
    row: Folded,
    key: String,
    address_hash: Hash,
    quota_hash: Hash,
    is_suppressed: bool,
    is_refused: bool,
}

impl Anew {
    /// Nothing when all is as it should be.
    fn of(row: Folded, keys: &Keyring, kept: &Kept) -> Option<Self> {
        let key = row.email.key();
        let address_hash = keys.address_hash(&key);
        let quota_hash = keys.address_hash(&row.email.mailbox_key());
        let is_suppressed = kept.suppressed.contains(&row.address_hash);
        let is_refused = tag(&row.address_hash).is_some_and(|tag| kept.refused.contains(&tag));
        let is_same = key == row.email_key && address_hash == row.address_hash[..] && quota_hash == row.quota_hash[..];
        (!is_same || is_suppressed || is_refused).then_some(Self {
            row,
            key,
            address_hash,
            quota_hash,
            is_suppressed,
            is_refused,
        })
    }

    async fn store(&self, tx: &mut Tx, done: &mut Refolded) -> Result<()> {
        let Self { row, key, address_hash, quota_hash, .. } = self;
        if *key != row.email_key && !subscribers::refold(tx, row.id, key).await? {
            done.clashes += 1;
        }
        if *address_hash != row.address_hash[..] || *quota_hash != row.quota_hash[..] {
            subscribers::rehash(tx, row.id, address_hash, quota_hash).await?;
            done.changed += 1;
        }
        suppressions::copy(tx, &row.address_hash, address_hash, quota_hash).await?;
        departed::rehash(tx, &row.address_hash, address_hash).await?;
        if self.is_suppressed {
            suppressions::note_mailbox(tx, address_hash, quota_hash).await?;
        }
        if self.is_refused || *address_hash != row.address_hash[..] {
            let (from, mailbox) = (tag(&row.address_hash).unwrap_or_default(), limits::tag(quota_hash));
            limits::copy_refusal(tx, from, limits::tag(address_hash), mailbox).await?;
        }
        Ok(())
    }
}

/// People whose address is the same as another's by today's rules. Each is stored twice, and an operator has to say
/// which of the two it is.
pub async fn clashes(db: &Db) -> Result<Vec<EmailAddress>> {
    let mut tx = db.read().await?;
    let mut found = Vec::new();
    let mut after = SubscriberId(0);
    loop {
        let rows = subscribers::folded_beyond_ascii(&mut tx, after, SLICE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        after = last.id;
        found.extend(rows.into_iter().filter(|row| row.email.key() != row.email_key).map(|row| row.email));
    }
}

fn tag(hash: &[u8]) -> Option<i64> {
    Hash::try_from(hash).ok().map(|hash| limits::tag(&hash))
}
