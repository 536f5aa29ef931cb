//! What an editor is told of limits: beforehand by `queue`, and by `status` when one is used up. And relays by newsletter.

use std::fs;
use std::path::Path;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::quota::Span;
use coranto::store::{Db, quotas};

use super::relay::{sink, use_port};
use super::{cli, fails, first_issue, installation, json, ok};

fn edit(folder: &Path, from: &str, to: &str) {
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn limited(folder: &Path, lines: &str) {
    edit(folder, "tls = \"none\"\n", &format!("tls = \"none\"\n{lines}\n"));
}

fn readers(folder: &Path, count: usize) {
    let rows: String = (0..count).map(|number| format!("reader{number}@example.net\n")).collect();
    fs::write(folder.join("readers.csv"), format!("email\n{rows}")).unwrap();
    ok(folder, &["subscribers", "import", "readers.csv", "--yes"]);
}

/// Takes places of a limit, as an engine does; that was just now.
fn take(folder: &Path, party: &str, span: Span, places: i64) -> Timestamp {
    let now = Clock::system().now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = Db::open(&format!("sqlite://{}", folder.join("coranto.db").display())).await.unwrap();
        db.write(async |tx| quotas::take(tx, party, span, span.bucket(now), places).await).await.unwrap();
        db.close().await;
    });
    now
}

#[test]
fn queueing_says_when_limits_let_an_issue_end() {
    let folder = installation();
    let folder = folder.path();
    readers(folder, 30);
    let issue = first_issue(folder);
    let path = folder.join(&issue);
    let text = fs::read_to_string(&path).unwrap();
    let text: String = text.lines().filter(|line| !line.starts_with("draft")).map(|line| format!("{line}\n")).collect();
    fs::write(&path, text).unwrap();
    let dry_run = ["queue", &issue, "--at", "2030-11-29 09:00", "--dry-run"];
    let said = ok(folder, &dry_run);
    assert!(!said.contains("ends"), "{said}");
    limited(folder, "rate_per_minute = 600\nrate_per_day = 10");
    let said = ok(folder, &dry_run);
    assert!(said.contains(" 30 readers at 10 a day: ends Sun 2030-12-01 09:20 Europe/Prague. "), "{said}");
    assert_eq!(json(folder, &dry_run)[0]["ends_at"], "2030-12-01T08:20:00Z");
    edit(folder, "rate_per_day = 10", "rate_per_hour = 20");
    let said = ok(folder, &dry_run);
    assert!(said.contains(" 30 readers at 20 an hour: ends Fri 2030-11-29 10:01 Europe/Prague. "), "{said}");
}

#[test]
fn status_says_which_limit_is_used_up_and_until_when() {
    let folder = installation();
    let folder = folder.path();
    limited(folder, "rate_per_day = 10_000");
    edit(folder, "[[relays]]", "[delivery.domain_rates]\ngmail = { per_hour = 50 }\n\n[[relays]]");
    readers(folder, 1);
    assert!(!ok(folder, &["status"]).contains("limit"));
    assert_eq!(json(folder, &["status"])[0]["limits"], serde_json::json!([]));
    take(folder, "relay sink", Span::Day, 9_799);
    assert!(!ok(folder, &["status"]).contains("limit"), "there is a place left");
    take(folder, "relay sink", Span::Day, 1);
    take(folder, "destination gmail", Span::Hour, 60);
    let said = ok(folder, &["status"]);
    assert!(said.contains("limit      relay sink has sent its 10,000 for the day; resumes "), "{said}");
    assert!(said.contains("limit      destination gmail has sent its 50 for the hour; resumes "), "{said}");
    let limits = json(folder, &["status"])[0]["limits"].clone();
    assert_eq!((&limits[0]["party"], &limits[0]["span"]), (&"relay sink".into(), &"day".into()));
    assert!(limits[0]["resumes_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{limits}");
}

#[test]
fn a_test_mail_goes_by_its_newsletters_relay_with_its_fields() {
    let folder = installation();
    let folder = folder.path();
    let (_sink, port) = sink(folder, &["--dir", "mails"]);
    use_port(folder, port);
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let other = format!(
        "[[relays]]\nname = \"dead\"\nhost = \"127.0.0.1\"\nport = {dead}\ntls = \"none\"\nonly_named = true\n\n[[relays]]"
    );
    edit(folder, "[[relays]]", &other);
    limited(folder, "");
    edit(folder, "name = \"sink\"\n", "name = \"sink\"\nheaders_issues = [\"X-PM-Message-Stream: broadcast\"]\n");
    edit(folder, "[newsletters.week]\n", "[newsletters.week]\nheaders = [\"X-Mailgun-Tag: {newsletter}-{kind}\"]\n");
    let issue = first_issue(folder);
    assert_eq!(json(folder, &["test", &issue, "--to", "editor@example.com"])[0]["state"], "sent");
    let mail = fs::read_dir(folder.join("mails")).unwrap().next().unwrap().unwrap().path();
    let mail = fs::read_to_string(mail).unwrap();
    assert!(mail.starts_with("X-PM-Message-Stream: broadcast\r\nX-Mailgun-Tag: week-test\r\n"), "{mail}");
    edit(folder, "[newsletters.week]\n", "[newsletters.week]\nrelays = [\"dead\"]\n");
    let said = fails(folder, &["test", &issue, "--to", "editor@example.com"], 5);
    assert!(said.contains("nothing listens there"), "another relay is not asked: {said}");
}

#[test]
fn a_relay_that_carries_nothing_is_warned_of() {
    let folder = installation();
    let folder = folder.path();
    let other = "[[relays]]\nname = \"idle\"\nhost = \"127.0.0.1\"\ntls = \"none\"\nonly_named = true\n\n[[relays]]";
    edit(folder, "[[relays]]", other);
    let ended = cli(folder, &["config", "check"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(ended.stderr.contains("relays.idle.only_named: no newsletter names it"), "{ended:?}");
    assert_eq!(json(folder, &["config", "check"])[0]["warnings"][0]["key"], "relays.idle.only_named");
    edit(folder, "[newsletters.week]\n", "[newsletters.week]\nrelays = [\"idel\"]\n");
    let ended = cli(folder, &["config", "check"]);
    assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    assert!(ended.stdout.contains("newsletters.week.relays: there is no relay \"idel\""), "{ended:?}");
    assert!(ended.stdout.contains("hint: did you mean \"idle\"?"), "{ended:?}");
}
