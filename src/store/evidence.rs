//! How relays treat the recipients of an issue: one row a relay, and one a relay and destination. What follows from it is
//! decided in `domain::evidence`.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::IssueId;
use crate::domain::evidence::Evidence;

record! {
    #[derive(Clone, Copy, Debug)]
    pub struct StoredEvidence {
        pub score: i64,
        /// When they last left nothing.
        pub since: Timestamp,
        pub recent: i64,
        /// Acceptances since the first refusal.
        pub accepted: i64,
        pub refused: i64,
        /// Suspensions that ended with an acceptance.
        pub alarms: i64,
        /// Whether a person believes it.
        pub trusted: bool,
    }
}

impl From<StoredEvidence> for Evidence {
    fn from(stored: StoredEvidence) -> Self {
        let StoredEvidence { score, since, recent, accepted, refused, alarms, trusted } = stored;
        Self { score, since, recent, accepted, refused, alarms, trusted }
    }
}

/// What is known of a relay at a destination, or of the whole relay when that is empty. Nobody else changes it until the
/// transaction ends; engines that ask for several ask in one order.
pub async fn lock(tx: &mut Tx, issue: IssueId, relay: &str, destination: &str) -> Result<Evidence> {
    let stored: StoredEvidence = tx
        .sql(
            "INSERT INTO evidence (issue_id, relay, destination, score, since, recent, accepted, refused, alarms, trusted)
             VALUES ($1, $2, $3, 0, 0, 0, 0, 0, 0, FALSE)
             ON CONFLICT (issue_id, relay, destination) DO UPDATE SET score = evidence.score
             RETURNING score, since, recent, accepted, refused, alarms, trusted",
        )
        .bind(issue)
        .bind(relay)
        .bind(destination)
        .fetch_one()
        .await?;
    Ok(stored.into())
}

/// Writes what is known now.
pub async fn save(tx: &mut Tx, issue: IssueId, relay: &str, destination: &str, evidence: &Evidence) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE evidence SET score = $4, since = $5, accepted = $6, refused = $7, alarms = $8, trusted = $9, recent = $10
             WHERE issue_id = $1 AND relay = $2 AND destination = $3",
        )
        .bind(issue)
        .bind(relay)
        .bind(destination)
        .bind(evidence.score)
        .bind(evidence.since)
        .bind(evidence.accepted)
        .bind(evidence.refused)
        .bind(evidence.alarms)
        .bind(evidence.trusted)
        .bind(evidence.recent)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// A person believes what all relays say of an issue's recipients from now on. Returns of how many groups.
pub async fn trust(tx: &mut Tx, issue: IssueId) -> Result<u64> {
    tx.sql("UPDATE evidence SET trusted = TRUE WHERE issue_id = $1").bind(issue).execute().await
}

/// Drops what is known of an issue that is over.
pub async fn forget(tx: &mut Tx, issue: IssueId) -> Result<u64> {
    tx.sql("DELETE FROM evidence WHERE issue_id = $1").bind(issue).execute().await
}
