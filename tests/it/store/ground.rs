//! A newsletter, an issue that goes out, two workers, and rows of the ledger in whatever state a test wants. Knows no
//! scenario.

use std::time::Duration;

use crate::harness::acts;
use coranto::clock::Timestamp;
use coranto::domain::delivery::{DeliveryKind, DeliveryState, Reason};
use coranto::domain::issue::IssueState;
use coranto::domain::subscriber::SubscriptionState;
use coranto::domain::suppression::SuppressionReason;
use coranto::domain::{DeliveryId, IssueId, NewsletterId, RevisionId, SubscriptionId, WorkerId};
use coranto::store::issues::NewIssue;
use coranto::store::revisions::NewRevision;
use coranto::store::{Db, Tx, issues, leases, newsletters, revisions, suppressions};

pub(super) use super::readers::{NOW, person, subscribe};

/// Everything of a ledger's row that a statement may change.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) state: DeliveryState,
    pub(super) due_at: Option<Timestamp>,
    pub(super) claimed_by: Option<WorkerId>,
    pub(super) revision_id: Option<RevisionId>,
    pub(super) attempts: i64,
    pub(super) first_at: Option<Timestamp>,
    pub(super) final_at: Option<Timestamp>,
    pub(super) relay: Option<String>,
    pub(super) reply: Option<String>,
    pub(super) reason: Option<Reason>,
}

type Columns = (
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

/// In one transaction, which a test may commit.
pub(super) struct StoreFixture {
    pub(super) tx: Tx,
    pub(super) week: NewsletterId,
    /// In state `sending`, with nobody in its audience yet.
    pub(super) issue: IssueId,
    /// What the issue bears.
    pub(super) revision: RevisionId,
    /// What it bore before.
    pub(super) older: RevisionId,
    /// Its lease runs.
    pub(super) live: WorkerId,
    /// Its lease ended a minute ago.
    pub(super) dead: WorkerId,
}

/// So many minutes after `NOW`, or before.
pub(super) fn minute(minutes: i64) -> Timestamp {
    Timestamp(NOW.0 + minutes * 60_000)
}

impl StoreFixture {
    pub(super) async fn new(db: &Db) -> Self {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let older = revision(&mut tx, week, DeliveryKind::Issue, "older").await;
        let revision = revision(&mut tx, week, DeliveryKind::Issue, "text").await;
        let issue = issue(&mut tx, week, revision, "first", IssueState::Sending).await;
        let hour = Duration::from_secs(3600);
        let live = leases::register(&mut tx, "live", true, NOW, NOW.plus(hour)).await.unwrap();
        let dead = leases::register(&mut tx, "dead", true, NOW.minus(hour), minute(-1)).await.unwrap();
        Self { tx, week, issue, revision, older, live, dead }
    }

    pub(super) async fn issue(&mut self, slug: &str, state: IssueState) -> IssueId {
        issue(&mut self.tx, self.week, self.revision, slug, state).await
    }

    pub(super) async fn content(&mut self, kind: DeliveryKind, word: &str) -> RevisionId {
        revision(&mut self.tx, self.week, kind, word).await
    }

    /// A reader whose subscription is in `state`.
    pub(super) async fn reader(&mut self, local: &str, state: SubscriptionState) -> SubscriptionId {
        subscribe(&mut self.tx, self.week, &format!("{local}@example.org"), state).await.unwrap()
    }

    /// An active one whose address must not be mailed.
    pub(super) async fn suppressed(&mut self, local: &str) -> SubscriptionId {
        let id = self.reader(local, SubscriptionState::Active).await;
        let hash = person(&format!("{local}@example.org")).address_hash;
        assert!(suppressions::add(&mut self.tx, &hash, SuppressionReason::Manual, "", acts::by(NOW)).await.unwrap());
        id
    }

    /// A row of an active reader of its own, in `state` as the engine leaves it, held by `worker` if that state is held.
    pub(super) async fn row(&mut self, state: DeliveryState, worker: WorkerId) -> DeliveryId {
        let entry = self.entry(state, worker);
        self.row_like(&entry).await
    }

    pub(super) async fn row_like(&mut self, entry: &Entry) -> DeliveryId {
        let (rows,): (i64,) = self.tx.sql("SELECT COUNT(*) FROM subscriptions").fetch_one().await.unwrap();
        let reader = self.reader(&format!("reader{rows}"), SubscriptionState::Active).await;
        self.put(Some(self.issue), Some(reader), entry).await
    }

    /// What a row in `state` looks like when it was tried once before, where it can have been.
    pub(super) fn entry(&self, state: DeliveryState, worker: WorkerId) -> Entry {
        use DeliveryState::{Claimed, Failed, InFlight, Sent, Skipped, Uncertain};
        let is_final = matches!(state, Sent | Failed | Skipped);
        let bears = matches!(state, InFlight | Uncertain | Sent | Failed);
        Entry {
            state,
            due_at: (!is_final).then_some(minute(-10)),
            claimed_by: matches!(state, Claimed | InFlight | Uncertain).then_some(worker),
            revision_id: bears.then_some(self.revision),
            attempts: 1,
            first_at: Some(minute(-30)),
            final_at: is_final.then_some(minute(-10)),
            relay: None,
            reply: Some("450 4.2.0 later".to_owned()),
            reason: (state == Failed).then_some(Reason::Refused),
        }
    }

    pub(super) async fn put(
        &mut self,
        issue: Option<IssueId>,
        reader: Option<SubscriptionId>,
        entry: &Entry,
    ) -> DeliveryId {
        let sql = "INSERT INTO deliveries (issue_id, subscription_id, state, due_at, claimed_by, revision_id, attempts, first_at,
                       final_at, relay, reply, reason)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
        let (id,) = self
            .tx
            .sql(sql)
            .bind(issue)
            .bind(reader)
            .bind(entry.state)
            .bind(entry.due_at)
            .bind(entry.claimed_by)
            .bind(entry.revision_id)
            .bind(entry.attempts)
            .bind(entry.first_at)
            .bind(entry.final_at)
            .bind(entry.relay.clone())
            .bind(entry.reply.clone())
            .bind(entry.reason)
            .fetch_one()
            .await
            .unwrap();
        id
    }

    pub(super) async fn get(&mut self, id: DeliveryId) -> Entry {
        read(&mut self.tx, id).await
    }

    pub(super) async fn state(&mut self, id: DeliveryId) -> DeliveryState {
        self.get(id).await.state
    }

    /// The states of rows, in the order asked for.
    pub(super) async fn states(&mut self, ids: &[DeliveryId]) -> Vec<DeliveryState> {
        let mut states = Vec::new();
        for id in ids {
            states.push(self.state(*id).await);
        }
        states
    }
}

pub(super) async fn read(tx: &mut Tx, id: DeliveryId) -> Entry {
    let sql = "SELECT state, due_at, claimed_by, revision_id, attempts, first_at, final_at, relay, reply, reason
               FROM deliveries WHERE id = $1";
    let columns: Columns = tx.sql(sql).bind(id).fetch_one().await.unwrap();
    let (state, due_at, claimed_by, revision_id, attempts, first_at, final_at, relay, reply, reason) = columns;
    Entry { state, due_at, claimed_by, revision_id, attempts, first_at, final_at, relay, reply, reason }
}

pub(super) fn content(kind: DeliveryKind, word: &str) -> NewRevision {
    NewRevision {
        kind,
        slug: None,
        title: "Title".to_owned(),
        subject: "Subject".to_owned(),
        preheader: "Preheader".to_owned(),
        language: "en".to_owned(),
        html: format!("<p>{word}</p>"),
        plain: word.to_owned(),
        source: String::new(),
    }
}

pub(super) async fn revision(tx: &mut Tx, week: NewsletterId, kind: DeliveryKind, word: &str) -> RevisionId {
    revisions::ensure(tx, week, &content(kind, word), NOW).await.unwrap()
}

pub(super) fn new_issue(week: NewsletterId, revision: RevisionId, slug: &str, state: IssueState) -> NewIssue<'_> {
    NewIssue {
        newsletter: week,
        slug,
        title: "Title",
        state,
        revision,
        due_at: Some(NOW),
        on_slot: false,
        beside: true,
        note: "",
    }
}

pub(super) async fn issue(
    tx: &mut Tx,
    week: NewsletterId,
    revision: RevisionId,
    slug: &str,
    state: IssueState,
) -> IssueId {
    issues::insert(tx, &new_issue(week, revision, slug, state), acts::by(NOW)).await.unwrap().expect("the slug is new")
}
