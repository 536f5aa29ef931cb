//! Alarms are told: at once, after four hours, daily while they stand, once when they are over; by log always, by email and
//! push where they are set up.

use std::time::Duration;

use super::mail::Say;
use super::push::Pusher;
use super::{AlarmSettings, board, mail};
use crate::clock::{DAY, Timestamp};
use crate::domain::actor::Actor;
use crate::domain::alarm::AlarmName;
use crate::store::alarms::{self, StandingAlarm};
use crate::store::{Db, StoreError, deliveries};

/// A person is told a second time of what stands still so long after the first.
pub(super) const SECOND_AFTER: Duration = Duration::from_secs(4 * 3600);
/// And how often from then on.
const AGAIN_AFTER: Duration = DAY;
const HOUR: Duration = Duration::from_secs(3600);
/// Messages in an hour; what comes after them stands in one list.
const MESSAGES_PER_HOUR: usize = 10;

pub(super) async fn tell(db: &Db, settings: &AlarmSettings, wire: &Pusher, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = db.read().await?;
    let (all, quiets) = (alarms::all(&mut tx).await?, alarms::quiets(&mut tx, now).await?);
    drop(tx);
    let standing: Vec<_> = all.iter().filter(|one| one.stands(now)).collect();
    board::write(settings, &standing, now);
    let is_waiting = waits(db, &all, now).await?;
    let due: Vec<(Say, StandingAlarm)> = all
        .into_iter()
        .filter(|one| is_waiting || one.name != AlarmName::RelayDown || one.told_at.is_some() || is_over(one, now))
        .filter_map(|one| Some((due(&one, now)?, one)))
        .filter(|(say, one)| *say == Say::Over || !quiets.iter().any(|(name, _)| *name == one.name))
        .collect();
    if due.is_empty() {
        return Ok(());
    }
    let (silent, due): (Vec<_>, Vec<_>) =
        due.into_iter().partition(|(say, one)| *say == Say::Over && one.told_at.is_none());
    for (_, one) in &silent {
        db.write(async |tx| alarms::end(tx, one, Actor::scheduler(now)).await).await?;
    }
    if !settings.mails() && settings.push.is_none() {
        for (say, one) in &due {
            log(*say, one);
            db.write(async |tx| settle(tx, *say, one, "log", now).await).await?;
        }
        return Ok(());
    }
    let since = now.minus(HOUR);
    let mailed = alarms::mails_since(&mut db.read().await?, since).await?;
    let had = usize::try_from(mailed).unwrap_or(0).max(wire.pushed_since(since));
    let each = MESSAGES_PER_HOUR.saturating_sub(had);
    // The list is the last of the hour: what comes after it waits, and is told by the next.
    let (single, listed) = due.split_at(if due.len() <= each { due.len() } else { each });
    let mut messages: Vec<&[(Say, StandingAlarm)]> = single.iter().map(std::slice::from_ref).collect();
    if !listed.is_empty() && had <= MESSAGES_PER_HOUR {
        messages.push(listed);
    }
    let mut is_heard = true;
    for told in messages {
        told.iter().for_each(|(say, one)| log(*say, one));
        is_heard = tell_all(db, settings, wire, told, is_heard, now).await?;
    }
    Ok(())
}

/// Adds one email of these alarms for each address, and notes that they are told, in one transaction; then pushes them.
/// `is_heard` is whether the message before was taken: who does not answer is not waited for again and again.
async fn tell_all(
    db: &Db,
    settings: &AlarmSettings,
    wire: &Pusher,
    told: &[(Say, StandingAlarm)],
    is_heard: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let letter = mail::compose(settings, told, now);
    let how = if settings.mails() { "email,log" } else { "log" };
    db.write(async |tx| {
        if settings.mails() {
            mail::queue(tx, settings, &letter, now).await?;
        }
        for (say, one) in told {
            settle(tx, *say, one, how, now).await?;
        }
        Ok::<_, StoreError>(())
    })
    .await?;
    if settings.push.is_none() || !is_heard {
        return Ok(is_heard);
    }
    if let Err(why) = wire.push(settings, &letter, told, now).await {
        tracing::warn!(why, "an alarm could not be pushed");
        return Ok(false);
    }
    let how = if settings.mails() { "email,push,log" } else { "push,log" };
    db.write(async |tx| {
        for (_, one) in told.iter().filter(|(say, _)| *say != Say::Over) {
            alarms::told(tx, one.id, how, now).await?;
        }
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(true)
}

async fn settle(
    tx: &mut crate::store::Tx,
    say: Say,
    one: &StandingAlarm,
    how: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    match say {
        Say::Over => alarms::end(tx, one, Actor::scheduler(now)).await.map(drop),
        Say::Raised | Say::Stands => alarms::told(tx, one.id, how, now).await.map(drop),
    }
}

/// What is to be said of an alarm now, if anything.
fn due(one: &StandingAlarm, now: Timestamp) -> Option<Say> {
    if is_over(one, now) {
        return Some(Say::Over);
    }
    match one.told_at {
        _ if !one.stands(now) => None,
        None => Some(Say::Raised),
        Some(_) if one.name.is_count() => None,
        Some(told_at) => {
            // Who was told at once is told again a few hours later, and daily from then on.
            let is_first = told_at.since(one.due_at) < SECOND_AFTER;
            let wait = if is_first { SECOND_AFTER } else { AGAIN_AFTER };
            (now.since(told_at) >= wait).then_some(Say::Stands)
        }
    }
}

/// Whether it has been quiet for long enough.
fn is_over(one: &StandingAlarm, now: Timestamp) -> bool {
    let quiet_since = if one.name.is_count() { one.cleared_at.or(Some(one.last_at)) } else { one.cleared_at };
    quiet_since.is_some_and(|since| now.since(since) >= one.name.quiet_for())
}

/// Whether mail waits that a relay which is down could carry: nobody is called for a relay that nobody needs.
async fn waits(db: &Db, all: &[StandingAlarm], now: Timestamp) -> Result<bool, StoreError> {
    if !all.iter().any(|one| one.name == AlarmName::RelayDown && one.told_at.is_none() && one.stands(now)) {
        return Ok(false);
    }
    let (waiting, open) = deliveries::depth(&mut db.read().await?).await?;
    Ok(waiting + open > 0)
}

/// One line with stable names.
pub(super) fn log(say: Say, one: &StandingAlarm) {
    let StandingAlarm { name, scope, severity, note, count, .. } = one;
    let what = name.title(scope);
    match say {
        Say::Raised => tracing::warn!(target: "coranto::alarm", %name, scope, %severity, count, "{what}: {note}"),
        Say::Stands => {
            tracing::warn!(target: "coranto::alarm", %name, scope, %severity, count, "still: {what}: {note}")
        }
        Say::Over => tracing::info!(target: "coranto::alarm", %name, scope, %severity, count, "over: {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alarm::Severity;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn minutes(count: i64) -> Timestamp {
        Timestamp(NOW.0 + count * 60_000)
    }

    fn standing(name: AlarmName) -> StandingAlarm {
        StandingAlarm {
            id: 1,
            name,
            scope: "main".to_owned(),
            severity: Severity::Person,
            note: "no".to_owned(),
            since: NOW,
            last_at: NOW,
            count: 1,
            due_at: NOW.plus(name.told_after()),
            told_at: None,
            told_how: None,
            cleared_at: None,
        }
    }

    #[test]
    fn the_rhythm_is_at_once_after_four_hours_daily_and_at_the_end() {
        let held = standing(AlarmName::IssueHeld);
        assert_eq!(due(&held, NOW), Some(Say::Raised));
        let told = StandingAlarm { told_at: Some(NOW), ..held };
        assert_eq!((due(&told, minutes(239)), due(&told, minutes(240))), (None, Some(Say::Stands)));
        let told = StandingAlarm { told_at: Some(minutes(240)), ..told };
        assert_eq!((due(&told, minutes(1679)), due(&told, minutes(1680))), (None, Some(Say::Stands)));
        let cleared = StandingAlarm { cleared_at: Some(minutes(5)), ..told };
        assert_eq!((due(&cleared, minutes(14)), due(&cleared, minutes(15))), (None, Some(Say::Over)));
    }

    #[test]
    fn a_relay_is_told_of_after_ten_minutes() {
        let down = standing(AlarmName::RelayDown);
        assert_eq!((due(&down, minutes(9)), due(&down, minutes(10))), (None, Some(Say::Raised)));
        let up = StandingAlarm { cleared_at: Some(minutes(9)), ..down };
        assert_eq!((due(&up, minutes(10)), due(&up, minutes(19))), (None, Some(Say::Over)));
    }

    #[test]
    fn what_happened_once_is_told_once_and_over_after_a_quiet_day() {
        let failed = StandingAlarm { told_at: Some(NOW), ..standing(AlarmName::IssueFailed) };
        assert_eq!((due(&failed, minutes(1439)), due(&failed, minutes(1440))), (None, Some(Say::Over)));
    }
}
