//! Claiming transactional rows of some newsletters alone: what waits for one newsletter's relays holds up no other's. What
//! it means to be claimed is in `deliveries`.

use super::column::{json_list, listed};
use super::db::Sql;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::{DeliveryId, NewsletterId, WorkerId};

/// Whose mail: that of newsletters on a list, of all that are not on it, or alarms, which are in neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kin {
    list: String,
    which: i64,
}

impl Kin {
    pub fn of(newsletters: &[NewsletterId]) -> Self {
        Self { list: json_list(newsletters.iter().map(|id| id.0)), which: 1 }
    }

    pub fn all_but(newsletters: &[NewsletterId]) -> Self {
        Self { which: 0, ..Self::of(newsletters) }
    }

    /// Alarms, whatever newsletter they bear the name of.
    pub fn alarms() -> Self {
        Self { which: 2, ..Self::of(&[]) }
    }
}

/// The claim; `$4` is the list, `$5` whose rows. See the one in `deliveries`.
macro_rules! claim {
    ($numbers:literal, $lock:literal) => {
        concat!(
            "WITH due AS (
                SELECT id FROM deliveries WHERE issue_id IS NULL AND state = 'pending' AND due_at <= $2
                  AND CASE WHEN EXISTS (SELECT 1 FROM revisions v WHERE v.id = deliveries.revision_id AND v.kind = 'alarm') THEN 2
                           WHEN EXISTS (SELECT 1 FROM revisions v WHERE v.id = deliveries.revision_id AND v.newsletter_id IN (",
            $numbers,
            ")) THEN 1 ELSE 0 END = $5 ORDER BY due_at, id LIMIT $3 ",
            $lock,
            ")
             UPDATE deliveries SET state = 'claimed', claimed_by = $1
             WHERE id IN (SELECT id FROM due) AND state = 'pending'
               AND EXISTS (SELECT 1 FROM workers w WHERE w.id = $1 AND w.lease_until > $2)
               AND ($5 = 2 OR NOT EXISTS (SELECT 1 FROM installation h WHERE h.held_at IS NOT NULL)) RETURNING id"
        )
    };
}

/// Whether these newsletters have a transactional row that is due.
pub async fn any_due_of(tx: &mut Tx, kin: &Kin, now: Timestamp) -> Result<bool> {
    let sql = listed!(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE issue_id IS NULL AND state = 'pending' AND due_at <= $1
            AND CASE WHEN EXISTS (SELECT 1 FROM revisions v WHERE v.id = deliveries.revision_id AND v.kind = 'alarm') THEN 2
                     WHEN EXISTS (SELECT 1 FROM revisions v WHERE v.id = deliveries.revision_id AND v.newsletter_id IN ",
        2,
        ") THEN 1 ELSE 0 END = $3) AND ($3 = 2 OR NOT EXISTS (SELECT 1 FROM installation h WHERE h.held_at IS NOT NULL))"
    );
    let (any,): (bool,) = tx.sql(sql).bind(now).bind(kin.list.as_str()).bind(kin.which).fetch_one().await?;
    Ok(any)
}

/// Takes up to `limit` due transactional rows of these newsletters for one worker whose lease runs.
pub async fn claim_of(tx: &mut Tx, worker: WorkerId, kin: &Kin, now: Timestamp, limit: i64) -> Result<Vec<DeliveryId>> {
    let sql = Sql::Split {
        sqlite: claim!("SELECT value FROM json_each($4)", ""),
        postgres: claim!(
            "SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($4 AS JSON))",
            "FOR UPDATE SKIP LOCKED"
        ),
    };
    let rows: Vec<(DeliveryId,)> =
        tx.sql(sql).bind(worker).bind(now).bind(limit).bind(kin.list.as_str()).bind(kin.which).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
