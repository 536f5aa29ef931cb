//! Readers by command: what is changed, what is refused, what is written out.

use std::fs;

use super::{cli, fails, installation, json, ok};

#[test]
fn readers_come_and_go_by_command() {
    let folder = installation();
    let folder = folder.path();
    let added = ok(folder, &["subscribers", "add", "Anna@Example.org", "--name", "Anna", "--source", "fair"]);
    assert_eq!(added, "Anna@example.org reads week from now on.\n");
    assert_eq!(json(folder, &["subscribers", "add", "anna@example.org"])[0]["result"], "known");
    assert!(fails(folder, &["subscribers", "add", "anna@"], 2).contains("the part after the @ is not a domain name"));

    let shown = &json(folder, &["subscribers", "show", "ANNA@example.org"])[0];
    assert_eq!((&shown["state"], &shown["source"]), (&"active".into(), &"fair".into()));
    assert_eq!(shown["consents"][0]["kind"], "added");
    assert_eq!(json(folder, &["subscribers", "stats"])[0]["mailable"], 1);

    ok(folder, &["subscribers", "remove", "anna@example.org"]);
    assert_eq!(json(folder, &["subscribers", "remove", "anna@example.org"])[0]["result"], "unchanged");
    assert_eq!(
        json(folder, &["subscribers", "add", "anna@example.org"])[0]["result"],
        "restored",
        "it was our own act"
    );
    fails(folder, &["subscribers", "remove", "nobody@example.org"], 1);
    fails(folder, &["subscribers", "show", "nobody@example.org"], 1);
}

#[test]
fn a_suppressed_address_is_not_added() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "suppress", "b@example.org", "--reason", "complaint", "--note", "wrote to us"]);
    assert_eq!(json(folder, &["subscribers", "suppress", "B@example.org"])[0]["result"], "unchanged");
    assert!(
        fails(folder, &["subscribers", "add", "b@example.org"], 4).contains("is on the suppression list (complaint)")
    );
    let said = fails(folder, &["subscribers", "unsuppress", "b@example.org"], 2);
    assert!(said.contains("hint: add --yes"), "{said}");
    ok(folder, &["subscribers", "unsuppress", "b@example.org", "--yes"]);
    ok(folder, &["subscribers", "add", "b@example.org"]);
}

#[test]
fn a_list_is_filtered_and_cut() {
    let folder = installation();
    let folder = folder.path();
    for number in 0..5 {
        ok(folder, &["subscribers", "add", &format!("reader{number}@example.org")]);
    }
    ok(folder, &["subscribers", "remove", "reader3@example.org"]);
    let list = |args: &[&str]| json(folder, &[&["subscribers", "list"], args].concat()).len();
    assert_eq!(list(&[]), 5);
    assert_eq!(list(&["--state", "unsubscribed"]), 1);
    assert_eq!(list(&["--state", "left"]), 1, "its former name");
    assert_eq!(list(&["--search", "READER4"]), 1);
    assert_eq!(list(&["--limit", "2"]), 2);
    let ended = cli(folder, &["subscribers", "list", "--limit", "2"]);
    assert_eq!(ended.stdout.lines().count(), 3, "{ended:?}");
    assert!(ended.stderr.contains("There are more"), "{ended:?}");
    fails(folder, &["subscribers", "list", "--state", "gone"], 2);
}

#[test]
fn an_export_is_csv_that_no_spreadsheet_runs() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "a@example.org", "--name", "=cmd|' /C calc'!A0"]);
    ok(folder, &["subscribers", "add", "b@example.org", "--name", "Berg, \"Bo\""]);
    let printed = ok(folder, &["subscribers", "export"]);
    ok(folder, &["subscribers", "export", "readers.csv"]);
    assert_eq!(fs::read_to_string(folder.join("readers.csv")).unwrap(), printed);
    let mut rows = csv::Reader::from_reader(printed.as_bytes());
    let headings: Vec<_> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(headings[..5], ["email", "name", "status", "language", "subscribed_at"]);
    let names: Vec<_> = rows.records().map(|row| row.unwrap()[1].to_owned()).collect();
    assert_eq!(names, ["'=cmd|' /C calc'!A0", "Berg, \"Bo\""]);

    assert!(fails(folder, &["subscribers", "export", "readers.csv"], 2).contains("readers.csv exists"));
    ok(folder, &["subscribers", "export", "readers.csv", "--yes", "--state", "left"]);
    assert_eq!(fs::read_to_string(folder.join("readers.csv")).unwrap().lines().count(), 1);
    fails(folder, &["subscribers", "export", "no/such/folder/readers.csv"], 1);
}

#[test]
fn an_export_comes_back_by_import() {
    let (from, to) = (installation(), installation());
    for (address, name) in [("a@example.org", "=1+1"), ("b@example.org", "'quoted"), ("c@example.org", "C")] {
        ok(from.path(), &["subscribers", "add", address, "--name", name]);
    }
    ok(from.path(), &["subscribers", "remove", "c@example.org"]);
    ok(from.path(), &["subscribers", "export", "all.csv"]);
    fs::copy(from.path().join("all.csv"), to.path().join("all.csv")).unwrap();
    ok(to.path(), &["subscribers", "import", "all.csv"]);
    let readers = |folder: &std::path::Path| {
        let all = json(folder, &["subscribers", "list"]);
        all.iter().map(|one| format!("{} {} {}", one["email"], one["name"], one["state"])).collect::<Vec<_>>()
    };
    assert_eq!(readers(to.path()), readers(from.path()));
}
