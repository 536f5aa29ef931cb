//! What an issue's report is made of: its mails by domain, its notices by what they say and when they came, and who
//! unsubscribed after it. Sums alone; what they mean is said above. Rows that go are counted before: the sums stay.

use serde_json::json;

use super::column::{over_rows, record};
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::cause::Cause;
use crate::domain::delivery::DeliveryState;
use crate::domain::notice::{Effect, NoticeKind, NoticeSource};
use crate::domain::{IssueId, NewsletterId};

record! {
    /// Notices that say the same.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NoticeSum {
        pub kind: NoticeKind,
        pub source: NoticeSource,
        pub cause: Cause,
        pub effect: Effect,
        /// A provider or a domain.
        pub destination: String,
        /// How many mails they are about.
        pub mails: i64,
        /// When the last of them is settled, while one waits.
        pub settles_at: Option<Timestamp>,
    }
}

record! {
    /// Mails of one state to one domain.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DomainSum {
        pub state: DeliveryState,
        /// None where the readers were erased.
        pub domain: Option<String>,
        pub mails: i64,
    }
}

record! {
    /// Mails that came back, or were complained about, in one span of time.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SpanSum {
        /// Hours since the issue began, up to 48; from there on days: 48 is the third.
        pub span: i64,
        pub kind: NoticeKind,
        pub mails: i64,
    }
}

record! {
    /// Readers who unsubscribed in one way, in one span of time.
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
    pub struct UnsubscribedSum {
        pub source: String,
        /// As in [`SpanSum`].
        pub span: i64,
        pub readers: i64,
    }
}

/// How long after an email a reader who unsubscribes does so because of it.
pub const ATTRIBUTED_DAYS: i64 = 14;

/// What is counted of an issue's notices: the first that a relay gave, and the first that came back, for each mail and
/// kind. What does not fit its mail counts for nothing.
macro_rules! counted {
    () => {
        "n.issue_id = $1 AND n.evidence IN ('direct', 'sealed') AND n.effect NOT IN ('odd', 'stale')
           AND NOT EXISTS (SELECT 1 FROM notices o WHERE o.delivery_id = n.delivery_id AND o.id < n.id AND o.kind = n.kind
               AND (o.source = 'relay') = (n.source = 'relay')
               AND o.evidence IN ('direct', 'sealed') AND o.effect NOT IN ('odd', 'stale'))"
    };
}

/// In which span of an issue that began at `$2` something was.
macro_rules! span {
    ($at:literal) => {
        concat!(
            "CASE WHEN ",
            $at,
            " - $2 < 172800000 THEN (",
            $at,
            " - $2) / 3600000
                  ELSE 48 + (",
            $at,
            " - $2 - 172800000) / 86400000 END"
        )
    };
}

/// The notices that are counted one by one: all, or those that came after the others were counted.
macro_rules! live {
    () => {
        concat!(
            "n.received_at > COALESCE((SELECT i.notices_counted_at FROM issues i WHERE i.id = $1), n.received_at - 1) AND ",
            counted!()
        )
    };
}

/// The domain of reader `u`, in lower case.
macro_rules! domain_of {
    () => {
        "substr(u.email, length(rtrim(u.email, replace(u.email, '@', ''))) + 1)"
    };
}
pub(super) use domain_of;

/// An issue's notices, by what they say and what followed.
pub async fn notices(tx: &mut Tx, issue: IssueId) -> Result<Vec<NoticeSum>> {
    tx.sql(concat!(
        "SELECT kind, source, cause, effect, destination, CAST(SUM(mails) AS BIGINT) AS mails, MAX(settle_at) AS settles_at
         FROM (SELECT n.kind, n.source, n.cause, n.effect, n.destination, 1 AS mails, n.settle_at FROM notices n WHERE ",
        live!(),
        " UNION ALL
          SELECT n.kind, n.source, n.cause, n.effect, n.destination, n.mails, NULL FROM counted_notices n
          WHERE n.issue_id = $1) x
          GROUP BY kind, source, cause, effect, destination
          ORDER BY destination, cause, kind, source, effect"
    ))
    .bind(issue)
    .fetch_all()
    .await
}

/// The same of what came in since `since`, and not from the relay at once: what came back, and complaints.
pub async fn notices_since(tx: &mut Tx, issue: IssueId, since: Timestamp) -> Result<Vec<NoticeSum>> {
    tx.sql(concat!(
        "SELECT n.kind, n.source, n.cause, n.effect, n.destination, COUNT(*) AS mails, MAX(n.settle_at) AS settles_at
         FROM notices n WHERE n.received_at > $2 AND n.source <> 'relay' AND ",
        counted!(),
        " GROUP BY n.kind, n.source, n.cause, n.effect, n.destination
          ORDER BY n.destination, n.cause, n.kind, n.source, n.effect"
    ))
    .bind(issue)
    .bind(since)
    .fetch_all()
    .await
}

/// Accepted and refused mails of an issue, by domain.
pub async fn domains(tx: &mut Tx, issue: IssueId) -> Result<Vec<DomainSum>> {
    tx.sql(concat!(
        "SELECT state, domain, CAST(SUM(mails) AS BIGINT) AS mails FROM (
             SELECT d.state, ",
        domain_of!(),
        " AS domain, 1 AS mails
             FROM deliveries d
             LEFT JOIN subscriptions s ON s.id = d.subscription_id
             LEFT JOIN subscribers u ON u.id = s.subscriber_id
             WHERE d.issue_id = $1 AND d.state IN ('sent', 'failed')
             UNION ALL
             SELECT f.state, NULLIF(f.domain, '') AS domain, f.row_count FROM folded_domains f WHERE f.issue_id = $1) x
         GROUP BY state, domain ORDER BY state, domain"
    ))
    .bind(issue)
    .fetch_all()
    .await
}

/// What came back of an issue that began at `began`, and complaints, by when they came.
pub async fn spans(tx: &mut Tx, issue: IssueId, began: Timestamp) -> Result<Vec<SpanSum>> {
    tx.sql(concat!(
        "SELECT span, kind, CAST(SUM(mails) AS BIGINT) AS mails FROM (
             SELECT ",
        span!("n.received_at"),
        " AS span, n.kind, 1 AS mails FROM notices n
              WHERE n.received_at >= $2 AND n.kind IN ('bounce', 'complaint') AND n.source <> 'relay' AND ",
        live!(),
        " UNION ALL
          SELECT n.span, n.kind, n.mails FROM counted_notices n
          WHERE n.issue_id = $1 AND n.span >= 0 AND n.kind IN ('bounce', 'complaint') AND n.source <> 'relay') x
          GROUP BY span, kind ORDER BY span, kind"
    ))
    .bind(issue)
    .bind(began)
    .fetch_all()
    .await
}

record! {
    /// Notices that say the same and came in one span of time.
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
    pub struct CountedNotices {
        pub kind: String,
        pub source: String,
        pub cause: String,
        pub effect: String,
        pub destination: String,
        /// As in [`SpanSum`]; -1 for what came before the issue began.
        pub span: i64,
        pub mails: i64,
    }
}

/// The issues of which a notice from `before` or earlier would be the first to go.
pub async fn issues_to_count(tx: &mut Tx, before: Timestamp) -> Result<Vec<IssueId>> {
    let rows: Vec<(IssueId,)> = tx
        .sql(
            "SELECT DISTINCT i.id FROM notices n JOIN issues i ON i.id = n.issue_id
             WHERE n.received_at <= $1 AND i.notices_counted_at IS NULL AND i.started_at IS NOT NULL ORDER BY i.id",
        )
        .bind(before)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// An issue's notices up to now, to be counted for good.
pub async fn notices_to_keep(tx: &mut Tx, issue: IssueId, began: Timestamp) -> Result<Vec<CountedNotices>> {
    tx.sql(concat!(
        "SELECT kind, source, cause, effect, destination, span, COUNT(*) AS mails FROM (
             SELECT n.kind, n.source, n.cause, n.effect, n.destination,
                    CASE WHEN n.received_at < $2 THEN -1 ELSE ",
        span!("n.received_at"),
        " END AS span FROM notices n WHERE ",
        counted!(),
        ") x GROUP BY kind, source, cause, effect, destination, span"
    ))
    .bind(issue)
    .bind(began)
    .fetch_all()
    .await
}

/// Keeps the sums of an issue's notices, as they were at `at`. `false` when they are kept.
pub async fn keep_notices(tx: &mut Tx, issue: IssueId, sums: &[CountedNotices], at: Timestamp) -> Result<bool> {
    let counted = tx
        .sql("UPDATE issues SET notices_counted_at = $2 WHERE id = $1 AND notices_counted_at IS NULL")
        .bind(issue)
        .bind(at)
        .execute()
        .await?;
    if counted == 0 {
        return Ok(false);
    }
    tx.sql(over_rows!(
        kind TEXT, source TEXT, cause TEXT, effect TEXT, destination TEXT, span BIGINT, mails BIGINT;
        "INSERT INTO counted_notices (issue_id, kind, source, cause, effect, destination, span, mails)
         SELECT $2, kind, source, cause, effect, destination, span, mails FROM r ORDER BY place"
    ))
    .bind(placed(sums))
    .bind(issue)
    .execute()
    .await?;
    Ok(true)
}

/// The rows that `over_rows!` unfolds, with their places.
fn placed<T: serde::Serialize>(sums: &[T]) -> String {
    let rows = sums.iter().enumerate().map(|(place, sum)| {
        let mut row = json!(sum);
        row["place"] = place.into();
        row
    });
    serde_json::Value::from_iter(rows).to_string()
}

/// The issues whose end is so long ago that nobody unsubscribes because of them any more, and of which that is not counted.
/// One whose rows were folded without is none of them.
pub async fn issues_to_attribute(tx: &mut Tx, now: Timestamp) -> Result<Vec<IssueId>> {
    let rows: Vec<(IssueId,)> = tx
        .sql(
            "SELECT i.id FROM issues i WHERE i.attributed_at IS NULL AND i.started_at IS NOT NULL
               AND i.state IN ('sent', 'stopped') AND COALESCE(i.stopped_at, i.finished_at, i.started_at) <= $1
               AND NOT EXISTS (SELECT 1 FROM folded f WHERE f.issue_id = i.id) ORDER BY i.id",
        )
        .bind(Timestamp(now.0 - ATTRIBUTED_DAYS * 86_400_000))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Keeps who unsubscribed after an issue. `false` when that is kept, or the issue goes out again.
pub async fn attribute(tx: &mut Tx, issue: IssueId, sums: &[UnsubscribedSum], now: Timestamp) -> Result<bool> {
    let attributed = tx
        .sql(
            "UPDATE issues AS i SET attributed_at = $2
             WHERE i.id = $1 AND i.attributed_at IS NULL AND i.state IN ('sent', 'stopped')",
        )
        .bind(issue)
        .bind(now)
        .execute()
        .await?;
    if attributed == 0 {
        return Ok(false);
    }
    tx.sql(over_rows!(
        source TEXT, span BIGINT, readers BIGINT;
        "INSERT INTO attributed (issue_id, source, span, readers)
         SELECT $2, source, span, readers FROM r ORDER BY place"
    ))
    .bind(placed(sums))
    .bind(issue)
    .execute()
    .await?;
    Ok(true)
}

/// Takes that back where every row is still there: the issue goes out again. `false` when nothing was to be taken back.
pub async fn attribute_anew(tx: &mut Tx, issue: IssueId) -> Result<bool> {
    let reset = tx
        .sql(
            "UPDATE issues SET attributed_at = NULL WHERE id = $1 AND attributed_at IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM folded f WHERE f.issue_id = $1)",
        )
        .bind(issue)
        .execute()
        .await?;
    if reset == 1 {
        tx.sql("DELETE FROM attributed WHERE issue_id = $1").bind(issue).execute().await?;
    }
    Ok(reset == 1)
}

/// Who unsubscribed after an issue, as it was counted for good; none when it was not.
pub async fn attributed(tx: &mut Tx, issue: IssueId) -> Result<Option<Vec<UnsubscribedSum>>> {
    let (known,): (bool,) = tx
        .sql("SELECT EXISTS (SELECT 1 FROM issues i WHERE i.id = $1 AND i.attributed_at IS NOT NULL)")
        .bind(issue)
        .fetch_one()
        .await?;
    if !known {
        return Ok(None);
    }
    let sums = tx
        .sql("SELECT source, span, readers FROM attributed WHERE issue_id = $1 ORDER BY source, span")
        .bind(issue)
        .fetch_all()
        .await?;
    Ok(Some(sums))
}

/// Who unsubscribed within 14 days of this issue, and before `until`, and had been sent no later one by then.
pub async fn unsubscribed(
    tx: &mut Tx,
    (newsletter, issue): (NewsletterId, IssueId),
    began: Timestamp,
    until: Timestamp,
) -> Result<Vec<UnsubscribedSum>> {
    tx.sql(concat!(
        "SELECT c.source, ",
        span!("c.at"),
        " AS span, COUNT(*) AS readers
          FROM consents c JOIN deliveries d ON d.issue_id = $1 AND d.subscription_id = c.subscription_id
          WHERE c.kind = 'withdrawn' AND c.at >= $2 AND c.at < $3
            AND d.state = 'sent' AND d.final_at <= c.at AND d.final_at > c.at - 1209600000
            AND NOT EXISTS (
                SELECT 1 FROM issues i JOIN deliveries e ON e.issue_id = i.id AND e.subscription_id = c.subscription_id
                WHERE i.newsletter_id = $4 AND i.id <> $1 AND e.state = 'sent' AND e.final_at <= c.at
                  AND (e.final_at > d.final_at OR (e.final_at = d.final_at AND e.id > d.id)))
          GROUP BY c.source, span ORDER BY c.source, span"
    ))
    .bind(issue)
    .bind(began)
    .bind(until)
    .bind(newsletter)
    .fetch_all()
    .await
}

/// The latest reply to an issue's mail that came from a destination for one cause; addresses in it are masked.
pub async fn diagnostic(tx: &mut Tx, issue: IssueId, destination: &str, cause: Cause) -> Result<Option<String>> {
    let row: Option<(String,)> = tx
        .sql(
            "SELECT diagnostic FROM notices WHERE issue_id = $1 AND destination = $2 AND cause = $3
             ORDER BY id DESC LIMIT 1",
        )
        .bind(issue)
        .bind(destination)
        .bind(cause)
        .fetch_optional()
        .await?;
    Ok(row.map(|(text,)| text))
}
