//! Places on the queue by commands: one issue a time, exchanged, moved, skipped; and what is said when it is not meant.

use std::path::Path;

use serde_json::Value;

use super::editing::{text, write};
use super::{fails, first_issue, installation, json, ok};

/// Two issues at two times far ahead, which are no slots.
fn two(folder: &Path) -> [String; 2] {
    // The first file is named for the next slot, and keeps it.
    std::fs::remove_file(folder.join(first_issue(folder))).unwrap();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    ["first", "second"].map(|slug| {
        let file = write(folder, slug, "", &text(slug));
        let time = if slug == "first" { "2098-12-05 09:30" } else { "2098-12-12 09:30" };
        ok(folder, &["queue", &file, "--at", time]);
        file
    })
}

fn due(folder: &Path, slug: &str) -> String {
    json(folder, &["issues", "show", slug])[0]["due_at"].as_str().unwrap().to_owned()
}

#[test]
fn a_time_that_is_taken_is_refused_with_the_ways_out() {
    let folder = installation();
    let folder = folder.path();
    let [_, second] = two(folder);
    let third = write(folder, "third", "", &text("third"));
    for command in [
        vec!["queue", &third, "--at", "2098-12-05 09:30"],
        vec!["queue", &second, "--at", "2098-12-05 09:30"],
        vec!["queue", &third, "--at", "2098-12-05 08:30+00:00", "--yes"],
        vec!["queue", &third, "--at", "2098-12-05 09:30", "--dry-run"],
        vec!["issues", "move", "second", "2098-12-05 09:30"],
    ] {
        let said = fails(folder, &command, 4);
        assert!(said.contains("\"first\" goes out then, on Fri 2098-12-05 09:30 Europe/Prague"), "{said}");
        assert!(said.contains("--swap exchanges the two, --beside sends both then; or say another time"), "{said}");
    }
    assert!(ok(folder, &["issues", "list"]).lines().count() == 3);
    // In a file too.
    let named = write(folder, "named", "send_at: 2098-12-05 09:30\n", &text("named"));
    fails(folder, &["queue", &named], 4);
    fails(folder, &["queue", &third, "--swap"], 2);
    fails(folder, &["queue", &third, "--at", "2098-12-05 09:30", "--swap", "--beside"], 2);

    let beside = &json(folder, &["queue", &third, "--at", "2098-12-05 09:30", "--beside"])[0];
    assert_eq!((&beside["due_at"], &beside["beside"]), (&"2098-12-05T08:30:00Z".into(), &true.into()));
    ok(folder, &["issues", "unschedule", "third"]);
    let swapped = &json(folder, &["queue", &second, "--at", "2098-12-05 09:30", "--swap"])[0];
    assert_eq!(swapped["displaced"], serde_json::json!({ "slug": "first", "due_at": "2098-12-12T08:30:00Z" }));
    assert_eq!(
        (due(folder, "second"), due(folder, "first")),
        ("2098-12-05T08:30:00Z".to_owned(), "2098-12-12T08:30:00Z".to_owned())
    );
    let said = ok(folder, &["queue", &third, "--at", "2098-12-05 09:30", "--swap", "--dry-run"]);
    assert!(said.contains("second would go out on Fri "), "{said}");
}

#[test]
fn issues_are_moved_and_exchanged_by_their_slugs() {
    let folder = installation();
    let folder = folder.path();
    two(folder);
    let moved = &json(folder, &["issues", "move", "first", "2098-12-06 18:00"])[0];
    assert_eq!((&moved["did"], &moved["due_at"]), (&"moved".into(), &"2098-12-06T17:00:00Z".into()));
    // A day means its slot.
    assert_eq!(
        ok(folder, &["issues", "move", "first", "2098-12-19"]),
        "first goes out on Fri 2098-12-19 09:00 Europe/Prague.\n"
    );
    let said = fails(folder, &["issues", "move", "first", "2098-12-20"], 2);
    assert!(said.contains("week has no slot on 2098-12-20") && said.contains("Fri 2098-12-26 09:00"), "{said}");
    ok(folder, &["issues", "move", "second", "2098-12-19", "--swap"]);
    assert_eq!(
        (due(folder, "second"), due(folder, "first")),
        ("2098-12-19T08:00:00Z".to_owned(), "2098-12-12T08:30:00Z".to_owned())
    );
    let said = ok(folder, &["issues", "swap", "first", "issues/second.md"]);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert_eq!(
        (due(folder, "first"), due(folder, "second")),
        ("2098-12-19T08:00:00Z".to_owned(), "2098-12-12T08:30:00Z".to_owned())
    );
    ok(folder, &["issues", "move", "first", "next"]);
    assert_eq!(json(folder, &["issues", "show", "first"])[0]["due_at"], json(folder, &["status"])[0]["next_slot"]);
    // The mail's day is the new one.
    let kinds: Vec<Value> = json(folder, &["issues", "show", "first"])[0]["events"].as_array().unwrap().clone();
    assert!(kinds.iter().any(|event| event["kind"] == "issue.moved"), "{kinds:?}");

    assert!(fails(folder, &["issues", "move", "first", "2020-01-01 09:00"], 2).contains("is in the past"));
    assert!(fails(folder, &["issues", "move", "first", "soon"], 2).contains("is not a time"));
    assert!(fails(folder, &["issues", "move", "none", "next"], 1).contains("there is no issue \"none\""));
    ok(folder, &["issues", "unschedule", "first"]);
    assert!(fails(folder, &["issues", "move", "first", "next"], 4).contains("`coranto queue FILE` gives it a place"));
    fails(folder, &["issues", "swap", "first", "second"], 4);
}

#[test]
fn a_slot_is_skipped_and_offered_again() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let next = json(folder, &["status"])[0]["next_slot"].as_str().unwrap().to_owned();
    let at: jiff::Timestamp = next.parse().unwrap();
    let day = at.in_tz("Europe/Prague").unwrap().date().to_string();
    let said = ok(folder, &["issues", "skip", &day, "--note", "a holiday"]);
    assert!(said.contains(&format!("Fri {day} 09:00 Europe/Prague is skipped")), "{said}");
    let status = &json(folder, &["status"])[0];
    assert_ne!(status["next_slot"], next);
    assert_eq!(status["skipped"], serde_json::json!([{ "slot_at": next, "note": "a holiday" }]));
    for command in [vec!["status"], vec!["issues", "list"]] {
        let shown = ok(folder, &command);
        assert!(shown.contains("skipped") && shown.contains("(a holiday)"), "{shown}");
    }
    assert!(!ok(folder, &["status"]).contains(&format!("next slot  Fri {day}")));
    // Nor does an issue get it, nor a new file its day.
    let file = write(folder, "first", "", &text("first"));
    assert_eq!(json(folder, &["queue", &file])[0]["due_at"], status["next_slot"]);
    assert_ne!(json(folder, &["new", "Another"])[0]["date"], day);
    assert_eq!(json(folder, &["issues", "skip", &day])[0]["changed"], false);
    let taken = at.in_tz("Europe/Prague").unwrap().checked_add(jiff::Span::new().days(7)).unwrap().date().to_string();
    let said = fails(folder, &["issues", "skip", &taken], 4);
    assert!(said.contains("\"first\" goes out then") && said.contains("coranto issues move first next"), "{said}");
    assert!(fails(folder, &["issues", "skip", "2098-12-20"], 2).contains("has no slot on 2098-12-20"));
    ok(folder, &["issues", "skip", &day, "--undo"]);
    assert_eq!(json(folder, &["status"])[0]["next_slot"], next);
}

#[test]
fn queueing_for_nobody_warns() {
    let folder = installation();
    let folder = folder.path();
    let file = write(folder, "first", "", &text("first"));
    let queued = super::cli(folder, &["queue", &file]);
    assert_eq!(queued.status.code(), Some(0), "{queued:?}");
    assert!(queued.stderr.contains("warning: week has no readers yet"), "{queued:?}");
    assert_eq!(json(folder, &["queue", &file])[0]["readers"], 0);
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    assert!(!super::cli(folder, &["queue", &file]).stderr.contains("no readers"));
}

#[test]
fn the_doubled_hour_is_shown_apart() {
    let folder = installation();
    let folder = folder.path();
    let [first, second] = two(folder);
    // The clocks go back at three: half past two comes twice, and each is typed as it is shown.
    for (file, at) in [(&first, "2027-10-31 02:30+02:00"), (&second, "2027-10-31 02:30+01:00")] {
        let said = ok(folder, &["queue", file, "--at", at]);
        assert!(said.contains(&format!("Sun {at} Europe/Prague")), "{said}");
    }
    let listed = ok(folder, &["issues", "list"]);
    assert!(listed.contains("02:30+02:00") && listed.contains("02:30+01:00"), "{listed}");
}
