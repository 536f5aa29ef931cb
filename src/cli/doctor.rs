//! `coranto doctor`: looks at everything an installation needs, and says of each whether it is well and what to do.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::findings::{FindingOptions, FindingReport};
use super::newsletter_choice::newsletter;
use super::{Context, Exit, Failure};
use crate::config::{Config, ConfigErrors};
use crate::doctor::way_in::{self, Reach};
use crate::doctor::{CheckName, Finding, FindingHealth, certificates, hooks, local, mailboxes, names, relays};
use crate::domain::nearest::nearest;
use crate::store::checkups;

/// Look at everything an installation needs, and say what to do.
///
/// That is the configuration, database, clock, disk, DNS, relays, mailboxes, certificates and the way in.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto doctor
  coranto doctor --offline
  coranto doctor --only dns --strict
  coranto doctor --json",
    after_help = "Exits with 3 when something is wrong. Warnings alone are no failure, unless --strict is given."
)]
pub(super) struct Args {
    /// Only this newsletter, and what all share.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
    /// Ask no name server, no relay, no mailbox and no web server.
    #[arg(long)]
    offline: bool,
    /// Only this check or this group of checks, as --json names them; may be given several times.
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Exit with 3 for warnings too.
    #[arg(long)]
    strict: bool,
    /// Say only what changed since the server looked last.
    #[arg(long)]
    since_last: bool,
    /// The name server to ask, instead of the system's.
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "offline")]
    resolver: Option<SocketAddr>,
    /// Ask for the pages at this address instead of the one that the DNS names, to try a web server on this machine.
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "offline")]
    reach: Option<SocketAddr>,
    /// Believe this certificate, or those of this authority, for the pages.
    #[arg(long, value_name = "FILE", requires = "reach")]
    reach_ca: Option<PathBuf>,
}

impl Args {
    /// Whether anything of these groups is to be said.
    fn wants(&self, groups: &[&str]) -> bool {
        let group = |wanted: &String| wanted.split('.').next().unwrap_or_default().to_owned();
        self.only.is_empty() || self.only.iter().any(|wanted| groups.contains(&group(wanted).as_str()))
    }
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    args.only.iter().try_for_each(|wanted| known(wanted))?;
    let config = match Config::load(&context.config_file, &context.env) {
        Ok(config) => only(config, args.newsletter.as_deref())?,
        Err(errors) => {
            let mut report = FindingReport::new(context);
            report.say_all(of_mistakes(&errors))?;
            return report.end();
        }
    };
    let mut options = FindingOptions { only: args.only.clone(), strict: args.strict, remembered: None };
    context.block_on(async {
        if args.since_last {
            let db = context.open_existing_to_look(&config).await?;
            let all = checkups::all(&mut db.read().await?).await?;
            options.remembered = Some(all.into_iter().map(|one| (one.id, one.state)).collect());
            db.close().await;
        }
        let mut report = FindingReport::with(context, options);
        on_this_machine(&args, &config, context, &mut report).await?;
        if args.offline {
            report.say_all(names::unasked(&config))?;
        } else {
            from_others(&args, &config, context, &mut report).await?;
        }
        report.end()
    })
}

async fn on_this_machine(
    args: &Args,
    config: &Config,
    context: &Context,
    report: &mut FindingReport<'_>,
) -> anyhow::Result<()> {
    let file = context.config_file.display().to_string();
    let check = CheckName::Configuration.here();
    report.say(&Finding::ok(&check, format!("{file} is right")))?;
    for warning in &config.warnings {
        let finding = Finding::new(&check, FindingHealth::Warn, warning.text(&file));
        report.say(&Finding { hint: warning.hint.clone(), ..finding })?;
    }
    if args.wants(&["content", "database", "keys", "signing"]) {
        report.say_all(local::files(config))?;
    }
    report.say_all(local::addresses(config))?;
    report.say(&local::alarms(config))?;
    report.say_all(hooks::look(config))?;
    report.say_all(certificates::listener(config, context.now()))?;
    if args.wants(&["installation", "database", "keys", "readers", "backup", "inbound"]) {
        report.say_all(local::database(config, context.now()).await)?;
        report.say(&local::disk(config, context.folder()))?;
    }
    Ok(())
}

async fn from_others(
    args: &Args,
    config: &Config,
    context: &Context,
    report: &mut FindingReport<'_>,
) -> anyhow::Result<()> {
    if args.wants(&["dns", "signing"]) {
        report.say_all(names::look(config, args.resolver).await)?;
    }
    if args.wants(&["way_in"]) {
        let reach = Reach { at: args.reach, ca_file: args.reach_ca.clone() };
        report.say_all(way_in::look(config, &reach, context.now()).await)?;
    }
    if args.wants(&["relay"]) {
        report.say_all(relays::look(config, context.now()).await)?;
    }
    if args.wants(&["inbound"]) {
        report.say_all(mailboxes::look(config).await)?;
    }
    Ok(())
}

/// Refuses what no check is called.
fn known(wanted: &str) -> anyhow::Result<()> {
    let name = wanted.split('/').next().unwrap_or_default();
    if CheckName::ALL.iter().any(|one| one.as_str() == name || one.group() == wanted) {
        return Ok(());
    }
    let names = CheckName::ALL.iter().flat_map(|one| [one.as_str(), one.group()]);
    let hint = match nearest(name, names) {
        Some(near) => format!("did you mean {near}?"),
        None => "`coranto doctor --json` names every check".to_owned(),
    };
    Err(Failure::usage(format!("no check is called {wanted}")).hint(hint).into())
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
        ..Finding::new(&CheckName::Configuration.here(), FindingHealth::Fail, problem.text(&errors.file))
    };
    errors.problems.iter().map(one).collect()
}
