//! `coranto completions`: scripts for shells.

use clap::CommandFactory as _;

use super::{Cli, Context, Exit};

/// Print a script that completes commands, flags and values in a shell.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto completions bash > /etc/bash_completion.d/coranto
  coranto completions fish > ~/.config/fish/completions/coranto.fish")]
pub(super) struct Args {
    /// The shell that will read them.
    shell: clap_complete::Shell,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "coranto", &mut script);
    context.output.write(&script)?;
    Ok(Exit::Ok)
}
