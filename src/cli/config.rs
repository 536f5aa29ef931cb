//! `coranto config`: what is in force, whether it is right, and what there is to set.

use super::output::TextStyle;
use super::text::count;
use super::{Context, Exit, logo};
use crate::config::{Config, ConfigErrors, ConfigProblem, Origin, reference};
use crate::doctor::signing;
use crate::images::ImageCache;
use crate::wiring;

/// Show or check the configuration.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto config check
  coranto config show")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print every setting and its origin; secrets are masked.
    #[command(before_help = "Examples:
  coranto config show
  coranto config show --json")]
    Show,
    /// List everything that is wrong with the configuration.
    #[command(before_help = "Examples:
  coranto config check")]
    Check,
    /// Print the reference of every key.
    #[command(before_help = "Examples:
  coranto config reference")]
    Reference,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match args.command {
        Command::Show => show(context),
        Command::Check => check(context),
        Command::Reference => {
            context.output.write(reference().as_bytes())?;
            Ok(Exit::Ok)
        }
    }
}

fn show(context: &Context) -> anyhow::Result<Exit> {
    let settings = context.document()?.settings();
    let output = &context.output;
    if output.is_json() {
        for setting in settings {
            output.json(&setting)?;
        }
        return Ok(Exit::Ok);
    }
    for setting in settings {
        let from = output.toned(TextStyle::Faint, &format!("# {}", setting.from));
        output.line(format!("{} = {}  {from}", setting.key, setting.value))?;
    }
    Ok(Exit::Ok)
}

fn check(context: &Context) -> anyhow::Result<Exit> {
    let file = context.config_file.display();
    match Config::load(&context.config_file, &context.env) {
        Ok(config) => {
            wiring::templates(&config)?;
            let gallery = ImageCache::default();
            for newsletter in &config.newsletters {
                logo::load(&config, newsletter, &gallery)?;
                wiring::signers(&config, &newsletter.slug)?;
            }
            let mut warnings = config.warnings.clone();
            warnings.extend(signing::doubts(&config).into_iter().map(|doubt| ConfigProblem {
                place: Origin::Nowhere,
                key: doubt.key,
                why: doubt.text,
                hint: Some(doubt.hint),
            }));
            let (newsletters, relays) = (config.newsletters.len() as u64, config.relays.len() as u64);
            if context.output.is_json() {
                let warnings: Vec<_> = warnings.iter().map(|warning| as_json(warning, &file.to_string())).collect();
                context.output.json(&serde_json::json!({ "ok": true, "problems": [], "warnings": warnings }))?;
            } else {
                let found = format!("{}, {}", count(newsletters, "newsletter"), count(relays, "relay"));
                context.output.line(format!("{file}: ok, {found}"))?;
            }
            for warning in &warnings {
                context.output.warn(warning.text(&file.to_string()));
                if let Some(hint) = &warning.hint {
                    context.output.note(format!("  hint: {hint}"));
                }
            }
            if config.relays.is_empty() {
                context.output.warn("there is no [[relays]] section, so emails wait until there is one");
            }
            Ok(Exit::Ok)
        }
        Err(errors) => {
            report(&errors, context)?;
            Ok(Exit::Problems)
        }
    }
}

fn report(errors: &ConfigErrors, context: &Context) -> anyhow::Result<()> {
    if !context.output.is_json() {
        context.output.line(errors)?;
        context.output.note(count(errors.problems.len() as u64, "mistake"));
        return Ok(());
    }
    let problems: Vec<_> = errors.problems.iter().map(|problem| as_json(problem, &errors.file)).collect();
    context.output.json(&serde_json::json!({ "ok": false, "problems": problems }))
}

fn as_json(problem: &ConfigProblem, file: &str) -> serde_json::Value {
    let (line, column, variable) = match &problem.place {
        Origin::File { line, column } => (Some(line), Some(column), None),
        Origin::Environment(name) => (None, None, Some(name)),
        Origin::Nowhere => (None, None, None),
    };
    serde_json::json!({
        "file": file, "line": line, "column": column, "variable": variable,
        "key": problem.key, "message": problem.why, "hint": problem.hint,
    })
}
