//! An issue gets its place: on the next free slot, at a time, at once, or on hold. The one door for it, whoever asks.

use jiff::civil::Date;

use super::library::{Draft, Library, LibraryError, Rendered};
use super::pictures;
use super::plan::Plan;
use super::twins;
use crate::clock::Timestamp;
use crate::content::problem::{Position, Problem};
use crate::domain::actor::{Actor, By};
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::domain::{IssueId, NewsletterId, RevisionId};
use crate::store::issues::{Issue, NewIssue};
use crate::store::{Db, StoreError, Tx, issues, ledger, pages, revisions};

/// How often what is there now is looked at again when another command got in between.
const ATTEMPTS_MAX: usize = 104;

/// When an issue is to go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// On the slot of its file's day, or else the first that nobody has. An issue that is queued already keeps its place, unless that is so
    /// long past that the calendar would hold it.
    NextSlot,
    /// The same, but an issue that is queued already leaves its place.
    FreeSlot,
    /// At a time.
    At(Timestamp),
    /// As soon as the scheduler looks.
    Now,
    /// Not before a person says so.
    Hold,
}

/// What queueing did.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The issue as it stands now.
    pub issue: Issue,
    /// Whether its content changed.
    pub revised: bool,
    /// Whether it is new on the queue, or at another place than before.
    pub moved: bool,
    /// How many would get it now.
    pub readers: i64,
    /// What an editor should look at.
    pub warnings: Vec<Problem>,
    /// Words in it.
    pub words: usize,
}

/// Why an issue was not queued. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Its file.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// It says itself that it is not finished.
    #[error("it is a draft: its front matter says `draft: true`; take that line out first")]
    Draft,
    /// It went out.
    #[error("{slug:?} {state} already; give the file another name to send it as a new issue")]
    Done {
        /// The issue.
        slug: String,
        /// How it ended.
        state: &'static str,
    },
    /// It is going out.
    #[error(
        "{slug:?} is going out; `coranto issues pause {slug}` first, then queue it again to serve the rest with the new text"
    )]
    GoingOut {
        /// The issue.
        slug: String,
    },
    /// Another issue has the same text.
    #[error("{other:?} has the same text ({state}); --again sends it once more")]
    Twin {
        /// That issue.
        other: String,
        /// Where it stands.
        state: IssueState,
    },
    /// The newsletter has no slots.
    #[error("the newsletter has no slot; give it one in coranto.toml (slot = \"Fri 09:00\"), or say --at or --now")]
    NoSlot,
    /// The time is gone.
    #[error("{0} is in the past; say a later time, or --now")]
    Past(Timestamp),
    /// Another command got in between.
    #[error("another command changed the issue at the same moment; look at `coranto status` and try again")]
    Raced,
    /// Anything the database says.
    #[error(transparent)]
    Store(#[from] StoreError),
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
    act: &Act<'_>,
) -> Result<Queued, QueueError> {
    if draft.issue.front.draft && when != When::Hold {
        return Err(QueueError::Draft);
    }
    attempts(db, library, newsletter, draft, when, ON_HOLD, act).await
}

/// Stores an issue that is not to go out before a person says so, and why.
pub(super) async fn hold(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    note: &'static str,
    act: &Act<'_>,
) -> Result<Queued, QueueError> {
    attempts(db, library, newsletter, draft, When::Hold, note, act).await
}

/// Who queues, when and how.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// Now.
    pub now: Timestamp,
    /// Only look.
    pub dry_run: bool,
    /// Whether a text that another issue has may go out again.
    pub again: bool,
}

impl<'a> Act<'a> {
    pub(super) fn by(&self) -> By<'a> {
        self.actor.at(self.now)
    }
}

/// Takes an issue off the queue; `false` if it was not on it.
pub async fn unschedule(db: &Db, issue: IssueId, act: &Act<'_>) -> Result<bool, StoreError> {
    db.write(async |tx| take_off(tx, issue, "taken off the queue", act).await).await
}

pub(super) async fn take_off(tx: &mut Tx, issue: IssueId, note: &str, act: &Act<'_>) -> Result<bool, StoreError> {
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
    note: &'static str,
    act: &Act<'_>,
) -> Result<Queued, QueueError> {
    for _ in 0..ATTEMPTS_MAX {
        match attempt(db, library, newsletter, draft, when, note, act).await {
            Err(QueueError::Store(error)) if error.is_unique_violation() => {}
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
    note: &'static str,
    act: &Act<'_>,
) -> Result<Queued, QueueError> {
    let mut tx = db.read().await?;
    let found = issues::find(&mut tx, newsletter, &draft.slug).await?;
    let plan = Plan::load(&mut tx, library, newsletter, &draft.slug, act.now).await?;
    let readers = ledger::audience(&mut tx, newsletter).await?;
    let slot = || plan.slot(library, draft.named_date, act.now);
    let place = place(found.as_ref(), library.newsletter, slot, when, act.now)?;
    if !act.again && found.is_none() {
        twins::refuse(&mut tx, newsletter, draft).await?;
    }
    drop(tx);
    let date = library.date_of(place.due_at.unwrap_or(act.now));
    let Rendered { revision, images, page, words, mut warnings } = library.render(draft, date)?;
    if place.state == IssueState::Queued {
        warnings.extend(other_day(draft, date));
    }

    let asked = library.asked(draft);
    let change = Change { newsletter, slug: &draft.slug, asked: &asked, found: found.as_ref(), place, note };
    let store = async |tx: &mut Tx| -> Result<(Issue, bool, bool), QueueError> {
        let id = revisions::ensure(tx, newsletter, &revision, act.now).await?;
        pages::put(tx, id, &page).await?;
        if !act.dry_run {
            pictures::attach(tx, id, &images).await?;
        }
        let (id, revised, moved) = change.write(tx, &revision.title, id, act).await?;
        Ok((issues::get(tx, id).await?.ok_or(QueueError::Raced)?, revised, moved))
    };
    let (issue, revised, moved) = if act.dry_run {
        // The same writes, rolled back: what is shown is what would be.
        let mut tx = db.begin().await?;
        store(&mut tx).await?
    } else {
        pictures::store(db, &images, act.now).await?;
        db.write(store).await?
    };
    Ok(Queued { issue, revised, moved, readers, warnings, words })
}

/// Where an issue goes.
#[derive(Clone, Copy, Debug)]
struct Place {
    state: IssueState,
    due_at: Option<Timestamp>,
    on_slot: bool,
}

fn place(
    found: Option<&Issue>,
    newsletter: &Newsletter,
    slot: impl FnOnce() -> Option<Timestamp>,
    when: When,
    now: Timestamp,
) -> Result<Place, QueueError> {
    if let Some(issue) = found {
        let slug = issue.slug.clone();
        let stays = Place { state: issue.state, due_at: issue.due_at, on_slot: issue.on_slot };
        match issue.state {
            IssueState::Sent => return Err(QueueError::Done { slug, state: "was sent" }),
            IssueState::Stopped => return Err(QueueError::Done { slug, state: "was stopped" }),
            IssueState::Sending | IssueState::Preparing => return Err(QueueError::GoingOut { slug }),
            // It has begun to go out, so its date stays.
            IssueState::Paused => return Ok(stays),
            // It may be due this very moment: then it goes out, and not a week later.
            IssueState::Queued if when == When::NextSlot && !is_missed(issue, newsletter, now) => return Ok(stays),
            IssueState::Queued | IssueState::Draft | IssueState::Held => {}
        }
    }
    let queued = |due_at, on_slot| Ok(Place { state: IssueState::Queued, due_at: Some(due_at), on_slot });
    match when {
        When::NextSlot | When::FreeSlot => queued(slot().ok_or(QueueError::NoSlot)?, true),
        When::At(at) if at < now => Err(QueueError::Past(at)),
        When::At(at) => queued(at, false),
        When::Now => queued(now, false),
        When::Hold => Ok(Place { state: IssueState::Held, due_at: None, on_slot: false }),
    }
}

/// A file that is named for another day than the one on which its issue goes out.
fn other_day(draft: &Draft, date: Date) -> Option<Problem> {
    let named = draft.named_date.filter(|named| *named != date)?;
    let message = format!("the file is named for {named}, but the issue goes out on {date}");
    let hint = format!("rename it to {date}-{}.md; it stays the same issue", draft.slug);
    Some(Problem::warning(Position::START, "file-date", message).hint(hint))
}

/// Whether the time of a queued issue is so long past that the calendar holds it.
pub(super) fn is_missed(issue: &Issue, newsletter: &Newsletter, now: Timestamp) -> bool {
    issue.due_at.is_none_or(|due_at| now.since(due_at) > newsletter.grace)
}

/// What is written of an issue, beside its content.
struct Change<'a> {
    newsletter: NewsletterId,
    slug: &'a str,
    asked: &'a str,
    found: Option<&'a Issue>,
    place: Place,
    note: &'static str,
}

impl Change<'_> {
    /// Writes what differs. Returns the issue, whether its content changed, and whether its place did.
    async fn write(
        &self,
        tx: &mut Tx,
        title: &str,
        revision: RevisionId,
        act: &Act<'_>,
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
        Ok(done)
    }

    async fn insert(&self, tx: &mut Tx, title: &str, revision: RevisionId, by: By<'_>) -> Result<IssueId, QueueError> {
        let Place { state, due_at, on_slot } = self.place;
        let (newsletter, slug, note) = (self.newsletter, self.slug, self.note());
        let new = NewIssue { newsletter, slug, title, state, revision, due_at, on_slot, note };
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
        let Place { state, due_at, on_slot } = self.place;
        let place = (found.due_at, found.on_slot);
        let moved = found.state != state || (state == IssueState::Queued && place != (due_at, on_slot));
        let revised = found.revision_id != revision;
        let mut done = true;
        if revised && moved {
            done = issues::put_content(tx, found.id, found.state, title, revision).await?;
        } else if revised {
            done = issues::revise(tx, found.id, found.state, title, revision, by).await?;
        }
        if done && moved {
            done = match due_at {
                Some(due_at) => issues::queue(tx, found.id, found.state, due_at, on_slot, by).await?,
                None => {
                    let event = Event::IssueHeld { note: self.note().to_owned(), due_at: found.due_at };
                    issues::advance(tx, found.id, found.state, state, self.note(), by, &event).await?
                }
            };
        }
        if done { Ok((revised, moved)) } else { Err(QueueError::Raced) }
    }

    fn note(&self) -> &'static str {
        if self.place.state == IssueState::Held { self.note } else { "" }
    }
}
