//! `coranto migrate`: brings the database's schema up to date, or moves what is in it to another database.

use super::output::TextStyle;
use super::table::Table;
use super::text::count;
use super::{Context, Exit, Failure, moving};
use crate::store::lock::EngineLock;
use crate::store::{Db, migrate};

/// Bring the database's schema up to date, or move to another database.
///
/// A move copies everything from SQLite to PostgreSQL or back, compares both, and closes the source. Stop every server
/// first.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto migrate --status
  coranto migrate
  coranto migrate --to postgres://coranto@localhost/coranto
  coranto migrate --from postgres://coranto@localhost/coranto --to sqlite://coranto.db")]
pub(super) struct Args {
    /// Show the steps and change nothing; exit with 3 when one is to do.
    #[arg(long)]
    status: bool,
    /// Move from this database; without it, from the configured one.
    #[arg(long, value_name = "URL", conflicts_with = "status")]
    from: Option<String>,
    /// Move to this database; without it, to the configured one.
    #[arg(long, value_name = "URL", conflicts_with = "status")]
    to: Option<String>,
    /// Undo a move, while nothing has run on the database that it went to.
    #[arg(long, conflicts_with = "status")]
    reopen: bool,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    if args.reopen || args.from.is_some() || args.to.is_some() {
        return moving::run(&moving::Ends::of(&config, args.from, args.to, context)?, args.reopen, context);
    }
    context.block_on(async {
        let db = context.open_as_it_is(&config).await?;
        if args.status {
            return status(&db, context).await;
        }
        // A server of the old version must not find the new schema under its feet.
        let _lock = EngineLock::acquire(config.database.as_str())
            .map_err(|error| anyhow::Error::new(error).context(Failure::new("the schema is left as it is")))?;
        let before = migrate::status(&db).await?.into_iter().filter(|step| !step.applied).count();
        migrate::run(&db).await?;
        db.close().await;
        if context.output.is_json() {
            context.output.json(&serde_json::json!({ "applied": before }))?;
        } else if before == 0 {
            context.output.line("The schema is up to date.")?;
        } else {
            context.output.line(format!("The schema is up to date now: {} made.", count(before as u64, "step")))?;
        }
        Ok(Exit::Ok)
    })
}

async fn status(db: &Db, context: &Context) -> anyhow::Result<Exit> {
    let steps = migrate::status(db).await?;
    let output = &context.output;
    let exit = if steps.iter().all(|step| step.applied) { Exit::Ok } else { Exit::Problems };
    if output.is_json() {
        for step in &steps {
            output.json(step)?;
        }
        return Ok(exit);
    }
    let mut table = Table::new(&[">STEP", "NAME", "STATE"]);
    for step in &steps {
        let state = if step.applied { "applied" } else { "to do" };
        table.row([step.number.to_string(), step.name.to_owned(), state.to_owned()]);
    }
    output.table(&table)?;
    let numbers: Vec<_> = steps.iter().map(|step| step.number).collect();
    if numbers.windows(2).any(|pair| pair[1] - pair[0] > 1) {
        output.note("A number that is missing was never used: no step is lost.");
    }
    if exit == Exit::Problems {
        output.note(output.toned_message(TextStyle::Warn, "Run `coranto migrate`."));
    }
    Ok(exit)
}
