//! What is queued and what the file says, wherever a command shows an issue.

use std::fs;
use std::path::Path;

use super::editing::{text, write};
use super::{cli, installation, json, ok};
use crate::harness::patience::until_blocking;
use crate::harness::program::{Program, coranto};

const NAME: &str = "2098-12-05-the-long-way-round";

fn queued(folder: &Path) -> String {
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let file = write(folder, NAME, "", &text("Monday"));
    ok(folder, &["queue", &file]);
    file
}

/// What each command that shows an issue prints of it; in JSON what it says of the file.
fn shown(folder: &Path, file: &str) -> Vec<(&'static str, String, serde_json::Value)> {
    let of = |command: &[&str]| {
        let ended = cli(folder, command);
        format!("{}{}", ended.stdout, ended.stderr)
    };
    let slug = "the-long-way-round";
    let one = |command: &[&str]| {
        let mut all = command.to_vec();
        all.push("--json");
        // A file that is gone has no check.
        cli(folder, &all)
            .stdout
            .lines()
            .next()
            .map_or(serde_json::Value::Null, |line| serde_json::from_str(line).unwrap())
    };
    vec![
        ("status", of(&["status"]), one(&["status"])["queued"][0]["file"].clone()),
        ("list", of(&["issues", "list"]), one(&["issues", "list"])["file"].clone()),
        ("show", of(&["issues", "show", slug]), one(&["issues", "show", slug])["file"].clone()),
        ("check", of(&["check", file]), one(&["check", file])["issue"]["file"].clone()),
    ]
}

#[test]
fn a_difference_is_said_by_every_command() {
    let folder = installation();
    let folder = folder.path();
    let file = queued(folder);
    for (command, words, json) in shown(folder, &file) {
        assert!(!words.contains("the file"), "{command}: {words}");
        assert!(json["differs"].is_null() && json["text_of"].is_string(), "{command}: {json}");
    }
    write(folder, NAME, "", &text("Tuesday"));
    for (command, words, json) in shown(folder, &file) {
        assert!(words.contains("the file has changed since it was queued (the text of "), "{command}: {words}");
        assert!(words.contains(": coranto queue "), "{command}: {words}");
        assert_eq!(json["differs"]["kind"], "changed", "{command}: {json}");
    }
    write(folder, NAME, "", "Dear {{ nmae }},");
    for (command, words, json) in shown(folder, &file) {
        assert!(words.contains("the file cannot go out as it is (6:6 there is no merge field"), "{command}: {words}");
        assert!(words.contains("; the text of ") && words.contains(" goes out"), "{command}: {words}");
        assert_eq!(
            (&json["differs"]["kind"], &json["differs"]["problem"]["line"]),
            (&"broken".into(), &6.into()),
            "{command}"
        );
    }
    write(folder, NAME, "", &text("Wednesday"));
    ok(folder, &["queue", &file]);
    for (command, words, _) in shown(folder, &file) {
        assert!(!words.contains("the file"), "{command}: {words}");
    }
    fs::remove_file(folder.join(&file)).unwrap();
    for (command, words, json) in shown(folder, "issues/another.md").into_iter().take(3) {
        assert!(words.contains("the file is gone; the text of "), "{command}: {words}");
        assert_eq!(json["differs"]["kind"], "gone", "{command}: {json}");
    }
}

#[test]
fn a_preview_says_what_is_queued() {
    let folder = installation();
    let folder = folder.path();
    let file = queued(folder);
    write(folder, NAME, "", &text("Tuesday"));
    let mut command = coranto(folder);
    command.args(["preview", &file, "--port", "0"]);
    let mut program = Program::start(command);
    program.wait_for_line("the file has changed since it was queued", super::AT_MOST);
    program.wait_for_line("Shown on", super::AT_MOST);
    program.signal("INT");
    assert_eq!(program.wait(super::AT_MOST).status.code(), Some(130));
}

#[test]
fn a_file_that_asks_and_cannot_be_queued_is_in_status() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let file = write(folder, NAME, "send_at: next\n", "Dear {{ nmae }},");
    let status = ok(folder, &["status"]);
    assert!(status.contains(&format!("{file}:7:6 is not queued: there is no merge field")), "{status}");
    assert_eq!(json(folder, &["status"])[0]["cannot_be_queued"][0]["problem"]["line"], 7);
}

#[test]
fn commands_that_only_look_make_no_database() {
    let folder = installation();
    let folder = folder.path();
    write(folder, NAME, "", &text("Monday"));
    let file = format!("issues/{NAME}.md");
    ok(folder, &["check", &file]);
    ok(folder, &["preview", &file, "--text"]);
    assert!(!folder.join("coranto.db").exists(), "a check needs none");
}

#[test]
fn a_server_with_older_settings_is_said() {
    let folder = installation();
    let folder = folder.path();
    let path = folder.join("coranto.toml");
    let edit =
        |change: &dyn Fn(String) -> String| fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    edit(&|text| text.replace("127.0.0.1:8080\"\n\n[news", "127.0.0.1:0\"\n\n[news"));
    let mut command = coranto(folder);
    command.arg("serve");
    let mut server = Program::start(command);
    server.wait_for_line("delivery begins", super::AT_MOST);
    // The scheduler has its lease within a second.
    until_blocking("the lease", || json(folder, &["status"])[0]["serving"] == true);
    assert!(!ok(folder, &["status"]).contains("restart"));
    edit(&|text| {
        let week = text.replace("Fri 09:00", "Thu 09:00");
        let table = &week[week.find("[newsletters.week]").unwrap()..];
        let table = &table[..table[1..].find("\n[").map_or(table.len(), |end| end + 1)];
        format!("{week}\n{}\n", table.replace("[newsletters.week]", "[newsletters.month]"))
    });
    let mut status = String::new();
    until_blocking("other settings are told", || {
        status = ok(folder, &["status"]);
        status.contains("restart")
    });
    assert!(status.contains("the running server has other settings (slot): restart `coranto serve`"), "{status}");
    assert!(status.contains("the running server does not know this newsletter: restart `coranto serve`"), "{status}");
    assert_eq!(json(folder, &["status"])[0]["server_outdated"], serde_json::json!(["slot"]));
    server.signal("TERM");
    server.wait(super::AT_MOST);
    assert!(!ok(folder, &["status"]).contains("restart"), "none runs");
}
