//! `coranto migrate --status`: what a start would do to the schema, and what it needs.

use serde_json::json;

use crate::cli::output::TextStyle;
use crate::cli::table::Table;
use crate::cli::text::count;
use crate::cli::when::{local, shared_zone};
use crate::cli::{Context, Exit};
use crate::config::Config;
use crate::figures::size;
use crate::store::Db;
use crate::store::migrate::{StepClass, known};
use crate::upkeep::{self, Upgrade};

pub(super) async fn show(db: &Db, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let outlook = upkeep::outlook(db, config.database.sqlite_file(), context.now()).await?;
    let Upgrade { state, copy_before, needs, free, backed_up_at } = &outlook;
    let to_do: Vec<i64> = state.to_do().map(|step| step.number).collect();
    let is_borne = state.check().is_ok();
    let exit = if to_do.is_empty() && is_borne { Exit::Ok } else { Exit::Problems };
    let output = &context.output;
    if output.is_json() {
        for step in &state.steps {
            output.json(step)?;
        }
        output.json(&json!({ "summary": {
            "schema": state.newest, "knows": known(), "oldest_program": state.oldest_program, "works": is_borne,
            "made_by": state.made_by, "to_do": to_do, "copy_before": copy_before, "copy_bytes": needs, "free_bytes": free,
            "backed_up_at": backed_up_at,
        }}))?;
        return Ok(exit);
    }
    let zone = shared_zone(config);
    let mut table = Table::new(&[">STEP", "NAME", "CLASS", "STATE"]);
    for step in &state.steps {
        let done = step.applied_at.map(|at| format!("applied {}", local(at, &zone)));
        let done = done.unwrap_or_else(|| "to do".to_owned());
        table.row([step.number.to_string(), step.name.to_owned(), step.class.as_str().to_owned(), done]);
    }
    output.table(&table)?;
    let numbers: Vec<_> = state.steps.iter().map(|step| step.number).collect();
    if numbers.windows(2).any(|pair| pair[1] - pair[0] > 1) {
        output.note("A number that is missing was never used: no step is lost.");
    }
    if state.newest > known() {
        let by = state.made_by.as_deref().unwrap_or("of a later version");
        let works = if is_borne { "works with it" } else { "does not work with it" };
        output.note(format!(
            "The schema is {}, made by coranto {by}; this program knows {} and {works}.",
            state.newest,
            known()
        ));
    }
    if exit == Exit::Ok {
        return Ok(exit);
    }
    what_a_start_does(&outlook, config, context);
    output.note(
        output.toned_message(TextStyle::Warn, "Run `coranto migrate` while no server runs, or start `coranto serve`."),
    );
    Ok(exit)
}

fn what_a_start_does(outlook: &Upgrade, config: &Config, context: &Context) {
    let steps = outlook.state.to_do().count() as u64;
    let long = outlook.state.to_do().filter(|step| step.class != StepClass::Instant).count();
    if steps == 0 {
        return;
    }
    let output = &context.output;
    output.note(match long {
        0 => format!("The next start makes {} at once.", count(steps, "step")),
        _ => format!(
            "The next start makes {}; {long} read or rewrite whole tables, and nobody writes meanwhile.",
            count(steps, "step")
        ),
    });
    if outlook.copy_before.is_none() {
        return;
    }
    match (outlook.needs, config.database.sqlite_file()) {
        (Some(bytes), Some(file)) => output.note(format!(
            "Before that it copies the database to {}.before-{}: {}, of which {} are free.",
            file.display(),
            outlook.copy_before.unwrap_or_default(),
            size(bytes),
            outlook.free.map_or_else(|| "an unknown number of bytes".to_owned(), size),
        )),
        _ if outlook.backed_up_at.is_some() => {
            output.note("The verified backup of the last 24 hours is there to go back to.")
        }
        _ => output.note("Before that it wants a backup: take one, and run `coranto migrate --no-backup`."),
    }
}
