//! What a person is told of: raised and cleared in the transaction that causes it, told by `upkeep`.

use super::column::record;
use super::events::{self, About};
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::IssueId;
use crate::domain::actor::By;
use crate::domain::alarm::{Alarm, AlarmName, Severity};
use crate::domain::event::Event;
use crate::domain::issue::IssueState;

record! {
    /// An alarm that stands, or has not been quiet long enough to be over.
    #[derive(Clone, Debug)]
    pub struct StandingAlarm {
        pub id: i64,
        pub name: AlarmName,
        pub scope: String,
        pub severity: Severity,
        pub note: String,
        pub since: Timestamp,
        pub last_at: Timestamp,
        pub count: i64,
        /// From when on a person is told.
        pub due_at: Timestamp,
        /// When a person was told last.
        pub told_at: Option<Timestamp>,
        pub told_how: Option<String>,
        /// When its cause was gone.
        pub cleared_at: Option<Timestamp>,
    }
}

/// What every [`StandingAlarm`] is read with; a condition follows.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, name, scope, severity, note, since, last_at, count, due_at, told_at, told_how, cleared_at FROM alarms ",
            $condition
        )
    };
}

/// Raises an alarm, or counts that it was raised again. `true` when it is new.
pub async fn raise(tx: &mut Tx, alarm: &Alarm, by: By<'_>) -> Result<bool> {
    let (count,): (i64,) = tx
        .sql(
            "INSERT INTO alarms (name, scope, severity, note, since, last_at, count, due_at)
             VALUES ($1, $2, $3, $4, $5, $5, 1, $6)
             ON CONFLICT (name, scope) DO UPDATE SET
                 note = excluded.note, last_at = excluded.last_at, count = alarms.count + 1, cleared_at = NULL
             RETURNING count",
        )
        .bind(alarm.name)
        .bind(alarm.scope.as_str())
        .bind(alarm.name.severity())
        .bind(alarm.note.as_str())
        .bind(by.now)
        .bind(by.now.plus(alarm.name.told_after()))
        .fetch_one()
        .await?;
    if count > 1 {
        return Ok(false);
    }
    let event = Event::AlarmRaised { name: alarm.name, scope: alarm.scope.clone() };
    events::append(tx, by, About::default(), &event).await?;
    Ok(true)
}

/// The cause of an alarm is gone: it is over when that lasts. `true` when it stood.
pub async fn clear(tx: &mut Tx, name: AlarmName, scope: &str, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE alarms SET cleared_at = $3 WHERE name = $1 AND scope = $2 AND cleared_at IS NULL")
        .bind(name)
        .bind(scope)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Takes an alarm away that is over, with the event that says so.
pub async fn end(tx: &mut Tx, standing: &StandingAlarm, by: By<'_>) -> Result<bool> {
    let gone = tx.sql("DELETE FROM alarms WHERE id = $1").bind(standing.id).execute().await? == 1;
    if gone {
        let event = Event::AlarmCleared { name: standing.name, scope: standing.scope.clone() };
        events::append(tx, by, About::default(), &event).await?;
    }
    Ok(gone)
}

pub async fn told(tx: &mut Tx, id: i64, how: &str, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE alarms SET told_at = $3, told_how = $2 WHERE id = $1")
        .bind(id)
        .bind(how)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Every alarm there is, also those that a person is not told of yet and those whose cause is gone, oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<StandingAlarm>> {
    tx.sql(select!("ORDER BY since, id")).fetch_all().await
}

/// Until when a person does not want to hear of which alarms.
pub async fn quiets(tx: &mut Tx, now: Timestamp) -> Result<Vec<(AlarmName, Timestamp)>> {
    tx.sql("SELECT name, until_at FROM quiets WHERE until_at > $1 ORDER BY name").bind(now).fetch_all().await
}

/// Notes that nobody is told of an alarm before `until`, however often it is raised.
pub async fn quiet(tx: &mut Tx, name: AlarmName, until: Timestamp, by: By<'_>) -> Result<()> {
    tx.sql(
        "INSERT INTO quiets (name, until_at) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET until_at = excluded.until_at",
    )
    .bind(name)
    .bind(until)
    .execute()
    .await?;
    events::append(tx, by, About::default(), &Event::AlarmQuieted { name, until }).await
}

/// How many mails of alarms there were since `since`.
pub async fn mails_since(tx: &mut Tx, since: Timestamp) -> Result<i64> {
    let (count,) = tx
        .sql("SELECT COUNT(*) FROM revisions WHERE kind = 'alarm' AND created_at > $1")
        .bind(since)
        .fetch_one()
        .await?;
    Ok(count)
}

impl StandingAlarm {
    /// Whether it stands at `now`, and has lasted long enough that a person is told.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.cleared_at.is_none() && self.due_at <= now
    }
}

/// What an issue is called in alarms: `NEWSLETTER/SLUG`.
pub async fn issue_scope(tx: &mut Tx, id: IssueId) -> Result<Option<String>> {
    let row: Option<(String, String)> = tx
        .sql(
            "SELECT n.slug, i.slug AS issue FROM issues i JOIN newsletters n ON n.id = i.newsletter_id WHERE i.id = $1",
        )
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.map(|(newsletter, slug)| format!("{newsletter}/{slug}")))
}

/// Calls a person to a state that they must take the issue out of, unless a person put it there; any other state ends
/// the call.
pub(super) async fn for_issue(tx: &mut Tx, id: IssueId, state: IssueState, note: &str, by: By<'_>) -> Result<()> {
    let Some(scope) = issue_scope(tx, id).await? else { return Ok(()) };
    let called = match state {
        IssueState::Paused if by.actor.is_program() => Some(AlarmName::IssuePaused),
        IssueState::Held if by.actor.is_program() => Some(AlarmName::IssueHeld),
        _ => None,
    };
    let mut over = vec![AlarmName::IssuePaused, AlarmName::IssueHeld, AlarmName::IssueFailed];
    if matches!(state, IssueState::Sent | IssueState::Stopped) {
        over.extend([AlarmName::IssueUncertain, AlarmName::IssueSuspended]);
    }
    for name in over.into_iter().filter(|name| called != Some(*name)) {
        clear(tx, name, &scope, by.now).await?;
    }
    match called {
        Some(name) => raise(tx, &Alarm::new(name, scope, note), by).await.map(drop),
        None => Ok(()),
    }
}
