//! What `doctor` finds well and ill, with a name server and a relay of the test's own.

use std::collections::HashMap;
use std::fs;
use std::net::UdpSocket;
use std::path::Path;

use hickory_resolver::proto::rr::rdata::{MX, TXT};
use hickory_resolver::proto::rr::{Name, RData};
use serde_json::Value;

use super::relay::{sink, use_port};
use super::{cli, installation, json, ok};
use crate::delivery::script::{Answer, Asked, Script};
use crate::harness::names::name_server;

fn text(name: &str, value: &str) -> (String, RData) {
    // A text of more than 255 bytes is several strings.
    let parts = value.as_bytes().chunks(255).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
    (format!("{name}."), RData::TXT(TXT::new(parts)))
}

/// The findings by what was looked at.
fn findings(folder: &Path, args: &[&str], code: i32) -> HashMap<String, (String, String)> {
    let ended = cli(folder, &[&["doctor", "--json"], args].concat());
    assert_eq!(ended.status.code(), Some(code), "{ended:?}");
    let of = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        (part("check"), (part("health"), format!("{} {}", part("text"), part("hint"))))
    };
    ended.stdout.lines().map(of).collect()
}

fn edit(folder: &Path, from: &str, to: &str) {
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_complete_installation_is_well() {
    let folder = installation();
    let folder = folder.path();
    edit(folder, "week@news.example.com", "week@news.coranto-letters.eu");
    let made = json(folder, &["dkim", "new"]).remove(0);
    let part = |name: &str| made[name].as_str().unwrap().to_owned();
    let section =
        "\n[newsletters.week.dkim]\nselector = \"coranto\"\nkey_file = \"coranto.week.pem\"\n\n# The mail server";
    edit(folder, "\n# The mail server", section);
    let domain = "news.coranto-letters.eu";
    let mx = RData::MX(MX::new(10, Name::from_ascii("mx.coranto-letters.eu.").unwrap()));
    let server = name_server(vec![
        (format!("{domain}."), mx),
        text(domain, "v=spf1 ip4:192.0.2.1 -all"),
        text(&part("name"), &part("value")),
        text("_dmarc.coranto-letters.eu", "v=DMARC1; p=quarantine"),
    ]);
    let (_sink, port) = sink(folder, &[]);
    use_port(folder, port);
    let found = findings(folder, &["--resolver", &server.to_string()], 0);
    let ok = |check: &str| assert_eq!(found[check].0, "ok", "{check}: {found:#?}");
    for check in ["configuration", "templates", "issues of week", "database", "clock", "relay sink"] {
        ok(check);
    }
    ok(&format!("MX of {domain}"));
    ok(&format!("SPF of {domain}"));
    ok(&format!("DKIM at coranto._domainkey.{domain}"));
    ok(&format!("DMARC of {domain}"));
    assert_eq!(found["public address"].0, "warn");
    assert!(!folder.join("coranto.db").exists(), "looking makes no database");
}

#[test]
fn what_is_missing_is_named_with_what_to_do() {
    let folder = installation();
    let folder = folder.path();
    edit(folder, "week@news.example.com", "week@coranto-letters.eu");
    fs::remove_dir_all(folder.join("issues")).unwrap();
    fs::create_dir_all(folder.join("templates/email")).unwrap();
    fs::write(folder.join("templates/email/issue.html"), "{{ no_such_thing }}").unwrap();
    let server = name_server(Vec::new());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    use_port(folder, taken.local_addr().unwrap().port());
    drop(taken);
    let found = findings(folder, &["--resolver", &server.to_string()], 3);
    let stands = |check: &str, health: &str, hint: &str| {
        let (is, says) = &found[check];
        assert!(is == health && says.contains(hint), "{check}: {found:#?}");
    };
    stands("MX of coranto-letters.eu", "fail", "give it an MX record");
    stands("SPF of coranto-letters.eu", "fail", "v=spf1");
    stands("DKIM of coranto-letters.eu", "warn", "`coranto dkim new`");
    stands("DMARC of coranto-letters.eu", "warn", "_dmarc.coranto-letters.eu");
    stands("relay sink", "fail", "nothing listens there");
    stands("issues of week", "warn", "`coranto new");
    stands("templates", "fail", "issue.html");
}

#[test]
fn a_name_server_that_is_away_is_only_a_warning() {
    let folder = installation();
    let folder = folder.path();
    edit(folder, "week@news.example.com", "week@coranto-letters.eu");
    edit(folder, "[[relays]]\nname = \"sink\"\nhost = \"127.0.0.1\"\nport = 2525\ntls = \"none\"\n", "");
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let found = findings(folder, &["--resolver", &silent.local_addr().unwrap().to_string()], 0);
    assert_eq!((found["DNS"].0.as_str(), found["relays"].0.as_str()), ("warn", "warn"), "{found:#?}");
}

#[test]
fn mistakes_of_the_configuration_are_findings() {
    let folder = installation();
    let folder = folder.path();
    edit(folder, "slot =", "slto =");
    let ended = cli(folder, &["doctor"]);
    assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    assert!(ended.stdout.starts_with("fail  configuration: coranto.toml:17:1: newsletters.week.slto"), "{ended:?}");
    assert!(ended.stdout.contains("      hint: did you mean slot?"), "{ended:?}");
}

#[cfg(unix)]
#[test]
fn a_database_open_to_all_is_noticed() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let open = |mode: u32| {
        fs::set_permissions(folder.join("coranto.db"), fs::Permissions::from_mode(mode)).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        findings(folder, &["--offline"], 0).contains_key("database file")
    };
    assert!(open(0o644));
    assert!(!open(0o600));
}

#[test]
fn each_newsletters_sender_is_tried_at_each_relay() {
    let folder = installation();
    let folder = folder.path();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let script = runtime.block_on(Script::start(|asked: &Asked| match asked.verb {
        "MAIL" => Answer::Say("553 5.7.1 <week@news.example.com>: Sender address rejected: not owned by user news"),
        _ => Answer::Usual,
    }));
    use_port(folder, script.address.port());
    let name_server = name_server(Vec::new());
    let found = findings(folder, &["--resolver", &name_server.to_string()], 3);
    assert_eq!(found["relay sink"].0, "ok", "{found:#?}");
    let (health, text) = &found["relay sink, sender of week"];
    assert_eq!(health, "fail");
    for part in ["week@news.example.com is refused", "553 5.7.1", "not owned by user news", "set `from`"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(script.taken().is_empty());

    let issue = super::first_issue(folder);
    let refused = cli(folder, &["test", &issue, "--to", "editor@example.com", "--json"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let proof: Value = serde_json::from_str(refused.stdout.trim()).unwrap();
    assert_eq!((&proof["state"], &proof["stage"], &proof["relay"]), (&"failed".into(), &"mail".into(), &"sink".into()));
    assert!(proof["reply"].as_str().unwrap().contains("not owned by user news"), "{proof}");
    assert!(proof["hint"].as_str().unwrap().contains("coranto doctor"), "{proof}");
    let shown = cli(folder, &["test", &issue, "--to", "editor@example.com"]);
    assert!(shown.stdout.contains("553 5.7.1") && shown.stderr.starts_with("hint: "), "{shown:?}");
}

#[test]
fn a_test_goes_by_a_relay_that_carries_the_newsletters_mail() {
    let folder = installation();
    let folder = folder.path();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (other, own) = runtime.block_on(async {
        (Script::start(|_: &Asked| Answer::Usual).await, Script::start(|_: &Asked| Answer::Usual).await)
    });
    let table = |name: &str, port: u16| {
        format!("[[relays]]\nname = \"{name}\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n\n")
    };
    let tables = table("other", other.address.port()) + &table("own", own.address.port());
    edit(folder, "[[relays]]\nname = \"sink\"\nhost = \"127.0.0.1\"\nport = 2525\ntls = \"none\"\n", &tables);
    edit(folder, "[newsletters.week]\n", "[newsletters.week]\nrelays = [\"own\"]\n");
    let issue = super::first_issue(folder);
    let proof = json(folder, &["test", &issue, "--to", "editor@example.com"]).remove(0);
    assert_eq!((&proof["state"], &proof["relay"]), (&"sent".into(), &"own".into()));
    assert_eq!((own.taken().len(), other.taken().len()), (1, 0));
}
