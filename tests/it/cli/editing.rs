//! An editor's week by commands: begin an issue, check it, try it, queue it, take it back.

use std::fs;
use std::path::Path;

use super::{cli, fails, first_issue, installation, json, ok};
use crate::harness::patience::until_blocking;
use crate::harness::program::{coranto, run};

/// Writes an issue that is dated ahead of any slot; `front` is the rest of its front matter.
pub(super) fn write(folder: &Path, name: &str, front: &str, text: &str) -> String {
    let path = format!("issues/{name}.md");
    let source =
        format!("---\ntitle: The long way round\nsummary: Why the ferry takes two hours.\n{front}---\n\n{text}\n");
    fs::write(folder.join(&path), source).unwrap();
    path
}

/// Text that the checks find nothing in: long enough, and no two words of it the same by chance.
pub(super) fn text(seed: &str) -> String {
    format!("The ferry of {seed} takes two hours for four miles, and nobody minds. ").repeat(6)
}

/// Imports 101 readers: one more than are sent to at once without being asked about.
pub(super) fn many_readers(folder: &Path) {
    let list: String = (0..101).map(|number| format!("reader{number}@example.org\n")).collect();
    fs::write(folder.join("list.csv"), format!("email\n{list}")).unwrap();
    ok(folder, &["subscribers", "import", "list.csv", "--agreed", "a test"]);
}

/// The output with days, counts of days and the like made the same for every run.
pub(super) fn settled(output: &str) -> String {
    let mut settled = String::new();
    for word in output.split_inclusive([' ', '\n']) {
        let bare = word.trim_end();
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let date = bare.len() >= 10 && bare.as_bytes().get(4) == Some(&b'-') && digits >= 8;
        let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&bare);
        settled.push_str(match (date, day) {
            (true, _) => "DATE",
            (_, true) => "DAY",
            _ => bare,
        });
        settled.push_str(&word[bare.len()..]);
    }
    match (settled.find("(in "), settled.find("). ")) {
        (Some(from), Some(to)) if from < to => format!("{}(in SOME TIME{}", &settled[..from], &settled[to..]),
        _ => settled,
    }
}

#[test]
fn a_new_issue_goes_to_the_day_in_its_name() {
    let folder = installation();
    let folder = folder.path();
    let first = first_issue(folder);
    let second = ok(folder, &["new", "Second things"]).trim_end().to_owned();
    let third = &json(folder, &["new", "Third things"])[0];
    for (file, words) in [(&first, "first"), (&second, "second")] {
        let source = fs::read_to_string(folder.join(file)).unwrap().replace("draft: true ", "# ");
        fs::write(folder.join(file), source + &text(words)).unwrap();
    }
    // In another order than their days, and with an issue that nobody queued between them.
    for file in [&second, &first] {
        let queued = &json(folder, &["queue", file])[0];
        let due_at = queued["due_at"].as_str().unwrap();
        assert_eq!(due_at[..10], file["issues/".len()..][..10], "{queued}");
        assert!(!queued["warnings"].to_string().contains("file-date"), "{queued}");
    }
    assert_eq!(third["slot"].as_str().unwrap()[..10], third["date"].as_str().unwrap()[..10]);
}

#[test]
fn queueing_is_one_sentence() {
    let folder = installation();
    let folder = folder.path();
    fs::write(folder.join("list.csv"), "email\nanna@example.org\nbo@example.org\n").unwrap();
    ok(folder, &["subscribers", "import", "list.csv", "--agreed", "a test"]);
    ok(folder, &["subscribers", "suppress", "bo@example.org"]);
    let issue = write(folder, "2099-01-01-the-long-way-round", "sumary: x\n", &text("Wednesday"));
    insta::assert_snapshot!("queue_dry_run", settled(&ok(folder, &["queue", &issue, "--dry-run"])));
    assert!(ok(folder, &["issues", "list"]).lines().count() <= 1, "a dry run stores nothing");
    let queued = cli(folder, &["queue", &issue]);
    insta::assert_snapshot!("queue", settled(&format!("{}{}", queued.stdout, queued.stderr)));
}

#[test]
fn at_once_is_in_a_minute_and_can_be_taken_back() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let issue = write(folder, "the-long-way-round", "", &text("Monday"));
    let before = jiff::Timestamp::from_second(now_seconds(folder)).unwrap();
    let queued = cli(folder, &["queue", &issue, "--now"]);
    assert!(queued.stderr.contains("Take it back within"), "{queued:?}");
    assert!(queued.stderr.contains("coranto issues unschedule the-long-way-round"), "{queued:?}");
    let shown = &json(folder, &["issues", "show", "the-long-way-round"])[0];
    let due: jiff::Timestamp = shown["due_at"].as_str().unwrap().parse().unwrap();
    let wait = due.duration_since(before).as_secs();
    assert!((60..=120).contains(&wait), "due after {wait} s");
    ok(folder, &["issues", "unschedule", "the-long-way-round"]);
    assert_eq!(json(folder, &["issues", "show", "the-long-way-round"])[0]["state"], "draft");

    let shown = &json(folder, &["queue", &issue, "--now", "--undo", "2m"])[0];
    let later: jiff::Timestamp = shown["due_at"].as_str().unwrap().parse().unwrap();
    assert!(later.duration_since(due).as_secs() >= 60, "{shown}");
    for wrong in [&["--undo", "2h"][..], &["--undo", "5", "--no-undo"]] {
        fails(folder, &[&["queue", &issue, "--now"], wrong].concat(), 2);
    }
    fails(folder, &["queue", &issue, "--no-undo"], 2);
}

/// The machine's time as the program sees it: the file it writes is as old as that.
fn now_seconds(folder: &Path) -> i64 {
    use std::os::unix::fs::MetadataExt as _;
    let path = folder.join("now");
    fs::write(&path, "").unwrap();
    fs::metadata(path).unwrap().mtime()
}

#[test]
pub(super) fn many_readers_at_once_take_their_number() {
    let folder = installation();
    let folder = folder.path();
    many_readers(folder);
    let issue = write(folder, "the-long-way-round", "", &text("Monday"));
    for args in [&["queue", &issue, "--now"][..], &["queue", &issue, "--now", "--yes"]] {
        let said = fails(folder, args, 2);
        assert!(said.contains("101 readers at once") && said.contains("--confirm 101"), "{said}");
    }
    let said = fails(folder, &["queue", &issue, "--now", "--confirm", "100"], 4);
    assert!(said.contains("there are 101 readers, not 100"), "{said}");
    assert!(ok(folder, &["issues", "list"]).lines().count() <= 1);
    ok(folder, &["queue", &issue, "--now", "--dry-run"]);
    ok(folder, &["queue", &issue, "--now", "--confirm", "101"]);
}

#[test]
fn the_same_text_twice_takes_a_word() {
    let folder = installation();
    let folder = folder.path();
    let first = write(folder, "first", "", &text("Monday"));
    ok(folder, &["queue", &first]);
    let second = write(folder, "second", "author: Ann\n", &text("Monday"));
    let said = fails(folder, &["queue", &second], 4);
    assert!(said.contains("first has the same text, and is queued") && said.contains("--again"), "{said}");
    ok(folder, &["queue", &second, "--again"]);
    let third = write(folder, "third", "", &text("Monday"));
    ok(folder, &["queue", &third, "--yes"]);
}

#[test]
fn what_stops_an_issue_is_told_with_its_place() {
    let folder = installation();
    let folder = folder.path();
    let issue =
        write(folder, "2099-01-01-bad", "sumary: x\n", "Dear {{ nmae }}, [here](www.example.org) TK\n\n![](a.png)");
    let checked = cli(folder, &["check", &issue]);
    assert_eq!(checked.status.code(), Some(3), "{checked:?}");
    insta::assert_snapshot!("check_bad", format!("{}{}", checked.stdout, checked.stderr));
    for refused in [cli(folder, &["queue", &issue]), cli(folder, &["queue", &issue, "--yes", "--now"])] {
        assert_eq!(refused.status.code(), Some(3), "{refused:?}");
        assert!(refused.stderr.contains("Nothing was queued."), "{refused:?}");
    }
    let all = cli(folder, &["check", "--all", "--json"]);
    assert_eq!((all.status.code(), all.stdout.lines().count()), (Some(3), 2), "{all:?}");
    let report: serde_json::Value = all
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .find(|report: &serde_json::Value| report["file"] == issue.as_str())
        .unwrap();
    let problem = &report["problems"][0];
    assert!(problem["line"].is_u64() && problem["column"].is_u64() && problem["code"].is_string(), "{problem}");

    let good = write(folder, "2099-01-01-bad", "", &text("Monday"));
    assert_eq!(ok(folder, &["check", &good]), format!("{good}: ok, 78 words\n"));
}

#[test]
fn links_are_asked_when_it_is_said_and_never_offline() {
    let folder = installation();
    let folder = folder.path();
    let words = text("Monday") + "[The list](http://127.0.0.1:9/list).";
    let issue = write(folder, "2099-01-01-links", "", &words);
    let offline = cli(folder, &["check", &issue, "--links"]);
    assert!(offline.stderr.contains("Links are not asked"), "{offline:?}");
    assert_eq!(offline.status.code(), Some(0));

    let mut command = coranto(folder);
    command.args(["check", &issue, "--links"]).env_remove("CORANTO_OFFLINE");
    let asked = run(command, super::AT_MOST);
    assert_eq!(asked.status.code(), Some(0), "{asked:?}");
    assert!(asked.stdout.contains("2099-01-01-links.md:6:"), "{asked:?}");
    assert!(
        asked.stdout.contains("was not asked: 127.0.0.1 is 127.0.0.1, an address that readers cannot reach"),
        "{asked:?}"
    );
}

/// The body of a page on this machine, once the server is there.
fn asked(port: u16, path: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[test]
fn a_preview_follows_the_file_and_tells_the_checks() {
    use crate::harness::program::Program;
    let folder = installation();
    let folder = folder.path();
    let issue = write(folder, "2099-01-01-the-long-way-round", "", &text("Monday"));
    let mut command = coranto(folder);
    command.args(["preview", &issue, "--port", "0"]);
    let mut program = Program::start(command);
    let line = program.wait_for_line("Shown on", super::AT_MOST);
    let port = line.split("127.0.0.1:").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
    let state = || serde_json::from_str::<serde_json::Value>(&asked(port, "/state")).unwrap();
    let first = state();
    assert_eq!(
        (&first["title"], &first["ok"], &first["date"]),
        (&"The long way round".into(), &true.into(), &"Thu 2099-01-01 12:00 Europe/Prague".into())
    );
    assert!(first["headers"].as_str().unwrap().contains("List-Unsubscribe: <http"), "{first}");
    assert!(asked(port, "/view/light").contains("The ferry of Monday"));
    let web = asked(port, "/view/web");
    assert!(web.contains("The ferry of Monday"));
    assert!(web.contains("1 January 2099") && web.contains("<form"), "the page that readers will see: {web}");
    assert!(web.contains("rel=\"canonical\" href=\"http://127.0.0.1:8080/week/the-long-way-round\""), "{web}");
    assert!(asked(port, "/view/web.css").contains(".masthead"));

    let reach = |number: u64| {
        until_blocking("the save was seen", || state()["number"].as_u64().unwrap() >= number);
        state()
    };
    write(folder, "2099-01-01-the-long-way-round", "", &format!("{}\n\n[here](/x)", text("Tuesday")));
    let broken = reach(2);
    assert_eq!((&broken["ok"], &broken["problems"][0]["code"]), (&false.into(), &"link-relative".into()), "{broken}");
    let light = asked(port, "/view/light");
    assert!(
        light.contains("The ferry of Tuesday") && light.contains("<p style=\"margin:0 0 20px\">here</p>"),
        "{light}"
    );
    assert!(asked(port, "/view/web").contains("The ferry of Tuesday"));
    assert_eq!(broken["outlook"], "`coranto queue` would refuse this file: 1 error.", "{broken}");
    program.wait_for_line("error: \"/x\" is not a whole address", super::AT_MOST);
    // Whatever an editor saves, there is something to see.
    for (number, broken) in
        ["title: [\nsummary: S\n---\nThe ferry", "# no front matter\n\nThe ferry"].iter().enumerate()
    {
        let fence = if number == 0 { "---\n" } else { "" };
        fs::write(folder.join(&issue), format!("{fence}{broken} of draft {number}.\n")).unwrap();
        assert_eq!(reach(3 + number as u64)["ok"], false);
        assert!(asked(port, "/view/light").contains(&format!("The ferry of draft {number}.")), "{broken}");
    }
    fs::remove_file(folder.join(&issue)).unwrap();
    let gone = reach(5);
    assert_eq!((&gone["stale"], &gone["problems"][0]["code"]), (&true.into(), &"unreadable".into()), "{gone}");
    assert!(asked(port, "/view/light").contains("The ferry of draft 1."), "what was there stays");
    write(folder, "2099-01-01-the-long-way-round", "", &text("Wednesday"));
    let sound = reach(6);
    assert_eq!((&sound["ok"], &sound["stale"], &sound["place"]), (&true.into(), &false.into(), &"unqueued".into()));
    assert!(sound["outlook"].as_str().unwrap().starts_with("`coranto queue` would queue this text for "), "{sound}");
    assert!(asked(port, "/view/light").contains("The ferry of Wednesday"));
    program.signal("INT");
    assert_eq!(program.wait(super::AT_MOST).status.code(), Some(130));
}

#[test]
fn a_test_mail_is_what_a_reader_gets() {
    use super::relay::{sink, use_port};
    use crate::harness::program::Program;
    let folder = installation();
    let folder = folder.path();
    let (_sink, port) = sink(folder, &["--dir", "mails", "--journal", "mails.jsonl"]);
    use_port(folder, port);
    let path = folder.join("coranto.toml");
    let config = fs::read_to_string(&path).unwrap().replace("127.0.0.1:8080\"\n\n[news", "127.0.0.1:0\"\n\n[news");
    fs::write(&path, config).unwrap();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    // Named for today, so that both bear the same date.
    let today = jiff::Timestamp::from_second(now_seconds(folder)).unwrap();
    let today = today.in_tz("Europe/Prague").unwrap().date();
    let issue = write(folder, &format!("{today}-the-long-way-round"), "", &text("Monday"));
    let proofs = json(folder, &["test", &issue, "--to", "anna@example.org,bo@example.org"]);
    assert_eq!(proofs.len(), 2);
    let mut command = coranto(folder);
    command.arg("serve");
    let mut server = Program::start(command);
    server.wait_for_line("delivery begins", super::AT_MOST);
    ok(folder, &["queue", &issue, "--now", "--no-undo"]);
    ok(folder, &["status", "--watch"]);
    let mut mails: Vec<String> = fs::read_dir(folder.join("mails"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .filter(|mail| mail.contains("anna@example.org"))
        .collect();
    mails.sort_by_key(|mail| !mail.contains("[Test]"));
    assert_eq!(mails.len(), 2);
    let (proof, real) = (same_for_all(&mails[0]), same_for_all(&mails[1]));
    assert!(proof.contains("[Test] The long way round"), "{proof}");
    assert_eq!(proof.replacen("[Test] ", "", 1), real);
    let message = mail_parser::MessageParser::default().parse(mails[0].as_bytes()).unwrap();
    for (flag, part) in [("--html", message.body_html(0)), ("--text", message.body_text(0))] {
        let shown = ok(folder, &["preview", &issue, flag, "--to", "anna@example.org"]);
        assert_eq!(shown, part.unwrap().replace("\r\n", "\n"), "{flag} is what was sent");
    }
}

/// A mail without what differs from delivery to delivery: tokens, the boundary, its time, and what the sink adds.
fn same_for_all(mail: &str) -> String {
    let is_token =
        |word: &str| word.len() == 34 && word.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b));
    let from = mail.find("From:").unwrap_or_default();
    let boundary = mail.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    // Complaints about a test are not counted against the issue.
    mail[from..]
        .replace(boundary, "BOUNDARY")
        .replace(":test:", ":issue:")
        .lines()
        .filter(|line| !["Date:", "Received:", "X-"].iter().any(|name| line.starts_with(name)))
        .map(|line| {
            let words = line.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).map(|word| {
                let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
                if is_token(bare) { word.replace(bare, "TOKEN") } else { word.to_owned() }
            });
            words.collect::<String>() + "\n"
        })
        .collect()
}
