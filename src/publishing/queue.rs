//! An issue gets its place: on the next free slot, at a time, at once, or on hold. The one door for it, whoever asks.

use super::library::{Draft, Library, LibraryError, Rendered};
use crate::clock::Timestamp;
use crate::domain::issue::IssueState;
use crate::domain::slot::next_of;
use crate::domain::{IssueId, NewsletterId, RevisionId};
use crate::store::events::{self, About};
use crate::store::issues::{Issue, NewIssue};
use crate::store::{Db, StoreError, Tx, issues, ledger, revisions};

/// Slots looked at before giving up: two years of weeks.
const SLOTS_MAX: usize = 104;

/// When an issue is to go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// On the first slot that no other issue has. An issue that is queued already keeps its place.
    NextSlot,
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
    /// How many would get it now.
    pub readers: i64,
    /// What an editor should look at.
    pub warnings: Vec<crate::content::Problem>,
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

/// Queues an issue, or gives one that is queued or paused new content. With `dry_run` nothing is stored.
pub async fn queue(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    when: When,
    act: &super::queue::Actor<'_>,
) -> Result<Queued, QueueError> {
    if draft.issue.front.draft && when != When::Hold {
        return Err(QueueError::Draft);
    }
    // Another command may take the slot between looking and writing; the index notices, and the next one is tried.
    for _ in 0..SLOTS_MAX {
        match attempt(db, library, newsletter, draft, when, act).await {
            Err(QueueError::Store(error)) if error.is_unique_violation() => {}
            result => return result,
        }
    }
    Err(QueueError::Raced)
}

/// Who queues, and when.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// `cli`, `schedule`.
    pub name: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Only look.
    pub dry_run: bool,
}

/// The first slot after `now` that no queued issue has.
pub async fn next_free_slot(
    tx: &mut Tx,
    library: &Library<'_>,
    newsletter: NewsletterId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let taken = issues::taken_times(tx, newsletter).await?;
    let mut slot = next_of(&library.newsletter.slots, &library.newsletter.time_zone, now);
    for _ in 0..SLOTS_MAX {
        match slot {
            Some(at) if taken.contains(&at) => {
                slot = next_of(&library.newsletter.slots, &library.newsletter.time_zone, at);
            }
            free => return Ok(free),
        }
    }
    Ok(None)
}

/// Takes an issue off the queue; `false` if it was not on it.
pub async fn unschedule(db: &Db, issue: IssueId, act: &Actor<'_>) -> Result<bool, StoreError> {
    db.write(async |tx| {
        let off = issues::advance(tx, issue, IssueState::Queued, IssueState::Draft, "taken off the queue").await?
            || issues::advance(tx, issue, IssueState::Held, IssueState::Draft, "taken off the queue").await?;
        if off {
            let about = About { issue: Some(issue), ..About::default() };
            events::append(tx, act.now, "issue.unscheduled", act.name, about, "{}").await?;
        }
        Ok(off)
    })
    .await
}

async fn attempt(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    when: When,
    act: &Actor<'_>,
) -> Result<Queued, QueueError> {
    let mut tx = db.read().await?;
    let found = issues::find(&mut tx, newsletter, &draft.slug).await?;
    let free = next_free_slot(&mut tx, library, newsletter, act.now).await?;
    let readers = ledger::audience(&mut tx, newsletter).await?;
    drop(tx);
    let place = place(found.as_ref(), free, when, act.now)?;
    let date = library.date_of(place.due_at.unwrap_or(act.now));
    let Rendered { revision, words, warnings } = library.render(draft, date)?;

    let title = revision.title.clone();
    let store = async |tx: &mut Tx| -> Result<(Issue, bool), QueueError> {
        let revision = revisions::ensure(tx, newsletter, &revision, act.now).await?;
        let id = write(tx, newsletter, found.as_ref(), &draft.slug, &title, revision, &place, act).await?;
        let issue = issues::get(tx, id).await?.ok_or(QueueError::Raced)?;
        let revised = found.as_ref().is_some_and(|found| found.revision_id != revision);
        Ok((issue, revised))
    };
    let (issue, revised) = if act.dry_run {
        // The same writes, rolled back: what is shown is what would be.
        let mut tx = db.begin().await?;
        store(&mut tx).await?
    } else {
        db.write(store).await?
    };
    Ok(Queued { issue, revised, readers, warnings, words })
}

/// Where an issue goes.
#[derive(Clone, Copy, Debug)]
struct Place {
    due_at: Option<Timestamp>,
    on_slot: bool,
    hold: bool,
}

fn place(found: Option<&Issue>, free: Option<Timestamp>, when: When, now: Timestamp) -> Result<Place, QueueError> {
    if let Some(issue) = found {
        let slug = issue.slug.clone();
        match issue.state {
            IssueState::Sent => return Err(QueueError::Done { slug, state: "was sent" }),
            IssueState::Stopped => return Err(QueueError::Done { slug, state: "was stopped" }),
            IssueState::Sending | IssueState::Preparing => return Err(QueueError::GoingOut { slug }),
            // It has begun to go out, so its date stays.
            IssueState::Paused => return Ok(Place { due_at: issue.due_at, on_slot: issue.on_slot, hold: false }),
            IssueState::Queued if when == When::NextSlot && issue.due_at.is_some_and(|due_at| due_at > now) => {
                return Ok(Place { due_at: issue.due_at, on_slot: issue.on_slot, hold: false });
            }
            IssueState::Queued | IssueState::Draft | IssueState::Held => {}
        }
    }
    Ok(match when {
        When::NextSlot => Place { due_at: Some(free.ok_or(QueueError::NoSlot)?), on_slot: true, hold: false },
        When::At(at) if at < now => return Err(QueueError::Past(at)),
        When::At(at) => Place { due_at: Some(at), on_slot: false, hold: false },
        When::Now => Place { due_at: Some(now), on_slot: false, hold: false },
        When::Hold => Place { due_at: None, on_slot: false, hold: true },
    })
}

#[expect(clippy::too_many_arguments, reason = "one write, whose parts have no other reason to be a struct")]
async fn write(
    tx: &mut Tx,
    newsletter: NewsletterId,
    found: Option<&Issue>,
    slug: &str,
    title: &str,
    revision: RevisionId,
    place: &Place,
    act: &Actor<'_>,
) -> Result<IssueId, QueueError> {
    let (state, note) = match place.hold {
        true => (IssueState::Held, "on hold until a person queues it"),
        false => (IssueState::Queued, ""),
    };
    let id = match found {
        None => {
            let new = NewIssue {
                newsletter,
                slug,
                title,
                state,
                revision,
                due_at: place.due_at,
                on_slot: place.on_slot,
                note,
            };
            issues::insert(tx, &new, act.now).await?.ok_or(QueueError::Raced)?
        }
        Some(found) => {
            let mut done = issues::revise(tx, found.id, found.state, title, revision).await?;
            if done && found.state.is_editable() {
                done = match (place.hold, place.due_at) {
                    (true, _) if found.state == IssueState::Held => true,
                    (true, _) => issues::advance(tx, found.id, found.state, IssueState::Held, note).await?,
                    (false, Some(due_at)) => issues::queue(tx, found.id, found.state, due_at, place.on_slot).await?,
                    (false, None) => true,
                };
            }
            if !done {
                return Err(QueueError::Raced);
            }
            found.id
        }
    };
    let data = serde_json::json!({ "revision": revision.0, "due_at": place.due_at }).to_string();
    let about = About { newsletter: Some(newsletter), issue: Some(id), ..About::default() };
    let kind = match found {
        Some(found) if found.state == IssueState::Paused => "issue.revised",
        _ if place.hold => "issue.held",
        _ => "issue.queued",
    };
    events::append(tx, act.now, kind, act.name, about, &data).await?;
    Ok(id)
}
