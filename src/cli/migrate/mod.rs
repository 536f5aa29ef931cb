//! `coranto migrate`: brings the database's schema up to date, or moves what is in it to another database.

mod status;

use super::schema_hint::left;
use super::text::count;
use super::{Context, Exit, Failure, moving};
use crate::store::lock::EngineLock;
use crate::upkeep::{self, Upgraded};

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
    /// Show the steps and what a start would do, and change nothing; exit with 3 when one is to do.
    #[arg(long)]
    status: bool,
    /// You have a backup: make no copy of the database first.
    #[arg(long, conflicts_with = "status")]
    no_backup: bool,
    /// Move from this database; without it, from the configured one.
    #[arg(long, value_name = "URL", conflicts_with_all = ["status", "no_backup"])]
    from: Option<String>,
    /// Move to this database; without it, to the configured one.
    #[arg(long, value_name = "URL", conflicts_with_all = ["status", "no_backup"])]
    to: Option<String>,
    /// Undo a move, while nothing has run on the database that it went to.
    #[arg(long, conflicts_with_all = ["status", "no_backup"])]
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
            let shown = status::show(&db, &config, context).await;
            db.close().await;
            return shown;
        }
        // A server of the old version must not find the new schema under its feet.
        let _lock = EngineLock::acquire(config.database.as_str())
            .map_err(|error| anyhow::Error::new(error).context(Failure::new("the schema is left as it is")))?;
        let file = config.database.sqlite_file();
        let done = upkeep::upgrade(&db, file, args.no_backup, context.now()).await;
        let Upgraded { steps, copy } = done.map_err(|trouble| left(trouble, file))?;
        db.close().await;
        if context.output.is_json() {
            context.output.json(&serde_json::json!({ "applied": steps.len(), "steps": steps, "copy": copy }))?;
        } else if steps.is_empty() {
            context.output.line("The schema is up to date.")?;
        } else {
            let made = count(steps.len() as u64, "step");
            context.output.line(format!("The schema is up to date now: {made} made."))?;
        }
        if let Some(copy) = copy {
            context.output.note(format!(
                "The database as it was is {}; delete it when you no longer want to go back.",
                copy.display()
            ));
        }
        Ok(Exit::Ok)
    })
}
