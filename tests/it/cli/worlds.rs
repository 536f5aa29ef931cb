//! Made-up worlds, each with one fault: `doctor` names it by the id of its check. Worlds without a fault are silent, and so is
//! every check beside the one with the fault.

use std::path::Path;

use hickory_resolver::proto::rr::rdata::{MX, PTR};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use serde_json::Value;

use super::doctor::{RELAY, address, edit, signed, text};
use super::relay::use_port;
use super::signing::new_key;
use super::{cli, installation, json};
use crate::delivery::script::{Answer, Asked, Script};
use crate::harness::certificates::self_signed;
use crate::harness::names::name_server_failing;
use coranto::secret::Secret;
use coranto::smtp::server::ServerTls;
use coranto::smtp::{Sink, SinkAuth, SinkHandle, SinkOffer, SinkOptions};

const SENDER: &str = "harbourpost.org";
const KEY: &str = "coranto._domainkey.harbourpost.org";
const DMARC: &str = "_dmarc.harbourpost.org";

/// What is otherwise than in a right world.
enum Change {
    /// No text stands at a name but these.
    Texts(&'static str, Vec<String>),
    /// A further record.
    Beside(Vec<(String, RData)>),
    /// Its mail goes to this host, and to no other.
    Mx(&'static str),
    /// The name server cannot tell anything of a name.
    Broken(&'static str),
    /// A line is put behind one of the configuration.
    Setting(&'static str, String),
    Nothing,
}

use Change::{Beside, Broken, Nothing, Setting, Texts};

type Zone = Vec<(String, RData)>;

fn only(name: &'static str, value: &str) -> Change {
    Texts(name, vec![value.to_owned()])
}

fn mx(domain: &str, host: &str) -> (String, RData) {
    (format!("{domain}."), RData::MX(MX::new(10, Name::from_ascii(format!("{host}.")).unwrap())))
}

fn ptr(name: &str) -> (String, RData) {
    let reversed = "25.2.0.192.in-addr.arpa.".to_owned();
    (reversed, RData::PTR(PTR(Name::from_ascii(format!("{name}.")).unwrap())))
}

/// The findings of some groups that are not well, as `ID STATE`.
fn unwell(folder: &Path, args: &[&str]) -> Vec<String> {
    let ended = cli(folder, &[&["doctor", "--json"], args].concat());
    let values = ended.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut all: Vec<String> = values
        .filter(|one| one["id"].is_string() && one["state"] != "ok")
        .map(|one| format!("{} {}", one["id"].as_str().unwrap(), one["state"].as_str().unwrap()))
        .collect();
    all.sort();
    let fails = all.iter().any(|one| one.ends_with(" fail"));
    assert_eq!(ended.status.code(), Some(if fails { 3 } else { 0 }), "{ended:?}");
    all
}

/// Looks at the DNS of a world with one change.
fn look(folder: &Path, right: &Zone, change: &Change) -> Vec<String> {
    let (mut zone, mut broken) = (right.clone(), Vec::new());
    let path = folder.join("coranto.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    match change {
        Texts(name, values) => {
            zone.retain(|(of, data)| *of != format!("{name}.") || data.record_type() != RecordType::TXT);
            zone.extend(values.iter().map(|value| text(name, value)));
        }
        Beside(records) => zone.extend(records.iter().cloned()),
        Change::Mx(host) => {
            zone.retain(|(of, data)| *of != format!("{SENDER}.") || data.record_type() != RecordType::MX);
            if !host.is_empty() {
                zone.push(mx(SENDER, host.trim_end_matches('.')));
            }
        }
        Broken(name) => broken.push(*name),
        Setting(line, further) => edit(folder, line, &format!("{line}{further}")),
        Nothing => {}
    }
    let server = name_server_failing(zone, &broken).to_string();
    let found = unwell(folder, &["--resolver", &server, "--only", "dns", "--only", "signing"]);
    std::fs::write(path, before).unwrap();
    found
}

/// A right world, and its name server's records.
fn right() -> (tempfile::TempDir, Zone) {
    let (folder, mut zone) = signed(SENDER, SENDER);
    zone.push(text(DMARC, "v=DMARC1; p=none"));
    (folder, zone)
}

#[test]
fn each_fault_of_the_dns_is_named_by_its_id() {
    let (folder, zone) = right();
    let folder = folder.path();
    let value = json(folder, &["dkim", "show"]).remove(0)["value"].as_str().unwrap().to_owned();
    let eleven = (0..11).map(|at| format!("a:h{at}.relay.eu ")).collect::<String>();
    let dkim = |from: &str, to: &str| {
        assert!(value.contains(from), "{value}");
        Texts(KEY, vec![value.replace(from, to)])
    };
    let spf = |record: &str| only(SENDER, record);
    let (of_spf, of_dkim, of_dmarc) =
        ("dns.spf/harbourpost.org", format!("dns.dkim/{KEY}"), "dns.dmarc/harbourpost.org");
    let of_dkim = of_dkim.as_str();
    let reports = "dns.dmarc_reports/harbourpost.org_to_reports.eu";
    let external = "v=DMARC1; p=none; rua=mailto:d@reports.eu";
    for (change, id, state) in [
        (Texts(SENDER, vec![]), of_spf, "fail"),
        (Texts(SENDER, vec!["v=spf1 -all".to_owned(), "v=spf1 a -all".to_owned()]), of_spf, "fail"),
        (spf("v=spf1 +all"), of_spf, "warn"),
        (spf("v=spf1 -all"), of_spf, "fail"),
        (spf(&format!("v=spf1 {eleven}-all")), of_spf, "fail"),
        (spf("v=spf1 ip4:1.2.3 -all"), of_spf, "fail"),
        (spf("v=spf1 inlcude:_spf.relay.eu -all"), of_spf, "fail"),
        (spf("v=spf1 include:nothing.relay.eu -all"), of_spf, "fail"),
        (spf("v=spf1 include:harbourpost.org -all"), of_spf, "fail"),
        (spf("v=spf1 redirect=nothing.relay.eu"), of_spf, "fail"),
        (spf("v=spf1 include:_spf.relay.eu"), of_spf, "warn"),
        (spf("v=spf1 include:_spf.relay.eu -all mx"), of_spf, "warn"),
        (Broken("_spf.relay.eu"), of_spf, "unknown"),
        (Texts(KEY, vec![]), of_dkim, "fail"),
        (dkim("p=", "p=AAAA"), of_dkim, "fail"),
        (Texts(KEY, vec![value[..300].to_owned()]), of_dkim, "fail"),
        (only(KEY, "v=DKIM1; k=rsa; p="), of_dkim, "fail"),
        (dkim("v=DKIM1;", "v=DKIM1; t=y;"), of_dkim, "warn"),
        (dkim("k=rsa", "k=ed25519"), of_dkim, "fail"),
        (dkim("k=rsa", "s=tlsrpt"), of_dkim, "fail"),
        (dkim("k=rsa", "h=sha1"), of_dkim, "fail"),
        (dkim("; ", "\\; "), of_dkim, "fail"),
        (Texts(KEY, vec![value.clone(), "v=DKIM1; p=AAAA".to_owned()]), of_dkim, "fail"),
        (Broken(KEY), of_dkim, "unknown"),
        (Texts(DMARC, vec![]), of_dmarc, "warn"),
        (Texts(DMARC, vec!["v=DMARC1; p=none".to_owned(), "v=DMARC1; p=reject".to_owned()]), of_dmarc, "fail"),
        (only(DMARC, "v=DMARC1; p=nonee"), of_dmarc, "fail"),
        (only(DMARC, "v=DMARC1"), of_dmarc, "fail"),
        (only(DMARC, "v=DMARC1 p=none"), of_dmarc, "fail"),
        (only(DMARC, "v=DMARC1; p=none; rua=d@harbourpost.org"), of_dmarc, "warn"),
        (only(DMARC, external), reports, "warn"),
        (Broken(DMARC), of_dmarc, "unknown"),
        (Change::Mx(""), "dns.mx/harbourpost.org", "fail"),
        (Change::Mx("lost.harbourpost.org"), "dns.mx/harbourpost.org", "fail"),
        (Broken("mx.harbourpost.org"), "dns.mx/harbourpost.org", "unknown"),
        (Setting("[newsletters.week]\n", "reply_to = \"editor@answers.eu\"\n".to_owned()), "dns.reply_to/week", "fail"),
    ] {
        let found = look(folder, &zone, &change);
        assert_eq!(found, [format!("{id} {state}")]);
    }
    // Reports that the other domain takes are no fault, whether it names the sender or takes those of all.
    let consent = text("harbourpost.org._report._dmarc.reports.eu", "v=DMARC1");
    let mut taken = zone;
    taken.push(consent);
    assert!(look(folder, &taken, &only(DMARC, external)).is_empty());
}

#[test]
fn each_fault_of_a_relay_of_our_own_and_of_the_pages_is_named_by_its_id() {
    let (folder, mut zone) = right();
    let folder = folder.path();
    let own = format!(
        "[[relays]]\nname = \"own\"\nhost = \"mx.{SENDER}\"\nport = 1\ntls = \"none\"\nhelo = \"mail.{SENDER}\"\n\
         plaintext_is_acceptable = true\n"
    );
    let path = folder.join("coranto.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let config: String = config
        .lines()
        .map(
            |line| if line.starts_with("public_url") { "public_url = \"https://pages.harbourpost.org\"" } else { line },
        )
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&path, format!("{config}\n{own}")).unwrap();
    let (pages, helo, back) = (
        address("pages.harbourpost.org", [192, 0, 2, 8]),
        address("mail.harbourpost.org", [192, 0, 2, 25]),
        ptr("mx.harbourpost.org"),
    );
    zone.extend([pages.clone(), helo.clone(), back.clone()]);
    assert!(look(folder, &zone, &Nothing).is_empty());
    for (gone, further, id, state) in [
        (&back, None, "dns.ptr/own", "fail"),
        (&back, Some(ptr("host25.isp.net")), "dns.ptr/own", "fail"),
        (&helo, None, "dns.helo/own", "warn"),
        (&pages, None, "dns.pages", "fail"),
    ] {
        let without: Zone = zone.iter().filter(|record| *record != gone).cloned().collect();
        let change = further.map_or(Nothing, |record| Beside(vec![record]));
        assert_eq!(look(folder, &without, &change), [format!("{id} {state}")]);
    }
    // The same name and the address's own other one.
    assert!(look(folder, &zone, &Beside(vec![ptr("host25.isp.net")])).is_empty());
}

#[test]
fn worlds_without_a_fault_are_silent() {
    for (sender, records) in [
        ("harbourpost.org", vec![text(DMARC, "v=DMARC1; p=reject; adkim=s; aspf=s")]),
        ("a.b.harbourpost.org", vec![text(DMARC, "v=DMARC1; p=none; sp=none; rua=mailto:d@news.harbourpost.org!10m")]),
        ("harbourpost.co.uk", vec![text("_dmarc.harbourpost.co.uk", "v=DMARC1;p=quarantine;pct=25;")]),
    ] {
        let (folder, mut zone) = signed(sender, sender);
        zone.extend(records);
        assert!(look(folder.path(), &zone, &Nothing).is_empty(), "{sender}");
        for record in [
            "v=spf1 include:_spf.relay.eu ~all",
            "V=SPF1 mx a:x.eu ip6:2001:db8::/32 -all",
            "v=spf1 redirect=_spf.relay.eu",
        ] {
            let mut zone = zone.clone();
            zone.retain(|(of, data)| *of != format!("{sender}.") || data.record_type() != RecordType::TXT);
            zone.extend([text(sender, record), text(sender, "a-word-for=somebody-else")]);
            assert!(look(folder.path(), &zone, &Nothing).is_empty(), "{sender} {record}");
        }
    }
}

#[test]
fn each_fault_of_a_signature_is_named_by_its_id() {
    let sign = |folder: &Path| unwell(folder, &["--offline", "--only", "signing"]);
    let folder = installation();
    edit(folder.path(), "week@news.example.com", &format!("week@{SENDER}"));
    assert_eq!(sign(folder.path()), ["signing.key/harbourpost.org fail"], "nobody signs");
    new_key(folder.path(), &["--kind", "ed25519", "--selector", "e1"]);
    assert_eq!(sign(folder.path()), ["signing.key/harbourpost.org fail"], "Ed25519 alone");
    new_key(folder.path(), &["--selector", "r1"]);
    assert!(sign(folder.path()).is_empty());
    let (folder, _) = signed(SENDER, "esp.net");
    assert_eq!(sign(folder.path()), ["signing.domain/week warn"]);
    let (folder, _) = signed(SENDER, SENDER);
    edit(folder.path(), "[newsletters.week]\n", "[newsletters.week]\nbounce_domain = \"b.esp.net\"\n");
    assert_eq!(sign(folder.path()), ["signing.bounce_domain/week warn"]);
}

/// What is found of a relay at `port`, with these lines in its table.
fn of_relay(folder: &Path, port: u16, lines: &str) -> Vec<String> {
    let path = folder.join("coranto.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    let relay = RELAY.replace("tls = \"none\"\n", lines);
    edit(folder, RELAY, &relay);
    use_port(folder, port);
    let found = unwell(folder, &["--only", "relay"]);
    std::fs::write(path, before).unwrap();
    found
}

const PLAIN: &str = "tls = \"none\"\n";
const LOGIN: &str = "tls = \"none\"\nusername = \"anna\"\npassword = \"secret\"\n";

#[test]
fn each_refusal_of_a_relay_is_named_by_its_id() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = installation();
    let folder = folder.path();
    let (session, sender) = ("relay.session/sink fail", "relay.sender/sink/week fail");
    for (verb, reply, found) in [
        ("CONNECT", "554 5.7.1 no service for you", session),
        ("CONNECT", "421 4.3.2 too many connections", session),
        ("EHLO", "550 5.7.1 who are you", session),
        ("MAIL", "550 5.7.1 not your sender", sender),
        ("MAIL", "553 5.7.1 not owned by you", sender),
        ("MAIL", "451 4.7.1 greylisted", sender),
        ("MAIL", "421 4.7.0 good-bye", sender),
        ("", "", ""),
    ] {
        let script =
            runtime.block_on(Script::start(
                move |asked: &Asked| {
                    if asked.verb == verb { Answer::Say(reply) } else { Answer::Usual }
                },
            ));
        let wanted: Vec<&str> = [found].into_iter().filter(|found| !found.is_empty()).collect();
        assert_eq!(of_relay(folder, script.address.port(), PLAIN), wanted, "{verb} {reply}");
        assert!(script.taken().is_empty(), "no email leaves");
    }
    let dropping = runtime.block_on(Script::start(
        |asked: &Asked| {
            if asked.verb == "CONNECT" { Answer::Drop } else { Answer::Usual }
        },
    ));
    assert_eq!(of_relay(folder, dropping.address.port(), PLAIN), [session]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(of_relay(folder, closed, PLAIN), [session], "nothing listens");
    let start = |options: SinkOptions| -> SinkHandle { runtime.block_on(Sink::start(options)).unwrap() };
    let plain = start(SinkOptions::default());
    assert_eq!(of_relay(folder, plain.addr().port(), "tls = \"starttls\"\n"), [session], "no STARTTLS");
    assert_eq!(of_relay(folder, plain.addr().port(), "tls = \"implicit\"\n"), [session], "plain text");
    assert_eq!(of_relay(folder, plain.addr().port(), LOGIN), [session], "no login is offered");
    let auth = SinkAuth {
        username: "anna".to_owned(),
        password: Secret::new("another".to_owned()),
        mechanisms: "PLAIN LOGIN".to_owned(),
    };
    let locked = start(SinkOptions { auth: Some(auth), ..SinkOptions::default() });
    assert_eq!(of_relay(folder, locked.addr().port(), LOGIN), [session], "another password");
    let offer = SinkOffer { pipelining: false, ..SinkOffer::default() };
    let slow = start(SinkOptions { offer, ..SinkOptions::default() });
    assert_eq!(of_relay(folder, slow.addr().port(), PLAIN), ["relay.session/sink warn"]);
}

#[test]
fn each_fault_of_a_relays_certificate_is_named_by_its_id() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = installation();
    let folder = folder.path();
    for (named, days, is_trusted, state) in [
        ("127.0.0.1", 30, true, ""),
        ("127.0.0.1", 10, true, "warn"),
        ("127.0.0.1", 1, true, "fail"),
        ("127.0.0.1", -3, true, "fail"),
        ("relay.example.org", 30, true, "fail"),
        ("127.0.0.1", 30, false, "fail"),
    ] {
        let (certificate, key) = self_signed(named, days);
        std::fs::write(folder.join("relay.pem"), &certificate).unwrap();
        let (other, _) = self_signed("127.0.0.1", 30);
        std::fs::write(folder.join("other.pem"), other).unwrap();
        for (lines, implicit) in [("tls = \"implicit\"\n", true), ("tls = \"starttls\"\n", false)] {
            let tls = ServerTls::from_pem(certificate.as_bytes(), key.as_bytes(), implicit).unwrap();
            let sink = runtime.block_on(Sink::start(SinkOptions { tls: Some(tls), ..SinkOptions::default() })).unwrap();
            let ca = if is_trusted { "ca_file = \"relay.pem\"\n" } else { "ca_file = \"other.pem\"\n" };
            let found = of_relay(folder, sink.addr().port(), &format!("{lines}{ca}"));
            let wanted: Vec<String> = [state]
                .iter()
                .filter(|state| !state.is_empty())
                .map(|state| format!("relay.certificate/sink {state}"))
                .collect();
            assert_eq!(found, wanted, "{named} {days} {lines}");
        }
    }
}

#[test]
fn the_listeners_certificate_is_read_from_its_file() {
    let folder = installation();
    let folder = folder.path();
    let lines = "\n[inbound]\nsmtp_listen = \"127.0.0.1:0\"\nhost = \"bounce.example.org\"\n\
                 certificate_file = \"bounce.pem\"\ncertificate_key_file = \"bounce.key\"\n";
    let path = folder.join("coranto.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, config + lines).unwrap();
    let found = || unwell(folder, &["--offline", "--only", "inbound.certificate"]);
    for (named, days, state) in [
        ("bounce.example.org", 30, ""),
        ("bounce.example.org", 13, "warn"),
        ("bounce.example.org", 1, "fail"),
        ("bounce.example.org", -2, "fail"),
        ("other.example.org", 30, "warn"),
    ] {
        let (certificate, key) = self_signed(named, days);
        std::fs::write(folder.join("bounce.pem"), certificate).unwrap();
        std::fs::write(folder.join("bounce.key"), key).unwrap();
        let wanted: Vec<String> = [state]
            .iter()
            .filter(|state| !state.is_empty())
            .map(|state| format!("inbound.certificate {state}"))
            .collect();
        assert_eq!(found(), wanted, "{named} {days}");
    }
    std::fs::write(folder.join("bounce.pem"), "nonsense").unwrap();
    assert_eq!(found(), ["inbound.certificate fail"]);
}
