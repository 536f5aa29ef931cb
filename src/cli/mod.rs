//! The command line: one file per command. Results go to stdout, messages to stderr, and the exit code says how it went.

mod alarms;
mod announce;
mod backup;
mod bounces;
mod check;
mod compact;
mod completions;
mod config;
mod context;
mod demo;
mod dkim;
mod doctor;
mod failure;
mod findings;
mod hold;
mod hooking;
mod init;
mod issue_files;
mod issues;
mod keys;
mod limits;
mod listing;
mod logo;
mod man;
mod migrate;
mod moving;
mod new;
mod newsletter_choice;
pub mod output;
mod owner;
mod preview;
mod progress;
mod queue;
mod ready;
mod receiving;
mod report;
mod restore;
mod schema_hint;
mod sender_check;
mod serve;
pub mod sink;
mod staging;
mod state_hint;
mod status;
mod subscribers;
mod system_user;
pub mod table;
mod test;
mod text;
mod tidy;
mod users;
mod when;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub use self::context::Context;
pub use self::failure::{Exit, Failure};
use self::output::Output;
use crate::clock::Clock;
use crate::telemetry::{self, LogFormat, LogSettings};

/// The heading of flags that every command has.
const GLOBAL: &str = "Everywhere";

const EXAMPLES: &str = "\
Examples:
  coranto demo                     see it work, with nothing set up
  coranto init                     set up a newsletter in this folder
  coranto new \"First things\"       write the file of the next issue
  coranto check && coranto serve";

/// What a command is, how it is used, and then its options.
const TEMPLATE: &str = "\
{about-with-newline}
{before-help}{usage-heading} {usage}

{all-args}{after-help}";

/// The same of a command below `coranto`, which names the options of all commands in one line.
const TEMPLATE_BELOW: &str = "\
{about-with-newline}
{before-help}{usage-heading} {usage}

{all-args}

Everywhere: --config, --json, --quiet, --verbose, --no-input, --yes; see `coranto --help`.{after-help}";

/// A weekly email newsletter that you run yourself.
#[derive(Debug, Parser)]
#[command(
    name = "coranto",
    version,
    max_term_width = 100,
    before_help = EXAMPLES,
    after_help = failure::EXIT_CODES,
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Global {
    /// The configuration file [default: coranto.toml in this folder, else /etc/coranto/coranto.toml].
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "CORANTO_CONFIG",
        hide_env_values = true,
        help_heading = GLOBAL
    )]
    config: Option<PathBuf>,
    /// Print results as JSON: one object, or one per line.
    #[arg(long, global = true, help_heading = GLOBAL)]
    json: bool,
    /// Print only results and errors.
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    quiet: bool,
    /// Log more; twice logs everything.
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = GLOBAL)]
    verbose: u8,
    /// Never ask; fail instead.
    #[arg(long, global = true, help_heading = GLOBAL)]
    no_input: bool,
    /// Answer yes to every question.
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    yes: bool,
    /// The form of log lines.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text", help_heading = GLOBAL, hide_short_help = true)]
    log_format: LogFormatName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormatName {
    /// For a person.
    Text,
    /// One object per line, for a collector.
    Json,
}

/// What is said of each stands with its arguments.
#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Serve(serve::Args),
    Ready(ready::Args),
    New(new::Args),
    Check(check::Args),
    Preview(preview::Args),
    Test(test::Args),
    Queue(queue::Args),
    Status(status::Args),
    Alarms(alarms::Args),
    Issues(issues::Args),
    Subscribers(subscribers::Args),
    Users(users::Args),
    Bounces(bounces::Args),
    Report(report::Args),
    Doctor(doctor::Args),
    Dkim(dkim::Args),
    Keys(keys::Args),
    Migrate(migrate::Args),
    Hold(hold::HoldArgs),
    Release(hold::ReleaseArgs),
    Backup(backup::Args),
    Restore(restore::Args),
    Tidy(tidy::Args),
    Compact(compact::Args),
    Sink(sink::Args),
    Config(config::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    /// Whether it keeps running and tells what happens by logs.
    fn serves(&self) -> bool {
        matches!(self, Self::Serve(_))
    }

    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self {
            Self::Demo(args) => demo::run(args, context),
            Self::Init(args) => init::run(args, context),
            Self::Serve(args) => serve::run(args, context),
            Self::Ready(args) => ready::run(args, context),
            Self::New(args) => new::run(args, context),
            Self::Check(args) => check::run(args, context),
            Self::Preview(args) => preview::run(args, context),
            Self::Test(args) => test::run(args, context),
            Self::Queue(args) => queue::run(args, context),
            Self::Status(args) => status::run(args, context),
            Self::Alarms(args) => alarms::run(args, context),
            Self::Issues(args) => issues::run(args, context),
            Self::Subscribers(args) => subscribers::run(args, context),
            Self::Users(args) => users::run(args, context),
            Self::Bounces(args) => bounces::run(args, context),
            Self::Report(args) => report::run(args, context),
            Self::Doctor(args) => doctor::run(args, context),
            Self::Dkim(args) => dkim::run(args, context),
            Self::Keys(args) => keys::run(args, context),
            Self::Migrate(args) => migrate::run(args, context),
            Self::Hold(args) => hold::hold(args, context),
            Self::Release(args) => hold::release(args, context),
            Self::Backup(args) => backup::run(args, context),
            Self::Restore(args) => restore::run(args, context),
            Self::Tidy(args) => tidy::run(args, context),
            Self::Compact(args) => compact::run(args, context),
            Self::Sink(args) => sink::command(args, context),
            Self::Config(args) => config::run(args, context),
            Self::Completions(args) => completions::run(args, context),
            Self::Man(args) => man::run(args, context),
        }
    }
}

/// The whole command line, as help shows it.
pub fn command() -> clap::Command {
    fn below(command: clap::Command, everywhere: &[clap::Arg]) -> clap::Command {
        let command = command.help_template(TEMPLATE_BELOW).args(everywhere.iter().cloned());
        command.mut_subcommands(|each| below(each, everywhere))
    }
    let command = Cli::command().help_template(TEMPLATE);
    // A command's own copy, which its help does not repeat, comes before the one that it would inherit.
    let everywhere: Vec<_> =
        command.get_arguments().filter(|arg| arg.is_global_set()).map(|arg| arg.clone().hide(true)).collect();
    command.mut_subcommands(|each| below(each, &everywhere))
}

fn parse() -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&command().try_get_matches()?)
}

/// Runs the program with this process's arguments and environment.
pub fn main() -> ExitCode {
    let env = crate::config::environment();
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            // That nobody reads the help is no reason to fail otherwise.
            let _ = error.print();
            let is_mistake = error.exit_code() != 0;
            let takes_mail = is_mistake && takes_mail(std::env::args_os().skip(1));
            return match takes_mail {
                true => Exit::MailUsage.into(),
                false => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Usage as u8)),
            };
        }
    };
    let output = Output::new(cli.global.json, cli.global.quiet, &env);
    let context = Context {
        output: output.clone(),
        clock: Clock::system(),
        config_file: cli.global.config.clone().unwrap_or_else(crate::config::usual_file),
        may_ask: !cli.global.no_input && context::is_interactive(),
        yes: cli.global.yes,
        env,
    };
    let result = start_logging(&cli, &context).and_then(|()| cli.command.run(&context));
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            let exit = failure::exit_of(&error);
            if exit != Exit::Ok {
                output.error(&failure::explain(&error), exit as u8);
            }
            exit.into()
        }
    }
}

/// Whether a mail server hands mail to the command: it knows the codes of sysexits and no others.
fn takes_mail(mut arguments: impl Iterator<Item = OsString>) -> bool {
    arguments.any(|word| word == "bounces") && arguments.any(|word| word == "receive")
}

fn start_logging(cli: &Cli, context: &Context) -> anyhow::Result<()> {
    let by_flags = match (cli.global.verbose, cli.global.quiet) {
        (0, true) => "error",
        (0, false) if cli.command.serves() => "coranto=info,warn",
        (0, false) => "warn",
        (1, _) => "coranto=debug,info",
        _ => "trace",
    };
    let given = context.env.iter().find(|(name, _)| name == "CORANTO_LOG").map(|(_, value)| value.as_str());
    telemetry::start(&LogSettings {
        filter: given.unwrap_or(by_flags).to_owned(),
        format: match cli.global.log_format {
            LogFormatName::Text => LogFormat::Text,
            LogFormatName::Json => LogFormat::Json,
        },
        colour: context.output.colours_messages(),
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
