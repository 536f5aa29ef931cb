//! `coranto bounces`: a reply explained without any installation, and what came back of one.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use super::{fails, installation, json, ok};
use crate::harness::program::coranto;

fn explained(folder: &Path, reply: &str, stage: &str) -> serde_json::Value {
    json(folder, &["bounces", "explain", "--reply", reply, "--stage", stage]).remove(0)
}

#[test]
fn a_reply_is_explained_without_configuration_or_database() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let value = explained(folder, "550 5.1.1 <anna@example.org>: User unknown", "rcpt");
    assert_eq!(
        value,
        serde_json::json!({
            "path": null, "kind": "bounce",
            "recipients": [{
                "stage": "rcpt", "code": 550, "status": "5.1.1", "cause": "no_mailbox", "class": "dead",
                "certainty": "certain", "party": "recipient", "rule": "user unknown", "evidence": "direct",
            }],
        })
    );
    assert_eq!(explained(folder, "421 too many messages", "data")["recipients"][0]["party"], "session");
    assert_eq!(explained(folder, "450-4.2.1 wait\n450 4.2.1 please", "rcpt")["kind"], "delay");
    assert_eq!(explained(folder, "250 2.0.0 Ok", "dot")["kind"], "delivered");
    let by_words = json(folder, &["bounces", "explain", "--reply", "550 no such user (in reply to RCPT TO command)"]);
    assert_eq!(by_words[0]["recipients"][0]["stage"], "rcpt");
    let words = ok(folder, &["bounces", "explain", "--reply", "554 5.7.1 <a@b.example>: Relay access denied"]);
    assert!(words.contains("relaying (ours), certain") && words.contains("the relay itself"), "{words}");
    let refused = fails(folder, &["bounces", "explain", "--reply", "no such user"], 2);
    assert!(refused.contains("550 5.1.1"), "{refused}");
    fails(folder, &["bounces", "explain", "--reply", "550 no", "--stage", "nowhere"], 2);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "nothing was made");
}

#[test]
fn returned_emails_are_explained_without_configuration_or_database() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let report = "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n<anna@example.org>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user\n";
    std::fs::write(folder.join("one.eml"), report).unwrap();
    std::fs::write(
        folder.join("box"),
        format!("From a Mon\n{report}\nFrom b Tue\nFrom: ben@example.org\nSubject: hello\n\nText\n"),
    )
    .unwrap();
    let found = json(folder, &["bounces", "explain", "one.eml", "box"]);
    let kinds: Vec<_> =
        found.iter().map(|value| (value["mail"].as_u64().unwrap(), value["kind"].as_str().unwrap())).collect();
    assert_eq!(kinds, [(1, "bounce"), (1, "bounce"), (2, "letter")]);
    let recipient = &found[0]["recipients"][0];
    assert_eq!(recipient["address"], "anna@example.org");
    assert_eq!(recipient["cause"], "no_mailbox");
    assert_eq!(recipient["certainty"], "certain");
    assert_eq!(recipient["stage"], "rcpt");
    assert_eq!(recipient["evidence"], "named");
    let words = ok(folder, &["bounces", "explain", "one.eml"]);
    assert!(words.contains("no_mailbox (dead), certain") && words.contains("550 no such user"), "{words}");
    fails(folder, &["bounces", "explain"], 2);
    fails(folder, &["bounces", "explain", "missing.eml"], 1);
}

#[test]
fn a_new_installation_has_nothing_that_came_back() {
    let folder = installation();
    let folder = folder.path();
    assert!(json(folder, &["bounces", "list"]).is_empty());
    ok(folder, &["migrate"]);
    assert!(json(folder, &["bounces", "list"]).is_empty());
    assert!(json(folder, &["bounces", "held"]).is_empty());
    assert!(fails(folder, &["bounces", "show", "1"], 1).contains("there is no notice 1"));
    assert!(fails(folder, &["bounces", "release", "first-things"], 1).contains("there is no issue"));
    assert!(fails(folder, &["bounces", "list", "--cause", "gone"], 2).contains("no_mailbox"));
    assert!(fails(folder, &["bounces", "list", "--newsletter", "none"], 2).contains("there is no newsletter"));
}

/// Runs `coranto bounces receive` as a mail server does; its code, and what it said.
fn piped(folder: &Path, arguments: &[&str], mail: &[u8]) -> (i32, String) {
    let mut command = coranto(folder);
    command.args(["bounces", "receive"]).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who refuses at once may not wait for the mail.
    let _ = child.stdin.take().unwrap().write_all(mail);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "", "a mail server would mail it to somebody");
    (ended.status.code().unwrap(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

const REPORT: &str = "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n<anna@example.org>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user\n";

#[test]
fn a_mail_server_hears_two_answers() {
    let folder = installation();
    let folder = folder.path();
    let (code, said) = piped(folder, &[], REPORT.as_bytes());
    assert_eq!(code, 75, "there is no database yet, and the report must come again: {said}");
    assert!(said.contains("there is no database"), "{said}");
    ok(folder, &["migrate"]);
    for mail in [REPORT.as_bytes(), b"", b"no header", b"\0\xff\xfe", &[b'x'; 1_000_000]] {
        assert_eq!(piped(folder, &[], mail).0, 0, "what cannot be read is no reason to bounce it");
    }
    let with_line = format!("From mailer Mon\n{REPORT}\nFrom here on\n");
    assert_eq!(piped(folder, &["--recipient", "b+x@bounce.example.com"], with_line.as_bytes()).0, 0);
    assert_eq!(piped(folder, &["--bogus"], REPORT.as_bytes()).0, 64);
    assert_eq!(piped(folder, &["--recipient"], REPORT.as_bytes()).0, 64);
    assert_eq!(json(folder, &["bounces", "list"]).len(), 2, "the report, and the one with a line before it");
    std::fs::write(folder.join("secret.key"), "1:00").unwrap();
    assert_eq!(
        piped(folder, &[], REPORT.as_bytes()).0,
        75,
        "a wrong configuration is corrected, and the report comes again"
    );
    fails(folder, &["bounces", "list", "--bogus"], 2);
}

#[test]
fn archives_are_taken_in_once() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["migrate"]);
    std::fs::create_dir_all(folder.join("mail/new")).unwrap();
    std::fs::create_dir_all(folder.join("mail/cur")).unwrap();
    std::fs::write(folder.join("mail/new/1"), REPORT).unwrap();
    std::fs::write(folder.join("mail/cur/2"), "From: ben@example.org\nSubject: hello\n\nText\n").unwrap();
    std::fs::write(folder.join("box"), format!("From a Mon\n{REPORT}\nFrom b Tue\n{}", REPORT.replace("anna", "ben")))
        .unwrap();
    let taken = json(folder, &["bounces", "receive", "mail", "box"]);
    let facts: Vec<_> = taken
        .iter()
        .map(|one| (one["kind"].as_str().unwrap(), one["evidence"].as_str().unwrap(), one["new"].as_bool().unwrap()))
        .collect();
    // The first of the box is the one in the Maildir but for a line end, and nothing says whose they are.
    assert_eq!(facts[..2], [("bounce", "none", true), ("letter", "none", false)]);
    assert_eq!((facts.len(), facts[3]), (4, ("bounce", "none", true)));
    let again = json(folder, &["bounces", "receive", "mail", "box"]);
    assert!(again.iter().all(|one| one["new"] == false), "{again:?}");
    assert!(fails(folder, &["bounces", "receive", "missing"], 1).contains("missing"));
    let shown = ok(folder, &["bounces", "list"]);
    assert!(shown.contains("(unknown)") && shown.contains("no_mailbox"), "{shown}");
    let id = json(folder, &["bounces", "list"])[0]["id"].to_string();
    assert!(ok(folder, &["bounces", "show", &id]).contains("bears no token of ours"));
}
