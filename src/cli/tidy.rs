//! `coranto tidy`: what has had its time, and taking it away now. The server does the same once a day.

use serde_json::{Map, json};

use super::output::TextStyle;
use super::table::Table;
use super::text::count;
use super::when::{local, shared_zone};
use super::{Context, Exit, Failure};
use crate::config::Config;
use crate::domain::retention::Expiry;
use crate::store::{Db, retention};
use crate::upkeep::{self, Due, RetentionOutcome};

/// Delete data whose time under [retention] is over.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto tidy --dry-run
  coranto tidy --yes",
    after_help = "The server does this once a day. It never runs while an issue goes out."
)]
pub(super) struct Args {
    /// Show what would be deleted, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    context.block_on(async {
        let db = match args.dry_run {
            true => context.open_existing_to_look(&config).await?,
            false => context.open_existing(&config).await?,
        };
        let result = tidy(args.dry_run, &db, &config, context).await;
        db.close().await;
        result
    })
}

async fn tidy(dry_run: bool, db: &Db, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let due = upkeep::due(db, config.retention, context.now()).await?;
    let output = &context.output;
    if dry_run || due.rows() == 0 {
        show(&due, db, config, context).await?;
        return Ok(Exit::Ok);
    }
    if !context.yes && !output.is_json() {
        show(&due, db, config, context).await?;
    }
    let question = format!("Delete {} for good?", count(due.rows(), "row"));
    if !context.confirm(&question)? {
        return Err(Failure::new("nothing was deleted").into());
    }
    let actor = context.actor();
    let (gone, ended) = upkeep::expire(db, config.retention, actor.at(context.now()), u32::MAX).await?;
    let is_cut = db.scour().await?;
    if output.is_json() {
        output.json(&json!({ "dry_run": false, "rows": rows(&gone), "whole": ended == RetentionOutcome::Whole }))?;
    } else {
        output.line(format!("{} are gone.", count(gone.rows(), "row")))?;
    }
    if !is_cut {
        output.note("Another process reads the database, so the server's daily run cuts back the log beside its file.");
    }
    match ended {
        RetentionOutcome::Whole => Ok(Exit::Ok),
        RetentionOutcome::Sending | RetentionOutcome::Enough => {
            Err(Failure::new("an issue is going out, so the rest stays for now")
                .exit(Exit::PartWay)
                .hint("run the same command when it is out; the server resumes by itself")
                .into())
        }
    }
}

/// The rows of each kind, by its name.
fn rows(due: &Due) -> Map<String, serde_json::Value> {
    due.0.iter().map(|(kind, rows)| (kind.as_str().to_owned(), (*rows).into())).collect()
}

async fn show(due: &Due, db: &Db, config: &Config, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    let progress = retention::progress(&mut db.read().await?).await?;
    if output.is_json() {
        let begins_at = progress.map(|progress| progress.begins_at);
        output.json(&json!({ "dry_run": true, "rows": rows(due), "begins_at": begins_at }))?;
        return Ok(());
    }
    let mut table = Table::new(&["WHAT", ">KEPT FOR", ">ROWS"]);
    for kind in Expiry::ALL {
        let kept = match config.retention.days(*kind) {
            0 => "ever".to_owned(),
            days => count(days.into(), "day"),
        };
        let rows = due.0.iter().find(|(known, _)| known == kind).map_or(0, |(_, rows)| *rows);
        table.row([kind.as_str().replace('_', " "), kept, count(rows, "")]);
    }
    output.table(&table)?;
    let much = count(due.rows(), "row");
    output.line(format!("\n{} to go.", output.toned(TextStyle::Strong, &much)))?;
    match progress {
        Some(progress) if progress.begins_at > context.now() => {
            output.note(format!("The server begins on {}.", local(progress.begins_at, &shared_zone(config))));
        }
        _ => {}
    }
    Ok(())
}
