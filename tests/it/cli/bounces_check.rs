//! `bounces check`: a server at work is well from end to end, and whatever is not is named with what to do.

use std::collections::HashMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use coranto::config::Config;
use coranto::doctor::{Finding, FindingHealth, bounces};
use coranto::smtp::{Sink, SinkOptions};
use hickory_resolver::proto::rr::rdata::{A, MX};
use hickory_resolver::proto::rr::{Name, RData};
use serde_json::Value;

use super::{cli, installation};
use crate::delivery::script::{Answer, Asked, Script};
use crate::harness::installation::Installation;
use crate::harness::names::name_server;

const DOMAIN: &str = "bounce.harbourpost.org";
const HOST: &str = "mx.harbourpost.org";
const HOOK: &str =
    "\n[[inbound.hooks]]\nname = \"own\"\nprovider = \"generic\"\nsecret = \"whsec_bm90IGEgc2VjcmV0IGF0IGFsbA==\"\n";

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A zone whose bounce domain has its mail server on this machine.
fn zone() -> Vec<(String, RData)> {
    let mx = RData::MX(MX::new(10, Name::from_ascii(format!("{HOST}.")).unwrap()));
    vec![(format!("{DOMAIN}."), mx), (format!("{HOST}."), RData::A(A(Ipv4Addr::LOCALHOST)))]
}

/// The findings of the command by what was looked at.
fn findings(folder: &Path, args: &[&str], code: i32) -> HashMap<String, (String, String)> {
    let ended = cli(folder, &[&["bounces", "check", "--json"], args].concat());
    assert_eq!(ended.status.code(), Some(code), "{ended:?}");
    let of = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        (part("check"), (part("state"), format!("{} {}", part("text"), part("hint"))))
    };
    ended.stdout.lines().map(of).collect()
}

/// A server that listens for reports at `smtp` and at a socket, and has a hook.
async fn serving(smtp: SocketAddr) -> Installation {
    Installation::configured(None, |home, web, relay| {
        fs::create_dir(home.join("week")).unwrap();
        let socket = home.join("lmtp.sock");
        format!(
            "public_url = \"http://{web}\"\ndatabase = \"sqlite://coranto.db\"\nsecret_key_file = \"secret.key\"\n\
             [server]\nlisten = \"{web}\"\n\
             [inbound]\nsmtp_listen = \"{smtp}\"\nlmtp_listen = \"unix:{}\"\n{HOOK}\
             [[relays]]\nname = \"main\"\nhost = \"127.0.0.1\"\nport = {relay}\ntls = \"none\"\nprovider = \"generic\"\n\
             [newsletters.week]\nname = \"The Week\"\nfrom = \"week@harbourpost.org\"\nbounce_domain = \"{DOMAIN}\"\n\
             postal_address = \"1 Example Street\"\ntime_zone = \"Europe/Prague\"\nissues = \"week\"\nslot = \"Fri 09:00\"\n",
            socket.display()
        )
    })
    .await
}

/// What was found of the mail server of the bounce domain, when it is at this port.
async fn of_mail_server(config: &Config, port: u16) -> Finding {
    let found = bounces::mail_servers(config, Some(name_server(zone())), port).await;
    assert_eq!(found[0].health, FindingHealth::Ok, "{found:#?}");
    found.into_iter().nth(1).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_at_work_is_well_from_end_to_end() {
    let smtp = free();
    let installation = serving(smtp).await;
    let folder = installation.folder();
    // No mail server can be at port 25 of a test, so only the record is left to be found missing.
    let found = findings(folder, &["--resolver", &name_server(Vec::new()).to_string()], 3);
    for check in ["listener, SMTP", "listener, LMTP", "hook own, URL", "relay main", "relay main, sender of week"] {
        assert_eq!(found[check].0, "ok", "{check}: {found:#?}");
    }
    assert!(found["relay main, sender of week"].1.contains(DOMAIN), "{found:#?}");
    let (health, text) = &found[&format!("MX of {DOMAIN}")];
    assert!(health == "fail" && text.contains("give it an MX record"), "{text}");

    let config = Config::load(&folder.join("coranto.toml"), &[]).unwrap();
    let well = of_mail_server(&config, smtp.port()).await;
    assert!(well.health == FindingHealth::Ok && well.text.contains("coranto answers"), "{well:?}");

    // Who takes everything is not the listener, and no email went there.
    let all = Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
    let other = of_mail_server(&config, all.addr().port()).await;
    assert!(other.health == FindingHealth::Warn && other.text.contains("not the listener"), "{other:?}");
    assert!(all.messages().is_empty());

    let strange = Script::start(|asked: &Asked| match asked.verb {
        "RCPT" => Answer::Say("550 5.7.1 Relaying denied"),
        _ => Answer::Usual,
    })
    .await;
    let refusing = of_mail_server(&config, strange.address.port()).await;
    assert!(refusing.health == FindingHealth::Fail && refusing.text.contains("Relaying denied"), "{refusing:?}");
    assert!(refusing.hint.unwrap().contains("hand it on"));

    let away = of_mail_server(&config, free().port()).await;
    assert!(away.health == FindingHealth::Fail && away.hint.unwrap().contains("MX record"));

    // Nothing of all this was kept.
    assert_eq!(installation.command(&["bounces", "list", "--json"]), "");
    let hooks = installation.command(&["bounces", "hooks", "--json"]);
    let hook: Value = serde_json::from_str(hooks.trim()).unwrap();
    assert!(hook["heard_at"].is_null(), "{hook}");
    // Without an issue silence is no warning.
    let doctor = cli(folder, &["doctor", "--offline", "--json"]);
    for check in ["reports at the listener", "reports of hook own"] {
        let line = doctor.stdout.lines().find(|line| line.contains(check)).unwrap_or_else(|| panic!("{doctor:?}"));
        let value: Value = serde_json::from_str(line).unwrap();
        assert_eq!((&value["state"], &value["text"]), (&"ok".into(), &"no report yet".into()));
    }
    installation.end().await;
}

#[test]
fn a_server_that_is_away_is_named_with_what_to_do() {
    let folder = installation();
    let folder = folder.path();
    let path = folder.join("coranto.toml");
    let (smtp, web) = (free(), free());
    let text = fs::read_to_string(&path).unwrap();
    let text = text
        .replace("week@news.example.com", "week@harbourpost.org")
        .replace("[newsletters.week]\n", &format!("[newsletters.week]\nbounce_domain = \"{DOMAIN}\"\n"));
    fs::write(&path, format!("{text}\n[inbound]\nsmtp_listen = \"{smtp}\"\n{HOOK}")).unwrap();
    let edited = fs::read_to_string(&path).unwrap();
    let url = edited.lines().find(|line| line.starts_with("public_url")).unwrap().to_owned();
    fs::write(&path, edited.replace(&url, &format!("public_url = \"http://{web}\""))).unwrap();

    let mut broken = zone();
    broken.pop();
    let found = findings(folder, &["--resolver", &name_server(broken).to_string()], 3);
    let stands = |check: &str, says: &str| {
        let (health, text) = &found[check];
        assert!(health == "fail" && text.contains(says), "{check}: {found:#?}");
    };
    stands("listener, SMTP", "start `coranto serve`");
    stands(&format!("mail server {HOST} of {DOMAIN}"), "A or AAAA record");
    stands("hooks", "set public_url");
    stands("relay sink", "nothing listens there");

    // A server that takes every address at the listener's place is another one.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let script = runtime.block_on(Script::start(|_: &Asked| Answer::Usual));
    let edited = fs::read_to_string(&path).unwrap();
    fs::write(&path, edited.replace(&smtp.to_string(), &script.address.to_string())).unwrap();
    let found = findings(folder, &["--resolver", &name_server(Vec::new()).to_string()], 3);
    let (health, text) = &found["listener, SMTP"];
    assert!(health == "fail" && text.contains("another server listens there"), "{found:#?}");
}
