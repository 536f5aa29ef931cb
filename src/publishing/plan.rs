//! Which slot an issue gets. One rule for `new`, which names a file, for `queue`, which places it, and for a file that
//! asks for `next`, so that they agree: the first slot on or after the day in the file's name. Writes nothing.
//!
//! Where that slot is past, or another's, a person who queues the issue gets the first that neither a queued issue nor
//! another file has; a file that asks by itself gets none.

use jiff::civil::Date;

use super::library::{Library, name_parts};
use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::domain::issue::IssueState;
use crate::domain::slot::offered;
use crate::store::{StoreError, Tx, issues, skips};

/// What stands in the way of a newsletter's next issue.
#[derive(Clone, Debug, Default)]
pub struct QueuePlan {
    /// The times of queued issues, and whose they are.
    taken: Vec<(Timestamp, String)>,
    /// The days that files are named for which are not on the queue yet, and the files' slugs.
    reserved: Vec<(Date, String)>,
    /// Slots on which nothing goes out.
    skipped: Vec<Timestamp>,
}

/// Why a file that asks for `next` has no slot of its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSlot {
    /// The newsletter has none.
    #[error("the newsletter has no slot; give it one in coranto.toml (slot = \"Fri 09:00\"), or say --at or --now")]
    None,
    #[error("its slot was {0}")]
    Past(Timestamp),
    /// Another issue goes out on it.
    #[error("{slug:?} goes out on its slot, {at}")]
    Taken { at: Timestamp, slug: String },
    /// The file of another is named for that very day.
    #[error("the file of {slug:?} is named for the day of its slot, {at}")]
    Reserved { at: Timestamp, slug: String },
}

impl QueuePlan {
    /// What queue and files say now. What the issue `slug` itself has is free for it.
    pub async fn load(
        tx: &mut Tx,
        library: &Library<'_>,
        newsletter: NewsletterId,
        slug: &str,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let queued = issues::queued(tx, newsletter).await?;
        let others = queued.into_iter().filter(|issue| issue.slug != slug);
        let taken = others.filter_map(|issue| Some((issue.due_at?, issue.slug))).collect();
        let mut reserved = Vec::new();
        for (date, other) in named_files(library, slug, now) {
            let issue = issues::find(tx, newsletter, &other).await?;
            // What is queued has its slot already, and what went out needs none.
            if issue.is_none_or(|issue| matches!(issue.state, IssueState::Draft | IssueState::Held)) {
                reserved.push((date, other));
            }
        }
        // From the beginning on: a file's day may be long past.
        let skipped = skips::of(tx, newsletter, Timestamp(i64::MIN)).await?;
        Ok(Self { taken, reserved, skipped: skipped.into_iter().map(|skip| skip.slot_at).collect() })
    }

    /// What files alone say, where there is no database.
    pub fn of_files(library: &Library<'_>, slug: &str, now: Timestamp) -> Self {
        Self { reserved: named_files(library, slug, now).collect(), ..Self::default() }
    }

    /// The slot for an issue that a person queues, whose file is named for the day `named`: not before that day, and one
    /// that nobody has.
    pub fn slot(&self, library: &Library<'_>, named: Option<Date>, now: Timestamp) -> Option<Timestamp> {
        let from = named.map_or(now, |named| before(library, named).max(now));
        let on_its_day = named.and_then(|named| self.free(library, from).find(|at| library.date_of(*at) == named));
        on_its_day.or_else(|| self.slot_after(library, from))
    }

    /// The first slot after a moment that nobody has: no queued issue, and if there is such a one, no file either.
    pub fn slot_after(&self, library: &Library<'_>, after: Timestamp) -> Option<Timestamp> {
        let unclaimed = self.free(library, after).find(|at| self.reserved_at(library, *at).is_none());
        unclaimed.or_else(|| self.free(library, after).next())
    }

    fn free(&self, library: &Library<'_>, after: Timestamp) -> impl Iterator<Item = Timestamp> {
        self.offered(library, after).filter(|at| self.taken_at(*at).is_none())
    }

    /// The slot that a file means which asks for `next`: the first on or after its day, if that is still to come and
    /// nobody else's. A file without a day means the next that nobody has.
    pub fn own_slot(&self, library: &Library<'_>, named: Option<Date>, now: Timestamp) -> Result<Timestamp, NoSlot> {
        let Some(named) = named else { return self.slot(library, None, now).ok_or(NoSlot::None) };
        let at = self.offered(library, before(library, named)).next().ok_or(NoSlot::None)?;
        if at <= now {
            return Err(NoSlot::Past(at));
        }
        if let Some(slug) = self.taken_at(at) {
            return Err(NoSlot::Taken { at, slug: slug.to_owned() });
        }
        match self.reserved_at(library, at).filter(|_| library.date_of(at) != named) {
            Some(slug) => Err(NoSlot::Reserved { at, slug: slug.to_owned() }),
            None => Ok(at),
        }
    }

    /// The slots after a moment on which something may go out.
    fn offered(&self, library: &Library<'_>, after: Timestamp) -> impl Iterator<Item = Timestamp> {
        offered(&library.newsletter.slots, &library.newsletter.time_zone, &self.skipped, after)
    }

    /// Which other issue goes out at a moment.
    pub fn taken_at(&self, at: Timestamp) -> Option<&str> {
        self.taken.iter().find(|(taken, _)| *taken == at).map(|(_, slug)| slug.as_str())
    }

    /// Which other file is named for the day of a slot.
    fn reserved_at(&self, library: &Library<'_>, at: Timestamp) -> Option<&str> {
        let date = library.date_of(at);
        self.reserved.iter().find(|(reserved, _)| *reserved == date).map(|(_, slug)| slug.as_str())
    }
}

/// The last moment before a day begins.
fn before(library: &Library<'_>, day: Date) -> Timestamp {
    Timestamp(library.instant(day.at(0, 0, 0, 0)).0.saturating_sub(1))
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
