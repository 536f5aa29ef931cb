//! An issue gets its place: on the next free slot, at a time, at once, or on hold. The one door for it, whoever asks.

use jiff::civil::Date;

use super::duplicates;
use super::error::QueueError;
use super::pictures;
use super::plan::QueuePlan;
use super::publisher::{Publisher, QueueOptions};
use super::render::RenderedIssue;
use super::shift::Shift;
use super::source::Source;
use super::spot::{Spot, When, spot};
use crate::clock::Timestamp;
use crate::content::problem::{Position, Problem};
use crate::domain::actor::By;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::domain::{IssueId, RevisionId};
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

/// One wish to have an issue in a place, and why it is held where it is to be.
struct Order<'a> {
    source: &'a Source,
    when: When,
    note: &'a str,
    options: QueueOptions,
}

impl Publisher<'_> {
    /// Queues an issue, or gives one that is queued or paused new content. To look only stores nothing; where nothing
    /// changes, nothing is written either.
    pub async fn queue(&self, source: &Source, when: When, options: QueueOptions) -> Result<Queued, QueueError> {
        if source.issue.front.draft && when != When::Hold {
            return Err(QueueError::Draft);
        }
        self.put(&Order { source, when, note: ON_HOLD, options }).await
    }

    /// Stores an issue that is not to go out before a person says so, and why. Its text may be another's.
    pub(super) async fn hold(&self, source: &Source, note: &str) -> Result<Queued, QueueError> {
        let options = QueueOptions { dry_run: false, again: true };
        self.put(&Order { source, when: When::Hold, note, options }).await
    }

    /// Another command may take the slot, or change the issue, between looking and writing: the database notices, and
    /// what is there now is looked at.
    async fn put(&self, order: &Order<'_>) -> Result<Queued, QueueError> {
        for _ in 0..ATTEMPTS_MAX {
            match self.attempt(order).await {
                Err(error) if error.is_raced() => {}
                result => return result,
            }
        }
        Err(QueueError::Raced)
    }

    async fn attempt(&self, order: &Order<'_>) -> Result<Queued, QueueError> {
        let Self { db, now, .. } = *self;
        let Order { source, when, note, options } = *order;
        let newsletter = self.newsletter();
        let mut tx = db.read().await?;
        let found = issues::find(&mut tx, newsletter.id, &source.slug).await?;
        let plan = QueuePlan::load(&mut tx, newsletter, &source.slug, now).await?;
        let readers = ledger::audience(&mut tx, newsletter.id).await?;
        let spot = spot(found.as_ref(), &plan, source, when, now)?;
        if !options.again && found.is_none() {
            duplicates::refuse(&mut tx, newsletter.id, source).await?;
        }
        drop(tx);
        let other = match spot.place {
            Some(place) => Shift::of_displaced(self, &plan, found.as_ref(), when, place).await?,
            None => None,
        };
        let date = newsletter.date_of(spot.place.map_or(now, |place| place.due_at));
        let RenderedIssue { revision, images, page, words, mut warnings } = self.renderer.render(source, date)?;
        if spot.state == IssueState::Queued {
            warnings.extend(other_day(source, date));
        }

        let change = IssueUpdate { publisher: self, source, found: found.as_ref(), spot, note };
        let store = async |tx: &mut Tx| -> Result<(Issue, bool, bool, Option<Issue>), QueueError> {
            let id = revisions::ensure(tx, newsletter.id, &revision, now).await?;
            pages::put(tx, id, &page).await?;
            if !options.dry_run {
                pictures::attach(tx, id, &images).await?;
            }
            let displaced = match &other {
                Some(other) => Some(other.change_with(tx, self, found.as_ref(), options.dry_run).await?),
                None => None,
            };
            let (id, revised, moved) = change.write(tx, &revision.title, id).await?;
            Ok((issues::get(tx, id).await?.ok_or(QueueError::Raced)?, revised, moved, displaced))
        };
        let (issue, revised, moved, displaced) = if options.dry_run {
            // The same writes, rolled back: what is shown is what would be.
            let mut tx = db.begin().await?;
            store(&mut tx).await?
        } else {
            pictures::store(db, &images, now).await?;
            if let Some(other) = &other {
                other.store_images(self).await?;
            }
            db.write(store).await?
        };
        Ok(Queued { issue, revised, moved, displaced, readers, warnings, words })
    }
}

/// Takes an issue off the queue; `false` if it was not on it. Needs no layout, so that it works whatever these are like.
pub async fn unschedule(db: &Db, issue: IssueId, by: By<'_>) -> Result<bool, StoreError> {
    db.write(async |tx| take_off(tx, issue, "taken off the queue", by).await).await
}

pub(super) async fn take_off(tx: &mut Tx, issue: IssueId, note: &str, by: By<'_>) -> Result<bool, StoreError> {
    for from in [IssueState::Queued, IssueState::Held] {
        let event = Event::IssueUnscheduled { note: note.to_owned() };
        if issues::advance(tx, issue, from, IssueState::Draft, note, by, &event).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A file that is named for another day than the one on which its issue goes out.
fn other_day(source: &Source, date: Date) -> Option<Problem> {
    let named = source.named_date.filter(|named| *named != date)?;
    let message = format!("the file is named for {named}, but the issue goes out on {date}");
    let hint = format!("rename it to {date}-{}.md; it stays the same issue", source.slug);
    Some(Problem::warning(Position::START, "file-date", message).hint(hint))
}

/// What is written of an issue, beside its content.
struct IssueUpdate<'a> {
    publisher: &'a Publisher<'a>,
    source: &'a Source,
    found: Option<&'a Issue>,
    spot: Spot,
    note: &'a str,
}

impl IssueUpdate<'_> {
    /// Writes what differs. Returns the issue, whether its content changed, and whether its place did.
    async fn write(&self, tx: &mut Tx, title: &str, revision: RevisionId) -> Result<(IssueId, bool, bool), QueueError> {
        let (by, now) = (self.publisher.by(), self.publisher.now);
        let done = match self.found {
            None => (self.insert(tx, title, revision, by).await?, false, true),
            Some(found) => {
                let (revised, moved) = self.update(tx, found, title, revision, by).await?;
                if revised {
                    // Some have got another text by now.
                    issues::mark_corrected(tx, found.id, now).await?;
                }
                (found.id, revised, moved)
            }
        };
        let (id, ..) = done;
        let (asked, file) = (self.source.asked(), self.source.file.as_deref());
        if self.found.is_none_or(|found| found.asked != asked) {
            issues::note_asked(tx, id, &asked).await?;
        }
        if self.found.and_then(|found| found.file.as_deref()) != file {
            issues::note_file(tx, id, file).await?;
        }
        Ok(done)
    }

    async fn insert(&self, tx: &mut Tx, title: &str, revision: RevisionId, by: By<'_>) -> Result<IssueId, QueueError> {
        let (newsletter, slug) = (self.publisher.newsletter().id, self.source.slug.as_str());
        let (note, state) = (self.note(), self.spot.state);
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
