//! What the program tells other programs of its nouns: one shape each, wherever it is told. `--json` writes them.
//! Shapes alone, made of what the store and `publishing` found; docs/reference/values.md explains every key.

use serde::Serialize;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::domain::account::{AccountState, MemberRole, SignInMethod};
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::{DeliveryState, Reason};
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::domain::subscriber::{EndedBy, SubscriptionState};
use crate::domain::suppression::SuppressionReason;
use crate::publishing::QueuedFile;
use crate::store::accounts::Account;
use crate::store::consents::Consent;
use crate::store::events::LoggedEvent;
use crate::store::issues::Issue;
use crate::store::ledger::{LedgerRow, Totals};
use crate::store::members::NewsletterRole;
use crate::store::sessions::AccountSession;
use crate::store::subscriptions::Subscription;

#[derive(Clone, Debug, Serialize)]
pub struct IssueResource<'a> {
    pub slug: &'a str,
    pub newsletter: &'a str,
    pub title: &'a str,
    pub state: IssueState,
    pub due_at: Option<Timestamp>,
    pub on_slot: bool,
    pub beside: bool,
    pub note: &'a str,
    pub started_at: Option<Timestamp>,
    pub first_pass_ended_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub totals: Totals,
}

/// An issue and what its file says beside it.
#[derive(Clone, Debug, Serialize)]
pub struct ListedIssue<'a> {
    #[serde(flatten)]
    pub issue: IssueResource<'a>,
    pub file: Option<&'a QueuedFile>,
}

/// The same with what happened to it.
#[derive(Clone, Debug, Serialize)]
pub struct ShownIssue<'a> {
    #[serde(flatten)]
    pub issue: ListedIssue<'a>,
    pub revisions: Vec<SentRevision>,
    pub events: Vec<EventResource<'a>>,
}

/// How many readers got which content.
#[derive(Clone, Debug, Serialize)]
pub struct SentRevision {
    pub revision: i64,
    pub sent: i64,
}

impl<'a> IssueResource<'a> {
    pub fn of(issue: &'a Issue, totals: &Totals, newsletter: &'a Newsletter) -> Self {
        let Issue { state, due_at, on_slot, beside, started_at, finished_at, .. } = *issue;
        Self {
            slug: &issue.slug,
            newsletter: &newsletter.slug,
            title: &issue.title,
            state,
            due_at,
            on_slot,
            beside,
            note: &issue.note,
            started_at,
            first_pass_ended_at: totals.first_pass_ended_at,
            finished_at,
            totals: *totals,
        }
    }
}

/// One email of an issue to one reader.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryResource<'a> {
    /// None once the reader was erased.
    pub email: Option<&'a str>,
    pub state: DeliveryState,
    pub due_at: Option<Timestamp>,
    pub attempts: i64,
    pub first_at: Option<Timestamp>,
    pub final_at: Option<Timestamp>,
    pub relay: Option<&'a str>,
    pub reply: Option<&'a str>,
    pub reason: Option<Reason>,
    pub revision: Option<i64>,
}

impl<'a> From<&'a LedgerRow> for DeliveryResource<'a> {
    fn from(row: &'a LedgerRow) -> Self {
        let LedgerRow { state, due_at, attempts, first_at, final_at, reason, .. } = *row;
        Self {
            email: row.email.as_deref(),
            state,
            due_at,
            attempts,
            first_at,
            final_at,
            relay: row.relay.as_deref(),
            reply: row.reply.as_deref(),
            reason,
            revision: row.revision_id.map(|id| id.0),
        }
    }
}

/// A reader of one newsletter.
#[derive(Clone, Debug, Serialize)]
pub struct ReaderResource<'a> {
    pub email: &'a str,
    pub name: Option<&'a str>,
    pub state: SubscriptionState,
    pub language: Option<&'a str>,
    pub source: &'a str,
    pub created_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
    pub paused_until: Option<Timestamp>,
    pub left_at: Option<Timestamp>,
    pub ended_by: Option<EndedBy>,
    pub suppressed: Option<SuppressionReason>,
}

/// The same with the record of consent.
#[derive(Clone, Debug, Serialize)]
pub struct ShownReader<'a> {
    #[serde(flatten)]
    pub reader: ReaderResource<'a>,
    pub consents: Vec<ConsentResource<'a>>,
}

/// One entry in the history of a subscription.
#[derive(Clone, Debug, Serialize)]
pub struct ConsentResource<'a> {
    pub kind: ConsentKind,
    pub at: Timestamp,
    pub wording: &'a str,
    pub client: Option<&'a str>,
    pub source: &'a str,
}

impl<'a> From<&'a Subscription> for ReaderResource<'a> {
    fn from(reader: &'a Subscription) -> Self {
        let Subscription { state, created_at, confirmed_at, paused_until, left_at, ended_by, suppressed, .. } = *reader;
        Self {
            email: reader.email.as_str(),
            name: reader.name.as_deref(),
            state,
            language: reader.language.as_deref(),
            source: &reader.source,
            created_at,
            confirmed_at,
            paused_until,
            left_at,
            ended_by,
            suppressed,
        }
    }
}

impl<'a> From<&'a Consent> for ConsentResource<'a> {
    fn from(one: &'a Consent) -> Self {
        let (wording, source) = (one.wording.as_str(), one.source.as_str());
        Self { kind: one.kind, at: one.at, wording, client: one.client.as_deref(), source }
    }
}

/// One entry of the log.
#[derive(Clone, Debug, Serialize)]
pub struct EventResource<'a> {
    pub at: Timestamp,
    pub kind: &'a str,
    pub actor: &'a str,
    /// An object, whose keys are the kind's.
    pub data: Value,
}

impl<'a> From<&'a LoggedEvent> for EventResource<'a> {
    fn from(event: &'a LoggedEvent) -> Self {
        // The store keeps it as text.
        let data = serde_json::from_str(&event.data).unwrap_or(Value::Null);
        Self { at: event.at, kind: &event.kind, actor: &event.actor, data }
    }
}

/// Somebody with a login.
#[derive(Clone, Debug, Serialize)]
pub struct AccountResource<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub state: AccountState,
    pub operator: bool,
    pub roles: Vec<RoleResource<'a>>,
    pub created_at: Timestamp,
}

/// What they do for one newsletter.
#[derive(Clone, Debug, Serialize)]
pub struct RoleResource<'a> {
    pub newsletter: &'a str,
    pub role: MemberRole,
}

impl<'a> AccountResource<'a> {
    pub fn of(account: &'a Account, memberships: &'a [NewsletterRole]) -> Self {
        let roles = memberships.iter().map(|one| RoleResource { newsletter: &one.slug, role: one.role });
        Self {
            email: account.email.as_str(),
            name: &account.name,
            state: account.state,
            operator: account.operator,
            roles: roles.collect(),
            created_at: account.created_at,
        }
    }
}

/// A browser that somebody is signed in with.
#[derive(Clone, Debug, Serialize)]
pub struct SessionResource<'a> {
    pub method: SignInMethod,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub network: &'a str,
    pub agent: &'a str,
}

impl<'a> From<&'a AccountSession> for SessionResource<'a> {
    fn from(session: &'a AccountSession) -> Self {
        let AccountSession { method, created_at, seen_at, .. } = *session;
        Self { method, created_at, seen_at, network: &session.network, agent: &session.agent }
    }
}
