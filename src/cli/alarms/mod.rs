//! `coranto alarms`: what needs a person now, why, and what to do about it.

mod way;

use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::json;

use super::output::TextStyle;
use super::when::{self, local, shared_zone};
use super::{Context, Exit};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::domain::alarm::Severity;
use crate::store::alarms::{self, StandingAlarm};
use crate::store::{Db, Result};
use crate::{upkeep, wiring};

/// List what needs a person now, why, and what to do; try out who is told.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto alarms
  coranto alarms test
  coranto alarms quiet slot.empty 3h",
    after_help = "Alarms go to the addresses under [alarms] in the configuration: by email (to) and by HTTPS (push)."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Send a test through each way that is set up, and say what came of it.
    ///
    /// Exits with 3 when one failed.
    #[command(before_help = "Examples:
  coranto alarms test")]
    Test,
    /// Do not tell of an alarm for a while; it stands in lists all the same.
    #[command(before_help = "Examples:
  coranto alarms quiet relay.down 4h
  coranto alarms quiet relay.down 0s")]
    Quiet {
        /// The alarm's name, as `coranto alarms --json` says it.
        name: String,
        /// For how long, such as 90m, 4h or 2h30m; 0s ends it.
        #[arg(value_parser = when::duration)]
        duration: Duration,
    },
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    context.block_on(async {
        match args.command {
            None => list(&config, context).await,
            Some(Command::Test) => way::test(&config, context).await,
            Some(Command::Quiet { name, duration }) => way::quiet(&config, &name, duration, context).await,
        }
    })
}

async fn list(config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let output = &context.output;
    let db = match context.open_existing_to_look(config).await {
        Ok(db) => db,
        Err(error) => {
            // What stood when the database was last there, and that it is away.
            if let Some(text) = upkeep::read_board(&wiring::alarms_file(config)) {
                text.lines().for_each(|line| output.warn(line));
            }
            return Err(error);
        }
    };
    let now = context.now();
    let standing = standing(&db, now).await?;
    let quiets = alarms::quiets(&mut db.read().await?, now).await?;
    db.close().await;
    if output.is_json() {
        standing.iter().try_for_each(|one| output.json(&as_json(one)))?;
        return Ok(Exit::Ok);
    }
    if standing.is_empty() {
        output.note("Nothing needs a person now.");
    }
    let zone = shared_zone(config);
    standing.iter().try_for_each(|one| show(one, &zone, context))?;
    for (name, until) in quiets {
        output.note(format!("Nobody is told of {name} until {}.", local(until, &zone)));
    }
    let is_told = !config.alarms.to.is_empty() || config.alarms.push.is_some();
    if !is_told {
        output.note("Nobody gets alarms: set `to` or `push` under [alarms] in the configuration.");
    }
    Ok(Exit::Ok)
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
