//! Groups of mail that do not go for now, and the rows that wait for them. A row waits with one write, whatever the
//! length of the suspension: it is due again when the group goes.

use super::column::{listed, record};
use super::deliveries::list;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::evidence::Trouble;
use crate::domain::{DeliveryId, IssueId, NewsletterId, SuspensionId, WorkerId};

record! {
    #[derive(Clone, Debug)]
    pub struct Suspension {
        pub id: SuspensionId,
        /// By which relay the mail would go.
        pub relay: String,
        /// Whose mail; 0 for everybody's.
        pub newsletter_id: NewsletterId,
        /// Where to: a provider or a domain; empty for everywhere.
        pub destination: String,
        /// Of which issue; 0 for every mail.
        pub issue_id: IssueId,
        /// What kind of trouble it has.
        pub trouble: Trouble,
        /// The cause, as the classifier of replies spells it.
        pub cause: String,
        pub since: Timestamp,
        /// When one mail asks again; none leaves it to a person.
        pub until: Option<Timestamp>,
        /// How many mails have asked again.
        pub pauses: i64,
        /// The relay's own words, addresses masked.
        pub reply: String,
    }
}

/// A group to be suspended.
#[derive(Clone, Debug)]
pub struct NewSuspension<'a> {
    /// By which relay the mail would go.
    pub relay: &'a str,
    /// Whose mail; none for everybody's.
    pub newsletter: Option<NewsletterId>,
    /// Where to; empty for everywhere.
    pub destination: &'a str,
    /// Of which issue; none for every mail.
    pub issue: Option<IssueId>,
    /// What kind of trouble it has.
    pub trouble: Trouble,
    pub cause: &'a str,
    /// When one mail asks again.
    pub until: Option<Timestamp>,
    /// How many have asked before.
    pub pauses: i64,
    pub reply: &'a str,
}

/// What a row waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Until(Timestamp),
    /// The end of a suspension.
    For(SuspensionId),
}

/// Suspends a group, and says whether it was not suspended before. One that is keeps its time and hears the latest words.
pub async fn suspend(tx: &mut Tx, new: &NewSuspension<'_>, now: Timestamp) -> Result<(SuspensionId, bool)> {
    let (newsletter, issue) = (new.newsletter.unwrap_or(NewsletterId(0)), new.issue.unwrap_or(IssueId(0)));
    loop {
        let begun: Option<(SuspensionId,)> = tx
            .sql(
                "INSERT INTO suspensions
                     (relay, newsletter_id, destination, issue_id, trouble, cause, since, until, pauses, reply)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id",
            )
            .bind(new.relay)
            .bind(newsletter)
            .bind(new.destination)
            .bind(issue)
            .bind(new.trouble)
            .bind(new.cause)
            .bind(now)
            .bind(new.until)
            .bind(new.pauses)
            .bind(new.reply)
            .fetch_optional()
            .await?;
        if let Some((id,)) = begun {
            return Ok((id, true));
        }
        let known: Option<(SuspensionId,)> = tx
            .sql(
                "UPDATE suspensions SET reply = $5
                 WHERE relay = $1 AND newsletter_id = $2 AND destination = $3 AND issue_id = $4 RETURNING id",
            )
            .bind(new.relay)
            .bind(newsletter)
            .bind(new.destination)
            .bind(issue)
            .bind(new.reply)
            .fetch_optional()
            .await?;
        // None: another engine has ended it between the two.
        if let Some((id,)) = known {
            return Ok((id, false));
        }
    }
}

/// Every suspended group, oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Suspension>> {
    tx.sql(
        "SELECT id, relay, newsletter_id, destination, issue_id, trouble, cause, since, until, pauses, reply
         FROM suspensions ORDER BY id",
    )
    .fetch_all()
    .await
}

/// Holds a suspension's row until the transaction ends, so that nobody ends it meanwhile. `false` if there is none.
pub async fn lock(tx: &mut Tx, id: SuspensionId) -> Result<bool> {
    Ok(tx.sql("UPDATE suspensions SET pauses = pauses WHERE id = $1").bind(id).execute().await? == 1)
}

/// The pause that ends at `was` is over: whoever this answers `true` may let one mail ask. `until` is the next time.
pub async fn take_probe(tx: &mut Tx, id: SuspensionId, was: Timestamp, until: Option<Timestamp>) -> Result<bool> {
    let changed = tx
        .sql("UPDATE suspensions SET until = $3, pauses = pauses + 1 WHERE id = $1 AND until = $2")
        .bind(id)
        .bind(was)
        .bind(until)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Ends a suspension. `false` if it had ended. Its rows are to be freed in the same transaction.
pub async fn end(tx: &mut Tx, id: SuspensionId) -> Result<bool> {
    Ok(tx.sql("DELETE FROM suspensions WHERE id = $1").bind(id).execute().await? == 1)
}

/// Ends what was suspended of an issue alone, which is over. Returns how many groups.
pub async fn end_of_issue(tx: &mut Tx, issue: IssueId) -> Result<u64> {
    tx.sql("DELETE FROM suspensions WHERE issue_id = $1").bind(issue).execute().await
}

/// Puts claimed rows back until a suspension ends, which the caller holds.
pub async fn park(tx: &mut Tx, worker: WorkerId, ids: &[DeliveryId], suspension: SuspensionId) -> Result<u64> {
    let sql = listed!(
        "UPDATE deliveries SET state = 'pending', claimed_by = NULL, due_at = NULL, suspension_id = $3 WHERE id IN ",
        2,
        " AND state = 'claimed' AND claimed_by = $1"
    );
    tx.sql(sql).bind(worker).bind(list(ids)).bind(suspension).execute().await
}

/// Makes up to `limit` rows due that wait for a suspension, those that were never refused first. Their time begins anew.
pub async fn free(tx: &mut Tx, suspension: SuspensionId, limit: i64, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET suspension_id = NULL, due_at = $3, first_at = CASE WHEN doubts IS NOT NULL THEN first_at END
         WHERE suspension_id = $1 AND state = 'pending' AND id IN (
             SELECT d.id FROM deliveries d WHERE d.suspension_id = $1 AND d.state = 'pending'
             ORDER BY COALESCE(d.waits, 0), d.id LIMIT $2)",
    )
    .bind(suspension)
    .bind(limit)
    .bind(now)
    .execute()
    .await
}

/// Makes rows due whose suspension is no more.
pub async fn free_orphans(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE deliveries SET suspension_id = NULL, due_at = $1
         WHERE suspension_id IS NOT NULL AND state = 'pending'
           AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.id = deliveries.suspension_id)",
    )
    .bind(now)
    .execute()
    .await
}

/// How many rows wait for a suspension.
pub async fn waiting(tx: &mut Tx, suspension: SuspensionId) -> Result<i64> {
    let (rows,) = tx
        .sql("SELECT COUNT(*) FROM deliveries WHERE suspension_id = $1 AND state = 'pending'")
        .bind(suspension)
        .fetch_one()
        .await?;
    Ok(rows)
}

/// Whether all that is open of an issue waits for suspensions that only a person ends. With `is_closed` its other rows
/// wait for one too.
pub async fn is_all_held(tx: &mut Tx, issue: IssueId, is_closed: bool) -> Result<bool> {
    let (held,): (bool,) = tx
        .sql(
            "SELECT NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = $1 AND d.state IN ('claimed', 'in_flight', 'uncertain'))
                AND ($2 OR NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = $1 AND d.state = 'pending' AND d.due_at IS NOT NULL))
                AND NOT EXISTS (SELECT 1 FROM suspensions s JOIN deliveries d ON d.suspension_id = s.id
                                WHERE s.until IS NOT NULL AND d.issue_id = $1 AND d.state = 'pending')",
        )
        .bind(issue)
        .bind(is_closed)
        .fetch_one()
        .await?;
    Ok(held)
}

record! {
    /// What one relay did with an issue.
    #[derive(Clone, Debug)]
    pub struct Share {
        pub relay: Option<String>,
        pub sent: i64,
        pub refused: i64,
        /// Whether a person believes it.
        pub trusted: bool,
        pub reply: Option<String>,
    }
}

/// What each relay did with an issue.
pub async fn shares(tx: &mut Tx, issue: IssueId) -> Result<Vec<Share>> {
    tx.sql(
        "SELECT d.relay, CAST(SUM(CASE WHEN d.state = 'sent' THEN d.row_count ELSE 0 END) AS BIGINT) AS sent,
                CAST(SUM(CASE WHEN d.state = 'failed' AND d.reason = 'refused' THEN d.row_count ELSE 0 END) AS BIGINT) AS refused,
                EXISTS (SELECT 1 FROM evidence e WHERE e.issue_id = $1 AND e.relay = d.relay AND e.trusted) AS trusted,
                MAX(CASE WHEN d.state = 'failed' THEN d.reply END) AS reply
         FROM (SELECT relay, state, reason, reply, 1 AS row_count FROM deliveries
               WHERE issue_id = $1 AND state IN ('sent', 'failed')
               UNION ALL
               SELECT NULLIF(relay, ''), state, reason, NULL, row_count FROM folded
               WHERE issue_id = $1 AND state IN ('sent', 'failed')) d
         GROUP BY d.relay ORDER BY d.relay",
    )
    .bind(issue)
    .fetch_all()
    .await
}

/// Puts a row back without a counted try; `relay` refused it. It waits for a time or for a suspension, which the caller
/// holds. It bears what it bore if that was `pinned`.
pub async fn record_wait(
    tx: &mut Tx,
    worker: WorkerId,
    id: DeliveryId,
    wait: Wait,
    relay: &str,
    reply: Option<&str>,
    pinned: bool,
) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE deliveries SET state = 'pending', claimed_by = NULL, due_at = $3, suspension_id = $7, relay = $4,
                    reply = COALESCE($5, reply), waits = COALESCE(waits, 0) + 1,
                    attempts = attempts - CASE WHEN state = 'uncertain' THEN 1 ELSE 0 END,
                    revision_id = CASE WHEN $6 OR issue_id IS NULL THEN revision_id END
             WHERE id = $2 AND state IN ('claimed', 'in_flight', 'uncertain') AND claimed_by = $1",
        )
        .bind(worker)
        .bind(id)
        .bind(match wait {
            Wait::Until(due_at) => Some(due_at),
            Wait::For(_) => None,
        })
        .bind(relay)
        .bind(reply)
        .bind(pinned)
        .bind(match wait {
            Wait::Until(_) => None,
            Wait::For(suspension) => Some(suspension),
        })
        .execute()
        .await?;
    Ok(changed == 1)
}

/// The rows of an issue that a relay's refusals failed since `since`, and whose they are.
pub async fn failed_since(
    tx: &mut Tx,
    issue: IssueId,
    relay: &str,
    since: Timestamp,
) -> Result<Vec<(DeliveryId, Option<String>)>> {
    tx.sql(
        "SELECT d.id, u.email FROM deliveries d
         LEFT JOIN subscriptions s ON s.id = d.subscription_id LEFT JOIN subscribers u ON u.id = s.subscriber_id
         WHERE d.issue_id = $1 AND d.relay = $2 AND d.state = 'failed' AND d.reason = 'refused' AND d.final_at >= $3",
    )
    .bind(issue)
    .bind(relay)
    .bind(since)
    .fetch_all()
    .await
}

/// How many rows of an issue a relay has failed, and how many of them after it had been doubted.
pub async fn failed(tx: &mut Tx, issue: IssueId, relay: &str) -> Result<(i64, i64)> {
    tx.sql(
        "SELECT COUNT(*), COUNT(waits) FROM deliveries
         WHERE issue_id = $1 AND relay = $2 AND state = 'failed' AND reason IN ('refused', 'expired')",
    )
    .bind(issue)
    .bind(relay)
    .fetch_one()
    .await
}

/// The addresses of an issue's rows that a relay has taken after `since`.
pub async fn sent_since(tx: &mut Tx, issue: IssueId, relay: &str, since: Timestamp) -> Result<Vec<(Option<String>,)>> {
    tx.sql(
        "SELECT u.email FROM deliveries d
         LEFT JOIN subscriptions s ON s.id = d.subscription_id LEFT JOIN subscribers u ON u.id = s.subscriber_id
         WHERE d.issue_id = $1 AND d.relay = $2 AND d.state = 'sent' AND d.final_at > $3",
    )
    .bind(issue)
    .bind(relay)
    .bind(since)
    .fetch_all()
    .await
}

/// How many rows of an issue wait that no relay has refused yet.
pub async fn untried(tx: &mut Tx, issue: IssueId) -> Result<i64> {
    let (rows,) = tx
        .sql(
            "SELECT COUNT(*) FROM deliveries
             WHERE issue_id = $1 AND state IN ('pending', 'claimed', 'in_flight') AND waits IS NULL AND attempts = 0",
        )
        .bind(issue)
        .fetch_one()
        .await?;
    Ok(rows)
}

/// Puts failed rows back: the party that refused them is not believed any more. They are due at `due_at`.
pub async fn restore(tx: &mut Tx, ids: &[DeliveryId], due_at: Timestamp) -> Result<u64> {
    let sql = listed!(
        "UPDATE deliveries SET state = 'pending', due_at = $2, final_at = NULL, reason = NULL,
                attempts = attempts - CASE WHEN attempts > 0 THEN 1 ELSE 0 END, waits = COALESCE(waits, 0) + 1,
                first_at = CASE WHEN doubts IS NOT NULL THEN first_at END,
                revision_id = CASE WHEN doubts IS NOT NULL OR issue_id IS NULL THEN revision_id END
         WHERE id IN ",
        1,
        " AND state = 'failed' AND reason = 'refused'"
    );
    tx.sql(sql).bind(list(ids)).bind(due_at).execute().await
}
