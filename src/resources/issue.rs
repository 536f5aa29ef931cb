//! An issue, alone, in a list, and in full.

use serde::Serialize;

use super::EventResource;
use crate::clock::Timestamp;
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::publishing::QueuedFile;
use crate::store::issues;
use crate::store::ledger::Totals;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    pub fn of(issue: &'a issues::Issue, totals: &Totals, newsletter: &'a Newsletter) -> Self {
        let issues::Issue { state, due_at, on_slot, beside, started_at, finished_at, .. } = *issue;
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
