//! What is needed to send a row of the ledger: its reader, its content, and the marks that its links are bound to.

use super::column::{listed, record};
use super::{Result, Tx, deliveries};
use crate::clock::Timestamp;
use crate::domain::delivery::DeliveryKind;
use crate::domain::subscriber::Format;
use crate::domain::{ConsentId, DeliveryId, IssueId, NewsletterId, RequestId, RevisionId, SubscriptionId, WorkerId};
use crate::token::Mark;

record! {
    /// A claimed row with all that is needed to send it.
    #[derive(Clone, Debug)]
    pub struct Claimed {
        pub id: DeliveryId,
        /// The issue; none for the small kinds.
        pub issue_id: Option<IssueId>,
        pub newsletter_id: Option<NewsletterId>,
        /// Whose subscription it is; none for a test mail.
        pub subscription_id: Option<SubscriptionId>,
        /// What kind of mail it is; none for one of an issue.
        pub kind: Option<DeliveryKind>,
        /// The latest question that a confirmation mail asks about.
        pub consent_id: Option<ConsentId>,
        /// The request that its link is about.
        pub request_id: Option<RequestId>,
        /// What the links of the subscription are bound to.
        pub subscription_mark: Option<Mark>,
        /// What the confirmation link is bound to.
        pub consent_mark: Option<Mark>,
        /// What the request's link is bound to.
        pub request_mark: Option<Mark>,
        /// The address; none when the reader is gone.
        pub email: Option<String>,
        pub name: Option<String>,
        /// How the reader wants it; none for a test mail.
        pub format: Option<Format>,
        pub subscribed_at: Option<Timestamp>,
        /// The content that a former try bore, which it must bear again; none when any will do.
        pub revision_id: Option<RevisionId>,
        /// How often it was tried.
        pub attempts: i64,
        /// When it was first tried.
        pub first_at: Option<Timestamp>,
        /// How often it was put back without a counted try.
        pub waits: Option<i64>,
        /// How often its fate was unknown.
        pub doubts: Option<i64>,
        /// The relay that refused it last.
        pub relay: Option<String>,
    }
}

/// All that is needed to send the rows that `worker` has claimed.
pub async fn of(tx: &mut Tx, worker: WorkerId, ids: &[DeliveryId]) -> Result<Vec<Claimed>> {
    tx.sql(listed!(
        "SELECT d.id, d.issue_id, COALESCE(i.newsletter_id, v.newsletter_id) AS newsletter_id, d.subscription_id, COALESCE(d.recipient, u.email) AS email, NULLIF(COALESCE(s.name, u.name), '') AS name, s.format, d.request_id,
                COALESCE(s.confirmed_at, s.created_at) AS subscribed_at, d.revision_id, d.attempts, d.first_at,
                d.waits, d.doubts, d.relay,
                CASE WHEN d.issue_id IS NULL THEN (SELECT r.kind FROM revisions r WHERE r.id = d.revision_id) END AS kind,
                CASE WHEN d.issue_id IS NULL THEN (SELECT MAX(c.id) FROM consents c WHERE c.subscription_id = d.subscription_id AND c.kind = 'asked') END AS consent_id,
                s.mark AS subscription_mark,
                CASE WHEN d.issue_id IS NULL THEN (SELECT c.mark FROM consents c WHERE c.subscription_id = d.subscription_id AND c.kind = 'asked' ORDER BY c.id DESC LIMIT 1) END AS consent_mark,
                CASE WHEN d.request_id IS NOT NULL THEN (SELECT q.mark FROM requests q WHERE q.id = d.request_id) END AS request_mark
         FROM deliveries d
         LEFT JOIN subscriptions s ON s.id = d.subscription_id
         LEFT JOIN subscribers u ON u.id = s.subscriber_id
         LEFT JOIN issues i ON i.id = d.issue_id
         LEFT JOIN revisions v ON v.id = d.revision_id
         WHERE d.id IN ",
        2,
        " AND d.state = 'claimed' AND d.claimed_by = $1 ORDER BY d.id"
    ))
    .bind(worker)
    .bind(deliveries::list(ids))
    .fetch_all()
    .await
}
