//! The whole way by commands alone: readers in, a server, an issue out, and what each command says about it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::relay::{sink, use_port};
use super::{cli, fails, first_issue, installation, json, ok};
use crate::harness::patience::until_blocking;
use crate::harness::program::{Program, coranto};

const SOON: Duration = Duration::from_secs(30);

/// An installation with a sink, a server that is ready, and `readers` by name.
pub(super) fn running(folder: &Path, args: &[&str], readers: &[&str]) -> (Program, Program) {
    let (sink, port) = sink(folder, &[&["--journal", "mails.jsonl"], args].concat());
    use_port(folder, port);
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap().replace("127.0.0.1:8080\"\n\n[news", "127.0.0.1:0\"\n\n[news");
    fs::write(&path, text).unwrap();
    let list: String = readers.iter().map(|name| format!("{name}@example.org\n")).collect();
    fs::write(folder.join("list.csv"), format!("email\n{list}")).unwrap();
    ok(folder, &["subscribers", "import", "list.csv", "--agreed", "a test"]);
    let mut command = coranto(folder);
    command.arg("serve");
    let mut server = Program::start(command);
    server.wait_for_line("delivery begins", SOON);
    (sink, server)
}

pub(super) fn finished_issue(folder: &Path) -> String {
    let issue = first_issue(folder);
    let path = folder.join(&issue);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text.replace("draft: true ", "# ")).unwrap();
    issue
}

/// Rows of an issue that are claimed or on the wire.
fn in_hand(folder: &Path, issue: &str) -> i64 {
    let totals = json(folder, &["issues", "show", issue])[0]["totals"].clone();
    totals["claimed"].as_i64().unwrap() + totals["in_flight"].as_i64().unwrap()
}

fn mails(folder: &Path) -> usize {
    fs::read_to_string(folder.join("mails.jsonl")).unwrap_or_default().lines().count()
}

#[test]
fn an_issue_goes_out_and_every_command_tells_the_same() {
    let folder = installation();
    let folder = folder.path();
    let readers = ["anna", "bo", "carl", "permfail-dora", "emil"];
    let (_sink, server) = running(folder, &[], &readers);
    let issue = finished_issue(folder);
    let queued = cli(folder, &["queue", &issue, "--now", "--no-undo"]);
    assert!(queued.stdout.contains("goes out to 5 readers at once."), "{queued:?}");
    assert!(!queued.stderr.contains("coranto serve"), "a server is at work: {queued:?}");
    let watched = json(folder, &["status", "--watch"]);
    let status = watched.last().unwrap();
    assert_eq!((&status["serving"], &status["last"]["state"]), (&true.into(), &"sent".into()), "{status}");
    let totals = &status["last"]["totals"];
    assert_eq!((&totals["readers"], &totals["sent"], &totals["failed"]), (&5.into(), &4.into(), &1.into()));
    assert_eq!(mails(folder), 4);
    assert_eq!(&json(folder, &["issues", "show", &issue])[0]["totals"], totals);

    let failed = json(folder, &["issues", "deliveries", &issue, "--state", "failed"]);
    assert_eq!((failed.len(), &failed[0]["email"]), (1, &"permfail-dora@example.org".into()));
    assert!(failed[0]["reply"].as_str().unwrap().starts_with("550 5.1.1"), "{}", failed[0]);
    assert_eq!(json(folder, &["issues", "deliveries", &issue, "--limit", "2"]).len(), 2);
    assert_eq!(ok(folder, &["issues", "deliveries", &issue]).lines().count(), 6);

    assert!(fails(folder, &["queue", &issue, "--now"], 4).contains("was sent already"));
    fails(folder, &["issues", "pause", &issue], 4);
    assert_eq!(ok(folder, &["issues", "retry", &issue]), "1 email is tried again.\n");
    ok(folder, &["status", "--watch"]);
    assert_eq!(mails(folder), 4, "who was refused is refused again, and nobody else is asked");

    server.signal("TERM");
    assert_eq!(server.wait(SOON).status.code(), Some(0));
    assert_eq!(json(folder, &["status"])[0]["serving"], false);
}

#[test]
fn a_second_server_and_a_migration_are_refused_beside_the_first() {
    let folder = installation();
    let folder = folder.path();
    let (_sink, _server) = running(folder, &[], &["anna"]);
    for command in ["serve", "migrate"] {
        let said = fails(folder, &[command], 5);
        assert!(said.contains("another coranto is already serving coranto.db"), "{said}");
    }
    assert!(ok(folder, &["migrate", "--status"]).contains("applied"));
}

#[test]
fn an_issue_is_paused_mended_resumed_and_another_stopped() {
    let folder = installation();
    let folder = folder.path();
    // One connection and a slow relay: there is time to pause.
    let readers: Vec<String> = (0..40).map(|number| format!("reader{number}")).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("tls = \"none\"", "tls = \"none\"\nconnections = 1", 1)).unwrap();
    let (_sink, _server) = running(folder, &["--reply-delay", "50ms"], &readers);
    let issue = finished_issue(folder);
    ok(folder, &["queue", &issue, "--now", "--no-undo"]);
    until_blocking("mails", || mails(folder) >= 3);
    assert!(fails(folder, &["queue", &issue], 4).contains("is going out"));
    ok(folder, &["issues", "pause", &issue, "--note", "a typo"]);
    assert!(ok(folder, &["status"]).contains("a typo"));
    until_blocking("nothing is on the wire", || in_hand(folder, &issue) == 0);
    let before = mails(folder);
    assert!(before < 40, "the pause came too late");
    let file = folder.join(&issue);
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("Change this text", "Mended")).unwrap();
    assert!(ok(folder, &["queue", &issue]).contains("has new text for readers who have not got it yet"));
    assert_eq!(mails(folder), before, "paused is paused");
    ok(folder, &["issues", "resume", &issue]);
    let status = json(folder, &["status", "--watch"]);
    assert_eq!(status.last().unwrap()["last"]["totals"]["sent"], 40);
    assert_eq!(mails(folder), 40, "nobody twice, nobody missed");
    let shown = &json(folder, &["issues", "show", &issue])[0];
    let sent: Vec<i64> =
        shown["revisions"].as_array().unwrap().iter().map(|one| one["sent"].as_i64().unwrap()).collect();
    assert_eq!((sent.len(), sent.iter().sum::<i64>()), (2, 40), "{shown}");
    assert_eq!(sent[0], i64::try_from(before).unwrap());

    let second = ok(folder, &["new", "Second things"]).trim_end().to_owned();
    let text = fs::read_to_string(folder.join(&second)).unwrap();
    fs::write(folder.join(&second), text.replace("draft: true ", "# ") + "Some text.\n").unwrap();
    ok(folder, &["queue", &second, "--now", "--no-undo"]);
    until_blocking("mails", || mails(folder) >= 42);
    assert!(fails(folder, &["issues", "stop", "second-things"], 2).contains("hint: add --yes"));
    ok(folder, &["issues", "stop", "second-things", "--yes"]);
    until_blocking("nothing is on the wire", || in_hand(folder, "second-things") == 0);
    let totals = json(folder, &["issues", "show", "second-things"])[0]["totals"].clone();
    let number = |name: &str| totals[name].as_i64().unwrap();
    assert!(number("skipped") > 0 && number("sent") + number("skipped") == 40, "{totals}");
}
