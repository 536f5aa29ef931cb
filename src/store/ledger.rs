//! The ledger as people see it: freezing an audience, totals, lists, and what a person may do to an issue's rows.
//! What the engine does to single rows is in `deliveries`.

use std::time::Duration;

use super::column::record;
use super::{Result, Tx, folded};
use crate::clock::Timestamp;
use crate::domain::delivery::{DeliveryState, Reason};
use crate::domain::{DeliveryId, IssueId, NewsletterId, RevisionId};

/// How many rows of an issue's ledger are in which state. Always counted, never kept; of an old issue, whose rows are
/// folded, this is their last count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    pub readers: i64,
    /// Waiting for the first try.
    pub pending: i64,
    /// Waiting for another try, counted or not.
    pub deferred: i64,
    /// Waiting until a suspended group goes again.
    pub suspended: i64,
    pub claimed: i64,
    pub in_flight: i64,
    pub sent: i64,
    pub failed: i64,
    pub uncertain: i64,
    /// Not to be sent.
    pub skipped: i64,
    /// When the last reader had been tried once, or left out, if all have.
    #[serde(skip)]
    pub first_pass_ended_at: Option<Timestamp>,
}

impl Totals {
    /// Rows to which something will still happen.
    pub fn open(&self) -> i64 {
        self.pending + self.deferred + self.suspended + self.claimed + self.in_flight + self.uncertain
    }
}

record! {
    /// One row, as a list shows it.
    #[derive(Clone, Debug)]
    pub struct LedgerRow {
        pub id: DeliveryId,
        /// The address; none once the reader was erased.
        pub email: Option<String>,
        pub state: DeliveryState,
        /// When it is tried next.
        pub due_at: Option<Timestamp>,
        /// How often it was tried.
        pub attempts: i64,
        /// When it was first tried.
        pub first_at: Option<Timestamp>,
        pub final_at: Option<Timestamp>,
        pub relay: Option<String>,
        /// The last reply that was not an acceptance.
        pub reply: Option<String>,
        /// Why it was skipped or failed.
        pub reason: Option<Reason>,
        pub revision_id: Option<RevisionId>,
    }
}

/// When a mail of an issue that waits is tried next.
pub async fn next_due(tx: &mut Tx, issue: IssueId) -> Result<Option<Timestamp>> {
    let (at,) = tx
        .sql("SELECT MIN(due_at) FROM deliveries WHERE issue_id = $1 AND state = 'pending'")
        .bind(issue)
        .fetch_one()
        .await?;
    Ok(at)
}

/// The last reply to a mail of an issue that failed.
pub async fn refusal(tx: &mut Tx, issue: IssueId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> = tx
        .sql("SELECT reply FROM deliveries WHERE issue_id = $1 AND state = 'failed' AND reply IS NOT NULL ORDER BY id DESC LIMIT 1")
        .bind(issue)
        .fetch_optional()
        .await?;
    Ok(row.and_then(|(reply,)| reply))
}

/// Moves what is to be tried later back by `by`: the clock that it waits for was set back by so much.
pub async fn pull_back(tx: &mut Tx, by: Duration, now: Timestamp) -> Result<u64> {
    tx.sql("UPDATE deliveries SET due_at = due_at - $1 WHERE state IN ('pending', 'uncertain') AND due_at > $2")
        .bind(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
        .bind(now)
        .execute()
        .await
}

/// Freezes the audience of an issue: one row per mailable reader. Returns how many.
pub async fn freeze(tx: &mut Tx, issue: IssueId, newsletter: NewsletterId, now: Timestamp) -> Result<u64> {
    tx.sql(
        "INSERT INTO deliveries (issue_id, subscription_id, state, due_at, attempts)
         SELECT $1, m.subscription_id, 'pending', $3, 0 FROM mailable m WHERE m.newsletter_id = $2
         ORDER BY m.subscription_id ON CONFLICT (issue_id, subscription_id) DO NOTHING",
    )
    .bind(issue)
    .bind(newsletter)
    .bind(now)
    .execute()
    .await
}

/// Where one row stands, and the last reply to it.
pub async fn outcome(tx: &mut Tx, id: DeliveryId) -> Result<Option<(DeliveryState, Option<String>)>> {
    tx.sql("SELECT state, reply FROM deliveries WHERE id = $1").bind(id).fetch_optional().await
}

/// How many would be in the audience now.
pub async fn audience(tx: &mut Tx, newsletter: NewsletterId) -> Result<i64> {
    let (count,) =
        tx.sql("SELECT COUNT(*) FROM mailable WHERE newsletter_id = $1").bind(newsletter).fetch_one().await?;
    Ok(count)
}

/// How many rows an issue has.
pub async fn readers(tx: &mut Tx, issue: IssueId) -> Result<i64> {
    let (rows,) = tx
        .sql(
            "SELECT (SELECT COUNT(*) FROM deliveries WHERE issue_id = $1)
                  + (SELECT CAST(COALESCE(SUM(f.row_count), 0) AS BIGINT) FROM folded f WHERE f.issue_id = $1)",
        )
        .bind(issue)
        .fetch_one()
        .await?;
    Ok(rows)
}

/// Counts an issue's rows by state.
pub async fn totals(tx: &mut Tx, issue: IssueId) -> Result<Totals> {
    let rows: Vec<(DeliveryState, bool, bool, i64, i64, Option<Timestamp>)> = tx
        .sql(
            "SELECT state, again, parked, COUNT(*), COUNT(untried), MAX(reached) FROM (
                 SELECT state, state = 'pending' AND (attempts > 0 OR waits IS NOT NULL) AS again,
                        state = 'pending' AND suspension_id IS NOT NULL AS parked,
                        CASE WHEN attempts = 0 AND waits IS NULL AND suspension_id IS NULL
                                  AND state IN ('pending', 'claimed', 'in_flight') THEN 1 END AS untried,
                        COALESCE(first_at, final_at) AS reached
                 FROM deliveries WHERE issue_id = $1) d
             GROUP BY state, again, parked",
        )
        .bind(issue)
        .fetch_all()
        .await?;
    let mut totals = Totals::default();
    let (mut untried, mut reached) = (0, None);
    for (state, again, parked, count, not_tried, last) in rows {
        totals.readers += count;
        untried += not_tried;
        reached = reached.max(last);
        *match state {
            DeliveryState::Pending if parked => &mut totals.suspended,
            DeliveryState::Pending if again => &mut totals.deferred,
            DeliveryState::Pending => &mut totals.pending,
            DeliveryState::Claimed => &mut totals.claimed,
            DeliveryState::InFlight => &mut totals.in_flight,
            DeliveryState::Sent => &mut totals.sent,
            DeliveryState::Failed => &mut totals.failed,
            DeliveryState::Uncertain => &mut totals.uncertain,
            DeliveryState::Skipped => &mut totals.skipped,
        } += count;
    }
    for fold in folded::of_issue(tx, issue).await? {
        totals.readers += fold.row_count;
        reached = reached.max(fold.reached_at);
        *match fold.state {
            DeliveryState::Sent => &mut totals.sent,
            DeliveryState::Failed => &mut totals.failed,
            _ => &mut totals.skipped,
        } += fold.row_count;
    }
    totals.first_pass_ended_at = reached.filter(|_| untried == 0);
    Ok(totals)
}

/// Whether something will still happen to a row of an issue.
pub async fn is_open(tx: &mut Tx, issue: IssueId) -> Result<bool> {
    let (open,): (bool,) = tx
        .sql(
            "SELECT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = $1 AND d.state = 'pending')
                 OR EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = $1 AND d.state IN ('claimed', 'in_flight', 'uncertain'))",
        )
        .bind(issue)
        .fetch_one()
        .await?;
    Ok(open)
}

/// How many rows of an issue bore which revision, and were sent.
pub async fn sent_by_revision(tx: &mut Tx, issue: IssueId) -> Result<Vec<(RevisionId, i64)>> {
    tx.sql(
        "SELECT revision_id, CAST(SUM(row_count) AS BIGINT) FROM (
             SELECT revision_id, 1 AS row_count FROM deliveries
             WHERE issue_id = $1 AND state = 'sent' AND revision_id IS NOT NULL
             UNION ALL SELECT revision_id, row_count FROM folded WHERE issue_id = $1 AND state = 'sent' AND revision_id <> 0) x
         GROUP BY revision_id ORDER BY revision_id",
    )
    .bind(issue)
    .fetch_all()
    .await
}

/// The rows of issue `$1` behind `$2`, of the ledger and of what was folded, each with a condition of its own.
macro_rules! ledger_rows {
    ($open:literal, $folded:literal, $end:literal) => {
        concat!(
            "SELECT d.id, COALESCE(d.recipient, u.email) AS email, d.state, d.due_at, d.attempts, d.first_at, d.final_at,
                    d.relay, d.reply, d.reason, d.revision_id
             FROM deliveries d
             LEFT JOIN subscriptions s ON s.id = d.subscription_id
             LEFT JOIN subscribers u ON u.id = s.subscriber_id
             WHERE d.issue_id = $1 AND d.id > $2",
            $open,
            " UNION ALL
             SELECT f.id, u.email, f.state, NULL, f.attempts, f.first_at, f.final_at, f.relay, f.reply, f.reason, f.revision_id
             FROM folded_misses f
             LEFT JOIN subscriptions s ON s.id = f.subscription_id
             LEFT JOIN subscribers u ON u.id = s.subscriber_id
             WHERE f.issue_id = $1 AND f.id > $2",
            $folded,
            $end
        )
    };
}

/// A page of an issue's rows after `after`, of one state or of all; of an old issue, of those that were not sent.
pub async fn rows(
    tx: &mut Tx,
    issue: IssueId,
    states: &[DeliveryState],
    after: DeliveryId,
    limit: i64,
) -> Result<Vec<LedgerRow>> {
    // One text for both databases; empty stands for every state.
    let states: String = states.iter().map(|state| format!(",{state},")).collect();
    let sql = ledger_rows!(
        " AND ($3 = '' OR $3 LIKE '%,' || d.state || ',%')",
        " AND ($3 = '' OR $3 LIKE '%,' || f.state || ',%')",
        " ORDER BY 1 LIMIT $4"
    );
    tx.sql(sql).bind(issue).bind(after).bind(states).bind(limit).fetch_all().await
}

/// A page of an issue's rows after `after` that were not sent: refused, left out, of unknown fate, or to be tried again.
pub async fn missed(tx: &mut Tx, issue: IssueId, after: DeliveryId, limit: i64) -> Result<Vec<LedgerRow>> {
    let sql = ledger_rows!(
        " AND (d.state IN ('failed', 'skipped', 'uncertain') OR (d.state = 'pending' AND d.first_at IS NOT NULL))",
        "",
        " ORDER BY 1 LIMIT $3"
    );
    tx.sql(sql).bind(issue).bind(after).bind(limit).fetch_all().await
}

/// Skips every row of an issue that has not begun to be sent: it was stopped.
pub async fn stop(tx: &mut Tx, issue: IssueId, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'skipped', reason = 'stopped', final_at = $2, due_at = NULL, claimed_by = NULL,
                suspension_id = NULL
         WHERE issue_id = $1 AND state IN ('pending', 'claimed')",
    )
    .bind(issue)
    .bind(now)
    .execute()
    .await
}

/// Puts an issue's failed rows back, each with all its tries before it. What was uncertain before it was given up bears
/// the same again; the others get what the issue has now. What was sent twice without an answer stays.
pub async fn retry_failed(tx: &mut Tx, issue: IssueId, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'pending', due_at = $2, attempts = 0, waits = NULL, final_at = NULL, reason = NULL,
                first_at = CASE WHEN reason = 'stopped' OR doubts IS NOT NULL THEN first_at END,
                revision_id = CASE WHEN reason = 'stopped' OR doubts IS NOT NULL THEN revision_id END
         WHERE issue_id = $1
           AND ((state = 'failed' AND reason <> 'uncertain') OR (state = 'skipped' AND reason = 'suppressed'))
           AND EXISTS (SELECT 1 FROM mailable m WHERE m.subscription_id = deliveries.subscription_id)",
    )
    .bind(issue)
    .bind(now)
    .execute()
    .await
}

/// Sends an issue's uncertain rows once more, with the same bytes: a person decided so.
pub async fn retry_uncertain(tx: &mut Tx, issue: IssueId, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'pending', due_at = $2, claimed_by = NULL, final_at = NULL, reason = NULL
         WHERE issue_id = $1 AND (state = 'uncertain' OR (state = 'failed' AND reason = 'uncertain'))",
    )
    .bind(issue)
    .bind(now)
    .execute()
    .await
}

/// Takes an issue's uncertain rows for failed: a person decided not to send them again.
pub async fn give_up_uncertain(tx: &mut Tx, issue: IssueId, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'failed', reason = 'stopped', final_at = $2, due_at = NULL, claimed_by = NULL
         WHERE issue_id = $1 AND state = 'uncertain'",
    )
    .bind(issue)
    .bind(now)
    .execute()
    .await
}

/// The same for those that would be sent again now, or wait for a person: their issue was stopped meanwhile.
pub async fn end_uncertain(tx: &mut Tx, issue: IssueId, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'failed', reason = 'stopped', final_at = $2, due_at = NULL, claimed_by = NULL
         WHERE issue_id = $1 AND state = 'uncertain' AND (due_at IS NULL OR due_at <= $2)",
    )
    .bind(issue)
    .bind(now)
    .execute()
    .await
}

/// Gives up what was sent again and is uncertain again.
pub async fn end_resent(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET state = 'failed', reason = 'uncertain', final_at = $1, due_at = NULL, claimed_by = NULL
         WHERE state = 'uncertain' AND due_at IS NOT NULL AND due_at <= $1 AND doubts >= 2",
    )
    .bind(now)
    .execute()
    .await
}
