//! What has had its time goes: once a day, a slice to a transaction, and never while an issue goes out. The first time that
//! anything would go it is announced, and begins a week later. How long what is kept says `domain::retention`.

use std::time::{Duration, Instant};

use crate::clock::Timestamp;
use crate::domain::actor::{Actor, By};
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::event::Event;
use crate::domain::retention::{ANNOUNCED_FOR, Expiry, Retention, latest_run};
use crate::store::events::About;
use crate::store::issue_sums::ATTRIBUTED_DAYS;
use crate::store::retention::{self, RetentionProgress};
use crate::store::{
    Db, Result, Tx, alarms, departed, events, folded, issue_sums, issues, personal, revisions, subscribers,
    subscriptions,
};
use crate::telemetry::metrics;

/// Rows in a transaction.
const ROWS_MAX: i64 = 1_000;
/// People in a transaction: a hundred rows may hang on each.
const PEOPLE_MAX: i64 = 10;
/// Nobody else writes to an SQLite file for longer than about this.
const HELD_MAX: Duration = Duration::from_millis(20);
/// Texts in a transaction, each with its page: some hundred kilobytes that are overwritten.
const REVISIONS_MAX: i64 = 20;
/// Transactions in one look of a server: alarms are told in between.
const SLICES_PER_LOOK: u32 = 25;

/// What has had its time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due(pub Vec<(Expiry, u64)>);

impl Due {
    pub fn rows(&self) -> u64 {
        self.0.iter().map(|(_, rows)| rows).sum()
    }

    /// In words, without the kinds of which there is nothing.
    fn note(&self) -> String {
        let some = self.0.iter().filter(|(_, rows)| *rows > 0);
        some.map(|(kind, rows)| format!("{kind} {rows}")).collect::<Vec<_>>().join(", ")
    }

    fn add(&mut self, kind: Expiry, rows: u64) {
        match self.0.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, sum)) => *sum += rows,
            None => self.0.push((kind, rows)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionOutcome {
    /// Nothing is left that has had its time.
    Whole,
    /// An issue goes out; the next run goes on.
    Sending,
    /// It was to do no more at a time.
    Enough,
}

/// How much has had its time by now, of every kind that is not kept for ever.
pub async fn due(db: &Db, policy: Retention, now: Timestamp) -> Result<Due> {
    due_of(db, policy, Expiry::ALL, now).await
}

async fn due_of(db: &Db, policy: Retention, kinds: &[Expiry], now: Timestamp) -> Result<Due> {
    let mut tx = db.read().await?;
    let mut due = Due::default();
    for kind in kinds {
        if let Some(before) = policy.before(*kind, now) {
            due.add(*kind, retention::count(&mut tx, *kind, before).await?);
        }
    }
    Ok(due)
}

/// Between two that took their time: another process that waits for the file asks every 25 ms at first.
const REST_MIN: Duration = Duration::from_millis(30);

/// How much of the most a transaction takes, in per cent: machines differ by more than ten times.
#[derive(Clone, Copy, Debug)]
struct Pace(i64);

impl Pace {
    const FIRST: Self = Self(25);

    /// Up to so many of `most`.
    fn of(self, most: i64) -> i64 {
        (most * self.0 / 100).max(1)
    }

    /// The pace after a transaction that took so long.
    fn after(self, took: Duration) -> Self {
        let (took, most) = (took.as_micros().max(1), HELD_MAX.as_micros());
        let fitting = u128::from(self.0.unsigned_abs()) * most / took;
        match took {
            took if took > most => Self(i64::try_from(fitting).unwrap_or(100).max(1)),
            took if took * 2 < most => Self((self.0 * 3 / 2 + 1).min(100)),
            _ => self,
        }
    }
}

/// How far a run goes.
struct Reach<'a> {
    kinds: &'a [Expiry],
    /// Transactions.
    slices: u32,
    /// Asked before each of them.
    goes_on: &'a (dyn Fn() -> bool + Sync),
}

/// Takes away what has had its time, in at most `slices` transactions. Returns what went.
pub async fn expire(db: &Db, policy: Retention, by: By<'_>, slices: u32) -> Result<(Due, RetentionOutcome)> {
    expire_within(db, policy, by, Reach { kinds: Expiry::ALL, slices, goes_on: &|| true }).await
}

async fn expire_within(
    db: &Db,
    policy: Retention,
    by: By<'_>,
    mut reach: Reach<'_>,
) -> Result<(Due, RetentionOutcome)> {
    let mut gone = Due::default();
    if retention::is_sending(&mut db.read().await?).await? {
        return Ok((gone, RetentionOutcome::Sending));
    }
    keep_sums(db, policy, by.now).await?;
    let (mut has_looked, mut pace) = (true, Pace::FIRST);
    for kind in reach.kinds {
        let Some(before) = policy.before(*kind, by.now) else { continue };
        loop {
            if !has_looked && retention::is_sending(&mut db.read().await?).await? {
                return Ok((gone, RetentionOutcome::Sending));
            }
            has_looked = true;
            if reach.slices == 0 || !(reach.goes_on)() {
                return Ok((gone, RetentionOutcome::Enough));
            }
            reach.slices -= 1;
            let began = Instant::now();
            let rows = match kind {
                Expiry::Revisions => texts(db, before, by, pace).await?,
                _ => db.write(async |tx| slice(tx, *kind, before, by, pace).await).await?,
            };
            let took = began.elapsed();
            if rows == 0 {
                break;
            }
            metrics::expired(kind.as_str(), rows);
            gone.add(*kind, rows);
            // As long as it held up others, others come before the next.
            let is_full = took * 2 > HELD_MAX;
            tokio::time::sleep(if is_full { took.max(REST_MIN) } else { took }).await;
            pace = pace.after(took);
            has_looked = false;
        }
    }
    Ok((gone, RetentionOutcome::Whole))
}

/// Counts for good what an issue's report says of rows that are about to go. What is counted is as old as they are, so it is
/// read before any writer waits.
async fn keep_sums(db: &Db, policy: Retention, now: Timestamp) -> Result<()> {
    let settled = issue_sums::issues_to_attribute(&mut db.read().await?, now).await?;
    for id in settled {
        let mut tx = db.read().await?;
        let Some(issue) = issues::get(&mut tx, id).await? else { continue };
        let Some(began) = issue.started_at else { continue };
        let until = issue.finished_at.unwrap_or(now).plus(Duration::from_secs(ATTRIBUTED_DAYS.unsigned_abs() * 86_400));
        let sums = issue_sums::unsubscribed(&mut tx, (issue.newsletter_id, id), began, until).await?;
        drop(tx);
        db.write(async |tx| issue_sums::attribute(tx, id, &sums, now).await).await?;
    }
    let Some(before) = policy.before(Expiry::Notices, now) else { return Ok(()) };
    let counted = issue_sums::issues_to_count(&mut db.read().await?, before).await?;
    for id in counted {
        let mut tx = db.read().await?;
        let Some(began) = issues::get(&mut tx, id).await?.and_then(|issue| issue.started_at) else { continue };
        let sums = issue_sums::notices_to_keep(&mut tx, id, began).await?;
        drop(tx);
        db.write(async |tx| issue_sums::keep_notices(tx, id, &sums, now).await).await?;
    }
    Ok(())
}

/// Texts that nothing bears, sought where no writer waits: the search may read an issue's whole ledger.
async fn texts(db: &Db, before: Timestamp, by: By<'_>, pace: Pace) -> Result<u64> {
    let unborne = revisions::unborne(&mut db.read().await?, before, pace.of(REVISIONS_MAX)).await?;
    if unborne.is_empty() {
        return Ok(0);
    }
    db.write(async |tx| {
        let mut rows = 0;
        for id in &unborne {
            rows += u64::from(revisions::delete_unborne(tx, *id, before).await?);
        }
        note(tx, Expiry::Revisions, rows, by).await?;
        Ok(rows)
    })
    .await
}

/// Writes down that rows of a kind went, if any did.
async fn note(tx: &mut Tx, what: Expiry, rows: u64, by: By<'_>) -> Result<()> {
    match rows {
        0 => Ok(()),
        rows => events::append(tx, by, About::default(), &Event::DataExpired { what, rows }).await,
    }
}

/// One transaction's worth of a kind, with its event. Returns how many rows went.
async fn slice(tx: &mut Tx, kind: Expiry, before: Timestamp, by: By<'_>, pace: Pace) -> Result<u64> {
    let rows = match kind {
        Expiry::Unconfirmed | Expiry::Unsubscribed => people(tx, kind, before, by, pace).await?,
        Expiry::Ledger => match folded::next(tx, before).await? {
            Some(issue) => folded::fold(tx, issue, before, pace.of(ROWS_MAX)).await?,
            None => 0,
        },
        _ => retention::delete(tx, kind, before, pace.of(ROWS_MAX)).await?,
    };
    note(tx, kind, rows, by).await?;
    Ok(rows)
}

/// Subscriptions go, with the people who have no other. That they had left stays by a keyed hash, and for a while what they
/// had agreed to.
async fn people(tx: &mut Tx, kind: Expiry, before: Timestamp, by: By<'_>, pace: Pace) -> Result<u64> {
    let mut gone = 0;
    for id in retention::people(tx, kind, before, pace.of(PEOPLE_MAX)).await? {
        // Somebody may have asked for it anew a moment ago.
        if !subscriptions::hold(tx, id).await? || !retention::is_due(tx, kind, before, id).await? {
            continue;
        }
        let Some(subscription) = subscriptions::get(tx, id).await? else { continue };
        departed::note(tx, id).await?;
        if kind == Expiry::Unsubscribed {
            departed::keep_consents(tx, id).await?;
        }
        personal::forget(tx, id, by.now).await?;
        subscriptions::erase(tx, id).await?;
        subscribers::drop_if_alone(tx, subscription.subscriber_id).await?;
        gone += 1;
    }
    Ok(gone)
}

/// A look of the process that schedules, for as long as it is the one.
pub(super) async fn look(
    db: &Db,
    policy: Retention,
    now: Timestamp,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<()> {
    let mut tx = db.read().await?;
    let (progress, later) = (retention::progress(&mut tx).await?, retention::later(&mut tx).await?);
    drop(tx);
    let begins_at = |kind: Expiry| match kind.is_later() {
        true => later.iter().find(|(what, _)| what == kind.as_str()).map(|(_, at)| *at),
        false => progress.map(|progress| progress.begins_at),
    };
    let (known, new): (Vec<Expiry>, Vec<Expiry>) = Expiry::ALL.iter().partition(|kind| begins_at(**kind).is_some());
    if !new.is_empty() {
        return announce(db, policy, &new, now).await;
    }
    let begun: Vec<_> = known.iter().copied().filter(|kind| begins_at(*kind).is_some_and(|at| at <= now)).collect();
    if begun.is_empty() || progress.is_some_and(|progress| is_done(progress, now)) {
        return Ok(());
    }
    run(db, policy, now, Reach { kinds: &begun, slices: SLICES_PER_LOOK, goes_on }).await
}

/// Whether the run of today is over.
fn is_done(progress: RetentionProgress, now: Timestamp) -> bool {
    progress.ran_at.is_some_and(|ran_at| ran_at >= latest_run(now))
}

/// The first look at kinds: where something would go a person is told what, and has a week to say otherwise.
async fn announce(db: &Db, policy: Retention, kinds: &[Expiry], now: Timestamp) -> Result<()> {
    let due = due_of(db, policy, kinds, now).await?;
    let begins_at = if due.rows() == 0 { now } else { now.plus(ANNOUNCED_FOR) };
    db.write(async |tx| {
        let mut is_new = false;
        for kind in kinds {
            is_new |= match kind.is_later() {
                true => retention::begin_kind(tx, *kind, begins_at).await?,
                false => retention::begin(tx, begins_at).await?,
            };
        }
        if is_new && due.rows() > 0 {
            let note = format!("from {begins_at} on, and then daily: {}", due.note());
            alarms::raise(tx, &Alarm::new(AlarmName::RetentionFirst, "", &note), Actor::scheduler(now)).await?;
        }
        Ok(())
    })
    .await
}

async fn run(db: &Db, policy: Retention, now: Timestamp, reach: Reach<'_>) -> Result<()> {
    let is_all = reach.kinds.len() == Expiry::ALL.len();
    let (gone, ended) = expire_within(db, policy, Actor::scheduler(now), reach).await?;
    if gone.rows() > 0 {
        tracing::info!(rows = gone.rows(), "old data is gone: {}", gone.note());
    }
    // Somebody may be reading: the next look tries again.
    if ended != RetentionOutcome::Whole || !db.scour().await? {
        return Ok(());
    }
    db.write(async |tx| {
        if is_all {
            alarms::clear(tx, AlarmName::RetentionFirst, "", now).await?;
        }
        retention::finish(tx, now).await.map(drop)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_machine_takes_less_at_a_time_and_a_fast_one_more() {
        let ms = Duration::from_millis;
        let mut pace = Pace::FIRST;
        for _ in 0..9 {
            pace = pace.after(ms(1));
        }
        assert_eq!((pace.of(ROWS_MAX), pace.of(PEOPLE_MAX)), (ROWS_MAX, PEOPLE_MAX));
        assert_eq!(pace.after(ms(15)).of(ROWS_MAX), ROWS_MAX, "it fits");
        pace = pace.after(ms(100));
        assert_eq!(pace.of(ROWS_MAX), ROWS_MAX / 5);
        for _ in 0..9 {
            pace = pace.after(ms(10_000));
        }
        assert_eq!((pace.of(ROWS_MAX), pace.of(PEOPLE_MAX)), (ROWS_MAX / 100, 1), "it never stands still");
        assert_eq!(Pace::FIRST.after(Duration::ZERO).of(100), 38);
    }
}
