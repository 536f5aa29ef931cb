//! Which slot an issue gets. One rule for `new`, which names a file, and for `queue`, which places it, so that they agree:
//! an issue gets the slot on the day in its file's name, if that is free; else the first slot that neither a queued issue
//! nor another file has. Writes nothing.

use jiff::civil::Date;

use super::library::{Library, name_parts};
use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::domain::issue::IssueState;
use crate::domain::slot::next_of;
use crate::store::{StoreError, Tx, issues};

/// Slots looked at before giving up: two years of weeks.
const SLOTS_MAX: usize = 104;

/// What stands in the way of a newsletter's next issue.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The times of queued issues.
    taken: Vec<Timestamp>,
    /// The days that files are named for which are not on the queue yet.
    reserved: Vec<Date>,
}

impl Plan {
    /// What queue and files say now. What the issue `slug` itself has is free for it.
    pub async fn load(
        tx: &mut Tx,
        library: &Library<'_>,
        newsletter: NewsletterId,
        slug: &str,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut taken = issues::taken_times(tx, newsletter).await?;
        let own = issues::find(tx, newsletter, slug).await?.filter(|issue| issue.state == IssueState::Queued);
        if let Some(index) = taken.iter().position(|at| own.as_ref().is_some_and(|own| own.due_at == Some(*at))) {
            taken.swap_remove(index);
        }
        let mut reserved = Vec::new();
        for (date, other) in named_files(library, slug, now) {
            let issue = issues::find(tx, newsletter, &other).await?;
            // What is queued has its slot already, and what went out needs none.
            if issue.is_none_or(|issue| matches!(issue.state, IssueState::Draft | IssueState::Held)) {
                reserved.push(date);
            }
        }
        Ok(Self { taken, reserved })
    }

    /// What files alone say, where there is no database.
    pub fn of_files(library: &Library<'_>, slug: &str, now: Timestamp) -> Self {
        Self { taken: Vec::new(), reserved: named_files(library, slug, now).map(|(date, _)| date).collect() }
    }

    /// The slot for an issue whose file is named for the day `named`.
    pub fn slot(&self, library: &Library<'_>, named: Option<Date>, now: Timestamp) -> Option<Timestamp> {
        let newsletter = library.newsletter;
        let next = |after| next_of(&newsletter.slots, &newsletter.time_zone, after);
        let free = || {
            let all = std::iter::successors(next(now), |at| next(*at)).take(SLOTS_MAX);
            all.filter(|at| !self.taken.contains(at)).map(|at| (at, library.date_of(at)))
        };
        let on_its_day = named.and_then(|named| free().find(|(_, date)| *date == named));
        let unclaimed = || free().find(|(_, date)| !self.reserved.contains(date));
        on_its_day.or_else(unclaimed).or_else(|| free().next()).map(|(at, _)| at)
    }
}

/// The files of other issues that are named for today or later.
fn named_files(library: &Library<'_>, slug: &str, now: Timestamp) -> impl Iterator<Item = (Date, String)> {
    let today = library.date_of(now);
    // A folder that cannot be listed reserves nothing; whoever reads a file from it is told why.
    let files = library.files().unwrap_or_default();
    files
        .into_iter()
        .filter_map(|path| name_parts(&path).and_then(|(date, other)| Some((date?, other))))
        .filter(move |(date, other)| *date >= today && other != slug)
}
