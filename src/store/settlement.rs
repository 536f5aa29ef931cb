//! Acceptances and take-offs: one statement for both, since that is what the engine does for every mail, in one way to the
//! database and back. And the look behind a take-off that was a while ago.

use super::deliveries::{is_current, list, may_go};
use super::{Result, Single, Tx};
use crate::clock::Timestamp;
use crate::domain::delivery::DeliveryState;
use crate::domain::{DeliveryId, RevisionId, WorkerId};
use crate::store::db::{Sql, Statement};

/// Rows that were accepted, and rows that ask to be taken off.
#[derive(Clone, Copy, Debug)]
pub struct Settlement<'a> {
    /// Who holds all of them.
    pub worker: WorkerId,
    /// The rows that were accepted.
    pub sent: &'a [DeliveryId],
    pub relay: &'a str,
    /// What the relay answered, where it is kept.
    pub reply: Option<&'a str>,
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
                first_at = CASE state WHEN 'claimed' THEN COALESCE(first_at, $5) ELSE first_at END,
                final_at = CASE state WHEN 'claimed' THEN NULL ELSE $3 END,
                due_at = CASE state WHEN 'claimed' THEN due_at END,
                claimed_by = CASE state WHEN 'claimed' THEN claimed_by END,
                attempts = CASE state WHEN 'in_flight' THEN attempts + 1 ELSE attempts END,
                relay = CASE state WHEN 'claimed' THEN relay ELSE $7 END,
                reply = CASE state WHEN 'claimed' THEN reply ELSE $8 END,
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

const SETTLE: Sql = Sql::Split {
    sqlite: settle!("SELECT value FROM json_each($2)", "SELECT value FROM json_each($6)"),
    postgres: settle!(
        "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($2 AS JSON))",
        "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($6 AS JSON))"
    ),
};

impl Settlement<'_> {
    async fn write(&self, statement: Statement<'_>, now: Timestamp) -> Result<(Vec<DeliveryId>, usize)> {
        let statement = statement.bind(self.worker).bind(list(self.sent)).bind(now).bind(self.revision).bind(self.date);
        let statement = statement.bind(list(self.leaving)).bind(self.relay).bind(self.reply);
        let rows: Vec<(DeliveryId, DeliveryState)> = statement.fetch_all().await?;
        let leaving = rows.iter().filter(|(_, state)| *state == DeliveryState::InFlight).map(|(id, _)| *id).collect();
        let sent = rows.iter().filter(|(_, state)| *state == DeliveryState::Sent).count();
        Ok((leaving, sent))
    }
}

/// Writes it, and commits. Returns the rows taken off, and how many were recorded as sent.
pub async fn settle(
    single: &mut Single,
    settlement: &Settlement<'_>,
    now: Timestamp,
) -> Result<(Vec<DeliveryId>, usize)> {
    settlement.write(single.sql(SETTLE), now).await
}

/// Commits, before the first byte of a body is written, that these rows are on the wire, if all of this still holds:
/// they are the worker's, its lease runs, the issue is going out with this content, the reader may be mailed. Returns
/// those that are.
pub async fn take_off(
    tx: &mut Tx,
    worker: WorkerId,
    leaving: &[DeliveryId],
    revision: RevisionId,
    date: Timestamp,
    now: Timestamp,
) -> Result<Vec<DeliveryId>> {
    let settlement = Settlement { worker, sent: &[], relay: "", reply: None, leaving, revision, date };
    Ok(settlement.write(tx.sql(SETTLE), now).await?.0)
}

/// Records acceptances. An answer that came late finds its row uncertain, its try counted, and still settles it. Returns
/// how many.
pub async fn record_sent(
    tx: &mut Tx,
    worker: WorkerId,
    sent: &[DeliveryId],
    relay: &str,
    reply: Option<&str>,
    now: Timestamp,
) -> Result<usize> {
    let settlement = Settlement { worker, sent, relay, reply, leaving: &[], revision: RevisionId(0), date: now };
    Ok(settlement.write(tx.sql(SETTLE), now).await?.1)
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
