//! What has had its time: how much there is of each kind, and taking it away, a slice to a transaction. Which time that is
//! decides `domain::retention`.

use super::column::record;
use super::{Result, Tx, folded, revisions};
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::retention::Expiry;

record! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RetentionProgress {
        /// From when on anything is taken away.
        pub begins_at: Timestamp,
        /// When all that had had its time was last gone.
        pub ran_at: Option<Timestamp>,
    }
}

/// How far it is; none before the first look.
pub async fn progress(tx: &mut Tx) -> Result<Option<RetentionProgress>> {
    tx.sql("SELECT begins_at, ran_at FROM retention WHERE id = 1").fetch_optional().await
}

/// Notes when it begins. `false` when that is known.
pub async fn begin(tx: &mut Tx, begins_at: Timestamp) -> Result<bool> {
    let begun = tx
        .sql("INSERT INTO retention (id, begins_at) VALUES (1, $1) ON CONFLICT (id) DO NOTHING")
        .bind(begins_at)
        .execute()
        .await?;
    Ok(begun == 1)
}

/// Notes that all that had had its time is gone. `false` when another was later.
pub async fn finish(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    let finished = tx
        .sql("UPDATE retention SET ran_at = $1 WHERE id = 1 AND (ran_at IS NULL OR ran_at < $1)")
        .bind(now)
        .execute()
        .await?;
    Ok(finished == 1)
}

/// From when on the kinds go that came later, by their names.
pub async fn later(tx: &mut Tx) -> Result<Vec<(String, Timestamp)>> {
    tx.sql("SELECT what, begins_at FROM retention_kinds ORDER BY what").fetch_all().await
}

/// Notes when a kind begins that came later. `false` when that is known.
pub async fn begin_kind(tx: &mut Tx, kind: Expiry, begins_at: Timestamp) -> Result<bool> {
    let begun = tx
        .sql("INSERT INTO retention_kinds (what, begins_at) VALUES ($1, $2) ON CONFLICT (what) DO NOTHING")
        .bind(kind.as_str())
        .bind(begins_at)
        .execute()
        .await?;
    Ok(begun == 1)
}

/// Whether an issue goes out: nothing else is to hold up the ledger meanwhile.
pub async fn is_sending(tx: &mut Tx) -> Result<bool> {
    let (any,) =
        tx.sql("SELECT EXISTS (SELECT 1 FROM issues i WHERE i.state IN ('preparing', 'sending'))").fetch_one().await?;
    Ok(any)
}

/// A subscription that nobody confirmed and nobody asked for again since `$1`.
macro_rules! unconfirmed {
    () => {
        "s.state = 'pending' AND s.created_at <= $1 AND NOT EXISTS (
             SELECT 1 FROM consents c WHERE c.subscription_id = s.id AND c.kind IN ('asked', 'imported', 'undone') AND c.at > $1)"
    };
}

macro_rules! unsubscribed {
    () => {
        "s.state = 'unsubscribed' AND s.left_at <= $1"
    };
}

/// A mail of no issue that was settled before.
macro_rules! system_mail {
    () => {
        "issue_id IS NULL AND final_at IS NOT NULL AND final_at <= $1 AND state IN ('sent', 'failed', 'skipped')"
    };
}

/// What came back before and waits for nothing. The proof of a suppression that stands is kept with it.
macro_rules! notice {
    () => {
        "received_at <= $1 AND settle_at IS NULL AND effect <> 'held'
           AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.notice_id = notices.id)"
    };
}

/// Took effect, was stopped, or was never followed, before.
macro_rules! request {
    () => {
        "COALESCE(stopped_at, done_at, created_at) <= $1"
    };
}

/// A process that ended before and has nothing in hand. The last engine tells since when none ran.
macro_rules! worker {
    () => {
        "lease_until <= $1 AND id <> COALESCE((SELECT MAX(w.id) FROM workers w WHERE w.engine), 0)
           AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.worker_id = workers.id)
           AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.state IN ('claimed', 'in_flight', 'uncertain') AND d.claimed_by = workers.id)"
    };
}

/// How many rows of a kind are from `before` or earlier.
pub async fn count(tx: &mut Tx, kind: Expiry, before: Timestamp) -> Result<u64> {
    let sql = match kind {
        Expiry::Unconfirmed => concat!("SELECT COUNT(*) FROM subscriptions s WHERE ", unconfirmed!()),
        Expiry::Unsubscribed => concat!("SELECT COUNT(*) FROM subscriptions s WHERE ", unsubscribed!()),
        Expiry::Consents => "SELECT COUNT(*) FROM past_consents WHERE ended_at <= $1",
        Expiry::Networks => {
            "SELECT (SELECT COUNT(*) FROM consents WHERE client IS NOT NULL AND at <= $1)
                  + (SELECT COUNT(*) FROM past_consents WHERE client IS NOT NULL AND at <= $1)"
        }
        Expiry::Ledger => return folded::count(tx, before).await,
        Expiry::SystemMail => concat!("SELECT COUNT(*) FROM deliveries WHERE ", system_mail!()),
        Expiry::Notices => concat!("SELECT COUNT(*) FROM notices WHERE ", notice!()),
        Expiry::Requests => concat!("SELECT COUNT(*) FROM requests WHERE ", request!()),
        Expiry::Revisions => return revisions::count_unborne(tx, before).await,
        Expiry::Events => "SELECT COUNT(*) FROM events WHERE at <= $1",
        Expiry::Workers => concat!("SELECT COUNT(*) FROM workers WHERE ", worker!()),
    };
    let (rows,): (i64,) = tx.sql(sql).bind(before).fetch_one().await?;
    Ok(rows.unsigned_abs())
}

/// Up to `limit` subscriptions that were not confirmed, or were left, before `before`.
pub async fn people(tx: &mut Tx, kind: Expiry, before: Timestamp, limit: i64) -> Result<Vec<SubscriptionId>> {
    let sql = match kind {
        Expiry::Unconfirmed => {
            concat!("SELECT s.id FROM subscriptions s WHERE ", unconfirmed!(), " ORDER BY s.created_at, s.id LIMIT $2")
        }
        Expiry::Unsubscribed => {
            concat!("SELECT s.id FROM subscriptions s WHERE ", unsubscribed!(), " ORDER BY s.left_at, s.id LIMIT $2")
        }
        _ => return Ok(Vec::new()),
    };
    let rows: Vec<(SubscriptionId,)> = tx.sql(sql).bind(before).bind(limit).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether a subscription still is one of them. Its row is locked by then: what is said of it is the last word.
pub async fn is_due(tx: &mut Tx, kind: Expiry, before: Timestamp, id: SubscriptionId) -> Result<bool> {
    let sql = match kind {
        Expiry::Unconfirmed => concat!("SELECT COUNT(*) FROM subscriptions s WHERE s.id = $2 AND ", unconfirmed!()),
        Expiry::Unsubscribed => concat!("SELECT COUNT(*) FROM subscriptions s WHERE s.id = $2 AND ", unsubscribed!()),
        _ => return Ok(false),
    };
    let (rows,): (i64,) = tx.sql(sql).bind(before).bind(id).fetch_one().await?;
    Ok(rows == 1)
}

/// Takes away up to `limit` rows of a kind that is neither people, nor a ledger, nor content. Returns how many.
pub async fn delete(tx: &mut Tx, kind: Expiry, before: Timestamp, limit: i64) -> Result<u64> {
    let sql = match kind {
        Expiry::Unconfirmed | Expiry::Unsubscribed | Expiry::Ledger | Expiry::Revisions => return Ok(0),
        Expiry::Networks => return cut_networks(tx, before, limit).await,
        Expiry::Consents => {
            "DELETE FROM past_consents WHERE ended_at <= $1 AND id IN (
                 SELECT p.id FROM past_consents p WHERE p.ended_at <= $1 ORDER BY p.ended_at LIMIT $2)"
        }
        Expiry::SystemMail => concat!(
            "DELETE FROM deliveries WHERE ",
            system_mail!(),
            " AND id IN (SELECT id FROM deliveries WHERE ",
            system_mail!(),
            " ORDER BY final_at LIMIT $2)"
        ),
        Expiry::Notices => concat!(
            "DELETE FROM notices WHERE ",
            notice!(),
            " AND id IN (SELECT id FROM notices WHERE ",
            notice!(),
            " ORDER BY received_at LIMIT $2)"
        ),
        Expiry::Requests => concat!(
            "DELETE FROM requests WHERE ",
            request!(),
            " AND id IN (SELECT id FROM requests WHERE ",
            request!(),
            " ORDER BY id LIMIT $2)"
        ),
        Expiry::Events => {
            "DELETE FROM events WHERE at <= $1 AND id IN (SELECT e.id FROM events e WHERE e.at <= $1 ORDER BY e.at LIMIT $2)"
        }
        Expiry::Workers => concat!(
            "DELETE FROM workers WHERE ",
            worker!(),
            " AND id IN (SELECT id FROM workers WHERE ",
            worker!(),
            " ORDER BY id LIMIT $2)"
        ),
    };
    tx.sql(sql).bind(before).bind(limit).execute().await
}

/// Takes the networks out of up to `limit` consents.
async fn cut_networks(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let now = tx
        .sql(
            "UPDATE consents SET client = NULL WHERE client IS NOT NULL AND id IN (
                 SELECT c.id FROM consents c WHERE c.client IS NOT NULL AND c.at <= $1 ORDER BY c.at LIMIT $2)",
        )
        .bind(before)
        .bind(limit)
        .execute()
        .await?;
    let past = tx
        .sql(
            "UPDATE past_consents SET client = NULL WHERE client IS NOT NULL AND id IN (
                 SELECT p.id FROM past_consents p WHERE p.client IS NOT NULL AND p.at <= $1 ORDER BY p.id LIMIT $2)",
        )
        .bind(before)
        .bind(limit.saturating_sub(now.cast_signed()).max(0))
        .execute()
        .await?;
    Ok(now + past)
}
