//! Which issues go out, and with what. Must not know how that is found out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::job::Job;
use crate::domain::{IssueId, RevisionId};

/// What goes out, as of the last look: with it a connection spares the relay an envelope that nothing would follow. What
/// counts is the look of the take-off.
#[derive(Debug, Default)]
pub(super) struct ActiveRevisions(Mutex<HashMap<IssueId, RevisionId>>);

impl ActiveRevisions {
    pub(super) fn set(&self, issues: impl Iterator<Item = (IssueId, RevisionId)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = issues.collect();
    }

    /// A claim found that this goes out.
    pub(super) fn learn(&self, issue: IssueId, revision: RevisionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(issue, revision);
    }

    /// An issue was paused, or has other content: until the next look nothing of it begins.
    pub(super) fn forget(&self, issue: IssueId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&issue);
    }

    /// Whether a job's issue goes out, and with what the job bears.
    pub(super) fn has(&self, job: &Job) -> bool {
        let Some(issue) = job.row.issue_id else { return true };
        let revision = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&issue).copied();
        revision.is_some_and(|revision| job.row.revision_id.is_some() || revision == job.revision)
    }
}
