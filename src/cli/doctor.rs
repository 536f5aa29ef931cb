//! `coranto doctor`: looks at everything an installation needs, and says of each whether it is well and what to do.

use std::net::SocketAddr;

use super::findings::FindingReport;
use super::newsletter_choice::newsletter;
use super::{Context, Exit};
use crate::config::{Config, ConfigErrors};
use crate::doctor::{Finding, FindingHealth, hooks, local, mailboxes, names, relays};

/// Look at everything an installation needs, and say what to do.
///
/// That is the configuration, database, clock, disk, DNS, relays and mailboxes.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto doctor
  coranto doctor --offline
  coranto doctor --json",
    after_help = "Exits with 3 when something is wrong. Warnings alone are no failure."
)]
pub(super) struct Args {
    /// Only this newsletter, and what all share.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
    /// Ask no name server, no relay and no mailbox.
    #[arg(long)]
    offline: bool,
    /// The name server to ask, instead of the system's.
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "offline")]
    resolver: Option<SocketAddr>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let mut report = FindingReport::new(context);
    let config = match Config::load(&context.config_file, &context.env) {
        Ok(config) => only(config, args.newsletter.as_deref())?,
        Err(errors) => {
            report.say_all(of_mistakes(&errors))?;
            return Ok(report.end());
        }
    };
    let file = context.config_file.display().to_string();
    report.say(&Finding::ok("configuration", format!("{file} is right")))?;
    for warning in &config.warnings {
        report.say(&Finding {
            hint: warning.hint.clone(),
            ..Finding::new("configuration", FindingHealth::Warn, warning.text(&file))
        })?;
    }
    report.say_all(local::files(&config))?;
    report.say_all(local::addresses(&config))?;
    report.say(&local::alarms(&config))?;
    report.say_all(hooks::look(&config))?;
    context.block_on(async {
        report.say_all(local::database(&config, context.now()).await)?;
        report.say(&local::disk(&config, context.folder()))?;
        if args.offline {
            return report.say_all(names::unasked(&config));
        }
        report.say_all(names::look(&config, args.resolver).await)?;
        report.say_all(relays::look(&config).await)?;
        report.say_all(mailboxes::look(&config).await)
    })?;
    Ok(report.end())
}

/// The configuration with one newsletter alone, if one was named.
pub(super) fn only(mut config: Config, named: Option<&str>) -> anyhow::Result<Config> {
    if let Some(slug) = named {
        newsletter(&config, named)?;
        config.newsletters.retain(|newsletter| newsletter.slug == slug);
        config.dkim.retain(|of, _| of == slug);
    }
    Ok(config)
}

fn of_mistakes(errors: &ConfigErrors) -> Vec<Finding> {
    let one = |problem: &crate::config::ConfigProblem| Finding {
        hint: problem.hint.clone(),
        ..Finding::new("configuration", FindingHealth::Fail, problem.text(&errors.file))
    };
    errors.problems.iter().map(one).collect()
}
