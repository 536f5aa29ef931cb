//! An issue on its way from file to queue, by commands alone.

use std::fs;
use std::path::Path;

use super::{cli, fails, first_issue, installation, json, ok};

/// The first issue, without the line that keeps it a draft.
fn finished_issue(folder: &Path) -> String {
    let issue = first_issue(folder);
    edit(folder, &issue, |text| {
        text.lines().filter(|line| !line.starts_with("draft")).map(|line| format!("{line}\n")).collect()
    });
    issue
}

fn edit(folder: &Path, file: &str, change: impl Fn(String) -> String) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, change(text)).unwrap();
}

#[test]
fn an_issue_is_queued_kept_in_its_place_and_taken_off() {
    let folder = installation();
    let folder = folder.path();
    let issue = first_issue(folder);
    assert!(fails(folder, &["queue", &issue], 4).contains("draft: true"));
    let issue = {
        assert!(ok(folder, &["check"]).contains("ok, "));
        finished_issue(folder)
    };

    let dry = ok(folder, &["queue", &issue, "--dry-run"]);
    assert!(dry.starts_with("“First things: The Week” would go out to 0 readers on Fri "), "{dry}");
    assert!(dry.contains(" 09:00 Europe/Prague (in "), "{dry}");
    assert_eq!(json(folder, &["issues", "list"]).len(), 0, "a dry run leaves nothing behind");

    let queued = &json(folder, &["queue", &issue])[0];
    assert_eq!((&queued["state"], &queued["on_slot"]), (&"queued".into(), &true.into()));
    let again = &json(folder, &["queue", &issue])[0];
    assert_eq!((&again["due_at"], &again["revised"]), (&queued["due_at"], &false.into()));
    edit(folder, &issue, |text| text.replace("Change this text", "Change it"));
    let revised = &json(folder, &["queue", &issue])[0];
    assert_eq!((&revised["due_at"], &revised["revised"]), (&queued["due_at"], &true.into()));

    let status = &json(folder, &["status"])[0];
    assert_eq!(status["next_slot"], queued["due_at"]);
    assert_eq!((&status["queued"][0]["slug"], &status["serving"]), (&"first-things".into(), &false.into()));
    let shown = &json(folder, &["issues", "show", &issue])[0];
    assert_eq!(shown["events"].as_array().unwrap().len(), 2, "queueing what is queued already is no event");

    ok(folder, &["issues", "unschedule", "first-things"]);
    assert_eq!(json(folder, &["issues", "list"])[0]["state"], "draft");
    fails(folder, &["issues", "unschedule", "first-things"], 4);
    fails(folder, &["issues", "pause", "first-things"], 4);
    assert!(fails(folder, &["issues", "show", "second-things"], 1).contains("there is no issue \"second-things\""));
}

#[test]
fn a_second_issue_takes_the_next_slot() {
    let folder = installation();
    let folder = folder.path();
    let first = finished_issue(folder);
    let due =
        |file: &str| json(folder, &["queue", file])[0]["due_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let earlier = due(&first);
    let second = ok(folder, &["new", "Second things"]).trim_end().to_owned();
    edit(folder, &second, |text| text.replace("draft: true ", "# ") + "Some text.\n");
    let later = due(&second);
    let zone = jiff::tz::TimeZone::get("Europe/Prague").unwrap();
    let week = earlier.to_zoned(zone).checked_add(jiff::Span::new().days(7)).unwrap().timestamp();
    assert_eq!(later, week);
}

#[test]
fn a_time_can_be_said_in_two_ways_and_must_be_to_come() {
    let folder = installation();
    let folder = folder.path();
    let issue = finished_issue(folder);
    let due = |at: &str| json(folder, &["queue", &issue, "--at", at])[0]["due_at"].clone();
    assert_eq!(due("2099-07-01 09:00"), "2099-07-01T07:00:00Z");
    assert_eq!(due("2099-07-01 09:00-04:00"), "2099-07-01T13:00:00Z");
    for wrong in ["2099-07-01 9am", "tomorrow", "2099-07-01", "2099-02-30 09:00"] {
        let said = fails(folder, &["queue", &issue, "--at", wrong], 2);
        assert!(said.contains("is not a time\n  hint: write \"2026-11-27 09:00\""), "{said}");
    }
    assert!(fails(folder, &["queue", &issue, "--at", "2020-01-01 09:00"], 2).contains("is in the past"));
    assert_eq!(json(folder, &["queue", &issue, "--hold"])[0]["state"], "held");
    fails(folder, &["queue", &issue, "--hold", "--now"], 2);
}

#[test]
fn a_faulty_issue_is_refused_with_its_line_everywhere() {
    let folder = installation();
    let folder = folder.path();
    let issue = finished_issue(folder);
    edit(folder, &issue, |text| text.replace("name | there", "nmae"));
    for command in [
        vec!["check"],
        vec!["check", &issue],
        vec!["queue", &issue],
        vec!["test", &issue, "--to", "editor@example.com"],
    ] {
        let ended = cli(folder, &command);
        assert_eq!(ended.status.code(), Some(3), "{command:?}: {ended:?}");
        let place = format!("{issue}:6:7: error: there is no merge field `nmae`\n  hint: the fields are ");
        // What is looked for is a result; what is found on the way to another result is a message.
        let is_result = matches!(command[0], "check" | "preview");
        let (said, other) = if is_result { (&ended.stdout, &ended.stderr) } else { (&ended.stderr, &ended.stdout) };
        assert!(said.contains(&place) && !other.contains("error"), "{command:?}: {ended:?}");
    }
    // A part is printed as far as it goes, with the mistake beside it.
    for (part, shown) in
        [("--html", "Hello {{ nmae }},"), ("--text", "Hello {{ nmae }},"), ("--eml", "Hello {{ nmae }},")]
    {
        let ended = cli(folder, &["preview", &issue, part]);
        assert_eq!(ended.status.code(), Some(3), "{ended:?}");
        assert!(ended.stderr.contains(&format!("{issue}:6:7: error: there is no merge field `nmae`")), "{ended:?}");
        assert!(ended.stdout.contains(shown) && !ended.stdout.contains("error:"), "{ended:?}");
    }
    let ended = cli(folder, &["check", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&report["ok"], &report["problems"][0]["line"]), (&false.into(), &6.into()));

    fs::write(folder.join("issues/2099-01-02-latin.md"), b"---\ntitle: caf\xe9\n---\nx\n").unwrap();
    assert!(cli(folder, &["check", "issues/2099-01-02-latin.md"]).stdout.contains("latin.md:2:"));
    assert!(fails(folder, &["queue", "issues/none.md"], 1).contains("issues/none.md: No such file"));
    fs::write(folder.join("issues/A Title.md"), "x").unwrap();
    assert!(fails(folder, &["queue", "issues/A Title.md"], 1).contains("the name makes no slug"));
    // It is told with the rest, and stops no other.
    let all = cli(folder, &["check", "--all", "--json"]);
    assert_eq!((all.status.code(), all.stdout.lines().count()), (Some(3), 3), "{all:?}");
    assert!(all.stdout.contains("\"code\":\"file-name\""), "{all:?}");
}

#[test]
fn a_preview_is_what_a_reader_gets() {
    let folder = installation();
    let folder = folder.path();
    let issue = first_issue(folder);
    let html = ok(folder, &["preview", &issue, "--html", "--name", "R&D <b>"]);
    assert!(html.contains("Hello R&amp;D &lt;b&gt;,"), "{html}");
    let text = ok(folder, &["preview", &issue, "--text"]);
    assert!(text.contains("Hello there,"), "{text}");
    for part in [&html, &text] {
        assert!(!part.contains(['\u{e000}', '\u{e001}']), "no mark of a field is left");
    }
    let eml = ok(folder, &["preview", &issue, "--eml", "--to", "anna@example.org"]);
    let message = mail_parser::MessageParser::default().parse(eml.as_bytes()).unwrap();
    assert_eq!(message.to().unwrap().first().unwrap().address(), Some("anna@example.org"));
    assert!(message.body_text(0).unwrap().contains("Hello there,"));
    assert!(message.body_html(0).unwrap().contains("Hello there,"));
    for (flag, part) in [("--html", message.body_html(0)), ("--text", message.body_text(0))] {
        let alone = ok(folder, &["preview", &issue, flag, "--to", "anna@example.org"]);
        assert_eq!(alone, part.unwrap().replace("\r\n", "\n"), "{flag} is the email's own part");
    }
    fails(folder, &["preview", &issue, "--html", "--text"], 2);
}
