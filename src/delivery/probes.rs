//! What becomes of a suspended group when its pause is over: one mail asks again; and when enough have asked, a person is
//! called and the group waits for them.

use super::suspended::Suspended;
use crate::clock::Timestamp;
use crate::domain::IssueId;
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::event::Event;
use crate::domain::evidence::{self as rules, Trouble};
use crate::domain::issue::IssueState;
use crate::store::events::{self, About};
use crate::store::suspensions::{self, Suspension};
use crate::store::{Db, StoreError, Tx, alarms, evidence, issues, ledger, newsletters};

/// How long the last mail that asks has for its answer.
const LAST_ANSWER: std::time::Duration = std::time::Duration::from_secs(60);

/// What is due for a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// One mail may ask; the next may at that time.
    Probe(Timestamp),
    /// None has been taken.
    Hold,
}

/// One round. Cheap when nothing is suspended.
pub(super) async fn run(db: &Db, suspended: &Suspended, now: Timestamp) -> Result<(), StoreError> {
    suspended.look().await?;
    for (group, is_open) in suspended.due(now) {
        if is_open {
            // Nothing has asked yet: the group has no mail now, or the mail that was to ask may not go any more.
            if suspensions::waiting(&mut db.read().await?, group.id).await? > 0 {
                db.write(async |tx| suspensions::free(tx, group.id, 1, now).await).await?;
            }
            continue;
        }
        let Some(was) = group.until else { continue };
        let rule = group.trouble.rule();
        let asked = usize::try_from(group.pauses + 1).unwrap_or(usize::MAX);
        let due = match rule.pause(asked) {
            Some(pause) => Due::Probe(now.plus(pause)),
            None if asked <= rule.pauses.len() => Due::Probe(now.plus(LAST_ANSWER)),
            None => Due::Hold,
        };
        let until = match due {
            Due::Probe(until) => Some(until),
            Due::Hold => None,
        };
        let written = db
            .write(async |tx| {
                if !suspensions::take_probe(tx, group.id, was, until).await? {
                    return Ok::<_, StoreError>(false);
                }
                match due {
                    Due::Probe(_) => suspensions::free(tx, group.id, 1, now).await.map(drop)?,
                    Due::Hold => hold(tx, &group, now).await?,
                }
                Ok(true)
            })
            .await?;
        match written {
            true => suspended.probes(group.id, until, group.pauses + 1, due != Due::Hold),
            false => suspended.read().await?,
        }
        if written && due == Due::Hold {
            suspended.read().await?;
        } else if written && asked == rule.told_after {
            db.write(async |tx| call(tx, &group, now).await).await?;
        }
    }
    Ok(())
}

/// Nobody took a mail that asked. A person decides; unless so few readers are concerned that the relay may be believed.
async fn hold(tx: &mut Tx, group: &Suspension, now: Timestamp) -> Result<(), StoreError> {
    let concerned = issues_of(tx, group).await?;
    if group.trouble == Trouble::Recipients && is_within_allowance(tx, group).await? {
        let mut known = evidence::lock(tx, group.issue_id, &group.relay, &group.destination).await?;
        known.trusted = true;
        evidence::save(tx, group.issue_id, &group.relay, &group.destination, &known).await?;
        suspensions::end(tx, group.id).await?;
        suspensions::free(tx, group.id, i64::MAX, now).await?;
        return Ok(());
    }
    let note = words(group);
    call(tx, group, now).await?;
    for issue in concerned {
        issues::annotate(tx, issue, &note).await?;
        if let Some(scope) = alarms::issue_scope(tx, issue).await? {
            alarms::raise(tx, &Alarm::new(AlarmName::IssueSuspended, scope, &note), Actor::scheduler(now)).await?;
        }
        let about = About { issue: Some(issue), ..About::default() };
        let (relay, destination) = (group.relay.clone(), group.destination.clone());
        let event = Event::GroupHeld { relay, destination, note: note.clone() };
        events::append(tx, Actor::scheduler(now), about, &event).await?;
    }
    Ok(())
}

/// Calls a person to a group that stays suspended.
pub(super) async fn call(tx: &mut Tx, group: &Suspension, now: Timestamp) -> Result<(), StoreError> {
    let note = words(group);
    tracing::warn!(
        relay = group.relay, destination = group.destination, trouble = %group.trouble, cause = group.cause,
        "a group of mail stays suspended: {note}"
    );
    let (name, scope) = alarm(tx, group).await?;
    alarms::raise(tx, &Alarm::new(name, scope, &note), Actor::scheduler(now)).await.map(drop)
}

/// A suspended group goes again.
pub(super) async fn call_off(tx: &mut Tx, group: &Suspension, now: Timestamp) -> Result<(), StoreError> {
    let (name, scope) = alarm(tx, group).await?;
    alarms::clear(tx, name, &scope, now).await.map(drop)
}

/// The alarm that a group's trouble is, and its scope.
async fn alarm(tx: &mut Tx, group: &Suspension) -> Result<(AlarmName, String), StoreError> {
    let newsletter = match group.trouble == Trouble::Refusal && group.destination.is_empty() && group.issue_id.0 == 0 {
        true => newsletters::slug(tx, group.newsletter_id).await?,
        false => None,
    };
    Ok(match (group.trouble, newsletter) {
        (_, Some(slug)) => (AlarmName::NewsletterSender, slug),
        (Trouble::Quota, _) => (AlarmName::RelayQuota, group.relay.clone()),
        _ => (AlarmName::RelayRefuses, group.relay.clone()),
    })
}

/// Whether so few readers of an issue are concerned that the relay may be believed.
async fn is_within_allowance(tx: &mut Tx, group: &Suspension) -> Result<bool, StoreError> {
    let known = evidence::lock(tx, group.issue_id, &group.relay, &group.destination).await?;
    let untried = suspensions::untried(tx, group.issue_id).await?;
    let allowance = rules::allowance(ledger::readers(tx, group.issue_id).await?);
    Ok(known.may_be_believed(untried, allowance))
}

/// The issues that are going out and that a group is of.
async fn issues_of(tx: &mut Tx, group: &Suspension) -> Result<Vec<IssueId>, StoreError> {
    let sending = issues::in_state(tx, IssueState::Sending).await?;
    let concerned = sending.into_iter().filter(|issue| {
        (group.issue_id.0 == 0 || group.issue_id == issue.id)
            && (group.newsletter_id.0 == 0 || group.newsletter_id == issue.newsletter_id)
    });
    Ok(concerned.map(|issue| issue.id).collect())
}

/// Why a group waits, in the relay's own words, and what to do.
pub fn words(group: &Suspension) -> String {
    let who = match group.destination.as_str() {
        "" => format!("relay {}", group.relay),
        destination => format!("{destination}, through relay {},", group.relay),
    };
    let what = match group.trouble {
        Trouble::Recipients => "refuses too many readers to be believed",
        Trouble::Refusal if group.issue_id.0 != 0 => "refuses this issue",
        Trouble::Refusal => "refuses this newsletter",
        Trouble::Delay => "puts this newsletter off",
        Trouble::Quota => "has used up its allowance",
        Trouble::Uncertain => "takes emails and gives no answer",
        Trouble::Fault => "fails in mid-conversation",
    };
    format!("{who} {what}: \u{201c}{}\u{201d}", group.reply)
}
