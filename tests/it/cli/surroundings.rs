//! What surrounds a command: another database, an interrupt, colours, logs without addresses.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::relay::{sink, use_port};
use super::{AT_MOST, cli, fails, first_issue, installation, json, ok};
use crate::harness::database::{Fresh, on_postgres};
use crate::harness::patience::until_blocking;
use crate::harness::program::{Program, coranto, run};

const SOON: Duration = Duration::from_secs(30);

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn commands_work_on_postgresql_as_well() {
    on_postgres(async |fresh: Fresh| {
        let folder = installation();
        let folder = folder.path();
        edit(folder, "coranto.toml", "sqlite://coranto.db", &fresh.url);
        ok(folder, &["subscribers", "add", "anna@example.org"]);
        edit(folder, &first_issue(folder), "draft: true ", "# ");
        let queued = ok(folder, &["queue", &first_issue(folder)]);
        assert!(queued.contains("goes out to 1 reader on Fri"), "{queued}");
        let status = &json(folder, &["status"])[0];
        assert_eq!((&status["queued"][0]["state"], &status["readers"]["mailable"]), (&"queued".into(), &1.into()));
        assert!(ok(folder, &["migrate", "--status"]).contains("applied"));
        assert!(!folder.join("coranto.db").exists());
        let found = ok(folder, &["doctor", "--offline"]);
        assert!(found.contains("is open, its schema up to date"), "{found}");
    });
}

#[test]
fn a_database_that_is_away_is_told_from_a_failure_and_without_its_password() {
    let folder = installation();
    let folder = folder.path();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    let url = format!("postgres://anna:hunter2@127.0.0.1:{port}/news");
    edit(folder, "coranto.toml", "sqlite://coranto.db", &url);
    for command in [&["status"][..], &["subscribers", "list"], &["migrate"]] {
        let said = fails(folder, command, 5);
        assert!(said.contains("anna:***@127.0.0.1") && !said.contains("hunter2"), "{said}");
    }
    let found = cli(folder, &["doctor", "--offline"]);
    assert_eq!(found.status.code(), Some(3), "{found:?}");
    assert!(found.stdout.contains("fail  database:") && !found.stdout.contains("hunter2"), "{found:?}");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = installation();
    let folder = folder.path();
    let letter = "Dear diary, this is not a database.\n".repeat(100);
    fs::write(folder.join("coranto.db"), &letter).unwrap();
    let said = fails(folder, &["status"], 5);
    assert!(said.contains("not a database"), "{said}");
    assert_eq!(fs::read_to_string(folder.join("coranto.db")).unwrap(), letter);
}

#[test]
fn an_interrupt_ends_a_watch_with_its_own_code() {
    let folder = installation();
    let folder = folder.path();
    let (_sink, port) = sink(folder, &["--refuse-mail", "451 4.7.1 Later"]);
    use_port(folder, port);
    edit(folder, "coranto.toml", "127.0.0.1:8080\"\n\n[news", "127.0.0.1:0\"\n\n[news");
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    edit(folder, &first_issue(folder), "draft: true ", "# ");
    let mut command = coranto(folder);
    command.arg("serve");
    let mut server = Program::start(command);
    server.wait_for_line("delivery begins", SOON);
    ok(folder, &["queue", &first_issue(folder), "--now", "--no-undo"]);
    let mut command = coranto(folder);
    command.args(["status", "--watch", "--json"]);
    let mut watch = Program::start(command);
    watch.wait_for_line("\"sending\"", SOON);
    watch.signal("INT");
    assert_eq!(watch.wait(SOON).status.code(), Some(130));
}

#[test]
fn logs_bear_no_address_however_much_they_tell() {
    let folder = installation();
    let folder = folder.path();
    let (_sink, port) = sink(folder, &[]);
    use_port(folder, port);
    edit(folder, "coranto.toml", "127.0.0.1:8080\"\n\n[news", "127.0.0.1:0\"\n\n[news");
    for reader in ["anna.berg", "permfail-bo", "tempfail-carl"] {
        ok(folder, &["subscribers", "add", &format!("{reader}@example.org")]);
    }
    edit(folder, &first_issue(folder), "draft: true ", "# ");
    let mut command = coranto(folder);
    command.args(["serve", "-vv", "--log-format", "json"]);
    let mut server = Program::start(command);
    server.wait_for_line("delivery begins", SOON);
    ok(folder, &["queue", &first_issue(folder), "--now", "--no-undo"]);
    let shown = || json(folder, &["issues", "show", "first-things"]);
    until_blocking("something was sent", || shown()[0]["totals"]["failed"] == 1);
    server.signal("TERM");
    let ended = server.wait(SOON);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    for local in ["anna.berg", "permfail-bo", "tempfail-carl"] {
        assert!(!ended.stderr.contains(&format!("{local}@")), "{local} is in the log");
    }
    for line in ended.stderr.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["level"].is_string(), "{line}");
    }
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let folder = installation();
    let folder = folder.path();
    let status = |name: &str, value: &str| {
        let mut command = coranto(folder);
        command.arg("status").env_remove("NO_COLOR").env(name, value);
        let ended = run(command, AT_MOST);
        (ended.stdout + &ended.stderr).contains('\u{1b}')
    };
    assert!(!status("LANG", "C.UTF-8"), "a pipe is no terminal");
    assert!(status("CLICOLOR_FORCE", "1"));
    assert!(!status("CLICOLOR_FORCE", "0"));
    let mut command = coranto(folder);
    command.arg("status").env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1");
    assert!(!run(command, AT_MOST).stdout.contains('\u{1b}'), "NO_COLOR is stronger");
}

#[test]
fn quiet_leaves_results_and_errors_alone() {
    let folder = installation();
    let folder = folder.path();
    let quiet = cli(folder, &["new", "Quiet things", "-q"]);
    assert!(quiet.stdout.ends_with("-quiet-things.md\n") && quiet.stderr.is_empty(), "{quiet:?}");
    assert!(fails(folder, &["issues", "show", "x", "-q"], 1).starts_with("error: there is no issue"));
}
