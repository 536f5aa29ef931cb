//! The ledger of old issues, folded: its rows counted by what became of them, and a row for each reader who did not get
//! it. Moving a row from the ledger to its count is one transaction, so totals are the same before and after.

use std::collections::BTreeMap;

use serde_json::json;

use super::column::{json_list, listed, over_rows, record};
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::delivery::{DeliveryState, Reason};
use crate::domain::{DeliveryId, IssueId, RevisionId, SubscriptionId};

/// Of a reply so many characters are kept: its code and its first words.
const REPLY_CHARS_MAX: usize = 200;

record! {
    /// Rows that are counted together.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Fold {
        /// Which content they bore; 0 for none.
        pub revision_id: RevisionId,
        /// Through which relay; empty for none.
        pub relay: String,
        pub state: DeliveryState,
        pub row_count: i64,
        /// When the last of them was first tried, or left out.
        pub reached_at: Option<Timestamp>,
    }
}

record! {
    /// A row on its way out of the ledger.
    #[derive(Clone, Debug)]
    pub struct ExpiringRow {
        pub id: DeliveryId,
        pub subscription_id: Option<SubscriptionId>,
        pub state: DeliveryState,
        pub reason: Option<Reason>,
        pub relay: Option<String>,
        pub revision_id: Option<RevisionId>,
        /// How often it was tried.
        pub attempts: i64,
        /// When it was first tried.
        pub first_at: Option<Timestamp>,
        pub final_at: Option<Timestamp>,
        pub reply: Option<String>,
    }
}

/// What rows that are counted together have in common: revision, relay, state, reason.
type Group<'a> = (i64, &'a str, &'a str, &'a str);

/// An issue that ended before `$1`.
macro_rules! over {
    () => {
        "i.state IN ('sent', 'stopped') AND COALESCE(i.stopped_at, i.finished_at, i.started_at) <= $1"
    };
}

/// How many settled rows issues have that ended before `before`.
pub async fn count(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let (rows,): (i64,) = tx
        .sql(concat!(
            "SELECT COUNT(*) FROM issues i JOIN deliveries d ON d.issue_id = i.id
             WHERE d.state IN ('sent', 'failed', 'skipped') AND ",
            over!()
        ))
        .bind(before)
        .fetch_one()
        .await?;
    Ok(rows.unsigned_abs())
}

/// The oldest issue that ended before `before` and has settled rows.
pub async fn next(tx: &mut Tx, before: Timestamp) -> Result<Option<IssueId>> {
    let row: Option<(IssueId,)> = tx
        .sql(concat!(
            "SELECT i.id FROM issues i WHERE EXISTS (
                 SELECT 1 FROM deliveries d WHERE d.issue_id = i.id AND d.state IN ('sent', 'failed', 'skipped')) AND ",
            over!(),
            " ORDER BY i.id LIMIT 1"
        ))
        .bind(before)
        .fetch_optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Folds up to `limit` settled rows of an issue that is over. Returns how many.
pub async fn fold(tx: &mut Tx, issue: IssueId, before: Timestamp, limit: i64) -> Result<u64> {
    let rows: Vec<ExpiringRow> = tx
        .sql(concat!(
            "DELETE FROM deliveries WHERE state IN ('sent', 'failed', 'skipped')
               AND EXISTS (SELECT 1 FROM issues i WHERE i.id = $2 AND ",
            over!(),
            ") AND id IN (
                 SELECT d.id FROM deliveries d WHERE d.issue_id = $2 AND d.state IN ('sent', 'failed', 'skipped')
                 ORDER BY d.subscription_id LIMIT $3)
             RETURNING id, subscription_id, state, reason, relay, revision_id, attempts, first_at, final_at, reply"
        ))
        .bind(before)
        .bind(issue)
        .bind(limit)
        .fetch_all()
        .await?;
    let mut counts: BTreeMap<Group<'_>, (i64, Option<Timestamp>)> = BTreeMap::new();
    for row in &rows {
        let revision = row.revision_id.map_or(0, |id| id.0);
        let (relay, reason) = (row.relay.as_deref().unwrap_or_default(), row.reason.map_or("", Reason::as_str));
        let (count, reached) = counts.entry((revision, relay, row.state.as_str(), reason)).or_default();
        *count += 1;
        *reached = (*reached).max(row.first_at.or(row.final_at));
    }
    let counts = counts.into_iter().enumerate().map(|(place, ((revision, relay, state, reason), (count, reached)))| {
        json!({ "place": place, "revision": revision, "relay": relay, "state": state, "reason": reason, "count": count,
                "reached": reached.map(|at| at.0) })
    });
    add(tx, issue, serde_json::Value::from_iter(counts)).await?;
    add_domains(tx, issue, &rows).await?;
    keep_misses(tx, issue, &rows).await?;
    Ok(rows.len() as u64)
}

async fn add(tx: &mut Tx, issue: IssueId, counts: serde_json::Value) -> Result<u64> {
    tx.sql(over_rows!(
        revision BIGINT, relay TEXT, state TEXT, reason TEXT, count BIGINT, reached BIGINT;
        "INSERT INTO folded (issue_id, revision_id, relay, state, reason, row_count, reached_at)
         SELECT $2, revision, relay, state, reason, count, reached FROM r ORDER BY place
         ON CONFLICT (issue_id, revision_id, relay, state, reason) DO UPDATE SET
             row_count = folded.row_count + excluded.row_count,
             reached_at = CASE WHEN folded.reached_at > COALESCE(excluded.reached_at, folded.reached_at - 1)
                               THEN folded.reached_at ELSE COALESCE(excluded.reached_at, folded.reached_at) END"
    ))
    .bind(counts.to_string())
    .bind(issue)
    .execute()
    .await
}

/// Counts what was accepted and refused by the domain that its reader has now. An erased reader has none.
async fn add_domains(tx: &mut Tx, issue: IssueId, rows: &[ExpiringRow]) -> Result<u64> {
    let readers = json_list(rows.iter().filter_map(|row| row.subscription_id).map(|id| id.0));
    let known: Vec<(i64, String)> = tx
        .sql(listed!(
            concat!(
                "SELECT s.id, ",
                super::issue_sums::domain_of!(),
                " FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id WHERE s.id IN "
            ),
            1,
            ""
        ))
        .bind(readers)
        .fetch_all()
        .await?;
    let known: BTreeMap<i64, String> = known.into_iter().collect();
    let mut counts: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.state != DeliveryState::Skipped) {
        let domain = row.subscription_id.and_then(|id| known.get(&id.0)).map_or("", String::as_str);
        *counts.entry((row.state.as_str(), domain)).or_default() += 1;
    }
    let counts = counts.into_iter().enumerate().map(
        |(place, ((state, domain), count))| json!({ "place": place, "state": state, "domain": domain, "count": count }),
    );
    tx.sql(over_rows!(
        state TEXT, domain TEXT, count BIGINT;
        "INSERT INTO folded_domains (issue_id, state, domain, row_count)
         SELECT $2, state, domain, count FROM r ORDER BY place
         ON CONFLICT (issue_id, state, domain) DO UPDATE SET row_count = folded_domains.row_count + excluded.row_count"
    ))
    .bind(serde_json::Value::from_iter(counts).to_string())
    .bind(issue)
    .execute()
    .await
}

async fn keep_misses(tx: &mut Tx, issue: IssueId, rows: &[ExpiringRow]) -> Result<u64> {
    let missed = rows.iter().filter(|row| row.state != DeliveryState::Sent).enumerate().map(|(place, row)| {
        json!({
            "place": place,
            "id": row.id.0,
            "reader": row.subscription_id.map(|id| id.0),
            "state": row.state.as_str(),
            "reason": row.reason.map(Reason::as_str),
            "relay": row.relay,
            "revision": row.revision_id.map(|id| id.0),
            "attempts": row.attempts,
            "first_at": row.first_at.map(|at| at.0),
            "final_at": row.final_at.map(|at| at.0),
            "reply": row.reply.as_ref().map(|reply| reply.chars().take(REPLY_CHARS_MAX).collect::<String>()),
        })
    });
    tx.sql(over_rows!(
        id BIGINT, reader BIGINT, state TEXT, reason TEXT, relay TEXT, revision BIGINT, attempts BIGINT, first_at BIGINT,
        final_at BIGINT, reply TEXT;
        "INSERT INTO folded_misses
             (id, issue_id, subscription_id, state, reason, relay, revision_id, attempts, first_at, final_at, reply)
         SELECT id, $2, reader, state, reason, relay, revision, attempts, first_at, final_at, reply FROM r ORDER BY place"
    ))
    .bind(serde_json::Value::from_iter(missed).to_string())
    .bind(issue)
    .execute()
    .await
}

/// How many accepted and refused emails of an issue are folded and have no domain: a program that kept none folded them.
pub async fn without_domain(tx: &mut Tx, issue: IssueId) -> Result<i64> {
    let (rows,) = tx
        .sql(
            "SELECT CAST((SELECT COALESCE(SUM(f.row_count), 0) FROM folded f
                          WHERE f.issue_id = $1 AND f.state IN ('sent', 'failed')) AS BIGINT)
                  - CAST((SELECT COALESCE(SUM(f.row_count), 0) FROM folded_domains f WHERE f.issue_id = $1) AS BIGINT)",
        )
        .bind(issue)
        .fetch_one()
        .await?;
    Ok(rows)
}

/// What is folded of an issue, in groups.
pub async fn of_issue(tx: &mut Tx, issue: IssueId) -> Result<Vec<Fold>> {
    tx.sql(
        "SELECT revision_id, relay, state, CAST(SUM(row_count) AS BIGINT) AS row_count, MAX(reached_at) AS reached_at
         FROM folded WHERE issue_id = $1 GROUP BY revision_id, relay, state ORDER BY revision_id, relay, state",
    )
    .bind(issue)
    .fetch_all()
    .await
}
