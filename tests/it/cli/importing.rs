//! Readers from elsewhere by command: what is said before anything is done, what is asked, and what takes it back.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use super::{AT_MOST, cli, fails, installation, json, ok};
use crate::harness::program::coranto;
use crate::harness::terminal::Terminal;

const ASKS: &str = "email,Mailing OK?\na@example.org,yes\nb@example.org,no\n";

fn import(args: &[&'static str]) -> Vec<&'static str> {
    [&["subscribers", "import"], args].concat()
}

/// The lines of a command that may end with rejected rows.
fn lines(folder: &Path, args: &[&str]) -> Vec<serde_json::Value> {
    let ended = cli(folder, &[&["--json"], args].concat());
    assert!(matches!(ended.status.code(), Some(0 | 3)), "{ended:?}");
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn states(folder: &Path) -> Vec<String> {
    let all = json(folder, &["subscribers", "list"]);
    all.iter().map(|one| format!("{} {}", one["email"].as_str().unwrap(), one["state"].as_str().unwrap())).collect()
}

#[test]
fn an_import_takes_what_is_good_and_names_what_is_not() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "here@example.org"]);
    let list = "Email Address,Name,Status\nanna@example.org,Anna,active\nnot an address,X,active\n\
        bo@example.org,Bo,unsubscribed\ndead@example.org,D,cleaned\nask@example.org,A,pending\nhere@example.org,H,active\n";
    fs::write(folder.join("list.csv"), list).unwrap();

    let dry = cli(folder, &import(&["list.csv", "--dry-run"]));
    assert_eq!(dry.status.code(), Some(3), "{dry:?}");
    for said in [
        "Email Address", "the address", "the status", "1 of 6 rows begin to get email", "unsubscribed", "suppressed",
        "unconfirmed", "rejected",
    ] {
        assert!(dry.stdout.contains(said), "{said}: {dry:?}");
    }
    assert_eq!(states(folder), ["here@example.org active"], "a dry run changes nothing");
    let dry = lines(folder, &import(&["list.csv", "--dry-run"]));
    let figures = &dry.last().unwrap()["imported"];
    for (name, number) in [
        ("will_get_mail", 1),
        ("unsubscribed", 1),
        ("suppressed", 1),
        ("unconfirmed", 1),
        ("rejected", 1),
        ("unchanged", 1),
        ("rows", 6),
    ] {
        assert_eq!(figures[name], number, "{name}: {figures}");
    }
    assert_eq!((&figures["dry_run"], &figures["id"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(figures["files"][0]["columns"][2]["taken_for"], "the status");

    let done = cli(folder, &import(&["list.csv", "--rejected", "bad.csv", "--source", "old list"]));
    assert_eq!(done.status.code(), Some(3), "{done:?}");
    assert!(done.stderr.contains("line 3: not an address: the address: there is no @ in it"), "{done:?}");
    assert!(done.stderr.contains("coranto subscribers imports undo 1"), "{done:?}");
    assert_eq!(fs::read_to_string(folder.join("bad.csv")).unwrap().lines().count(), 2, "a heading and a row");
    assert_eq!(fs::metadata(folder.join("bad.csv")).unwrap().permissions().mode() & 0o777, 0o600);
    let shown = &json(folder, &["subscribers", "show", "anna@example.org"])[0];
    assert_eq!((&shown["name"], &shown["source"]), (&"Anna".into(), &"import:1".into()));
    assert_eq!(shown["consents"][0]["wording"], "old list");
    assert_eq!(json(folder, &["subscribers", "show", "bo@example.org"])[0]["state"], "unsubscribed");

    let again = lines(folder, &import(&["list.csv"]));
    assert_eq!(again.last().unwrap()["imported"]["unchanged"], 5, "repeating it does no harm");
    assert_eq!(again.iter().filter(|line| line["rejected"].is_object()).count(), 1);
}

#[test]
fn an_import_is_listed_shown_and_taken_back() {
    let folder = installation();
    let folder = folder.path();
    fs::write(folder.join("list.csv"), "email,status\na@example.org,\nb@example.org,unsubscribed\n").unwrap();
    ok(folder, &import(&["list.csv", "--agreed", "a form"]));
    let listed = &json(folder, &["subscribers", "imports", "list"])[0];
    assert_eq!((&listed["id"], &listed["state"], &listed["agreed"]), (&1.into(), &"done".into(), &"a form".into()));
    assert_eq!((&listed["counts"]["will_get_mail"], &listed["counts"]["unsubscribed"]), (&1.into(), &1.into()));
    assert!(ok(folder, &["subscribers", "imports", "list"]).contains("list.csv"));
    let shown = ok(folder, &["subscribers", "imports", "show", "1"]);
    assert!(shown.contains("the status") && shown.contains("agreed: a form"), "{shown}");
    assert_eq!(json(folder, &["subscribers", "imports", "show", "1"])[0]["changes"], 2);
    fails(folder, &["subscribers", "imports", "show", "9"], 1);
    let said = fails(folder, &["subscribers", "imports", "undo", "1"], 2);
    assert!(said.contains("2 changes") && said.contains("--yes"), "{said}");
    let undone = &json(folder, &["subscribers", "imports", "undo", "1", "--yes"])[0];
    assert_eq!((&undone["result"], &undone["undone"]["taken_out"]), (&"undone".into(), &2.into()));
    assert!(states(folder).is_empty());
    assert_eq!(json(folder, &["subscribers", "imports", "undo", "1", "--yes"])[0]["result"], "unchanged");
    assert_eq!(json(folder, &["subscribers", "imports", "list"])[0]["state"], "undone");
}

#[test]
fn a_column_that_may_be_consent_stops_the_import_until_it_is_explained() {
    let folder = installation();
    let folder = folder.path();
    fs::write(folder.join("list.csv"), ASKS).unwrap();
    for args in [&["list.csv"][..], &["list.csv", "--no-input"], &["list.csv", "--dry-run"], &["list.csv", "--yes"]] {
        let said = fails(folder, &import(args), 3);
        for word in [
            "Mailing OK?", "yes (1 row)", "--column 'Mailing OK?=consent:", "--ignore 'Mailing OK?'",
            "nothing was imported",
        ] {
            assert!(said.contains(word), "{word}: {said}");
        }
        assert!(states(folder).is_empty(), "{args:?}");
    }
    let asked = cli(folder, &[&["--json"], import(&["list.csv"]).as_slice()].concat());
    assert_eq!(asked.status.code(), Some(3));
    let lines: Vec<serde_json::Value> = asked.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.last().unwrap()["questions"][0]["column"], "Mailing OK?");
    ok(folder, &import(&["list.csv", "--column", "Mailing OK?=unsubscribed-if:no"]));
    assert_eq!(states(folder), ["a@example.org active", "b@example.org unsubscribed"]);
    // What was said is offered the next time.
    let said = fails(folder, &import(&["list.csv"]), 3);
    assert!(said.contains("--column 'Mailing OK?=unsubscribed-if:no' (as the last time)"), "{said}");
    assert!(fails(folder, &import(&["list.csv", "--column", "Mailing=odd"]), 2).contains("is no meaning of a column"));
    assert!(fails(folder, &import(&["list.csv", "--ignore", "Colour"]), 2).contains("no file has a column"));
}

fn on_a_terminal(folder: &Path, args: &[&str]) -> Command {
    let mut command = coranto(folder);
    command.args(args).env("TERM", "xterm-256color").env_remove("NO_COLOR");
    command
}

#[test]
fn on_a_terminal_questions_are_asked_and_answered() {
    let folder = installation();
    let folder = folder.path();
    fs::write(folder.join("list.csv"), ASKS).unwrap();
    let mut terminal = Terminal::start(on_a_terminal(folder, &["subscribers", "import", "list.csv"]));
    terminal.wait_for("Meaning: ", AT_MOST);
    terminal.type_line("nonsense");
    terminal.wait_for("is no meaning of a column", AT_MOST);
    terminal.type_line("consent:yes");
    terminal.wait_for("Where did these people agree to get this newsletter?: ", AT_MOST);
    terminal.type_line("");
    terminal.wait_for("it is the evidence of their consent", AT_MOST);
    terminal.type_line("our stand at the fair");
    terminal.wait_for("1 reader will begin to get email. [y/N] ", AT_MOST);
    terminal.type_line("y");
    let (code, screen) = terminal.wait(AT_MOST);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(states(folder), ["a@example.org active", "b@example.org unsubscribed"]);
    let shown = &json(folder, &["subscribers", "show", "a@example.org"])[0];
    assert_eq!(shown["consents"][0]["wording"], "our stand at the fair");

    // Anything but yes imports nothing.
    fs::write(folder.join("more.csv"), "email\nc@example.org\n").unwrap();
    let mut terminal = Terminal::start(on_a_terminal(folder, &["subscribers", "import", "more.csv", "--agreed", "x"]));
    terminal.wait_for("[y/N] ", AT_MOST);
    terminal.type_line("n");
    let (code, screen) = terminal.wait(AT_MOST);
    assert_eq!((code, states(folder).len()), (4, 2), "{screen}");
}

#[test]
fn a_file_that_is_no_list_is_refused() {
    let folder = installation();
    let folder = folder.path();
    fs::write(folder.join("empty.csv"), "").unwrap();
    fs::write(folder.join("other.csv"), "colour,size\nred,3\n").unwrap();
    for file in ["empty.csv", "other.csv", "missing.csv"] {
        let said = fails(folder, &import(&[file]), 1);
        assert!(said.contains(file), "{said}");
    }
    fails(folder, &import(&["issues"]), 1);
    fails(folder, &import(&[]), 2);
}

#[test]
fn more_than_a_hundred_readers_need_words_for_where_they_agreed() {
    let folder = installation();
    let folder = folder.path();
    let rows: String = (0..101).map(|number| format!("r{number}@example.org\n")).collect();
    fs::write(folder.join("list.txt"), rows).unwrap();
    let said = fails(folder, &import(&["list.txt", "--yes"]), 3);
    assert!(said.contains("101 people") && said.contains("--agreed"), "{said}");
    assert!(states(folder).is_empty());
    ok(folder, &import(&["list.txt", "--agreed", "our form, since 2019"]));
    assert_eq!(json(folder, &["subscribers", "stats"])[0]["active"], 101);
}

#[test]
fn a_list_comes_from_a_pipe_too() {
    let folder = installation();
    let folder = folder.path();
    let mut command = coranto(folder);
    command.args(["subscribers", "import", "-"]);
    let input = fs::write(folder.join("list"), "email;status\na@example.org;active\nb@example.org;left\n");
    input.unwrap();
    command.stdin(fs::File::open(folder.join("list")).unwrap());
    assert!(command.output().unwrap().status.success());
    assert_eq!(states(folder), ["a@example.org active", "b@example.org unsubscribed"]);
}
