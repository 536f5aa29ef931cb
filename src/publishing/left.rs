//! A file that cannot go out calls a person when its time is near: whoever wrote it does not see the server's log.

use std::collections::BTreeMap;
use std::time::Duration;

use super::folder::name_parts;
use super::publisher::Publisher;
use super::standing::{self, Difference};
use crate::content::Problem;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::store::{StoreError, alarms, issues};

/// So long before its time a file is looked at: the evening before a morning's.
const NEAR: Duration = Duration::from_secs(18 * 3600);
/// Between two looks. What is wrong at one of them alone was in the middle of being written.
pub const EVERY: Duration = Duration::from_secs(60);

/// What was wrong at the last look, by alarm scope.
#[derive(Debug, Default)]
pub struct Left {
    before: BTreeMap<String, String>,
}

impl Left {
    /// Looks at the files of one newsletter; raises and clears the alarms about them.
    pub async fn look(&mut self, publisher: &Publisher<'_>) -> Result<(), StoreError> {
        let found = found(publisher).await?;
        let Publisher { db, now, .. } = *publisher;
        let known = alarms::all(&mut db.read().await?).await?;
        let is_ours = |scope: &str| scope.split_once('/').is_some_and(|(slug, _)| slug == publisher.newsletter().slug);
        let raised: Vec<String> = known
            .into_iter()
            .filter(|one| one.name == AlarmName::FileLeft && one.cleared_at.is_none() && is_ours(&one.scope))
            .map(|one| one.scope)
            .collect();
        for scope in raised.iter().filter(|scope| !found.contains_key(*scope)) {
            db.write(async |tx| alarms::clear(tx, AlarmName::FileLeft, scope, now).await).await?;
        }
        let lasts = |scope: &String| self.before.contains_key(scope) && !raised.contains(scope);
        for (scope, note) in found.iter().filter(|(scope, _)| lasts(scope)) {
            let alarm = Alarm::new(AlarmName::FileLeft, scope, note);
            db.write(async |tx| alarms::raise(tx, &alarm, publisher.by()).await).await?;
        }
        self.before = found;
        Ok(())
    }
}

async fn found(publisher: &Publisher<'_>) -> Result<BTreeMap<String, String>, StoreError> {
    let Publisher { db, renderer, now, .. } = *publisher;
    let newsletter = renderer.newsletter;
    let scope = |slug: &str| format!("{}/{slug}", newsletter.slug);
    let near = now.plus(NEAR);
    let mut queued = issues::queued(&mut db.read().await?, newsletter.id).await?;
    queued.retain(|issue| issue.due_at.is_some_and(|due_at| due_at <= near));
    let standings = standing::look(db, &renderer, &queued).await?;
    let mut found = BTreeMap::new();
    for (issue, standing) in queued.iter().zip(standings) {
        let Some(standing) = standing else { continue };
        // What merely changed is followed, or was queued on purpose.
        let is_left = !matches!(standing.differs, None | Some(Difference::Changed | Difference::Draft));
        if let Some(note) = standing.note.filter(|_| is_left) {
            found.insert(scope(&issue.slug), note);
        }
    }
    for stuck in standing::stuck(db, &renderer, now).await? {
        let Some((Some(date), slug)) = name_parts(&stuck.path) else { continue };
        if date <= newsletter.date_of(near) {
            let Problem { line, column, message, .. } = &stuck.problem;
            found.insert(scope(&slug), format!("it is not queued ({line}:{column} {message})"));
        }
    }
    Ok(found)
}
