//! What `doctor` says of servers that pass Coranto on rightly and wrongly. Each fault is named by the id of its check, and what
//! is right is not complained of.

use std::collections::BTreeMap;

use serde_json::Value;

use super::servers::{Proxy, Server, printed, put_in};
use crate::cli::cli;
use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::installation::Installation;

const HOST: &str = "news.example.com";

/// An installation that readers find at `public_url`, and that believes `trusted`.
async fn serving(database: &str, public_url: &str, trusted: &str) -> Installation {
    Installation::configured(Some(public_url), |home, web, relay_port| {
        std::fs::create_dir(home.join("issues")).unwrap();
        format!(
            "public_url = \"{public_url}\"\ndatabase = \"{database}\"\nsecret_key_file = \"secret.key\"\n\
             [server]\nlisten = \"{web}\"\ntrusted_proxies = [{trusted}]\nmetrics_listen = \"127.0.0.1:0\"\n\
             [newsletters.week]\nname = \"The Week\"\nfrom = \"week@news.example.com\"\npostal_address = \"1 Street\"\n\
             [[relays]]\nname = \"main\"\nhost = \"127.0.0.1\"\nport = {relay_port}\ntls = \"none\"\n"
        )
    })
    .await
}

/// The states and words of checks, by id; what the program ended with.
type Seen = (BTreeMap<String, (String, String)>, Option<i32>);

/// What is seen of the way in.
fn way_in(site: &Installation, proxy: &Proxy) -> Seen {
    let (at, ca) = (proxy.secure.to_string(), proxy.certificate().display().to_string());
    let ended = cli(site.folder(), &["doctor", "--json", "--only", "way_in", "--reach", &at, "--reach-ca", &ca]);
    let of = |line: &str| -> Option<(String, (String, String))> {
        let value: Value = serde_json::from_str(line).unwrap();
        let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        value["id"].as_str()?;
        Some((part("id"), (part("state"), format!("{} {}", part("text"), part("hint")))))
    };
    (ended.stdout.lines().filter_map(of).collect(), ended.status.code())
}

/// What is found of `server` with `text` as its file, where a line is another one; nothing where it is not installed.
fn found(site: &Installation, server: Server, text: &str) -> Option<Seen> {
    let proxy = Proxy::start(server, text, site.web(), HOST)?;
    Some(way_in(site, &proxy))
}

const LOOPBACK: &str = "\"127.0.0.1\", \"::1\"";

#[test]
fn each_printed_file_is_well() {
    for (prefix, which) in [("", "a name of its own"), ("/letters", "below another site")] {
        on_sqlite(async |fresh: Fresh| {
            let host = if prefix.is_empty() { HOST } else { "www.example.org" };
            let site = serving(&fresh.url, &format!("https://{host}{prefix}"), LOOPBACK).await;
            for server in [Server::Nginx, Server::Caddy, Server::Apache] {
                let text = printed(&format!("{}, {which}", server.name()));
                let Some(proxy) = Proxy::start(server, &text, site.web(), host) else { continue };
                let (found, code) = way_in(&site, &proxy);
                assert_eq!(code, Some(0), "{server:?} {prefix}: {found:#?}");
                for id in ["way_in.proxy", "way_in.pages", "way_in.certificate", "way_in.metrics", "way_in.address"] {
                    assert_eq!(found[id].0, "ok", "{server:?} {prefix} {id}: {found:#?}");
                }
                assert_eq!(found.len(), 5, "{server:?} {prefix}: {found:#?}");
            }
            site.end().await;
        });
    }
}

const CLIENT: &str = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";

/// A server, a line of its file and the one in its place; which check says what of it.
type WrongLine = (Server, &'static str, &'static str, &'static str, &'static str, &'static str);

const WRONG_LINES: [WrongLine; 13] = [
    (Server::Nginx, CLIENT, "", "way_in.proxy", "fail", "$proxy_add_x_forwarded_for"),
    (Server::Nginx, CLIENT, "proxy_set_header X-Forwarded-For \"\";", "way_in.proxy", "warn", "does not say who asks"),
    (Server::Nginx, "proxy_set_header Host $host;", "", "way_in.pages", "fail", "proxy_set_header Host $host;"),
    (Server::Nginx, "proxy_pass http://127.0.0.1:8080;", "return 503;", "way_in.pages", "fail", "nobody is behind"),
    (
        Server::Nginx,
        "proxy_pass http://127.0.0.1:8080;",
        "return 404;",
        "way_in.pages",
        "fail",
        "another server answers",
    ),
    (
        Server::Nginx,
        "proxy_pass http://127.0.0.1:8080;",
        "return 200 ok;",
        "way_in.pages",
        "fail",
        "another server answers",
    ),
    (
        Server::Nginx,
        "location = /metrics { return 404; }",
        "location = /metrics { return 200 all; }",
        "way_in.metrics",
        "fail",
        "metrics_listen",
    ),
    (
        Server::Nginx,
        "location / {",
        "location = / { return 302 https://elsewhere.example.org/; }\nlocation / {",
        "way_in.pages",
        "fail",
        "sends readers to",
    ),
    (
        Server::Nginx,
        "location / {",
        "location = / { return 302 /; }\nlocation / {",
        "way_in.pages",
        "fail",
        "redirects in a circle",
    ),
    (
        Server::Caddy,
        "reverse_proxy 127.0.0.1:8080",
        "reverse_proxy 127.0.0.1:8080 {\n\t\theader_up X-Forwarded-For {http.request.header.X-Forwarded-For}\n\t}",
        "way_in.proxy",
        "fail",
        "Caddy says it by itself",
    ),
    (
        Server::Caddy,
        "reverse_proxy 127.0.0.1:8080",
        "reverse_proxy 127.0.0.1:8080 {\n\t\theader_up Host {upstream_hostport}\n\t}",
        "way_in.pages",
        "fail",
        "header_up Host",
    ),
    (Server::Apache, "ProxyPreserveHost On", "ProxyPreserveHost Off", "way_in.pages", "fail", "ProxyPreserveHost On"),
    (
        Server::Apache,
        "ProxyPreserveHost On",
        "ProxyPreserveHost On\nProxyAddHeaders Off",
        "way_in.proxy",
        "fail",
        "ProxyAddHeaders",
    ),
];

#[test]
fn each_wrong_line_is_named_with_the_right_one() {
    on_sqlite(async |fresh: Fresh| {
        let site = serving(&fresh.url, &format!("https://{HOST}"), LOOPBACK).await;
        let web = format!("proxy_pass http://{};", site.web());
        for (server, line, instead, id, state, says) in WRONG_LINES {
            let text = put_in(&printed(&format!("{}, a name of its own", server.name())), line, instead);
            // The harness puts the address in, where it is still wanted.
            let text = if text.contains("127.0.0.1:8080") { text } else { format!("{text}\n# {web} 127.0.0.1:8080\n") };
            let Some((found, code)) = found(&site, server, &text) else { continue };
            let (is, words) = found.get(id).unwrap_or_else(|| panic!("{server:?} {instead}: {found:#?}"));
            assert!(*is == state && words.contains(says), "{server:?} {instead} {says}: {found:#?}");
            assert_eq!(code, Some(if state == "fail" { 3 } else { 0 }), "{server:?} {instead}");
        }
        site.end().await;
    });
}

#[test]
fn a_proxy_that_is_not_trusted_and_a_key_of_another_are_named() {
    on_sqlite(async |fresh: Fresh| {
        let site = serving(&fresh.url, &format!("https://{HOST}"), "\"10.0.0.0/8\"").await;
        let text = printed("nginx, a name of its own");
        let Some(proxy) = Proxy::start(Server::Nginx, &text, site.web(), HOST) else { return };
        let (found, _) = way_in(&site, &proxy);
        let (state, words) = &found["way_in.proxy"];
        assert!(state == "warn" && words.contains("add \"127.0.0.1\" to trusted_proxies"), "{found:#?}");
        // Who has another key is told nothing.
        std::fs::write(site.folder().join("secret.key"), coranto::token::Keyring::generate()).unwrap();
        let (found, code) = way_in(&site, &proxy);
        let (state, words) = &found["way_in.pages"];
        assert!(state == "fail" && words.contains("does not know this installation's key"), "{found:#?}");
        assert!(code == Some(3) && !found.contains_key("way_in.proxy"), "{found:#?}");
        drop(proxy);
        site.end().await;
    });
}

#[test]
fn a_certificate_is_told_before_it_ends_and_when_it_is_wrong() {
    on_sqlite(async |fresh: Fresh| {
        let site = serving(&fresh.url, &format!("https://{HOST}"), LOOPBACK).await;
        let text = printed("nginx, a name of its own");
        for (named, days, state, says) in [
            (HOST, 30, "ok", "it ends in"),
            (HOST, 10, "warn", "renew it"),
            (HOST, 1, "fail", "renew it"),
            (HOST, -3, "fail", "expired"),
            ("other.example.com", 30, "fail", "not for news.example.com"),
        ] {
            let Some(proxy) = Proxy::with_days(Server::Nginx, &text, site.web(), HOST, named, days) else { return };
            let (found, _) = way_in(&site, &proxy);
            let (is, words) = &found["way_in.certificate"];
            assert!(*is == state && words.contains(says), "{named} {days}: {found:#?}");
        }
        let Some(proxy) = Proxy::start(Server::Nginx, &text, site.web(), HOST) else { return };
        let at = proxy.secure.to_string();
        let ended = cli(site.folder(), &["doctor", "--only", "way_in", "--reach", &at]);
        assert!(ended.stdout.contains("fail  certificate of the pages:"), "nobody trusts it: {ended:?}");
        assert!(ended.stdout.contains("fullchain.pem") || ended.stdout.contains("public authority"), "{ended:?}");
        drop(proxy);
        site.end().await;
    });
}
