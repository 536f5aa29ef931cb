//! What this database is: its name, its generation, and whether it is held. And what is undone when a copy of it was put
//! back: nobody knows what went out after the copy was made.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::delivery::DeliveryState;
use crate::domain::{DeliveryId, IssueId, WorkerId};

record! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Installation {
        /// Made at random; tells this database from every other.
        pub name: String,
        /// Grows whenever a copy was put back.
        pub generation: i64,
        pub born_at: Timestamp,
        pub restored_at: Option<Timestamp>,
        pub held_at: Option<Timestamp>,
        pub held_why: Option<String>,
    }
}

const SELECT: &str = "SELECT name, generation, born_at, restored_at, held_at, held_why FROM installation";

/// While it is held nothing goes out but alarms and test emails.
macro_rules! is_free {
    () => {
        " AND NOT EXISTS (SELECT 1 FROM installation h WHERE h.held_at IS NOT NULL)"
    };
}

pub(super) use is_free;

/// What is known of the database, unless no server has worked on it yet.
pub async fn get(tx: &mut Tx) -> Result<Option<Installation>> {
    tx.sql(SELECT).fetch_optional().await
}

/// Names a database that has no name. Returns what it is called, and whether that is new.
pub async fn found(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(Installation, bool)> {
    let changed = tx
        .sql(
            "INSERT INTO installation (id, name, generation, born_at) VALUES (1, $1, 1, $2) ON CONFLICT (id) DO NOTHING",
        )
        .bind(name)
        .bind(now)
        .execute()
        .await?;
    let known = tx.sql(SELECT).fetch_one().await?;
    Ok((known, changed == 1))
}

/// Holds everything; `false` when it is held already.
pub async fn hold(tx: &mut Tx, why: &str, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE installation SET held_at = $1, held_why = $2 WHERE held_at IS NULL")
        .bind(now)
        .bind(why)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Lifts the hold; `false` when there is none.
pub async fn release(tx: &mut Tx) -> Result<bool> {
    let changed =
        tx.sql("UPDATE installation SET held_at = NULL, held_why = NULL WHERE held_at IS NOT NULL").execute().await?;
    Ok(changed == 1)
}

/// Begins a generation, held; `false` when another process has begun one since `former` was read.
pub async fn begin_generation(tx: &mut Tx, former: i64, next: i64, why: &str, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE installation SET generation = $2, restored_at = $3, held_at = COALESCE(held_at, $3), held_why = $4
             WHERE generation = $1",
        )
        .bind(former)
        .bind(next)
        .bind(now)
        .bind(why)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// What the database says of a worker and a row that a machine remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recollection {
    /// The worker's word and its signs of life, if the worker is there.
    pub worker: Option<(Option<String>, i64)>,
    /// The highest number of a worker there was.
    pub last_worker: i64,
    pub delivery: Option<DeliveryState>,
    /// The highest number of a delivery that is there.
    pub last_delivery: i64,
}

pub async fn recollect(tx: &mut Tx, worker: WorkerId, delivery: DeliveryId) -> Result<Recollection> {
    let found = tx.sql("SELECT nonce, pulse FROM workers WHERE id = $1").bind(worker).fetch_optional().await?;
    let (last_worker,): (i64,) = tx.sql("SELECT COALESCE(MAX(id), 0) FROM workers").fetch_one().await?;
    let row: Option<(DeliveryState,)> =
        tx.sql("SELECT state FROM deliveries WHERE id = $1").bind(delivery).fetch_optional().await?;
    let (last_delivery,): (i64,) = tx.sql("SELECT COALESCE(MAX(id), 0) FROM deliveries").fetch_one().await?;
    Ok(Recollection { worker: found, last_worker, delivery: row.map(|(state,)| state), last_delivery })
}

/// Whether any worker that a machine remembers has worked on it.
pub async fn was_seen(tx: &mut Tx) -> Result<bool> {
    let (seen,): (bool,) = tx.sql("SELECT EXISTS (SELECT 1 FROM workers WHERE nonce IS NOT NULL)").fetch_one().await?;
    Ok(seen)
}

/// Marks every row of an issue that is not final as uncertain: each may be in a mailbox. It bears the same again if a
/// person sends it, and waits for that person.
pub async fn doubt(tx: &mut Tx, issue: IssueId) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'uncertain', reason = 'restored', due_at = NULL, claimed_by = NULL,
                suspension_id = NULL, doubts = COALESCE(doubts, 0) + 1,
                revision_id = COALESCE(revision_id, (SELECT i.revision_id FROM issues i WHERE i.id = $1))
         WHERE issue_id = $1 AND state IN ('pending', 'claimed', 'in_flight')",
    )
    .bind(issue)
    .execute()
    .await
}

/// Ends what was to go to single readers: yesterday's confirmations and links. Who wants one asks again. Alarms stay.
pub async fn drop_transactional(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = CASE state WHEN 'in_flight' THEN 'failed' ELSE 'skipped' END, reason = 'restored',
                final_at = $1, due_at = NULL, claimed_by = NULL
         WHERE issue_id IS NULL AND state IN ('pending', 'claimed', 'in_flight')
           AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.id = deliveries.revision_id AND r.kind = 'alarm')",
    )
    .bind(now)
    .execute()
    .await
}

/// Ends every lease: whoever held one worked on the database that this one is a copy of.
pub async fn end_leases(tx: &mut Tx, now: Timestamp) -> Result<()> {
    tx.sql("UPDATE workers SET lease_until = $1 WHERE lease_until > $1").bind(now).execute().await?;
    tx.sql("UPDATE leases SET lease_until = $1 WHERE lease_until > $1").bind(now).execute().await?;
    Ok(())
}
