//! The ways that alarms go: each is tried, and one alarm is not told for a while.

use std::time::Duration;

use serde_json::json;

use crate::cli::hold::config_with_database;
use crate::cli::output::TextStyle;
use crate::cli::when::{local, shared_zone};
use crate::cli::{Context, Exit, Failure};
use crate::config::Config;
use crate::domain::alarm::AlarmName;
use crate::domain::nearest::nearest;
use crate::store::alarms;
use crate::{upkeep, wiring};

/// An alarm that nobody hears for ever is none.
const QUIET_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

pub(super) async fn test(config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let db = context.open_existing(config).await?;
    let tried = upkeep::try_out(&db, &wiring::upkeep(config), &context.actor(), context.now()).await;
    db.close().await;
    let tried = tried?;
    let output = &context.output;
    for one in &tried {
        let (is_well, text) = match &one.outcome {
            Ok(text) => (true, text),
            Err(text) => (false, text),
        };
        if output.is_json() {
            output.json(&json!({ "way": one.way, "ok": is_well, "text": text }))?;
        } else {
            let (style, word) = if is_well { (TextStyle::Good, "ok") } else { (TextStyle::Bad, "fail") };
            output.line(format!("{}  {}: {text}", output.key(Some(style), word), one.way))?;
        }
    }
    if !tried.iter().any(|one| matches!(one.way, "email" | "push")) {
        output.note("Nobody gets alarms: set `to` or `push` under [alarms] in the configuration.");
    }
    Ok(if tried.iter().all(|one| one.outcome.is_ok()) { Exit::Ok } else { Exit::Problems })
}

pub(super) async fn quiet(config: &Config, typed: &str, duration: Duration, context: &Context) -> anyhow::Result<Exit> {
    let name: AlarmName = typed.parse().map_err(|_| {
        let near = nearest(typed, AlarmName::ALL.iter().map(|one| one.as_str()));
        let all = || AlarmName::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
        let hint = near.map_or_else(|| format!("it is one of {}", all()), |near| format!("did you mean {near}?"));
        Failure::usage(format!("{typed:?} is no alarm")).hint(hint)
    })?;
    if duration > QUIET_MAX {
        let failure = Failure::usage("an alarm is quiet for 30 days at most");
        return Err(failure.hint("find its cause by then, or be told again").into());
    }
    config_with_database(context)?;
    let db = context.open_existing(config).await?;
    let now = context.now();
    let until = now.plus(duration);
    let done = db.write(async |tx| alarms::quiet(tx, name, until, context.actor().at(now)).await).await;
    db.close().await;
    done?;
    let output = &context.output;
    if output.is_json() {
        output.json(&json!({ "name": name, "until": until }))?;
    } else if duration.is_zero() {
        output.line(format!("You are told of {name} again."))?;
    } else {
        output.line(format!("Nobody is told of {name} until {}.", local(until, &shared_zone(config))))?;
    }
    Ok(Exit::Ok)
}
