//! What the engine does to rows of the ledger: claim, take off, record, rescue. Every change is a compare-and-set that
//! names the worker, so a row that changed hands is never written by who held it before.

use super::column::{json_list, listed};
use super::db::Sql;
use super::installation::is_free;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::delivery::{DeliveryKind, Reason};
use crate::domain::{DeliveryId, IssueId, NewsletterId, RequestId, RevisionId, SubscriptionId, WorkerId};

/// A mail of a small kind to be sent.
#[derive(Clone, Debug)]
pub struct NewDelivery<'a> {
    /// To whom; none for a test mail.
    pub subscription: Option<SubscriptionId>,
    /// An address other than the reader's: of a test mail, or of what is said to an old or a new address.
    pub recipient: Option<&'a str>,
    pub revision: RevisionId,
    /// The request that its link is about.
    pub request: Option<RequestId>,
    pub due_at: Timestamp,
}

/// Adds a mail of a small kind to the ledger. Its kind is its revision's.
pub async fn add(tx: &mut Tx, new: &NewDelivery<'_>) -> Result<DeliveryId> {
    let (id,) = tx
        .sql(
            "INSERT INTO deliveries (subscription_id, recipient, state, due_at, revision_id, request_id, attempts)
             VALUES ($1, $2, 'pending', $3, $4, $5, 0) RETURNING id",
        )
        .bind(new.subscription)
        .bind(new.recipient)
        .bind(new.due_at)
        .bind(new.revision)
        .bind(new.request)
        .fetch_one()
        .await?;
    Ok(id)
}

/// Skips the waiting mails of `kind` to one subscription: a newer one takes their place, or they have no use any more.
pub async fn supersede(tx: &mut Tx, subscription: SubscriptionId, kind: DeliveryKind, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'skipped', reason = 'superseded', final_at = $3, due_at = NULL, claimed_by = NULL
         WHERE issue_id IS NULL AND subscription_id = $1 AND state IN ('pending', 'claimed')
           AND EXISTS (SELECT 1 FROM revisions r WHERE r.id = deliveries.revision_id AND r.kind = $2)",
    )
    .bind(subscription)
    .bind(kind)
    .bind(now)
    .execute()
    .await
}

/// The claim of due rows. The CTE matters on PostgreSQL: `SKIP LOCKED` in a bare `IN (SELECT ... LIMIT n)` can take more.
macro_rules! claim {
    ($which:literal, $lock:literal) => {
        concat!(
            "WITH due AS (
                SELECT id FROM deliveries WHERE issue_id ",
            $which,
            " AND state = 'pending' AND due_at <= $2 ORDER BY due_at, id LIMIT $3 ",
            $lock,
            ")
             UPDATE deliveries SET state = 'claimed', claimed_by = $1
             WHERE id IN (SELECT id FROM due) AND state = 'pending'
               AND EXISTS (SELECT 1 FROM workers w WHERE w.id = $1 AND w.lease_until > $2)",
            is_free!(),
            " RETURNING id"
        )
    };
}

/// Whether an issue, or transactional mail when there is none, has a row that is due.
pub async fn any_due(tx: &mut Tx, issue: Option<IssueId>, now: Timestamp) -> Result<bool> {
    let (any,): (bool,) = match issue {
        Some(issue) => {
            let sql = concat!(
                "SELECT EXISTS (SELECT 1 FROM deliveries WHERE issue_id = $1 AND state = 'pending' AND due_at <= $2)",
                is_free!()
            );
            tx.sql(sql).bind(issue).bind(now).fetch_one().await?
        }
        None => {
            let sql = concat!(
                "SELECT EXISTS (SELECT 1 FROM deliveries WHERE issue_id IS NULL AND state = 'pending' AND due_at <= $1)",
                is_free!()
            );
            tx.sql(sql).bind(now).fetch_one().await?
        }
    };
    Ok(any)
}

/// Takes up to `limit` due rows of an issue, or transactional ones when there is none, for one worker whose lease runs.
pub async fn claim(
    tx: &mut Tx,
    worker: WorkerId,
    issue: Option<IssueId>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DeliveryId>> {
    let rows: Vec<(DeliveryId,)> = match issue {
        Some(issue) => {
            let sql = Sql::Split { sqlite: claim!("= $4", ""), postgres: claim!("= $4", "FOR UPDATE SKIP LOCKED") };
            tx.sql(sql).bind(worker).bind(now).bind(limit).bind(issue).fetch_all().await?
        }
        None => {
            let sql =
                Sql::Split { sqlite: claim!("IS NULL", ""), postgres: claim!("IS NULL", "FOR UPDATE SKIP LOCKED") };
            tx.sql(sql).bind(worker).bind(now).bind(limit).fetch_all().await?
        }
    };
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Takes one pending row for one worker; `false` if it is not there to be taken.
pub async fn claim_one(tx: &mut Tx, worker: WorkerId, id: DeliveryId) -> Result<bool> {
    let changed = tx
        .sql("UPDATE deliveries SET state = 'claimed', claimed_by = $1 WHERE id = $2 AND state = 'pending'")
        .bind(worker)
        .bind(id)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Ends test mails that nobody is sending and that were asked for before `asked_before`: an editor who was told that a
/// test failed is not to get it later. Returns how many.
pub async fn end_tests(tx: &mut Tx, asked_before: Timestamp, now: Timestamp) -> Result<u64> {
    let waiting = tx
        .sql(
            "UPDATE deliveries SET state = 'failed', reason = 'expired', final_at = $2, due_at = NULL, claimed_by = NULL
             WHERE issue_id IS NULL AND state = 'pending' AND COALESCE(first_at, due_at) <= $1
               AND EXISTS (SELECT 1 FROM revisions r WHERE r.id = deliveries.revision_id AND r.kind = 'test')",
        )
        .bind(asked_before)
        .bind(now)
        .execute()
        .await?;
    let uncertain = tx
        .sql(
            "UPDATE deliveries SET state = 'failed', reason = 'expired', final_at = $2, due_at = NULL, claimed_by = NULL
             WHERE issue_id IS NULL AND state = 'uncertain' AND COALESCE(first_at, due_at) <= $1
               AND EXISTS (SELECT 1 FROM revisions r WHERE r.id = deliveries.revision_id AND r.kind = 'test')",
        )
        .bind(asked_before)
        .bind(now)
        .execute()
        .await?;
    Ok(waiting + uncertain)
}

/// A mail with a link that the person asked for to see or change what is stored: it goes to whoever is stored, whatever
/// else must not be sent to them, unless they called our mail unwanted.
macro_rules! is_answer {
    () => {
        "EXISTS (SELECT 1 FROM requests q JOIN answerable a ON a.subscription_id = deliveries.subscription_id
                 WHERE q.id = deliveries.request_id AND q.kind IN ('data', 'link'))"
    };
}

/// Who may be sent a row of theirs: an issue who may be mailed issues; a transactional mail who may be reached at all, a
/// confirmation while it is open, a welcome while they are there.
macro_rules! may_have {
    () => {
        concat!(
            "((issue_id IS NOT NULL
               AND EXISTS (SELECT 1 FROM mailable m WHERE m.subscription_id = deliveries.subscription_id))
              OR (issue_id IS NULL AND (EXISTS (
                SELECT 1 FROM reachable r WHERE r.subscription_id = deliveries.subscription_id
                  AND r.state = CASE (SELECT v.kind FROM revisions v WHERE v.id = deliveries.revision_id)
                      WHEN 'confirmation' THEN 'pending' WHEN 'welcome' THEN 'active' ELSE r.state END) OR ",
            $crate::store::deliveries::is_answer!(),
            ")))"
        )
    };
}

/// Skips those claimed rows whose readers may not be mailed any more, each with its reason. Returns how many.
pub async fn skip_unmailable(tx: &mut Tx, worker: WorkerId, ids: &[DeliveryId], now: Timestamp) -> Result<u64> {
    let sql = listed!(
        "UPDATE deliveries SET state = 'skipped', final_at = $3, due_at = NULL, claimed_by = NULL,
            reason = CASE
                WHEN EXISTS (SELECT 1 FROM subscriptions s WHERE s.id = deliveries.subscription_id)
                     AND NOT EXISTS (SELECT 1 FROM reachable r WHERE r.subscription_id = deliveries.subscription_id) THEN 'suppressed'
                WHEN (SELECT s.state FROM subscriptions s WHERE s.id = deliveries.subscription_id) = 'paused' THEN 'paused'
                WHEN issue_id IS NULL AND NOT EXISTS (
                    SELECT 1 FROM revisions v WHERE v.id = deliveries.revision_id AND v.kind = 'welcome') THEN 'superseded'
                ELSE 'unsubscribed' END
         WHERE id IN ",
        2,
        concat!(" AND state = 'claimed' AND claimed_by = $1 AND subscription_id IS NOT NULL AND NOT ", may_have!())
    );
    tx.sql(sql).bind(worker).bind(list(ids)).bind(now).execute().await
}

/// What must hold of a row that is to be sent: its worker's lease runs (at `$3`), its issue is going out, its reader may
/// be mailed.
macro_rules! may_go {
    () => {
        concat!(
            " AND claimed_by = $1
           AND EXISTS (SELECT 1 FROM workers w WHERE w.id = $1 AND w.lease_until > $3)
           AND (issue_id IS NULL OR (EXISTS (SELECT 1 FROM issues i WHERE i.id = deliveries.issue_id AND i.state = 'sending')",
            $crate::store::installation::is_free!(),
            "))
           AND ((issue_id IS NULL AND subscription_id IS NULL) OR ",
            $crate::store::deliveries::may_have!(),
            ")"
        )
    };
}

/// What must hold of a claimed row besides: the issue has not got other content since this mail, which bears the revision
/// `$4`, was made. A row that had been tried with a revision of its own keeps to that.
macro_rules! is_current {
    () => {
        " AND (issue_id IS NULL OR COALESCE(deliveries.revision_id,
                 (SELECT i.revision_id FROM issues i WHERE i.id = deliveries.issue_id)) = $4)"
    };
}

pub(super) use {is_answer, is_current, may_go, may_have};

/// Of rows whose take-off is committed, those that may still go. A statement on PostgreSQL sees what was committed when
/// it began; so a reader who left between `take_off` and its commit is found only by looking again behind that commit.
pub async fn look_again(tx: &mut Tx, worker: WorkerId, ids: &[DeliveryId], now: Timestamp) -> Result<Vec<DeliveryId>> {
    let sql = listed!("SELECT id FROM deliveries WHERE id IN ", 2, concat!(" AND state = 'in_flight'", may_go!()));
    let rows: Vec<(DeliveryId,)> = tx.sql(sql).bind(worker).bind(list(ids)).bind(now).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Records that a row is to be tried again. `tries` is 1 when it counts. Nothing was accepted, so any content will do
/// next time, unless it is `pinned` by a former try whose fate is unknown.
pub async fn record_deferred(
    tx: &mut Tx,
    worker: WorkerId,
    id: DeliveryId,
    due_at: Timestamp,
    tries: i64,
    pinned: bool,
    reply: Option<&str>,
) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE deliveries SET state = 'pending', claimed_by = NULL, due_at = $3, reply = COALESCE($6, reply),
                    attempts = attempts + CASE WHEN state = 'in_flight' THEN $4 ELSE 0 END,
                    revision_id = CASE WHEN $5 OR issue_id IS NULL THEN revision_id END
             WHERE id = $2 AND state IN ('claimed', 'in_flight', 'uncertain') AND claimed_by = $1",
        )
        .bind(worker)
        .bind(id)
        .bind(due_at)
        .bind(tries)
        .bind(pinned)
        .bind(reply)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Records that a row will not be sent.
pub async fn record_failed(
    tx: &mut Tx,
    worker: WorkerId,
    id: DeliveryId,
    reason: Reason,
    relay: Option<&str>,
    reply: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE deliveries SET state = 'failed', claimed_by = NULL, due_at = NULL, final_at = $6, reason = $3, relay = $4,
                    reply = COALESCE($5, reply), attempts = attempts + CASE WHEN state = 'in_flight' THEN 1 ELSE 0 END
             WHERE id = $2 AND state IN ('claimed', 'in_flight', 'uncertain') AND claimed_by = $1",
        )
        .bind(worker)
        .bind(id)
        .bind(reason)
        .bind(relay)
        .bind(reply)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Records that the final dot left and no answer came. `due_at` is when it is sent again; none leaves it to a person.
pub async fn record_uncertain(
    tx: &mut Tx,
    worker: WorkerId,
    id: DeliveryId,
    due_at: Option<Timestamp>,
    relay: &str,
) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE deliveries SET state = 'uncertain', due_at = $3, attempts = attempts + 1, relay = $4,
                    doubts = COALESCE(doubts, 0) + 1
             WHERE id = $2 AND state = 'in_flight' AND claimed_by = $1",
        )
        .bind(worker)
        .bind(id)
        .bind(due_at)
        .bind(relay)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Puts rows back of which nothing was sent: nobody loses a try, nor the time in which tries are made. What they bear is
/// open again, unless it is `pinned` by a former try whose fate is unknown.
pub async fn release(
    tx: &mut Tx,
    worker: WorkerId,
    ids: &[DeliveryId],
    due_at: Timestamp,
    pinned: bool,
) -> Result<u64> {
    let sql = listed!(
        "UPDATE deliveries SET state = 'pending', claimed_by = NULL, due_at = $3,
                attempts = attempts - CASE WHEN state = 'uncertain' THEN 1 ELSE 0 END,
                revision_id = CASE WHEN $4 OR issue_id IS NULL THEN revision_id END,
                first_at = CASE WHEN $4 OR attempts > 0 THEN first_at END
         WHERE id IN ",
        2,
        " AND state IN ('claimed', 'in_flight', 'uncertain') AND claimed_by = $1"
    );
    tx.sql(sql).bind(worker).bind(list(ids)).bind(due_at).bind(pinned).execute().await
}

/// Puts claimed rows back that may not take off now: their issue is paused, or its content has changed.
pub async fn refuse(tx: &mut Tx, worker: WorkerId, ids: &[DeliveryId]) -> Result<u64> {
    let sql = listed!(
        "UPDATE deliveries SET state = 'pending', claimed_by = NULL WHERE id IN ",
        2,
        " AND state = 'claimed' AND claimed_by = $1"
    );
    tx.sql(sql).bind(worker).bind(list(ids)).execute().await
}

/// Puts back everything a worker has claimed and not begun to send, of issues or transactional: it has lost count.
pub async fn release_claims(tx: &mut Tx, worker: WorkerId, of_issues: bool) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'pending', claimed_by = NULL
         WHERE state = 'claimed' AND claimed_by = $1 AND (issue_id IS NOT NULL) = $2",
    )
    .bind(worker)
    .bind(of_issues)
    .execute()
    .await
}

/// Takes back what dead workers had claimed: nothing of it was sent.
pub async fn rescue_claimed(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'pending', claimed_by = NULL
         WHERE state = 'claimed' AND claimed_by IN (SELECT id FROM workers WHERE lease_until <= $1)",
    )
    .bind(now)
    .execute()
    .await
}

/// The newsletters and issues of which dead workers left rows on the wire.
pub async fn orphaned_issues(tx: &mut Tx, now: Timestamp) -> Result<Vec<(Option<NewsletterId>, Option<IssueId>)>> {
    tx.sql(
        "SELECT DISTINCT i.newsletter_id, d.issue_id FROM deliveries d LEFT JOIN issues i ON i.id = d.issue_id
         WHERE d.state = 'in_flight' AND d.claimed_by IN (SELECT id FROM workers WHERE lease_until <= $1)",
    )
    .bind(now)
    .fetch_all()
    .await
}

/// Marks what dead workers left on the wire as uncertain; `due_at` is when it is sent again.
pub async fn rescue_in_flight(
    tx: &mut Tx,
    issue: Option<IssueId>,
    due_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'uncertain', due_at = $2, attempts = attempts + 1, doubts = COALESCE(doubts, 0) + 1
         WHERE state = 'in_flight' AND (issue_id = $1 OR ($1 IS NULL AND issue_id IS NULL))
           AND claimed_by IN (SELECT id FROM workers WHERE lease_until <= $3)",
    )
    .bind(issue)
    .bind(due_at)
    .bind(now)
    .execute()
    .await
}

/// A report speaks of a mail of which nobody knew whether it was taken: it was. `false` when its fate is known.
pub async fn prove(tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE deliveries SET state = 'sent', final_at = $2, due_at = NULL, claimed_by = NULL
             WHERE id = $1 AND (state = 'uncertain' OR state = 'failed' AND reason = 'uncertain')",
        )
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Sends again, with the same bytes, what was uncertain once and long enough, and whose issue was not stopped.
pub async fn resend_uncertain(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'pending', claimed_by = NULL
         WHERE state = 'uncertain' AND due_at IS NOT NULL AND due_at <= $1 AND COALESCE(doubts, 1) < 2
           AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.id = deliveries.issue_id AND i.state = 'stopped')",
    )
    .bind(now)
    .execute()
    .await
}

pub(super) fn list(ids: &[DeliveryId]) -> String {
    json_list(ids.iter().map(|id| id.0))
}

/// How many rows wait, and how many are claimed, on the wire or uncertain.
pub async fn depth(tx: &mut Tx) -> Result<(i64, i64)> {
    tx.sql(
        "SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'pending'),
                (SELECT COUNT(*) FROM deliveries WHERE state IN ('claimed', 'in_flight', 'uncertain'))",
    )
    .fetch_one()
    .await
}
