//! A row in the hands of a worker, and the groups of mail that it belongs to.

use std::sync::Arc;

use crate::domain::provider;
use crate::domain::{DeliveryId, IssueId, NewsletterId, WorkerId};
use crate::store::claimed::Claimed;

/// A row, who holds it, and what groups of mail it belongs to.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) id: DeliveryId,
    pub(super) worker: WorkerId,
    pub(super) issue: Option<IssueId>,
    /// What it bears was decided by a former try.
    pub(super) pinned: bool,
    /// Whose mail it is; number 0 when nobody knows.
    pub(super) newsletter: NewsletterId,
    /// Where it goes: a provider or a domain.
    pub(super) destination: Arc<str>,
    /// How often it was put back without a counted try.
    pub(super) waits: i64,
    pub(super) refused_by: Option<Arc<str>>,
    /// It was never refused before: such mails are a fair sample of the list.
    pub(super) is_first: bool,
    /// It asks whether a suspended group goes again.
    pub(super) is_probe: bool,
}

impl Held {
    pub(super) fn of(row: &Claimed, worker: WorkerId) -> Self {
        let domain = row.email.as_deref().and_then(|email| email.rsplit_once('@')).map_or("", |(_, domain)| domain);
        let waits = row.waits.unwrap_or(0);
        Self {
            id: row.id,
            worker,
            issue: row.issue_id,
            pinned: row.revision_id.is_some(),
            newsletter: row.newsletter_id.unwrap_or(NewsletterId(0)),
            destination: provider::destination(domain).into(),
            waits,
            refused_by: row.relay.as_deref().filter(|_| waits > 0).map(Arc::from),
            is_first: waits == 0 && row.attempts == 0,
            is_probe: false,
        }
    }

    /// This mail, sent by a relay.
    pub(super) fn membership<'a>(&'a self, relay: &'a str) -> Membership<'a> {
        Membership { relay, newsletter: self.newsletter, destination: &self.destination, issue: self.issue }
    }
}

/// One mail, as groups see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Membership<'a> {
    pub(super) relay: &'a str,
    pub(super) newsletter: NewsletterId,
    pub(super) destination: &'a str,
    pub(super) issue: Option<IssueId>,
}
