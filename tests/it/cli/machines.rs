//! Names that lead to no machine, or whose machine does not lead back: each is a finding of `doctor`.

use hickory_resolver::proto::rr::rdata::{MX, PTR};
use hickory_resolver::proto::rr::{Name, RData};

use super::doctor::{RELAY, address, edit, findings, signed, text};
use crate::harness::names::{name_server, name_server_failing};

const SENDER: &str = "harbourpost.org";

fn mx(domain: &str, host: &str) -> (String, RData) {
    (format!("{domain}."), RData::MX(MX::new(10, Name::from_ascii(format!("{host}.")).unwrap())))
}

fn ptr(reversed: &str, name: &str) -> (String, RData) {
    (format!("{reversed}."), RData::PTR(PTR(Name::from_ascii(format!("{name}.")).unwrap())))
}

#[test]
fn each_name_that_leads_nowhere_has_its_finding() {
    let reply = "[newsletters.week]\nreply_to = \"editor@answers.eu\"\n";
    let page = |host: &str| format!("public_url = \"https://{host}\"");
    let relay = format!(
        "{RELAY}[[relays]]\nname = \"own\"\nhost = \"mx.{SENDER}\"\nport = 1\ntls = \"none\"\nplaintext_is_acceptable = true\n"
    );
    let lost = "lost.harbourpost.org";
    let back = "25.2.0.192.in-addr.arpa";
    for (settings, records, check, health, says) in [
        (String::new(), vec![], "MX of harbourpost.org", "ok", "mx.harbourpost.org"),
        (String::new(), vec![mx(SENDER, lost)], "MX of harbourpost.org", "fail", "lost.harbourpost.org has no address"),
        (reply.to_owned(), vec![], "reply_to of week", "fail", "answers.eu: there is none"),
        (reply.to_owned(), vec![mx("answers.eu", "in.answers.eu")], "reply_to of week", "fail", "has no address"),
        (
            reply.to_owned(),
            vec![mx("answers.eu", "in.answers.eu"), address("in.answers.eu", [192, 0, 2, 7])],
            "reply_to of week",
            "ok",
            "answers.eu takes mail",
        ),
        (page("pages.harbourpost.org"), vec![], "name of the pages", "fail", "has no address"),
        (
            page("pages.harbourpost.org"),
            vec![address("pages.harbourpost.org", [192, 0, 2, 8])],
            "name of the pages",
            "ok",
            "is at 192.0.2.8",
        ),
        (
            page("pages.elsewhere.eu"),
            vec![address("pages.elsewhere.eu", [192, 0, 2, 8])],
            "links of week",
            "warn",
            "lead to",
        ),
        (relay.clone(), vec![], "PTR of own", "fail", "192.0.2.25 has no name"),
        (relay.clone(), vec![ptr(back, "host25.isp.net")], "PTR of own", "fail", "does not lead back"),
        (relay.clone(), vec![ptr(back, "mx.harbourpost.org")], "PTR of own", "ok", "leads back"),
        (relay, vec![ptr(back, "isp.net"), ptr(back, "mx.harbourpost.org")], "PTR of own", "ok", "leads back"),
    ] {
        let (folder, mut zone) = signed(SENDER, SENDER);
        let folder = folder.path();
        match settings.split_once(' ').map(|(key, _)| key) {
            Some("public_url") => {
                let path = folder.join("coranto.toml");
                let text = std::fs::read_to_string(&path).unwrap();
                let lines =
                    text.lines().map(|line| if line.starts_with("public_url") { settings.as_str() } else { line });
                std::fs::write(path, lines.collect::<Vec<_>>().join("\n")).unwrap();
            }
            _ if settings.starts_with("[newsletters") => edit(folder, "[newsletters.week]\n", &settings),
            _ if !settings.is_empty() => {
                let path = folder.join("coranto.toml");
                let text = std::fs::read_to_string(&path).unwrap();
                std::fs::write(path, format!("{text}\n{settings}")).unwrap();
            }
            _ => {}
        }
        zone.push(text("_dmarc.harbourpost.org", "v=DMARC1; p=none"));
        // Another MX record stands in the place of the right one.
        if let Some((name, _)) =
            records.iter().find(|(name, data)| matches!(data, RData::MX(_)) && *name == format!("{SENDER}."))
        {
            zone.retain(|(of, data)| of != name || !matches!(data, RData::MX(_)));
        }
        zone.extend(records);
        let server = name_server(zone);
        let args = ["--resolver", &server.to_string()];
        let found = findings(folder, &args, if health == "fail" || check == "PTR of own" { 3 } else { 0 });
        let (is, text) = found.get(check).unwrap_or_else(|| panic!("{check}: {found:#?}"));
        assert!(is == health && text.contains(says), "{check} {says}: {found:#?}");
    }
}

#[test]
fn of_a_name_without_an_answer_nothing_is_known() {
    let (folder, zone) = signed(SENDER, SENDER);
    let server = name_server_failing(zone, &["mx.harbourpost.org"]);
    let found = findings(folder.path(), &["--resolver", &server.to_string()], 0);
    assert!(found["MX of harbourpost.org"].0 == "unknown", "{found:#?}");
}
