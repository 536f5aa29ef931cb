//! An issue going out to a few readers, and rows put into any state. Knows no rule.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::delivery::{DeliveryKind, DeliveryState, Reason};
use coranto::domain::issue::IssueState;
use coranto::domain::subscriber::SubscriptionState;
use coranto::domain::{DeliveryId, IssueId, NewsletterId, RevisionId, SubscriptionId, WorkerId};
use coranto::store::issues::NewIssue;
use coranto::store::revisions::NewRevision;
use coranto::store::{Tx, issues, leases, ledger, newsletters, revisions};

pub(super) use super::readers::{NOW, subscribe};

/// An hour, the length of leases here.
pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// What the tests of the ledger begin with.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    pub(super) newsletter: NewsletterId,
    pub(super) issue: IssueId,
    pub(super) revision: RevisionId,
    /// Its lease runs for an hour from `NOW`.
    pub(super) worker: WorkerId,
    pub(super) readers: Vec<SubscriptionId>,
    /// Their rows, all pending and due.
    pub(super) rows: Vec<DeliveryId>,
}

/// Everything of a row that the engine may change.
pub(super) type Row = (
    DeliveryId,
    DeliveryState,
    Option<Timestamp>,
    Option<WorkerId>,
    Option<RevisionId>,
    i64,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<String>,
    Option<String>,
    Option<Reason>,
);

pub(super) fn content(kind: DeliveryKind, title: &str) -> NewRevision {
    NewRevision {
        kind,
        slug: (kind == DeliveryKind::Issue).then(|| "first".to_owned()),
        title: title.to_owned(),
        subject: title.to_owned(),
        preheader: String::new(),
        language: "en".to_owned(),
        html: "<p>Text</p>".to_owned(),
        plain: "Text".to_owned(),
        source: "Text".to_owned(),
    }
}

pub(super) fn new_issue(newsletter: NewsletterId, slug: &str, revision: RevisionId) -> NewIssue<'_> {
    let state = IssueState::Sending;
    NewIssue { newsletter, slug, title: slug, state, revision, due_at: Some(NOW), on_slot: false, note: "" }
}

impl Ground {
    /// An issue in `sending`, with its audience frozen.
    pub(super) async fn lay(tx: &mut Tx, readers: usize) -> Self {
        let newsletter = newsletters::ensure(tx, "week", NOW).await.unwrap();
        let revision = revisions::ensure(tx, newsletter, &content(DeliveryKind::Issue, "First"), NOW).await.unwrap();
        let issue = issues::insert(tx, &new_issue(newsletter, "first", revision), NOW).await.unwrap().unwrap();
        let mut subscriptions = Vec::new();
        for number in 0..readers {
            let email = format!("reader{number}@example.org");
            subscriptions.push(subscribe(tx, newsletter, &email, SubscriptionState::Active).await.unwrap());
        }
        assert_eq!(ledger::freeze(tx, issue, newsletter, NOW).await.unwrap(), readers as u64);
        let rows = ledger::rows(tx, issue, None, DeliveryId(0), 1000).await.unwrap();
        let rows = rows.into_iter().map(|row| row.id).collect();
        let worker = leases::register(tx, "engine", true, NOW, NOW.plus(HOUR)).await.unwrap();
        Self { newsletter, issue, revision, worker, readers: subscriptions, rows }
    }

    /// Puts a row into a state as the engine would leave it.
    pub(super) async fn put(&self, tx: &mut Tx, row: DeliveryId, state: DeliveryState) {
        use DeliveryState::{Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
        let held = matches!(state, Claimed | InFlight | Uncertain).then_some(self.worker);
        let tried = matches!(state, InFlight | Uncertain | Sent | Failed);
        tx.sql(
            "UPDATE deliveries SET state = $2, claimed_by = $3, revision_id = $4, first_at = $5, due_at = $6, final_at = $7,
                    attempts = $8, relay = NULL, reply = NULL, reason = NULL
             WHERE id = $1",
        )
        .bind(row)
        .bind(state)
        .bind(held)
        .bind(tried.then_some(self.revision))
        .bind(tried.then_some(NOW))
        .bind(matches!(state, Pending | Claimed | InFlight | Uncertain).then_some(NOW))
        .bind(matches!(state, Sent | Failed | Skipped).then_some(NOW))
        .bind(i64::from(matches!(state, Uncertain | Sent | Failed)))
        .execute()
        .await
        .unwrap();
    }
}

pub(super) async fn row(tx: &mut Tx, id: DeliveryId) -> Row {
    rows(tx).await.into_iter().find(|row| row.0 == id).unwrap()
}

pub(super) async fn rows(tx: &mut Tx) -> Vec<Row> {
    tx.sql(
        "SELECT id, state, due_at, claimed_by, revision_id, attempts, first_at, final_at, relay, reply, reason
         FROM deliveries ORDER BY id",
    )
    .fetch_all()
    .await
    .unwrap()
}

pub(super) async fn state(tx: &mut Tx, id: DeliveryId) -> DeliveryState {
    ledger::outcome(tx, id).await.unwrap().unwrap().0
}
