//! What an issue's report is made of: its mails by domain, its notices by what they say and when they came, and who
//! unsubscribed after it. Sums alone; what they mean is said above.

use super::column::record;
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
    #[derive(Clone, Debug, PartialEq, Eq)]
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

/// An issue's notices, by what they say and what followed.
pub async fn notices(tx: &mut Tx, issue: IssueId) -> Result<Vec<NoticeSum>> {
    tx.sql(concat!(
        "SELECT n.kind, n.source, n.cause, n.effect, n.destination, COUNT(*) AS mails, MAX(n.settle_at) AS settles_at
         FROM notices n WHERE ",
        counted!(),
        " GROUP BY n.kind, n.source, n.cause, n.effect, n.destination
          ORDER BY n.destination, n.cause, n.kind, n.source, n.effect"
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

/// Accepted and refused mails of an issue, by domain. Folded rows are not among them: they name no reader.
pub async fn domains(tx: &mut Tx, issue: IssueId) -> Result<Vec<DomainSum>> {
    tx.sql(
        "SELECT d.state, substr(u.email, length(rtrim(u.email, replace(u.email, '@', ''))) + 1) AS domain,
                COUNT(*) AS mails
         FROM deliveries d
         LEFT JOIN subscriptions s ON s.id = d.subscription_id
         LEFT JOIN subscribers u ON u.id = s.subscriber_id
         WHERE d.issue_id = $1 AND d.state IN ('sent', 'failed')
         GROUP BY d.state, domain ORDER BY d.state, domain",
    )
    .bind(issue)
    .fetch_all()
    .await
}

/// What came back of an issue that began at `began`, and complaints, by when they came.
pub async fn spans(tx: &mut Tx, issue: IssueId, began: Timestamp) -> Result<Vec<SpanSum>> {
    tx.sql(concat!(
        "SELECT ",
        span!("n.received_at"),
        " AS span, n.kind, COUNT(*) AS mails FROM notices n
          WHERE n.received_at >= $2 AND n.kind IN ('bounce', 'complaint') AND n.source <> 'relay' AND ",
        counted!(),
        " GROUP BY span, n.kind ORDER BY span, n.kind"
    ))
    .bind(issue)
    .bind(began)
    .fetch_all()
    .await
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
