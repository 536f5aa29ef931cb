//! What `doctor` finds well and ill, with a name server and a relay of the test's own.

use std::collections::HashMap;
use std::fs;
use std::net::UdpSocket;
use std::path::Path;

use hickory_resolver::proto::rr::rdata::{A, MX, TXT};
use hickory_resolver::proto::rr::{Name, RData};
use serde_json::Value;

use super::relay::{sink, use_port};
use super::signing::new_key;
use super::{cli, installation, json, ok};
use crate::delivery::script::{Answer, Asked, Script};
use crate::harness::names::{name_server, name_server_failing};

pub(super) const RELAY: &str = "[[relays]]\nname = \"sink\"\nhost = \"127.0.0.1\"\nport = 2525\ntls = \"none\"\n";

pub(super) fn text(name: &str, value: &str) -> (String, RData) {
    // A text of more than 255 bytes is several strings.
    let parts = value.as_bytes().chunks(255).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
    (format!("{name}."), RData::TXT(TXT::new(parts)))
}

/// A machine's name.
pub(super) fn address(name: &str, of: [u8; 4]) -> (String, RData) {
    (format!("{name}."), RData::A(A::from(std::net::Ipv4Addr::from(of))))
}

/// The findings by what was looked at.
pub(super) fn findings(folder: &Path, args: &[&str], code: i32) -> HashMap<String, (String, String)> {
    let ended = cli(folder, &[&["doctor", "--json"], args].concat());
    assert_eq!(ended.status.code(), Some(code), "{ended:?}");
    let of = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        (part("check"), (part("state"), format!("{} {}", part("text"), part("hint"))))
    };
    ended.stdout.lines().map(of).collect()
}

pub(super) fn edit(folder: &Path, from: &str, to: &str) {
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
        address("mx.coranto-letters.eu", [192, 0, 2, 25]),
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
    stands("DKIM of coranto-letters.eu", "fail", "`coranto dkim new`");
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
    edit(folder, RELAY, "");
    new_key(folder, &[]);
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let found = findings(folder, &["--resolver", &silent.local_addr().unwrap().to_string()], 0);
    assert_eq!((found["DNS"].0.as_str(), found["relays"].0.as_str()), ("unknown", "warn"), "{found:#?}");
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

/// An installation whose mail is from `week@SENDER` and signed for `signs`; its records but those of the policy.
pub(super) fn signed(sender: &str, signs: &str) -> (tempfile::TempDir, Vec<(String, RData)>) {
    let folder = installation();
    edit(folder.path(), "week@news.example.com", &format!("week@{sender}"));
    edit(folder.path(), RELAY, "");
    new_key(folder.path(), &["--domain", signs]);
    let key = json(folder.path(), &["dkim", "show"]).remove(0);
    let part = |name: &str| key[name].as_str().unwrap().to_owned();
    let mx = RData::MX(MX::new(10, Name::from_ascii("mx.harbourpost.org.").unwrap()));
    let records = vec![
        (format!("{sender}."), mx),
        address("mx.harbourpost.org", [192, 0, 2, 25]),
        text(sender, "v=spf1 include:_spf.relay.eu -all"),
        text("_spf.relay.eu", "v=spf1 ip4:192.0.2.0/24 -all"),
        text(&part("name"), &part("value")),
    ];
    (folder, records)
}

#[test]
fn each_mistake_in_the_dns_has_its_finding() {
    let sender = "news.harbourpost.org";
    let key = format!("coranto._domainkey.{sender}");
    let (folder, records) = signed(sender, sender);
    let value = json(folder.path(), &["dkim", "show"]).remove(0)["value"].as_str().unwrap().to_owned();
    let good = || {
        let mut all = records.clone();
        all.push(text("_dmarc.harbourpost.org", "v=DMARC1; p=none"));
        all
    };
    let without = |name: &str, kind: hickory_resolver::proto::rr::RecordType| {
        good()
            .into_iter()
            .filter(|(of, data)| *of != format!("{name}.") || data.record_type() != kind)
            .collect::<Vec<_>>()
    };
    let spf = |record: &str| {
        let mut all = without(sender, hickory_resolver::proto::rr::RecordType::TXT);
        all.push(text(sender, record));
        all
    };
    let dkim = |record: &str| {
        let mut all = without(&key, hickory_resolver::proto::rr::RecordType::TXT);
        all.push(text(&key, record));
        all
    };
    let eleven = (0..11).map(|at| format!("a:h{at}.relay.eu ")).collect::<String>();
    let doubled = |zone: &str| {
        let mut all = without(&key, hickory_resolver::proto::rr::RecordType::TXT);
        all.push(text(&format!("{key}.{zone}"), &value));
        all
    };
    for (records, check, health, says) in [
        (good(), format!("SPF of {sender}"), "ok", "include:_spf.relay.eu"),
        (spf("v=spf1 -all"), format!("SPF of {sender}"), "fail", "lets nobody send"),
        (spf(&format!("v=spf1 {eleven}-all")), format!("SPF of {sender}"), "fail", "more than 10 questions"),
        (spf("v=spf1 ip4:1.2.3 inlcude:x.eu -all"), format!("SPF of {sender}"), "fail", "ip4:1.2.3"),
        (spf("v=spf1 include:nothing.relay.eu -all"), format!("SPF of {sender}"), "fail", "no SPF record"),
        (spf("v=spf1 include:_spf.relay.eu"), format!("SPF of {sender}"), "warn", "everybody else"),
        (good(), format!("DKIM at {key}"), "ok", "in use"),
        (dkim(&value.replace("v=DKIM1;", "v=DKIM1; t=y;")), format!("DKIM at {key}"), "warn", "t=y"),
        (dkim(&value.replace("; ", "\\; ")), format!("DKIM at {key}"), "fail", "cannot read"),
        (dkim(&value.replace("k=rsa", "k=ed25519")), format!("DKIM at {key}"), "fail", "k=ed25519"),
        (dkim(&value.replace("k=rsa", "s=tlsrpt")), format!("DKIM at {key}"), "fail", "s=tlsrpt"),
        (dkim(&value.replace("k=rsa", "h=sha1")), format!("DKIM at {key}"), "fail", "h=sha1"),
        (dkim(&value[..300]), format!("DKIM at {key}"), "fail", "cut off"),
        (doubled(sender), format!("DKIM at {key}"), "fail", "leave news.harbourpost.org out"),
        (doubled("harbourpost.org"), format!("DKIM at {key}"), "fail", "leave harbourpost.org out"),
        (good(), format!("DMARC of {sender}"), "ok", "p=none, by harbourpost.org"),
    ] {
        let server = name_server(records);
        let code = if health == "fail" { 3 } else { 0 };
        let found = findings(folder.path(), &["--resolver", &server.to_string()], code);
        let (is, text) = &found[&check];
        assert!(is == health && text.contains(says), "{check} {says}: {found:#?}");
    }
}

#[test]
fn a_name_that_cannot_be_looked_up_hides_no_other() {
    let sender = "harbourpost.org";
    let (folder, mut records) = signed(sender, sender);
    records.push(text("_dmarc.harbourpost.org", "v=DMARC1; p=none"));
    for broken in [sender, "_spf.relay.eu", "_dmarc.harbourpost.org", "coranto._domainkey.harbourpost.org"] {
        let server = name_server_failing(records.clone(), &[broken]);
        let found = findings(folder.path(), &["--resolver", &server.to_string()], 0);
        assert!(!found.contains_key("DNS"), "{broken}: {found:#?}");
        let unknown: Vec<_> = found.values().filter(|(_, text)| text.contains("cannot be looked up")).collect();
        assert_eq!(unknown.len(), if broken == sender { 2 } else { 1 }, "{broken}: {found:#?}");
        let health = |check: &str| found[check].0.as_str();
        for (check, of) in [
            ("MX of harbourpost.org", sender),
            ("DKIM at coranto._domainkey.harbourpost.org", "coranto._domainkey.harbourpost.org"),
            ("DMARC of harbourpost.org", "_dmarc.harbourpost.org"),
        ] {
            assert_eq!(health(check), if broken == of { "unknown" } else { "ok" }, "{broken} {check}");
        }
    }
}

#[test]
fn the_policy_says_which_domains_count_as_the_senders() {
    for (sender, signs, bounces, policy, signature, bounce) in [
        ("harbourpost.org", "harbourpost.org", "b.harbourpost.org", "p=reject", "", ""),
        ("a.b.harbourpost.org", "harbourpost.org", "b.harbourpost.org", "p=none", "", ""),
        ("harbourpost.org", "news.harbourpost.org", "b.harbourpost.org", "p=none; adkim=s", "fail", ""),
        ("harbourpost.org", "harbourpost.org", "b.harbourpost.org", "p=none; aspf=s", "", "fail"),
        ("harbourpost.org", "esp.net", "b.harbourpost.org", "p=none", "warn", ""),
        ("harbourpost.org", "esp.net", "b.harbourpost.org", "p=quarantine", "fail", ""),
        ("harbourpost.org", "harbourpost.org", "b.esp.net", "p=none", "", "warn"),
        ("harbourpost.org", "esp.net", "b.esp.net", "p=none", "fail", "fail"),
    ] {
        let (folder, mut records) = signed(sender, signs);
        edit(folder.path(), "[newsletters.week]\n", &format!("[newsletters.week]\nbounce_domain = \"{bounces}\"\n"));
        let mx = RData::MX(MX::new(10, Name::from_ascii("mx.harbourpost.org.").unwrap()));
        records.extend([
            (format!("{bounces}."), mx),
            text(bounces, "v=spf1 ip4:192.0.2.1 -all"),
            text("_dmarc.harbourpost.org", &format!("v=DMARC1; {policy}")),
        ]);
        let server = name_server(records);
        let code = if [signature, bounce].contains(&"fail") { 3 } else { 0 };
        let found = findings(folder.path(), &["--resolver", &server.to_string()], code);
        let health = |check: &str| found.get(check).map_or("", |(health, _)| health.as_str());
        let is = (health("signature of week"), health("bounce domain of week"));
        assert_eq!(is, (signature, bounce), "{sender} {signs} {bounces} {policy}: {found:#?}");
    }
}

#[test]
fn a_signature_that_few_verify_is_a_failure() {
    let sender = "harbourpost.org";
    let check = "DKIM of harbourpost.org";
    let look = |folder: &Path, code: i32| findings(folder, &["--offline"], code);
    let folder = installation();
    let folder = folder.path();
    edit(folder, "week@news.example.com", &format!("week@{sender}"));
    assert_eq!(look(folder, 3)[check].0, "fail", "nobody signs");
    new_key(folder, &["--kind", "ed25519", "--selector", "e1"]);
    let found = look(folder, 3);
    assert!(found[check].0 == "fail" && found[check].1.contains("only Ed25519 signs"), "{found:#?}");
    // A relay that signs counts where it carries this newsletter's mail, and nowhere else.
    let other = RELAY.replace("\"sink\"", "\"other\"") + "signs = true\nonly_named = true\n";
    edit(folder, RELAY, &format!("{RELAY}\n{other}"));
    assert_eq!(look(folder, 3)[check].0, "fail");
    edit(folder, "[newsletters.week]\n", "[newsletters.week]\nrelays = [\"other\"]\n");
    let found = look(folder, 0);
    assert!(found[check].0 == "ok" && found[check].1.contains("the relay signs"), "{found:#?}");
    edit(folder, "relays = [\"other\"]\n", "");
    new_key(folder, &["--selector", "r1"]);
    assert_eq!(look(folder, 0)[check].0, "ok");

    // Both records are looked at.
    let keys = json(folder, &["dkim", "show"]);
    assert_eq!(keys.len(), 2);
    let record = |key: &Value| text(key["name"].as_str().unwrap(), key["value"].as_str().unwrap());
    let server = name_server(vec![record(&keys[1])]);
    let found = findings(folder, &["--resolver", &server.to_string()], 3);
    let health = |selector: &str| found[&format!("DKIM at {selector}._domainkey.{sender}")].0.as_str();
    assert_eq!((health("e1"), health("r1")), ("fail", "ok"), "{found:#?}");
}
