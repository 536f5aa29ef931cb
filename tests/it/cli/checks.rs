//! Which findings `doctor` says, what it ends with, and the look at the sender before an issue goes to many.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;

use serde_json::Value;

use super::doctor::{signed, text};
use super::editing::many_readers;
use super::{cli, fails, first_issue, installation, json, ok};
use crate::harness::names::name_server;

const SENDER: &str = "harbourpost.org";

/// The objects that doctor prints, and what it ends with.
fn said(folder: &Path, args: &[&str]) -> (Vec<Value>, Option<i32>) {
    let ended = cli(folder, &[&["doctor", "--json"], args].concat());
    (ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), ended.status.code())
}

fn ids(all: &[Value]) -> Vec<String> {
    all.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
}

#[test]
fn each_finding_has_its_id_and_the_last_line_counts_them() {
    let folder = installation();
    let (all, code) = said(folder.path(), &["--offline"]);
    assert_eq!(code, Some(0));
    for one in &all[..all.len() - 1] {
        for key in ["id", "group", "check", "state", "text", "docs"] {
            assert!(one[key].is_string(), "{key}: {one}");
        }
        assert!(one["id"].as_str().unwrap().starts_with(one["group"].as_str().unwrap()), "{one}");
    }
    let counted = &all.last().unwrap()["summary"];
    let states = |state: &str| all.iter().filter(|one| one["state"] == state).count();
    for state in ["ok", "unknown", "warn", "fail"] {
        assert_eq!(counted[state], states(state), "{state}: {counted}");
    }
    assert!(states("warn") > 0, "the installation is new");
}

#[test]
fn one_check_one_group_and_none_of_that_name() {
    let folder = installation();
    let folder = folder.path();
    let only = |wanted: &str| ids(&said(folder, &["--offline", "--only", wanted]).0);
    assert_eq!(only("installation.disk"), ["installation.disk"]);
    assert!(only("installation").len() >= 4 && only("installation").iter().all(|id| id.starts_with("installation.")));
    assert_eq!(only("content.issues/week"), ["content.issues/week"]);
    assert!(only("content.issues/other").is_empty());
    assert!(fails(folder, &["doctor", "--only", "dns.sfp"], 2).contains("did you mean dns.spf?"));
    let (all, _) = said(folder, &["--offline", "--only", "installation.disk", "--only", "content"]);
    assert!(ids(&all).len() > 2, "{all:?}");
}

#[test]
fn warnings_fail_where_that_is_asked_for() {
    let folder = installation();
    let folder = folder.path();
    for (args, code) in [
        (&["--offline", "--only", "way_in.address"][..], 0),
        (&["--offline", "--only", "way_in.address", "--strict"], 3),
        (&["--offline", "--only", "content.templates", "--strict"], 0),
    ] {
        assert_eq!(said(folder, args).1, Some(code), "{args:?}");
    }
}

#[test]
fn what_changed_since_the_server_looked_is_all_that_is_said() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let (all, _) = said(folder, &["--offline", "--since-last"]);
    let ids_before = ids(&all);
    assert!(ids_before.contains(&"way_in.address".to_owned()), "a warning that nobody knows: {all:?}");
    assert!(all.iter().all(|one| one["state"] != "ok"), "{all:?}");
    // No database, nothing to compare with.
    fs::remove_file(folder.join("coranto.db")).unwrap();
    let config = fs::read_to_string(folder.join("coranto.toml")).unwrap();
    let rest = config.lines().filter(|line| !line.starts_with("database")).map(|line| format!("{line}\n"));
    let elsewhere = "database = \"postgres://nobody@127.0.0.1:1/none\"\n".to_owned() + &rest.collect::<String>();
    fs::write(folder.join("coranto.toml"), elsewhere).unwrap();
    assert_eq!(cli(folder, &["doctor", "--since-last", "--offline"]).status.code(), Some(5));
}

/// An installation with 101 readers and an issue, whose sender has these records beside the right ones.
fn queueing(records: &[(&str, &str)], without: &str) -> (tempfile::TempDir, String, std::net::SocketAddr) {
    let (folder, mut zone) = signed(SENDER, SENDER);
    zone.retain(|(name, data)| {
        *name != format!("{without}.") || data.record_type() != hickory_resolver::proto::rr::RecordType::TXT
    });
    zone.extend(records.iter().map(|(name, value)| text(name, value)));
    many_readers(folder.path());
    let issue = first_issue(folder.path());
    let path = folder.path().join(&issue);
    let text = fs::read_to_string(&path).unwrap();
    let text: String =
        text.lines().filter(|line| !line.starts_with("draft:")).map(|line| format!("{line}\n")).collect();
    fs::write(path, text).unwrap();
    (folder, issue, name_server(zone))
}

#[test]
fn an_issue_for_many_is_queued_where_receivers_take_it() {
    let policy = ("_dmarc.harbourpost.org", "v=DMARC1; p=none");
    for (records, without, says) in [
        (&[policy][..], "", ""),
        (&[policy], SENDER, "SPF of harbourpost.org: there is none"),
        (&[policy], "coranto._domainkey.harbourpost.org", "there is no key"),
        (&[("_dmarc.harbourpost.org", "v=DMARC1; p=nonee")], "", "means nothing"),
    ] {
        let (folder, issue, server) = queueing(records, without);
        let folder = folder.path();
        let args = ["queue", &issue, "--resolver", &server.to_string()];
        let queued = cli(folder, &args);
        if says.is_empty() {
            assert_eq!(queued.status.code(), Some(0), "{queued:?}");
            continue;
        }
        assert_eq!(queued.status.code(), Some(4), "{queued:?}");
        assert!(queued.stderr.contains(says) && queued.stderr.contains("nothing was queued"), "{queued:?}");
        assert!(json(folder, &["issues", "list"]).iter().all(|one| one["state"] != "queued"));
        let queued = cli(folder, &[&args[..], &["--yes"]].concat());
        assert!(queued.status.success() && queued.stderr.contains(says), "{queued:?}");
    }
}

#[test]
fn an_unsigned_sender_is_refused_and_a_silent_name_server_is_not() {
    let (folder, issue, server) = queueing(&[("_dmarc.harbourpost.org", "v=DMARC1; p=none")], "");
    let folder = folder.path();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let queued = cli(folder, &["queue", &issue, "--resolver", &silent.local_addr().unwrap().to_string()]);
    assert!(queued.status.success() && queued.stderr.contains("no name server answers"), "{queued:?}");
    let config = fs::read_to_string(folder.join("coranto.toml")).unwrap();
    let (unsigned, _) = config.split_once("[newsletters.week.dkim]").unwrap();
    fs::write(folder.join("coranto.toml"), unsigned).unwrap();
    let queued = cli(folder, &["queue", &issue, "--resolver", &server.to_string()]);
    assert_eq!(queued.status.code(), Some(4), "{queued:?}");
    assert!(queued.stderr.contains("its email is not signed"), "{queued:?}");
}
