//! An issue gets its place: on the next free slot, at a time, at once, or on hold. The one door for it, whoever asks.

use jiff::civil::Date;

pub use super::act::{QueueContext, QueueError};
use super::duplicates;
use super::library::{Draft, Library, RenderedIssue};
use super::pictures;
use super::plan::QueuePlan;
use super::shift::{Shift, displaced};
pub use super::spot::When;
use super::spot::{Spot, spot};
use crate::clock::Timestamp;
use crate::content::problem::{Position, Problem};
use crate::domain::actor::By;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::domain::{IssueId, NewsletterId, RevisionId};
use crate::store::issues::{Issue, NewIssue};
use crate::store::{Db, StoreError, Tx, issues, ledger, pages, revisions};

/// How often what is there now is looked at again when another command got in between.
const ATTEMPTS_MAX: usize = 104;

#[derive(Clone, Debug)]
pub struct Queued {
    /// The issue as it stands now.
    pub issue: Issue,
    pub revised: bool,
    /// Whether it is new on the queue, or at another place than before.
    pub moved: bool,
    /// The issue that had its time, as it stands now.
    pub displaced: Option<Issue>,
    /// How many would get it now.
    pub readers: i64,
    /// What an editor should look at.
    pub warnings: Vec<Problem>,
    pub words: usize,
}

/// Why an issue is held that a person put on hold.
const ON_HOLD: &str = "on hold until a person queues it";

/// Queues an issue, or gives one that is queued or paused new content. With `dry_run` nothing is stored; where nothing
/// changes, nothing is written either.
pub async fn queue(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    when: When,
    act: &QueueContext<'_>,
) -> Result<Queued, QueueError> {
    if draft.issue.front.draft && when != When::Hold {
        return Err(QueueError::Draft);
    }
    attempts(db, library, newsletter, draft, when, ON_HOLD, act).await
}

/// Stores an issue that is not to go out before a person says so, and why. Its text may be another's.
pub(super) async fn hold(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    note: &str,
    act: &QueueContext<'_>,
) -> Result<Queued, QueueError> {
    attempts(db, library, newsletter, draft, When::Hold, note, &QueueContext { again: true, ..*act }).await
}

/// Takes an issue off the queue; `false` if it was not on it.
pub async fn unschedule(db: &Db, issue: IssueId, act: &QueueContext<'_>) -> Result<bool, StoreError> {
    db.write(async |tx| take_off(tx, issue, "taken off the queue", act).await).await
}

pub(super) async fn take_off(
    tx: &mut Tx,
    issue: IssueId,
    note: &str,
    act: &QueueContext<'_>,
) -> Result<bool, StoreError> {
    for from in [IssueState::Queued, IssueState::Held] {
        let event = Event::IssueUnscheduled { note: note.to_owned() };
        if issues::advance(tx, issue, from, IssueState::Draft, note, act.by(), &event).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Another command may take the slot, or change the issue, between looking and writing: the database notices, and what
/// is there now is looked at.
async fn attempts(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    when: When,
    note: &str,
    act: &QueueContext<'_>,
) -> Result<Queued, QueueError> {
    for _ in 0..ATTEMPTS_MAX {
        match attempt(db, library, newsletter, draft, when, note, act).await {
            Err(QueueError::Store(error)) if error.is_conflict() => {}
            Err(QueueError::Raced) => {}
            result => return result,
        }
    }
    Err(QueueError::Raced)
}

async fn attempt(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    when: When,
    note: &str,
    act: &QueueContext<'_>,
) -> Result<Queued, QueueError> {
    let mut tx = db.read().await?;
    let found = issues::find(&mut tx, newsletter, &draft.slug).await?;
    let plan = QueuePlan::load(&mut tx, library, newsletter, &draft.slug, act.now).await?;
    let readers = ledger::audience(&mut tx, newsletter).await?;
    let spot = spot(found.as_ref(), library, &plan, draft, when, act.now)?;
    if !act.again && found.is_none() {
        duplicates::refuse(&mut tx, newsletter, draft).await?;
    }
    let other = match (when, spot.place) {
        (When::Swap(_), Some(place)) => match plan.taken_at(place.due_at) {
            Some(slug) => issues::find(&mut tx, newsletter, slug).await?,
            None => None,
        },
        _ => None,
    };
    drop(tx);
    let other = match other {
        Some(other) => Some(displaced(db, library, &plan, found.as_ref(), other, act.now).await?),
        None => None,
    };
    let date = library.date_of(spot.place.map_or(act.now, |place| place.due_at));
    let RenderedIssue { revision, images, page, words, mut warnings } = library.render(draft, date)?;
    if spot.state == IssueState::Queued {
        warnings.extend(other_day(draft, date));
    }

    let (asked, file) = (library.asked(draft), library.file_outside(draft));
    let change = IssueUpdate { newsletter, slug: &draft.slug, asked: &asked, file, found: found.as_ref(), spot, note };
    let store = async |tx: &mut Tx| -> Result<(Issue, bool, bool, Option<Issue>), QueueError> {
        let id = revisions::ensure(tx, newsletter, &revision, act.now).await?;
        pages::put(tx, id, &page).await?;
        if !act.dry_run {
            pictures::attach(tx, id, &images).await?;
        }
        let displaced = match &other {
            Some(other) => {
                if let Some(found) = &found {
                    Shift::make_way(tx, found).await?;
                }
                Some(other.write(tx, act).await?)
            }
            None => None,
        };
        let (id, revised, moved) = change.write(tx, &revision.title, id, act).await?;
        Ok((issues::get(tx, id).await?.ok_or(QueueError::Raced)?, revised, moved, displaced))
    };
    let (issue, revised, moved, displaced) = if act.dry_run {
        // The same writes, rolled back: what is shown is what would be.
        let mut tx = db.begin().await?;
        store(&mut tx).await?
    } else {
        pictures::store(db, &images, act.now).await?;
        if let Some(other) = &other {
            other.store_images(db, act).await?;
        }
        db.write(store).await?
    };
    Ok(Queued { issue, revised, moved, displaced, readers, warnings, words })
}

/// A file that is named for another day than the one on which its issue goes out.
fn other_day(draft: &Draft, date: Date) -> Option<Problem> {
    let named = draft.named_date.filter(|named| *named != date)?;
    let message = format!("the file is named for {named}, but the issue goes out on {date}");
    let hint = format!("rename it to {date}-{}.md; it stays the same issue", draft.slug);
    Some(Problem::warning(Position::START, "file-date", message).hint(hint))
}

/// What is written of an issue, beside its content.
struct IssueUpdate<'a> {
    newsletter: NewsletterId,
    slug: &'a str,
    asked: &'a str,
    /// Where its file is, if that is not the newsletter's folder.
    file: Option<String>,
    found: Option<&'a Issue>,
    spot: Spot,
    note: &'a str,
}

impl IssueUpdate<'_> {
    /// Writes what differs. Returns the issue, whether its content changed, and whether its place did.
    async fn write(
        &self,
        tx: &mut Tx,
        title: &str,
        revision: RevisionId,
        act: &QueueContext<'_>,
    ) -> Result<(IssueId, bool, bool), QueueError> {
        let done = match self.found {
            None => (self.insert(tx, title, revision, act.by()).await?, false, true),
            Some(found) => {
                let (revised, moved) = self.update(tx, found, title, revision, act.by()).await?;
                if revised {
                    // Some have got another text by now.
                    issues::mark_corrected(tx, found.id, act.now).await?;
                }
                (found.id, revised, moved)
            }
        };
        let (id, ..) = done;
        if self.found.is_none_or(|found| found.asked != self.asked) {
            issues::note_asked(tx, id, self.asked).await?;
        }
        if self.found.map_or(self.file.is_some(), |found| found.file != self.file) {
            issues::note_file(tx, id, self.file.as_deref()).await?;
        }
        Ok(done)
    }

    async fn insert(&self, tx: &mut Tx, title: &str, revision: RevisionId, by: By<'_>) -> Result<IssueId, QueueError> {
        let (newsletter, slug, note, state) = (self.newsletter, self.slug, self.note(), self.spot.state);
        let (on_slot, beside) = self.spot.place.map_or((false, false), |place| (place.on_slot, place.beside));
        let new = NewIssue { newsletter, slug, title, state, revision, due_at: self.due_at(), on_slot, beside, note };
        issues::insert(tx, &new, by).await?.ok_or(QueueError::Raced)
    }

    async fn update(
        &self,
        tx: &mut Tx,
        found: &Issue,
        title: &str,
        revision: RevisionId,
        by: By<'_>,
    ) -> Result<(bool, bool), QueueError> {
        let Spot { state, place } = self.spot;
        let moved = found.state != state || (state == IssueState::Queued && found.place() != place);
        let revised = found.revision_id != revision;
        let mut done = true;
        if revised && moved {
            done = issues::put_content(tx, found.id, found.state, title, revision).await?;
        } else if revised {
            done = issues::revise(tx, found.id, found.state, title, revision, by).await?;
        }
        if done && moved {
            done = match place {
                Some(place) => issues::queue(tx, found.id, found.state, place, by).await?,
                None => {
                    let event = Event::IssueHeld { note: self.note().to_owned(), due_at: found.due_at };
                    issues::advance(tx, found.id, found.state, state, self.note(), by, &event).await?
                }
            };
        } else if done && state == IssueState::Held && found.note != self.note {
            done = issues::note_why(tx, found.id, state, self.note).await?;
        }
        if done { Ok((revised, moved)) } else { Err(QueueError::Raced) }
    }

    fn due_at(&self) -> Option<Timestamp> {
        self.spot.place.map(|place| place.due_at)
    }

    fn note(&self) -> &str {
        if self.spot.state == IssueState::Held { self.note } else { "" }
    }
}
