//! Calls a person while it happens: readers complain of an issue, its emails come back because of us, or a relay returns all
//! that it took. What relays refuse at once is delivery's matter.

use std::collections::BTreeMap;
use std::time::Duration;

use super::issue_report::share;
use crate::clock::{DAY, Timestamp};
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::cause::{Cause, Class};
use crate::domain::delivery::DeliveryState;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::domain::notice::NoticeKind;
use crate::domain::organisation::organisation;
use crate::domain::provider::destination;
use crate::domain::storm::{CallBound, Calls};
use crate::domain::{IssueId, NoticeId};
use crate::figures::count;
use crate::store::notices::RefuserSum;
use crate::store::{Db, Result, StoreError, Tx, alarms, events, issue_sums, issues, notices, suspensions};

const HOUR: Duration = Duration::from_secs(3600);

/// Relays whose own refusals come back, by name: the host of each.
pub type RelayHosts = BTreeMap<String, String>;

/// Looks at the issues of which something came in after `seen`, and calls a person where it is too much. Returns how far
/// that was; whoever has seen nothing yet looks at what came within a day.
pub async fn call(
    db: &Db,
    calls: &Calls,
    relays: &RelayHosts,
    seen: Option<NoticeId>,
    now: Timestamp,
) -> Result<NoticeId> {
    let mut tx = db.read().await?;
    let mut seen = match seen {
        Some(seen) => seen,
        None => notices::last_until(&mut tx, now.minus(DAY)).await?,
    };
    let touched = notices::issues_after(&mut tx, seen).await?;
    let newest = notices::last_until(&mut tx, now).await?;
    drop(tx);
    // Without news only the time may end what stands.
    look_at_relays(db, calls, relays, newest > seen, now).await?;
    for (issue, last) in touched {
        let found = look(&mut db.read().await?, calls, issue, now).await?;
        if !found.is_quiet() {
            db.write(async |tx| raise(tx, issue, &found, now).await).await?;
        }
        seen = seen.max(last);
    }
    Ok(seen.max(newest))
}

/// Calls a person to a relay that takes mail and returns all of it, and ends that when an hour has brought none.
async fn look_at_relays(db: &Db, calls: &Calls, relays: &RelayHosts, is_new: bool, now: Timestamp) -> Result<()> {
    let mut tx = db.read().await?;
    let standing = alarms::all(&mut tx).await?;
    let stands = |relay: &str| {
        standing.iter().any(|one| one.name == AlarmName::RelayRefuses && one.scope == relay && one.cleared_at.is_none())
    };
    if !is_new && !relays.keys().any(|relay| stands(relay)) {
        return Ok(());
    }
    let sums = notices::refusers(&mut tx, now.minus(HOUR)).await?;
    drop(tx);
    for (relay, host) in relays {
        let of_relay = sums.iter().filter(|sum| sum.relay == *relay);
        let (own, other): (Vec<_>, Vec<_>) = of_relay.partition(|sum| refuses_us(sum, host));
        let emails: i64 = own.iter().map(|sum| sum.mails).sum();
        if is_new && other.is_empty() && emails >= i64::from(calls.relay) {
            let most = own.iter().max_by_key(|sum| sum.mails);
            let said = most.map(|sum| format!("{}: {}", sum.cause, sum.diagnostic)).unwrap_or_default();
            let note = format!("it took {} and returned them within an hour; {said}", number(emails, "email"));
            let alarm = Alarm::new(AlarmName::RelayRefuses, relay.as_str(), &note);
            db.write(async |tx| alarms::raise(tx, &alarm, Actor::scheduler(now)).await).await?;
        } else if own.is_empty() && stands(relay) {
            db.write(async |tx| {
                // Of a group that waits delivery says when it goes again.
                if suspensions::all(tx).await?.iter().all(|group| group.relay != *relay) {
                    alarms::clear(tx, AlarmName::RelayRefuses, relay, now).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
        }
    }
    Ok(())
}

/// Whether a relay itself has refused mail that it took, for what we are to it.
fn refuses_us(sum: &RefuserSum, relay: &str) -> bool {
    let is_relay = |host: &str| {
        let relay = relay.to_ascii_lowercase();
        // Large relays are many hosts of one organisation.
        host == relay || (host.contains('.') && organisation(host) == organisation(&relay))
    };
    matches!(sum.cause, Cause::Sender | Cause::Relaying | Cause::Auth) && sum.host.as_deref().is_some_and(is_relay)
}

/// What is too much of an issue, in words, a line for each destination.
#[derive(Default)]
struct Outcry {
    complaints: Vec<String>,
    ours: Vec<String>,
    /// Why it is to be paused.
    pause: Option<String>,
}

impl Outcry {
    fn is_quiet(&self) -> bool {
        self.complaints.is_empty() && self.ours.is_empty() && self.pause.is_none()
    }
}

/// What came back of emails to one destination.
#[derive(Default)]
struct Tally {
    emails: i64,
    causes: BTreeMap<Cause, i64>,
}

async fn look(tx: &mut Tx, calls: &Calls, issue: IssueId, now: Timestamp) -> Result<Outcry> {
    let complaints = issue_sums::notices_since(tx, issue, Timestamp(0)).await?;
    let mut complained: BTreeMap<String, i64> = BTreeMap::new();
    for sum in complaints.into_iter().filter(|sum| sum.kind == NoticeKind::Complaint) {
        *complained.entry(sum.destination).or_default() += sum.mails;
    }
    // Whoever resumed the issue has seen what was before.
    let resumed = events::last_of(tx, issue, Event::IssueResumed.kind()).await?;
    let since = resumed.map_or(now.minus(HOUR), |at| at.max(now.minus(HOUR)));
    let mut ours: BTreeMap<String, Tally> = BTreeMap::new();
    for sum in issue_sums::notices_since(tx, issue, since).await? {
        if sum.kind == NoticeKind::Bounce && sum.cause.class() == Class::Ours {
            let tally = ours.entry(sum.destination).or_default();
            tally.emails += sum.mails;
            *tally.causes.entry(sum.cause).or_default() += sum.mails;
        }
    }
    let may_reach = |bound: CallBound, emails: i64| bound.is_reached(emails, 0);
    complained.retain(|_, emails| may_reach(calls.complaints, *emails));
    ours.retain(|_, tally| may_reach(calls.ours, tally.emails) || may_reach(calls.pause, tally.emails));
    let mut found = Outcry::default();
    if complained.is_empty() && ours.is_empty() {
        return Ok(found);
    }
    // It is a look at every email, and seldom needed.
    let accepted = accepted(tx, issue).await?;
    let all = |to: &str| accepted.get(to).copied().unwrap_or_default();
    for (to, emails) in complained {
        if calls.complaints.is_reached(emails, all(&to)) {
            found.complaints.push(format!("{} about {}", number(emails, "complaint"), part(emails, all(&to), &to)));
        }
    }
    for (to, tally) in ours {
        let cause = tally.causes.iter().max_by_key(|(_, emails)| **emails).map_or(Cause::Unknown, |(cause, _)| *cause);
        let text = format!(
            "{} of {} came back within an hour because of us",
            number(tally.emails, ""),
            part(tally.emails, all(&to), &to)
        );
        let said = issue_sums::diagnostic(tx, issue, &to, cause).await?.unwrap_or_default();
        if calls.pause.is_reached(tally.emails, all(&to)) {
            found.pause.get_or_insert_with(|| format!("{text}: {cause}"));
        }
        if calls.ours.is_reached(tally.emails, all(&to)) {
            found.ours.push(format!("{text}, most for {cause}: {said}"));
        }
    }
    Ok(found)
}

/// Emails of an issue that were accepted, by destination.
async fn accepted(tx: &mut Tx, issue: IssueId) -> Result<BTreeMap<String, i64>> {
    let mut accepted = BTreeMap::new();
    for sum in issue_sums::domains(tx, issue).await?.into_iter().filter(|sum| sum.state == DeliveryState::Sent) {
        *accepted.entry(destination(sum.domain.as_deref().unwrap_or_default()).to_owned()).or_default() += sum.mails;
    }
    Ok(accepted)
}

async fn raise(tx: &mut Tx, issue: IssueId, found: &Outcry, now: Timestamp) -> Result<(), StoreError> {
    let by = Actor::scheduler(now);
    let scope = alarms::issue_scope(tx, issue).await?.unwrap_or_default();
    for (name, lines) in [(AlarmName::ComplaintsMany, &found.complaints), (AlarmName::ReturnsOurs, &found.ours)] {
        if !lines.is_empty() {
            alarms::raise(tx, &Alarm::new(name, scope.as_str(), &lines.join("; ")), by).await?;
        }
    }
    if let Some(note) = &found.pause {
        let event = Event::IssuePaused { note: note.clone() };
        if issues::advance(tx, issue, IssueState::Sending, IssueState::Paused, note, by, &event).await? {
            tracing::warn!(issue = scope, "the issue is paused: {note}");
        }
    }
    Ok(())
}

/// `1,200 emails to yahoo (0.42 %)`.
fn part(emails: i64, all: i64, to: &str) -> String {
    let rate = share(emails, all).map(|rate| format!(" ({rate} %)")).unwrap_or_default();
    format!("{} to {to}{rate}", number(all, "email"))
}

fn number(of: i64, noun: &str) -> String {
    count(of.unsigned_abs(), noun)
}
