//! `coranto compact`: the database's file without its free pages.

use std::path::Path;

use serde_json::json;

use super::{Context, Exit, Failure};
use crate::figures::size;
use crate::upkeep::{self, CompactOutcome};

/// Rebuild the SQLite file without free pages.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto compact --yes",
    after_help = "Nobody can sign up or unsubscribe while it runs. It does not run while an issue goes out.
PostgreSQL needs no such command: autovacuum does it."
)]
pub(super) struct Args {}

pub(super) fn run(_: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    context.block_on(async {
        let db = context.open_existing(&config).await?;
        let folder = config.database.sqlite_file().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        let result = match db.is_sqlite() && !context.confirm("Rebuild the file now? Others wait meanwhile.")? {
            true => Err(Failure::new("nothing was changed").into()),
            false => show(upkeep::compacted(&db, &folder).await?, context),
        };
        db.close().await;
        result
    })
}

fn show(outcome: CompactOutcome, context: &Context) -> anyhow::Result<Exit> {
    let output = &context.output;
    match outcome {
        CompactOutcome::Compacted { before, after } if output.is_json() => {
            output.json(&json!({ "did": "compact", "bytes_before": before, "bytes_after": after }))?;
        }
        CompactOutcome::Compacted { before, after } => {
            output.line(format!("The database has {} now; before it had {}.", size(after), size(before)))?;
        }
        CompactOutcome::Server if output.is_json() => output.json(&json!({ "did": "nothing" }))?,
        CompactOutcome::Server => {
            output.line("PostgreSQL frees its pages by itself: autovacuum does it. Nothing was changed.")?;
        }
        CompactOutcome::Sending => {
            return Err(Failure::new("an issue is going out, and its emails would wait")
                .exit(Exit::NotAllowed)
                .hint("run the same command when it is out, or after `coranto issues pause SLUG`")
                .into());
        }
        CompactOutcome::NoRoom { wanted, free } => {
            let text = format!("it takes {} beside the database, and {} are free", size(wanted), size(free));
            return Err(Failure::new(text).exit(Exit::NotAllowed).hint("make room on that disk first").into());
        }
    }
    Ok(Exit::Ok)
}
