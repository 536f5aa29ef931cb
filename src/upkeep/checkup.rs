//! What was found by a look at the installation is remembered; a person is called to what begins to fail, once, and the call
//! ends with its cause. Looks at nothing itself.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::checkup::{CheckName, Finding, FindingHealth};
use crate::store::checkups::{self, Checkup};
use crate::store::{Db, StoreError, Tx, alarms};

/// Remembers the findings of a look at all checks that `covers` says. What nobody answered about stays as it was.
pub async fn remember(
    db: &Db,
    findings: &[Finding],
    covers: fn(CheckName) -> bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = checkups::all(&mut db.read().await?).await?;
    let mut worst: BTreeMap<String, &Finding> = BTreeMap::new();
    for finding in findings.iter().filter(|one| covers(one.check.name)) {
        let one = worst.entry(finding.check.id()).or_insert(finding);
        if one.health < finding.health {
            *one = finding;
        }
    }
    for (id, finding) in &worst {
        let before = known.iter().find(|one| one.id == *id).map(|one| one.state);
        let after = Some(finding.health).filter(|health| *health != FindingHealth::Ok);
        if finding.health != FindingHealth::Unknown && before != after {
            let note = format!("{}: {}", finding.check, finding.text);
            db.write(async |tx| note_change(tx, finding.check.name, id, before, after, &note, now).await).await?;
        }
    }
    for one in &known {
        let Some(name) = name_of(one).filter(|name| covers(*name)) else {
            continue;
        };
        // What was not looked at because something before it went wrong is not well for that.
        let is_hidden = worst.values().any(|found| {
            let is_near = found.check.name.group() == name.group() || found.check.name == CheckName::Dns;
            is_near && matches!(found.health, FindingHealth::Fail | FindingHealth::Unknown)
        });
        if !worst.contains_key(&one.id) && !is_hidden {
            db.write(async |tx| note_change(tx, name, &one.id, Some(one.state), None, "", now).await).await?;
        }
    }
    Ok(())
}

/// Whether anything that others are asked for fails by the last look.
pub async fn is_failing(db: &Db, covers: fn(CheckName) -> bool) -> Result<bool, StoreError> {
    let known = checkups::all(&mut db.read().await?).await?;
    Ok(known.iter().any(|one| name_of(one).is_some_and(|name| covers(name) && name.alarm_at(one.state).is_some())))
}

fn name_of(one: &Checkup) -> Option<CheckName> {
    one.id.split('/').next()?.parse().ok()
}

async fn note_change(
    tx: &mut Tx,
    name: CheckName,
    id: &str,
    before: Option<FindingHealth>,
    after: Option<FindingHealth>,
    note: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let is_ours = match (before, after) {
        (None, Some(after)) => checkups::begin(tx, id, after, now).await?,
        (Some(before), Some(after)) => checkups::change(tx, id, before, after, now).await?,
        (Some(before), None) => checkups::end(tx, id, before).await?,
        (None, None) => false,
    };
    // Another process that looked at the same time has said so.
    if !is_ours {
        return Ok(());
    }
    let alarm = |health: Option<FindingHealth>| -> Option<AlarmName> { name.alarm_at(health?) };
    match (alarm(before), alarm(after)) {
        (_, Some(called)) => {
            alarms::raise(tx, &Alarm::new(called, id, note), Actor::scheduler(now)).await?;
        }
        (Some(called), None) => {
            alarms::clear(tx, called, id, now).await?;
        }
        (None, None) => {}
    }
    Ok(())
}
