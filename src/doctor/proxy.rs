//! What a server sees through the proxy before it, and the lines that put the proxy right. Asks nobody.

use url::Url;

use super::{CheckName, Finding};
use crate::https::probe::{FORGED_CLIENT, ProbeAnswer};

/// The web servers whose lines are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WebServer {
    Nginx,
    Caddy,
    Apache,
    Other,
}

impl WebServer {
    /// By what it calls itself, in lower case.
    fn of(server: &str) -> Self {
        let names =
            [("nginx", Self::Nginx), ("openresty", Self::Nginx), ("caddy", Self::Caddy), ("apache", Self::Apache)];
        names.into_iter().find(|(name, _)| server.contains(name)).map_or(Self::Other, |(_, known)| known)
    }

    /// How it says who asks.
    fn client_line(self) -> &'static str {
        match self {
            Self::Nginx => "nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
            Self::Caddy => "Caddy says it by itself: take `header_up X-Forwarded-For` and wide trusted_proxies out",
            Self::Apache => "Apache says it by itself: take `ProxyAddHeaders Off` out",
            Self::Other => "let it append the address of who connects to X-Forwarded-For",
        }
    }

    /// How it says for which host.
    fn host_line(self) -> &'static str {
        match self {
            Self::Nginx => "nginx: proxy_set_header Host $host;",
            Self::Caddy => "Caddy says it by itself: take `header_up Host` out",
            Self::Apache => "Apache: ProxyPreserveHost On",
            Self::Other => "let it pass Host on as the reader's browser wrote it",
        }
    }
}

/// Judges what the server sees; `server` is what the proxy calls itself.
pub(super) fn judge(seen: &ProbeAnswer, url: &Url, server: &str) -> Vec<Finding> {
    let web = WebServer::of(server);
    vec![client(seen, web), host(seen, url, web)].into_iter().flatten().collect()
}

fn client(seen: &ProbeAnswer, web: WebServer) -> Option<Finding> {
    let check = CheckName::Proxy.here();
    let peer = seen.peer;
    if seen.client == FORGED_CLIENT {
        let last = seen.forwarded.last().map_or("", String::as_str);
        if last == FORGED_CLIENT.to_string() {
            let text = "your proxy lets visitors choose their address: it passes on what they write in X-Forwarded-For";
            return Some(Finding::fail(&check, text, web.client_line()));
        }
        // Who asks from a machine that is a proxy itself is believed, and is no visitor.
        if !last.parse::<std::net::IpAddr>().is_ok_and(|last| last.is_loopback()) {
            let text =
                format!("trusted_proxies has {last}, where visitors come from, so they can choose their address");
            return Some(Finding::fail(
                &check,
                text,
                "name in trusted_proxies only machines that are proxies of yours",
            ));
        }
    }
    if !seen.trusted {
        let text = format!("{peer} passes requests on and is not in trusted_proxies, so all readers share one limit");
        return Some(Finding::warn(&check, text, format!("add \"{peer}\" to trusted_proxies under [server]")));
    }
    if seen.forwarded.is_empty() {
        let text = format!("{peer} does not say who asks, so all readers share one limit");
        return Some(Finding::warn(&check, text, web.client_line()));
    }
    Some(Finding::ok(&check, format!("{peer} says who asks, and a visitor cannot choose that")))
}

fn host(seen: &ProbeAnswer, url: &Url, web: WebServer) -> Option<Finding> {
    let wanted = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let is_right = seen.host.eq_ignore_ascii_case(&wanted) || seen.host.eq_ignore_ascii_case(&format!("{wanted}:443"));
    (!is_right).then(|| {
        let text = format!("your proxy asks for {:?} and not for {wanted}, so every page answers 421", seen.host);
        Finding::fail(&CheckName::Pages.here(), text, web.host_line())
    })
}

#[cfg(test)]
mod tests {
    use super::super::FindingHealth;
    use super::*;

    fn seen(trusted: bool, client: &str, forwarded: &[&str], host: &str) -> ProbeAnswer {
        ProbeAnswer {
            peer: "127.0.0.1".parse().unwrap(),
            trusted,
            client: client.parse().unwrap(),
            forwarded: forwarded.iter().map(|hop| (*hop).to_owned()).collect(),
            host: host.to_owned(),
            path: "/healthz".to_owned(),
        }
    }

    #[test]
    fn each_wrong_proxy_is_told_its_line() {
        let (forged, visitor, ours) = ("192.0.2.66", "203.0.113.9", "news.example.org");
        let url: Url = "https://news.example.org/".parse().unwrap();
        for (answer, server, health, says) in [
            (seen(true, visitor, &[forged, visitor], ours), "nginx/1.22", FindingHealth::Ok, "cannot choose"),
            (seen(true, visitor, &[visitor], ours), "caddy", FindingHealth::Ok, "cannot choose"),
            (seen(true, forged, &[forged], ours), "nginx/1.22", FindingHealth::Fail, "$proxy_add_x_forwarded_for"),
            (seen(true, forged, &[forged], ours), "caddy", FindingHealth::Fail, "header_up"),
            (seen(true, forged, &[forged], ours), "apache/2.4", FindingHealth::Fail, "ProxyAddHeaders"),
            (seen(true, forged, &[forged], ours), "", FindingHealth::Fail, "append"),
            (seen(true, forged, &[forged, visitor], ours), "nginx", FindingHealth::Fail, "trusted_proxies"),
            (seen(true, forged, &[forged, "127.0.0.1"], ours), "nginx", FindingHealth::Ok, "cannot choose"),
            (seen(false, "127.0.0.1", &[forged, visitor], ours), "nginx", FindingHealth::Warn, "add \"127.0.0.1\""),
            (seen(true, "127.0.0.1", &[], ours), "apache", FindingHealth::Warn, "ProxyAddHeaders"),
        ] {
            let found = client(&answer, WebServer::of(server)).unwrap();
            let hint = found.hint.clone().unwrap_or_default();
            assert!(found.health == health && format!("{} {hint}", found.text).contains(says), "{answer:?}: {found:?}");
            assert_eq!(judge(&answer, &url, server).len(), 1, "the host is right");
        }
    }

    #[test]
    fn a_host_that_is_put_in_place_of_ours_is_a_failure() {
        let answer = |host: &str| seen(true, "203.0.113.9", &["203.0.113.9"], host);
        for (url, named, is_right) in [
            ("https://news.example.org/", "news.example.org", true),
            ("https://news.example.org/", "NEWS.example.org:443", true),
            ("https://news.example.org:8443/", "news.example.org:8443", true),
            ("https://news.example.org/", "127.0.0.1:8080", false),
            ("https://news.example.org/", "", false),
        ] {
            let found = host(&answer(named), &url.parse().unwrap(), WebServer::Apache);
            assert_eq!(found.is_none(), is_right, "{url} {named}");
            assert!(found.is_none_or(|found| found.hint.unwrap_or_default().contains("ProxyPreserveHost")));
        }
    }
}
