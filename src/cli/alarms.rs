//! `coranto alarms`: what needs a person now, why, and what to do about it.

use jiff::tz::TimeZone;
use serde_json::json;

use super::output::TextStyle;
use super::when::{local, shared_zone};
use super::{Context, Exit};
use crate::clock::Timestamp;
use crate::domain::alarm::Severity;
use crate::store::alarms::{self, StandingAlarm};
use crate::store::{Db, Result};

/// List what needs a person now, why, and what to do.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto alarms
  coranto alarms --json",
    after_help = "Alarms are sent by email to the addresses under [alarms] in the configuration."
)]
pub(super) struct Args {}

pub(super) fn run(_: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    context.block_on(async {
        let db = context.open_existing_to_look(&config).await?;
        let standing = standing(&db, context.now()).await?;
        db.close().await;
        let output = &context.output;
        if output.is_json() {
            standing.iter().try_for_each(|one| output.json(&as_json(one)))?;
            return Ok(Exit::Ok);
        }
        if standing.is_empty() {
            output.note("Nothing needs a person now.");
        }
        let zone = shared_zone(&config);
        standing.iter().try_for_each(|one| show(one, &zone, context))?;
        if config.alarms.to.is_empty() {
            output.note("Nobody gets alarms by email: set `to` under [alarms] in the configuration.");
        }
        Ok(Exit::Ok)
    })
}

/// The alarms that stand, the most urgent first.
pub(super) async fn standing(db: &Db, now: Timestamp) -> Result<Vec<StandingAlarm>> {
    let mut all = alarms::all(&mut db.read().await?).await?;
    all.retain(|one| one.stands(now));
    all.sort_by_key(|one| (one.severity, one.since));
    Ok(all)
}

/// The spelling of an alarm in `--json`.
pub(super) fn as_json(one: &StandingAlarm) -> serde_json::Value {
    json!({
        "name": one.name,
        "scope": one.scope,
        "severity": one.severity,
        "what": one.name.title(&one.scope),
        "why": one.note,
        "advice": one.name.advice(&one.scope),
        "since": one.since,
        "last_at": one.last_at,
        "count": one.count,
        "told_at": one.told_at,
        "told_how": one.told_how,
    })
}

/// What is wrong, why, and what to do; times are on the clock of `zone`.
pub(super) fn show(one: &StandingAlarm, zone: &TimeZone, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    let key =
        output.key(Some(if one.severity == Severity::Person { TextStyle::Bad } else { TextStyle::Warn }), "alarm");
    output.line(format!("{key}  {}, since {}", one.name.title(&one.scope), local(one.since, zone)))?;
    let below = output.key(None, "");
    if !one.note.is_empty() {
        output.line(format!("{below}  {}", one.note))?;
    }
    output.line(format!("{below}  hint: {}", one.name.advice(&one.scope)))
}
