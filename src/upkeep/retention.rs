//! What has had its time goes: once a day, a slice to a transaction, and never while an issue goes out. The first time that
//! anything would go it is announced, and begins a week later. How long what is kept says `domain::retention`.

use crate::clock::Timestamp;
use crate::domain::actor::{Actor, By};
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::event::Event;
use crate::domain::retention::{ANNOUNCED_FOR, Expiry, Retention, latest_run};
use crate::store::events::About;
use crate::store::retention::{self, RetentionProgress};
use crate::store::{Db, Result, Tx, alarms, departed, events, folded, personal, subscribers, subscriptions};
use crate::telemetry::metrics;

/// Rows in a transaction: with so many the writers beside it wait for a tenth of a second at most.
const ROWS_MAX: i64 = 1_000;
/// People in a transaction: a hundred rows may hang on each.
const PEOPLE_MAX: i64 = 10;
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
    let mut tx = db.read().await?;
    let mut due = Due::default();
    for kind in Expiry::ALL {
        if let Some(before) = policy.before(*kind, now) {
            due.add(*kind, retention::count(&mut tx, *kind, before).await?);
        }
    }
    Ok(due)
}

/// Takes away what has had its time, in at most `slices` transactions. Returns what went.
pub async fn expire(db: &Db, policy: Retention, by: By<'_>, mut slices: u32) -> Result<(Due, RetentionOutcome)> {
    let mut gone = Due::default();
    for kind in Expiry::ALL {
        let Some(before) = policy.before(*kind, by.now) else { continue };
        loop {
            if retention::is_sending(&mut db.read().await?).await? {
                return Ok((gone, RetentionOutcome::Sending));
            }
            if slices == 0 {
                return Ok((gone, RetentionOutcome::Enough));
            }
            slices -= 1;
            let rows = db.write(async |tx| slice(tx, *kind, before, by).await).await?;
            if rows == 0 {
                break;
            }
            metrics::expired(kind.as_str(), rows);
            gone.add(*kind, rows);
        }
    }
    Ok((gone, RetentionOutcome::Whole))
}

/// One transaction's worth of a kind, with its event. Returns how many rows went.
async fn slice(tx: &mut Tx, kind: Expiry, before: Timestamp, by: By<'_>) -> Result<u64> {
    let rows = match kind {
        Expiry::Unconfirmed | Expiry::Unsubscribed => people(tx, kind, before, by).await?,
        Expiry::Ledger => match folded::next(tx, before).await? {
            Some(issue) => folded::fold(tx, issue, before, ROWS_MAX).await?,
            None => 0,
        },
        _ => retention::delete(tx, kind, before, ROWS_MAX).await?,
    };
    if rows > 0 {
        events::append(tx, by, About::default(), &Event::DataExpired { what: kind, rows }).await?;
    }
    Ok(rows)
}

/// Subscriptions go, with the people who have no other. That they had left stays by a keyed hash, and for a while what they
/// had agreed to.
async fn people(tx: &mut Tx, kind: Expiry, before: Timestamp, by: By<'_>) -> Result<u64> {
    let mut gone = 0;
    for id in retention::people(tx, kind, before, PEOPLE_MAX).await? {
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

/// A look of the process that schedules.
pub(super) async fn look(db: &Db, policy: Retention, now: Timestamp) -> Result<()> {
    let progress = retention::progress(&mut db.read().await?).await?;
    match progress {
        None => announce(db, policy, now).await,
        Some(progress) if is_time(progress, now) => run(db, policy, now).await,
        Some(_) => Ok(()),
    }
}

/// Whether it has begun, and today's run is not done.
fn is_time(progress: RetentionProgress, now: Timestamp) -> bool {
    progress.begins_at <= now && progress.ran_at.is_none_or(|ran_at| ran_at < latest_run(now))
}

/// The first look: where something would go a person is told what, and has a week to say otherwise.
async fn announce(db: &Db, policy: Retention, now: Timestamp) -> Result<()> {
    let due = due(db, policy, now).await?;
    let is_new = due.rows() == 0;
    db.write(async |tx| {
        let begins_at = if is_new { now } else { now.plus(ANNOUNCED_FOR) };
        if retention::begin(tx, begins_at).await? && !is_new {
            let note = format!("from {begins_at} on, and then daily: {}", due.note());
            alarms::raise(tx, &Alarm::new(AlarmName::RetentionFirst, "", &note), Actor::scheduler(now)).await?;
        }
        Ok(())
    })
    .await
}

async fn run(db: &Db, policy: Retention, now: Timestamp) -> Result<()> {
    let (gone, ended) = expire(db, policy, Actor::scheduler(now), SLICES_PER_LOOK).await?;
    if gone.rows() > 0 {
        tracing::info!(rows = gone.rows(), "old data is gone: {}", gone.note());
    }
    // Somebody may be reading: the next look tries again.
    if ended != RetentionOutcome::Whole || !db.scour().await? {
        return Ok(());
    }
    db.write(async |tx| {
        alarms::clear(tx, AlarmName::RetentionFirst, "", now).await?;
        retention::finish(tx, now).await.map(drop)
    })
    .await
}
