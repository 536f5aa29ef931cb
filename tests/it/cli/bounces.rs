//! `coranto bounces`: a reply explained without any installation, and what came back of one.

use std::path::Path;

use super::{fails, installation, json, ok};

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
