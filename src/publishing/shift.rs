//! A queued issue goes to another place, with the text that was queued. Its mail shows the day, so it is rendered anew
//! for that day, from what is stored: its file may have changed since, or be gone.
//!
//! A person who moves a followed file's issue is obeyed until the file says something else of its time.

use jiff::civil::Date;

use super::error::QueueError;
use super::pictures;
use super::plan::{NoSlot, QueuePlan};
use super::publisher::Publisher;
use super::render::RenderedIssue;
use super::source::Source;
use super::spot::{When, moment_for, slot};
use crate::domain::issue::IssueState;
use crate::domain::{IssueId, NewsletterId};
use crate::store::issues::{Issue, QueuePlace};
use crate::store::{StoreError, Tx, issues, pages, revisions};

/// How often what is there now is looked at again when another command got in between.
const ATTEMPTS_MAX: usize = 16;

/// One issue and where it is to go.
pub(super) struct Shift {
    issue: Issue,
    to: QueuePlace,
    /// Its mail for that day, where that is another day.
    rendered: Option<RenderedIssue>,
}

impl Shift {
    /// Of an issue that is queued.
    async fn to(publisher: &Publisher<'_>, issue: Issue, to: QueuePlace) -> Result<Self, QueueError> {
        let date_of = |at| publisher.newsletter().date_of(at);
        let date = date_of(to.due_at);
        let same_day = issue.due_at.is_some_and(|due_at| date_of(due_at) == date);
        let rendered = if same_day { None } else { Some(redated(publisher, &issue, date).await?) };
        Ok(Self { issue, to, rendered })
    }

    /// Of the issue whose time another takes by a swap, if there is one: to the place that one leaves, or else to the next
    /// free slot.
    pub(super) async fn of_displaced(
        publisher: &Publisher<'_>,
        plan: &QueuePlan<'_>,
        found: Option<&Issue>,
        when: When,
        place: QueuePlace,
    ) -> Result<Option<Self>, QueueError> {
        let Publisher { db, now, .. } = *publisher;
        let taken = plan.taken_at(place.due_at).filter(|_| matches!(when, When::Swap(_)));
        let Some(slug) = taken else { return Ok(None) };
        let other = issues::find(&mut db.read().await?, publisher.newsletter().id, slug).await?;
        // It may have gone elsewhere since the plan was made.
        let other = other.filter(|other| other.due_at == Some(place.due_at)).ok_or(QueueError::Raced)?;
        let to = match found.and_then(Issue::place).filter(|place| place.due_at > now) {
            Some(left) => left,
            None => {
                let after = other.due_at.map_or(now, |due_at| due_at.max(now));
                slot(plan.slot_after(after).ok_or(NoSlot::None)?)
            }
        };
        Self::to(publisher, other, to).await.map(Some)
    }

    /// Lets another have the place of `issue`, and goes to its own.
    pub(super) async fn change_with(
        &self,
        tx: &mut Tx,
        publisher: &Publisher<'_>,
        issue: Option<&Issue>,
        dry_run: bool,
    ) -> Result<Issue, QueueError> {
        if let Some((id, place)) = issue.and_then(|issue| Some((issue.id, issue.place()?))) {
            done(issues::make_way(tx, id, place.due_at).await?)?;
        }
        self.write(tx, publisher, dry_run).await
    }

    /// Stores the images that its mail shows.
    pub(super) async fn store_images(&self, publisher: &Publisher<'_>) -> Result<(), StoreError> {
        match &self.rendered {
            Some(rendered) => pictures::store(publisher.db, &rendered.images, publisher.now).await,
            None => Ok(()),
        }
    }

    /// Moves it, if it is still where it was.
    async fn write(&self, tx: &mut Tx, publisher: &Publisher<'_>, dry_run: bool) -> Result<Issue, QueueError> {
        let Self { issue, to, rendered } = self;
        let mut revision = issue.revision_id;
        if let Some(rendered) = rendered {
            revision = revisions::ensure(tx, issue.newsletter_id, &rendered.revision, publisher.now).await?;
            pages::put(tx, revision, &rendered.page).await?;
            if !dry_run {
                pictures::attach(tx, revision, &rendered.images).await?;
            }
        }
        // A text that was queued meanwhile is not overwritten: it is looked at again.
        done(found(tx, issue.id).await?.revision_id == issue.revision_id)?;
        let from = issue.due_at.ok_or(QueueError::Raced)?;
        done(issues::shift(tx, issue.id, from, *to, revision, publisher.by()).await?)?;
        found(tx, issue.id).await
    }
}

/// What moving did: the issue as it stands now, and the one that had its time.
#[derive(Clone, Debug)]
pub struct Moved {
    pub issue: Issue,
    /// The issue that went elsewhere for it.
    pub displaced: Option<Issue>,
}

impl Publisher<'_> {
    /// Moves a queued issue: to a time, beside or instead of another, or to the next slot that nobody has.
    pub async fn move_issue(&self, slug: &str, when: When) -> Result<Moved, QueueError> {
        for _ in 0..ATTEMPTS_MAX {
            match self.move_once(slug, when).await {
                Err(error) if error.is_raced() => {}
                result => return result,
            }
        }
        Err(QueueError::Raced)
    }

    async fn move_once(&self, slug: &str, when: When) -> Result<Moved, QueueError> {
        let newsletter = self.newsletter();
        let mut tx = self.db.read().await?;
        let issue = queued(&mut tx, newsletter.id, slug).await?;
        let plan = QueuePlan::load(&mut tx, newsletter, slug, self.now).await?;
        let to = match when {
            When::At(_) | When::Beside(_) | When::Swap(_) => moment_for(&plan, Some(&issue), when, self.now)?,
            _ => slot(plan.slot_after(self.now).ok_or(NoSlot::None)?),
        };
        if issue.place() == Some(to) {
            return Ok(Moved { issue, displaced: None });
        }
        drop(tx);
        let other = Shift::of_displaced(self, &plan, Some(&issue), when, to).await?;
        self.write(Shift::to(self, issue, to).await?, other).await
    }

    /// Exchanges the places of two queued issues.
    pub async fn swap(&self, slugs: [&str; 2]) -> Result<Moved, QueueError> {
        for _ in 0..ATTEMPTS_MAX {
            match self.swap_once(slugs).await {
                Err(error) if error.is_raced() => {}
                result => return result,
            }
        }
        Err(QueueError::Raced)
    }

    async fn swap_once(&self, [one, other]: [&str; 2]) -> Result<Moved, QueueError> {
        let newsletter = self.newsletter().id;
        let mut tx = self.db.read().await?;
        let one = queued(&mut tx, newsletter, one).await?;
        let other = queued(&mut tx, newsletter, other).await?;
        drop(tx);
        let places = one.place().zip(other.place()).ok_or(QueueError::Raced)?;
        // What was missed is not brought back by an exchange.
        if let Some(past) = [places.0, places.1].into_iter().find(|place| place.due_at < self.now) {
            return Err(QueueError::Past(past.due_at));
        }
        if one.id == other.id || places.0 == places.1 {
            return Ok(Moved { issue: one, displaced: Some(other) });
        }
        let other = Shift::to(self, other, places.0).await?;
        self.write(Shift::to(self, one, places.1).await?, Some(other)).await
    }

    /// First off its place, then the other there, then on its own: at no moment do two have one place.
    async fn write(&self, shift: Shift, other: Option<Shift>) -> Result<Moved, QueueError> {
        shift.store_images(self).await?;
        if let Some(other) = &other {
            other.store_images(self).await?;
        }
        let store = async |tx: &mut Tx| -> Result<Moved, QueueError> {
            let displaced = match &other {
                Some(other) => Some(other.change_with(tx, self, Some(&shift.issue), false).await?),
                None => None,
            };
            Ok(Moved { issue: shift.write(tx, self, false).await?, displaced })
        };
        self.db.write(store).await
    }
}

async fn queued(tx: &mut Tx, newsletter: NewsletterId, slug: &str) -> Result<Issue, QueueError> {
    let unknown = || QueueError::Unknown(slug.to_owned());
    let issue = issues::find(tx, newsletter, slug).await?.ok_or_else(unknown)?;
    match issue.state {
        IssueState::Queued => Ok(issue),
        state => Err(QueueError::NotQueued { slug: slug.to_owned(), state }),
    }
}

async fn found(tx: &mut Tx, id: IssueId) -> Result<Issue, QueueError> {
    issues::get(tx, id).await?.ok_or(QueueError::Raced)
}

fn done(changed: bool) -> Result<(), QueueError> {
    if changed { Ok(()) } else { Err(QueueError::Raced) }
}

/// What is stored of an issue, rendered for another day.
async fn redated(publisher: &Publisher<'_>, issue: &Issue, date: Date) -> Result<RenderedIssue, QueueError> {
    let mut tx = publisher.db.read().await?;
    let text = revisions::source(&mut tx, issue.revision_id).await?.unwrap_or_default();
    let images = pictures::stored(&mut tx, issue.revision_id).await?;
    drop(tx);
    let source = Source::new(publisher.newsletter(), &issue.slug, &text, images)?;
    Ok(publisher.renderer.render(&source, date)?)
}
