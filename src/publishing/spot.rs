//! Where an issue goes, from what is asked and what stands there. Decides; `queue` and `shift` write.

use std::time::Duration;

use super::error::QueueError;
use super::plan::{NoSlot, QueuePlan};
use super::source::Source;
use crate::clock::Timestamp;
use crate::domain::issue::IssueState;
use crate::domain::moment::moment;
use crate::domain::newsletter::Newsletter;
use crate::domain::slot::next_of;
use crate::store::issues::{Issue, QueuePlace};

/// A new file is read one look after it was seen: it is not late for that. A few looks, for a busy machine.
pub(super) const SETTLING: Duration = Duration::from_secs(5);

/// When an issue is to go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// On the first slot from its file's day on that nobody has. An issue that is queued already keeps its place, unless
    /// that is so long past that the calendar would hold it.
    NextSlot,
    /// On the slot that its file means by `next`, and on no other.
    OwnSlot,
    /// At a time that no other issue has.
    At(Timestamp),
    /// At a time, whether another issue has it or not.
    Beside(Timestamp),
    /// At a time; an issue that has it gets this one's place, or else the next free slot.
    Swap(Timestamp),
    /// As soon as the scheduler looks.
    Now,
    /// Not before a person says so.
    Hold,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) state: IssueState,
    pub(super) place: Option<QueuePlace>,
}

pub(super) fn spot(
    found: Option<&Issue>,
    plan: &QueuePlan<'_>,
    source: &Source,
    when: When,
    now: Timestamp,
) -> Result<Spot, QueueError> {
    if let Some(issue) = found {
        let slug = issue.slug.clone();
        let place = issue.due_at.map(|due_at| QueuePlace { due_at, on_slot: issue.on_slot, beside: issue.beside });
        let stays = Spot { state: issue.state, place };
        match issue.state {
            IssueState::Sent => return Err(QueueError::Done { slug, state: "was sent" }),
            IssueState::Stopped => return Err(QueueError::Done { slug, state: "was stopped" }),
            IssueState::Sending | IssueState::Preparing => return Err(QueueError::GoingOut { slug }),
            // It has begun to go out, so its date stays.
            IssueState::Paused => return Ok(stays),
            // It may be due this very moment: then it goes out, and not a week later.
            IssueState::Queued if when == When::NextSlot && !is_missed(issue, plan.newsletter, now) => {
                return Ok(stays);
            }
            IssueState::Queued | IssueState::Draft | IssueState::Held => {}
        }
    }
    let queued = |place| Ok(Spot { state: IssueState::Queued, place: Some(place) });
    match when {
        When::NextSlot => queued(slot(plan.slot(source.named_date, now).ok_or(NoSlot::None)?)),
        When::OwnSlot => queued(slot(plan.own_slot(source.named_date, now.minus(SETTLING))?)),
        When::Now => queued(moment_for(plan, found, When::At(now), now)?),
        When::At(_) | When::Beside(_) | When::Swap(_) => queued(moment_for(plan, found, when, now)?),
        When::Hold => Ok(Spot { state: IssueState::Held, place: None }),
    }
}

/// A slot that nobody has.
pub(super) fn slot(due_at: Timestamp) -> QueuePlace {
    QueuePlace { due_at, on_slot: true, beside: false }
}

/// The place at a time that somebody chose for an issue; `found` is the issue as it stands.
pub(super) fn moment_for(
    plan: &QueuePlan<'_>,
    found: Option<&Issue>,
    when: When,
    now: Timestamp,
) -> Result<QueuePlace, QueueError> {
    let (When::At(at) | When::Beside(at) | When::Swap(at)) = when else { return Err(NoSlot::None.into()) };
    if at < now {
        return Err(QueueError::Past(at));
    }
    // Where it stands already it stays, also beside another.
    if let Some(place) = found.and_then(Issue::place).filter(|place| place.due_at == at && matches!(when, When::At(_)))
    {
        return Ok(place);
    }
    let Newsletter { slots, time_zone, .. } = plan.newsletter;
    let on_slot = next_of(slots, time_zone, Timestamp(at.0 - 1)) == Some(at);
    match (plan.taken_at(at), when) {
        (Some(slug), When::At(_)) => Err(QueueError::Taken { slug: slug.to_owned(), shown: moment(at, time_zone) }),
        (taken, _) => {
            let beside = taken.is_some() && matches!(when, When::Beside(_));
            Ok(QueuePlace { due_at: at, on_slot, beside })
        }
    }
}

/// Whether the time of a queued issue is so long past that the calendar holds it.
pub(super) fn is_missed(issue: &Issue, newsletter: &Newsletter, now: Timestamp) -> bool {
    issue.due_at.is_none_or(|due_at| now.since(due_at) > newsletter.grace)
}
