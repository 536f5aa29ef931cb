//! Acceptances and take-offs in one statement: what the engine does for every mail, in one way to the database and back.
//! It says the same as `deliveries::record_sent` and `deliveries::take_off`, which a test holds against it. And the look
//! behind a take-off that was a while ago.

use super::deliveries::{is_current, list, may_go};
use super::{Result, Single, Tx};
use crate::clock::Timestamp;
use crate::domain::delivery::DeliveryState;
use crate::domain::{DeliveryId, RevisionId, WorkerId};
use crate::store::db::Sql;

/// Rows that were accepted, and rows that ask to be taken off.
#[derive(Clone, Copy, Debug)]
pub struct Settlement<'a> {
    /// Who holds all of them.
    pub worker: WorkerId,
    /// The rows that were accepted.
    pub sent: &'a [DeliveryId],
    pub relay: &'a str,
    /// The rows that ask to be taken off.
    pub leaving: &'a [DeliveryId],
    pub revision: RevisionId,
    pub date: Timestamp,
}

/// The statement, given how each engine unfolds a JSON list of numbers.
macro_rules! settle {
    ($sent:literal, $leaving:literal) => {
        concat!(
            "UPDATE deliveries SET
                state = CASE state WHEN 'claimed' THEN 'in_flight' ELSE 'sent' END,
                revision_id = CASE state WHEN 'claimed' THEN $4 ELSE revision_id END,
                first_at = COALESCE(first_at, $5),
                final_at = CASE state WHEN 'claimed' THEN NULL ELSE $3 END,
                due_at = CASE state WHEN 'claimed' THEN due_at END,
                claimed_by = CASE state WHEN 'claimed' THEN claimed_by END,
                attempts = CASE state WHEN 'in_flight' THEN attempts + 1 ELSE attempts END,
                relay = CASE state WHEN 'claimed' THEN relay ELSE $7 END,
                reply = CASE state WHEN 'claimed' THEN reply END,
                reason = CASE state WHEN 'claimed' THEN reason END
             WHERE id IN (",
            $sent,
            " UNION ALL ",
            $leaving,
            ") AND ((state IN ('in_flight', 'uncertain') AND claimed_by = $1 AND id IN (",
            $sent,
            ")) OR (state = 'claimed' AND id IN (",
            $leaving,
            ")",
            is_current!(),
            may_go!(),
            ")) RETURNING id, state"
        )
    };
}

/// Writes it, and commits. Returns the rows taken off, and how many were recorded as sent.
pub async fn settle(
    single: &mut Single,
    settlement: &Settlement<'_>,
    now: Timestamp,
) -> Result<(Vec<DeliveryId>, usize)> {
    let sql = Sql::Split {
        sqlite: settle!("SELECT value FROM json_each($2)", "SELECT value FROM json_each($6)"),
        postgres: settle!(
            "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($2 AS JSON))",
            "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($6 AS JSON))"
        ),
    };
    let rows: Vec<(DeliveryId, DeliveryState)> = single
        .sql(sql)
        .bind(settlement.worker)
        .bind(list(settlement.sent))
        .bind(now)
        .bind(settlement.revision)
        .bind(settlement.date)
        .bind(list(settlement.leaving))
        .bind(settlement.relay)
        .fetch_all()
        .await?;
    let leaving = rows.iter().filter(|(_, state)| *state == DeliveryState::InFlight).map(|(id, _)| *id).collect();
    let sent = rows.iter().filter(|(_, state)| *state == DeliveryState::Sent).count();
    Ok((leaving, sent))
}

/// Whether one row that was taken off a while ago may still go: what its take-off asked, and that the issue has not got
/// other content since. A row that is `pinned` by a former try keeps to its own.
pub async fn may_still_go(tx: &mut Tx, worker: WorkerId, id: DeliveryId, pinned: bool, now: Timestamp) -> Result<bool> {
    let sql = concat!(
        "SELECT id FROM deliveries WHERE id = $2 AND state = 'in_flight'
           AND ($4 OR issue_id IS NULL
             OR revision_id = (SELECT i.revision_id FROM issues i WHERE i.id = deliveries.issue_id))",
        may_go!()
    );
    let row: Option<(DeliveryId,)> = tx.sql(sql).bind(worker).bind(id).bind(now).bind(pinned).fetch_optional().await?;
    Ok(row.is_some())
}
