//! What readers and strangers see of Coranto through each server, at a name of its own and below another site.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::servers::{Answer, PROOF, Proxy, Server, printed, put_in};
use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::installation::Installation;
use crate::harness::skip;
use crate::harness::visitor::hidden;

/// A reader elsewhere. Every address of 127.0.0.0/8 is this machine's, and 127.0.0.1 alone is the proxy.
const READER_AT: &str = "127.7.7.7";
const READER_NETWORK: &str = "127.7.7.0/24";
/// What a visitor writes who wants to be somebody else.
const FORGED: &str = "X-Forwarded-For: 6.6.6.6";
const READER: &str = "anna@example.org";

/// An installation that readers find at `public_url`.
async fn installation(database: &str, public_url: &str) -> Installation {
    Installation::configured(Some(public_url), |home, web, relay_port| {
        std::fs::create_dir(home.join("issues")).unwrap();
        format!(
            "public_url = \"{public_url}\"\ndatabase = \"{database}\"\nsecret_key_file = \"secret.key\"\n\
             [server]\nlisten = \"{web}\"\ntrusted_proxies = [\"127.0.0.1\", \"::1\"]\n[signup]\nform_seconds_min = 0\n\
             [newsletters.week]\nname = \"The Week\"\nfrom = \"week@news.example.com\"\npostal_address = \"1 Street\"\n\
             [[relays]]\nname = \"main\"\nhost = \"127.0.0.1\"\nport = {relay_port}\ntls = \"none\"\n"
        )
    })
    .await
}

/// Signs the reader up through the proxy and confirms, with what a forger would add. The networks that were stored.
async fn networks_of_consent(site: &Installation, proxy: &Proxy, prefix: &str) -> Vec<String> {
    let ask = |method: &str, path: &str, body: &str| {
        proxy.ask(READER_AT, method, &format!("{prefix}{path}"), &[FORGED], body)
    };
    let stamp = hidden(&ask("GET", "/week/subscribe", "").text, "stamp");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    let form = form.extend_pairs([("email", READER), ("stamp", &stamp)]).finish();
    let asked = ask("POST", "/week/subscribe", &form);
    assert_eq!(asked.status, 303, "{asked:?}");
    let location = asked.location.as_deref().unwrap();
    let sent = location.split_once("sent?").unwrap_or_else(|| panic!("{location}")).1;
    assert!(!location.contains("127.0.0.1") && !location.starts_with('/'), "{location} leads out of the path");
    assert_eq!(ask("GET", &format!("/week/subscribe/sent?{sent}"), "").status, 200);

    let email = site.mail(READER, 1).await;
    let link = site.link(&email, "/c/");
    assert_eq!(ask("GET", &link, "").status, 200, "{link}");
    let confirmed = ask("POST", &link, "");
    assert!([200, 303].contains(&confirmed.status), "{confirmed:?}");
    let stored = site.command(&["--json", "subscribers", "show", READER, "--all"]);
    assert!(stored.contains("\"state\":\"active\""), "{stored}");
    let networks = stored.split('"').filter(|word| word.ends_with("/24"));
    networks.map(str::to_owned).collect()
}

/// What every server has to do with its file.
async fn check(server: Server, fresh: &Fresh, prefix: &str) {
    let (host, which) = match prefix {
        "" => ("news.example.com", "a name of its own"),
        _ => ("www.example.org", "below another site"),
    };
    let site = installation(&fresh.url, &format!("https://{host}{prefix}")).await;
    let text = printed(&format!("{}, {which}", server.name()));
    let Some(proxy) = Proxy::start(server, &text, site.web(), host) else { return };
    let get = |path: &str| proxy.ask(READER_AT, "GET", &format!("{prefix}{path}"), &[], "");

    let front = get("/");
    assert!(front.status == 200 && front.text.contains("The Week"), "{front:?}");
    let form = get("/week/subscribe");
    assert!(form.status == 200 && form.text.contains("The Week"), "{form:?}");
    let links = form.text.split(['"', '\'']).filter(|word| word.starts_with('/') && word.len() > 1);
    let wrong: Vec<_> = links.filter(|link| !link.starts_with(prefix)).collect();
    assert!(wrong.is_empty(), "{wrong:?} lead out of {prefix}");

    let networks = networks_of_consent(&site, &proxy, prefix).await;
    assert!(!networks.is_empty() && networks.iter().all(|one| one == READER_NETWORK), "{networks:?}");

    // The archive has one address, and it is below the path.
    let moved = get("/week");
    let to = moved.location.clone().unwrap_or_else(|| panic!("{moved:?}"));
    let path = to.strip_prefix(&format!("https://{host}")).unwrap_or(&to);
    assert_eq!(path, format!("{prefix}/week/"), "{moved:?}");
    if !prefix.is_empty() {
        let moved = proxy.ask(READER_AT, "GET", prefix, &[], "");
        assert!(moved.location.as_deref().is_some_and(|to| to.ends_with("/letters/")), "{moved:?}");
    }
    assert_eq!(get("/metrics").status, 404);
    assert_eq!(get("/readyz").status, 200);
    assert!(!get("/readyz").text.contains("relays"), "relays are nothing for strangers");
    if prefix.is_empty() {
        let moved = plain(&proxy, host, "/week/subscribe");
        assert!([301, 308].contains(&moved.status), "{moved:?}");
        let to = moved.location.as_deref().unwrap_or_default();
        assert!(to.starts_with("https://news.example.com") && to.ends_with("/week/subscribe"), "{moved:?}");
        // Caddy is an ACME client itself; of others a certificate could not be renewed.
        if server != Server::Caddy {
            let proof = plain(&proxy, host, "/.well-known/acme-challenge/token");
            assert!(proof.status == 200 && proof.text.ends_with(PROOF), "{proof:?}");
        }
    }
    drop(proxy);
    site.end().await;
}

/// By plain HTTP.
fn plain(proxy: &Proxy, host: &str, path: &str) -> Answer {
    let mut stream = TcpStream::connect(proxy.plain).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    Answer::read(&answer, &[])
}

fn has_openssl() -> bool {
    let has = std::process::Command::new("openssl").arg("version").output().is_ok();
    if !has {
        skip("openssl", "openssl is not on PATH (Debian package openssl)");
    }
    has
}

fn on_each_path(server: Server) {
    if !has_openssl() {
        return;
    }
    for prefix in ["", "/letters"] {
        on_sqlite(async |fresh: Fresh| check(server, &fresh, prefix).await);
    }
}

#[test]
fn nginx_serves_with_the_file_that_is_printed() {
    on_each_path(Server::Nginx);
}

#[test]
fn caddy_serves_with_the_file_that_is_printed() {
    on_each_path(Server::Caddy);
}

#[test]
fn apache_serves_with_the_file_that_is_printed() {
    on_each_path(Server::Apache);
}

/// Why the page asks for both lines.
#[test]
fn nginx_with_the_host_alone_lets_a_visitor_be_anybody() {
    if !has_openssl() {
        return;
    }
    on_sqlite(async |fresh: Fresh| {
        let site = installation(&fresh.url, "https://news.example.com").await;
        let text = printed("nginx, a name of its own");
        let text = put_in(&text, "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;", "");
        let Some(proxy) = Proxy::start(Server::Nginx, &text, site.web(), "news.example.com") else { return };
        let networks = networks_of_consent(&site, &proxy, "").await;
        assert!(networks.iter().all(|one| one == "6.6.6.0/24"), "{networks:?}");
    });
}
