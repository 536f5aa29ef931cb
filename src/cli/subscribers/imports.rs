//! Imports that were made: what they did, and taking one back.

use super::CommandSession;
use crate::cli::table::Table;
use crate::cli::text::{count, printable};
use crate::cli::when::when;
use crate::cli::{Exit, Failure};
use crate::domain::ImportId;
use crate::signup::{self, Imported, UNDO_FOR, Undo};
use crate::store::imports::{self, StoredImport};

#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto subscribers imports list
  coranto subscribers imports show 7
  coranto subscribers imports undo 7")]
pub(super) struct Imports {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the imports, the latest first.
    #[command(before_help = "Examples:
  coranto subscribers imports list")]
    List {
        /// At most so many.
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: u32,
    },
    /// Show one import: its files, the meaning of each column, its results.
    #[command(before_help = "Examples:
  coranto subscribers imports show 7")]
    Show {
        /// The import's number.
        id: i64,
    },
    /// Take an import back, within 30 days.
    #[command(
        before_help = "Examples:
  coranto subscribers imports undo 7",
        after_help = "Readers from this import are removed. Readers who got an email since are unsubscribed instead, so
that their links keep working. Subscriptions that it ended are restored, and its suppressions are
lifted. Readers who changed something themselves since stay as they are."
    )]
    Undo {
        /// The import's number.
        id: i64,
    },
}

pub(super) async fn imports(args: Imports, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    match args.command {
        Command::List { limit } => list(i64::from(limit), session).await,
        Command::Show { id } => show(ImportId(id), session).await,
        Command::Undo { id } => undo(ImportId(id), session).await,
    }
}

fn counts(stored: &StoredImport) -> Imported {
    serde_json::from_str(&stored.counts).unwrap_or_default()
}

fn as_json(stored: &StoredImport) -> serde_json::Value {
    serde_json::json!({
        "id": stored.id.0,
        "by": stored.actor,
        "state": stored.state,
        "files": stored.files.lines().collect::<Vec<_>>(),
        "agreed": Some(&stored.agreed).filter(|agreed| !agreed.is_empty()),
        "counts": counts(stored),
        "created_at": stored.created_at,
        "finished_at": stored.finished_at,
        "undone_at": stored.undone_at,
    })
}

async fn list(limit: i64, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let stored = imports::list(&mut session.db.read().await?, session.newsletter.id, limit).await?;
    if output.is_json() {
        stored.iter().try_for_each(|stored| output.json(&as_json(stored)))?;
        return Ok(Exit::Ok);
    }
    if stored.is_empty() {
        output.note("Nothing was imported yet.");
        return Ok(Exit::Ok);
    }
    let mut table = Table::new(&[">ID", "WHEN", "STATE", ">ROWS", ">GET MAIL", ">UNSUBSCRIBED", ">REJECTED", "FILES"]);
    for stored in &stored {
        let done = counts(stored);
        table.row([
            stored.id.0.to_string(),
            when(stored.created_at, session.newsletter),
            stored.state.to_string(),
            count(done.rows, ""),
            count(done.will_get_mail, ""),
            count(done.unsubscribed, ""),
            count(done.rejected, ""),
            stored.files.replace('\n', ", "),
        ]);
    }
    output.table(&table)?;
    Ok(Exit::Ok)
}

async fn found(id: ImportId, session: &CommandSession<'_>) -> anyhow::Result<StoredImport> {
    let stored = imports::get(&mut session.db.read().await?, id).await?;
    stored.filter(|stored| stored.newsletter_id == session.newsletter.id).ok_or_else(|| unknown(id, session))
}

fn unknown(id: ImportId, session: &CommandSession<'_>) -> anyhow::Error {
    Failure::new(format!("{} has no import {}", session.newsletter.slug, id.0))
        .hint("`coranto subscribers imports list` has their numbers")
        .into()
}

async fn show(id: ImportId, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let stored = found(id, session).await?;
    let mapping: serde_json::Value = serde_json::from_str(&stored.mapping).unwrap_or_default();
    let changes = imports::count_changes(&mut session.db.read().await?, id).await?;
    if output.is_json() {
        let mut value = as_json(&stored);
        value["mapping"] = mapping;
        value["changes"] = changes.into();
        output.json(&value)?;
        return Ok(Exit::Ok);
    }
    let done = counts(&stored);
    let at = when(stored.created_at, session.newsletter);
    output.line(format!("import {}, {}, {at}", id.0, stored.state))?;
    let agreed = if stored.agreed.is_empty() { "not said" } else { &stored.agreed };
    output.line(format!("agreed: {}", printable(agreed)))?;
    for file in mapping.as_array().into_iter().flatten() {
        let text = |value: &serde_json::Value| printable(value.as_str().unwrap_or_default());
        output.line(format!("\n{}", text(&file["file"])))?;
        let mut table = Table::new(&["COLUMN", "TAKEN FOR"]);
        for column in file["columns"].as_array().into_iter().flatten() {
            table.row([text(&column["column"]), text(&column["taken_for"])]);
        }
        output.table(&table)?;
    }
    output.line("")?;
    let mut table = Table::new(&["WHAT", ">ROWS"]);
    for (name, number) in serde_json::to_value(done)?.as_object().into_iter().flatten() {
        if let Some(number) = number.as_u64().filter(|number| *number > 0) {
            table.row([name.replace('_', " "), count(number, "")]);
        }
    }
    output.table(&table)?;
    Ok(Exit::Ok)
}

async fn undo(id: ImportId, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let stored = found(id, session).await?;
    let changes = imports::count_changes(&mut session.db.read().await?, id).await?;
    let question = format!(
        "Take back import {} of {} ({})?",
        id.0,
        stored.files.replace('\n', ", "),
        count(changes.unsigned_abs(), "change")
    );
    if !session.context.confirm(&question)? {
        return Err(Failure::new("nothing was changed").exit(Exit::NotAllowed).into());
    }
    let mut progress = output.progress("Taking back (changes)", Some(changes.unsigned_abs()));
    let actor = session.context.actor();
    let undone = signup::undo_import(session.db, session.newsletter.id, id, actor.at(session.context.now()), |done| {
        progress.set(done)
    })
    .await?;
    drop(progress);
    match undone {
        Undo::Done(undone) if output.is_json() => {
            output.json(&serde_json::json!({ "id": id.0, "result": "undone", "undone": undone }))?;
        }
        Undo::Done(undone) => output.line(format!(
            "Import {} is undone: {} taken out, {} had got email and are unsubscribed instead, {} restored, {} no longer \
             suppressed, {} had changed something themselves and stay.",
            id.0,
            count(undone.taken_out, ""),
            count(undone.unsubscribed, ""),
            count(undone.restored, ""),
            count(undone.unsuppressed, ""),
            count(undone.stayed, "")
        ))?,
        Undo::Already if output.is_json() => output.json(&serde_json::json!({ "id": id.0, "result": "unchanged" }))?,
        Undo::Already => output.line(format!("Import {} was undone before.", id.0))?,
        Undo::TooOld => {
            let days = UNDO_FOR.as_secs() / 86_400;
            return Err(Failure::new(format!("import {} is older than {days} days", id.0))
                .exit(Exit::NotAllowed)
                .hint("its changes are forgotten by then; `coranto subscribers remove ADDRESS` ends single subscriptions")
                .into());
        }
        Undo::Unknown => return Err(unknown(id, session)),
    }
    Ok(Exit::Ok)
}
