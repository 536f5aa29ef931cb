//! `coranto doctor`: looks at everything an installation needs, and says of each whether it is well and what to do.

use std::net::SocketAddr;

use super::newsletter_choice::newsletter;
use super::output::TextStyle;
use super::text::count;
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

/// Says each finding as soon as it is there, and keeps count.
struct Report<'a> {
    context: &'a Context,
    warnings: u64,
    failures: u64,
}

impl Report<'_> {
    fn say(&mut self, finding: &Finding) -> anyhow::Result<()> {
        let output = &self.context.output;
        let (word, tone) = match finding.health {
            FindingHealth::Ok => ("ok  ", TextStyle::Good),
            FindingHealth::Warn => ("warn", TextStyle::Warn),
            FindingHealth::Fail => ("fail", TextStyle::Bad),
        };
        self.warnings += u64::from(finding.health == FindingHealth::Warn);
        self.failures += u64::from(finding.health == FindingHealth::Fail);
        if output.is_json() {
            return output.json(finding);
        }
        output.line(format!("{}  {}: {}", output.toned(tone, word), finding.check, finding.text))?;
        match &finding.hint {
            Some(hint) => output.line(format!("      hint: {hint}")),
            None => Ok(()),
        }
    }

    fn say_all(&mut self, findings: Vec<Finding>) -> anyhow::Result<()> {
        findings.iter().try_for_each(|finding| self.say(finding))
    }

    fn end(self) -> Exit {
        let output = &self.context.output;
        match (self.failures, self.warnings) {
            (0, 0) => output.note("\nAll is well."),
            (0, warnings) => output.note(format!("\nNothing is wrong; {}.", count(warnings, "warning"))),
            (failures, _) => output.note(format!("\n{} to fix.", count(failures, "thing"))),
        }
        if self.failures == 0 { Exit::Ok } else { Exit::Problems }
    }
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let mut report = Report { context, warnings: 0, failures: 0 };
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
fn only(mut config: Config, named: Option<&str>) -> anyhow::Result<Config> {
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
