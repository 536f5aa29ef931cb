//! What `config check` and `dkim` say of senders and signatures: nobody has to run `doctor` to be told.

use std::fs;
use std::path::Path;

use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::rdata::TXT;

use super::{AT_MOST, cli, fails, installation, json, ok};
use crate::harness::names::name_server;
use crate::harness::program::{Program, coranto};

const RELAY: &str = "[[relays]]\nname = \"sink\"\nhost = \"127.0.0.1\"\nport = 2525\ntls = \"none\"\n";

fn edit(folder: &Path, from: &str, to: &str) {
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Makes a key and puts it into the configuration as the command says; what it said besides.
pub(super) fn new_key(folder: &Path, args: &[&str]) -> String {
    let ended = cli(folder, &[&["dkim", "new"], args].concat());
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let section = ended.stdout.find('[').map(|at| ended.stdout[at..].to_owned()).unwrap();
    let path = folder.join("coranto.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    if section.starts_with("[[") {
        text = text.replace("\n[newsletters.week.dkim]", "\n[[newsletters.week.dkim]]");
    }
    fs::write(path, format!("{text}\n{section}")).unwrap();
    ended.stdout + &ended.stderr
}

/// What `config check` warns of.
fn warnings(folder: &Path) -> String {
    let ended = cli(folder, &["config", "check"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    ended.stderr
}

#[test]
fn a_new_key_is_shown_for_a_form_and_for_a_zone_file() {
    let folder = installation();
    let folder = folder.path();
    let said = ok(folder, &["dkim", "new"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "coranto._domainkey.news.example.com");
    assert!(lines[1].starts_with("v=DKIM1; k=rsa; p=") && lines[1].len() > 255 && !lines[1].contains('"'), "{said}");
    let zone = lines[2].strip_prefix("coranto._domainkey.news.example.com. IN TXT ").unwrap();
    let strings: Vec<&str> = zone.trim_matches('"').split("\" \"").collect();
    assert!(strings.len() > 1 && strings.iter().all(|string| string.len() <= 255), "{said}");
    assert_eq!(strings.concat(), lines[1]);
    assert_eq!(lines[3], "[newsletters.week.dkim]");
    let shown = json(folder, &["dkim", "new", "--selector", "s2"]).remove(0);
    assert_eq!(shown["zone"].as_str().unwrap().matches("\" \"").count(), 1, "{shown}");
}

#[test]
fn ed25519_stands_beside_an_rsa_key() {
    let folder = installation();
    let folder = folder.path();
    let said = new_key(folder, &["--kind", "ed25519", "--selector", "e1"]);
    for part in ["second, short signature", "an Ed25519 key alone", "RSA key that must stand beside it"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = warnings(folder);
    assert!(said.contains("newsletters.week.dkim: only Ed25519 signs"), "{said}");
    let issue = super::first_issue(folder);
    ok(folder, &["check", &issue]);

    let said = new_key(folder, &["--selector", "r1"]);
    assert!(!said.contains("alone") && said.contains("Write two brackets"), "{said}");
    assert_eq!(warnings(folder), "");
    let names: Vec<_> = json(folder, &["dkim", "show"]).into_iter().map(|key| key["name"].clone()).collect();
    assert_eq!(names, ["e1._domainkey.news.example.com", "r1._domainkey.news.example.com"]);
    let said = new_key(folder, &["--kind", "ed25519", "--selector", "e2"]);
    assert!(!said.contains("alone"), "{said}");
    assert_eq!(json(folder, &["dkim", "show"]).len(), 3);

    // Where every relay signs that carries the mail, no key of ours does.
    let folder = installation();
    let folder = folder.path();
    new_key(folder, &["--kind", "ed25519"]);
    edit(folder, RELAY, &format!("{RELAY}signs = true\n"));
    assert_eq!(warnings(folder), "");
    edit(folder, "signs = true\n", &format!("signs = true\n\n{}", RELAY.replace("\"sink\"", "\"other\"")));
    assert!(warnings(folder).contains("only Ed25519 signs"), "the other does not");
}

#[test]
fn a_server_says_at_its_start_what_the_check_says() {
    let folder = installation();
    new_key(folder.path(), &["--kind", "ed25519"]);
    let mut command = coranto(folder.path());
    command.args(["serve", "--role", "web"]).env("CORANTO__SERVER__LISTEN", "127.0.0.1:0");
    let mut server = Program::start(command);
    let line = server.wait_for_line("only Ed25519 signs", AT_MOST);
    assert!(line.contains("WARN") && line.contains("newsletters.week.dkim"), "{line}");
    server.kill();
}

#[test]
fn a_key_that_cannot_sign_is_found_by_the_check() {
    let folder = installation();
    fs::write(folder.path().join("bad.pem"), "hunter2").unwrap();
    edit(
        folder.path(),
        "\n[[relays]]",
        "\n[newsletters.week.dkim]\nselector = \"s\"\nkey_file = \"bad.pem\"\n\n[[relays]]",
    );
    let said = fails(folder.path(), &["config", "check"], 1);
    assert!(said.contains("newsletters.week.dkim.key cannot sign") && !said.contains("hunter2"), "{said}");
}

#[test]
fn the_signature_and_the_bounce_domain_are_the_senders() {
    for (sender, signs, bounces, is_warned) in [
        ("news.harbourpost.org", "harbourpost.org", "b.harbourpost.org", (false, false)),
        ("harbourpost.org", "news.harbourpost.org", "b.news.harbourpost.org", (false, false)),
        ("harbourpost.org", "esp.net", "b.harbourpost.org", (true, false)),
        ("harbourpost.org", "harbourpost.org", "b.esp.net", (false, true)),
        ("harbour.co.uk", "other.co.uk", "b.other.co.uk", (true, true)),
    ] {
        let folder = installation();
        let folder = folder.path();
        edit(folder, "week@news.example.com", &format!("week@{sender}"));
        edit(folder, "[newsletters.week]\n", &format!("[newsletters.week]\nbounce_domain = \"{bounces}\"\n"));
        new_key(folder, &["--domain", signs]);
        let said = warnings(folder);
        let of =
            |key: &str| said.contains(&format!("newsletters.week.{key}: ")) && said.contains("another organisation");
        assert_eq!((of("dkim.domain"), of("bounce_domain")), is_warned, "{sender} {signs} {bounces}: {said}");
    }
}

#[test]
fn mail_that_nobody_signs_is_warned_of() {
    let folder = installation();
    let folder = folder.path();
    assert_eq!(warnings(folder), "", "an installation with a domain for examples is not set up yet");
    edit(folder, "week@news.example.com", "week@harbourpost.org");
    assert!(warnings(folder).contains("newsletters.week: its email is not signed"));
    let other = RELAY.replace("\"sink\"", "\"other\"") + "signs = true\nonly_named = true\n";
    edit(folder, RELAY, &format!("{RELAY}\n{other}"));
    assert!(warnings(folder).contains("newsletters.week: its email is not signed"), "the one that signs is another's");
}

#[test]
fn senders_that_no_server_takes_are_refused_where_they_are_written() {
    for (sender, says) in [
        ("The Post <thepost@gmail.com>", "gmail.com is not your domain"),
        ("post@yahoo.de", "yahoo.de is not your domain"),
        ("почта@harbourpost.org", "letters beyond ASCII"),
        ("post", "is not an address"),
    ] {
        let folder = installation();
        edit(folder.path(), "from = \"week@news.example.com\"", &format!("from = \"{sender}\""));
        let ended = cli(folder.path(), &["config", "check"]);
        assert!(ended.status.code() == Some(3) && ended.stdout.contains(says), "{sender}: {ended:?}");
        let empty = tempfile::tempdir().unwrap();
        let said = fails(empty.path(), &["init", "--name", "W", "--from", sender, "--address", "1 Quay"], 2);
        assert!(said.contains(says), "{sender}: {said}");
        assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0, "nothing is left half done");
    }
    let folder = installation();
    edit(folder.path(), "[newsletters.week]\n", "[newsletters.week]\nreply_to = \"почта@harbourpost.org\"\n");
    let ended = cli(folder.path(), &["config", "check"]);
    assert!(ended.status.code() == Some(3) && ended.stdout.contains("newsletters.week.reply_to"), "{ended:?}");
}

#[test]
fn a_relay_may_rewrite_what_no_signature_needs() {
    for (fields, refused) in [
        (&["Message-ID", "Date"][..], None),
        (&["list-unsubscribe"], Some("list-unsubscribe must be signed")),
        (&["Date", "From"], Some("From must be signed")),
        (&["List-Unsubscribe-Post"], Some("List-Unsubscribe-Post must be signed")),
        (&["Message ID"], Some("is not the name of a header field")),
    ] {
        let folder = installation();
        let list = fields.iter().map(|field| format!("{field:?}")).collect::<Vec<_>>().join(", ");
        edit(folder.path(), RELAY, &format!("{RELAY}rewrites = [{list}]\n"));
        let ended = cli(folder.path(), &["config", "check"]);
        match refused {
            None => assert_eq!(ended.status.code(), Some(0), "{ended:?}"),
            Some(says) => {
                assert!(ended.status.code() == Some(3) && ended.stdout.contains(says), "{fields:?}: {ended:?}")
            }
        }
        // Its own signature covers what it writes.
        edit(folder.path(), "rewrites =", "signs = true\nrewrites =");
        let is_name = !fields.contains(&"Message ID");
        assert_eq!(
            cli(folder.path(), &["config", "check"]).status.code(),
            Some(if is_name { 0 } else { 3 }),
            "{fields:?}"
        );
    }
}

/// A key takes another's place once the DNS has it, and not before.
#[test]
fn a_key_takes_the_place_of_another() {
    let folder = installation();
    let folder = folder.path();
    new_key(folder, &[]);
    let old = json(folder, &["dkim", "show"]).remove(0);
    let ended = cli(folder, &["dkim", "rotate", "--selector", "s2"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let section = &ended.stdout[ended.stdout.find("[[").unwrap()..];
    assert!(section.contains("signs = false"), "{section}");
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap().replace("\n[newsletters.week.dkim]", "\n[[newsletters.week.dkim]]");
    fs::write(&path, format!("{text}\n{section}")).unwrap();
    assert_eq!(json(folder, &["dkim", "show"]), std::slice::from_ref(&old), "the old one alone signs");
    let again = cli(folder, &["dkim", "rotate", "--selector", "s2"]);
    assert!(!again.status.success() && again.stderr.contains("already"), "{again:?}");
    let signs = fails(folder, &["dkim", "use", "coranto"], 1);
    assert!(signs.contains("signs already"), "{signs}");

    let lines: Vec<&str> = ended.stdout.lines().collect();
    let [name, value] = [lines[0], lines[1]];
    assert_eq!(name, "s2._domainkey.news.example.com");
    let empty = name_server(Vec::new()).to_string();
    let refused = cli(folder, &["dkim", "use", "s2", "--resolver", &empty]);
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    let strings = value.as_bytes().chunks(200).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
    let record = RData::TXT(TXT::new(strings));
    let full = name_server(vec![(format!("{name}."), record)]).to_string();
    let told = cli(folder, &["dkim", "use", "s2", "--resolver", &full]);
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert!(told.stderr.contains("out of the section of s2") && told.stderr.contains("that of coranto"), "{told:?}");
    // As it says.
    let text = fs::read_to_string(&path).unwrap().replace("signs = false\n", "");
    fs::write(&path, text.replacen("selector = \"coranto\"\n", "selector = \"coranto\"\nsigns = false\n", 1)).unwrap();
    let shown = json(folder, &["dkim", "show"]);
    assert_eq!((shown.len(), shown[0]["name"].as_str()), (1, Some(name)), "{shown:?}");
}
