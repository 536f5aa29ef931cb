//! The help of every command: what it says is a snapshot, it fits on a screen, and each shows how it is used.

use clap::CommandFactory as _;
use coranto::cli::Cli;

/// The widest line that reads well in a terminal, in columns.
const COLUMNS: usize = 100;

/// Every command below `command` with its name as it is typed, in the order of the help.
fn all(command: &clap::Command, before: &str, into: &mut Vec<(String, clap::Command)>) {
    let name = format!("{before} {}", command.get_name()).trim().to_owned();
    into.push((name.clone(), command.clone()));
    for below in command.get_subcommands().filter(|below| below.get_name() != "help" && !below.is_hide_set()) {
        all(below, &name, into);
    }
}

fn commands() -> Vec<(String, clap::Command)> {
    let mut found = Vec::new();
    let mut root = Cli::command();
    root.build();
    all(&root, "", &mut found);
    found
}

#[test]
fn every_command_says_how_it_is_used() {
    let commands = commands();
    assert!(commands.len() > 30, "{}", commands.len());
    let (mut shown, mut everywhere) = (String::new(), None);
    for (name, mut command) in commands {
        let help = command.render_long_help().to_string();
        for line in help.lines() {
            assert!(line.chars().count() <= COLUMNS, "{name}: {line:?}");
        }
        assert!(help.starts_with("Examples:\n"), "{name} does not begin with examples:\n{help}");
        let examples: Vec<_> = help.lines().skip(1).take_while(|line| line.starts_with("  ")).collect();
        let own = examples.iter().filter(|line| line.trim_start().starts_with(&name)).count();
        assert!((1..=4).contains(&own), "{name}: {examples:?}");
        let help: Vec<_> = help.lines().map(str::trim_end).collect();
        let help = help.join("\n");
        // What every command takes is shown once.
        let (own, rest) = help.split_once("\nEverywhere:\n").unwrap();
        let (common, after) = rest.split_once("[default: text]").unwrap();
        assert_eq!(*everywhere.get_or_insert(common.to_owned()), common, "{name}");
        shown.push_str(&format!("==== {name} --help\n\n{}\n\n", format!("{own}{after}").trim()));
    }
    insta::assert_snapshot!("help", format!("{shown}==== Everywhere\n\n{}", everywhere.unwrap()));
}
