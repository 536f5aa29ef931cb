//! The help of every command: what it says is a snapshot, it fits on a screen, and each shows how it is used.

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
    let mut root = coranto::cli::command();
    root.build();
    all(&root, "", &mut found);
    found
}

#[test]
fn every_command_says_how_it_is_used() {
    let commands = commands();
    assert!(commands.len() > 30, "{}", commands.len());
    let mut shown = String::new();
    for (name, mut command) in commands {
        let help = command.render_long_help().to_string();
        for line in help.lines() {
            assert!(line.chars().count() <= COLUMNS, "{name}: {line:?}");
        }
        let (what, examples) = help.split_once("\n\nExamples:\n").unwrap_or_else(|| panic!("{name}: no examples"));
        assert!(!what.is_empty() && !what.contains("Usage:"), "{name} does not begin with what it does:\n{help}");
        let examples: Vec<_> = examples.lines().take_while(|line| line.starts_with("  ")).collect();
        let own = examples.iter().filter(|line| line.trim_start().starts_with(&name)).count();
        assert!((1..=4).contains(&own), "{name}: {examples:?}");
        let help: Vec<_> = help.lines().map(str::trim_end).collect();
        shown.push_str(&format!("==== {name} --help\n\n{}\n\n", help.join("\n").trim()));
    }
    insta::assert_snapshot!("help", shown.trim_end());
}

#[test]
fn options_of_all_commands_are_explained_once_and_named_everywhere() {
    let root = coranto::cli::command();
    let common: Vec<_> =
        root.get_arguments().filter(|arg| arg.is_global_set()).filter_map(clap::Arg::get_long).collect();
    assert!(common.len() > 5, "{common:?}");
    for (name, mut command) in commands() {
        let help = command.render_long_help().to_string();
        if name == "coranto" {
            assert!(common.iter().all(|long| help.contains(&format!("--{long}"))), "{help}");
            continue;
        }
        let line =
            help.lines().find(|line| line.starts_with("Everywhere: ")).unwrap_or_else(|| panic!("{name}: {help}"));
        for long in &common {
            // Who collects logs reads the help of `coranto`.
            let is_named = line.contains(&format!("--{long}")) || *long == "log-format";
            assert!(
                is_named && !help.replace(line, "").contains(&format!("\n      --{long}")),
                "{name}: {long}\n{help}"
            );
        }
    }
}
