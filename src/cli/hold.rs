//! `coranto hold` and `coranto release`: nothing goes out until a person has looked.

use serde_json::json;

use super::text::count;
use super::when::{about, local, shared_zone};
use super::{Context, Exit, Failure};
use crate::config::Config;
use crate::domain::issue::IssueState;
use crate::store::lock::is_missing;
use crate::store::{Db, installation, issues};
use crate::upkeep;

/// Hold everything: nothing goes out but alarms and test emails.
///
/// Pages, sign-ups and bounces go on. What is on the wire is finished. `coranto release` lifts the hold.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto hold \"the address list looks wrong\"")]
pub(super) struct HoldArgs {
    /// Why, for whoever looks at `coranto status`.
    #[arg(value_name = "WHY")]
    why: String,
}

/// Lift the hold: queued issues go out again.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto release
  coranto release --yes")]
pub(super) struct ReleaseArgs {}

/// The configuration, if its database is there: nothing that is written where none is would last.
pub(super) fn config_with_database(context: &Context) -> anyhow::Result<Config> {
    let config = context.config()?;
    match config.database.sqlite_file().filter(|file| is_missing(file)) {
        Some(file) => {
            let text = format!("there is no database at {} yet", file.display());
            Err(Failure::new(text).exit(Exit::NotAllowed).hint("`coranto serve` makes it").into())
        }
        None => Ok(config),
    }
}

pub(super) fn hold(args: HoldArgs, context: &Context) -> anyhow::Result<Exit> {
    let why = args.why.trim();
    if why.is_empty() {
        return Err(Failure::usage("the reason is empty; `coranto status` is to show one").into());
    }
    let config = config_with_database(context)?;
    context.block_on(async {
        let db = context.open_existing(&config).await?;
        let actor = context.actor();
        let held = upkeep::hold(&db, why, actor.at(context.now())).await?;
        db.close().await;
        if !held {
            return Err(Failure::new("everything is held already").exit(Exit::NotAllowed).into());
        }
        if context.output.is_json() {
            context.output.json(&json!({ "held": true, "why": why }))?;
        } else {
            context.output.line("Nothing goes out until `coranto release`.")?;
        }
        Ok(Exit::Ok)
    })
}

pub(super) fn release(_: ReleaseArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = config_with_database(context)?;
    context.block_on(async {
        let db = context.open_existing(&config).await?;
        let result = release_held(&db, &config, context).await;
        db.close().await;
        result
    })
}

async fn release_held(db: &Db, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let refused = || Failure::new("nothing is held").exit(Exit::NotAllowed);
    let mut tx = db.read().await?;
    let known = installation::get(&mut tx).await?;
    let Some(since) = known.as_ref().and_then(|known| known.held_at) else { return Err(refused().into()) };
    let mut queued = issues::in_state(&mut tx, IssueState::Queued).await?;
    let sending = issues::in_state(&mut tx, IssueState::Sending).await?;
    let waiting: usize = {
        let paused = issues::in_state(&mut tx, IssueState::Paused).await?.len();
        paused + issues::in_state(&mut tx, IssueState::Held).await?.len()
    };
    drop(tx);
    let zone = shared_zone(config);
    let why = known.and_then(|known| known.held_why).unwrap_or_default();
    if !context.output.is_json() {
        context.output.line(format!("On hold since {}: {why}", local(since, &zone)))?;
        for issue in &sending {
            context.output.line(format!("  {} goes on at once", issue.slug))?;
        }
        queued.truncate(10);
        for issue in &queued {
            let due = issue.due_at.unwrap_or(issue.created_at);
            let when = match due > context.now() {
                true => format!("goes out on {} (in {})", local(due, &zone), about(due.since(context.now()))),
                false => "is due, and goes out or is held as after any missed time".to_owned(),
            };
            context.output.line(format!("  {} {when}", issue.slug))?;
        }
        if waiting > 0 {
            let number = count(u64::try_from(waiting).unwrap_or(u64::MAX), "paused or held issue");
            context.output.line(format!("  not without you: {number}, see `coranto status`"))?;
        }
    }
    if !context.confirm("Lift the hold?")? {
        return Err(Failure::new("nothing was changed").exit(Exit::Interrupted).into());
    }
    let actor = context.actor();
    if !upkeep::release(db, actor.at(context.now())).await? {
        return Err(refused().into());
    }
    if context.output.is_json() {
        context.output.json(&json!({ "held": false }))?;
    } else {
        context.output.line("The hold is lifted.")?;
    }
    Ok(Exit::Ok)
}
