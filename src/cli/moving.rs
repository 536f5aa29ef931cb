//! `coranto migrate --from --to`: what is in one database goes on in another.

use std::path::Path;

use serde_json::json;

use super::context::uncopied;
use super::output::TextStyle;
use super::progress::Progress;
use super::table::Table;
use super::text::count;
use super::{Context, Exit, Failure};
use crate::config::{Config, DatabaseUrl};
use crate::store::lock::EngineLock;
use crate::store::{Db, StoreError};
use crate::upkeep::{self, CopiedTable, CopyStep, CopyTrouble, Relocation};

/// From where to where.
#[derive(Debug)]
pub(super) struct Ends {
    from: DatabaseUrl,
    to: Option<DatabaseUrl>,
}

impl Ends {
    /// What is left out is the configured one; of an undone move both may be, where the target is gone.
    pub(super) fn of(
        config: &Config,
        from: Option<String>,
        to: Option<String>,
        context: &Context,
    ) -> anyhow::Result<Self> {
        let parse = |flag: &str, text: String| {
            DatabaseUrl::parse(&text, context.folder()).map_err(|(why, hint)| {
                let failure = Failure::usage(format!("{flag}: {why}"));
                hint.into_iter().fold(failure, Failure::hint)
            })
        };
        let has_from = from.is_some();
        let from = from.map(|text| parse("--from", text)).transpose()?;
        let to = to.map(|text| parse("--to", text)).transpose()?;
        let from = from.unwrap_or_else(|| config.database.clone());
        let to = to.or_else(|| has_from.then(|| config.database.clone()));
        if to.as_ref().is_some_and(|to| to.as_str() == from.as_str()) {
            return Err(Failure::usage(format!("both sides of the move are {from}"))
                .hint("name the other one by --from or --to")
                .into());
        }
        Ok(Self { from, to })
    }
}

pub(super) fn run(ends: &Ends, is_undone: bool, context: &Context) -> anyhow::Result<Exit> {
    if let Some(file) = ends.from.sqlite_file().filter(|file| !file.exists()) {
        let text = format!("there is no database at {}", file.display());
        return Err(Failure::new(text).exit(Exit::NotAllowed).into());
    }
    context.block_on(async {
        let _lock = locked(&ends.from)?;
        let source = open(&ends.from, context).await?;
        let result = match is_undone {
            true => reopen(ends, &source, context).await,
            false => go(ends, &source, context).await,
        };
        source.close().await;
        result
    })
}

/// Nobody may work on a file meanwhile.
fn locked(url: &DatabaseUrl) -> anyhow::Result<Option<EngineLock>> {
    EngineLock::acquire(url.as_str()).map_err(|error| match error {
        error @ StoreError::Locked { .. } => {
            Failure::new(error.to_string()).exit(Exit::NotAllowed).hint("stop the server first").into()
        }
        error => anyhow::Error::from(error),
    })
}

async fn open(url: &DatabaseUrl, context: &Context) -> anyhow::Result<Db> {
    let opened = async {
        let db = Db::open(url.as_str()).await?;
        db.set_clock(&context.clock).await?;
        Ok::<_, StoreError>(db)
    };
    opened.await.map_err(|error| {
        Failure::new(format!("the database {url} cannot be opened: {error}")).exit(Exit::Unreachable).into()
    })
}

async fn go(ends: &Ends, source: &Db, context: &Context) -> anyhow::Result<Exit> {
    let to = ends.to.as_ref().ok_or_else(|| Failure::usage("say where to move by --to"))?;
    let _lock = locked(to)?;
    let target = open(to, context).await?;
    let (from_name, to_name) = (ends.from.to_string(), to.to_string());
    let moving = Relocation { source, target: &target, from: &from_name, to: &to_name };
    let mut progress = context.output.progress("", None);
    let moved = upkeep::move_to(moving, &context.clock, &context.actor(), &mut |step| {
        tell(step, &mut progress, context);
    })
    .await;
    drop(progress);
    target.close().await;
    match moved {
        Ok(tables) => {
            print(&tables, true, context)?;
            if context.output.is_json() {
                return Ok(Exit::Ok);
            }
            if tables.is_empty() {
                context.output.line("An earlier run had copied and compared everything.")?;
            }
            context.output.line(format!("Moved to {to_name}. {from_name} is closed and on hold."))?;
            if ends.from.as_str() == context.config()?.database.as_str() {
                context.output.note("Now write the new address into the configuration, under `database`; then start.");
            }
            Ok(Exit::Ok)
        }
        Err(CopyTrouble::Differs(tables)) => {
            print(&tables, false, context)?;
            Err(uncopied(CopyTrouble::Differs(tables)))
        }
        Err(trouble) => Err(uncopied(trouble)),
    }
}

fn tell(step: CopyStep<'_>, progress: &mut Progress, context: &Context) {
    match step {
        CopyStep::Resumed => progress.above(|| context.output.note("Going on where an earlier run stopped.")),
        CopyStep::StartedOver { why } => progress.above(|| context.output.note(format!("Starting over: {why}."))),
        CopyStep::Copied { table, rows } => {
            progress.is_counting(&format!("copying {table}"));
            progress.set(rows);
        }
        CopyStep::Compared { table, rows } => {
            progress.is_counting(&format!("comparing {table}"));
            progress.set(rows);
        }
    }
}

fn print(tables: &[CopiedTable], is_moved: bool, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    let sum = |sum: u64| format!("{sum:016x}");
    if output.is_json() {
        let side = |side: upkeep::SideSum| json!({ "rows": side.rows, "sum": sum(side.sum) });
        let tables: Vec<_> = tables
            .iter()
            .map(|table| {
                let (source, target) = (side(table.source), side(table.target));
                json!({ "table": table.table, "source": source, "target": target, "equal": table.is_equal() })
            })
            .collect();
        return output.json(&json!({ "moved": is_moved, "tables": tables }));
    }
    if tables.is_empty() {
        return Ok(());
    }
    let mut shown = Table::new(&["TABLE", ">ROWS", ">COPIED", "SUM", "SUM OF THE COPY", ""]);
    for table in tables {
        let verdict = if table.is_equal() { "equal" } else { "DIFFERS" };
        shown.row([
            table.table.clone(),
            count(table.source.rows, ""),
            count(table.target.rows, ""),
            sum(table.source.sum),
            sum(table.target.sum),
            verdict.to_owned(),
        ]);
    }
    output.table(&shown)
}

async fn reopen(ends: &Ends, source: &Db, context: &Context) -> anyhow::Result<Exit> {
    let actor = context.actor();
    let from = ends.from.to_string();
    if ends.to.is_none() && matches!(upkeep::usable(source).await, Err(CopyTrouble::Moved { .. })) {
        return Err(Failure::usage("say by --to where it moved to, so that nothing can run on both").into());
    }
    let to = ends.to.as_ref().map_or(String::new(), ToString::to_string);
    let there = ends.to.as_ref().filter(|to| to.sqlite_file().is_none_or(Path::exists));
    let _lock = there.map(locked).transpose()?;
    let target = match there {
        Some(url) => Some(open(url, context).await?),
        None => None,
    };
    let reopened = upkeep::reopen(source, target.as_ref(), (&from, &to), context.now(), &actor).await;
    if let Some(target) = target {
        target.close().await;
    }
    reopened.map_err(uncopied)?;
    if context.output.is_json() {
        context.output.json(&json!({ "reopened": from }))?;
    } else {
        context.output.line(format!("{from} may be used again; what was copied is of no use."))?;
        let style = context.output.toned_message(TextStyle::Warn, "Make sure that `database` names this one.");
        context.output.note(style);
    }
    Ok(Exit::Ok)
}
