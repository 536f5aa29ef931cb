//! Commands that talk to a relay: a proof, and the sink they are tried with.

use std::fs;
use std::time::Duration;

use super::{cli, fails, first_issue, installation, json};
use crate::harness::program::{Program, coranto};

const SOON: Duration = Duration::from_secs(20);

/// A sink as a process of its own, and its port.
pub(super) fn sink(folder: &std::path::Path, args: &[&str]) -> (Program, u16) {
    let mut command = coranto(folder);
    command.args(["sink", "--listen", "127.0.0.1:0"]).args(args);
    let mut program = Program::start(command);
    let line = program.wait_for_line("listens on", SOON);
    let port = line.split("127.0.0.1:").nth(1).unwrap().split('.').next().unwrap().parse().unwrap();
    (program, port)
}

pub(super) fn use_port(folder: &std::path::Path, port: u16) {
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap().replace("port = 2525", &format!("port = {port}"));
    fs::write(path, text).unwrap();
}

#[test]
fn a_proof_arrives_marked_as_a_test() {
    let folder = installation();
    let folder = folder.path();
    let (program, port) = sink(folder, &["--dir", "mails", "--journal", "mails.jsonl"]);
    use_port(folder, port);
    let issue = first_issue(folder);
    let proofs = json(folder, &["test", &issue, "--to", "editor@example.com"]);
    assert_eq!(proofs[0]["state"], "sent");
    let journal = fs::read_to_string(folder.join("mails.jsonl")).unwrap();
    let entry: serde_json::Value = serde_json::from_str(journal.trim_end()).unwrap();
    assert_eq!(
        (&entry["to"], &entry["subject"]),
        (&"editor@example.com".into(), &"[Test] First things: The Week".into())
    );
    assert_eq!(fs::read_dir(folder.join("mails")).unwrap().count(), 1);
    assert_eq!(json(folder, &["issues", "list"]).len(), 0, "a proof is no issue");

    let refused = cli(folder, &["test", &issue, "--to", "permfail-x@example.com", "--json"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(refused.stdout.contains("\"failed\"") && refused.stdout.contains("550 5.1.1"), "{refused:?}");
    program.signal("TERM");
    assert_eq!(program.wait(SOON).status.code(), Some(0), "a sink that is told to stop has done its work");
}

#[test]
fn a_relay_that_is_away_or_refuses_the_login_is_told_from_a_failure() {
    let folder = installation();
    let folder = folder.path();
    let (program, port) = sink(folder, &["--auth", "anna:secret"]);
    use_port(folder, port);
    let issue = first_issue(folder);
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("tls = \"none\"", "tls = \"none\"\nusername = \"anna\"\npassword = \"wrong\"", 1))
        .unwrap();
    let said = fails(folder, &["test", &issue, "--to", "editor@example.com"], 5);
    assert!(said.contains("535") && said.contains("hint: check `username` and the password"), "{said}");
    assert!(!said.contains("wrong"), "{said}");
    program.kill();
    let said = fails(folder, &["test", &issue, "--to", "editor@example.com"], 5);
    assert!(said.contains("hint: nothing listens there"), "{said}");
}
