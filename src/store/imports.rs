//! Imports: what came in, what it changed, what operators answered. Decides nothing.

use super::column::{json_list, listed, record};
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::actor::By;
use crate::domain::import::{ImportDid, ImportState};
use crate::domain::subscriber::SubscriptionState;
use crate::domain::{ImportId, NewsletterId, SubscriptionId};

record! {
    #[derive(Clone, Debug)]
    pub struct StoredImport {
        pub id: ImportId,
        pub newsletter_id: NewsletterId,
        /// Who did it, as [`Actor`](crate::domain::actor::Actor) spells it.
        pub actor: String,
        pub state: ImportState,
        /// The files' names, a line each.
        pub files: String,
        /// What each column was taken for, as JSON.
        pub mapping: String,
        /// Where the readers agreed; empty when it was not said.
        pub agreed: String,
        /// How many rows are done.
        pub position: i64,
        /// What it did, as JSON.
        pub counts: String,
        pub created_at: Timestamp,
        pub finished_at: Option<Timestamp>,
        /// When it was taken back.
        pub undone_at: Option<Timestamp>,
    }
}

record! {
    /// One change of an import.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Change {
        pub id: i64,
        pub subscription: Option<SubscriptionId>,
        pub did: ImportDid,
    }
}

record! {
    /// A subscription that an import changed, as it is now.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Changed {
        pub state: SubscriptionState,
        /// What it was before it ended.
        pub left_from: Option<SubscriptionState>,
        /// Whether anything was said of it since.
        pub has_acted: bool,
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NewImport<'a> {
    pub newsletter: NewsletterId,
    pub by: By<'a>,
    /// The files' names, a line each.
    pub files: &'a str,
    /// Over all that is in them.
    pub digest: &'a str,
    /// What each column was taken for, as JSON.
    pub mapping: &'a str,
    /// Where the readers agreed; empty when it was not said.
    pub agreed: &'a str,
}

/// What every [`StoredImport`] is read with; a condition follows.
macro_rules! select {
    () => {
        "SELECT id, newsletter_id, actor, state, files, mapping, agreed, position, counts, created_at, finished_at, undone_at
         FROM imports "
    };
}

/// Begins an import, or finds the one of the same files, read in the same way, that broke off.
pub async fn open(tx: &mut Tx, new: &NewImport<'_>) -> Result<StoredImport> {
    let broken = tx
        .sql(concat!(
            select!(),
            "WHERE newsletter_id = $1 AND digest = $2 AND mapping = $3 AND agreed = $4 AND state = $5
             ORDER BY id DESC LIMIT 1"
        ))
        .bind(new.newsletter)
        .bind(new.digest)
        .bind(new.mapping)
        .bind(new.agreed)
        .bind(ImportState::Running)
        .fetch_optional()
        .await?;
    if let Some(broken) = broken {
        return Ok(broken);
    }
    tx.sql(
        "INSERT INTO imports (newsletter_id, actor, state, files, digest, mapping, agreed, position, counts, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '{}', $8)
         RETURNING id, newsletter_id, actor, state, files, mapping, agreed, position, counts, created_at, finished_at, undone_at",
    )
    .bind(new.newsletter)
    .bind(new.by.actor.to_string())
    .bind(ImportState::Running)
    .bind(new.files)
    .bind(new.digest)
    .bind(new.mapping)
    .bind(new.agreed)
    .bind(new.by.now)
    .fetch_one()
    .await
}

/// Moves an import on from one row to another. `false` when it does not run, or is elsewhere: somebody else moves it.
pub async fn advance(tx: &mut Tx, id: ImportId, from: i64, to: i64, counts: &str) -> Result<bool> {
    let moved = tx
        .sql("UPDATE imports SET position = $3, counts = $4 WHERE id = $1 AND position = $2 AND state = $5")
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(counts)
        .bind(ImportState::Running)
        .execute()
        .await?;
    Ok(moved == 1)
}

/// `running` to `done`. `false` when it was not so.
pub async fn finish(tx: &mut Tx, id: ImportId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE imports SET state = $2, finished_at = $4 WHERE id = $1 AND state = $3")
        .bind(id)
        .bind(ImportState::Done)
        .bind(ImportState::Running)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// An import by its number.
pub async fn get(tx: &mut Tx, id: ImportId) -> Result<Option<StoredImport>> {
    tx.sql(concat!(select!(), "WHERE id = $1")).bind(id).fetch_optional().await
}

/// The imports of a newsletter, the latest first.
pub async fn list(tx: &mut Tx, newsletter: NewsletterId, limit: i64) -> Result<Vec<StoredImport>> {
    tx.sql(concat!(select!(), "WHERE newsletter_id = $1 ORDER BY id DESC LIMIT $2"))
        .bind(newsletter)
        .bind(limit)
        .fetch_all()
        .await
}

/// Notes a change to one subscription.
pub async fn note(tx: &mut Tx, id: ImportId, subscription: SubscriptionId, did: ImportDid) -> Result<()> {
    tx.sql("INSERT INTO import_changes (import_id, subscription_id, did) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(subscription)
        .bind(did)
        .execute()
        .await?;
    Ok(())
}

/// `running` or `done` to `undoing`; one that is being undone stays so. `false` when it was undone before.
pub async fn begin_undo(tx: &mut Tx, id: ImportId) -> Result<bool> {
    let changed = tx
        .sql("UPDATE imports SET state = $2 WHERE id = $1 AND state <> $3")
        .bind(id)
        .bind(ImportState::Undoing)
        .bind(ImportState::Undone)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// `undoing` to `undone`. `false` when it was not so.
pub async fn end_undo(tx: &mut Tx, id: ImportId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE imports SET state = $2, undone_at = $4 WHERE id = $1 AND state = $3")
        .bind(id)
        .bind(ImportState::Undone)
        .bind(ImportState::Undoing)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Up to `limit` changes of an import that are not taken back, the latest first.
pub async fn changes(tx: &mut Tx, id: ImportId, limit: i64) -> Result<Vec<Change>> {
    tx.sql(
        "SELECT id, subscription_id AS subscription, did FROM import_changes WHERE import_id = $1
         ORDER BY id DESC LIMIT $2",
    )
    .bind(id)
    .bind(limit)
    .fetch_all()
    .await
}

/// How many changes of an import can be taken back.
pub async fn count_changes(tx: &mut Tx, id: ImportId) -> Result<i64> {
    let (count,) = tx.sql("SELECT COUNT(*) FROM import_changes WHERE import_id = $1").bind(id).fetch_one().await?;
    Ok(count)
}

/// How a changed subscription is now. `source` is what the import's own entries in the record of consents have.
pub async fn changed(tx: &mut Tx, id: SubscriptionId, source: &str) -> Result<Option<Changed>> {
    tx.sql(
        "SELECT s.state, s.left_from,
                EXISTS (SELECT 1 FROM consents c WHERE c.subscription_id = s.id AND c.id >
                        (SELECT MAX(m.id) FROM consents m WHERE m.subscription_id = s.id AND m.source = $2)) AS has_acted
         FROM subscriptions s WHERE s.id = $1",
    )
    .bind(id)
    .bind(source)
    .fetch_optional()
    .await
}

/// Takes out those of the subscriptions that are as the import left them and were never mailed, and their persons when
/// nothing else is theirs. Returns how many.
pub async fn take_out(tx: &mut Tx, ids: impl IntoIterator<Item = SubscriptionId>, source: &str) -> Result<u64> {
    let persons: Vec<(i64,)> = tx
        .sql(listed!(
            "DELETE FROM subscriptions WHERE source = $2
               AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.subscription_id = subscriptions.id AND c.source <> $2)
               AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id IS NULL AND d.subscription_id = subscriptions.id)
               AND NOT EXISTS (SELECT 1 FROM issues i JOIN deliveries d ON d.issue_id = i.id AND d.subscription_id = subscriptions.id)
               AND id IN ",
            1,
            " RETURNING subscriber_id"
        ))
        .bind(json_list(ids.into_iter().map(|id| id.0)))
        .bind(source)
        .fetch_all()
        .await?;
    tx.sql(listed!(
        "DELETE FROM subscribers WHERE NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.subscriber_id = subscribers.id)
           AND id IN ",
        1,
        ""
    ))
    .bind(json_list(persons.iter().map(|(id,)| *id)))
    .execute()
    .await?;
    Ok(persons.len() as u64)
}

/// Takes the address of a change off the suppression list, if it is there because of this import. `false` when it is not.
pub async fn lift(tx: &mut Tx, change: i64, source: &str) -> Result<bool> {
    let lifted = tx
        .sql(
            "DELETE FROM suppressions WHERE note = $2
               AND address_hash = (SELECT c.address_hash FROM import_changes c WHERE c.id = $1)",
        )
        .bind(change)
        .bind(source)
        .execute()
        .await?;
    Ok(lifted == 1)
}

/// Strikes out a change that was taken back, or left as it is.
pub async fn strike(tx: &mut Tx, change: i64) -> Result<()> {
    tx.sql("DELETE FROM import_changes WHERE id = $1").bind(change).execute().await?;
    Ok(())
}

/// Forgets up to `limit` changes of imports that began before `before`. Returns how many.
pub async fn forget_changes(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.sql(
        "DELETE FROM import_changes WHERE id IN (SELECT c.id FROM import_changes c
             JOIN imports i ON i.id = c.import_id WHERE i.created_at < $1 LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute()
    .await
}

/// Keeps what an operator said of a column.
pub async fn keep_answer(tx: &mut Tx, newsletter: NewsletterId, column: &str, answer: &str) -> Result<()> {
    tx.sql(
        "INSERT INTO import_answers (newsletter_id, column_name, answer) VALUES ($1, $2, $3)
         ON CONFLICT (newsletter_id, column_name) DO UPDATE SET answer = excluded.answer",
    )
    .bind(newsletter)
    .bind(column)
    .bind(answer)
    .execute()
    .await?;
    Ok(())
}

/// What an operator said of a column before.
pub async fn answer(tx: &mut Tx, newsletter: NewsletterId, column: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = tx
        .sql("SELECT answer FROM import_answers WHERE newsletter_id = $1 AND column_name = $2")
        .bind(newsletter)
        .bind(column)
        .fetch_optional()
        .await?;
    Ok(row.map(|(answer,)| answer))
}
