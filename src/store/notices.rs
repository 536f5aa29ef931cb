//! What came back after mail was sent. A notice names nobody: an address is a keyed hash here, and what was said is
//! masked. What follows from notices is decided in `domain::standing` and `domain::storm`.

use super::column::{listed, record};
use super::deliveries::list;
use super::subscribers::Hash;
use super::suppressions;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::actor::By;
use crate::domain::cause::{Cause, Certainty, Classification};
use crate::domain::notice::{Effect, NoticeEvidence, NoticeKind, NoticeSource, diagnostic, status};
use crate::domain::standing::{FORGOTTEN_AFTER, STAYED_AFTER};
use crate::domain::suppression::SuppressionReason;
use crate::domain::{DeliveryId, IssueId, NewsletterId, NoticeId, SubscriptionId};

/// What a relay said of a mail that it refused for good.
#[derive(Clone, Copy, Debug)]
pub struct RefusedMail<'a> {
    pub delivery: DeliveryId,
    /// Whose it was, where that is known.
    pub newsletter: Option<NewsletterId>,
    pub address_hash: &'a Hash,
    pub relay: &'a str,
    /// A provider or a domain.
    pub destination: &'a str,
    pub reply: &'a str,
    pub judged: &'a Classification,
    pub settle_at: Timestamp,
}

record! {
    #[derive(Clone, Debug)]
    pub struct Notice {
        pub id: NoticeId,
        pub received_at: Timestamp,
        pub source: NoticeSource,
        /// What kind of report it is.
        pub kind: NoticeKind,
        /// Why the mail came back.
        pub cause: Cause,
        pub certainty: Certainty,
        /// How it is known whose mail it was.
        pub evidence: NoticeEvidence,
        pub delivery_id: Option<DeliveryId>,
        pub issue_id: Option<IssueId>,
        pub issue: Option<String>,
        pub newsletter: Option<String>,
        pub subscription_id: Option<SubscriptionId>,
        /// The reader's address, as long as they are one.
        pub email: Option<String>,
        /// The address, hashed.
        pub address_hash: Option<Vec<u8>>,
        pub relay: Option<String>,
        /// A provider or a domain.
        pub destination: String,
        pub status: Option<String>,
        pub diagnostic: String,
        pub rule: String,
        /// When it is settled, while it waits.
        pub settle_at: Option<Timestamp>,
        pub effect: Effect,
        pub answered_at: Option<Timestamp>,
    }
}

/// What every [`Notice`] is read with; a condition follows.
macro_rules! select {
    ($condition:expr) => {
        concat!(
            "SELECT n.id, n.received_at, n.source, n.kind, n.cause, n.certainty, n.evidence, n.delivery_id, n.issue_id,
                    i.slug AS issue, l.slug AS newsletter, n.subscription_id, u.email, n.address_hash, n.relay,
                    n.destination, n.status, n.diagnostic, n.rule, n.settle_at, n.effect, n.answered_at
             FROM notices n
             LEFT JOIN issues i ON i.id = n.issue_id
             LEFT JOIN newsletters l ON l.id = COALESCE(i.newsletter_id, n.newsletter_id)
             LEFT JOIN subscriptions s ON s.id = n.subscription_id
             LEFT JOIN subscribers u ON u.id = s.subscriber_id ",
            $condition
        )
    };
}

/// The causes of class `dead`, for the conditions below.
macro_rules! dead {
    () => {
        "('no_mailbox', 'no_domain', 'no_mail', 'moved')"
    };
}

/// Keeps a relay's refusal of a mail to a reader; mails to nobody's subscription (tests) leave none. `false` then.
pub async fn add_relay(tx: &mut Tx, refused: &RefusedMail<'_>, now: Timestamp) -> Result<bool> {
    let fingerprint = [refused.delivery.0.to_be_bytes(), now.0.to_be_bytes()].concat();
    let added = tx
        .sql(
            "INSERT INTO notices (received_at, source, fingerprint, kind, cause, certainty, evidence, delivery_id, issue_id,
                 newsletter_id, subscription_id, address_hash, relay, destination, status, diagnostic, rule, settle_at, effect)
             SELECT $2, $3, $4, $5, $6, $7, $8, d.id, d.issue_id, $9, d.subscription_id, $10, $11, $12, $13, $14, $15, $16, $17
             FROM deliveries d WHERE d.id = $1 AND d.subscription_id IS NOT NULL
             ON CONFLICT (fingerprint) DO NOTHING",
        )
        .bind(refused.delivery)
        .bind(now)
        .bind(NoticeSource::Relay)
        .bind(fingerprint)
        .bind(NoticeKind::Bounce)
        .bind(refused.judged.cause)
        .bind(refused.judged.certainty)
        .bind(NoticeEvidence::Direct)
        .bind(refused.newsletter)
        .bind(refused.address_hash.as_slice())
        .bind(refused.relay)
        .bind(refused.destination)
        .bind(status(refused.reply))
        .bind(diagnostic(refused.reply))
        .bind(refused.judged.rule)
        .bind(refused.settle_at)
        .bind(Effect::Waiting)
        .execute()
        .await?;
    Ok(added == 1)
}

/// How many notices wait to be settled, and when the first of them is due.
pub async fn waiting(tx: &mut Tx) -> Result<(i64, Option<Timestamp>)> {
    tx.sql("SELECT COUNT(*), MIN(settle_at) FROM notices WHERE settle_at IS NOT NULL").fetch_one().await
}

/// The last notice that is not younger than `until`; the number before the first where each is.
pub async fn last_until(tx: &mut Tx, until: Timestamp) -> Result<NoticeId> {
    let (id,) =
        tx.sql("SELECT COALESCE(MAX(id), 0) FROM notices WHERE received_at <= $1").bind(until).fetch_one().await?;
    Ok(id)
}

/// The issues that notices after `after` are about, other than what relays refuse, each with the last of them.
pub async fn issues_after(tx: &mut Tx, after: NoticeId) -> Result<Vec<(IssueId, NoticeId)>> {
    tx.sql(
        "SELECT issue_id, MAX(id) FROM notices WHERE id > $1 AND issue_id IS NOT NULL AND source <> 'relay'
         GROUP BY issue_id ORDER BY issue_id",
    )
    .bind(after)
    .fetch_all()
    .await
}

record! {
    /// Mails of a relay that came back, by who refused them and why.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RefuserSum {
        pub relay: String,
        /// The mail server, as reports name it.
        pub host: Option<String>,
        pub cause: Cause,
        pub mails: i64,
        /// One of the replies.
        pub diagnostic: String,
    }
}

/// What came back since `since` of mails that relays had taken, by relay, host and cause.
pub async fn refusers(tx: &mut Tx, since: Timestamp) -> Result<Vec<RefuserSum>> {
    tx.sql(
        "SELECT n.relay, n.host, n.cause, COUNT(*) AS mails, MAX(n.diagnostic) AS diagnostic FROM notices n
         WHERE n.received_at > $1 AND n.source <> 'relay' AND n.kind = 'bounce' AND n.relay IS NOT NULL
           AND n.evidence IN ('sealed', 'vouched') AND n.effect NOT IN ('odd', 'stale')
         GROUP BY n.relay, n.host, n.cause ORDER BY n.relay, n.host, n.cause",
    )
    .bind(since)
    .fetch_all()
    .await
}

/// Up to `limit` notices that are to be settled, oldest first.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Notice>> {
    tx.sql(select!("WHERE n.settle_at <= $1 ORDER BY n.settle_at, n.id LIMIT $2"))
        .bind(now)
        .bind(limit)
        .fetch_all()
        .await
}

pub async fn get(tx: &mut Tx, id: NoticeId) -> Result<Option<Notice>> {
    tx.sql(select!("WHERE n.id = $1")).bind(id).fetch_optional().await
}

#[derive(Clone, Debug, Default)]
pub struct NoticeFilter {
    pub issue: Option<IssueId>,
    pub cause: Option<Cause>,
    pub effect: Option<Effect>,
    /// Not older.
    pub since: Option<Timestamp>,
}

/// A page of notices, newest first.
pub async fn page(tx: &mut Tx, filter: &NoticeFilter, limit: i64) -> Result<Vec<Notice>> {
    tx.sql(select!(
        "WHERE (n.issue_id = $1 OR $1 IS NULL) AND (n.cause = $2 OR $2 IS NULL) AND (n.effect = $3 OR $3 IS NULL)
           AND (n.received_at >= $4 OR $4 IS NULL)
         ORDER BY n.id DESC LIMIT $5"
    ))
    .bind(filter.issue)
    .bind(filter.cause)
    .bind(filter.effect)
    .bind(filter.since)
    .bind(limit)
    .fetch_all()
    .await
}

/// Moves a notice from one effect to another. `false` when it has another by now. It waits no more.
pub async fn follow(tx: &mut Tx, id: NoticeId, from: Effect, to: Effect, answered: Option<Timestamp>) -> Result<bool> {
    let moved = tx
        .sql(
            "UPDATE notices SET effect = $3, settle_at = NULL, answered_at = COALESCE($4, answered_at)
             WHERE id = $1 AND effect = $2",
        )
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(answered)
        .execute()
        .await?;
    Ok(moved == 1)
}

/// When mails to an address were taken of which nothing came back.
pub async fn stayed(tx: &mut Tx, address_hash: &[u8], now: Timestamp) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> = tx
        .sql(
            "SELECT d.final_at FROM subscribers u
             JOIN subscriptions s ON s.subscriber_id = u.id
             JOIN issues i ON i.newsletter_id = s.newsletter_id AND i.started_at > $2
             JOIN deliveries d ON d.issue_id = i.id AND d.subscription_id = s.id
             WHERE u.address_hash = $1 AND d.state = 'sent' AND d.final_at <= $3
               AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.delivery_id = d.id AND n.kind = 'bounce'
                               AND n.evidence IN ('direct', 'sealed') AND n.effect <> 'discarded')",
        )
        .bind(address_hash)
        .bind(now.minus(FORGOTTEN_AFTER))
        .bind(now.minus(STAYED_AFTER))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// The mails to an address that came back, one entry each: when, and why.
pub async fn strikes(tx: &mut Tx, address_hash: &[u8], now: Timestamp) -> Result<Vec<(Timestamp, Cause)>> {
    tx.sql(
        "SELECT n.received_at, n.cause FROM notices n
         WHERE n.address_hash = $1 AND n.received_at > $2 AND n.effect IN ('waiting', 'counted', 'suppressed', 'held')
           AND NOT EXISTS (SELECT 1 FROM notices o WHERE o.delivery_id = n.delivery_id AND o.id < n.id
                           AND o.effect IN ('waiting', 'counted', 'suppressed', 'held'))",
    )
    .bind(address_hash)
    .bind(now.minus(FORGOTTEN_AFTER))
    .fetch_all()
    .await
}

/// The earlier notices that say the same of an address, five days or more before `at` and of another issue.
pub async fn earlier(
    tx: &mut Tx,
    address_hash: &[u8],
    issue: Option<IssueId>,
    at: Timestamp,
) -> Result<Vec<(NoticeId, Effect)>> {
    tx.sql(concat!(
        "SELECT id, effect FROM notices WHERE address_hash = $1 AND received_at <= $2 AND effect <> 'discarded'
           AND (issue_id <> $3 OR issue_id IS NULL OR $3 IS NULL) AND cause IN ",
        dead!()
    ))
    .bind(address_hash)
    .bind(at.minus(STAYED_AFTER))
    .bind(issue)
    .fetch_all()
    .await
}

/// How many addresses a relay calls dead in an issue, or in mails of no issue since `since`; not those of which an earlier
/// issue said so, and not what a person has answered.
pub async fn accused(tx: &mut Tx, relay: &str, issue: Option<IssueId>, since: Timestamp) -> Result<i64> {
    let (count,) = tx
        .sql(concat!(
            "SELECT COUNT(*) FROM notices n
             WHERE n.relay = $1 AND (n.issue_id = $2 OR ($2 IS NULL AND n.issue_id IS NULL AND n.received_at > $3))
               AND n.answered_at IS NULL AND n.effect IN ('waiting', 'held', 'suppressed', 'counted') AND n.cause IN ",
            dead!(),
            " AND NOT EXISTS (
                 SELECT 1 FROM notices o WHERE o.address_hash = n.address_hash AND o.received_at <= n.received_at - $4
                   AND o.effect <> 'discarded' AND (o.issue_id <> n.issue_id OR o.issue_id IS NULL) AND o.cause IN ",
            dead!(),
            ")"
        ))
        .bind(relay)
        .bind(issue)
        .bind(since)
        .bind(i64::try_from(STAYED_AFTER.as_millis()).unwrap_or(i64::MAX))
        .fetch_one()
        .await?;
    Ok(count)
}

/// How many addresses were suppressed for what a relay said in an issue (or in mails of none since `since`), without a
/// person's word.
pub async fn suppressed(tx: &mut Tx, relay: &str, issue: Option<IssueId>, since: Timestamp) -> Result<i64> {
    let (count,) = tx
        .sql(
            "SELECT COUNT(*) FROM notices
             WHERE relay = $1 AND (issue_id = $2 OR ($2 IS NULL AND issue_id IS NULL AND received_at > $3))
               AND kind = 'bounce' AND effect = 'suppressed' AND answered_at IS NULL",
        )
        .bind(relay)
        .bind(issue)
        .bind(since)
        .fetch_one()
        .await?;
    Ok(count)
}

/// How many addresses were suppressed for notices since then without a person's word.
pub async fn suppressed_since(tx: &mut Tx, since: Timestamp) -> Result<i64> {
    let (count,) = tx
        .sql(
            "SELECT COUNT(*) FROM suppressions x JOIN notices n ON n.id = x.notice_id
             WHERE x.notice_id IS NOT NULL AND x.created_at > $1 AND n.answered_at IS NULL",
        )
        .bind(since)
        .fetch_one()
        .await?;
    Ok(count)
}

record! {
    /// The newest notice of one source.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct LatestNotice {
        pub source: NoticeSource,
        pub at: Timestamp,
    }
}

/// When the newest notice of each source came.
pub async fn latest(tx: &mut Tx) -> Result<Vec<LatestNotice>> {
    tx.sql("SELECT source, MAX(received_at) AS at FROM notices GROUP BY source ORDER BY source").fetch_all().await
}

record! {
    /// Notices that a brake holds.
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct HeldGroup {
        pub newsletter: Option<String>,
        /// The issue; none for confirmations and the like.
        pub issue: Option<String>,
        pub relay: Option<String>,
        pub destination: String,
        pub notices: i64,
        pub since: Timestamp,
    }
}

/// What brakes hold, by issue, relay and destination; the largest groups first.
pub async fn held(tx: &mut Tx) -> Result<Vec<HeldGroup>> {
    tx.sql(
        "SELECT l.slug AS newsletter, i.slug AS issue, n.relay, n.destination, COUNT(*) AS notices,
                MIN(n.received_at) AS since
         FROM notices n
         LEFT JOIN issues i ON i.id = n.issue_id
         LEFT JOIN newsletters l ON l.id = COALESCE(i.newsletter_id, n.newsletter_id)
         WHERE n.effect = 'held'
         GROUP BY l.slug, i.slug, n.relay, n.destination
         ORDER BY notices DESC, n.destination",
    )
    .fetch_all()
    .await
}

/// The notices of an issue, or of none, with one of two effects, oldest first.
pub async fn of_issue(tx: &mut Tx, issue: Option<IssueId>, effects: [Effect; 2]) -> Result<Vec<Notice>> {
    tx.sql(select!(
        "WHERE (n.issue_id = $1 OR ($1 IS NULL AND n.issue_id IS NULL)) AND n.effect IN ($2, $3) ORDER BY n.id"
    ))
    .bind(issue)
    .bind(effects[0])
    .bind(effects[1])
    .fetch_all()
    .await
}

/// Held notices from before `before` that no later one repeats.
pub async fn expired(tx: &mut Tx, before: Timestamp) -> Result<Vec<Notice>> {
    tx.sql(select!(
        "WHERE n.effect = 'held' AND n.received_at <= $1
           AND NOT EXISTS (SELECT 1 FROM notices o WHERE o.address_hash = n.address_hash AND o.effect = 'held'
                           AND o.received_at > $1)
         ORDER BY n.id"
    ))
    .bind(before)
    .fetch_all()
    .await
}

/// What was said of these mails is not believed any more: its notices count for nothing, and addresses that they had
/// suppressed may be mailed again. Returns how many notices that are.
pub async fn discard_for(tx: &mut Tx, deliveries: &[DeliveryId], by: By<'_>) -> Result<u64> {
    let sql = listed!(
        "SELECT x.address_hash FROM suppressions x JOIN notices n ON n.id = x.notice_id
         WHERE n.effect = 'suppressed' AND n.answered_at IS NULL AND n.delivery_id IN ",
        1,
        ""
    );
    let rows: Vec<(Vec<u8>,)> = tx.sql(sql).bind(list(deliveries)).fetch_all().await?;
    for (hash,) in rows {
        if let Ok(hash) = Hash::try_from(hash.as_slice()) {
            suppressions::remove(tx, &hash, by).await?;
        }
    }
    let sql = listed!(
        "UPDATE notices SET effect = 'discarded', settle_at = NULL
         WHERE effect <> 'discarded' AND answered_at IS NULL AND delivery_id IN ",
        1,
        ""
    );
    tx.sql(sql).bind(list(deliveries)).execute().await
}

/// Suppresses the address of a notice. `false` when it was on the list already.
pub async fn suppress(tx: &mut Tx, notice: &Notice, note: &str, by: By<'_>) -> Result<bool> {
    let Some(Ok(hash)) = notice.address_hash.as_deref().map(Hash::try_from) else { return Ok(false) };
    let added = suppressions::add(tx, &hash, SuppressionReason::Bounce, note, by).await?;
    if added {
        tx.sql("UPDATE suppressions SET notice_id = $2 WHERE address_hash = $1")
            .bind(hash.as_slice())
            .bind(notice.id)
            .execute()
            .await?;
    }
    Ok(added)
}

/// Drops what is kept of an address and of a subscription: their reader is erased.
pub async fn forget(tx: &mut Tx, address_hash: &Hash, subscription: SubscriptionId) -> Result<u64> {
    tx.sql("DELETE FROM notices WHERE address_hash = $1 OR subscription_id = $2")
        .bind(address_hash.as_slice())
        .bind(subscription)
        .execute()
        .await
}
