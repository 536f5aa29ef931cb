//! Commands on a terminal: what they ask, what an answer does, and what the screen looks like.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::editing::{many_readers, settled, text, write};
use super::{AT_MOST, installation, json, ok};
use crate::harness::program::coranto;
use crate::harness::terminal::Terminal;

const COLUMNS: usize = 80;
const ESCAPE: char = '\u{1b}';

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = coranto(folder);
    command.args(args).env("TERM", "xterm-256color").env("TZ", "UTC").env_remove("NO_COLOR");
    command
}

/// Three readers, and an issue for the next slot.
fn with_an_issue(folder: &Path) -> String {
    for name in ["anna", "bo", "cy"] {
        ok(folder, &["subscribers", "add", &format!("{name}@example.org")]);
    }
    write(folder, "the-long-way-round", "", &text("Monday"))
}

/// Answers `question` of `coranto ARGS` with `answer`.
fn answered(folder: &Path, args: &[&str], question: &str, answer: &str) -> (i32, String) {
    let mut terminal = Terminal::start(command(folder, args));
    terminal.wait_for(question, AT_MOST);
    terminal.type_line(answer);
    terminal.wait(AT_MOST)
}

fn queued(folder: &Path) -> usize {
    json(folder, &["issues", "list"]).iter().filter(|issue| issue["state"] == "queued").count()
}

#[test]
fn queue_says_all_of_it_and_asks() {
    let folder = installation();
    let folder = folder.path();
    let issue = with_an_issue(folder);
    let (code, screen) = answered(folder, &["queue", &issue], "Queue it? [y/N] ", "y");
    assert_eq!((code, queued(folder)), (0, 1), "{screen}");
    let lines: Vec<_> = screen.lines().map(settled).collect();
    insta::assert_snapshot!("queue_asks", lines.join("\n"));
}

#[test]
fn anything_but_yes_queues_nothing() {
    let folder = installation();
    let folder = folder.path();
    let issue = with_an_issue(folder);
    for answer in ["n", "", "no", "yse"] {
        let (code, screen) = answered(folder, &["queue", &issue], "Queue it? [y/N] ", answer);
        assert_eq!((code, queued(folder)), (4, 0), "{answer:?}: {screen}");
        assert!(screen.contains("nothing was queued"), "{screen}");
    }
    let mut terminal = Terminal::start(command(folder, &["queue", &issue]));
    terminal.wait_for("Queue it? [y/N] ", AT_MOST);
    terminal.interrupt();
    let (code, screen) = terminal.wait(AT_MOST);
    assert_eq!((code, queued(folder)), (130, 0), "Ctrl-C: {screen}");
}

#[test]
fn the_number_of_a_long_list_is_typed_back() {
    let folder = installation();
    let folder = folder.path();
    many_readers(folder);
    let issue = write(folder, "the-long-way-round", "", &text("Monday"));
    for wrong in ["y", "yes", "100", "1010", ""] {
        let (code, screen) = answered(folder, &["queue", &issue, "--now"], "How many readers is that: ", wrong);
        assert_eq!((code, queued(folder)), (4, 0), "{wrong:?}: {screen}");
    }
    let (code, screen) = answered(folder, &["queue", &issue, "--now"], "How many readers is that: ", " 101 ");
    assert_eq!((code, queued(folder)), (0, 1), "{screen}");
    assert!(screen.contains("would go out to 101 readers in 60 seconds"), "{screen}");
}

#[test]
fn the_same_text_twice_asks() {
    let folder = installation();
    let folder = folder.path();
    let issue = with_an_issue(folder);
    ok(folder, &["queue", &issue]);
    let other = write(folder, "once-more", "", &text("Monday"));
    let question = "the-long-way-round has the same text, and is queued. Queue it all the same? [y/N] ";
    let (code, screen) = answered(folder, &["queue", &other], question, "n");
    assert_eq!((code, queued(folder)), (4, 1), "{screen}");
    let mut terminal = Terminal::start(command(folder, &["queue", &other]));
    terminal.wait_for(question, AT_MOST);
    terminal.type_line("y");
    terminal.wait_for("Queue it? [y/N] ", AT_MOST);
    assert_eq!(queued(folder), 1, "one yes is not two");
    terminal.type_line("y");
    let (code, screen) = terminal.wait(AT_MOST);
    assert_eq!((code, queued(folder)), (0, 2), "{screen}");
}

#[test]
fn at_once_can_be_taken_back_for_a_minute() {
    let folder = installation();
    let folder = folder.path();
    let issue = with_an_issue(folder);
    let (code, screen) = answered(folder, &["queue", &issue, "--now"], "Queue it? [y/N] ", "y");
    assert_eq!((code, queued(folder)), (0, 1), "{screen}");
    let back = screen.lines().find(|line| line.starts_with("Take it back within ")).unwrap();
    let (left, undo) = back["Take it back within ".len()..].split_once(" seconds: coranto ").unwrap();
    assert!((1..=60).contains(&left.parse::<u32>().unwrap()), "{back}");
    ok(folder, &undo.split(' ').collect::<Vec<_>>());
    assert_eq!(queued(folder), 0, "it does not go out");
}

/// What stands on the screen: of a line that was written over, what was written last.
fn lines(screen: &str) -> Vec<String> {
    let bare = |line: &str| {
        let mut bare = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            bare.push_str(before);
            rest = after.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |(_, rest)| rest);
        }
        bare + rest
    };
    screen.lines().flat_map(|line| line.split('\r')).map(bare).collect()
}

/// One demo at a time: two that start together would find the same port free.
fn alone() -> fs::File {
    let lock = fs::File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo.lock")).unwrap();
    lock.lock().unwrap();
    lock
}

#[test]
fn a_demo_fits_on_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let _alone = alone();
    let args = ["demo", "--once", "--readers", "200"];
    let (code, screen) = Terminal::start(command(folder, &args)).wait(AT_MOST);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("readers [") && screen.contains("emails ["), "there is a bar: {screen}");
    for line in lines(&screen) {
        assert!(line.chars().count() <= COLUMNS, "{line:?}");
        let rate = line.split(' ').find_map(|word| word.strip_suffix("/s"));
        assert!(rate.is_none_or(|rate| !rate.contains('.')), "{line:?}");
    }
}

#[test]
fn a_demo_replaces_no_folder_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let _alone = alone();
    let args = ["demo", "--once", "--readers", "50"];
    ok(folder, &args);
    let own = folder.join("coranto-demo/issues/mine.md");
    fs::write(&own, "mine").unwrap();
    let question = "coranto-demo/ is from an earlier demo. Replace it, with everything in it? [y/N] ";
    let (code, screen) = answered(folder, &args, question, "n");
    assert!(code == 1 && own.exists() && screen.contains("nothing was changed"), "{screen}");
    let (code, screen) = answered(folder, &args, question, "y");
    assert!(code == 0 && !own.exists(), "{screen}");
    let piped = crate::harness::program::run(command(folder, &args), AT_MOST);
    assert!(piped.stderr.contains("coranto-demo/ is from an earlier demo and is replaced"), "{piped:?}");
    // What the demo wrote is a configuration like any other.
    ok(folder, &["--config", "coranto-demo/coranto.toml", "config", "check"]);
    fs::remove_file(folder.join("coranto-demo/.coranto-demo")).unwrap();
    assert!(super::fails(folder, &args, 1).contains("no demo made it"));
}

#[test]
fn plain_text_is_plain() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let _alone = alone();
    let args = ["demo", "--once", "--readers", "50"];
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let mut command = command(folder, &args);
        command.env(name, value);
        let (code, screen) = Terminal::start(command).wait(AT_MOST);
        assert!(code == 0 && !screen.contains([ESCAPE, '\r']), "{name}: {screen}");
        fs::remove_dir_all(folder.join("coranto-demo")).unwrap();
    }
    let piped = crate::harness::program::run(command(folder, &args), AT_MOST);
    assert!(piped.status.success() && !piped.stdout.contains(ESCAPE) && !piped.stderr.contains(ESCAPE), "{piped:?}");
    let issue = folder.join("coranto-demo/bad.md");
    fs::write(&issue, "---\ntitle: Short\n---\n\n[here](/x)\n").unwrap();
    let check = ["--config", "coranto-demo/coranto.toml", "check", "coranto-demo/bad.md"];
    let (code, screen) = Terminal::start(command(folder, &check)).wait(AT_MOST);
    assert!(code == 3 && screen.contains("\u{1b}[31merror\u{1b}[0m"), "a terminal has colours: {screen}");
    let piped = crate::harness::program::run(command(folder, &check), AT_MOST);
    assert!(piped.stdout.contains(": error: ") && !piped.stdout.contains(ESCAPE), "{piped:?}");
}
