//! One followed file and its issue: what the file asks for meets where the issue stands. Decides; the queue writes.

use std::path::Path;

use super::duplicates;
use super::error::QueueError;
use super::notice::FollowNotice;
use super::plan::{NoSlot, QueuePlan};
use super::publisher::{Publisher, QueueOptions};
use super::queue::{self, Queued};
use super::sender;
use super::source::{ASKED_DRAFT, Source};
use super::spot::{SETTLING, When, is_missed};
use crate::clock::Timestamp;
use crate::domain::issue::IssueState;
use crate::domain::moment::moment;
use crate::store::issues::Issue;
use crate::store::{issues, newsletters, revisions};

/// Nobody knows which slot it means, nor whether another database has sent it.
const OLDER: &str = "its name has no day and it is older than this database; queue it if it is to go out";
const LATE: &str = "its send_at was already past when the file was first seen; queue it if it is to go out";

/// A file that was read, and what is needed to do something about it.
pub(super) struct Followed<'a> {
    pub(super) publisher: &'a Publisher<'a>,
    pub(super) source: &'a Source,
    pub(super) path: &'a Path,
    /// Whether it says when it is to go out, and is no draft.
    pub(super) asks: bool,
}

/// What is done with a file at the next look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextLook {
    /// It changed since the last look: an editor may be in the middle of it. It is read once it stayed the same.
    Settle,
    /// It is looked at again though it stayed the same, because what stood in its way may be gone.
    Again,
    /// Nothing, until it changes.
    Rest,
}

/// What is done with the file at the next look, and what there is to be said.
pub(super) type FollowUp = Result<(NextLook, Option<FollowNotice>), QueueError>;

impl Followed<'_> {
    /// Does what the file says, as far as its issue stands where it may be done. `again`: in this state of the file it
    /// was tried before.
    pub(super) async fn keep_up(&self, again: bool) -> FollowUp {
        let found =
            issues::find(&mut self.publisher.db.read().await?, self.publisher.newsletter().id, &self.source.slug)
                .await?;
        match found {
            None if self.asks => self.put(true).await,
            None => Ok((NextLook::Rest, None)),
            Some(issue) => self.known(&issue, again).await,
        }
    }

    /// Puts the issue where its file says, or on hold where that cannot be. `new`: the database does not know it yet.
    async fn put(&self, new: bool) -> FollowUp {
        let now = self.publisher.now;
        let when = match self.source.wanted {
            None => When::OwnSlot,
            Some(at) if at < now.minus(SETTLING) => return self.hold(LATE).await,
            Some(at) => When::At(at.max(now)),
        };
        if let Some(doubt) = self.doubt(when, new).await? {
            return self.hold(&doubt).await;
        }
        match self.queue(when).await {
            Err(error @ QueueError::Taken { .. }) => {
                self.hold(&format!("{error}: give one of the two another time, or say `coranto queue FILE --beside`"))
                    .await
            }
            Err(QueueError::NoSlot(error)) if error != NoSlot::None => self.hold(&self.no_slot(&error)).await,
            queued => Ok((NextLook::Rest, told(queued?))),
        }
    }

    /// Why a person should say whether this goes out, if they should: a file may be older than the database, or an issue
    /// that went out under another name.
    async fn doubt(&self, when: When, new: bool) -> Result<Option<String>, QueueError> {
        let Self { publisher: Publisher { db, now, .. }, source, .. } = *self;
        let newsletter = self.publisher.newsletter();
        let mut tx = db.read().await?;
        if when == When::OwnSlot {
            let plan = QueuePlan::load(&mut tx, newsletter, &source.slug, *now).await?;
            match plan.own_slot(source.named_date, now.minus(SETTLING)) {
                // It is told when it is queued.
                Ok(_) | Err(NoSlot::None) => {}
                Err(error) => return Ok(Some(self.no_slot(&error))),
            }
        }
        if let Some(why) = sender::trouble(&mut tx, self.publisher).await? {
            return Ok(Some(why));
        }
        if !new {
            return Ok(None);
        }
        if let Some(other) = duplicates::likeness(&mut tx, newsletter.id, source).await? {
            let is = other.state;
            return Ok(Some(format!("it is like {:?}, which is {is}; queue it if it is to go out", other.slug)));
        }
        if when == When::OwnSlot && source.named_date.is_none() {
            let since = newsletters::known_since(&mut tx, newsletter.id).await?;
            let changed = std::fs::metadata(self.path).and_then(|data| data.modified()).ok();
            let changed = changed.and_then(|at| jiff::Timestamp::try_from(at).ok()).map(Timestamp::from_jiff);
            if changed.is_some_and(|at| at < since) {
                return Ok(Some(OLDER.to_owned()));
            }
        }
        Ok(None)
    }

    /// Why the slot that the file means is not to be had.
    fn no_slot(&self, error: &NoSlot) -> String {
        let shown = |at: &Timestamp| moment(*at, &self.publisher.newsletter().time_zone);
        match error {
            NoSlot::None => error.to_string(),
            NoSlot::Past(at) => {
                format!("its slot, {}, was past when the file was first seen; queue it if it is to go out", shown(at))
            }
            NoSlot::Taken { at, slug } => {
                format!("{slug:?} goes out on its slot, {}; queue it, or move one of the two", shown(at))
            }
            NoSlot::Reserved { at, slug } => {
                format!("the file of {slug:?} is named for its slot, {}; queue it, or rename one of the two", shown(at))
            }
        }
    }

    async fn hold(&self, why: &str) -> FollowUp {
        let held = self.publisher.hold(self.source, why).await?;
        Ok((NextLook::Rest, Some(FollowNotice::Off { slug: held.issue.slug, why: why.to_owned() })))
    }

    async fn known(&self, issue: &Issue, again: bool) -> FollowUp {
        let asks = self.asks;
        let asked = self.source.asked();
        let changed = issue.asked != asked;
        let rest = Ok((NextLook::Rest, None));
        match issue.state {
            IssueState::Queued if !asks && changed => self.take_off(issue, &asked).await,
            IssueState::Draft | IssueState::Held if !asks && changed => {
                self.publisher.db.write(async |tx| issues::note_asked(tx, issue.id, &asked).await).await?;
                rest
            }
            IssueState::Queued | IssueState::Draft | IssueState::Held if asks && changed => self.put(false).await,
            // Missed: the calendar holds it.
            IssueState::Queued if asks && is_missed(issue, self.publisher.newsletter(), self.publisher.now) => rest,
            IssueState::Queued | IssueState::Paused if asks => {
                Ok((NextLook::Rest, told(self.queue(When::NextSlot).await?)))
            }
            // Once it is paused, the file is read again.
            IssueState::Sending | IssueState::Preparing if asks => {
                Ok((NextLook::Again, if again { None } else { self.while_sending(issue).await? }))
            }
            IssueState::Sent | IssueState::Stopped if asks && changed && self.is_ahead() => Err(QueueError::Done {
                slug: issue.slug.clone(),
                state: if issue.state == IssueState::Sent { "was sent" } else { "was stopped" },
            }),
            // A person took it off the queue, or queued it by a command alone; or it is over.
            _ => rest,
        }
    }

    async fn queue(&self, when: When) -> Result<Queued, QueueError> {
        self.publisher.queue(self.source, when, QueueOptions::default()).await
    }

    async fn take_off(&self, issue: &Issue, asked: &str) -> FollowUp {
        let why = match asked {
            ASKED_DRAFT => "its file says `draft: true`",
            _ => "its file does not say any more when it is to go out",
        };
        let off = self
            .publisher
            .db
            .write(async |tx| {
                issues::note_asked(tx, issue.id, asked).await?;
                queue::take_off(tx, issue.id, why, self.publisher.by()).await
            })
            .await?;
        let notice = FollowNotice::Off { slug: issue.slug.clone(), why: why.to_owned() };
        Ok((if off { NextLook::Rest } else { NextLook::Again }, off.then_some(notice)))
    }

    /// An edit of an issue that is going out reaches nobody by itself.
    async fn while_sending(&self, issue: &Issue) -> Result<Option<FollowNotice>, QueueError> {
        let Publisher { db, renderer, now, .. } = self.publisher;
        let rendered = renderer.render(self.source, renderer.newsletter.date_of(issue.due_at.unwrap_or(*now)))?;
        let stored = revisions::get(&mut db.read().await?, issue.revision_id).await?;
        let same = stored.is_none_or(|stored| stored.digest == rendered.revision.digest());
        let why = format!("its text changed; {}", QueueError::GoingOut { slug: issue.slug.clone() });
        Ok((!same).then(|| FollowNotice::Ignored { path: self.path.to_owned(), why }))
    }

    fn is_ahead(&self) -> bool {
        self.source.wanted.is_some_and(|at| at > self.publisher.now)
    }
}

fn told(queued: Queued) -> Option<FollowNotice> {
    let Queued { issue, revised, moved, .. } = queued;
    match (moved, issue.due_at) {
        (true, Some(due_at)) => Some(FollowNotice::Queued { slug: issue.slug, due_at }),
        _ => revised.then_some(FollowNotice::Revised { slug: issue.slug }),
    }
}
