//! Which groups of mail are suspended, as the engine knows them: read from the ledger at start and every few seconds,
//! for all engines obey the same rows, and told at once of what this engine writes itself. Decides nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::held::Membership;
use super::standing;
use crate::clock::Timestamp;
use crate::domain::evidence::Trouble;
use crate::domain::{IssueId, NewsletterId, SuspensionId};
use crate::store::suspensions::{self, Suspension};
use crate::store::{Db, StoreError};

/// Between looks at what other engines and commands wrote.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// For so long a group that went again is remembered.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// Whether a mail may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Go,
    /// It is the one that asks again.
    Probe,
    Wait(SuspensionId),
}

pub(super) struct Suspended {
    db: Db,
    any: AtomicBool,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    groups: Vec<Group>,
    read_at: Option<Instant>,
    /// How often groups had asked when they went again, and when that was.
    ended: HashMap<Name, (i64, Timestamp)>,
}

/// Relay, newsletter, destination and issue, as they stand in the ledger.
type Name = (String, i64, String, i64);

struct Group {
    row: Suspension,
    probe: bool,
}

impl Group {
    fn covers(&self, way: &Membership<'_>) -> bool {
        let row = &self.row;
        row.relay == way.relay
            && (row.newsletter_id.0 == 0 || row.newsletter_id == way.newsletter)
            && (row.destination.is_empty() || row.destination == way.destination)
            && (row.issue_id.0 == 0 || Some(row.issue_id) == way.issue)
    }
}

impl Suspended {
    pub(super) fn new(db: Db) -> Self {
        Self { db, any: AtomicBool::new(false), known: Mutex::default() }
    }

    /// Reads what stands in the ledger, if the last look is old.
    pub(super) async fn look(&self) -> Result<(), StoreError> {
        if self.lock().read_at.is_some_and(|at| at.elapsed() < LOOK_EVERY) {
            return Ok(());
        }
        self.read().await
    }

    /// Reads what stands in the ledger. A probe that was given out stays given out.
    pub(super) async fn read(&self) -> Result<(), StoreError> {
        let rows = suspensions::all(&mut self.db.read().await?).await?;
        let mut known = self.lock();
        let open: Vec<SuspensionId> =
            known.groups.iter().filter(|group| group.probe).map(|group| group.row.id).collect();
        known.groups = rows.into_iter().map(|row| Group { probe: open.contains(&row.id), row }).collect();
        known.read_at = Some(Instant::now());
        self.any.store(!known.groups.is_empty(), Ordering::Relaxed);
        Ok(())
    }

    /// A group goes again; if it stops again soon, its pauses go on from where they were.
    pub(super) fn note_end(&self, row: &Suspension, now: Timestamp) {
        let name = (row.relay.clone(), row.newsletter_id.0, row.destination.clone(), row.issue_id.0);
        self.lock().ended.insert(name, (row.pauses, now));
    }

    /// How often a group had asked before it last went again, if that was a short while ago.
    pub(super) fn former_pauses(&self, group: &standing::MailGroup, now: Timestamp) -> i64 {
        let name = (
            group.relay.to_string(),
            group.newsletter.map_or(0, |id| id.0),
            group.destination.as_deref().unwrap_or_default().to_owned(),
            group.issue.map_or(0, |id| id.0),
        );
        let mut known = self.lock();
        known.ended.retain(|_, (_, ended_at)| now.since(*ended_at) < REMEMBERED);
        known.ended.get(&name).map_or(0, |(pauses, _)| *pauses)
    }

    /// Whether nothing is suspended: then nothing else need be asked.
    pub(super) fn is_empty(&self) -> bool {
        !self.any.load(Ordering::Relaxed)
    }

    /// Whether a mail may go this way. Where a group lets one mail ask, this one is it.
    pub(super) fn admit(&self, way: &Membership<'_>) -> Admission {
        if self.is_empty() {
            return Admission::Go;
        }
        let mut known = self.lock();
        let mut covering: Vec<&mut Group> = known.groups.iter_mut().filter(|group| group.covers(way)).collect();
        if let Some(closed) = covering.iter().find(|group| !group.probe) {
            return Admission::Wait(closed.row.id);
        }
        for group in &mut covering {
            group.probe = false;
        }
        if covering.is_empty() { Admission::Go } else { Admission::Probe }
    }

    /// What `admit` would say, without letting the mail be the one that asks.
    pub(super) fn would_admit(&self, way: &Membership<'_>) -> Admission {
        if self.is_empty() {
            return Admission::Go;
        }
        let known = self.lock();
        let mut covering = known.groups.iter().filter(|group| group.covers(way)).peekable();
        if covering.peek().is_none() {
            return Admission::Go;
        }
        covering.find(|group| !group.probe).map_or(Admission::Probe, |group| Admission::Wait(group.row.id))
    }

    /// Whether a mail that was let go may not go any more: its group was suspended meanwhile.
    pub(super) fn blocks(&self, way: &Membership<'_>) -> bool {
        !self.is_empty() && self.lock().groups.iter().any(|group| group.covers(way))
    }

    /// Whether nothing of an issue, or of a newsletter's small mails, may go by `relay`; and whether only a person can
    /// change that. `None` when something may.
    pub(super) fn closes(&self, relay: &str, newsletter: NewsletterId, issue: Option<IssueId>) -> Option<bool> {
        if self.is_empty() {
            return None;
        }
        let way = Membership { relay, newsletter, destination: "", issue };
        let known = self.lock();
        let mut closed = known.groups.iter().filter(|group| !group.probe && group.covers(&way)).peekable();
        closed.peek()?;
        Some(closed.any(|group| group.row.until.is_none()))
    }

    /// Whether a mail that goes this way would find its group open for one that asks alone.
    pub(super) fn is_probed(&self, relay: &str, newsletter: NewsletterId, issue: Option<IssueId>) -> bool {
        let way = Membership { relay, newsletter, destination: "", issue };
        !self.is_empty() && self.lock().groups.iter().any(|group| group.probe && group.covers(&way))
    }

    /// The groups that a mail belongs to.
    pub(super) fn covering(&self, way: &Membership<'_>) -> Vec<Suspension> {
        if self.is_empty() {
            return Vec::new();
        }
        self.lock().groups.iter().filter(|group| group.covers(way)).map(|group| group.row.clone()).collect()
    }

    /// Whether this relay is suspended for any issue because it refuses recipients.
    pub(super) fn is_lying(&self, relay: &str) -> bool {
        !self.is_empty()
            && self.lock().groups.iter().any(|g| g.row.relay == relay && g.row.trouble == Trouble::Recipients)
    }

    /// Those whose pause is over, and whether the mail that may ask has not come yet.
    pub(super) fn due(&self, now: Timestamp) -> Vec<(Suspension, bool)> {
        if self.is_empty() {
            return Vec::new();
        }
        let known = self.lock();
        let over = known.groups.iter().filter(|group| group.row.until.is_some_and(|until| until <= now));
        over.map(|group| (group.row.clone(), group.probe)).collect()
    }

    /// One mail of a group may ask now; or none may, for a person decides.
    pub(super) fn probes(&self, id: SuspensionId, until: Option<Timestamp>, pauses: i64, probe: bool) {
        if let Some(group) = self.lock().groups.iter_mut().find(|group| group.row.id == id) {
            (group.row.until, group.row.pauses, group.probe) = (until, pauses, probe);
        }
    }

    /// The suspensions that wait for a person and concern an issue.
    pub(super) fn held(&self, newsletter: NewsletterId, issue: IssueId) -> Vec<Suspension> {
        if self.is_empty() {
            return Vec::new();
        }
        let known = self.lock();
        let concerns = |row: &Suspension| {
            row.until.is_none()
                && (row.issue_id.0 == 0 || row.issue_id == issue)
                && (row.newsletter_id.0 == 0 || row.newsletter_id == newsletter)
        };
        known.groups.iter().filter(|group| concerns(&group.row)).map(|group| group.row.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
